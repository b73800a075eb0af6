"""X.509 certificates: reading them, what they may be used for, who issued them, and signatures by their keys."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.errors import Reason, SignatureError

MIN_RSA_BITS = 2048  # ETSI TS 119 312: shorter keys are broken or soon will be
HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_T = TypeVar("_T", bound=x509.ExtensionType)


def load_certificate(der: bytes) -> x509.Certificate:
    """Return the certificate in `der`.

    Raises:
        SignatureError: (certificate) it is none, or cannot be understood.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = (certificate.extensions, certificate.subject, certificate.issuer, certificate.public_key())
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise SignatureError("A certificate cannot be read.", reason=Reason.CERTIFICATE) from error
    return certificate


def load_pem_certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates in PEM `data`.

    Raises:
        SignatureError: (certificate) there is none, or one cannot be read.
    """
    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise SignatureError("This is no certificate in PEM.", reason=Reason.CERTIFICATE) from error
    return tuple(load_certificate(to_der(certificate)) for certificate in found)


def to_der(certificate: x509.Certificate) -> bytes:
    """Return the DER bytes of `certificate`."""
    return certificate.public_bytes(Encoding.DER)


def subject_name(certificate: x509.Certificate) -> str:
    """Return the common name of the subject, or its whole name if it has none."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def extension_of(certificate: x509.Certificate, kind: type[_T]) -> x509.Extension[_T] | None:
    """Return an extension of `certificate`, if it has it."""
    try:
        return certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def valid_at(certificate: x509.Certificate, moment: datetime) -> bool:
    """Tell whether `moment` lies in the validity of `certificate`."""
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def may_sign_documents(certificate: x509.Certificate) -> bool:
    """Tell whether the key usage is non-repudiation, as that of Estonian signing certificates and e-seals."""
    usage = extension_of(certificate, x509.KeyUsage)
    return usage is not None and usage.value.content_commitment


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether `certificate` may issue others."""
    constraints, usage = extension_of(certificate, x509.BasicConstraints), extension_of(certificate, x509.KeyUsage)
    return bool(constraints and constraints.value.ca) and (usage is None or usage.value.key_cert_sign)


def extended_usages(certificate: x509.Certificate) -> frozenset[str]:
    """Return the extended key usages as dotted numbers."""
    found = extension_of(certificate, x509.ExtendedKeyUsage)
    return frozenset(usage.dotted_string for usage in found.value) if found else frozenset()


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether `issuer` is an authority whose key signed `certificate`."""
    if not is_authority(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def check_signature(
    key: Any, signature: bytes, message: bytes, *, hash_name: str, pss: bool = False, der: bool = True
) -> None:
    """Check a signature by an RSA or ECDSA key.

    Args:
        key: Public key of a certificate.
        signature: RSA, or ECDSA as DER or as r and s.
        message: What was signed.
        hash_name: ``sha256``, ``sha384`` or ``sha512``.
        pss: Whether the RSA padding is PSS.
        der: Whether an ECDSA signature is DER.

    Raises:
        SignatureError: (signature) it does not fit; (certificate) the key is too weak or of another kind.
    """
    digest = HASHES.get(hash_name)
    if digest is None:
        raise SignatureError("A hash is used that is not accepted.", reason=Reason.SIGNATURE, entity=hash_name[:40])
    try:
        if isinstance(key, rsa.RSAPublicKey):
            _check_rsa_size(key)
            key.verify(signature, message, _pss(digest) if pss else padding.PKCS1v15(), digest())
        elif isinstance(key, ec.EllipticCurvePublicKey) and not pss:
            key.verify(signature if der else _as_der(signature, key), message, ec.ECDSA(digest()))
        else:
            raise SignatureError("A key is of a kind that is not accepted.", reason=Reason.CERTIFICATE)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("A signature does not fit what it signs.", reason=Reason.SIGNATURE) from error


def _check_rsa_size(key: rsa.RSAPublicKey) -> None:
    if key.key_size < MIN_RSA_BITS:
        raise SignatureError(f"An RSA key has only {key.key_size} bits.", reason=Reason.CERTIFICATE)


def _pss(digest: Callable[[], hashes.HashAlgorithm]) -> padding.PSS:
    return padding.PSS(mgf=padding.MGF1(digest()), salt_length=padding.PSS.DIGEST_LENGTH)


def _as_der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    size = (key.key_size + 7) // 8
    if len(signature) != 2 * size:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
