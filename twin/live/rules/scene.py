"""What a rule looks at: the newest readings of a building at one moment, and their past where it is asked for."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from twin.live.points import Point, PointKind
from twin.live.rules.judge import Limits, least_use, rate_per_hour, starts_per_hour, unexplained
from twin.live.rules.rule import OWN_SETPOINT, Rule, RuleKind
from twin.live.state import index_of

LOCAL = ZoneInfo("Europe/Tallinn")
HOUR_S = 3600.0
FEWEST_PEERS = 3  # of a drift: with fewer nobody can say which of them drifts
FEWEST_READINGS = 6  # of a span: fewer may be equal by chance
NO_LIMITS = Limits(None, None)
_UNITS = {RuleKind.MISSING: "s", RuleKind.BALANCE: "1", RuleKind.CYCLES: "/h"}


class Source(Protocol):
    """What is asked of the live wing."""

    def points(self, building_id: str, global_id: str | None = None) -> tuple[Point, ...]:
        """Return the points of a building."""

    def latest(self, building_id: str) -> dict[str, Any]:
        """Return the newest reading of every point."""

    def history(
        self, building_id: str, point_id: str, start: datetime, end: datetime, step_s: float | None = None
    ) -> dict[str, Any]:
        """Return the readings of a point."""


def unit_of_value(rule: Rule, point: Point) -> str:
    """Return the unit of what a rule judges at a point."""
    if rule.kind in (RuleKind.RATE, RuleKind.LEAST):
        return f"{point.unit}/h"
    return _UNITS.get(rule.kind, point.unit)


def judged(rule: Rule, points: Sequence[Point], by_id: Mapping[str, Point]) -> list[Point]:
    """Return the points that a rule judges: those it names (of a balance the first), or what is of its quantity.

    A setpoint is what somebody wants, not what is: it is judged only where a rule names it.
    """
    if not rule.points:
        kind = rule.quantity_kind
        return [point for point in points if point.quantity_kind == kind and point.kind is not PointKind.SETPOINT]
    names = rule.points[:1] if rule.kind is RuleKind.BALANCE else rule.points
    return [by_id[name] for name in names if name in by_id]


def watched(rule: Rule, points: Sequence[Point]) -> dict[str, Any]:
    """Return how many points a rule judges, the units of what it judges, and the points it names that are not there.

    Args:
        rule: The rule.
        points: The points of its building.
    """
    by_id = {point.point_id: point for point in points}
    chosen = judged(rule, points, by_id)
    named = [*rule.points, *([rule.when.point_id] if rule.when else [])]
    if rule.reference and rule.reference != OWN_SETPOINT:
        named.append(rule.reference)
    return {
        "points": len(chosen),
        "units": sorted({unit_of_value(rule, point) for point in chosen}),
        "unknown": sorted({name for name in named if name not in by_id}),
    }


def look_at(source: Source, building_id: str, now: datetime) -> "Scene":
    """Return a building as it is now."""
    items = {item["point_id"]: item for item in source.latest(building_id)["items"]}
    points = source.points(building_id)
    return Scene(source, building_id, now, points, items, {point.point_id: point for point in points})


@dataclass(frozen=True, slots=True)
class Scene:
    """A building at one moment.

    Attributes:
        source: Where its past is asked for.
        building_id: Which.
        now: When.
        points: Its points.
        items: Its newest readings by point; see `LiveWing.latest`.
    """

    source: Source
    building_id: str
    now: datetime
    points: Sequence[Point]
    items: Mapping[str, Mapping[str, Any]]
    _by_id: Mapping[str, Point] = field(repr=False)
    _known: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict, repr=False)

    def chosen(self, rule: Rule) -> list[Point]:
        """Return the points that a rule judges, as `judged` says."""
        return [point for point in judged(rule, self.points, self._by_id) if point.point_id in self.items]

    def holds(self, rule: Rule) -> bool:
        """Tell whether a rule holds at this hour, and as the point it names says."""
        if rule.hours is not None:
            begin, end = rule.hours
            local = self.now.astimezone(LOCAL)
            hour = local.hour + local.minute / 60.0
            if not (begin <= hour < end if begin < end else hour >= begin or hour < end):
                return False
        return rule.when is None or rule.when.holds(self.items.get(rule.when.point_id, {}).get("value"))

    def value(self, rule: Rule, point: Point) -> tuple[float | None, Limits]:
        """Return what the rule judges at a point, None if nothing can be said, and its limits.

        Raises:
            InvalidInput: (too-many-items) the past asked for is too long.
        """
        if rule.kind is RuleKind.COMFORT:
            return self._comfort(rule, point)
        return _READ[rule.kind](self, rule, point), Limits(rule.above, rule.below)

    def number(self, point_id: str) -> float | None:
        """Return the newest value of a point as a number, None if it is none or old."""
        item = self.items.get(point_id)
        if item is None or item["stale"] or isinstance(item["value"], bool):
            return None
        return float(item["value"]) if isinstance(item["value"], int | float) else None

    def _newest(self, _rule: Rule, point: Point) -> float | None:
        value = self.items[point.point_id]["value"]
        return value if isinstance(value, int | float) else None

    def _comfort(self, rule: Rule, point: Point) -> tuple[float | None, Limits]:
        index = index_of(point.quantity_kind, point.unit, self.now.astimezone(LOCAL).month)
        if index is None:
            return None, NO_LIMITS
        band = index.bands[rule.category - 1]
        return self._newest(rule, point), Limits(band.high, band.low)

    def _silence(self, _rule: Rule, point: Point) -> float | None:
        age_s = self.items[point.point_id]["age_s"]
        return math.inf if age_s is None else float(age_s)

    def _deviation(self, rule: Rule, point: Point) -> float | None:
        name = self._own_setpoint(point) if rule.reference == OWN_SETPOINT else rule.reference
        own, wanted = self.number(point.point_id), self.number(name) if name else None
        return None if own is None or wanted is None else own - wanted

    def _own_setpoint(self, point: Point) -> str | None:
        """Return the setpoint of the space of a point."""
        same = (
            other.point_id
            for other in self.points
            if other.kind is PointKind.SETPOINT
            and other.space == point.space
            and (other.quantity_kind, other.unit) == (point.quantity_kind, point.unit)
        )
        return next(same, None) if point.space else None

    def _past(self, rule: Rule, point_id: str, step_s: float | None = None) -> list[dict[str, Any]]:
        start, end = self.now - timedelta(seconds=rule.window_s), self.now + timedelta(microseconds=1)
        found = self.source.history(self.building_id, point_id, start, end, step_s)["items"]
        return [item for item in found if isinstance(item["v"], int | float)]

    def _readings(self, rule: Rule, point_id: str) -> list[tuple[datetime, float]]:
        return [(datetime.fromisoformat(item["t"]), float(item["v"])) for item in self._past(rule, point_id)]

    def _rate(self, rule: Rule, point: Point) -> float | None:
        return rate_per_hour(self._readings(rule, point.point_id), rule.window_s)

    def _cycles(self, rule: Rule, point: Point) -> float | None:
        return starts_per_hour(self._readings(rule, point.point_id), rule.window_s)

    def _used(self, rule: Rule, point_id: str) -> float | None:
        known = point_id in self._by_id
        readings = self._readings(rule, point_id) if known else []
        if len(readings) < 2 or (readings[-1][0] - readings[0][0]).total_seconds() < rule.window_s / 2:
            return None
        return readings[-1][1] - readings[0][1]

    def _unexplained(self, rule: Rule, _point: Point) -> float | None:
        used = [self._used(rule, name) for name in rule.points]
        return unexplained(used[0], used[1:])

    def _together(self, rule: Rule, point_id: str) -> dict[str, Any] | None:
        """Return mean, least, most and count of a point over the window."""
        key = (rule.rule_id, point_id)
        if key not in self._known:  # each is a peer of all others
            found = self._past(rule, point_id, rule.window_s + 1.0)
            self._known[key] = found[0] if found else None
        return self._known[key]

    def _span(self, rule: Rule, point: Point) -> float | None:
        all_of_it = self._together(rule, point.point_id)
        if all_of_it is None or all_of_it["n"] < FEWEST_READINGS or self.items[point.point_id]["stale"]:
            return None
        return float(all_of_it["max"] - all_of_it["min"])

    def _drift(self, rule: Rule, point: Point) -> float | None:
        kind = (point.quantity_kind, point.unit, point.kind, point.space is None)
        peers = [p for p in self.points if (p.quantity_kind, p.unit, p.kind, p.space is None) == kind]
        means = {p.point_id: found["v"] for p in peers if (found := self._together(rule, p.point_id)) is not None}
        own = means.pop(point.point_id, None)
        return None if own is None or len(means) < FEWEST_PEERS else float(own - median(means.values()))

    def _least(self, rule: Rule, point: Point) -> float | None:
        hours = [float(item["max"]) for item in self._past(rule, point.point_id, HOUR_S)]
        return least_use(hours) if len(hours) >= 0.9 * rule.window_s / HOUR_S else None


_READ: Mapping[RuleKind, Callable[[Scene, Rule, Point], float | None]] = {
    RuleKind.THRESHOLD: Scene._newest,  # noqa: SLF001 - the class above
    RuleKind.MISSING: Scene._silence,  # noqa: SLF001
    RuleKind.DEVIATION: Scene._deviation,  # noqa: SLF001
    RuleKind.RATE: Scene._rate,  # noqa: SLF001
    RuleKind.BALANCE: Scene._unexplained,  # noqa: SLF001
    RuleKind.DRIFT: Scene._drift,  # noqa: SLF001
    RuleKind.FLAT: Scene._span,  # noqa: SLF001
    RuleKind.CYCLES: Scene._cycles,  # noqa: SLF001
    RuleKind.LEAST: Scene._least,  # noqa: SLF001
}
