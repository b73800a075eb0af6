"""From the surfaces of a city object to its outline on the map."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.validation import explain_validity

from twin.district.values import Area

STEEP = 0.1  # upward part of a unit normal below which a face is a wall and gives no outline
LEVEL_M = 0.01  # corners within it are level; a wall of that height is none
MIN_AREA_M2 = 0.5  # a smaller outline is a drawing error, not a building
MAX_SURFACES = 100_000  # of one building; the most detailed LoD2 has some thousands
MAX_CORNERS = 10_000  # of one outline; the most detailed have some hundreds, and a tile must hold it whole
_DEPTH = {"MultiSurface": 0, "CompositeSurface": 0, "Solid": 1, "MultiSolid": 2, "CompositeSolid": 2}

Points = NDArray[np.float64]


class Unusable(Exception):  # noqa: N818 - says what the object is; never leaves the wing
    """A city object that gives no outline.

    Args:
        rule: Identifier of the finding.
        message: One sentence for a person.
        hint: What to change.
    """

    def __init__(
        self, rule: str, message: str, hint: str = "Repair the geometry, for example with val3dity."
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Outline:
    """What the surfaces of a building give.

    Attributes:
        shape: Footprint, EPSG:3301.
        points: All corners, float64 (n, 3), EPSG:3301 and metres of height.
    """

    shape: Area
    points: Points


def outline_of(geometries: Sequence[Any], vertices: Points) -> Outline:
    """Return the outline of geometries of one building.

    Level of detail 0 gives the footprint if there is one, else the ground surfaces, else all faces that are no walls.

    Args:
        geometries: CityJSON geometry objects.
        vertices: float64 (n, 3), EPSG:3301.

    Raises:
        Unusable: there is no geometry, or it is faulty.
    """
    usable = [g for g in geometries if isinstance(g, dict) and g.get("type") in _DEPTH]
    if not usable:
        raise Unusable("context.geometry", "It has no surfaces or solid that can be read.")
    flat = [g for g in usable if str(g.get("lod", "")).startswith("0")]
    best = max(str(g.get("lod", "")) for g in usable)
    body = [face for g in usable if str(g.get("lod", "")) == best for face in _faces(g)]
    outlines = [face for g in flat for face in _faces(g)] if flat else body
    ground = [face.rings for face in outlines if face.kind == "GroundSurface"]
    chosen = ground or [face.rings for face in outlines]
    points = _points([index for face in body for index in face.rings[0]], vertices)
    if not np.isfinite(points).all() or np.abs(points).max() > 1e8:
        return Outline(Polygon(), points)  # the reader says where it lies; no area can be computed there
    return Outline(_united([[_points(ring, vertices) for ring in rings] for rings in chosen]), points)


@dataclass(frozen=True, slots=True)
class _Face:
    rings: list[list[int]]
    kind: str


def _faces(geometry: dict[str, Any]) -> Iterator[_Face]:
    semantics = geometry.get("semantics")
    surfaces = semantics.get("surfaces") if isinstance(semantics, dict) else None
    values = semantics.get("values") if isinstance(semantics, dict) else None
    nested = _leaves(geometry.get("boundaries"), values, _DEPTH[geometry["type"]])
    for number, (boundary, value) in enumerate(nested):
        if number >= MAX_SURFACES:
            raise Unusable("context.geometry", f"It has more than {MAX_SURFACES} surfaces.")
        yield _Face([_ring(ring) for ring in _list(boundary)], _kind(surfaces, value))


def _leaves(boundary: Any, value: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    values = value if isinstance(value, list) else []
    for index, item in enumerate(_list(boundary)):
        inner = values[index] if index < len(values) else None
        if depth:
            yield from _leaves(item, inner, depth - 1)
        else:
            yield item, inner


def _kind(surfaces: Any, value: Any) -> str:
    if isinstance(surfaces, list) and isinstance(value, int) and 0 <= value < len(surfaces):
        surface = surfaces[value]
        return str(surface.get("type", "")) if isinstance(surface, dict) else ""
    return ""


def _ring(ring: Any) -> list[int]:
    indices = _list(ring)
    if set(map(type, indices)) != {int}:
        raise Unusable("context.geometry", "A ring is not a list of vertex numbers.")
    if len(indices) < 3:
        raise Unusable("context.geometry", "A ring has fewer than three corners.")
    return indices


def _points(indices: list[int], vertices: Points) -> Points:
    if min(indices) < 0 or max(indices) >= len(vertices):
        raise Unusable("context.geometry", "A ring names a vertex that is not there.")
    found: Points = vertices[indices]
    return found


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Unusable("context.geometry", "Its boundaries are not nested lists.")
    return value


def _united(faces: list[list[Points]]) -> Area:
    lying = [rings for rings in faces if _lies(rings[0])]
    if len(lying) > 1:  # floor and roof of a block are one outline
        lying = list({_corners(rings): rings for rings in lying}.values())
    polygons = [_polygon(rings) for rings in lying]
    if not polygons:
        raise Unusable("context.geometry", "No face of it has an outline on the map.")
    united = polygons[0] if len(polygons) == 1 else shapely.union_all(np.array(polygons, dtype=object))
    parts = [p for p in shapely.get_parts(united) if isinstance(p, Polygon) and p.area >= MIN_AREA_M2]
    if not parts:
        raise Unusable("context.geometry", f"Its outline has less than {MIN_AREA_M2} m².")
    if sum(shapely.get_num_coordinates(parts)) > MAX_CORNERS:
        raise Unusable("context.geometry", f"Its outline has more than {MAX_CORNERS} corners.", "Simplify it.")
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _corners(rings: list[Points]) -> frozenset[frozenset[tuple[float, float]]]:
    """Return the edges of all rings on the map, whichever way they run."""
    edges: set[frozenset[tuple[float, float]]] = set()
    for ring in rings:
        places = [(x, y) for x, y in ring[:, :2].tolist()]
        edges.update(frozenset(edge) for edge in pairwise([*places, places[0]]))
    return frozenset(edges)


def _lies(ring: Points) -> bool:
    """Say whether a face lies flat enough for an outline: Newell's normal, or level corners that cross themselves."""
    rows = ring.tolist()
    x0, y0, z0 = rows[0]
    east = north = up = 0.0
    for (ax, ay, az), (bx, by, bz) in pairwise([*rows, rows[0]]):
        east += (ay - y0) * (bz - z0) - (az - z0) * (by - y0)
        north += (az - z0) * (bx - x0) - (ax - x0) * (bz - z0)
        up += (ax - x0) * (by - y0) - (ay - y0) * (bx - x0)
    heights = [row[2] for row in rows]
    if max(heights) - min(heights) < LEVEL_M:
        return abs(up) / 2 >= MIN_AREA_M2 or _hull_m2(ring) >= MIN_AREA_M2
    length = math.sqrt(east * east + north * north + up * up)
    return length > 0 and abs(up) / length >= STEEP


def _hull_m2(ring: Points) -> float:
    return float(shapely.area(shapely.convex_hull(shapely.multipoints(ring[:, :2]))))


def _polygon(rings: list[Points]) -> Polygon:
    try:
        made = Polygon(rings[0][:, :2], [hole[:, :2] for hole in rings[1:]])
    except (ShapelyError, ValueError) as error:
        raise Unusable("context.geometry", "A face is not a polygon.") from error
    if not made.is_valid:
        raise Unusable("context.geometry", f"A face is not a simple polygon: {explain_validity(made)}.")
    return made
