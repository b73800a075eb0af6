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
    inside: NDArray[np.bool_] = np.logical_and.reduce(faces < len(vertices), axis=1)
    usable = faces if inside.all() else faces[inside]
    near = np.abs(vertices) <= MAX_COORDINATE_M  # false for what is no number
    good: NDArray[np.bool_] = np.logical_and.reduce(near, axis=1)
    if not good.all():
        usable = usable[good[usable].all(axis=1)]
    collapsed = _same(vertices, usable, 0, 1) | _same(vertices, usable, 1, 2) | _same(vertices, usable, 2, 0)
    kept = usable[~collapsed] if collapsed.any() else usable
    points, compact = _used(vertices, kept)
    return Cleaned(points, compact, len(faces) - len(usable), int(collapsed.sum()))


def _used(vertices: Vertices, faces: Faces) -> tuple[Vertices, Faces]:
    """Return the vertices that `faces` use, in their order, and the faces over them."""
    used = np.zeros(len(vertices), dtype=np.bool_)
    used[faces] = True
    if used.all():
        return np.ascontiguousarray(vertices), np.ascontiguousarray(faces)
    places = np.cumsum(used, dtype=np.uint32) - np.uint32(1)
    return np.ascontiguousarray(vertices[used]), places[faces]


def _same(vertices: Vertices, faces: Faces, one: int, other: int) -> NDArray[np.bool_]:
    """Return for each face whether two of its corners coincide; few share an x, so y and z are rarely looked at."""
    first, second = faces[:, one], faces[:, other]
    east = np.ascontiguousarray(vertices[:, 0])
    same: NDArray[np.bool_] = east[first] == east[second]
    close = np.flatnonzero(same)
    same[close] = (vertices[first[close], 1:] == vertices[second[close], 1:]).all(axis=1)
    return same
