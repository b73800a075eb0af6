"""Bitstring Status List 1.0 (W3C): whether a credential was revoked, without saying which one is asked about."""

import gzip
import io
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from signatures.context_store import CREDENTIALS_V2
from signatures.credential import credential_schema, new_credential, strict_object
from signatures.errors import Reason, SignatureError

MIN_ENTRIES = 131_072  # the standard's least length: a shorter list would tell who asks about whom
MAX_BYTES = 2_097_152  # 16 million credentials; a list that inflates to more is a bomb
REVOCATION = "revocation"


class StatusList:
    """Bits, one for each credential; the first is the leftmost.

    Args:
        bits: The packed bits; a multiple of eight, at least 131,072.

    Raises:
        SignatureError: (status) another length.
    """

    def __init__(self, bits: bytes = bytes(MIN_ENTRIES // 8)) -> None:
        if not MIN_ENTRIES // 8 <= len(bits) <= MAX_BYTES:
            raise _refused("A status list has too few or too many entries.")
        self._bits = bits

    def __len__(self) -> int:
        return 8 * len(self._bits)

    def __getitem__(self, index: int) -> bool:
        """Tell whether the bit at `index` is set.

        Raises:
            SignatureError: (status) there is no such entry.
        """
        self._check(index)
        return bool(self._bits[index // 8] & 0x80 >> index % 8)

    def with_status(self, index: int) -> "StatusList":
        """Return the list with the bit at `index` set.

        Raises:
            SignatureError: (status) there is no such entry.
        """
        self._check(index)
        bits = bytearray(self._bits)
        bits[index // 8] |= 0x80 >> index % 8
        return StatusList(bytes(bits))

    @property
    def encoded(self) -> str:
        """The multibase text: ``u`` and base64url of the compressed bits."""
        return "u" + urlsafe_b64encode(gzip.compress(self._bits, mtime=0)).rstrip(b"=").decode()

    @classmethod
    def from_encoded(cls, text: str) -> "StatusList":
        """Return the list that `encoded` wrote.

        Raises:
            SignatureError: (status) malformed, or it would inflate to more than the limit.
        """
        if not text.startswith("u"):
            raise _refused("A status list is not in base64url.")
        try:
            packed = urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
            with gzip.open(io.BytesIO(packed)) as stream:
                bits = stream.read(MAX_BYTES + 1)
        except (OSError, EOFError, ValueError, zlib.error, Base64Error) as error:
            raise _refused("A status list cannot be read.") from error
        return cls(bits)

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise _refused("The status list has no such entry.")


def status_entry(list_url: str, index: int) -> dict[str, Any]:
    """Return the `credentialStatus` of a credential."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": REVOCATION,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def status_credential(url: str, issuer: str, bits: StatusList, valid_from: datetime) -> dict[str, Any]:
    """Return the unsigned credential that publishes a status list."""
    return new_credential(
        contexts=(CREDENTIALS_V2,),
        kind="BitstringStatusListCredential",
        identifier=url,
        issuer=issuer,
        valid_from=valid_from,
        subject={
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "encodedList": bits.encoded,
        },
    )


def status_schema() -> dict[str, Any]:
    """Return the JSON Schema of a signed credential that publishes a status list."""
    subject = strict_object(
        {
            "id": {"type": "string", "maxLength": 2048},
            "type": {"const": "BitstringStatusList"},
            "statusPurpose": {"const": REVOCATION},
            "encodedList": {"type": "string", "maxLength": 2 * MAX_BYTES, "pattern": "^u[A-Za-z0-9_-]+$"},
        }
    )
    kind = "BitstringStatusListCredential"
    return credential_schema(contexts=(CREDENTIALS_V2,), kind=kind, subject=subject, evidence=strict_object({}))


def check_status(entry: Mapping[str, Any], listed: Mapping[str, Any], issuer: str) -> None:
    """Check that a credential is not revoked.

    Args:
        entry: Its `credentialStatus`.
        listed: The status list credential; its signature has been verified.
        issuer: Issuer of the credential, who must be that of the list too.

    Raises:
        SignatureError: (revoked) it is; (status) the list is of another issuer, address or purpose, or has no such
            entry.
    """
    subject = listed.get("credentialSubject")
    if not isinstance(subject, Mapping) or listed.get("issuer") != issuer:
        raise _refused("The status list is of another issuer.")
    if listed.get("id") != entry.get("statusListCredential"):
        raise _refused("The status list is another than the credential names.")
    purposes = (entry.get("statusPurpose"), subject.get("statusPurpose"))
    if purposes != (REVOCATION, REVOCATION):
        raise _refused("The status list serves another purpose.")
    number = str(entry.get("statusListIndex"))
    if not number.isascii() or not number.isdigit():
        raise _refused("The index into the status list is no number.")
    if StatusList.from_encoded(str(subject.get("encodedList")))[int(number)]:
        raise SignatureError("The credential was revoked.", reason=Reason.REVOKED)


def _refused(message: str) -> SignatureError:
    return SignatureError(message, reason=Reason.STATUS)
