"""From need to indicator: delivered energy, the balance of EN ISO 52000-1, ETA, KEK and the class, or why none."""

from twin.energy.indicator.balance import BY_ITS_FUEL, ON_SITE, Balanced, Carrier, Weighted, balance
from twin.energy.indicator.delivered import (
    PERFORMANCE_RATIO,
    Delivered,
    Photovoltaics,
    System,
    Systems,
    deliver,
    usual_systems,
)
from twin.energy.indicator.rating import Rating, UsePart, eta, kek, mixed_limit
from twin.energy.indicator.rules import IndicatorRules, RuleValue, Step, bundled_rules, read_rules

__all__ = [
    "BY_ITS_FUEL",
    "ON_SITE",
    "PERFORMANCE_RATIO",
    "Balanced",
    "Carrier",
    "Delivered",
    "IndicatorRules",
    "Photovoltaics",
    "Rating",
    "RuleValue",
    "Step",
    "System",
    "Systems",
    "UsePart",
    "Weighted",
    "balance",
    "bundled_rules",
    "deliver",
    "eta",
    "kek",
    "mixed_limit",
    "read_rules",
    "usual_systems",
]
