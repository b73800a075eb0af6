"""CMS SignedData (RFC 5652) with one signer: the form of time-stamp tokens and of signatures inside IFC files."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core
from cryptography import x509

from signatures.certificates import check_signature, load_certificate, to_der
from signatures.errors import Reason, SignatureError

MAX_CMS_BYTES = 1_048_576  # a token has 2 to 8 kB; chains of certificates a little more
MAX_CERTIFICATES = 16
_ACCEPTED = ("sha256", "sha384", "sha512")
_FOREIGN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class CmsSignature:
    """A signature that fits its content.

    Attributes:
        signer: Certificate of the key that signed; who issued it is not judged.
        certificates: All that came along.
        content: What was signed.
        signed_at: When, by the signer's own account; None if it does not say.
        signature: The raw signature.
    """

    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    content: bytes
    signed_at: datetime | None
    signature: bytes


def verify_cms(der: bytes, content: bytes | None, *, content_type: str) -> CmsSignature:
    """Verify a SignedData with one signer and signed attributes.

    Args:
        der: The ContentInfo.
        content: What was signed, if the signature is detached; None if it carries its content.
        content_type: The content type it must have, in the names of asn1crypto, such as ``data``, ``tst_info``.

    Raises:
        SignatureError: (signature) it does not fit, or is not of this form; (certificate) the signer's is missing.
    """
    if len(der) > MAX_CMS_BYTES:
        raise _refused("A CMS signature is too large.")
    try:
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise _refused("This is no CMS signature.")
        return _verify(info["content"], content, content_type)
    except _FOREIGN as error:
        raise _refused("A CMS signature is malformed.") from error


def _verify(data: Any, detached: bytes | None, content_type: str) -> CmsSignature:
    enclosed = data["encap_content_info"]
    if len(data["signer_infos"]) != 1 or enclosed["content_type"].native != content_type:
        raise _refused("A CMS signature has another number of signers or another content than it should.")
    content = _content(enclosed, detached)
    signer = data["signer_infos"][0]
    certificates = _certificates(data)
    certificate = _signer_certificate(signer, certificates)
    attributes = _attributes(signer)
    digest_name = signer["digest_algorithm"]["algorithm"].native
    if digest_name not in _ACCEPTED:
        raise _refused(f"The digest {digest_name} is not accepted.")
    digest = hashlib.new(digest_name, content).digest()
    if attributes.get("content_type") != content_type or attributes.get("message_digest") != digest:
        raise _refused("A CMS signature is over another content.")
    _check_certificate_hash(attributes, certificate)
    _check(signer, certificate, digest_name)
    signed_at = attributes.get("signing_time")
    return CmsSignature(certificate, certificates, content, _moment(signed_at), signer["signature"].native)


def _content(enclosed: Any, detached: bytes | None) -> bytes:
    inner = enclosed["content"]
    carried = None if isinstance(inner, core.Void) or inner.native is None else inner.contents
    if (carried is None) == (detached is None):
        raise _refused("A CMS signature should carry its content, or should not.")
    content = detached if carried is None else inner.parsed.dump() if hasattr(inner, "parsed") else carried
    return bytes(content or b"")


def _certificates(data: Any) -> tuple[x509.Certificate, ...]:
    choices = data["certificates"]
    found = [] if isinstance(choices, core.Void) or choices.native is None else list(choices)
    if len(found) > MAX_CERTIFICATES:
        raise _refused("A CMS signature carries too many certificates.")
    return tuple(load_certificate(choice.chosen.dump()) for choice in found if choice.name == "certificate")


def _signer_certificate(signer: Any, certificates: tuple[x509.Certificate, ...]) -> x509.Certificate:
    sid = signer["sid"]
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            same = certificate.issuer.public_bytes() == sid.chosen["issuer"].dump()
            if same and certificate.serial_number == sid.chosen["serial_number"].native:
                return certificate
        elif _key_identifier(certificate) == sid.chosen.native:
            return certificate
    raise SignatureError("The signer's certificate does not come along.", reason=Reason.CERTIFICATE)


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


def _attributes(signer: Any) -> dict[str, Any]:
    """Return the signed attributes, each of which must occur once and have one value."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        kind, values = attribute["type"].native, attribute["values"]
        if kind in found or len(values) != 1:
            raise _refused("A signed attribute occurs twice.")
        keeps_form = kind in ("signing_certificate", "signing_certificate_v2")
        found[kind] = values[0] if keeps_form else values[0].native
    if not found:
        raise _refused("A CMS signature has no signed attributes.")
    return found


def _check_certificate_hash(attributes: dict[str, Any], certificate: x509.Certificate) -> None:
    """Check the signer's certificate against the hash of it that was signed, where one was (RFC 5035)."""
    named = attributes.get("signing_certificate_v2")
    if named is None:
        return
    first = named["certs"][0]
    name = first["hash_algorithm"]["algorithm"].native
    if hashlib.new(name, to_der(certificate)).digest() != first["cert_hash"].native:
        raise _refused("The certificate is not the one that was signed.")


def _check(signer: Any, certificate: x509.Certificate, digest_name: str) -> None:
    algorithm = signer["signature_algorithm"]
    pss = algorithm.signature_algo == "rsassa_pss"
    # Signed attributes are tagged [0] in place and hashed as a SET OF (RFC 5652, 5.4).
    message = b"\x31" + signer["signed_attrs"].dump()[1:]
    check_signature(
        certificate.public_key(),
        signer["signature"].native,
        message,
        hash_name=_hash(algorithm, digest_name),
        pss=pss,
    )


def _hash(algorithm: Any, digest_name: str) -> str:
    try:
        return str(algorithm.hash_algo)
    except ValueError:  # plain rsaEncryption: the digest of the signer counts
        return digest_name


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _refused(message: str) -> SignatureError:
    return SignatureError(message, reason=Reason.SIGNATURE)
