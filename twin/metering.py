"""What the meters of a building used: as a tree with its balance, and by space, storey, building and district."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from twin.conditions import Conditions
from twin.errors import InvalidInput
from twin.live import LiveWing, Point
from twin.live.state import MeterTree

LONGEST = timedelta(days=3_660)  # ten years
PLACES = ("space", "storey", "building")


class Metering:
    """Answers about use.

    Args:
        live: Readings.
        conditions: Which object lies where.
    """

    def __init__(self, live: LiveWing, conditions: Conditions) -> None:
        self._live, self._conditions = live, conditions

    def tree(self, building_id: str, start: datetime, end: datetime) -> dict[str, Any]:
        """Return the meters as a tree with what each used in ``[start, end)``, its residual, and findings.

        Raises:
            NotFound: (building) there is no such building.
            InvalidInput: (time-range) the time is reversed, has no offset, or is longer than ten years.
        """
        tree, used = self._used(building_id, start, end)
        meters, findings = tree.balance(used)
        return {"from": _text(start), "to": _text(end), "meters": meters, "findings": [f.as_json() for f in findings]}

    def by_place(self, building_id: str, by: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return what was used by space, storey or in the whole building, by quantity and unit.

        A space or storey has what the meters without parts that stand there used; the building what those used that
        are part of no other.

        Raises:
            NotFound: (building) there is no such building.
            InvalidInput: (group) `by` is none of `PLACES`; (time-range) as in `tree`.
        """
        if by not in PLACES:
            raise InvalidInput(f"Group by one of {', '.join(PLACES)}.", reason="group", entity=by[:40])
        tree, used = self._used(building_id, start, end)
        if by == "building":
            return _sums(tree.roots, used, lambda _: building_id)
        if by == "space":
            return _sums(tree.leaves, used, lambda point: point.space)
        storeys = self._conditions.storeys(building_id, [point.space or point.global_id for point in tree.leaves])
        return _sums(tree.leaves, used, lambda point: storeys.get(point.space or point.global_id))

    def district(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return what every building used."""
        known = self._conditions.building_ids()
        return [row for building_id in known for row in self.by_place(building_id, "building", start, end)]

    def _used(self, building_id: str, start: datetime, end: datetime) -> tuple[MeterTree, dict[str, float | None]]:
        self._conditions.need(building_id)
        if start.tzinfo is None or end.tzinfo is None or not start < end <= start + LONGEST:
            raise InvalidInput(
                "The time ends before it begins, is longer than ten years, or has no offset.", reason="time-range"
            )
        tree = MeterTree(self._live.points(building_id))
        before, after = (self._registers(building_id, moment) for moment in (start, end))
        used: dict[str, float | None] = {}
        for meter in tree.meters:
            last, first = after.get(meter.point_id), before.get(meter.point_id)
            if first is None and last is not None:  # it began to speak meanwhile: from its first hour on
                hours = self._live.history(building_id, meter.point_id, start, end, (end - start).total_seconds())
                first = float(hours["items"][0]["min"]) if hours["items"] else None
            used[meter.point_id] = None if first is None or last is None else last - first
        return tree, used

    def _registers(self, building_id: str, moment: datetime) -> dict[str, float]:
        items = self._live.state_at(building_id, moment)["items"]
        numbers = (i for i in items if isinstance(i["value"], int | float) and not isinstance(i["value"], bool))
        return {item["point_id"]: float(item["value"]) for item in numbers}


def _sums(
    meters: tuple[Point, ...], used: Mapping[str, float | None], group_of: Callable[[Point], str | None]
) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str, str], list[float | None]] = defaultdict(list)
    for meter in meters:
        if (group := group_of(meter)) is not None:
            groups[group, meter.quantity_kind, meter.unit].append(used[meter.point_id])
    return [
        {
            "group": group,
            "quantity_kind": kind,
            "unit": unit,
            "used": sum(value for value in values if value is not None),
            "meters": len(values),
            "unknown": sum(value is None for value in values),
        }
        for (group, kind, unit), values in sorted(groups.items())
    ]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
