"""A made-up weather year like that of Tallinn, by formula from public monthly normals; never official.

How it is made, so that it can be made again:
1. Air: monthly normals 1991-2020 between mid-months by line, plus a daily swing that grows with the sun of the
   day, plus fronts (three sine waves of 5.3, 8.7 and 13.1 days); then each month is shifted to its normal.
2. Sun: monthly sunshine hours give the monthly clearness by Angstrom and Prescott (0.25 + 0.50 n/N). Days of a month
   vary around it by a golden-ratio sequence, which is the same every time. Diffuse share after Erbs 1982; direct
   light is no more than clear air lets through, so that it fades towards sunrise and sunset.
3. Dew point from monthly normals of relative humidity; wind from monthly normals with the fronts; sky infrared from
   dew point and cloud cover.
Nothing is random and nothing was fetched.
"""

import numpy as np

from twin.energy.climate import DAYS_OF_MONTH, HOURS, ClimateYear, Series, month_of_hour, sky_infrared
from twin.energy.sun import SOLAR_CONSTANT_W_M2, air_mass, equation_of_time_h, sun_direction

LATITUDE, LONGITUDE, ZONE_H, ELEVATION_M = 59.40, 24.60, 2.0, 34.0
# Normals 1991-2020 of Tallinn-Harku, rounded, as published by the Estonian weather service; kept here from memory,
# the yearly mean of 6.4 °C is checked.
AIR_C = (-2.9, -3.6, -0.6, 4.8, 10.2, 14.5, 17.6, 16.5, 12.0, 6.5, 2.0, -0.9)
SUNSHINE_H = (30.0, 59.0, 148.0, 217.0, 306.0, 294.0, 312.0, 256.0, 162.0, 88.0, 29.0, 21.0)
HUMIDITY = (0.89, 0.86, 0.80, 0.72, 0.69, 0.74, 0.76, 0.79, 0.82, 0.85, 0.89, 0.89)
WIND_M_S = (3.8, 3.5, 3.4, 3.2, 3.1, 3.0, 2.8, 2.8, 3.1, 3.4, 3.7, 3.9)
GOLDEN = 0.6180339887498949
FRONTS_DAYS = (5.3, 8.7, 13.1)
CLEARNESS_SPREAD = 0.75  # share of the monthly clearness by which days vary


def synthetic_tallinn() -> ClimateYear:
    """Return the made-up year."""
    hour = np.arange(HOURS, dtype=np.float64)
    clear_sky, up, normal = _above_air(hour)
    clearness = _daily_clearness(clear_sky, _day_length_h(up))
    ghi = clear_sky * clearness
    dhi = ghi * _diffuse_share(clearness)
    dni = np.minimum(np.divide(ghi - dhi, up, out=np.zeros(HOURS), where=up > 0.02), _through_air(up, normal))
    dhi = np.maximum(ghi - dni * np.maximum(up, 0.0), 0.0)
    fronts = sum(np.sin(2.0 * np.pi * (hour / 24.0 + 1.7 * period) / period) for period in FRONTS_DAYS)
    air = _air(hour, ghi, np.asarray(fronts))
    dew = _dew_point(air)
    cover = 10.0 * np.clip((0.75 - clearness) / 0.55, 0.0, 1.0)
    return ClimateYear(
        name="Tallinn-like synthetic year (not official)",
        source="formula of Kaksik on public monthly normals 1991-2020",
        licence="MIT",
        period="1991-2020 normals",
        official=False,
        latitude_deg=LATITUDE,
        longitude_deg=LONGITUDE,
        time_zone_h=ZONE_H,
        elevation_m=ELEVATION_M,
        dry_bulb_c=air,
        dew_point_c=dew,
        wind_m_s=_by_month(WIND_M_S) * (1.0 + 0.25 * np.asarray(fronts)).clip(0.2),
        ghi_w_m2=ghi,
        dni_w_m2=dni,
        dhi_w_m2=dhi,
        sky_infrared_w_m2=sky_infrared(air, dew, cover),
        notes=("Made by formula; right by month, not by hour. It must never decide an energy class.",),
    )


