"""Errors that leave the `signatures` package; nothing else does.

A document that fails verification is not an error: it is a `Verdict`. Errors are for callers that sign, read or
canonicalise something unusable; `verify` turns them into failed steps.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused; stable, for programs."""

    JSON = "json"
    DUPLICATE_KEY = "duplicate-key"
    TOO_LARGE = "too-large"
    SCHEMA = "schema"
    CONTEXT = "context"
    DATA_LOSS = "data-loss"
    CANONICALIZATION_COST = "canonicalization-cost"
    KEY = "key"
    PASSPHRASE = "passphrase"  # noqa: S105 - a code, not a secret
    PROOF = "proof"
    SIGNATURE = "signature"
    COMMITMENT = "commitment"
    STATEMENT = "statement"
    REVOKED = "revoked"
    STATUS = "status"
    TOKEN = "token"  # noqa: S105 - a hardware token, not a secret
    NOTE = "note"
    LOG = "log"
    CONTAINER = "container"
    XADES = "xades"
    TIMESTAMP = "timestamp"
    OCSP = "ocsp"
    CERTIFICATE = "certificate"
    EMBEDDED = "embedded"


class SignatureError(Exception):
    """The root of everything that this package raises.

    Args:
        message: One sentence for a person.
        reason: The stable code for a program.
        hint: What the person can do about it, or an empty string.
        entity: The term, key, subject or JSON path concerned.
        line: Line in the document, counted from 1, where it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: Reason,
        hint: str = "",
        entity: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.hint = hint
        self.entity = entity
        self.line = line
