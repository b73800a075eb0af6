"""Rules: when a point, or a balance of meters, is out of order. A rule is data; nothing in it is run."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from twin.errors import InvalidInput
from twin.live.points import BUILDING_ID, MAX_NAME_CHARACTERS, POINT_ID

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
    DEVIATION = "deviation"  # the value less that of `reference`
    DRIFT = "drift"  # mean over `window_s` less the middle one of all points of its kind in the building
    FLAT = "flat"  # highest less lowest value over `window_s`: what never changes is not measured
    CYCLES = "cycles"  # starts in an hour, over `window_s`
    LEAST = "least"  # least use of a register in any hour of `window_s`: what never stops is a leak


LOOKS_BACK = frozenset(
    {RuleKind.RATE, RuleKind.BALANCE, RuleKind.DRIFT, RuleKind.FLAT, RuleKind.CYCLES, RuleKind.LEAST}
)
OWN_SETPOINT = "@setpoint"  # as `reference`: the setpoint of the same space


class Severity(StrEnum):
    """How much it matters, as ISA-18.2 ranks alarms."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class When:
    """Another point that says whether a rule holds now.

    Attributes:
        point_id: Of the same building.
        above: It holds while that point is above this, or None.
        below: It holds while that point is below this, or None.
    """

    point_id: str
    above: float | None = None
    below: float | None = None

    def holds(self, value: Any) -> bool:
        """Tell whether it holds at a value of the point; not if there is none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)


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
        window_s: Length of the look back of the kinds in `LOOKS_BACK`.
        category: Category of EN 16798-1 (1 to 3) of a comfort rule.
        enabled: Whether it is looked at.
        reference: Of a deviation: a point of the building, or `OWN_SETPOINT`.
        hours: Local hours of the day, from and to, in which it holds, such as 1 to 5; None is always.
        when: Another point that says whether it holds.
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
    reference: str = ""
    hours: tuple[float, float] | None = None
    when: When | None = None

    def to_json(self) -> dict[str, Any]:
        """Return its members, as `rule_from_json` reads them."""
        plain = {"kind": self.kind.value, "severity": self.severity.value, "points": list(self.points)}
        return {**asdict(self), **plain, "hours": list(self.hours) if self.hours else None}


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
        reference=_reference(document),
        hours=_hours(document.get("hours")),
        when=_when(document.get("when")),
        **numbers,
    )


def _reference(document: Mapping[str, Any]) -> str:
    given = document.get("reference", "")
    return given if given in ("", OWN_SETPOINT) else _text(document, "reference", POINT_ID)


def _hours(given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise ValueError("hours are two numbers")
    begin, end = (_number(item, "hours") for item in given)
    if not (0 <= begin < 24 and 0 < end <= 24 and begin != end):
        raise ValueError("hours are from 0 to 24 and differ")
    return begin, end


def _when(given: Any) -> When | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - {"point_id", "above", "below"}:
        raise ValueError("when has point_id, above and below")
    limits = [_number(given[name], name) if given.get(name) is not None else None for name in ("above", "below")]
    if limits == [None, None]:
        raise ValueError("when needs above or below")
    return When(_text(given, "point_id", POINT_ID), *limits)


_NUMBERS = ("above", "below", "hysteresis", "delay_s", "window_s")


def _check(rule: Rule) -> None:
    limited = rule.above is not None or rule.below is not None
    if not rule.points and not rule.quantity_kind:
        raise ValueError("name points or a quantity_kind")
    if not limited and rule.kind is not RuleKind.COMFORT:
        raise ValueError("above or below is needed")
    if bool(rule.reference) is not (rule.kind is RuleKind.DEVIATION):
        raise ValueError("a deviation needs a reference, and nothing else has one")
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
