"""Triangles whose neighbours pass over corners on a straight line are sewn together."""

import numpy as np
import pytest

from twin.export.surfaces import is_closed, plane_surfaces, sewn, signed_volume

# a block of 2 by 1 by 1; its front wall uses a corner (8) in the middle of the lower edge that the floor passes over
POINTS = np.array(
    [(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0), (0, 0, 1), (2, 0, 1), (2, 1, 1), (0, 1, 1), (0.7, 0, 0)], dtype=float
)
FACES = np.array([
    (0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7),
    (0, 8, 4), (8, 5, 4), (8, 1, 5),
])  # fmt: skip


def test_a_corner_on_an_edge_closes_the_shell_without_moving_it():
    assert not is_closed(FACES)
    closed = sewn(POINTS, FACES)
    assert is_closed(closed)
    assert signed_volume(POINTS, closed) == pytest.approx(2.0)
    floor = [surface for surface in plane_surfaces(POINTS, closed) if surface.normal_z < -0.9]
    assert [sorted(surface.rings[0]) for surface in floor] == [[0, 1, 2, 3, 8]]


def test_a_corner_beside_an_edge_leaves_it_open():
    moved = POINTS.copy()
    moved[8] = (0.7, 0.01, 0.0)
    assert not is_closed(sewn(moved, FACES))


def test_a_hole_stays_a_hole():
    assert not is_closed(sewn(POINTS, FACES[2:]))
