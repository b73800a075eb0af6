"""Rows of readings as they go to and come from PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from twin.live.postgres.schema import NUMBER, TEXT, TRUTH
from twin.live.schema import Stored
from twin.live.write import Values

COLUMNS = "point, time_us, number, kind, quality, text"
# Six arrays are one parameter each, however many rows there are: one statement, one plan, one way to the server.
UNNEST = "unnest(%b::int4[], %b::int8[], %b::float8[], %b::int2[], %b::int2[], %s::text[])"


def columns_of(values: Sequence[Values]) -> list[list[Any]]:
    """Return rows as arrays in the order of `COLUMNS`."""
    results = [row[2] for row in values]
    return [
        [row[0] for row in values],
        [row[1] for row in values],
        [None if isinstance(item, str) else float(item) for item in results],
        [TEXT if isinstance(item, str) else TRUTH if isinstance(item, int) else NUMBER for item in results],
        [row[3] for row in values],
        [item if isinstance(item, str) else None for item in results],
    ]


def stored_of(number: float | None, kind: int, text: str | None) -> Stored:
    """Return a result from its columns."""
    if kind == TEXT:
        return text or ""
    return int(number or 0) if kind == TRUTH else float(number or 0.0)


def values_from(rows: Iterable[Sequence[Any]]) -> list[Values]:
    """Return rows in the order of `COLUMNS` as they are in memory."""
    return [(row[0], row[1], stored_of(row[2], row[3], row[5]), row[4]) for row in rows]


def storable(text: str) -> str:
    """Return a text of a stranger without what PostgreSQL cannot keep: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
