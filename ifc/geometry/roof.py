"""The planes of a roof, as a division of the footprint below it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ifc.geometry.mesh import Mesh
from ifc.geometry.outline import union_of_triangles
from ifc.geometry.solid_faces import Face, Plane
from ifc.geometry.solids import facet_normals

MAX_PLANES = 300  # more is a tiled, curved or free-form roof, which planes do not describe
COVERED = 0.98  # share of the footprint that roof planes must cover; the rest takes the plane next to it
LEAST_M2 = 0.05  # a smaller facet is the edge of a layer

_UPWARDS = 0.1  # normals below are walls and fascias
_GRID_M = 0.001
_NORMAL_DECIMALS, _OFFSET_DECIMALS = 2, 2


@dataclass(frozen=True, slots=True)
class _Facet:
    shape: BaseGeometry
    plane: Plane


def roof_faces(area: BaseGeometry, roofs: Sequence[Mesh]) -> tuple[list[Face], str]:
    """Return a division of `area` by the planes that are seen from above, and the reason if there is none.

    Args:
        area: Footprint, model x and y, metres.
        roofs: Meshes of the roof.
    """
    if not roofs:
        return [], "no roof elements"
    facets = [facet for mesh in roofs for facet in _facets(mesh, area)]
    if len(facets) > MAX_PLANES:
        return [], f"more than {MAX_PLANES} roof planes"
    covered = shapely.union_all([facet.shape for facet in facets]) if facets else shapely.Polygon()
    if covered.area < COVERED * area.area:
        return [], f"roof planes cover {100.0 * covered.area / area.area:.0f} % of the footprint"
    lines = [shapely.boundary(area), *(shapely.boundary(facet.shape) for facet in facets)]
    nodes = shapely.union_all(lines, grid_size=_GRID_M)
    cells = shapely.get_parts(shapely.polygonize([nodes]))
    shapely.prepare(area)
    return [
        Face(cell, _highest(cell, facets)) for cell in cells if shapely.contains(area, cell.representative_point())
    ], ""


def _facets(mesh: Mesh, area: BaseGeometry) -> list[_Facet]:
    """Return the planes of `mesh` that look up, with the part of `area` below each."""
    triangles, normals = facet_normals(mesh)
    groups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    low = triangles.reshape(-1, 3).min(axis=0) if len(triangles) else np.zeros(3)
    for index in np.flatnonzero(normals[:, 2] > _UPWARDS):
        offset = float(normals[index] @ (triangles[index, 0] - low))
        groups[(*(normals[index].round(_NORMAL_DECIMALS) + 0.0), round(offset, _OFFSET_DECIMALS))].append(int(index))
    found = []
    for members in groups.values():
        shape = shapely.set_precision(union_of_triangles(triangles[members][:, :, :2]), _GRID_M)
        below = shapely.intersection(shape, area, grid_size=_GRID_M)
        if below.area >= LEAST_M2:
            normal, corner = normals[members].mean(axis=0), triangles[members].reshape(-1, 3).mean(axis=0)
            a, b = -normal[0] / normal[2], -normal[1] / normal[2]
            found.append(_Facet(below, Plane(float(a), float(b), float(corner[2] - a * corner[0] - b * corner[1]))))
    return found


def _highest(cell: shapely.Polygon, facets: Sequence[_Facet]) -> Plane:
    """Return the plane that is seen from above over `cell`; over a gap that of the nearest facet."""
    spot = cell.representative_point()
    above = [facet.plane for facet in facets if shapely.intersects(facet.shape, spot)]
    if above:
        return max(above, key=lambda plane: plane.z(spot.x, spot.y))
    return min(facets, key=lambda facet: shapely.distance(facet.shape, spot)).plane
