"""Rules: when a point, or a balance of meters, is out of order. A rule is data; nothing in it is run."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from twin.errors import InvalidInput
from twin.live.points import BUILDING_ID, MAX_NAME_CHARACTERS, POINT_ID, Point

RULE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MAX_POINTS = 1_000  # named in one rule; more are chosen by their quantity kind
MAX_SPAN_S = 31 * 24 * 3600.0  # a month: longer looks back belong into a report


class RuleKind(StrEnum):
    """What a rule looks at."""

    THRESHOLD = "threshold"  # the value itself, in the unit of the point
    RATE = "rate"  # its change in an hour, over `window_s`
    MISSING = "missing"  # seconds since the last reading
    COMFORT = "comfort"  # degrees, ppm or per cent outside a category of EN 16798-1
    BALANCE = "balance"  # share of a meter that its sub-meters do not explain, over `window_s`


class Severity(StrEnum):
    """How much it matters, as ISA-18.2 ranks alarms."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on the points of one building.

    Attributes:
        rule_id: Its name.
        building_id: Whose points.
        kind: What it looks at.
        severity: Of its alarms.
        title: For people.
        points: The points it looks at; empty means all of `quantity_kind`. Of a balance the first is the main meter.
        quantity_kind: QUDT quantity kind of the points, where `points` is empty.
        above: It is out of order above this, or None.
        below: It is out of order below this, or None.
        hysteresis: How far back inside the limit it must come before the alarm clears.
        delay_s: How long it must last before it is an alarm.
        window_s: Length of the look back of rate and balance.
        category: Category of EN 16798-1 (1 to 3) of a comfort rule.
        enabled: Whether it is looked at.
    """

    rule_id: str
    building_id: str
    kind: RuleKind
    severity: Severity
    title: str
    points: tuple[str, ...] = ()
    quantity_kind: str = ""
    above: float | None = None
    below: float | None = None
    hysteresis: float = 0.0
    delay_s: float = 0.0
    window_s: float = 3600.0
    category: int = 2
    enabled: bool = True

    def chooses(self, point: Point) -> bool:
        """Tell whether the rule looks at `point` by itself."""
        if self.kind is RuleKind.BALANCE:
            return point.point_id == self.points[0]
        return point.point_id in self.points if self.points else point.quantity_kind == self.quantity_kind

    def to_json(self) -> dict[str, Any]:
        """Return its members, as `rule_from_json` reads them."""
        return {**asdict(self), "kind": self.kind.value, "severity": self.severity.value, "points": list(self.points)}


def rule_from_json(document: Any) -> Rule:
    """Return the rule that a JSON object describes.

    Raises:
        InvalidInput: (rule-invalid) a member is missing, unknown or wrong.
    """
    if not isinstance(document, dict):
        raise _invalid("a rule is an object", None)
    entity = str(document.get("rule_id"))[:64]
    if unknown := set(document) - set(Rule.__dataclass_fields__):
        raise _invalid(f"there is no member {sorted(map(str, unknown))[0][:40]}", entity)
    try:
        rule = _read(document)
        _check(rule)
    except (ValueError, OverflowError) as error:
        raise _invalid(str(error), entity) from error
    return rule


def _read(document: Mapping[str, Any]) -> Rule:
    numbers = {name: _number(document[name], name) for name in _NUMBERS if document.get(name) is not None}
    points = document.get("points", [])
    if not isinstance(points, list | tuple) or len(points) > MAX_POINTS:
        raise ValueError(f"points is a list of at most {MAX_POINTS} names")
    category, enabled = document.get("category", 2), document.get("enabled", True)
    if category not in (1, 2, 3) or isinstance(category, bool) or not isinstance(enabled, bool):
        raise ValueError("category is 1, 2 or 3, and enabled true or false")
    return Rule(
        rule_id=_text(document, "rule_id", RULE_ID),
        building_id=_text(document, "building_id", BUILDING_ID),
        kind=RuleKind(_text(document, "kind")),
        severity=Severity(_text(document, "severity")),
        title=_text(document, "title"),
        points=tuple(_text({"points": point}, "points", POINT_ID) for point in points),
        quantity_kind=_text(document, "quantity_kind") if document.get("quantity_kind") else "",
        category=category,
        enabled=enabled,
        **numbers,
    )


_NUMBERS = ("above", "below", "hysteresis", "delay_s", "window_s")


def _check(rule: Rule) -> None:
    limited = rule.above is not None or rule.below is not None
    if not rule.points and not rule.quantity_kind:
        raise ValueError("name points or a quantity_kind")
    if rule.kind in (RuleKind.THRESHOLD, RuleKind.RATE) and not limited:
        raise ValueError("above or below is needed")
    if rule.kind in (RuleKind.MISSING, RuleKind.BALANCE) and (rule.above is None or rule.below is not None):
        raise ValueError("above is needed, below has no meaning here")
    if rule.kind is RuleKind.BALANCE and len(rule.points) < 2:
        raise ValueError("a balance names the main meter and at least one sub-meter")
    if rule.kind is RuleKind.COMFORT and limited:
        raise ValueError("the limits of comfort come from the category")
    if rule.hysteresis < 0 or not 0 <= rule.delay_s <= MAX_SPAN_S or not 60 <= rule.window_s <= MAX_SPAN_S:
        raise ValueError(f"hysteresis, delay_s from 0, window_s from 60, both to {MAX_SPAN_S:.0f}")
    if rule.above is not None and rule.below is not None and rule.below + 2 * rule.hysteresis >= rule.above:
        raise ValueError("below and above leave no room between them")


def _text(document: Mapping[str, Any], member: str, pattern: re.Pattern[str] | None = None) -> str:
    value = document.get(member)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME_CHARACTERS:
        raise ValueError(f"{member} is a text of 1 to {MAX_NAME_CHARACTERS} characters")
    value.encode()  # half a surrogate pair has no bytes, so it could never be stored
    if not value.isprintable() or (pattern and not pattern.fullmatch(value)):
        raise ValueError(f"{member} holds characters that it may not")
    return value


def _number(value: Any, member: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{member} is a finite number")
    return float(value)


def _invalid(why: str, entity: str | None) -> InvalidInput:
    return InvalidInput(
        f"The rule cannot be used: {why}.",
        reason="rule-invalid",
        hint="Correct it and send it again; nothing was stored.",
        entity=entity,
    )
