"""Invented weather of a northern coastal town, a pure function of time and seed. It is not climate data.

Local time is UTC+2 all the year round.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

LATITUDE_DEG = 59.4
LOCAL = timezone(timedelta(hours=2))
YEAR_H = 8766.0
MEAN_C, SEASON_C = 6.5, 11.5  # mean of the year and amplitude of its wave
COLDEST_DAY = 26.0  # of the year
FRONTS_H = 96.0  # weather changes about every four days
SOLAR_NOON_H = 12.35  # local time at 24.7° east
CLEAR_SKY_W_M2 = 900.0


@lru_cache(maxsize=65_536)
def _uniform(seed: int, channel: str, step: int) -> float:
    """Return a number in [-1, 1] that depends on nothing but the arguments."""
    digest = hashlib.blake2b(f"{seed}/{channel}/{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**63 - 1.0


def noise(seed: int, channel: str, hours: float, period_h: float) -> float:
    """Return smooth noise in [-1, 1] that changes over about `period_h` hours.

    Args:
        seed: Of the whole world.
        channel: Names one independent noise.
        hours: Time, in hours since 1970.
        period_h: Distance of its support points.
    """
    step, part = divmod(hours / period_h, 1.0)
    blend = part * part * (3.0 - 2.0 * part)
    low, high = _uniform(seed, channel, int(step)), _uniform(seed, channel, int(step) + 1)
    return low + (high - low) * blend


def hours_of(moment: datetime) -> float:
    """Return hours since 1970."""
    return moment.timestamp() / 3600.0


def local_hour(moment: datetime) -> float:
    """Return the hour of the local day, 0 to 24."""
    local = moment.astimezone(LOCAL)
    return local.hour + local.minute / 60.0 + local.second / 3600.0


def day_of_year(moment: datetime) -> float:
    """Return days since the first of January, with fraction."""
    return (moment - datetime(moment.year, 1, 1, tzinfo=UTC)).total_seconds() / 86_400.0


@dataclass(frozen=True, slots=True)
class Weather:
    """The weather of one world.

    Attributes:
        seed: Two worlds of one seed have the same weather.
    """

    seed: int

    def cloud_cover(self, moment: datetime) -> float:
        """Return the covered share of the sky, 0 to 1."""
        hours = hours_of(moment)
        wave = 0.7 * noise(self.seed, "clouds", hours, 20.0) + 0.3 * noise(self.seed, "clouds-short", hours, 3.0)
        return min(1.0, max(0.0, 0.6 + 0.6 * wave))

    def sun_elevation_deg(self, moment: datetime) -> float:
        """Return how high the sun stands, degrees above the horizon; negative at night."""
        declination = math.radians(-23.44 * math.cos(2 * math.pi * (day_of_year(moment) + 10) / 365.25))
        angle = math.radians(15.0 * (local_hour(moment) - SOLAR_NOON_H))
        latitude = math.radians(LATITUDE_DEG)
        sine = math.sin(latitude) * math.sin(declination)
        sine += math.cos(latitude) * math.cos(declination) * math.cos(angle)
        return math.degrees(math.asin(sine))

    def irradiance_w_m2(self, moment: datetime) -> float:
        """Return the solar irradiance on a horizontal plane, W/m²."""
        height = math.sin(math.radians(max(0.0, self.sun_elevation_deg(moment))))
        return CLEAR_SKY_W_M2 * math.pow(height, 1.15) * (1.0 - 0.75 * self.cloud_cover(moment))

    def temperature_c(self, moment: datetime) -> float:
        """Return the outdoor air temperature, °C."""
        hours = hours_of(moment)
        season = -math.cos(2 * math.pi * (day_of_year(moment) - COLDEST_DAY) / 365.25)
        day = math.cos(2 * math.pi * (local_hour(moment) - 15.0) / 24.0)
        swing = (2.6 + 1.6 * season) * (1.0 - 0.5 * self.cloud_cover(moment))
        fronts = 4.5 * noise(self.seed, "fronts", hours, FRONTS_H) + 1.0 * noise(self.seed, "air", hours, 9.0)
        return MEAN_C + SEASON_C * season + swing * day + fronts

    def relative_humidity(self, moment: datetime) -> float:
        """Return the outdoor relative humidity, %."""
        dry = 12.0 * self.irradiance_w_m2(moment) / CLEAR_SKY_W_M2
        return min(100.0, 82.0 - 2.5 * dry + 10.0 * noise(self.seed, "humidity", hours_of(moment), 14.0))

    def pressure_pa(self, moment: datetime) -> float:
        """Return the air pressure, Pa."""
        return 101_300.0 + 2_200.0 * noise(self.seed, "pressure", hours_of(moment), 60.0)


def saturation_pa(temperature_c: float) -> float:
    """Return the saturation pressure of water vapour over water, Pa (Magnus formula)."""
    return 611.2 * math.exp(17.62 * temperature_c / (243.12 + temperature_c))
