"""Finding equal shapes: kernels deliver every element baked into the model, the placement takes it back."""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import floor

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.mesh import Mesh
from ifc.records import ElementRecord

MATCH_M = 2.5e-4  # shapes that agree so far are one; what is drawn stays within half a millimetre of what was made
MIN_USES = 2
MIN_SAVED_TRIANGLES = 250  # what a node of its own costs on the wire, and a draw call of its own in the viewer

_ROTATION_TOLERANCE = 1e-6
_SIZE_STEP_M = 4e-3  # shapes are compared with those of about their size only
_MOST_COMPARED = 16  # shapes of one size, so that a model made to be slow is not

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the own coordinates of a shape stand: world = rotation @ local + translation, metres, z up."""

    rotation: FloatArray
    translation: FloatArray

    def local(self, vertices: FloatArray) -> FloatArray:
        """Return world `vertices` (n, 3) in the own coordinates of the shape."""
        back: FloatArray = (vertices - self.translation) @ self.rotation
        return back


@dataclass(frozen=True, slots=True)
class Repeated:
    """One shape with all the meshes that have it, as indices into the sequence that was searched."""

    members: tuple[int, ...]
    poses: tuple[Pose, ...]


@dataclass(slots=True)
class _Shape:
    """A shape in its own coordinates, and where it was found so far."""

    local: FloatArray
    members: list[int]
    poses: list[Pose]


def pose_of(mesh: Mesh, record: ElementRecord | None) -> Pose:
    """Return the pose of `mesh`: its placement if that is a rigid motion, else its lowest corner."""
    if record is not None and record.placement is not None:
        matrix = np.array(record.placement, dtype=np.float64).reshape(4, 4)
        rotation = matrix[:3, :3]
        rigid = np.allclose(rotation.T @ rotation, np.eye(3), atol=_ROTATION_TOLERANCE)
        if rigid and np.linalg.det(rotation) > 0.0:
            return Pose(rotation, matrix[:3, 3])
    return Pose(np.eye(3), mesh.bounds()[0])


def find_repeated(meshes: Sequence[Mesh], records: Mapping[str, ElementRecord]) -> list[Repeated]:
    """Return the shapes that are worth an instanced node, in order of their first use."""
    alike: dict[Hashable, list[_Shape]] = defaultdict(list)
    found: list[_Shape] = []
    for index in _candidates(meshes):
        mesh = meshes[index]
        pose = pose_of(mesh, records.get(mesh.global_id))
        local = pose.local(mesh.vertices)
        own, *others = _kinds(mesh, local)
        known = [one for kind in (own, *others) for one in alike.get(kind, ())[-_MOST_COMPARED:]]
        shape = next((one for one in known if np.abs(one.local - local).max() < MATCH_M), None)
        if shape is None:
            shape = _Shape(local, [], [])
            alike[own].append(shape)
            found.append(shape)
        shape.members.append(index)
        shape.poses.append(pose)
    return [
        Repeated(tuple(shape.members), tuple(shape.poses))
        for shape in found
        if _worth(len(shape.members), len(meshes[shape.members[0]].faces))
    ]


def _worth(uses: int, triangles: int) -> bool:
    return uses >= MIN_USES and (uses - 1) * triangles >= MIN_SAVED_TRIANGLES


def _candidates(meshes: Sequence[Mesh]) -> list[int]:
    """Return the meshes whose counts and colour repeat often enough, so that few need to be compared."""
    by_size: dict[tuple[int, int, tuple[float, ...]], list[int]] = defaultdict(list)
    for index, mesh in enumerate(meshes):
        by_size[len(mesh.vertices), len(mesh.faces), mesh.colour].append(index)
    return sorted(index for (_, faces, _), group in by_size.items() if _worth(len(group), faces) for index in group)


def _kinds(mesh: Mesh, local: FloatArray) -> list[Hashable]:
    """Return what equal shapes have in common: triangles, colour, about their size; then what else they may have."""
    what = hashlib.sha256(mesh.faces.tobytes()).digest(), mesh.colour
    size = local.max(axis=0) - local.min(axis=0)
    shifts = (0.0, -2 * MATCH_M, 2 * MATCH_M)
    steps = [dict.fromkeys(floor((length + shift) / _SIZE_STEP_M) for shift in shifts) for length in size.tolist()]
    return [(*what, *numbers) for numbers in product(*steps)]
