"""What readings mean: together, and for comfort and air quality."""

from twin.live.state.aggregate import COUNTERS, aggregate, comfort_of, with_category
from twin.live.state.comfort import (
    CO2,
    HUMIDITY,
    OVERHEATING_CEL,
    STANDARD,
    SUMMER,
    WINTER,
    Band,
    Index,
    index_of,
    shares,
)
from twin.live.state.meters import METERED, Finding, MeterTree
from twin.live.state.occupancy import METHODS, occupancy, together

__all__ = [
    "CO2",
    "COUNTERS",
    "HUMIDITY",
    "METERED",
    "METHODS",
    "OVERHEATING_CEL",
    "STANDARD",
    "SUMMER",
    "WINTER",
    "Band",
    "Finding",
    "Index",
    "MeterTree",
    "aggregate",
    "comfort_of",
    "index_of",
    "occupancy",
    "shares",
    "together",
    "with_category",
]
