import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from twin.energy import (
    Boundary,
    EnergyElement,
    EnergyModel,
    Kind,
    Layer,
    Method,
    Options,
    Source,
    Sourced,
    UseProfile,
    Zone,
    simulate,
    synthetic_tallinn,
    weather_of,
)
from twin.energy.assemble import ground_u
from twin.energy.climate import HOURS
from twin.energy.engine import prepare, some_hours
from twin.energy.inside import SEA_DENSITY, rising
from twin.energy.kernel import RESULT_COLUMNS, VENTILATION, compiled, run_year, third_root
from twin.errors import InvalidInput


def number(value: float) -> Sourced:
    return Sourced(value, "1", Source.PERSON)


def still(outside_c: float):
    """Make a year of one temperature, no sun and a sky as warm as the air."""
    flat = np.full(HOURS, outside_c)
    dark = np.zeros(HOURS)
    sky = 5.670374419e-8 * (flat + 273.15) ** 4
    return replace(
        synthetic_tallinn(), dry_bulb_c=flat, dew_point_c=flat, wind_m_s=dark + 4.0, ghi_w_m2=dark,
        dni_w_m2=dark, dhi_w_m2=dark, sky_infrared_w_m2=sky,
    )  # fmt: skip


def cube(gains: float = 0.0, heating: float = 20.0, changes: float = 0.0, layers=(), u: float = 0.5) -> EnergyModel:
    walls = [
        EnergyElement(f"w{azimuth}", Kind.WALL, Boundary.OUTSIDE, number(20.0), azimuth, 90.0, number(u), layers)
        for azimuth in (0.0, 90.0, 180.0, 270.0)
    ]
    use = UseProfile("u", False, (heating,) * 24, (1000.0,) * 24, (gains,) * 24, 0.5)
    return EnergyModel("cube", Zone(number(25.0), number(100.0), number(changes), use), tuple(walls))


def from_air_by_hand(resistance: float, outside_c: float, radiant: float = 0.0) -> float:
    """Return what four equal walls of 20 m2 take from air of 20 °C, W; radiant is what each square metre gets beside.

    All faces are equally warm, so that no radiation passes between them.
    """
    inner, outer = 18.0, outside_c + 1.0
    for _ in range(200):
        inside = 1.31 * abs(20.0 - inner) ** (1.0 / 3.0)
        calm = 1.31 * abs(outer - outside_c) ** (1.0 / 3.0)
        wind = (3.26 * 3.04**0.89 + 3.55 * 3.04**0.617) / 2.0  # 0.76 of 4 m/s, half of the time each
        rough = calm + 1.52 * (np.hypot(calm, wind) - calm)
        shine = 4.0 * 0.9 * 5.670374419e-8 * (outside_c + 273.15) ** 3
        through = (inner - outer) / resistance
        inner += 0.05 * (inside * (20.0 - inner) + radiant - through)
        outer = outside_c + through / (rough + shine)
    return float(80.0 * inside * (20.0 - inner))


def test_steady_loss_by_hand():
    thick = (Layer(0.2, 0.1),)  # R 2.0
    result = simulate(cube(layers=thick, u=1 / 2.17), still(0.0))
    assert result.heating_kwh / 8.76 == pytest.approx(from_air_by_hand(2.0, 0.0), rel=0.005)
    assert result.residual < 1e-9


def test_ventilation_loss_by_hand():
    sealed, open_ = simulate(cube(), still(0.0)), simulate(cube(changes=1.0), still(0.0))
    year = still(0.0)
    by_hand = 100.0 * year.air_density_kg_m3() * 1006.0 / 3600.0 * 20.0 * 8.76
    assert open_.heating_kwh - sealed.heating_kwh == pytest.approx(by_hand, rel=1e-6)
    assert -open_.kwh(VENTILATION) == pytest.approx(by_hand, rel=1e-6)


def test_convective_gains_lower_the_need_one_for_one():
    without = simulate(cube(), still(-10.0))
    model = cube(gains=4.0)
    convective = replace(model.zone.profile, radiative_share=0.0)
    with_ = simulate(replace(model, zone=replace(model.zone, profile=convective)), still(-10.0))
    assert without.heating_kwh - with_.heating_kwh == pytest.approx(4.0 * 25.0 * 8.76, rel=1e-6)


