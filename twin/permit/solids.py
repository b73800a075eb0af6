"""Shapes of rooms from their meshes: outline, ceiling profile, widest inscribed width."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from ifc import Kernel, Mesh
from twin.district import Area, outline
from twin.permit.geodesic import Floor
from twin.permit.values import Picture

FLOOR_BAND_M = 0.05  # a triangle wholly this near the lowest point belongs to the floor
LEVEL_M = 0.01  # a ceiling that rises less than this within one triangle is level
COVER_TOLERANCE = 0.02  # ceiling and outline may differ by this share before the shape counts as irregular
WIDTH_TOLERANCE_M = 0.0005  # accuracy of the inscribed circle
BISECTIONS = 50  # halves any room height to far below a micrometre


@dataclass(frozen=True)
class RoomShape:
    """The shape of one room.

    Attributes:
        outline: Projection in model coordinates, metres.
        floor_m: Lowest point, metres, model coordinates.
        top_m: Highest point, metres, model coordinates.
        ceiling_areas: float64 (n,): projected area of each ceiling triangle in square metres.
        ceiling_heights: float64 (n, 3): height of its corners above the floor in metres.
    """

    outline: Area
    floor_m: float
    top_m: float
    ceiling_areas: NDArray[np.float64]
    ceiling_heights: NDArray[np.float64]

    @cached_property
    def regular(self) -> bool:
        """Return whether the ceiling covers the outline once, so that heights and areas can be trusted."""
        return abs(float(self.ceiling_areas.sum()) - self.outline.area) <= COVER_TOLERANCE * self.outline.area

    @cached_property
    def sloped(self) -> bool:
        """Return whether any part of the ceiling slopes."""
        return bool((np.ptp(self.ceiling_heights, axis=1) > LEVEL_M).any())

    @cached_property
    def floor(self) -> Floor:
        """Return the floor, on which one walks."""
        return Floor(self.outline)

    @cached_property
    def sides(self) -> tuple[float, float]:
        """Return the shorter and the longer side in metres of the smallest rectangle around the outline."""
        corners = shapely.get_coordinates(shapely.oriented_envelope(self.outline))
        short, long = sorted(np.linalg.norm(np.diff(corners[:3], axis=0), axis=1).tolist())
        return float(short), float(long)

    @cached_property
    def lowest_m(self) -> float:
        """Return the lowest ceiling height in metres."""
        return float(self.ceiling_heights.min())

    def area_above(self, height_m: float) -> float:
        """Return the area in square metres over which the room is at least `height_m` high; exact for flat floors."""
        low, mid, high = np.sort(self.ceiling_heights, axis=1).T
        with np.errstate(divide="ignore", invalid="ignore"):
            lower = 1 - (height_m - low) ** 2 / ((high - low) * (mid - low))
            upper = (high - height_m) ** 2 / ((high - low) * (high - mid))
        share = np.where(
            height_m <= low, 1.0, np.where(height_m > high, 0.0, np.where(height_m <= mid, lower, upper))
        )
        return float((np.nan_to_num(share) * self.ceiling_areas).sum())

    def height_over_half(self, counted_from_m: float) -> float:
        """Return the height in metres that half of the counted area reaches; 0 if no area counts.

        Args:
            counted_from_m: Only parts at least this high count.
        """
        half = self.area_above(counted_from_m) / 2
        if half <= 0:
            return 0.0
        low, high = counted_from_m, float(self.ceiling_heights.max())
        if self.area_above(high) >= half:
            return high
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.area_above(middle) >= half else (low, middle)
        return low

    @cached_property
    def width_line(self) -> tuple[float, tuple[tuple[float, float], tuple[float, float]]]:
        """Return the widest inscribed width in metres with a line of that length that shows it.

        It is the diameter of the largest circle in the outline: for a rectangle the distance between its long sides.
        """
        radius = shapely.maximum_inscribed_circle(self.outline, tolerance=WIDTH_TOLERANCE_M)
        (x, y), (edge_x, edge_y) = shapely.get_coordinates(radius)
        ends = ((float(2 * x - edge_x), float(2 * y - edge_y)), (float(edge_x), float(edge_y)))
        return 2 * float(radius.length), ends

    def overlaps_height(self, low_m: float, high_m: float, at_least_m: float) -> bool:
        """Return whether the room and a height range share at least `at_least_m` metres of height."""
        return min(self.top_m, high_m) - max(self.floor_m, low_m) >= at_least_m


def room_shape(mesh: Mesh) -> RoomShape | None:
    """Return the shape of a space mesh, or None if it encloses nothing or is only the box of a lost geometry."""
    plan = outline([mesh]) if mesh.kernel is not Kernel.BOX else None
    if plan is None:
        return None
    corners = mesh.vertices[mesh.faces.astype(np.int64)]
    floor = float(mesh.vertices[:, 2].min())
    edge_a, edge_b = corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
    areas = np.abs(edge_a[:, 0] * edge_b[:, 1] - edge_a[:, 1] * edge_b[:, 0]) / 2
    heights = corners[:, :, 2] - floor
    ceiling = (heights.max(axis=1) > FLOOR_BAND_M) & (areas > 0)
    if not ceiling.any():
        return None
    return RoomShape(plan, floor, float(mesh.vertices[:, 2].max()), areas[ceiling], heights[ceiling])


def polygon_picture(area: Area, crs: str = "model", z: float | None = None) -> Picture:
    """Return the largest part of a polygon as a picture.

    Args:
        area: Polygon or MultiPolygon.
        crs: ``model`` or ``EPSG:3301``.
        z: Height to add to each position, metres; None for plane positions.
    """
    part = max(shapely.get_parts(area), key=lambda piece: float(piece.area))
    rings = [part.exterior, *part.interiors]
    return Picture("polygon", crs, [[_position(point, z) for point in ring.coords] for ring in rings])


def line_picture(points: Sequence[Sequence[float]], crs: str = "model", z: float | None = None) -> Picture:
    """Return two positions as a line, or more as a path."""
    return Picture("line" if len(points) == 2 else "path", crs, [_position(point, z) for point in points])


def box_picture(mesh: Mesh) -> Picture:
    """Return the box of a mesh in model coordinates."""
    return Picture("box", "model", [[float(part) for part in corner] for corner in mesh.bounds()])


def _position(point: Sequence[float], z: float | None) -> list[float]:
    plane = [float(point[0]), float(point[1])]
    return plane if z is None else [*plane, z]
