"""Signatures inside an IFC file: CMS blocks after the end marker (ISO 10303-21:2016, clause 14).

A block signs all that stands before it, without line ends and other control characters; a second block signs the
first one too.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from signatures.certificates import issued_by, subject_name, valid_at
from signatures.cms import CmsSignature, verify_cms
from signatures.errors import SignatureError

MAX_BLOCKS = 16
MAX_TAIL_BYTES = 4_194_304  # 16 blocks of 256 kB: signatures with long chains of certificates

_END = b"END-ISO-10303-21;"
_WORD = b"SIGNATURE;"
_BLOCK = re.compile(rb"\s*(?P<open>/\*\s*)?SIGNATURE;(?P<text>[A-Za-z0-9+/=\s]*)ENDSEC;(?(open)\s*\*/)")
_CONTROLS = bytes([*range(0x20), 0x7F])


class EmbeddedVerdict(StrEnum):
    """What the signatures inside a file are worth."""

    NONE = "none"
    VALID = "valid"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class EmbeddedSignature:
    """One signature.

    Attributes:
        valid: Whether it fits the file.
        trusted: Whether one of the given roots issued the signer's certificate.
        reason: Why, in a sentence.
        signer: Name of the signer; empty if it cannot be read.
        issuer: Name of who issued the certificate.
        signed_at: When, by the signer's own account.
    """

    valid: bool
    trusted: bool
    reason: str
    signer: str = ""
    issuer: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedReport:
    """What was found in a file.

    Attributes:
        verdict: Valid only if there are signatures and every one fits.
        signatures: In the order of the blocks.
    """

    verdict: EmbeddedVerdict
    signatures: tuple[EmbeddedSignature, ...]


def embedded_signatures(data: bytes, roots: Sequence[x509.Certificate] = ()) -> EmbeddedReport:
    """Verify the signatures inside the IFC file `data`.

    Args:
        data: The whole file.
        roots: Who may issue certificates of trusted signers; without them a signature can be valid, not trusted.
    """
    end = data.rfind(_END)
    tail = end + len(_END)
    if end < 0 or _WORD not in data[tail:]:
        return EmbeddedReport(EmbeddedVerdict.NONE, ())
    if len(data) - tail > MAX_TAIL_BYTES:
        return _broken("What stands after the end marker is too large to be signatures.")
    found, at = [], tail
    while match := _BLOCK.match(data, at):
        start = match.start("open") if match["open"] else data.index(_WORD, match.start())
        found.append(_signature(data[:start], match["text"], roots))
        at = match.end()
    if data[at:].strip() or not found or len(found) > MAX_BLOCKS:
        return _broken("Something after the end marker is no signature.")
    valid = all(signature.valid for signature in found)
    return EmbeddedReport(EmbeddedVerdict.VALID if valid else EmbeddedVerdict.INVALID, tuple(found))


def signed_content(before: bytes) -> bytes:
    """Return what a block signs of the bytes that stand before it."""
    return before.translate(None, _CONTROLS)


def _signature(before: bytes, text: bytes, roots: Sequence[x509.Certificate]) -> EmbeddedSignature:
    try:
        der = b64decode(b"".join(text.split()), validate=True)
        signature = verify_cms(der, signed_content(before), content_type="data")
    except Base64Error:
        return EmbeddedSignature(valid=False, trusted=False, reason="The signature is not base64.")
    except SignatureError as error:
        return EmbeddedSignature(valid=False, trusted=False, reason=error.message)
    return _judged(signature, roots)


def _judged(signature: CmsSignature, roots: Sequence[x509.Certificate]) -> EmbeddedSignature:
    signer, moment = signature.signer, signature.signed_at
    in_time = moment is not None and valid_at(signer, moment)
    trusted = in_time and any(issued_by(signer, root) for root in roots)
    reason = "The signature fits the file"
    reason += " and a trusted issuer stands behind its signer." if trusted else "; its signer is not known here."
    return EmbeddedSignature(
        valid=True,
        trusted=trusted,
        reason=reason,
        signer=subject_name(signer),
        issuer=signer.issuer.rfc4514_string(),
        signed_at=moment,
    )


def _broken(reason: str) -> EmbeddedReport:
    signature = EmbeddedSignature(valid=False, trusted=False, reason=reason)
    return EmbeddedReport(EmbeddedVerdict.INVALID, (signature,))
