"""Areas that meshes cover seen from above: of one mesh, of many, of any set of triangles in a plane.

Triangles are united by a sweep over integers (Clipper2): unlike overlays of floating-point polygons it does not fail
on slivers, and it takes time in proportion to what it is given, if it is given small batches.
"""

from collections.abc import Iterable, Sequence

import manifold3d
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ifc.geometry.mesh import Mesh

GAP_M = 0.02  # joints narrower than this between elements are drawing noise, not courtyards
BATCH = 200  # triangles of one sweep: its time grows faster than their number (1,000: twice as long)
LARGEST = 64  # elements that are united first: what they cover is not looked at again
LEAST_AREA_M2 = 1e-10  # a triangle below a hundredth of a square millimetre adds nothing to see

FloatArray = NDArray[np.float64]

_ADD = manifold3d.OpType.Add
_BALANCE = 1e-6  # a closed surface shows as much area upwards as downwards: its upper side is enough


def outline(meshes: Iterable[Mesh], gap_m: float = GAP_M) -> BaseGeometry:
    """Return the area that `meshes` cover seen from above, model x and y, metres; empty if there is none.

    Args:
        meshes: Meshes in one coordinate system, z up.
        gap_m: Gaps narrower than this are closed.
    """
    shown = [mesh for mesh in meshes if len(mesh.faces) and np.isfinite(mesh.vertices).all()]
    if not shown:
        return shapely.Polygon()
    corners = np.stack([mesh.bounds()[:, :2] for mesh in shown])
    centre = np.floor((corners[:, 0].min(axis=0) + corners[:, 1].max(axis=0)) / 2)
    sizes = np.ptp(corners, axis=1).prod(axis=1)
    order = np.lexsort((np.arange(len(shown)), -sizes))
    covered = _joined(_seen(shown[index], centre) for index in order[:LARGEST])
    rest = order[LARGEST:]
    if len(rest):
        seen = polygons(covered)
        shapely.prepare(seen)
        local = (corners[rest] - centre).reshape(-1, 4)
        open_ones = rest[~shapely.covers(seen, shapely.box(*local.T))]
        covered = _joined([covered, *(_seen(shown[index], centre) for index in open_ones)])
    closed = polygons(covered).buffer(gap_m / 2, join_style="mitre").buffer(-gap_m / 2, join_style="mitre")
    return shapely.transform(closed, lambda points: points + centre)


def projection(mesh: Mesh) -> BaseGeometry:
    """Return the area that `mesh` covers seen from above, model x and y, metres."""
    low = mesh.bounds()[0, :2]
    return shapely.transform(polygons(_seen(mesh, low)), lambda points: points + low)


def union_of_triangles(corners: FloatArray) -> BaseGeometry:
    """Return the union of triangles (n, 3, 2), metres; those without area are left out."""
    if not len(corners):
        return shapely.Polygon()
    low = corners.reshape(-1, 2).min(axis=0)
    local = corners - low
    return shapely.transform(polygons(_united(local, _doubled_areas(local))), lambda points: points + low)


def polygons(section: manifold3d.CrossSection) -> BaseGeometry:
    """Return a cross section as a valid polygon or several."""
    found = [shapely.Polygon(rings[0], rings[1:]) for part in section.decompose() if (rings := part.to_polygons())]
    shape: BaseGeometry = found[0] if len(found) == 1 else shapely.MultiPolygon(found)
    return shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _seen(mesh: Mesh, centre: FloatArray) -> manifold3d.CrossSection:
    corners = (mesh.vertices[:, :2] - centre)[mesh.faces.astype(np.int64)]
    doubled = _doubled_areas(corners)
    if abs(doubled.sum()) <= _BALANCE * np.abs(doubled).sum():
        corners, doubled = corners[doubled > 0.0], doubled[doubled > 0.0]
    return _united(corners, doubled)


def _united(corners: FloatArray, doubled: FloatArray) -> manifold3d.CrossSection:
    """Return the union of triangles around the origin whose doubled areas are known."""
    turned = np.where((doubled < 0.0)[:, None, None], corners[:, ::-1], corners)
    good = turned[np.abs(doubled) > 2.0 * LEAST_AREA_M2]
    batches = (good[start : start + BATCH] for start in range(0, len(good), BATCH))
    return _joined(manifold3d.CrossSection(list(batch), manifold3d.FillRule.NonZero) for batch in batches)


def _joined(parts: Iterable[manifold3d.CrossSection]) -> manifold3d.CrossSection:
    found: Sequence[manifold3d.CrossSection] = list(parts)
    return found[0] if len(found) == 1 else manifold3d.CrossSection.batch_boolean(found, _ADD)


def _doubled_areas(corners: FloatArray) -> FloatArray:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    doubled: FloatArray = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return doubled
