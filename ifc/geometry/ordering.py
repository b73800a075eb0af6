"""The order in which vertices and triangles are written: whichever of two packs into fewer bytes.

The order of a kernel is good for prisms and boxes; for curved bodies the order of a vertex cache takes a fraction.
"""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import meshopt
import numpy as np
from numpy.typing import NDArray

from ifc.geometry.packed import pack_rows, pack_triangles

FloatArray = NDArray[np.float64]
Faces = NDArray[np.uint32]

Body = tuple[FloatArray, Faces]

_TRIED_STEP_M = 5e-4  # positions are tried as they will be written
_TRIED_LEVEL = 1  # of deflate: the ways differ by far more than the levels
_TRIED_BODIES = 64  # of those with equal triangles: one small body alone tells nothing


@dataclass(frozen=True, slots=True)
class _Way:
    """Another order of one set of triangles."""

    vertices: NDArray[np.intp]
    faces: Faces

    def of(self, body: Body) -> Body:
        return body[0][self.vertices], self.faces


def arranged(bodies: Sequence[Body]) -> list[Body]:
    """Return bodies, each vertices (n, 3), metres, and faces (m, 3), in the order that packs better.

    Bodies with equal triangles get the same order, so that their bytes repeat. Vertices that no triangle uses may be
    left out.
    """
    found = list(bodies)
    alike: dict[bytes, list[int]] = defaultdict(list)
    for number, (_, faces) in enumerate(bodies):
        if not len(faces):
            continue
        alike[hashlib.sha256(faces.tobytes()).digest()].append(number)
    for numbers in alike.values():
        way = _cached(bodies[numbers[0]][1])
        tried = [bodies[number] for number in numbers[:_TRIED_BODIES]]
        if _cost([way.of(body) for body in tried]) < _cost(tried):
            for number in numbers:
                found[number] = way.of(bodies[number])
    return found


def _cached(faces: Faces) -> _Way:
    """Return triangles in the order of a vertex cache and vertices in the order of their first use."""
    indices, places, used = meshopt.reorder_mesh(faces.reshape(-1).astype(np.uint32), True, False)
    kept = np.flatnonzero(places < used)
    vertices = np.empty(used, dtype=np.intp)
    vertices[places[kept]] = kept
    return _Way(vertices, indices.astype(np.uint32).reshape(-1, 3))


def _cost(bodies: Sequence[Body]) -> int:
    """Return about how many bytes the bodies take, one behind the other."""
    vertices = np.concatenate([vertices for vertices, _ in bodies])
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in bodies[:-1])], dtype=np.uint32)
    faces = np.concatenate([faces + start for (_, faces), start in zip(bodies, starts, strict=True)])
    steps: NDArray[Any] = np.zeros((len(vertices), 4), dtype="<i2")
    steps[:, :3] = np.rint((vertices - vertices[0]) / _TRIED_STEP_M).astype(
        np.int64
    )  # what is too long wraps: no harm
    packed = pack_rows(steps).data, pack_triangles(faces.reshape(-1)).data
    return sum(len(zlib.compress(data, _TRIED_LEVEL)) for data in packed)
