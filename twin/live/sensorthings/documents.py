"""What clients may say of an entity: members, their forms, and what only the model says."""

import math
import re
from collections.abc import Mapping
from typing import Any

from twin.errors import Conflict, InvalidInput

MAX_TEXT = 2_000  # characters of a description
MAX_DEPTH = 8  # of properties within properties, as of a patch
MAX_CORNERS = 2_000  # of a place; the outline of a large building has a few hundred
GEO_JSON = frozenset({"application/geo+json", "application/vnd.geo+json"})
_HALF = re.compile("[\ud800-\udfff]")  # of a pair of code units: it has no bytes
SHAPES = {"Point": 0, "LineString": 1, "Polygon": 2}  # those that clients of SensorThings read, with their nesting
# Members that a client may give, True where it must.
MEMBERS: Mapping[str, Mapping[str, bool]] = {
    "Things": {"name": True, "description": True, "properties": False},
    "Locations": {"name": True, "description": True, "encodingType": True, "location": True, "properties": False},
    "Sensors": {"name": True, "description": True, "encodingType": True, "metadata": True, "properties": False},
    "ObservedProperties": {"name": True, "definition": True, "description": True, "properties": False},
    "Datastreams": {
        "name": True, "description": True, "observationType": True, "unitOfMeasurement": True, "properties": False,
    },
}  # fmt: skip
# What a model, a binding or a vocabulary says of an entity that no client created.
FIXED: Mapping[str, frozenset[str]] = {
    "Things": frozenset({"properties/ifcClass", "properties/ifcGuid", "properties/buildingId"}),
    "Locations": frozenset({"location", "encodingType"}),
    "Sensors": frozenset(),
    "ObservedProperties": frozenset({"definition"}),
    "Datastreams": frozenset({"properties/buildingId", "properties/pointId"}),
}


def checked(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a document that describe an entity, each of the right form.

    Raises:
        InvalidInput: (entity-member) one is missing or wrong.
    """
    members = {name: document[name] for name in MEMBERS[kind] if document.get(name) is not None}
    for name, needed in MEMBERS[kind].items():
        if needed and name not in members:
            raise _wrong(kind, name, "is missing")
    for name, value in members.items():
        _check_member(kind, name, value)
    if kind == "Locations" and members["encodingType"] not in GEO_JSON:
        raise _wrong(kind, "encodingType", "must be application/geo+json")
    return members


def _check_member(kind: str, name: str, value: Any) -> None:
    if not _can_be_shown(value, MAX_DEPTH):
        raise _wrong(kind, name, "holds a number or a text that JSON cannot show, or is nested too deeply")
    if name == "location":
        _check_place(value)
    elif name in ("properties", "unitOfMeasurement"):
        if not isinstance(value, dict):
            raise _wrong(kind, name, "must be an object")
    elif not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise _wrong(kind, name, f"must be a text of 1 to {MAX_TEXT} characters")


def refuse_fixed(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Refuse a change of what a client cannot know better.

    Raises:
        Conflict: (said-by-model).
    """
    for path in FIXED[kind]:
        first, _, rest = path.partition("/")
        old, new = before.get(first), after.get(first)
        if rest:
            old, new = (old or {}).get(rest), (new or {}).get(rest)
        if old != new:
            raise Conflict(
                f"{path} is what the model says of this entity.",
                reason="said-by-model",
                hint="Change the model or the binding.",
                entity=path,
            )


def _can_be_shown(value: Any, depth: int) -> bool:
    """Tell whether every reader can take a value: else one entity would break the answer that lists it."""
    if isinstance(value, str):
        return all(sign >= " " or sign in "\n\r\t" for sign in value) and not _HALF.search(value)
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, list):
        parts = value
    else:
        return not isinstance(value, float) or math.isfinite(value)
    return depth > 0 and all(_can_be_shown(part, depth - 1) for part in parts)


def _check_place(place: Any) -> None:
    kind = place.get("type") if isinstance(place, dict) else None
    if kind == "Feature":
        return _check_place(place.get("geometry"))
    if kind not in SHAPES or not _is_nested(place.get("coordinates"), SHAPES[kind], [MAX_CORNERS]):
        raise _wrong("Locations", "location", f"must be a GeoJSON {', '.join(SHAPES)} in degrees (CRS84)")
    return None


def _is_nested(value: Any, depth: int, room: list[int]) -> bool:
    if not isinstance(value, list) or not value:
        return False
    if depth:
        return all(_is_nested(item, depth - 1, room) for item in value)
    room[0] -= 1
    good = all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in value)
    return room[0] >= 0 and good and len(value) in (2, 3) and abs(value[0]) <= 180 and abs(value[1]) <= 90


def _wrong(kind: str, name: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"{name} of {kind} {what}.",
        reason="entity-member",
        hint="See section 8 of OGC SensorThings 1.1.",
        entity=name,
    )
