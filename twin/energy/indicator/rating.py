"""ETA (calculated) and KEK (measured): weighted delivered energy per area, and a class or the reasons for none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.energy.climate import Series, month_of_hour
from twin.energy.indicator.balance import Balanced, Carrier, Weighted, balance
from twin.energy.indicator.delivered import ELECTRICITY, Delivered
from twin.energy.indicator.rules import VERIFIED, IndicatorRules, RuleValue, Step
from twin.errors import InvalidInput

CLASSES = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class UsePart:
    """A part of a building with its own use.

    Attributes:
        group: Group of the rules, such as ``apartment``.
        area_m2: Reference area.
    """

    group: str
    area_m2: float


@dataclass(frozen=True, slots=True)
class Rating:
    """An indicator.

    Attributes:
        kind: ``ETA`` or ``KEK``.
        value: kWh/(m2.a), weighted.
        energy_class: The class, or None.
        reasons: Why there is no class, or on whose word there is one, as sentences.
        delivered_kwh: By carrier, after what is made on site and used at once.
        exported_kwh: By carrier.
        self_used_kwh: By carrier.
        rule_id: Edition and version of the rules.
        matching_step: Over which time production met use.
        export_credit: Share of the weight that export gave back.
        balance: EN ISO 52000-1, of the whole building; None for KEK.
        factor_status: Lowest status of the primary energy factors used.
        parts: The uses of the building and their areas.
        limits: Highest value of each class whose limit is known, kWh/(m2.a).
        limits_status: Lowest status of those limits.
    """

    kind: str
    value: float
    energy_class: str | None
    reasons: tuple[str, ...]
    delivered_kwh: Mapping[str, float]
    exported_kwh: Mapping[str, float]
    self_used_kwh: Mapping[str, float]
    rule_id: str
    matching_step: str
    export_credit: float
    balance: Balanced | None
    factor_status: str
    parts: tuple[UsePart, ...]
    limits: Mapping[str, float]
    limits_status: str

    def to_json(self, area_m2: float) -> dict[str, Any]:
        """Return plain JSON data; primary energy per area."""
        data: dict[str, Any] = {
            "kind": self.kind,
            "value_kwh_m2": round(self.value, 1),
            "class": self.energy_class,
            "class_reasons": list(self.reasons),
            "delivered_kwh": _rounded(self.delivered_kwh),
            "exported_kwh": _rounded(self.exported_kwh),
            "self_used_kwh": _rounded(self.self_used_kwh),
            "rules": self.rule_id,
            "matching_step": self.matching_step,
            "export_credit": self.export_credit,
            "uses": [{"group": part.group, "area_m2": round(part.area_m2, 2)} for part in self.parts],
            "class_limits_kwh_m2": {name: round(limit, 1) for name, limit in self.limits.items()},
            "class_limits_status": self.limits_status,
        }
        if self.balance is not None:
            b = self.balance.step_b
            data["primary"] = {
                "renewable_kwh_m2": round(b.renewable / area_m2, 1),
                "non_renewable_kwh_m2": round(b.non_renewable / area_m2, 1),
                "renewable_share": None if b.renewable_share is None else round(b.renewable_share, 3),
                "co2_kg_m2": round(b.co2_kg / area_m2, 2),
                "factor_status": self.factor_status,
            }
        return data


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in sorted(values.items())}


def eta(
    delivered: Delivered,
    parts: Sequence[UsePart],
    rules: IndicatorRules,
    doubts: Sequence[str],
    *,
    accept_unofficial: bool = False,
) -> Rating:
    """Return the calculated indicator of a building.

    Args:
        delivered: Hourly energy by carrier and made on site.
        parts: The uses of the building and their areas.
        rules: The edition of the rules.
        doubts: Why area, use or climate are not official; with one of them there is no class.
        accept_unofficial: A person takes the responsibility for a class in spite of doubts.
    """
    area = _area(parts)
    carriers = [_carrier(name, used, delivered, rules) for name, used in sorted(delivered.used.items())]
    balanced = balance(carriers, rules.export_credit.number)
    value = _weighted(balanced, rules) / area
    return _rating("ETA", value, parts, rules, doubts, accept_unofficial, balanced)


def kek(
    measured_kwh: Mapping[str, float],
    parts: Sequence[UsePart],
    rules: IndicatorRules,
    doubts: Sequence[str],
    *,
    exported_kwh: float = 0.0,
    accept_unofficial: bool = False,
) -> Rating:
    """Return the indicator of measured energy.

    Args:
        measured_kwh: Energy taken from outside in a year, by carrier; normalised to the normal year before, or with a
            doubt that says that it is not.
        parts: The uses of the building and their areas.
        rules: The edition of the rules.
        doubts: Why there can be no class.
        exported_kwh: Electricity given to the grid.
        accept_unofficial: A person takes the responsibility for a class in spite of doubts.
    """
    if any(kwh < 0.0 for kwh in measured_kwh.values()) or exported_kwh < 0.0:
        raise InvalidInput("Measured energy is not below zero.", reason="energy-measured", hint="Check the meter.")
    none, exported = Weighted(0.0, 0.0, 0.0), {ELECTRICITY: exported_kwh} if exported_kwh else {}
    measured = Balanced(none, none, dict(measured_kwh), {}, exported)
    value = _weighted(measured, rules) / _area(parts)
    return _rating("KEK", value, parts, rules, doubts, accept_unofficial, measured)


def mixed_limit(parts: Sequence[UsePart], rules: IndicatorRules, energy_class: str) -> tuple[float | None, str]:
    """Return the highest value of a class for a building of several uses, and the lowest status of its limits.

    Parts below the share of the rules go to the largest use; the limit is the mean by area.
    """
    area = _area(parts)
    largest = max(parts, key=lambda part: part.area_m2).group
    least = rules.own_indicator_share.number
    total, statuses = 0.0, {rules.own_indicator_share.status} if len(parts) > 1 else set()
    for part in parts:
        group = part.group if part.area_m2 > least * area else largest
        limit = rules.limits.get(group, {}).get(energy_class)
        if limit is None:
            return None, "unverified"
        total += limit.number * part.area_m2 / area
        statuses.add(limit.status)
    return total, _lowest(statuses)


def _lowest(statuses: set[str]) -> str:
    order = ("unverified", "secondary", VERIFIED)
    return next((status for status in order if status in statuses), VERIFIED)


def _area(parts: Sequence[UsePart]) -> float:
    area = sum(part.area_m2 for part in parts)
    if not parts or area <= 0.0 or any(part.area_m2 < 0.0 for part in parts):
        raise InvalidInput(
            "The indicator needs a reference area above zero.",
            reason="energy-area",
            hint="Mark the spaces that are kept at room temperature.",
        )
    return area


def _weight(name: str, rules: IndicatorRules) -> RuleValue:
    if name not in rules.weights or name not in rules.primary:
        raise InvalidInput(
            f"The rules {rules.rule_id} have no weight for {name!r}.",
            reason="energy-carrier",
            hint=f"Use one of {', '.join(sorted(rules.weights))}.",
            entity=name,
        )
    return rules.weights[name]


def _carrier(name: str, used: Series, delivered: Delivered, rules: IndicatorRules) -> Carrier:
    _weight(name, rules)
    produced = delivered.produced if name == ELECTRICITY else np.zeros_like(used)
    stepped = [_by_step(series, rules.step) for series in (used, produced)]
    return Carrier(name, stepped[0], stepped[1], np.zeros_like(stepped[0]), rules.primary[name][0])


def _by_step(hourly: Series, step: Step) -> Series:
    if step is Step.HOUR:
        return hourly
    if step is Step.MONTH:
        return np.asarray(np.bincount(month_of_hour(), weights=hourly), dtype=np.float64)
    return np.array([hourly.sum()])


def _weighted(balanced: Balanced, rules: IndicatorRules) -> float:
    taken = sum(kwh * _weight(name, rules).number for name, kwh in balanced.delivered_kwh.items())
    given = sum(kwh * _weight(name, rules).number for name, kwh in balanced.exported_kwh.items())
    return taken - rules.export_credit.number * given


def _rating(
    kind: str, value: float, parts: Sequence[UsePart], rules: IndicatorRules, doubts: Sequence[str],
    accept: bool, balanced: Balanced,
) -> Rating:  # fmt: skip
    reasons = [*doubts, *_rule_doubts(parts, rules, balanced)]
    found = _class(value, parts, rules)
    given = found if accept or not reasons else None
    if found is None:
        reasons.append("The borders of the classes beyond the last known limit are not known.")
    elif accept and reasons:
        reasons.insert(0, f"Class {found} is given on the word of the person who asked, in spite of what follows.")
    return Rating(
        kind, value, given, tuple(reasons), balanced.delivered_kwh, balanced.exported_kwh, balanced.self_used_kwh,
        f"{rules.rule_id} version {rules.version}", rules.step.value, rules.export_credit.number,
        balanced if kind == "ETA" else None,
        _lowest({rules.primary[name][1] for name in balanced.delivered_kwh}),
        tuple(parts), *_limits(parts, rules),
    )  # fmt: skip


def _limits(parts: Sequence[UsePart], rules: IndicatorRules) -> tuple[dict[str, float], str]:
    found = {name: mixed_limit(parts, rules, name) for name in CLASSES}
    known = {name: limit for name, (limit, _) in found.items() if limit is not None}
    return known, _lowest({found[name][1] for name in known}) if known else "unverified"


def _class(value: float, parts: Sequence[UsePart], rules: IndicatorRules) -> str | None:
    for energy_class in CLASSES:
        limit, _ = mixed_limit(parts, rules, energy_class)
        if limit is None:
            return None
        if value <= limit:
            return energy_class
    return None


def _rule_doubts(parts: Sequence[UsePart], rules: IndicatorRules, balanced: Balanced) -> list[str]:
    doubts = []
    unsure = sorted(name for name in balanced.delivered_kwh if rules.weights[name].status != VERIFIED)
    if unsure:
        doubts.append(f"The weights of {', '.join(unsure)} are not verified at their source.")
    if balanced.self_used_kwh.get(ELECTRICITY) or balanced.exported_kwh.get(ELECTRICITY):
        for word, value in (("matching step", rules.matching_step), ("credit of export", rules.export_credit)):
            if value.status != VERIFIED:
                doubts.append(f"The {word} ({value.value}) is not verified at its source.")
    if any(mixed_limit(parts, rules, name)[1] != VERIFIED for name in "AB"):
        doubts.append("The limits of the energy classes are not verified at their source.")
    return doubts
