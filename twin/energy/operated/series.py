"""Days of use and of temperature: from the steps of a meter or a thermometer to one value a day."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput

Series = NDArray[np.float64]
DAYS_OF_YEAR = 365  # a leap day has no place in a reference year and is left out
LONGEST_GAP_H = 26.0  # a meter that is read once a day, an hour late; over a longer gap nobody knows which day it was
FEWEST_HOURS = 18  # of a day for its mean temperature
MOST_DAYS = 3_700  # ten years of days


@dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """One value a day.

    Attributes:
        start: The first day, local standard time.
        values: float64 (days,); nan where the day is not known.
    """

    start: date
    values: Series

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 1 or not 0 < len(values) <= MOST_DAYS or np.isinf(values).any():
            raise InvalidInput(
                f"A series has 1 to {MOST_DAYS} days of finite values.",
                reason="energy-days",
                hint="Ask for a shorter time; leave unknown days empty.",
            )
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.start + timedelta(days=len(self.values))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether each day is known, bool (days,)."""
        return np.isfinite(self.values)

    def months(self) -> NDArray[np.int64]:
        """Return int64 (days,): year × 12 + month, from 0, of each day."""
        days = [self.start + timedelta(days=place) for place in range(len(self.values))]
        return np.array([day.year * 12 + day.month - 1 for day in days], dtype=np.int64)

    def places(self) -> NDArray[np.int64]:
        """Return int64 (days,): the day of a year without leap day, 0 to 364; -1 for 29 February."""
        days = [self.start + timedelta(days=place) for place in range(len(self.values))]
        return np.array([place_of(day) for day in days], dtype=np.int64)

    def of_year(self, year_values: Series) -> "Daily":
        """Return values of a reference year, float64 (365,), on these days; nan on 29 February."""
        places = self.places()
        return Daily(self.start, np.where(places < 0, np.nan, year_values[np.maximum(places, 0)]))


def place_of(day: date) -> int:
    """Return the day of a year without leap day, 0 to 364, or -1 for 29 February."""
    if (day.month, day.day) == (2, 29):
        return -1
    return date(2001, day.month, day.day).timetuple().tm_yday - 1


def daily_of_year(hourly: Series) -> Series:
    """Return float64 (365,): the means of the days of hourly values of a reference year."""
    return np.asarray(hourly.reshape(DAYS_OF_YEAR, 24).mean(axis=1), dtype=np.float64)


def use_by_register(readings: Sequence[tuple[datetime, float]], zone_h: float) -> Daily:
    """Return daily use of a meter that counts upwards.

    The register is read between its readings by line at each midnight. A day across a gap of more than
    `LONGEST_GAP_H` hours, or across a register that fell (a changed meter), is not known.

    Args:
        readings: Aware time and register, in order of time.
        zone_h: Hours ahead of UTC of the local standard time.

    Raises:
        InvalidInput: (energy-readings) fewer than two readings.
    """
    if len(readings) < 2:
        raise InvalidInput(
            "A meter needs at least two readings.", reason="energy-readings", hint="Ask for a longer time."
        )
    zone = timezone(timedelta(hours=zone_h))
    first, last = readings[0][0].astimezone(zone), readings[-1][0].astimezone(zone)
    start = first.date() if first.timetz().replace(tzinfo=None) == datetime.min.time() else _next(first.date())
    count = max((last.date() - start).days, 1)
    origin = datetime(start.year, start.month, start.day, tzinfo=zone)
    hours = np.array([(at - origin).total_seconds() / 3600.0 for at, _ in readings])
    register = np.array([value for _, value in readings], dtype=np.float64)
    midnights = np.arange(count + 1) * 24.0
    use = np.diff(np.interp(midnights, hours, register, left=np.nan, right=np.nan))
    bad = (np.diff(hours) > LONGEST_GAP_H) | (np.diff(register) < 0.0)
    for place in np.flatnonzero(bad):
        low, high = math.floor(hours[place] / 24.0), math.ceil(hours[place + 1] / 24.0)
        use[max(low, 0) : max(high, 0)] = np.nan
    return Daily(start, use)


def mean_by_day(readings: Sequence[tuple[datetime, float]], zone_h: float, start: date, days: int) -> Daily:
    """Return daily means of readings, at most one an hour; a day with fewer than `FEWEST_HOURS` is not known."""
    zone = timezone(timedelta(hours=zone_h))
    sums, counts = np.zeros(days), np.zeros(days)
    for at, value in readings:
        place = (at.astimezone(zone).date() - start).days
        if 0 <= place < days:
            sums[place] += value
            counts[place] += 1
    known = counts >= FEWEST_HOURS
    return Daily(start, np.where(known, sums / np.maximum(counts, 1.0), np.nan))


def hours_of_year(readings: Sequence[tuple[datetime, float]], zone_h: float) -> Series:
    """Return float64 (8760,): hourly readings in their places of a year without leap day; nan where there is none."""
    zone = timezone(timedelta(hours=zone_h))
    found = np.full(DAYS_OF_YEAR * 24, np.nan)
    for at, value in readings:
        local = at.astimezone(zone)
        place = place_of(local.date())
        if place >= 0:
            found[place * 24 + local.hour] = value
    return found


def _next(day: date) -> date:
    return day + timedelta(days=1)
