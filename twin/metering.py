"""What the meters of a building used: as a tree with its balance, and by space, storey, building and district."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twin.conditions import Conditions
from twin.errors import InvalidInput
from twin.live import LiveWing, Point
from twin.live.state import MeterTree

LONGEST = timedelta(days=3_660)  # ten years
PLACES = ("space", "storey", "building")
STEPS = 500  # in which a register is looked through
LONGEST_STEP_S = 366 * 24 * 3600.0  # of a history
FLUTTER = 0.01  # share of the use by which a register may seem to fall: its last digit
PARTIAL = 0.1  # share of the time that readings may leave out

Register = tuple[float, datetime]


@dataclass(frozen=True, slots=True)
class Used:
    """What a meter used.

    Attributes:
        amount: In its unit; below zero is how far its register fell, None is not known.
        since: Time of the first reading that was taken.
        until: Time of the last.
    """

    amount: float | None = None
    since: datetime | None = None
    until: datetime | None = None

    def partial(self, start: datetime, end: datetime) -> bool:
        """Tell whether the readings leave much of a time out, or reach far beyond it."""
        if self.since is None or self.until is None:
            return False
        return abs(self.since - start) + abs(end - self.until) > PARTIAL * (end - start)


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

        ``since`` and ``until`` are the times of the readings that were taken: a meter that began to speak later, or
        fell silent, did not count all of the time.

        Raises:
            NotFound: (building) there is no such building.
            InvalidInput: (time-range) the time is reversed, has no offset, or is longer than ten years.
        """
        tree, used = self._used(building_id, start, end)
        meters, findings = tree.balance({name: one.amount for name, one in used.items()})
        shown = [_with_times(meter, used) for meter in meters]
        return {"from": _text(start), "to": _text(end), "meters": shown, "findings": [f.as_json() for f in findings]}

    def by_place(self, building_id: str, by: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return what was used by space, storey or in the whole building, by quantity and unit.

        A space or storey has what the meters without parts that stand there used; the building what those used that
        are part of no other. ``unknown`` counts meters that said too little or whose register fell; they add nothing.
        ``partial`` counts those whose readings leave more than a tenth of the time out.

        Raises:
            NotFound: (building) there is no such building.
            InvalidInput: (group) `by` is none of `PLACES`; (time-range) as in `tree`.
        """
        if by not in PLACES:
            raise InvalidInput(f"Group by one of {', '.join(PLACES)}.", reason="group", entity=by[:40])
        tree, used = self._used(building_id, start, end)
        span = (start, end)
        if by == "building":
            return _sums(tree.roots, used, lambda _: building_id, span)
        if by == "space":
            return _sums(tree.leaves, used, lambda point: point.space, span)
        storeys = self._conditions.storeys(building_id, [point.space or point.global_id for point in tree.leaves])
        return _sums(tree.leaves, used, lambda point: storeys.get(point.space or point.global_id), span)

    def district(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return what every building used."""
        known = self._conditions.building_ids()
        return [row for building_id in known for row in self.by_place(building_id, "building", start, end)]

    def _used(self, building_id: str, start: datetime, end: datetime) -> tuple[MeterTree, dict[str, Used]]:
        self._conditions.need(building_id)
        if start.tzinfo is None or end.tzinfo is None or not start < end <= start + LONGEST:
            raise InvalidInput(
                "The time ends before it begins, is longer than ten years, or has no offset.", reason="time-range"
            )
        tree = MeterTree(self._live.points(building_id))
        before, after = (self._registers(building_id, moment) for moment in (start, end))
        used: dict[str, Used] = {}
        for meter in tree.meters:
            first, last = before.get(meter.point_id), after.get(meter.point_id)
            known = last is not None and last[1] > start  # else it said nothing in that time
            used[meter.point_id] = self._of(meter, first, last, (start, end)) if last and known else Used()
        return tree, used

    def _of(self, meter: Point, first: Register | None, last: Register, span: tuple[datetime, datetime]) -> Used:
        """Return the use between two registers; what fell in between counts as less than nothing, see `Used`."""
        start, end = span
        step_s = min(max((end - start).total_seconds() / STEPS, 1.0), LONGEST_STEP_S)
        items = self._live.history(meter.building_id, meter.point_id, start, end, step_s)["items"]
        if first is None:  # it began to speak meanwhile: from its first readings on
            if not items:
                return Used()
            first = (float(items[0]["min"]), datetime.fromisoformat(items[0]["t"]))
        difference = last[0] - first[0]
        highest = max((float(item["max"]) for item in items), default=last[0])
        lowest = min((float(item["min"]) for item in items), default=first[0])
        fall = max(highest - last[0], first[0] - lowest, -difference)
        return Used(-fall if fall > FLUTTER * abs(difference) else difference, first[1], last[1])

    def _registers(self, building_id: str, moment: datetime) -> dict[str, Register]:
        items = self._live.state_at(building_id, moment)["items"]
        numbers = (i for i in items if isinstance(i["value"], int | float) and not isinstance(i["value"], bool))
        return {i["point_id"]: (float(i["value"]), datetime.fromisoformat(i["phenomenon_time"])) for i in numbers}


def _with_times(node: dict[str, Any], used: Mapping[str, Used]) -> dict[str, Any]:
    one = used[node["point_id"]]
    parts = [_with_times(part, used) for part in node["parts"]]
    times = {"since": one.since and _text(one.since), "until": one.until and _text(one.until)}
    return {**node, **times, "parts": parts}


def _sums(
    meters: tuple[Point, ...],
    used: Mapping[str, Used],
    group_of: Callable[[Point], str | None],
    span: tuple[datetime, datetime],
) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str, str], list[Used]] = defaultdict(list)
    for meter in meters:
        if (group := group_of(meter)) is not None:
            groups[group, meter.quantity_kind, meter.unit].append(used[meter.point_id])
    return [
        {
            "group": group,
            "quantity_kind": kind,
            "unit": unit,
            "used": sum(value.amount for value in values if value.amount is not None and value.amount >= 0.0),
            "meters": len(values),
            "unknown": sum(value.amount is None or value.amount < 0.0 for value in values),
            "partial": sum(value.partial(*span) for value in values),
        }
        for (group, kind, unit), values in sorted(groups.items())
    ]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
