"""Distances, shared walls and horizons of shapes whose answers can be computed by hand."""

import math

import pytest
from shapely import box
from shapely.affinity import rotate

from twin.district import Body, bodies_near, horizon, near, shared_wall_m

E, N = 542_000.0, 6_588_000.0


def body(name, x0, y0, x1, y1, height=10.0, ground=0.0):
    return Body(name, box(E + x0, N + y0, E + x1, N + y1), ground, height, "context", {})


def test_distance_and_overlap():
    subject = body("a", 0, 0, 10, 10)
    others = [body("far", 100, 0, 110, 10), body("near", 14, 0, 20, 10), body("in", 8, 0, 12, 10)]
    found = near(subject, others, 5.0)
    assert [(d.building_id, round(d.distance_m, 6), round(d.overlap_m2, 6)) for d in found] == [
        ("in", 0.0, 20.0),
        ("near", 4.0, 0.0),
    ]
    assert [b.building_id for b in bodies_near(subject.shape, others, 5.0)] == ["near", "in"]
    assert bodies_near(subject.shape, [], 5.0) == []


@pytest.mark.parametrize("turn", [0, 17, 90, 133])
@pytest.mark.parametrize(("gap", "expected"), [(0.0, 6.0), (0.08, 6.0), (0.2, 0.0)])
def test_a_shared_wall_is_as_long_as_both_walls_have_in_common(turn, gap, expected):
    origin = (E, N)
    a = rotate(box(E, N, E + 10, N + 8), turn, origin=origin)
    b = rotate(box(E + 10 + gap, N + 2, E + 20, N + 20), turn, origin=origin)
    assert shared_wall_m(a, b) == pytest.approx(expected, abs=1e-6)
    assert shared_wall_m(b, a) == pytest.approx(expected, abs=1e-6)


def test_walls_that_meet_at_a_corner_share_nothing():
    assert shared_wall_m(box(0, 0, 10, 10), box(10, 10, 20, 20)) == 0.0


def test_a_wall_in_two_pieces_is_counted_once():
    stepped = box(10, 0, 20, 4).union(box(10, 4, 25, 8))
    assert shared_wall_m(box(0, 0, 10, 8), stepped) == pytest.approx(8.0)


def test_the_horizon_before_a_wall_is_the_angle_to_its_top():
    subject = body("a", 0, 0, 10, 10)
    wall = body("south", -500, -30, 510, -20, height=21.5)
    facades = {f.azimuth_deg: f for f in horizon(subject, [wall])}
    assert sorted(facades) == [0.0, 90.0, 180.0, 270.0]
    south = facades[180.0]
    assert south.position == (E + 5, N, 1.5)
    straight = south.azimuths_deg.index(180.0)
    assert south.angles_deg[straight] == pytest.approx(45.0, abs=0.001)  # 20 m above the eye, 20 m away
    aside = south.azimuths_deg.index(225.0)
    expected = math.degrees(math.atan2(20.0, 20.0 * math.sqrt(2)))
    assert south.angles_deg[aside] == pytest.approx(expected, abs=0.001)
    assert south.hidden_by[straight] == "south"
    assert max(facades[0.0].angles_deg) == 0.0
    assert set(facades[0.0].hidden_by) == {None}


def test_the_higher_of_two_walls_makes_the_horizon():
    low, high = body("low", -5, 20, 15, 22, height=6.5), body("high", -5, 40, 15, 45, height=31.5)
    north = next(f for f in horizon(body("a", 0, 0, 10, 10), [low, high]) if f.azimuth_deg == 0.0)
    straight = north.azimuths_deg.index(0.0)
    assert north.hidden_by[straight] == "high"
    assert north.angles_deg[straight] == pytest.approx(45.0, abs=0.001)


def test_the_ground_of_both_counts_and_what_lies_below_the_eye_hides_nothing():
    subject = body("a", 0, 0, 10, 10, ground=20.0)
    below = body("b", -50, -30, 60, -20, height=5.0, ground=10.0)
    assert all(max(f.angles_deg) == 0.0 for f in horizon(subject, [below]))


def test_a_body_without_heights_and_the_body_itself_hide_nothing():
    subject = body("a", 0, 0, 10, 10)
    unknown = Body("b", box(E - 50, N - 30, E + 60, N - 20), None, None, "context", {})
    assert all(max(f.angles_deg) == 0.0 for f in horizon(subject, [unknown, subject]))
