"""Where the sun stands and what falls on a plane (numpy, whole years at once)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import HOURS, ClimateYear, Series
from twin.energy.values import Horizon

SUB_STEPS = 6  # sun positions in an hour; ten minutes keep the sunrise hour within 1 % of the integral
SOLAR_CONSTANT_W_M2 = 1361.0
LOWEST_SUN_COS = 0.0872  # cos(85°): the horizontal part of the circumsolar light is not divided by less (Perez)

# Perez, Ineichen, Seals, Michalsky, Stewart 1990, table 6: f11 f12 f13 f21 f22 f23 for eight classes of clearness.
PEREZ_CLASSES = np.array([1.065, 1.230, 1.500, 1.950, 2.800, 4.500, 6.200])
PEREZ = np.array(
    [
        [-0.008, 0.588, -0.062, -0.060, 0.072, -0.022],
        [0.130, 0.683, -0.151, -0.019, 0.066, -0.029],
        [0.330, 0.487, -0.221, 0.055, -0.064, -0.026],
        [0.568, 0.187, -0.295, 0.109, -0.152, -0.014],
        [0.873, -0.392, -0.362, 0.226, -0.462, 0.001],
        [1.132, -1.237, -0.412, 0.288, -0.823, 0.056],
        [1.060, -1.600, -0.359, 0.264, -1.127, 0.131],
        [0.678, -0.327, -0.250, 0.156, -1.377, 0.251],
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class SunPath:
    """The sun through a year of weather, and how bright the sky is around it.

    Attributes:
        bright: int64 (bright hours,), the hours in which the sun shines at all.
        east: float64 (bright hours, sub-steps), unit vector to the sun; hours lie beside each other in memory.
        north: As `east`.
        up: As `east`; the sine of the altitude.
        shines: bool (bright hours, sub-steps), whether the sun is above the horizon.
        count: float64 (bright hours,), in how many sub-steps it shines.
        mean_up: float64 (hours,), mean of `up` over these; 0 at night.
        extraterrestrial_w_m2: float64 (hours,), normal irradiance above the air.
        circumsolar: float64 (hours,), share of the diffuse light that comes from around the sun (Perez F1).
        brightening: float64 (hours,), what the horizon adds, as a share of the diffuse light (Perez F2).
    """

    bright: NDArray[np.int64]
    east: Series
    north: Series
    up: Series
    shines: NDArray[np.bool_]
    count: Series
    mean_up: Series
    extraterrestrial_w_m2: Series
    circumsolar: Series
    brightening: Series

    def horizontal(self) -> Series:
        """Return float64 (hours,): the mean of the sine of the altitude over the whole of each hour, 0 at night."""
        return _of_year(self.bright, (self.up * self.shines).mean(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Irradiance:
    """What falls on one plane, W/m2, hour by hour.

    Attributes:
        beam: Direct.
        diffuse: Of the sky, with what comes from around the sun, and reflected by the ground.
        powers: float64 (powers, hours): `beam` times the powers of the cosine of incidence, from 0 on; one row unless
            asked for more.
    """

    beam: Series
    diffuse: Series
    powers: Series


def declination(day_of_year: Series) -> Series:
    """Return the declination of the sun, radians (Spencer 1971)."""
    angle = 2.0 * np.pi * (day_of_year - 1.0) / 365.0
    return np.asarray(
        0.006918
        - 0.399912 * np.cos(angle)
        + 0.070257 * np.sin(angle)
        - 0.006758 * np.cos(2 * angle)
        + 0.000907 * np.sin(2 * angle)
        - 0.002697 * np.cos(3 * angle)
        + 0.00148 * np.sin(3 * angle),
        dtype=np.float64,
    )


def sun_direction(day_of_year: Series, solar_hour: Series, latitude_deg: float) -> tuple[Series, Series, Series]:
    """Return east, north and up of the unit vector to the sun at a solar time."""
    hour_angle = np.pi / 12.0 * (solar_hour - 12.0)
    return _towards(declination(day_of_year), np.cos(hour_angle), np.sin(hour_angle), latitude_deg)


def _towards(tilted: Series, cosine: Series, sine: Series, latitude_deg: float) -> tuple[Series, Series, Series]:
    """Return the unit vector to the sun for a declination and the cosine and sine of the hour angle."""
    phi, level, high = np.radians(latitude_deg), np.cos(tilted), np.sin(tilted)
    north = np.cos(phi) * high - np.sin(phi) * level * cosine
    up = np.sin(phi) * high + np.cos(phi) * level * cosine
    return -level * sine, north, up


def equation_of_time_h(day_of_year: Series) -> Series:
    """Return solar minus mean time in hours (Spencer 1971)."""
    angle = 2.0 * np.pi * (day_of_year - 1.0) / 365.0
    minutes = 229.18 * (
        0.000075
        + 0.001868 * np.cos(angle)
        - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle)
        - 0.04089 * np.sin(2 * angle)
    )
    return np.asarray(minutes / 60.0, dtype=np.float64)


def air_mass(up: Series) -> Series:
    """Return how much air the sun shines through, 1 at the zenith (Kasten and Young 1989).

    Args:
        up: Sine of the altitude; below the horizon it is taken as 0.
    """
    sine = np.clip(up, 0.0, 1.0)
    above = 6.07995 + np.degrees(np.arcsin(sine))
    return np.asarray(1.0 / (sine + 0.50572 * above**-1.6364), dtype=np.float64)


def sun_path(climate: ClimateYear) -> SunPath:
    """Return the directions to the sun at the place of `climate`, at the middle of each sub-step."""
    day: Series = np.arange(HOURS // 24, dtype=np.float64)[:, None] + 1.0
    # The hour angle is that of the clock and that of the day: two small tables instead of a sine for every sub-step.
    shift = climate.longitude_deg / 15.0 - climate.time_zone_h - 12.0
    steps = (np.arange(SUB_STEPS) + 0.5)[:, None, None] / SUB_STEPS
    clock, daily = np.pi / 12.0 * (np.arange(24) + steps + shift), np.pi / 12.0 * equation_of_time_h(day)
    cosine = np.cos(clock) * np.cos(daily) - np.sin(clock) * np.sin(daily)
    sine = np.sin(clock) * np.cos(daily) + np.cos(clock) * np.sin(daily)
    sun = _towards(declination(day), cosine, sine, climate.latitude_deg)
    east, north, up = (part.reshape(SUB_STEPS, HOURS) for part in sun)
    bright = np.flatnonzero((up > 0.0).any(axis=0))
    east, north, up = (np.take(part, bright, axis=1).T for part in (east, north, up))
    shines = up > 0.0
    count = shines.sum(axis=1, dtype=np.float64)
    mean_up = _of_year(bright, (up * shines).sum(axis=1) / count)
    normal: Series = np.repeat(SOLAR_CONSTANT_W_M2 * (1.0 + 0.033 * np.cos(2.0 * np.pi * day[:, 0] / 365.0)), 24)
    return SunPath(bright, east, north, up, shines, count, mean_up, normal, *_perez(climate, mean_up, normal))


def _of_year(bright: NDArray[np.int64], values: Series) -> Series:
    """Return values of the bright hours as a year that is 0 at night."""
    year = np.zeros(HOURS)
    year[bright] = values
    return year


def irradiance(
    climate: ClimateYear,
    path: SunPath,
    azimuth_deg: float,
    tilt_deg: float,
    powers: int = 1,
    ground_reflectance: float = 0.2,
    horizon: Horizon | None = None,
) -> Irradiance:
    """Return what falls on a plane (sky: Perez 1990).

    Args:
        climate: The weather.
        path: The sun at the same place.
        azimuth_deg: Outward normal of the plane, clockwise from north.
        tilt_deg: 0 looks up, 90 is vertical.
        powers: How many powers of the cosine of incidence to weight the beam with, for glass.
        ground_reflectance: Share of the global irradiance that the ground reflects.
        horizon: What stands before the plane; it hides sun and sky, and is taken as black.
    """
    azimuth, tilt = np.radians(azimuth_deg), np.radians(tilt_deg)
    seen = path.shines if horizon is None else path.shines & _above(path, horizon)
    lit = np.maximum(_incidence(path, float(azimuth), float(tilt)), 0.0) * seen
    total = lit.sum(axis=1)
    mean_cosine = _of_year(path.bright, total / path.count)
    ratio = mean_cosine / np.maximum(path.mean_up, LOWEST_SUN_COS)
    dhi = climate.dhi_w_m2
    beam, around = climate.dni_w_m2 * mean_cosine, dhi * path.circumsolar * ratio
    sky = 1.0 if horizon is None else sky_share(horizon, azimuth_deg, tilt_deg)
    isotropic = sky * dhi * (1.0 - path.circumsolar) * (1.0 + np.cos(tilt)) / 2.0
    reflected = climate.ghi_w_m2 * ground_reflectance * (1.0 - np.cos(tilt)) / 2.0
    diffuse = np.maximum(isotropic + dhi * path.brightening * np.sin(tilt), 0.0) + around + reflected
    weighted = [beam, *(beam * _of_year(path.bright, mean) for mean in _mean_powers(lit, total, powers))]
    return Irradiance(beam, diffuse, np.stack(weighted))


def _incidence(path: SunPath, azimuth: float, tilt: float) -> Series:
    """Return the cosine of the angle between the sun and the normal of a plane, (hours, sub-steps)."""
    if tilt == 0.0:
        return path.up
    level = np.sin(tilt) * np.sin(azimuth) * path.east + np.sin(tilt) * np.cos(azimuth) * path.north
    return np.asarray(level if abs(np.cos(tilt)) < 1e-15 else level + np.cos(tilt) * path.up, dtype=np.float64)


def _above(path: SunPath, horizon: Horizon) -> NDArray[np.bool_]:
    azimuth = np.degrees(np.arctan2(path.east, path.north))
    return np.asarray(np.degrees(np.arcsin(np.clip(path.up, -1.0, 1.0))) > height_deg(horizon, azimuth))


def height_deg(horizon: Horizon, azimuth_deg: Series) -> Series:
    """Return the height of a horizon in some directions, degrees; 0 outside of the directions that it knows."""
    start = horizon.azimuths_deg[0]
    known = np.concatenate([[0.0], np.cumsum(np.diff(horizon.azimuths_deg) % 360.0)])
    along = (np.asarray(azimuth_deg) - start) % 360.0
    return np.asarray(np.interp(along, known, horizon.angles_deg, right=0.0), dtype=np.float64)


def sky_share(horizon: Horizon, azimuth_deg: float, tilt_deg: float, step_deg: float = 2.0) -> float:
    """Return the share of the light of an even sky that reaches a plane over a horizon."""
    altitude = np.radians(np.arange(step_deg / 2.0, 90.0, step_deg))[:, None]
    around = np.arange(step_deg / 2.0, 360.0, step_deg)
    tilt = np.radians(tilt_deg)
    facing = np.cos(np.radians(around - azimuth_deg))[None, :]
    falls = np.maximum(np.cos(tilt) * np.sin(altitude) + np.sin(tilt) * np.cos(altitude) * facing, 0.0)
    weight = falls * np.cos(altitude)
    open_sky = np.degrees(altitude) > height_deg(horizon, around)[None, :]
    return float((weight * open_sky).sum() / max(weight.sum(), 1e-12))


def _mean_powers(lit: Series, total: Series, powers: int) -> Iterator[Series]:
    """Yield the mean powers of the cosine of incidence in each hour, from 1 on, weighted by the beam."""
    weighted, share = lit, np.divide(1.0, total, out=np.zeros_like(total), where=total > 0.0)
    for _ in range(1, powers):
        weighted = weighted * lit
        yield weighted.sum(axis=1) * share


def _perez(climate: ClimateYear, mean_up: Series, extraterrestrial: Series) -> tuple[Series, Series]:
    """Return the circumsolar and the horizon brightening coefficients F1 and F2."""
    dhi, dni = climate.dhi_w_m2, climate.dni_w_m2
    zenith = np.arccos(np.clip(mean_up, 0.0, 1.0))
    bright = dhi > 0.0
    clear = 1.041 * zenith**3
    ratio = np.divide(dhi + dni, dhi, out=np.ones_like(dhi), where=bright)
    row = PEREZ[np.searchsorted(PEREZ_CLASSES, (ratio + clear) / (1.0 + clear), side="right")]
    brightness = dhi * air_mass(mean_up) / extraterrestrial
    first = np.maximum(row[:, 0] + row[:, 1] * brightness + row[:, 2] * zenith, 0.0)
    second = row[:, 3] + row[:, 4] * brightness + row[:, 5] * zenith
    up = bright & (mean_up > 0.0)
    return np.where(up, first, 0.0), np.where(up, second, 0.0)