def test_radiative_gains_lose_what_the_wall_takes():
    without, with_ = simulate(cube(), still(-10.0)), simulate(cube(gains=4.0), still(-10.0))
    resistance, radiant = 1 / 0.5 - 0.17, 0.5 * 4.0 * 25.0
    kept = from_air_by_hand(resistance, -10.0) - from_air_by_hand(resistance, -10.0, radiant / 80.0)
    assert 0.5 * radiant < kept < radiant
    assert without.heating_kwh - with_.heating_kwh == pytest.approx((kept + radiant) * 8.76, rel=0.005)


def test_as_warm_outside_as_inside_needs_nothing():
    result = simulate(cube(), still(20.0))
    assert result.heating_kwh == pytest.approx(0.0, abs=1e-6)
    assert result.air_c == pytest.approx(20.0)


def test_the_balance_closes_in_a_real_year():
    result = simulate(cube(gains=4.0, changes=0.5), synthetic_tallinn())
    assert result.residual < 1e-9
    assert result.monthly_kwh(0).sum() == pytest.approx(result.heating_kwh)
    assert result.heating_kwh > 1000.0


def test_the_heating_set_point_climbs_no_faster_than_the_ramp():
    model = cube()
    night = tuple(20.0 if 7 <= hour < 23 else 10.0 for hour in range(24))
    slow = replace(model.zone.profile, heating_c=night, ramp_k_h=10.0)
    fast = replace(slow, ramp_k_h=1000.0)
    peaks = []
    for use in (slow, fast):
        result = simulate(replace(model, zone=replace(model.zone, profile=use)), still(-10.0), Options(4))
        peaks.append(float(result.hourly[24 * 10 + 7, 0]))
    assert peaks[0] < 0.8 * peaks[1]


def test_machine_code_and_plain_python_agree():
    prepared = prepare(cube(gains=3.0, changes=0.4), synthetic_tallinn())
    few = some_hours(prepared.hours, slice(4000, 4048))
    results = []
    for kernel in (run_year, compiled()):
        temperature, state, result = np.full(16, 20.0), np.array([20.0]), np.empty((48, RESULT_COLUMNS))
        kernel(prepared.house, few, temperature, state, result)
        results.append(result)
    assert results[0] == pytest.approx(results[1], rel=1e-9, abs=1e-9)


def test_weather_that_is_shared_changes_nothing():
    year = synthetic_tallinn()
    shared = weather_of(year)
    first, second = cube(gains=3.0), cube(gains=3.0, u=0.3)
    for model in (first, second, first):
        assert (simulate(model, year, weather=shared).hourly == simulate(model, year).hourly).all()


def test_weather_of_another_year_or_method_is_refused():
    year = synthetic_tallinn()
    for other in (weather_of(still(0.0)), weather_of(year, Options(method=Method.ISO_DEFAULT))):
        with pytest.raises(InvalidInput) as refused:
            simulate(cube(), year, weather=other)
        assert refused.value.reason == "energy-weather"


def test_importing_compiles_nothing_and_loads_no_compiler():
    code = "import sys, twin.energy; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_ground_slab_after_iso_13370():
    # 10 x 10 m, R of the slab 2.0: B' = 5, dt = 0.4 + 2 (0.17 + 2 + 0.04) = 4.82 < B'
    assert ground_u(1 / 2.21, 100.0, 40.0) == pytest.approx(4 / (np.pi * 5 + 4.82) * np.log(np.pi * 5 / 4.82 + 1))
    assert ground_u(0.1, 100.0, 40.0) == pytest.approx(2.0 / (0.457 * 5 + 0.4 + 20.0))


def test_third_root_is_exact_enough_for_films():
    apart = np.geomspace(1e-6, 200.0, 500)
    roots = np.array([third_root(each) for each in apart])
    assert np.abs(roots / np.cbrt(apart) - 1.0).max() < 3e-5
    assert third_root(0.0) < 1e-9


def test_thin_air_moves_less_along_a_pane_and_as_before_along_a_wall():
    wall = cube().elements[0]
    pane = replace(wall, kind=Kind.WINDOW, g=number(0.6))
    sea, high = rising((pane, wall)), rising((pane, wall), 0.64 * SEA_DENSITY)  # 3,600 m or so
    assert high[0] == pytest.approx(0.8 * sea[0])  # the fourth root of the square
    assert (high[1] == sea[1]).all()
    house = cube()
    house = replace(house, elements=(pane, *house.elements[1:]))
    valley, peak = (prepare(house, replace(still(0.0), elevation_m=height)).house.rising for height in (0.0, 3000.0))
    assert (valley[0] == sea[0]).all()
    assert (peak[0] < 0.9 * sea[0]).all()
