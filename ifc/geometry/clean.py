"""Cleaning of raw triangles: what is not finite, out of range or collapsed never leaves this package."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.mesh import Faces, Vertices

MAX_COORDINATE_M = 1.0e8  # ten times the largest map coordinate on Earth: beyond it a number is no place


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Triangles that can be used, and how many could not.

    Attributes:
        vertices: float64 (n, 3), metres, all finite and used.
        faces: uint32 (m, 3).
        invalid: Triangles dropped because a corner is missing, not finite or further than `MAX_COORDINATE_M`.
        collapsed: Triangles dropped because two of their corners coincide.
    """

    vertices: Vertices
    faces: Faces
    invalid: int
    collapsed: int


def clean(vertices: Vertices, faces: Faces) -> Cleaned:
    """Return the usable triangles.

    A thin triangle with three distinct corners stays, even without area: it closes the shell of its solid.
    """
    indices = faces.astype(np.int64)
    inside = (indices < len(vertices)).all(axis=1)
    indices = indices[inside]
    finite = np.isfinite(vertices) & (np.abs(vertices) <= MAX_COORDINATE_M)
    good: NDArray[np.bool_] = np.logical_and.reduce(finite, axis=1)
    usable = good[indices].all(axis=1)
    indices = indices[usable]
    corners = vertices[indices]
    collapsed = _same(corners, 0, 1) | _same(corners, 1, 2) | _same(corners, 2, 0)
    indices = indices[~collapsed]
    used, compact = np.unique(indices, return_inverse=True)
    return Cleaned(
        np.ascontiguousarray(vertices[used], dtype=np.float64),
        compact.reshape(-1, 3).astype(np.uint32),
        int(len(faces) - usable.sum()),
        int(collapsed.sum()),
    )


def _same(corners: NDArray[np.float64], one: int, other: int) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (corners[:, one] == corners[:, other]).all(axis=1)
    return same
