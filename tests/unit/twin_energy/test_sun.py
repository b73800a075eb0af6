from dataclasses import replace

import numpy as np
import pytest

from twin.energy import synthetic_tallinn
from twin.energy.climate import HOURS
from twin.energy.glass import POWERS, glass_of, plain_glass
from twin.energy.sun import equation_of_time_h, irradiance, sun_direction, sun_path


def altitude(day: float, hour: float, latitude: float) -> float:
    up = sun_direction(np.array([day]), np.array([hour]), latitude)[2]
    return float(np.degrees(np.arcsin(up[0])))


@pytest.mark.parametrize(
    ("day", "latitude", "expected"),
    [
        (172, 59.44, 90 - 59.44 + 23.44),  # summer solstice in Tallinn
        (355, 59.44, 90 - 59.44 - 23.44),  # winter solstice
        (80, 0.0, 90.0),  # equinox on the equator
        (172, 39.83, 90 - 39.83 + 23.44),  # Denver
    ],
)
def test_noon_altitude(day, latitude, expected):
    assert altitude(day, 12.0, latitude) == pytest.approx(expected, abs=0.4)


def test_the_sun_stands_in_the_east_before_noon_and_sets_when_it_must():
    east, north, up = sun_direction(np.array([80.0, 80.0]), np.array([6.0, 18.0]), 59.44)
    assert east == pytest.approx([1.0, -1.0], abs=0.01)
    assert north == pytest.approx([0.0, 0.0], abs=0.02)
    assert up == pytest.approx([0.0, 0.0], abs=0.02)
    assert float(np.hypot(np.hypot(east, north), up)[0]) == pytest.approx(1.0)


@pytest.mark.parametrize(("day", "minutes"), [(42, -14.2), (307, 16.4), (105, 0.0), (244, 0.0)])
def test_equation_of_time(day, minutes):
    assert float(equation_of_time_h(np.array([float(day)]))[0]) * 60 == pytest.approx(minutes, abs=0.8)


def test_a_horizontal_plane_gets_the_global_irradiance():
    year = synthetic_tallinn()
    light = irradiance(year, sun_path(year), 0.0, 0.0)
    assert float((light.beam + light.diffuse).sum()) == pytest.approx(float(year.ghi_w_m2.sum()), rel=0.02)


def test_uniform_sky_without_sun_gives_half_to_a_wall():
    dark = np.zeros(HOURS)
    year = replace(synthetic_tallinn(), dni_w_m2=dark, dhi_w_m2=dark + 100.0, ghi_w_m2=dark)
    light = irradiance(year, sun_path(year), 0.0, 90.0)
    night = np.delete(np.arange(HOURS), sun_path(year).bright)
    assert light.diffuse[night] == pytest.approx(50.0)
    assert light.beam[night] == pytest.approx(0.0)


def test_the_south_gets_most_and_east_and_west_nearly_the_same():
    year = synthetic_tallinn()
    path = sun_path(year)
    total = {}
    for name, azimuth in (("N", 0.0), ("E", 90.0), ("S", 180.0), ("W", 270.0)):
        light = irradiance(year, path, azimuth, 90.0)
        total[name] = float((light.beam + light.diffuse).sum())
    assert total["S"] > total["E"] > total["N"]
    assert total["E"] == pytest.approx(total["W"], rel=0.05)


def at_angle(glass, angle, shares=None):
    shares = glass.passed if shares is None else shares
    return float(shares @ np.cos(np.radians(angle)) ** np.arange(POWERS))


def test_glass_by_angle():
    clear = glass_of(2.9, 0.769)  # two clear panes of 3 mm; 0.703 by EN 410
    assert at_angle(clear, 0) == pytest.approx(0.703, abs=0.01)
    assert at_angle(clear, 40) / at_angle(clear, 0) == pytest.approx(0.98, abs=0.02)
    assert at_angle(clear, 60) / at_angle(clear, 0) == pytest.approx(0.83, abs=0.04)
    assert at_angle(clear, 80) / at_angle(clear, 0) < 0.35
    assert abs(at_angle(clear, 90)) < 0.005
    assert 0.8 < clear.passed_diffuse / at_angle(clear, 0) < 0.92


def test_coated_triple_glass_keeps_the_light_that_is_inside():
    clear, coated, mirrored = glass_of(2.9, 0.769), glass_of(0.8, 0.5), glass_of(1.0, 0.35)
    assert clear.lost == pytest.approx(0.78, abs=0.01)
    # What EnergyPlus 25.2 lists for the material of the same two values: 0.41846, 0.40737
    assert at_angle(coated, 0) == pytest.approx(0.41846, abs=0.004)
    assert at_angle(coated, 0, coated.taken) == pytest.approx(1.0 - 0.41846 - 0.40737, abs=0.006)
    # It reports 0.22 of the sun on the mirrored panes of a year in Port Angeles as taken.
    assert mirrored.taken_diffuse == pytest.approx(0.221, abs=0.005)
    assert mirrored.lost < coated.lost < clear.lost


@pytest.mark.parametrize("u", [0.4, 1.0, 1.5, 2.5, 3.8, 4.5, 5.8, 6.5])
@pytest.mark.parametrize("g", [0.01, 0.1, 0.28, 0.4, 0.58, 0.7, 0.87])
def test_no_glass_passes_and_takes_more_than_there_is(u, g):
    glass = glass_of(u, g)
    assert 0.0 <= at_angle(glass, 0) <= g * 1.01 + 0.005
    assert -0.01 <= at_angle(glass, 0, glass.taken) <= 1.0 - at_angle(glass, 0) + 0.01
    assert 0.0 <= glass.taken_diffuse <= 1.0 - glass.passed_diffuse
    assert 0.0 <= glass.passed_diffuse <= glass.lost <= 1.0


def test_plain_glass_is_the_same_at_every_angle():
    assert at_angle(plain_glass(0.45), 70) == 0.45
