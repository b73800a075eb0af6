"""Errors that leave the `graph` package.

GraphError
├── GraphUnavailable    the engine cannot be reached or its file is held by another process
└── QueryRefused        the query is malformed, writes, or took too long
"""


class GraphError(Exception):
    """The root of everything that this package raises.

    Args:
        message: One sentence for a person.
        reason: Stable code for a program.
        hint: What the person can do about it.
    """

    def __init__(self, message: str, *, reason: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.hint = hint


class GraphUnavailable(GraphError):  # noqa: N818 - reads as the sentence it is
    """The engine cannot be reached, or its file is held by another process."""


class QueryRefused(GraphError):  # noqa: N818 - reads as the sentence it is
    """The query is malformed, tries to write, or took too long."""
