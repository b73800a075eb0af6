"""Degree days to 17 °C, and a year of use as it would have been in the reference year."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.energy.climate import ClimateYear
from twin.energy.operated.changepoint import ChangePoint
from twin.energy.operated.series import DAYS_OF_YEAR, Daily, Series, daily_of_year
from twin.errors import InvalidInput

BASE_C = 17.0  # °C.d = (17 - daily mean) summed: the Estonian convention, source verified
LEAST_DEGREE_DAYS = 0.25  # share of the reference year; no winter was so mild, but a thermometer in a room is
LEAST_SHARE = 0.9  # of the days of a year that must be known before a year is normalised


@dataclass(frozen=True, slots=True)
class Normalised:
    """A year of use brought to the weather of the reference year.

    Attributes:
        measured_kwh: What was measured, unknown days filled with the mean of the known ones.
        base_kwh: The part that does not depend on the weather.
        heat_kwh: The part that does.
        degree_days: Of the measured days.
        normal_degree_days: Of the reference year.
        normalised_kwh: Base of 365 days plus heat in the weather of the reference year.
        base_source: Where the base part comes from.
        official: Whether the reference year is the official one.
    """

    measured_kwh: float
    base_kwh: float
    heat_kwh: float
    degree_days: float
    normal_degree_days: float
    normalised_kwh: float
    base_source: str
    official: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        rounded = {name: round(getattr(self, name), 1) for name in _NUMBERS}
        return {**rounded, "base_c": BASE_C, "base_source": self.base_source, "official": self.official}


_NUMBERS = ("measured_kwh", "base_kwh", "heat_kwh", "degree_days", "normal_degree_days", "normalised_kwh")


def degree_days(outdoor_c: Series) -> float:
    """Return the sum of kelvin below `BASE_C` over daily means; unknown days count as the mean of the known ones."""
    known = np.isfinite(outdoor_c)
    below = np.maximum(BASE_C - outdoor_c[known], 0.0)
    return float(below.mean()) * len(outdoor_c) if known.any() else 0.0


def normalise(use: Daily, outdoor_c: Series, normal: ClimateYear, model: ChangePoint) -> Normalised:
    """Bring a year of use to a reference year by degree days.

    Args:
        use: Daily use of about a year, kWh.
        outdoor_c: float64 (days,), mean temperature of the same days.
        normal: The reference year.
        model: Change-point model of the same days; its base load is the part without weather.

    Raises:
        InvalidInput: (energy-part-year) not a year, or too many days are unknown.
    """
    days, known = len(use.values), float(use.known.mean())
    if not 350 <= days <= 380 or known < LEAST_SHARE:
        raise InvalidInput(
            f"{days} days of which {known:.0%} are known are not a year.",
            reason="energy-part-year",
            hint="Give 12 months with the meter read on nine days of ten.",
        )
    measured = float(np.nanmean(use.values)) * days
    base = min(model.base_kwh_d * days, measured)
    real, wanted = degree_days(outdoor_c), degree_days(daily_of_year(normal.dry_bulb_c))
    heat = measured - base
    if real < LEAST_DEGREE_DAYS * wanted:
        raise InvalidInput(
            f"The outdoor temperature gives {real:.0f} °C·d; a year here has about {wanted:.0f}.",
            reason="energy-few-weather",
            hint="Check that the thermometer hangs outdoors.",
        )
    return Normalised(
        measured, base, heat, real, wanted, base * DAYS_OF_YEAR / days + heat * wanted / real,
        f"base load of the {model.form.value} change-point model", normal.official,
    )  # fmt: skip
