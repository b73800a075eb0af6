"""Shortest walks inside one room: exact around the corners of its outline.

In a polygon the shortest way between two points bends only at reflex corners, so a graph of points and corners with
an edge wherever one sees the other holds every shortest way (visibility graph). What is not exact is told by the
constants: the outline is simplified by at most `SIMPLIFY_M`, and furniture is not looked at.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.polygon import orient

from twin.district import Area

SIMPLIFY_M = 0.02  # outlines of exporters have vertices on straight walls; two centimetres is below any wall
MAX_CORNERS = 120  # of one room; beyond it the outline is simplified further, or the graph grows with the square
SIGHT_M = 0.005  # how far a line of sight may leave the outline: points on walls see along them
GRID_M = 0.5  # spacing of the points among which the farthest of a room with several ways out is looked for
MAX_GRID = 2_000  # points of one room; a larger room takes a wider grid
REFLEX = -1e-9  # cross product of two edges below which a corner is reflex

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Floor:
    """The floor of one room.

    Attributes:
        outline: Polygon or MultiPolygon in model metres.
    """

    outline: Area

    @cached_property
    def corners(self) -> Points:
        """Return the reflex corners, float64 (n, 2) in metres: where a shortest way may bend."""
        tolerance = SIMPLIFY_M
        found = _reflex(self.outline.simplify(tolerance))
        while len(found) > MAX_CORNERS:
            tolerance *= 2
            found = _reflex(self.outline.simplify(tolerance))
        return found

    def enter(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return the point of the floor that is nearest to a point beside it, metres."""
        nearest = shapely.shortest_line(self.outline, shapely.Point(point)).coords[0]
        return float(nearest[0]), float(nearest[1])

    def sees(self, origins: Points, targets: Points) -> NDArray[np.bool_]:
        """Return a matrix (origins, targets): whether the straight line between them stays on the floor."""
        if len(self.corners) == 0 and isinstance(self.outline, shapely.Polygon):
            return np.ones((len(origins), len(targets)), dtype=bool)
        pairs = np.stack(np.broadcast_arrays(origins[:, None, :], targets[None, :, :]), axis=2)
        lines = shapely.linestrings(pairs.reshape(-1, 2, 2))
        seen: NDArray[np.bool_] = shapely.covers(self._seen_through, lines).reshape(len(origins), len(targets))
        return seen

    def far_points(self, *, several_ways: bool) -> Points:
        """Return the points among which the farthest one is: all corners of walls, with a grid if needed.

        With one way out the distance is convex along every straight piece, so a wall corner is the farthest point
        and the answer is exact. With several ways out the farthest point may lie inside; a grid of `GRID_M` misses it
        by at most the half diagonal of a cell, 0.36 m, and more only in rooms over 500 square metres.
        """
        walls = shapely.get_coordinates(self.outline.simplify(SIMPLIFY_M))
        return np.concatenate([walls, self._grid()]) if several_ways else walls

    @cached_property
    def _seen_through(self) -> shapely.Geometry:
        wide = self.outline.buffer(SIGHT_M)
        shapely.prepare(wide)
        return wide

    def _grid(self) -> Points:
        low_x, low_y, high_x, high_y = self.outline.bounds
        spacing = max(GRID_M, ((high_x - low_x) * (high_y - low_y) / MAX_GRID) ** 0.5)
        x, y = np.meshgrid(np.arange(low_x, high_x, spacing), np.arange(low_y, high_y, spacing))
        points = np.column_stack([x.ravel(), y.ravel()])
        inside: Points = points[shapely.contains_xy(self.outline, points[:, 0], points[:, 1])]
        return inside


def _reflex(outline: shapely.Geometry) -> Points:
    rings = [
        np.asarray(ring.coords)[:-1]
        for part in shapely.get_parts(outline)
        for whole in (orient(part),)
        for ring in (whole.exterior, *whole.interiors)
    ]
    found = [ring[_turns_right(ring)] for ring in rings if len(ring) >= 3]
    return np.concatenate(found) if found else np.empty((0, 2))


def _turns_right(ring: Points) -> NDArray[np.bool_]:
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turn: NDArray[np.bool_] = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] < REFLEX
    return turn
