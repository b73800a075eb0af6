"""Errors that leave the `ifc` package; nothing else does.

IfcError
├── IfcReadError        the file cannot become records: the reason says why
├── IfcGeometryError    the file was read, its geometry as a whole could not be made
└── IfcRecordError      a canonical record is not one that this package writes
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a file or a record was refused; stable, for programs."""

    NOT_FOUND = "not-found"
    EMPTY = "empty"
    NOT_STEP = "not-step"
    TRUNCATED = "truncated"
    SYNTAX = "syntax"
    ENCODING = "encoding"
    SCHEMA_UNKNOWN = "schema-unknown"
    TOO_LARGE = "too-large"
    ARCHIVE = "archive"
    NO_PROJECT = "no-project"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    RECORD = "record"
    INTERNAL = "internal"


class IfcError(Exception):
    """The root of everything that this package raises.

    Args:
        message: One sentence for a person.
        reason: The stable code for a program.
        hint: What the person can do about it, or an empty string.
        entity: The STEP instance or class concerned, such as ``#12 IfcWall``.
        line: The line in the file, counted from 1, where it is known.
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

    def __reduce__(self) -> tuple[object, ...]:
        """Keep every field when the error crosses a process border."""
        return (_rebuild, (type(self), self.message, self.reason, self.hint, self.entity, self.line))


class IfcReadError(IfcError):
    """The file cannot become records."""


class IfcGeometryError(IfcError):
    """No geometry could be made of the file."""


class IfcRecordError(IfcError):
    """A canonical record is malformed."""


def _rebuild(
    kind: type[IfcError], message: str, reason: Reason, hint: str, entity: str | None, line: int | None
) -> IfcError:
    return kind(message, reason=reason, hint=hint, entity=entity, line=line)
