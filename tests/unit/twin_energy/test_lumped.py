import numpy as np
import pytest

from benchmarks.energy_buildings import RECIPES, model_of
from twin.energy import Horizon, Method, Options, city_climate, simulate, simulate_lumped, synthetic_tallinn
from twin.energy.step_lumped import mix
from twin.energy.sun import height_deg, irradiance, sky_share, sun_path
from twin.errors import InvalidInput


@pytest.fixture(scope="module")
def climate():
    return synthetic_tallinn()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_lumped_parts_need_what_all_parts_need(recipe, climate):
    model = model_of(recipe)
    full, lumped = simulate(model, climate), simulate_lumped(model, city_climate(climate))
    assert lumped.heating_kwh == pytest.approx(full.heating_kwh, rel=0.02)
    assert lumped.cooling_kwh == pytest.approx(full.cooling_kwh, rel=0.05)
    assert lumped.monthly_heating_kwh().sum() == pytest.approx(lumped.heating_kwh)
    assert lumped.heating_kwh / 8760 < lumped.peak_heating_kw < full.hourly[:, 0].max() / 1000.0 * 1.05
    assert lumped.hours_above(recipe.use[2] + 0.01) == 0


def test_the_defaults_of_the_standard_need_more_heat(climate):
    model = model_of(RECIPES[1])
    own, iso = (simulate(model, climate, Options(method=method)) for method in Method)
    assert 1.02 < iso.heating_kwh / own.heating_kwh < 1.2
    assert iso.residual < 1e-6


def test_columns_are_blended_by_their_weights():
    table = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    mixed = np.ones((1, 3))
    mix(table, np.array([0, 1]), np.array([0, 0]), np.array([2.0, 10.0]), mixed)
    assert mixed.tolist() == [[31.0, 43.0, 55.0]]


def test_a_horizon_is_a_line_between_its_directions():
    horizon = Horizon((350.0, 10.0, 30.0), (20.0, 40.0, 0.0))
    assert height_deg(horizon, np.array([350.0, 0.0, 20.0, 180.0])).tolist() == [20.0, 30.0, 20.0, 0.0]


def test_a_wall_of_houses_hides_sun_and_sky(climate):
    path = sun_path(climate)
    street = Horizon((90.0, 270.0), (30.0, 30.0))
    free, shaded = (irradiance(climate, path, 180.0, 90.0, horizon=one) for one in (None, street))
    assert 0.1 < shaded.beam.sum() / free.beam.sum() < 0.7
    assert shaded.diffuse.sum() < free.diffuse.sum()
    nothing = irradiance(climate, path, 180.0, 90.0, horizon=Horizon((90.0, 270.0), (0.0, 0.0)))
    assert nothing.beam.sum() == pytest.approx(free.beam.sum(), rel=1e-9)
    # An even horizon of height h before a wall hides (h + sin h cos h) / (π/2) of the light of an even sky.
    h = np.radians(30.0)
    left = 1.0 - (h + np.sin(h) * np.cos(h)) / (np.pi / 2)
    assert sky_share(street, 180.0, 90.0) == pytest.approx(left, abs=0.01)


@pytest.mark.parametrize(("azimuths", "angles"), [((0.0,), (1.0,)), ((0.0, 1.0), (1.0,)), ((0.0, 1.0), (-1.0, 2.0))])
def test_an_unusable_horizon_is_refused(azimuths, angles):
    with pytest.raises(InvalidInput) as refused:
        Horizon(azimuths, angles)
    assert refused.value.reason == "energy-horizon"