def _above_air(hour: Series) -> tuple[Series, Series, Series]:
    """Return hourly means above the air: horizontal irradiance, sine of the altitude, normal irradiance."""
    fine = hour[:, None] + (np.arange(6) + 0.5)[None, :] / 6.0
    day = np.floor(fine / 24.0) + 1.0
    solar = fine % 24.0 + LONGITUDE / 15.0 - ZONE_H + equation_of_time_h(day)
    _, _, up = sun_direction(day, solar, LATITUDE)
    normal = SOLAR_CONSTANT_W_M2 * (1.0 + 0.033 * np.cos(2.0 * np.pi * day[:, 0] / 365.0))
    mean_up = np.maximum(up, 0.0).mean(axis=1)
    return normal * mean_up, mean_up, normal


def _through_air(up: Series, normal: Series) -> Series:
    """Return the most direct light that clear air lets through: next to nothing near the horizon (Meinel 1976)."""
    return np.asarray(normal * 0.7 ** (air_mass(up) ** 0.678), dtype=np.float64)


def _day_length_h(up: Series) -> Series:
    return np.asarray((up.reshape(365, 24) > 0.0).sum(axis=1), dtype=np.float64)


def _daily_clearness(above: Series, day_length_h: Series) -> Series:
    """Return the clearness of each hour, constant through a day, right on the mean of each month."""
    month_of_day = np.repeat(np.arange(12), DAYS_OF_MONTH)
    possible = np.bincount(month_of_day, weights=day_length_h)
    wanted = 0.25 + 0.50 * np.minimum(np.array(SUNSHINE_H) / possible, 1.0)
    spread = 2.0 * ((np.arange(365) * GOLDEN) % 1.0) - 1.0
    daily = np.clip(wanted[month_of_day] * (1.0 + CLEARNESS_SPREAD * spread), 0.08, 0.76)
    energy = above.reshape(365, 24).sum(axis=1)
    for _ in range(20):  # clipping moves the mean; a few corrections bring it back
        got = np.bincount(month_of_day, weights=daily * energy) / np.bincount(month_of_day, weights=energy)
        daily = np.clip(daily * (wanted / got)[month_of_day], 0.08, 0.76)
    return np.asarray(np.repeat(daily, 24), dtype=np.float64)


def _diffuse_share(clearness: Series) -> Series:
    """Return diffuse over global irradiance (Erbs, Klein, Duffie 1982)."""
    k = clearness
    middle = 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4
    return np.asarray(np.where(k <= 0.22, 1.0 - 0.09 * k, np.where(k <= 0.8, middle, 0.165)), dtype=np.float64)


def _by_month(values: tuple[float, ...]) -> Series:
    """Return monthly values between the middles of the months by line, hour by hour."""
    ends = np.cumsum(DAYS_OF_MONTH) * 24.0
    middle = ends - np.array(DAYS_OF_MONTH) * 12.0
    places = np.concatenate([[middle[-1] - HOURS], middle, [middle[0] + HOURS]])
    around = np.array([values[-1], *values, values[0]])
    return np.asarray(np.interp(np.arange(HOURS) + 0.5, places, around), dtype=np.float64)


def _air(hour: Series, ghi: Series, fronts: Series) -> Series:
    daily_sun = np.repeat(ghi.reshape(365, 24).mean(axis=1), 24)
    swing = (1.0 + 0.022 * daily_sun) * np.cos(2.0 * np.pi * (hour % 24 - 14.5) / 24.0)
    winter = 1.0 + 0.6 * np.cos(2.0 * np.pi * (hour / HOURS - 0.06))
    air = _by_month(AIR_C) + swing + 2.0 * winter * fronts
    month = month_of_hour()
    off = np.array(AIR_C) - np.bincount(month, weights=air) / np.bincount(month)
    return np.asarray(air + off[month], dtype=np.float64)


def _dew_point(air: Series) -> Series:
    """Return the dew point for the monthly humidity (Magnus)."""
    gamma = np.log(_by_month(HUMIDITY)) + 17.62 * air / (243.12 + air)
    return np.asarray(243.12 * gamma / (17.62 - gamma), dtype=np.float64)
