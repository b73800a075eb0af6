"""Readings of many points taken together, and how a point stood against comfort over a time."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from twin.live.points import PointKind
from twin.live.state.comfort import OVERHEATING_CEL, STANDARD, index_of, shares
from twin.live.state.meters import METERED

Item = Mapping[str, Any]
USUAL = 2  # category of EN 16798-1 that a normal level of expectation means
COUNTERS = frozenset(METERED)  # registers of meters: a mean or a sum of them says nothing


def with_category(item: Item, month: int) -> dict[str, Any]:
    """Return an item of `LiveWing.latest` with its category of comfort: 1 to 4, or null where none applies.

    Comfort is that of people in a room: air in a duct, outside or at a place that no model tells has none, and a
    setpoint is not felt. ``usual`` has the ends of category II, the one for new and renovated buildings, and their
    source status.
    """
    felt = item["space"] is not None and item["kind"] != PointKind.SETPOINT.value
    index = index_of(item["quantity_kind"], item["unit"], month) if felt else None
    value = _number(item)
    usual = None if index is None else asdict(index.bands[USUAL - 1])
    return {**item, "category": None if index is None or value is None else index.category(value), "usual": usual}


def aggregate(items: Iterable[Item], group_of: Callable[[Item], Hashable]) -> list[dict[str, Any]]:
    """Return mean, minimum and maximum of the values of each group, by quantity and unit.

    Values that are stale do not count; ``silent`` says how many those are. Registers of meters and setpoints, which
    are wanted and not measured, are left out.

    Args:
        items: Of `LiveWing.latest` or `state_at`.
        group_of: Name of the group of an item; None leaves it out.
    """
    groups: dict[tuple[Any, str, str], list[Item]] = defaultdict(list)
    for item in items:
        group = group_of(item)
        if group is not None and item["quantity_kind"] not in COUNTERS and item["kind"] != PointKind.SETPOINT.value:
            groups[group, item["quantity_kind"], item["unit"]].append(item)
    return [
        {"group": group, "quantity_kind": kind, "unit": unit, **_summary(members)}
        for (group, kind, unit), members in sorted(groups.items(), key=lambda pair: tuple(map(str, pair[0])))
    ]


def _summary(members: Sequence[Item]) -> dict[str, Any]:
    values = [value for item in members if not item["stale"] and (value := _number(item)) is not None]
    known = {"points": len(values), "silent": len(members) - len(values)}
    if not values:
        return {"mean": None, "min": None, "max": None, **known}
    return {"mean": sum(values) / len(values), "min": min(values), "max": max(values), **known}


def comfort_of(quantity_kind: str, unit: str, hours: Sequence[Item], local: Callable[[datetime], datetime]) -> Any:
    """Return the share of hours in each category, and the hours above 27 °C of a temperature.

    Args:
        quantity_kind: QUDT quantity kind of the point.
        unit: UCUM unit of its values.
        hours: Hourly means of `LiveWing.history`; an hour without a reading is in none of the counts.
        local: Turns a time into local time, whose month chooses the season.
    """
    seasons: dict[Any, list[float]] = defaultdict(list)
    for item in hours:
        index = index_of(quantity_kind, unit, local(datetime.fromisoformat(item["t"])).month)
        if index is not None:
            seasons[index].append(item["v"])
    warm = [item for item in hours if item["v"] > OVERHEATING_CEL]
    return {
        "standard": STANDARD,
        "hours": len(hours),
        "hours_above_27c": len(warm) if unit == "Cel" else None,
        "indices": [
            {
                "index": index.name,
                "unit": index.unit,
                "source_status": index.bands[0].source_status,
                "hours": len(values),
                "shares": shares(index, values),
            }
            for index, values in seasons.items()
        ],
    }


def _number(item: Item) -> float | None:
    value = item["value"]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
