"""What readings mean: comfort and air quality."""

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
    "index_of",
    "shares",
]
