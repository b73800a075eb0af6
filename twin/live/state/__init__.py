"""What readings mean: together, and for comfort and air quality."""

from twin.live.state.aggregate import aggregate, comfort_of, with_category
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

__all__ = [
    "CO2",
    "HUMIDITY",
    "OVERHEATING_CEL",
    "STANDARD",
    "SUMMER",
    "WINTER",
    "Band",
    "Index",
    "aggregate",
    "comfort_of",
    "index_of",
    "shares",
    "with_category",
]
