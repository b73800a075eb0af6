"""What a person declares beside the model, as JSON: uses, systems, photovoltaics, matching step, credit of export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twin.energy.indicator import (
    IndicatorRules,
    Photovoltaics,
    RuleValue,
    Step,
    System,
    Systems,
    UsePart,
    bundled_rules,
    usual_systems,
)
from twin.energy.values import Source, Sourced
from twin.errors import InvalidInput

MOST_USES, MOST_FIELDS = 20, 50  # of one building: more is a file that was mixed up
MOST_TEXT = 200
AREA_AGREES = 0.01  # share by which the declared areas may differ from that of the model
ASKER = "declared by the asker"
SYSTEMS = ("heating", "hot_water", "cooling")
NEEDS = ("hot_water_kwh_m2", "electricity_kwh_m2")
MEMBERS = frozenset({"uses", "systems", "photovoltaics", "matching_step", "export_credit", "accept_unofficial"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declares of a building.

    Attributes:
        uses: Groups of the rules and their areas; empty leaves the group of the question.
        systems: What meets the need, with photovoltaics.
        rules: The rules, with the matching step and the credit of export that were declared.
        accept_unofficial: The person takes the responsibility for a class in spite of unofficial inputs.
    """

    uses: tuple[UsePart, ...]
    systems: Systems
    rules: IndicatorRules
    accept_unofficial: bool


def read_declaration(data: Any, rules: IndicatorRules | None = None) -> Declaration:
    """Return the declaration that a JSON object holds; every member may be missing.

    Args:
        data: ``uses`` (``group``, ``area_m2``); ``systems`` (``heating``, ``hot_water``, ``cooling``, each with
            ``carrier`` and ``efficiency``; ``hot_water_kwh_m2``, ``electricity_kwh_m2``); ``photovoltaics``
            (``peak_kw``, ``azimuth_deg`` clockwise from north, ``tilt_deg``); ``matching_step`` (``hour``, ``month``,
            ``year``); ``export_credit`` (0 to 1); ``accept_unofficial``.
        rules: Edition of the rules; those that come along if not given.

    Raises:
        InvalidInput: (energy-declaration) a member is unknown or wrong; (energy-use, energy-carrier) the rules do not
            know a group or a carrier; (energy-efficiency).
    """
    chosen = rules or bundled_rules()
    given = _members(data, MEMBERS, "the declaration")
    fields = tuple(_field(one) for one in _list(given, "photovoltaics", MOST_FIELDS))
    accept = given.get("accept_unofficial", False)
    if not isinstance(accept, bool):
        raise _refused("accept_unofficial is true or false", "accept_unofficial")
    return Declaration(
        tuple(_use(one, chosen) for one in _list(given, "uses", MOST_USES)),
        replace(_systems(given.get("systems", {}), chosen), photovoltaics=fields),
        _with_step_and_credit(chosen, given),
        accept,
    )


def parts_of(uses: Sequence[UsePart], area_m2: float) -> tuple[UsePart, ...]:
    """Return the uses of a building with areas that add up to its reference area.

    Raises:
        InvalidInput: (energy-use-area) the declared areas are not those of the model.
    """
    declared = sum(part.area_m2 for part in uses)
    if abs(declared - area_m2) > AREA_AGREES * area_m2:
        raise InvalidInput(
            f"The uses have {declared:.1f} m², the reference area of the model is {area_m2:.1f} m².",
            reason="energy-use-area",
            hint="Give areas that add up to the reference area.",
        )
    return tuple(UsePart(part.group, part.area_m2 * area_m2 / declared) for part in uses)


def _use(data: Any, rules: IndicatorRules) -> UsePart:
    row = _members(data, {"group", "area_m2"}, "a use")
    return UsePart(known_group(_text(row, "group"), rules), _number(row, "area_m2", 0.1, 1e7))


def known_group(group: str, rules: IndicatorRules) -> str:
    """Return a group of use that the rules know.

    Raises:
        InvalidInput: (energy-use) they do not.
    """
    if group not in rules.limits:
        raise InvalidInput(
            f"The rules {rules.rule_id} have no group of use {group[:80]!r}.",
            reason="energy-use",
            hint=f"Use one of {', '.join(sorted(rules.limits))}.",
            entity=group[:80],
        )
    return group


def _systems(data: Any, rules: IndicatorRules) -> Systems:
    row = _members(data, {*SYSTEMS, *NEEDS}, "systems")
    changed: dict[str, Any] = {name: _system(row[name], rules, name) for name in SYSTEMS if name in row}
    for name in NEEDS:
        if name in row:
            changed[name] = Sourced(_number(row, name, 0.0, 500.0), "kWh/(m2.a)", Source.PERSON, 0.0, ASKER)
    return replace(usual_systems(), **changed)


def _system(data: Any, rules: IndicatorRules, name: str) -> System:
    row = _members(data, {"carrier", "efficiency"}, name)
    carrier = _text(row, "carrier")
    if carrier not in rules.weights or carrier not in rules.primary:
        raise InvalidInput(
            f"The rules {rules.rule_id} have no weight for {carrier[:80]!r}.",
            reason="energy-carrier",
            hint=f"Use one of {', '.join(sorted(rules.weights))}.",
            entity=carrier[:80],
        )
    return System(carrier, Sourced(_number(row, "efficiency", 0.0, 100.0), "1", Source.PERSON, 0.0, ASKER))


def _field(data: Any) -> Photovoltaics:
    row = _members(data, {"peak_kw", "azimuth_deg", "tilt_deg"}, "a photovoltaic field")
    peak = Sourced(_number(row, "peak_kw", 0.0, 1e5), "kW", Source.PERSON, 0.0, ASKER)
    return Photovoltaics(peak, _number(row, "azimuth_deg", 0.0, 360.0), _number(row, "tilt_deg", 0.0, 90.0))


def _with_step_and_credit(rules: IndicatorRules, given: Mapping[str, Any]) -> IndicatorRules:
    """Return rules with what was declared; it is unverified, and the name of the rules says so."""
    step, credit, named = rules.matching_step, rules.export_credit, []
    if "matching_step" in given:
        word = _text(given, "matching_step")
        if word not in tuple(Step):
            raise _refused(f"matching_step is one of {', '.join(Step)}", "matching_step")
        step = RuleValue(word, "unverified", ASKER)
        named.append("matching step")
    if "export_credit" in given:
        credit = RuleValue(_number(given, "export_credit", 0.0, 1.0), "unverified", ASKER)
        named.append("export credit")
    if not named:
        return rules
    version = f"{rules.version}, {' and '.join(named)} by the asker"
    return replace(rules, version=version, matching_step=step, export_credit=credit)


def _members(data: Any, known: set[str] | frozenset[str], what: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise _refused(f"{what} is an object", what)
    if unknown := sorted(set(map(str, data)) - known):
        raise _refused(f"{what} has no member {unknown[0][:40]}; known are {', '.join(sorted(known))}", unknown[0])
    return data


def _list(data: Mapping[str, Any], name: str, most: int) -> Sequence[Any]:
    value = data.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise _refused(f"{name} is a list of at most {most}", name)
    return value


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
        raise _refused(f"{name} is a text of 1 to {MOST_TEXT} characters", name)
    return value


def _number(data: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _refused(f"{name} is a number from {low:g} to {high:g}", name)
    return float(value)


def _refused(why: str, entity: str) -> InvalidInput:
    return InvalidInput(
        f"The declaration cannot be used: {why}.",
        reason="energy-declaration",
        hint="Correct it and send it again; nothing was computed.",
        entity=entity[:80],
    )
