"""Observations as data arrays (18-088, section 12), and which members of an entity a client may choose."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from twin.errors import InvalidInput
from twin.live.sensorthings.documents import MEMBERS
from twin.live.sensorthings.entities import NAVIGATION, Entity
from twin.live.sensorthings.options import Options

COMPONENTS = ("@iot.id", "phenomenonTime", "resultTime", "result")
_ALWAYS = frozenset({"@iot.id", "@iot.selfLink"})


def selected(options: Options) -> set[str]:
    """Return the members that a client chose, by the names that entities have."""
    return {"@iot.id" if name == "id" else name for name in options.select}


def refuse_unknown(kind: str, row: Entity, options: Options) -> None:
    """Refuse to select what no entity of a set has; what only this one lacks is left out.

    Raises:
        InvalidInput: (query-parameter).
    """
    if not options.select:
        return
    known = _ALWAYS | set(NAVIGATION[kind]) | set(MEMBERS.get(kind, ())) | set(row)
    for name in sorted({name.partition("/")[0] for name in selected(options)} - known):
        raise InvalidInput(
            f"{kind} have no member {name[:40]}.",
            reason="query-parameter",
            hint=f"Known are {', '.join(sorted(known))}.",
            entity="$select",
        )


def as_arrays(rows: Sequence[Entity], options: Options, root: str) -> list[Mapping[str, Any]]:
    """Return Observations as one array for each run of the same Datastream, in the order of `rows`.

    Raises:
        InvalidInput: (query-parameter) a member is selected that no Observation has.
    """
    chosen = selected(options)
    for row in rows[:1]:
        refuse_unknown("Observations", row, options)
    names = ["id" if name == "@iot.id" else name for name in COMPONENTS if not chosen or name in chosen]
    arrays: list[Mapping[str, Any]] = []
    for stream, group in groupby(rows, key=lambda row: str(row["@iot.id"]).partition("-")[0]):
        data = [[row["@iot.id" if name == "id" else name] for name in names] for row in group]
        link = f"{root}/Datastreams({stream})"
        arrays.append(
            {
                "Datastream@iot.navigationLink": link,
                "components": names,
                "dataArray@iot.count": len(data),
                "dataArray": data,
            }
        )
    return arrays
