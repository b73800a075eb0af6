"""Which set or entity an address names for a change, and the rows of a data array."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from twin.errors import InvalidInput, NotFound
from twin.live.sensorthings.entities import NAVIGATION, SETS

MAX_ROWS = 10_000  # of one data array; a device that was offline for a week of minutes
_ENTITY = re.compile(r"([A-Za-z]{1,30})\(('?)([0-9]{1,15})(?:-[0-9]{1,17})?\2\)")


def collection_of(path: str) -> tuple[tuple[str, int] | None, str]:
    """Return owner (set and number) and set in which something is created, as in ``Things(1)/Datastreams``.

    Raises:
        NotFound: (not-found) the address names no set.
    """
    parts = [part for part in path.split("/") if part]
    if len(parts) == 1 and parts[0] in SETS:
        return None, parts[0]
    if len(parts) == 2:
        kind, number = entity_of(parts[0])
        if parts[1] in SETS and NAVIGATION.get(kind, {}).get(parts[1]) == parts[1]:
            return (kind, number), parts[1]
    raise _nothing(path)


def entity_of(path: str) -> tuple[str, int]:
    """Return set and number of the entity that is changed; of an Observation the number of its Datastream.

    Raises:
        NotFound: (not-found) the address names no entity.
    """
    match = _ENTITY.fullmatch(path.strip("/"))
    if match is None or match[1] not in SETS:
        raise _nothing(path)
    return match[1], int(match[3])


def rows_of(array: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a data array as members of Observations.

    Raises:
        InvalidInput: (data-array).
    """
    names, rows = array.get("components"), array.get("dataArray")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _wrong("components must be a list of names")
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise _wrong(f"dataArray must be a list of at most {MAX_ROWS} rows")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(names):
            raise _wrong("each row must hold a value for each component")
        yield dict(zip(names, row, strict=True))


def _wrong(why: str) -> InvalidInput:
    return InvalidInput(f"The data array cannot be read: {why}.", reason="data-array")


def _nothing(path: str) -> NotFound:
    return NotFound(
        "There is nothing at this address.",
        reason="not-found",
        hint="The sets are listed at the root of the service.",
        entity=path[:200],
    )
