"""Verifying ASiC-E containers, ours and foreign: structure first, then digests, signature, time-stamp, certificate.

What is verified is found by its place in the document, never by an Id alone, so that nothing can stand in for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from signatures.asice.archive import MAX_CONTENT_BYTES, refused, unpack
from signatures.asice.manifest import PATH, read_manifest
from signatures.asice.ocsp import verify_ocsp
from signatures.asice.timestamps import verify_timestamp
from signatures.asice.trust import TrustList
from signatures.asice.xades import ReadSignature, read_signatures
from signatures.certificates import load_certificate, may_sign_documents, subject_name, valid_at
from signatures.errors import Reason, SignatureError

SIGNATURE_PREFIX = "META-INF/"
MAX_SIGNATURES = 32
MAX_CLAIM = timedelta(hours=24)  # by how much the signer's own time may precede the time-stamp
MAX_CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """What a signature of a container is worth.

    Attributes:
        valid: Whether all of it holds.
        reason: Why, in a sentence.
        code: Stable code of the refusal; empty if valid.
        signer: Name in the certificate; empty if it cannot be read.
        issuer: Name of who issued it.
        roles: Roles that the signer claims; signed, not checked against anything.
        stamped_at: When a trusted service saw the signature.
        certificate: The signing certificate, if it could be read.
    """

    valid: bool
    reason: str
    code: str = ""
    signer: str = ""
    issuer: str = ""
    roles: tuple[str, ...] = ()
    stamped_at: datetime | None = None
    certificate: x509.Certificate | None = None


@dataclass(frozen=True, slots=True)
class ContainerVerdict:
    """What a container is worth.

    Attributes:
        valid: Whether it has signatures and every one of them is valid.
        reason: Why, in a sentence.
        files: Name and content of each file; empty if the container itself is refused.
        media_types: Media type of each file.
        signatures: One verdict for each.
        code: Stable code of the refusal; empty if valid.
    """

    valid: bool
    reason: str
    files: Mapping[str, bytes]
    media_types: Mapping[str, str]
    signatures: tuple[SignatureVerdict, ...]
    code: str = ""


def verify_container(data: bytes, trust: TrustList, *, max_bytes: int = MAX_CONTENT_BYTES) -> ContainerVerdict:
    """Return the verdict on the container `data`; nothing that it holds makes this raise.

    Args:
        data: The `.asice` file.
        trust: The services that count.
        max_bytes: Most content that is unpacked.
    """
    try:
        entries = unpack(data, max_bytes=max_bytes)
        files, media_types = _files(entries)
        read = _read_all(entries)
    except SignatureError as error:
        return ContainerVerdict(False, error.message, {}, {}, (), error.reason.value)
    verdicts = tuple(_verdict(signature, files, media_types, trust) for signature in read)
    bad = next((verdict for verdict in verdicts if not verdict.valid), None)
    if not verdicts:
        reason, code = "Nobody signed the container.", Reason.CONTAINER.value
    else:
        reason = bad.reason if bad else f"All {len(verdicts)} signatures are valid."
        code = bad.code if bad else ""
    return ContainerVerdict(bool(verdicts) and bad is None, reason, files, media_types, verdicts, code)


def _files(entries: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    files = {name: data for name, data in entries.items() if not name.upper().startswith("META-INF/")}
    if PATH not in entries:
        raise refused("The container has no manifest.")
    media_types = read_manifest(entries[PATH])
    if media_types.keys() != files.keys():
        raise refused("The manifest names other files than the container holds.")
    return files, media_types


def _read_all(entries: Mapping[str, bytes]) -> list[ReadSignature]:
    names = [name for name in entries if name.upper().startswith("META-INF/") and name != PATH]
    strange = [name for name in names if not name.startswith(f"{SIGNATURE_PREFIX}signatures") or name[-4:] != ".xml"]
    if strange or len(names) > MAX_SIGNATURES:
        raise refused(
            "The container holds something beside files, manifest and signatures.", next(iter(strange), None)
        )
    found = [signature for name in names for signature in read_signatures(entries[name])]
    if len({signature.value for signature in found}) != len(found):
        raise refused("The container holds a signature twice.")
    return found


def _verdict(
    signature: ReadSignature, files: Mapping[str, bytes], media_types: Mapping[str, str], trust: TrustList
) -> SignatureVerdict:
    known: dict[str, Any] = {"roles": signature.roles}
    try:
        certificate = load_certificate(signature.certificate)
        issuer = certificate.issuer.rfc4514_string()
        known |= {"certificate": certificate, "signer": subject_name(certificate), "issuer": issuer}
        signature.check(certificate, files, media_types)
        stamped = _check_time(signature, certificate, trust)
    except SignatureError as error:
        return SignatureVerdict(valid=False, reason=error.message, code=error.reason.value, **known)
    reason = f"Signed by {known['signer']}, seen by a trusted service at {stamped:%Y-%m-%d %H:%M:%S} UTC."
    return SignatureVerdict(valid=True, reason=reason, stamped_at=stamped, **known)


def _check_time(signature: ReadSignature, certificate: x509.Certificate, trust: TrustList) -> datetime:
    if not may_sign_documents(certificate):
        raise SignatureError("The certificate is not one for signing documents.", reason=Reason.CERTIFICATE)
    stamped = min(verify_timestamp(token, signature.stamped_bytes(token), trust) for token in signature.timestamps)
    if not valid_at(certificate, stamped):
        raise SignatureError("The certificate was not valid when it signed.", reason=Reason.CERTIFICATE)
    if not stamped - MAX_CLAIM <= signature.claimed_at <= stamped + MAX_CLOCK_SKEW:
        raise SignatureError("The claimed time of signing is far from the time-stamp.", reason=Reason.TIMESTAMP)
    issuer = trust.issuer_of(certificate, stamped)
    if issuer is None:
        raise SignatureError(
            "No authority that was trusted at that time issued the certificate.", reason=Reason.CERTIFICATE
        )
    _check_status(signature, certificate, issuer, stamped, trust)
    return stamped


def _check_status(
    signature: ReadSignature,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    stamped: datetime,
    trust: TrustList,
) -> None:
    """Require that every answer kept beside the signature says that the certificate is good."""
    if not signature.ocsp_answers:
        raise SignatureError("No OCSP answer is kept beside the signature.", reason=Reason.OCSP)
    for answer in signature.ocsp_answers:
        verify_ocsp(answer, certificate, issuer, stamped, trust)
