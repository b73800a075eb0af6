"""The longest way out: exact around corners, through doors, and what is told when there is none."""

from math import hypot
from typing import Any

import numpy as np
import pytest
from shapely import Polygon
from shapely import box as rectangle

from twin.permit import Subject
from twin.permit.geodesic import Floor

ANGLE = Polygon([(0, 0), (10, 0), (10, 2), (2, 2), (2, 10), (0, 10)])


def subject(house: Any) -> Subject:
    house.put("door-out", "AR_Uks.370_Evakuatsiooniväljapääs", value=True)
    return Subject(house.context())


def test_an_angled_room_bends_ways_at_its_inner_corner() -> None:
    floor = Floor(ANGLE)
    assert floor.corners.tolist() == [[2.0, 2.0]]
    seen = floor.sees(np.array([[9.0, 1.0]]), np.array([[1.0, 9.0], [2.0, 2.0], [1.0, 1.0]]))
    assert seen.tolist() == [[False, True, True]]


def test_a_room_of_straight_walls_has_no_corners_to_bend_at() -> None:
    floor = Floor(rectangle(0, 0, 5, 4))
    assert len(floor.corners) == 0
    assert floor.enter((2.0, -0.3)) == (2.0, 0.0)


def test_a_hole_in_the_floor_is_walked_around() -> None:
    floor = Floor(Polygon([(0, 0), (6, 0), (6, 6), (0, 6)], [[(2, 2), (4, 2), (4, 4), (2, 4)]]))
    assert sorted(floor.corners.tolist()) == [[2.0, 2.0], [2.0, 4.0], [4.0, 2.0], [4.0, 4.0]]
    assert not floor.sees(np.array([[0.0, 3.0]]), np.array([[6.0, 3.0]])).any()


def test_the_way_through_three_rooms_has_the_length_of_its_parts(house: Any) -> None:
    ways = subject(house).exits.ways
    last = hypot(2.0, 2.55)  # from the far corner of the toilet to its door
    first = hypot(3.45, 1.45)  # from the door of the bedroom to the entrance
    assert ways["wc"].length_m == pytest.approx(last + 0.1 + 3.0 + 0.1 + first + 0.15, abs=1e-6)
    path = np.array(ways["wc"].path)
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).sum() == pytest.approx(ways["wc"].length_m)
    assert path[-1][:2].tolist() == pytest.approx([1.55, -0.15])


def test_a_room_without_a_door_has_no_way_out(house: Any) -> None:
    house.remove("door-2")
    assert set(subject(house).exits.ways) == {"living", "bedroom"}


def test_without_an_exit_nobody_gets_out(house: Any) -> None:
    house.put("door-out", "AR_Uks.370_Evakuatsiooniväljapääs", value=False)
    assert not Subject(house.context()).exits.ways
