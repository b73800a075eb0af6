"""Level cuts through meshes."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ifc.geometry.mesh import Mesh
from ifc.geometry.outline import polygons
from ifc.geometry.solids import solid_of, weld

_SNAP_M = 1e-6

FloatArray = NDArray[np.float64]


def section(mesh: Mesh, z: float) -> BaseGeometry:
    """Return the area in which the level `z` (metres) cuts `mesh`, model x and y; empty if it does not."""
    low = mesh.bounds()[0]
    vertices, faces = weld(mesh.vertices - low, mesh.faces)
    solid = solid_of(vertices, faces, merge=False)
    if solid is not None:
        shape = polygons(solid.slice(z - float(low[2])))
    else:
        shape = _area_within(_crossings(vertices[faces], z - float(low[2])))
    return shapely.transform(shape, lambda points: points + low[:2])


def _crossings(triangles: FloatArray, z: float) -> FloatArray:
    """Return the segments (n, 2, 2) in which triangles (m, 3, 3) meet the level `z`."""
    above = triangles[:, :, 2] > z
    mixed = triangles[above.any(axis=1) & ~above.all(axis=1)]
    side = mixed[:, :, 2] > z
    lone = np.where(side.sum(axis=1) == 1, side.argmax(axis=1), (~side).argmax(axis=1))
    rows = np.arange(len(mixed))
    apex = mixed[rows, lone]
    ends = [mixed[rows, (lone + step) % 3] for step in (1, 2)]
    shares = [((z - apex[:, 2]) / (end[:, 2] - apex[:, 2]))[:, None] for end in ends]
    return np.stack([apex[:, :2] + t * (end[:, :2] - apex[:, :2]) for t, end in zip(shares, ends, strict=True)], 1)


def _area_within(segments: FloatArray) -> BaseGeometry:
    """Return what the segments of an open or overlapping shell enclose, by the even-odd rule."""
    if not len(segments):
        return shapely.Polygon()
    lines = shapely.union_all(shapely.set_precision(shapely.linestrings(segments), _SNAP_M))
    return shapely.build_area(lines)
