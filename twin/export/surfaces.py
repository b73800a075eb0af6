"""Triangles as polygons: the plane faces of a shell, with holes, over shared corners."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ON_EDGE_M = 0.0015  # a corner within a step and a half of the grid of millimetres lies on an edge
COPLANAR_COSINE = 1.0 - 1e-7  # normals within 0.03 degrees: below it a room's wall is one wall

Points = NDArray[np.float64]
Triangles = NDArray[np.int64]
Ring = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Surface:
    """A plane polygon.

    Attributes:
        rings: Indices of corners: the outer ring, counter-clockwise seen from outside, then holes the other way.
        normal_z: z of the unit normal, which points outwards.
    """

    rings: tuple[Ring, ...]
    normal_z: float


def is_closed(triangles: Triangles) -> bool:
    """Return whether every directed edge is met by as many in the other direction."""
    if not len(triangles):
        return False
    starts, ends = triangles.reshape(-1), triangles[:, [1, 2, 0]].reshape(-1)
    size = int(triangles.max()) + 1
    return bool(np.array_equal(np.sort(starts * size + ends), np.sort(ends * size + starts)))


def sewn(points: Points, triangles: Triangles) -> Triangles:
    """Return `triangles` with the open edges split at the corners that lie on them.

    Triangulations of neighbouring faces may pass over corners on a straight line that the others use. Such a shell is
    closed for the eye and open for whoever counts edges.

    Args:
        points: float64 (n, 3), metres.
        triangles: int64 (m, 3).
    """
    waiting, done = [tuple(row) for row in triangles.tolist()], []
    loose = _open_edges(triangles)
    corners = np.unique(np.array(sorted(loose), dtype=np.int64).reshape(-1))
    while waiting:
        a, b, c = waiting.pop()
        for start, end, tip in ((a, b, c), (b, c, a), (c, a, b)):
            between = _between(points, start, end, corners) if (start, end) in loose else []
            if between:
                chain = [start, *between, end]
                loose |= set(itertools.pairwise(chain))  # may be split no further: nothing lies between
                waiting += [(left, right, tip) for left, right in itertools.pairwise(chain)]
                break
        else:
            done += [(a, b, c)] if len({a, b, c}) == 3 else []
    return np.array(done, dtype=np.int64).reshape(-1, 3)


def _open_edges(triangles: Triangles) -> set[tuple[int, int]]:
    """Return the directed edges that nothing runs along the other way."""
    edges = np.stack([triangles.reshape(-1), triangles[:, [1, 2, 0]].reshape(-1)], axis=1)
    there = set(map(tuple, edges.tolist()))
    return {(start, end) for start, end in there if (end, start) not in there}


def _between(points: Points, start: int, end: int, corners: NDArray[np.int64]) -> list[int]:
    """Return which corners lie on the edge from `start` to `end`, in its order."""
    along = points[end] - points[start]
    length = float(np.linalg.norm(along))
    others = corners[(corners != start) & (corners != end)]
    if length <= 2 * ON_EDGE_M or not len(others):
        return []
    from_start = points[others] - points[start]
    place = from_start @ along / length
    aside = np.linalg.norm(from_start - np.outer(place / length, along), axis=1)
    on = (aside <= ON_EDGE_M) & (place > ON_EDGE_M) & (place < length - ON_EDGE_M)
    return [int(corner) for corner in others[on][np.argsort(place[on])]]


def signed_volume(points: Points, triangles: Triangles) -> float:
    """Return what the triangles enclose, negative if they are turned inside out."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def plane_surfaces(points: Points, triangles: Triangles) -> Iterator[Surface]:
    """Yield the plane faces that `triangles` form; those that make no simple polygon stay triangles."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    crossed = np.cross(b - a, c - a)
    lengths = np.linalg.norm(crossed, axis=1, keepdims=True)
    normals = np.divide(crossed, lengths, out=np.zeros_like(crossed), where=lengths > 0.0)
    for group in _plane_groups(triangles, normals):
        largest = group[int(np.argmax(lengths[group, 0]))]
        rings = _rings(points, triangles[group], normals[largest])
        if rings is not None:
            yield Surface(rings, float(normals[largest, 2]))
        else:
            for index in group:
                yield Surface((tuple(triangles[index].tolist()),), float(normals[index, 2]))


def _plane_groups(triangles: Triangles, normals: Points) -> list[list[int]]:
    """Return the triangles by plane face: joined across edges where the surface does not bend."""
    across: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, corners in enumerate(triangles.tolist()):
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            across[start, end].append(index)
    seen: set[int] = set()
    groups = []
    for first in range(len(triangles)):
        if first in seen:
            continue
        seen.add(first)
        group, waiting = [], [first]
        while waiting:
            index = waiting.pop()
            group.append(index)
            corners = triangles[index].tolist()
            for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
                for other in across.get((end, start), ()):
                    if other not in seen and float(normals[index] @ normals[other]) >= COPLANAR_COSINE:
                        seen.add(other)
                        waiting.append(other)
        groups.append(sorted(group))
    return groups


def _rings(points: Points, triangles: Triangles, normal: Points) -> tuple[Ring, ...] | None:
    """Return the rim of `triangles`, outer ring first, or None if it is not one simple polygon with holes."""
    edges = [(start, end) for row in triangles.tolist() for start, end in zip(row, row[1:] + row[:1], strict=True)]
    inner = set(edges)
    rim = [(start, end) for start, end in edges if (end, start) not in inner]
    following = dict(rim)
    if len(following) != len(rim) or len(inner) != len(edges):
        return None
    rings = []
    while following:
        start, here = following.popitem()
        ring = [start]
        while here != start:
            ring.append(here)
            if here not in following:
                return None
            here = following.pop(here)
        rings.append(tuple(ring))
    areas = [_area(points[list(ring)], normal) for ring in rings]
    if sum(1 for area in areas if area > 0.0) != 1:
        return None
    outer = int(np.argmax(areas))
    return (rings[outer], *(ring for place, ring in enumerate(rings) if place != outer))


def _area(corners: Points, normal: Points) -> float:
    """Return the area of a ring, positive if it turns counter-clockwise about `normal`."""
    crossed = np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0)
    return float(crossed @ normal / 2.0)
