"""The envelope of generated buildings against their truth: every area inside, by façade."""

import json

import pytest

from ifc import mesh_file, read_model
from twin.energy import Kind, build_envelope
from twin.snapshot import Snapshot, Stage

WITHIN = 0.01
HOUSES = ("120900101_as-designed", "120900201_as-designed", "120900104_as-designed")
EDGES = {"W": (0, min), "E": (3, max), "S": (1, min), "N": (4, max)}


def load(path) -> Snapshot:
    model = read_model(path)
    meshes, _ = mesh_file(path)
    return Snapshot("112345678", Stage.AS_DESIGNED, 1, model.file_sha256, model.by_id(), meshes, model.georeference)


def inside_m2(truth, facade) -> float:
    """Return the gross area of a façade as its rooms see it."""
    boxes = [space["box"] for space in truth["spaces"]]
    place, extreme = EDGES[facade["side"]]
    edge = extreme(box[place] for box in boxes)
    across = (1, 4) if place in (0, 3) else (0, 3)
    return sum((b[across[1]] - b[across[0]]) * (b[5] - b[2]) for b in boxes if abs(b[place] - edge) < 1e-3)


@pytest.fixture(scope="module", params=HOUSES)
def case(request, sample_district):
    truth = json.loads((sample_district / "truth.json").read_text(encoding="utf-8"))["files"]
    name = f"models/{request.param}.ifc"
    return truth[name], build_envelope(load(sample_district / name))


def test_every_facade_is_within_one_per_cent_of_the_truth(case):
    truth, envelope = case
    for facade in truth["envelope"]["facades"]:
        side = facade["orientation"]
        opaque = inside_m2(truth, facade) - facade["window_m2"] - facade["door_m2"]
        assert envelope.area_m2(Kind.WALL, side) == pytest.approx(opaque, rel=WITHIN)
        assert envelope.area_m2(Kind.WINDOW, side) == pytest.approx(facade["window_m2"], rel=WITHIN, abs=0.01)


def test_ground_and_volume_are_within_one_per_cent_of_the_truth(case):
    truth, envelope = case
    low = min(space["box"][2] for space in truth["spaces"])
    ground = sum(space["floor_area_m2"] for space in truth["spaces"] if space["box"][2] - low < 0.01)
    assert envelope.area_m2(Kind.FLOOR, "ground") == pytest.approx(ground, rel=WITHIN)
    assert envelope.volume_m3.value == pytest.approx(truth["net_volume_m3"], rel=WITHIN)


def test_windows_agree_by_all_ways(case):
    _, envelope = case
    windows = [one for one in envelope.quality if one.kind is Kind.WINDOW]
    assert windows
    assert all(one.spread is not None and one.spread <= 0.05 for one in windows)
