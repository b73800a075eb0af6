"""Errors that leave the `twin` package (besides those of `ifc`, `graph` and `signatures`, which it lets through).

TwinError
├── NotFound            no such building, version, element, point, job, pack
├── Conflict            the state of the building forbids the action
├── InvalidInput        what was given cannot be used; nothing was stored
└── StorageError        a store is damaged, newer than this program, or in use
"""


class TwinError(Exception):
    """The root of everything that this package raises.

    Args:
        message: One sentence for a person.
        reason: Stable kebab-case code for a program.
        hint: What the person can do about it.
        entity: The thing concerned: a GlobalId, a feature, a rule, a topic.
        line: Line in the file given, counted from 1, where it is known.
    """

    def __init__(
        self, message: str, *, reason: str, hint: str = "", entity: str | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.hint = hint
        self.entity = entity
        self.line = line


class NotFound(TwinError):  # noqa: N818 - reads as the sentence it is
    """There is no such thing."""


class Conflict(TwinError):  # noqa: N818 - reads as the sentence it is
    """The state of the building forbids the action."""


class InvalidInput(TwinError):  # noqa: N818 - reads as the sentence it is
    """What was given cannot be used; nothing was stored."""


class StorageError(TwinError):
    """A store is damaged, newer than this program, or in use."""
