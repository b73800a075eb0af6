"""Measures of one mesh: volume of a closed shell, floor of a space."""

from collections import Counter
from typing import Any

import manifold3d
import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ifc.geometry.mesh import Faces, Mesh, Vertices
from ifc.geometry.outline import union_of_triangles

WELD_M = 1e-6  # corners closer than this are one: far above float noise, far below any detail
MAX_PARTS = 64  # parts of one element that are united before its volume is taken
FLOOR_NORMAL_Z = -0.98  # steeper than 11 degrees is a ramp or a wall, no floor

FloatArray = NDArray[np.float64]


def volume_m3(mesh: Mesh) -> tuple[float | None, str]:
    """Return the volume of `mesh` in m³, or None and the reason why it has none.

    The parts of an element may overlap (layers, frames): they are united first, so that no space counts twice.
    """
    low, high = mesh.bounds()
    vertices, faces = weld(mesh.vertices - low, mesh.faces)
    volume: float | None = None
    if _closed(faces):
        volume = abs(signed_volume_m3(vertices, faces))
    union = _united_volume_m3(vertices, faces) if volume is None or _part_count(faces) > 1 else None
    volume = union if union is not None else volume
    if volume is None:
        return None, "open shell"
    if volume > float(np.prod(high - low)) * (1.0 + 1e-6):
        return None, "larger than its own box"
    return volume, ""


def weld(vertices: Vertices, faces: Faces) -> tuple[Vertices, NDArray[np.int64]]:
    """Return vertices that are unique to `WELD_M` and the faces over them, without collapsed ones."""
    steps = np.rint(vertices / WELD_M).astype(np.int64)
    _, first, inverse = np.unique(steps, axis=0, return_index=True, return_inverse=True)
    welded = inverse.reshape(-1)[faces.astype(np.int64)]
    alive = (welded[:, 0] != welded[:, 1]) & (welded[:, 1] != welded[:, 2]) & (welded[:, 2] != welded[:, 0])
    return vertices[first], welded[alive]


def signed_volume_m3(vertices: Vertices, faces: NDArray[Any]) -> float:
    """Return the volume that the triangles enclose, m³, negative if they are turned inside out."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def floor_polygon(mesh: Mesh) -> BaseGeometry:
    """Return the floor of a space (model x and y, metres): the union of its level faces that look down."""
    low = mesh.bounds()[0]
    vertices, faces = weld(mesh.vertices - low, mesh.faces)
    normals = _normals(vertices, faces)
    turned = 1.0 if signed_volume_m3(vertices, faces) >= 0.0 else -1.0
    level = normals[:, 2] * turned <= FLOOR_NORMAL_Z
    return union_of_triangles((vertices + low)[:, :2][faces[level]])


def facet_normals(mesh: Mesh) -> tuple[FloatArray, FloatArray]:
    """Return the triangles (n, 3, 3) of `mesh` and their unit normals (n, 3), turned to the outside."""
    low = mesh.bounds()[0]
    vertices, faces = weld(mesh.vertices - low, mesh.faces)
    turned = 1.0 if signed_volume_m3(vertices, faces) >= 0.0 else -1.0
    return (vertices + low)[faces], _normals(vertices, faces) * turned


def _normals(vertices: Vertices, faces: NDArray[np.int64]) -> FloatArray:
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    crossed = np.cross(b - a, c - a)
    lengths = np.linalg.norm(crossed, axis=1, keepdims=True)
    unit: FloatArray = np.divide(crossed, lengths, out=np.zeros_like(crossed), where=lengths > 0.0)
    return unit


def _closed(faces: NDArray[np.int64]) -> bool:
    """Return whether every directed edge is met by as many in the other direction: a shell without a rim."""
    if not len(faces):
        return False
    starts = faces.reshape(-1)
    ends = faces[:, [1, 2, 0]].reshape(-1)
    size = int(faces.max()) + 1
    return bool(np.array_equal(np.sort(starts * size + ends), np.sort(ends * size + starts)))


def _part_count(faces: NDArray[np.int64]) -> int:
    """Return the number of connected parts."""
    parent = np.arange(int(faces.max()) + 1)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    while True:
        lowest = np.minimum(parent[edges[:, 0]], parent[edges[:, 1]])
        before = parent.copy()
        np.minimum.at(parent, edges[:, 0], lowest)
        np.minimum.at(parent, edges[:, 1], lowest)
        parent = parent[parent]
        if np.array_equal(before, parent):
            return len(Counter(parent[np.unique(faces)].tolist()))


def solid_of(vertices: Vertices, faces: NDArray[np.int64], *, merge: bool) -> manifold3d.Manifold | None:
    """Return the solid that welded triangles enclose, or None if they enclose none.

    A closed surface has an even number of triangles. manifold3d reads past the end of its edges if the number is odd,
    which killed the process on a real file, so such a surface never gets there.

    Args:
        vertices: Corners, as `weld` returns them.
        faces: Triangles over them.
        merge: Whether gaps at open edges are closed first.
    """
    if not len(faces) or len(faces) % 2:
        return None
    mesh = manifold3d.Mesh64(
        np.ascontiguousarray(vertices, dtype=np.float64), np.ascontiguousarray(faces, dtype=np.uint64)
    )
    if merge:
        mesh.merge()
    solid = manifold3d.Manifold(mesh)
    return None if solid.status() != manifold3d.Error.NoError or solid.is_empty() else solid


def _united_volume_m3(vertices: Vertices, faces: NDArray[np.int64]) -> float | None:
    solid = solid_of(vertices, faces, merge=True)
    if solid is None:
        return None
    parts = solid.decompose()
    if 1 < len(parts) <= MAX_PARTS and all(part.volume() > 0.0 for part in parts):
        solid = manifold3d.Manifold.batch_boolean(parts, manifold3d.OpType.Add)
    return abs(float(solid.volume()))
