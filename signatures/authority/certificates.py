"""The certificates of the demonstration authority: profiles as those of Estonian e-seals, signers and services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

VALIDITY = timedelta(days=3650)
BACKDATED = timedelta(days=1)  # clocks of verifiers differ
_QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
_QC_COMPLIANCE, _QC_SSCD, _QC_TYPE = "0.4.0.1862.1.1", "0.4.0.1862.1.4", "0.4.0.1862.1.6"
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Profile(StrEnum):
    """What a certificate is for."""

    AUTHORITY = "authority"
    SEAL = "seal"
    PERSON = "person"
    TIMESTAMPS = "timestamps"
    RESPONDER = "responder"


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues.

    Attributes:
        key: The authority's key.
        certificate: Its certificate; None while it issues its own.
        ocsp_url: Where answers about certificates are given.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate | None
    ocsp_url: str


def issue(
    issuing: Issuing, profile: Profile, name: str, public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.Certificate:
    """Return a new certificate.

    Args:
        issuing: Who issues.
        profile: What it is for.
        name: Common name of the subject.
        public_key: The subject's key.
        now: When; it is valid from a day before.
    """
    subject = _name(name)
    issuer = issuing.certificate.subject if issuing.certificate else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.key.public_key()), critical=False)
    )
    for extension, critical in _extensions(profile, issuing.ocsp_url):
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuing.key, hashes.SHA256())


def _extensions(profile: Profile, ocsp_url: str) -> Sequence[tuple[x509.ExtensionType, bool]]:
    access = x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))]
    )
    leaf = (x509.BasicConstraints(ca=False, path_length=None), True)
    match profile:
        case Profile.AUTHORITY:
            return (
                (x509.BasicConstraints(ca=True, path_length=0), True),
                (_usage("key_cert_sign", "crl_sign"), True),
            )
        case Profile.TIMESTAMPS:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            return (leaf, (_usage("digital_signature"), True), (usage, True))
        case Profile.RESPONDER:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
            return (leaf, (_usage("digital_signature"), True), (usage, True), (x509.OCSPNoCheck(), False))
        case Profile.SEAL | Profile.PERSON:
            policy = "0.4.0.194112.1.3" if profile is Profile.SEAL else "0.4.0.194112.1.2"
            policies = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(policy), None)])
            statements = x509.UnrecognizedExtension(_QC_STATEMENTS, _statements(seal=profile is Profile.SEAL))
            usage_of_key = (_usage("content_commitment"), True)
            return (leaf, usage_of_key, (policies, False), (statements, False), (access, False))


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in allowed for name in _USAGES})


def _name(common_name: str) -> x509.Name:
    pairs = (
        (NameOID.COUNTRY_NAME, "EE"),
        (NameOID.ORGANIZATION_NAME, "Demonstration only"),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs])


class _Identifiers(core.SequenceOf):  # type: ignore[misc]  # asn1crypto ships no types
    _child_spec = core.ObjectIdentifier


class _Plain(core.Sequence):  # type: ignore[misc]
    _fields = [("statement_id", core.ObjectIdentifier)]  # noqa: RUF012 - asn1crypto's own form


class _Typed(core.Sequence):  # type: ignore[misc]
    _fields = [("statement_id", core.ObjectIdentifier), ("info", _Identifiers)]  # noqa: RUF012


class _Any(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.Any


def _statements(*, seal: bool) -> bytes:
    """Return the qualified certificate statements (EN 319 412-5): compliance, device, and seal or signature."""
    kind = "0.4.0.1862.1.6.2" if seal else "0.4.0.1862.1.6.1"
    statements = [
        _Plain({"statement_id": _QC_COMPLIANCE}),
        _Plain({"statement_id": _QC_SSCD}),
        _Typed({"statement_id": _QC_TYPE, "info": [kind]}),
    ]
    return bytes(_Any([core.Any(statement) for statement in statements]).dump())
