"""Who is in: people in a space from what is measured there, with the method named.

The best method that a space has is taken: a counter counts; a motion sensor knows whether, not how many; carbon
dioxide with the flow of fresh air gives a number by the balance of a well-mixed room in steady state; carbon dioxide
alone tells only whether somebody is likely to be in. The last two lag behind by the time in which the air is changed.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from twin.live.state.comfort import OUTDOOR_CO2_PPM

Item = Mapping[str, Any]
CO2_M3_H_PERSON = 0.018  # of a sitting adult; what is published after ASTM D6245 is 0.017 to 0.019 at 1.2 met
SOURCE_STATUS = "secondary"  # of that number
OCCUPIED_PPM = 150.0  # above outdoor air; an empty room comes below it within an hour or two
CO2_KINDS = ("MoleFraction", "AmountOfSubstanceFraction", "VolumeFraction")
COUNT_UNITS = ("{count}", "{person}")
FLOW_TO_M3_H = {"m3/h": 1.0, "L/s": 3.6, "l/s": 3.6, "m3/s": 3600.0}
METHODS = ("counter", "motion", "co2-balance", "co2-threshold")


def occupancy(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return for each space who is in: ``occupied``, ``people`` (null where only the former is known), ``method``.

    Values that are stale do not count: a space of which nothing new is known has ``occupied`` null.

    Args:
        items: Of `LiveWing.latest` or `state_at`.
    """
    spaces: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item["space"] is not None and _says_something(item):
            spaces[item["space"]].append(item)
    return [{"space": space, **_of_space(found)} for space, found in sorted(spaces.items())]


def together(spaces: Iterable[Mapping[str, Any]], group_of: Callable[[str], Hashable]) -> list[dict[str, Any]]:
    """Return occupied spaces and people of each group, such as a storey; people are null where no space counts them.

    Args:
        spaces: As `occupancy` returns them.
        group_of: Name of the group of a space; None leaves it out.
    """
    groups: dict[Hashable, list[Mapping[str, Any]]] = defaultdict(list)
    for space in spaces:
        if (group := group_of(space["space"])) is not None:
            groups[group].append(space)
    return [
        {
            "group": group,
            "spaces": len(members),
            "known": sum(space["occupied"] is not None for space in members),
            "occupied": sum(space["occupied"] is True for space in members),
            "people": round(sum(counted), 1) if counted else None,
            "counted_spaces": len(counted),
        }
        for group, members in sorted(groups.items(), key=lambda pair: str(pair[0]))
        for counted in [[space["people"] for space in members if space["people"] is not None]]
    ]


def _says_something(item: Item) -> bool:
    return (
        _is_counter(item) or isinstance(item["value"], bool) or item["quantity_kind"] in CO2_KINDS or _is_flow(item)
    )


def _is_counter(item: Item) -> bool:
    return item["quantity_kind"] in ("Count", "Dimensionless") and item["unit"] in COUNT_UNITS


def _is_flow(item: Item) -> bool:
    return item["quantity_kind"] == "VolumeFlowRate" and item["unit"] in FLOW_TO_M3_H


def _of_space(items: Sequence[Item]) -> dict[str, Any]:
    fresh = [item for item in items if not item["stale"] and item["value"] is not None]
    counters = [item for item in fresh if _is_counter(item) and not isinstance(item["value"], bool | str)]
    motion = [item for item in fresh if isinstance(item["value"], bool)]
    co2 = [item for item in fresh if item["quantity_kind"] in CO2_KINDS and item["unit"] == "[ppm]"]
    flows = [item for item in fresh if _is_flow(item)]
    if counters:
        people = float(sum(item["value"] for item in counters))
        return _told(people > 0, people, "counter", counters)
    if motion:
        return _told(any(item["value"] for item in motion), None, "motion", motion)
    if not co2:
        return _told(None, None, None, [])
    above = max(0.0, sum(item["value"] for item in co2) / len(co2) - OUTDOOR_CO2_PPM)
    flow_m3_h = sum(item["value"] * FLOW_TO_M3_H[item["unit"]] for item in flows)
    if flow_m3_h > 0:
        people = flow_m3_h * above * 1e-6 / CO2_M3_H_PERSON
        return _told(people >= 0.5, round(people, 1), "co2-balance", [*co2, *flows])
    return _told(above > OCCUPIED_PPM, None, "co2-threshold", co2)


def _told(occupied: bool | None, people: float | None, method: str | None, items: Sequence[Item]) -> dict[str, Any]:
    ages = [item["age_s"] for item in items if item["age_s"] is not None]
    return {
        "occupied": occupied,
        "people": people,
        "method": method,
        "points": [item["point_id"] for item in items],
        "age_s": max(ages, default=None),
    }
