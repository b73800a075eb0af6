"""The envelope of generated buildings against their truth: every area inside, by façade."""

import json

import pytest

from benchmarks.energy_envelope import EDGES, HOUSES, LEAST_M2, load, with_boundaries
from twin.energy import Kind, build_envelope

WITHIN = 0.01


def inside_m2(truth, facade) -> float:
    """Return the gross area of a façade as its rooms see it."""
    boxes = [space["box"] for space in truth["spaces"]]
    place, extreme = EDGES[facade["side"]]
    edge = extreme(box[place] for box in boxes)
    across = (1, 4) if place in (0, 3) else (0, 3)
    return sum((b[across[1]] - b[across[0]]) * (b[5] - b[2]) for b in boxes if abs(b[place] - edge) < 1e-3)


@pytest.fixture(scope="module", params=HOUSES)
def case(request, sample_district, tmp_path_factory):
    """Return the truth of a house and its envelope; its file got the space boundaries of the truth."""
    truth = json.loads((sample_district / "truth.json").read_text(encoding="utf-8"))["files"]
    name = f"models/{request.param}.ifc"
    bounded = tmp_path_factory.mktemp("bounded") / f"{request.param}.ifc"
    with_boundaries(sample_district / name, truth[name], bounded)
    return truth[name], build_envelope(load(bounded))


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


def test_three_ways_agree_within_five_per_cent(case):
    _, envelope = case
    rows = [one for one in envelope.quality if one.rays_m2 >= LEAST_M2]
    assert {one.kind for one in rows} == {Kind.WALL, Kind.WINDOW, Kind.ROOF, Kind.FLOOR}
    assert len(rows) >= 8
    for one in rows:
        assert one.boundaries_m2 == pytest.approx(one.rays_m2, rel=0.05)
        assert one.flags_m2 == pytest.approx(one.rays_m2, rel=0.05)
        assert one.spread is not None
        assert one.spread <= 0.05
    assert not any(finding.rule.startswith("energy.spread") for finding in envelope.findings)
