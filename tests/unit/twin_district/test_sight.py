"""Sight lines: what hides a mark, by how much, and what is not known."""

import pytest
from shapely import MultiPolygon, box

from twin.district import Body, sight

E, N = 542_000.0, 6_588_000.0


def block(name, x0, y0, x1, y1, top, ground=0.0):
    height = None if top is None else top - ground
    return Body(name, box(E + x0, N + y0, E + x1, N + y1), ground, height, "context", {})


def at(x, y, height):
    return E + x, N + y, height


def test_a_wall_in_the_way_hides_by_its_height_above_the_line():
    """From 2 m to 22 m over 100 m the line stands at 10 m after 40 m and at 12 m after 50 m."""
    found = sight(at(0, 0, 2), at(100, 0, 22), [block("wall", 40, -5, 50, 5, 15.0)])
    assert found.visible is False
    (wall,) = found.obstacles
    assert (wall.building_id, wall.distance_m, wall.length_m) == ("wall", 40.0, 10.0)
    assert wall.line_m == pytest.approx(10.0, abs=0.001)
    assert wall.above_m == pytest.approx(5.0, abs=0.001)
    assert found.clearance_m == -wall.above_m


def test_a_line_that_rises_over_a_wall_is_free_by_the_least_distance():
    found = sight(at(0, 0, 2), at(100, 0, 22), [block("low", 40, -5, 50, 5, 9.0), block("lower", 70, -5, 80, 5, 3.0)])
    assert found.visible is True
    assert found.clearance_m == pytest.approx(1.0, abs=0.001)
    assert [o.building_id for o in found.obstacles] == ["low", "lower"]


def test_a_line_that_falls_is_lowest_at_the_far_side():
    (wall,) = sight(at(0, 0, 22), at(100, 0, 2), [block("wall", 40, -5, 50, 5, 15.0)]).obstacles
    assert (wall.distance_m, wall.line_m) == (50.0, pytest.approx(12.0, abs=0.001))


def test_what_stands_beside_touches_or_belongs_to_the_ends_hides_nothing():
    beside, own = block("beside", 10, 1, 90, 9, 99.0), block("own", -10, -5, 1, 5, 99.0)
    touching = block("touching", 10, 0, 90, 9, 99.0)
    found = sight(at(0, 0, 2), at(100, 0, 2), [beside, own], own=["own"])
    assert (found.visible, found.clearance_m, found.obstacles) == (True, None, ())
    assert sight(at(0, -0.001, 2), at(100, -0.001, 2), [touching]).visible is True


def test_a_building_of_unknown_height_leaves_the_answer_open():
    unknown = block("unknown", 40, -5, 50, 5, None)
    found = sight(at(0, 0, 2), at(100, 0, 22), [unknown])
    assert (found.visible, found.unknown) == (None, ("unknown",))
    hidden = sight(at(0, 0, 2), at(100, 0, 22), [unknown, block("wall", 60, -5, 65, 5, 50.0)])
    assert (hidden.visible, hidden.unknown) == (False, ("unknown",))


def test_two_wings_of_one_building_are_one_obstacle():
    wings = MultiPolygon([box(E + 20, N - 5, E + 30, N + 5), box(E + 60, N - 5, E + 70, N + 5)])
    (found,) = sight(at(0, 0, 10), at(100, 0, 10), [Body("wings", wings, 0.0, 12.0, "context", {})]).obstacles
    assert (found.length_m, found.above_m) == (20.0, pytest.approx(2.0, abs=0.001))


def test_over_ten_kilometres_the_earth_rises_by_two_metres():
    """In the middle: d²/8R = 10,000² / 8 / 6.39e6 = 1.956 m."""
    found = sight(at(0, 0, 30), at(10_000, 0, 30), [block("mid", 4_999.5, -5, 5_000.5, 5, 29.0)])
    assert found.visible is False
    assert found.obstacles[0].above_m == pytest.approx(0.956, abs=0.001)
