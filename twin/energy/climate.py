"""A year of weather, hour by hour, with where it comes from."""

import hashlib
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput

HOURS = 8760  # a leap day is not part of a reference year
DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
STEFAN_BOLTZMANN = 5.670374419e-8  # W/(m2.K4), CODATA 2018
KELVIN = 273.15
SEA_LEVEL_PA = 101_325.0

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClimateYear:
    """8760 hours of weather; hour 0 is 00:00 to 01:00 local standard time of 1 January.

    Attributes:
        name: Name of the place and the kind of year.
        source: Who made it.
        licence: Under which terms it may be used.
        period: The years it stands for.
        official: True only for the year that the regulation names.
        latitude_deg: North positive.
        longitude_deg: East positive.
        time_zone_h: Hours ahead of UTC.
        elevation_m: Height above the sea.
        dry_bulb_c: Air temperature, degrees Celsius.
        dew_point_c: Dew point, degrees Celsius.
        wind_m_s: Wind speed at 10 m.
        ghi_w_m2: Global horizontal irradiance, mean of the hour.
        dni_w_m2: Direct normal irradiance, mean of the hour.
        dhi_w_m2: Diffuse horizontal irradiance, mean of the hour.
        sky_infrared_w_m2: Long-wave irradiance of the sky on a horizontal plane.
        notes: What was filled in or derived, as sentences.
    """

    name: str
    source: str
    licence: str
    period: str
    official: bool
    latitude_deg: float
    longitude_deg: float
    time_zone_h: float
    elevation_m: float
    dry_bulb_c: Series
    dew_point_c: Series
    wind_m_s: Series
    ghi_w_m2: Series
    dni_w_m2: Series
    dhi_w_m2: Series
    sky_infrared_w_m2: Series
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in SERIES:
            values = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            if values.shape != (HOURS,) or not np.isfinite(values).all():
                raise InvalidInput(
                    f"{name} of the climate {self.name!r} is not {HOURS} finite values.",
                    reason="climate-series",
                    hint="Give one value for each hour of a year of 365 days.",
                    entity=name,
                )
            values = values.copy()
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the place and of every series as little-endian doubles."""
        place = (self.latitude_deg, self.longitude_deg, self.time_zone_h, self.elevation_m)
        digest = hashlib.sha256(np.array(place, dtype="<f8").tobytes())
        for name in SERIES:
            digest.update(name.encode())
            digest.update(getattr(self, name).astype("<f8").tobytes())
        return digest.hexdigest()

    def monthly_mean_c(self) -> Series:
        """Return float64 (12,): mean air temperature of each month."""
        return np.bincount(month_of_hour(), weights=self.dry_bulb_c) / np.bincount(month_of_hour())

    def air_density_kg_m3(self) -> float:
        """Return the density of dry air at 20 °C and the pressure of the standard atmosphere at this height."""
        pressure = SEA_LEVEL_PA * (1.0 - 2.25577e-5 * self.elevation_m) ** 5.2559  # ICAO standard atmosphere
        return float(pressure / (287.042 * 293.15))

    def to_json(self) -> dict[str, Any]:
        """Return what a report says of it."""
        return {
            "name": self.name,
            "official": self.official,
            "sha256": self.sha256,
            "source": self.source,
            "licence": self.licence,
            "period": self.period,
            "mean_c": round(float(self.dry_bulb_c.mean()), 2),
            "ghi_kwh_m2": round(float(self.ghi_w_m2.sum()) / 1000.0, 1),
            "notes": list(self.notes),
        }


SERIES = tuple(field.name for field in fields(ClimateYear) if field.type is Series)


def month_of_hour() -> NDArray[np.int64]:
    """Return int64 (8760,): the month, 0 to 11, of each hour."""
    return np.repeat(np.arange(12), np.array(DAYS_OF_MONTH) * 24)


def sky_infrared(dry_bulb_c: Series, dew_point_c: Series, cloud_tenths: Series) -> Series:
    """Return long-wave irradiance of the sky, W/m2 (Clark and Allen with Walton's cloud factor, as EnergyPlus)."""
    emissivity = 0.787 + 0.764 * np.log((dew_point_c + KELVIN) / 273.0)
    cloud = 1.0 + 0.0224 * cloud_tenths - 0.0035 * cloud_tenths**2 + 0.00028 * cloud_tenths**3
    return np.asarray(emissivity * cloud * STEFAN_BOLTZMANN * (dry_bulb_c + KELVIN) ** 4, dtype=np.float64)
