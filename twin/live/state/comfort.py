"""Comfort and air quality: in which category of EN 16798-1 a room is.

The standard is not free to read. The steps of carbon dioxide were found in what others publish about its annex B
("secondary"); those of temperature and humidity were not found again ("unverified"). A national annex may replace all
of them. Humidity is for buildings that humidify or
dry. An index says what was measured against which number, never that a room "complies".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STANDARD = "EN 16798-1:2019, informative annex B"
OUTDOOR_CO2_PPM = 420.0  # the standard counts above outdoor air; where that is not measured, this stands for it
OVERHEATING_CEL = 27.0  # hours above it are what the Estonian energy rules count in summer


@dataclass(frozen=True, slots=True)
class Band:
    """Lowest and highest value of a category.

    Attributes:
        low: In the unit of the quantity, or None if there is no lower one.
        high: In the same unit, or None.
        source_status: ``verified``, ``secondary`` or ``unverified``.
    """

    low: float | None
    high: float | None
    source_status: str = "unverified"

    def outside(self, value: float) -> float:
        """Return how far `value` is out of the band, 0 inside."""
        below = self.low - value if self.low is not None else 0.0
        above = value - self.high if self.high is not None else 0.0
        return max(0.0, below, above)


@dataclass(frozen=True, slots=True)
class Index:
    """A quantity with its categories, from I on.

    Attributes:
        name: Of the index.
        unit: UCUM.
        bands: Of categories I, II, III.
    """

    name: str
    unit: str
    bands: tuple[Band, ...]

    def category(self, value: float) -> int:
        """Return 1, 2 or 3, or 4 for outside of all."""
        return next((n for n, band in enumerate(self.bands, 1) if band.outside(value) == 0), len(self.bands) + 1)


WINTER = Index("operative temperature, heating season", "Cel", (Band(21, 23), Band(20, 24), Band(19, 25)))
SUMMER = Index("operative temperature, cooling season", "Cel", (Band(23.5, 25.5), Band(23, 26), Band(22, 27)))
CO2 = Index("carbon dioxide", "[ppm]", tuple(Band(None, OUTDOOR_CO2_PPM + above) for above in (550.0, 800.0, 1350.0)))
HUMIDITY = Index("relative humidity", "%", (Band(30, 50), Band(25, 60), Band(20, 70)))

BY_QUANTITY: Mapping[str, Index] = {
    "Temperature": WINTER,
    "MoleFraction": CO2,
    "RelativeHumidity": HUMIDITY,
}
SUMMER_MONTHS = frozenset({6, 7, 8})  # months without heating in Estonia


def index_of(quantity_kind: str, unit: str, month: int) -> Index | None:
    """Return the index that judges a quantity, or None if none does in that unit.

    Args:
        quantity_kind: QUDT quantity kind.
        unit: UCUM unit of the values.
        month: 1 to 12, local time; in summer the cooling season holds.
    """
    found = BY_QUANTITY.get(quantity_kind)
    if found is WINTER and month in SUMMER_MONTHS:
        found = SUMMER
    return found if found is not None and found.unit == unit else None


def shares(index: Index, values: Sequence[float]) -> dict[str, float]:
    """Return the share of `values` in each category, by its Roman number."""
    counts = [index.category(value) for value in values]
    return (
        {name: counts.count(n) / len(counts) for n, name in enumerate(("I", "II", "III", "IV"), 1)} if counts else {}
    )
