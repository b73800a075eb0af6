"""The numbers of the indicator as data: every one with the status of its source; nothing of it is in the code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from typing import Any

from twin.energy.indicator.balance import Weighted
from twin.errors import InvalidInput

MAX_RULE_BYTES = 1024 * 1024  # the bundled file has 6 kB
VERIFIED = "verified"
STATUSES = frozenset({VERIFIED, "secondary", "unverified"})


class Step(StrEnum):
    """The time over which what is made on site may meet what is used."""

    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A number or a word of a rule.

    Attributes:
        value: The number or the word.
        status: ``verified``, ``secondary`` or ``unverified``.
        source: Where it was read.
    """

    value: float | str
    status: str
    source: str

    @property
    def number(self) -> float:
        """The value as a number."""
        return float(self.value)


@dataclass(frozen=True, slots=True)
class IndicatorRules:
    """One edition of the rules.

    Attributes:
        rule_id: Name of the edition.
        version: Version of the file.
        valid_from: First day.
        weights: Weight of a delivered kilowatt-hour, by carrier.
        primary: Primary energy and CO2 of a delivered kilowatt-hour, by carrier, and the status of the three.
        matching_step: Over which time production may meet use.
        export_credit: Share of the weight that exported electricity gives back.
        own_indicator_share: Share of the area above which a use has its own indicator.
        limits: Highest value of a class in kWh/(m2.a), by group of use and class.
    """

    rule_id: str
    version: str
    valid_from: date
    weights: Mapping[str, RuleValue]
    primary: Mapping[str, tuple[Weighted, str]]
    matching_step: RuleValue
    export_credit: RuleValue
    own_indicator_share: RuleValue
    limits: Mapping[str, Mapping[str, RuleValue]]

    @property
    def step(self) -> Step:
        """The matching step."""
        return Step(str(self.matching_step.value))


def bundled_rules() -> IndicatorRules:
    """Return the rules that come along."""
    return read_rules((files("twin.energy.indicator") / "rules_ee_2025.json").read_bytes())


def read_rules(data: bytes) -> IndicatorRules:
    """Read rules.

    Raises:
        InvalidInput: (energy-rules) the data is not such a file, or a number of it is out of range.
    """
    if len(data) > MAX_RULE_BYTES:
        raise _refused("the file is larger than 1 MB")
    try:
        rules = _rules(json.loads(data))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused(str(error) or type(error).__name__) from error
    shares = (rules.export_credit.number, rules.own_indicator_share.number)
    weights = [one.number for one in rules.weights.values()]
    if not all(0.0 <= share <= 1.0 for share in shares) or not all(0.0 <= weight <= 10.0 for weight in weights):
        raise _refused("a share is not between 0 and 1, or a weight not between 0 and 10")
    return rules


def _refused(why: str) -> InvalidInput:
    return InvalidInput(
        f"The rules of the energy indicator cannot be used: {why}.",
        reason="energy-rules",
        hint="Compare the file with rules_ee_2025.json.",
    )


def _rules(data: Mapping[str, Any]) -> IndicatorRules:
    return IndicatorRules(
        rule_id=str(data["id"]),
        version=str(data["version"]),
        valid_from=date.fromisoformat(data["valid_from"]),
        weights={name: _value(row) for name, row in data["weights"].items()},
        primary={
            name: (Weighted(float(row["renewable"]), float(row["non_renewable"]), float(row["co2_kg"])),
                   _status(row["status"]))
            for name, row in data["primary"].items()
        },
        matching_step=_step(_value(data["matching_step"])),
        export_credit=_value(data["export_credit"]),
        own_indicator_share=_value(data["own_indicator_share"]),
        limits={
            group: {name: _value(row) for name, row in classes.items()} for group, classes in data["limits"].items()
        },
    )  # fmt: skip


def _value(row: Mapping[str, Any]) -> RuleValue:
    value = row["value"]
    return RuleValue(value if isinstance(value, str) else float(value), _status(row["status"]), str(row["source"]))


def _status(word: str) -> str:
    if word not in STATUSES:
        raise ValueError(f"{word!r} is no status of a source")
    return word


def _step(value: RuleValue) -> RuleValue:
    Step(str(value.value))
    return value
