"""The faults that were planted for the permit checks; everything else in the district is meant to comply."""

from samples.author import guid
from samples.district import ROW_LIMIT_M
from samples.row import NAMELESS, OVERHANG_M, OVERHANGING, TOO_HIGH, neighbour
from samples.stages import AS_DESIGNED
from samples.work import Json, Work

_BLOCK, _SCHOOL = "120900102", "120900104"


def violations(works: dict[tuple[str, str], Work]) -> list[Json]:
    """Return one row per planted fault: kind of check, elements, value built in and limit that it breaks."""
    high = neighbour(TOO_HIGH).building_id
    height = works[high, AS_DESIGNED].truth["height_m"]
    return [
        _row("room_area", _BLOCK, ["k3/n4-bed2"], 7.5, 8.0, "m2"),
        _row("room_width", _BLOCK, ["k2/n5-bed2"], 2.2, 2.4, "m"),
        _row("room_height", _BLOCK, ["k4/n4-bed1"], 2.45, 2.5, "m"),
        _row("room_window", _BLOCK, ["k5/n5-bed2"], 0, 1, "1"),
        _row("door_width", _SCHOOL, ["k2/door-class3"], 0.75, 0.9, "m"),
        _row("building_area", neighbour(OVERHANGING).building_id, ["building"], OVERHANG_M, 0.0, "m"),
        _row("building_height", high, ["building"], height, ROW_LIMIT_M, "m"),
        _row("ehr_code", neighbour(NAMELESS).building_id, ["building"], None, None, None),
    ]


def _row(
    kind: str, building: str, elements: list[str], value: float | None, limit: float | None, unit: str | None
) -> Json:
    return {
        "check": kind, "building_id": building, "stage": AS_DESIGNED,
        "elements": [guid(building, key) for key in elements], "value": value, "limit": limit, "unit": unit,
    }  # fmt: skip
