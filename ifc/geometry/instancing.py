"""Finding equal shapes: kernels deliver every element baked into the model, the placement takes it back."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.mesh import Mesh
from ifc.records import ElementRecord

SHAPE_STEP_M = 1e-3  # shapes equal to a millimetre are one: half of the finest step that the viewer can show
MIN_USES = 4  # below it a node of its own costs more than it saves
MIN_SAVED_TRIANGLES = 500  # a draw call costs the viewer more than this many triangles do

_BIAS = 0.27  # drawings use multiples of 1, 1/2 and 1/4 mm: keeps them off the borders of rounding
_ROTATION_TOLERANCE = 1e-6

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
    groups: dict[bytes, list[tuple[int, Pose]]] = defaultdict(list)
    for index, mesh in _candidates(meshes):
        pose = pose_of(mesh, records.get(mesh.global_id))
        groups[_key(mesh, pose)].append((index, pose))
    return [
        Repeated(tuple(index for index, _ in group), tuple(pose for _, pose in group))
        for group in groups.values()
        if _worth(len(group), len(meshes[group[0][0]].faces))
    ]


def _worth(uses: int, triangles: int) -> bool:
    return uses >= MIN_USES and (uses - 1) * triangles >= MIN_SAVED_TRIANGLES


def _candidates(meshes: Sequence[Mesh]) -> list[tuple[int, Mesh]]:
    """Return the meshes whose counts and colour repeat often enough, so that few need hashing."""
    by_size: dict[tuple[int, int, tuple[float, ...]], list[int]] = defaultdict(list)
    for index, mesh in enumerate(meshes):
        by_size[len(mesh.vertices), len(mesh.faces), mesh.colour].append(index)
    kept = [index for (_, faces, _), group in by_size.items() if _worth(len(group), faces) for index in group]
    return [(index, meshes[index]) for index in sorted(kept)]


def _key(mesh: Mesh, pose: Pose) -> bytes:
    steps = np.floor(pose.local(mesh.vertices) / SHAPE_STEP_M + _BIAS).astype(np.int64)
    shape = hashlib.sha256(steps.tobytes())
    shape.update(mesh.faces.tobytes())
    shape.update(repr(mesh.colour).encode())
    return shape.digest()
