"""Invented weather of a northern coastal town, a pure function of time and seed. It is not climate data."""

from dataclasses import dataclass

import numpy as np

from samples.telemetry.chance import Floats, key_of, smooth

LATITUDE_DEG = 59.4
LONGITUDE_DEG = 24.7
YEAR_H = 8766.0
MEAN_C, SEASON_C = 6.5, 11.5  # mean of the year and amplitude of its wave
COLDEST_DAY = 26.0  # of the year
FRONTS_H = 96.0  # weather changes about every four days
CLEAR_SKY_W_M2 = 900.0


@dataclass(frozen=True, slots=True)
class Sky:
    """Weather at many times, one item each.

    Attributes:
        temperature_c: Of the outdoor air.
        irradiance_w_m2: Of the sun on a horizontal plane.
        humidity: Relative, %.
        pressure_pa: Of the air.
    """

    temperature_c: Floats
    irradiance_w_m2: Floats
    humidity: Floats
    pressure_pa: Floats


def day_of_year(hours: Floats) -> Floats:
    """Return days since about the first of January, with fraction, of hours since 1970."""
    return np.mod(hours, YEAR_H) / 24.0


def sun_elevation_deg(hours: Floats) -> Floats:
    """Return how high the sun stands at hours since 1970, degrees above the horizon; negative at night."""
    declination = np.radians(-23.44 * np.cos(2 * np.pi * (day_of_year(hours) + 10) / 365.25))
    angle = np.radians(15.0 * (np.mod(hours, 24.0) + LONGITUDE_DEG / 15.0 - 12.0))
    latitude = np.radians(LATITUDE_DEG)
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    elevation: Floats = np.degrees(np.arcsin(sine))
    return elevation


def weather(seed: int, hours: Floats) -> Sky:
    """Return the weather of one world.

    Args:
        seed: Two worlds of one seed have the same weather.
        hours: Hours since 1970, UTC.
    """
    wave = 0.7 * smooth(key_of(seed, "clouds"), hours, 20.0) + 0.3 * smooth(key_of(seed, "clouds-short"), hours, 3.0)
    clouds = np.clip(0.6 + 0.6 * wave, 0.0, 1.0)
    height = np.sin(np.radians(np.maximum(0.0, sun_elevation_deg(hours))))
    sun = CLEAR_SKY_W_M2 * np.power(height, 1.15) * (1.0 - 0.75 * clouds)
    season = -np.cos(2 * np.pi * (day_of_year(hours) - COLDEST_DAY) / 365.25)
    day = np.cos(2 * np.pi * (np.mod(hours, 24.0) - 13.0) / 24.0)
    swing = (2.6 + 1.6 * season) * (1.0 - 0.5 * clouds)
    fronts = 4.5 * smooth(key_of(seed, "fronts"), hours, FRONTS_H) + smooth(key_of(seed, "air"), hours, 9.0)
    damp = 82.0 - 30.0 * sun / CLEAR_SKY_W_M2 + 10.0 * smooth(key_of(seed, "humidity"), hours, 14.0)
    return Sky(
        MEAN_C + SEASON_C * season + swing * day + fronts,
        sun,
        np.minimum(100.0, damp),
        101_300.0 + 2_200.0 * smooth(key_of(seed, "pressure"), hours, 60.0),
    )


def saturation_pa(temperature_c: Floats) -> Floats:
    """Return the saturation pressure of water vapour over water, Pa (Magnus formula)."""
    pressure: Floats = 611.2 * np.exp(17.62 * temperature_c / (243.12 + temperature_c))
    return pressure


def vapour_g_m3(temperature_c: Floats, humidity: Floats) -> Floats:
    """Return grams of water vapour in a cubic metre of air of that temperature and relative humidity (%)."""
    grams: Floats = saturation_pa(temperature_c) * humidity / 100.0 / (461.5 * (temperature_c + 273.15)) * 1000.0
    return grams
