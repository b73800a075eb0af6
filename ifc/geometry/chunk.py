"""One chunk of a scene: the elements of one storey and band as a GLB."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.glb import Instances, Part, write_glb
from ifc.geometry.instancing import Repeated, find_repeated
from ifc.geometry.mesh import Mesh
from ifc.records import ElementRecord

FloatArray = NDArray[np.float64]

MAX_FEATURES = 65_535  # a vertex attribute of glTF holds at most 16-bit integers
Y_UP: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])  # (x, y, z) -> (x, z, -y)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A GLB of one storey and band.

    Attributes:
        glb: The bytes: y up, metres, relative to the origin of the scene.
        sha256: SHA-256 (hex) of `glb`.
        storey: GlobalId of the storey, or None.
        band: Discipline band.
        first_feature: Row of its first element in the element table of the scene.
        features: Number of its elements.
        triangles: Number of triangles that it shows, instances counted.
    """

    glb: bytes
    sha256: str
    storey: str | None
    band: str
    first_feature: int
    features: int
    triangles: int


def build_chunk(
    meshes: Sequence[Mesh],
    records: Mapping[str, ElementRecord],
    origin: FloatArray,
    place: tuple[str | None, str],
    first_feature: int,
) -> Chunk:
    """Return the chunk of `meshes`, whose feature ids are their positions in the sequence.

    Args:
        meshes: At most `MAX_FEATURES` meshes.
        records: Records by GlobalId, for their placements.
        origin: float64 (3,), model coordinates that become the origin of the GLB, metres.
        place: Storey and band.
        first_feature: Row of the first mesh in the element table.
    """
    repeated = find_repeated(meshes, records)
    instanced = {index for shape in repeated for index in shape.members}
    rest = [index for index in range(len(meshes)) if index not in instanced]
    solid = [index for index in rest if meshes[index].colour[3] >= 1.0]
    clear = [index for index in rest if meshes[index].colour[3] < 1.0]
    glb = write_glb(
        _merge(meshes, solid, origin),
        _merge(meshes, clear, origin),
        [_instances(meshes, shape, origin) for shape in repeated],
        len(meshes),
    )
    triangles = sum(len(mesh.faces) for mesh in meshes)
    return Chunk(glb, hashlib.sha256(glb).hexdigest(), *place, first_feature, len(meshes), triangles)


def linear_rgba(colour: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """Return uint8 (4,): the sRGB `colour` of a style as the linear colour that glTF asks for."""
    rgb = np.clip(np.array(colour[:3]), 0.0, 1.0)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    steps: NDArray[np.uint8] = np.rint(np.append(linear, np.clip(colour[3], 0.0, 1.0)) * 255).astype(np.uint8)
    return steps


def _merge(meshes: Sequence[Mesh], indices: list[int], origin: FloatArray) -> Part | None:
    if not indices:
        return None
    counts = [len(meshes[index].vertices) for index in indices]
    starts = np.cumsum([0, *counts[:-1]], dtype=np.uint32)
    positions = np.concatenate([meshes[index].vertices for index in indices])
    positions -= origin
    faces = [meshes[index].faces + start for index, start in zip(indices, starts, strict=True)]
    return Part(
        _y_up(positions),
        np.concatenate(faces),
        np.repeat([linear_rgba(meshes[index].colour) for index in indices], counts, axis=0),
        np.repeat(np.array(indices, dtype=np.uint16), counts),
    )


def _y_up(positions: FloatArray) -> FloatArray:
    """Return the positions of a model, z up, as glTF has them, y up; the given array is used for it."""
    positions[:, 1] *= -1.0
    return positions[:, [0, 2, 1]]


def _instances(meshes: Sequence[Mesh], shape: Repeated, origin: FloatArray) -> Instances:
    first = meshes[shape.members[0]]
    rotations = np.array([pose.rotation for pose in shape.poses])
    translations = np.array([pose.translation for pose in shape.poses]) - origin
    count = len(first.vertices)
    part = Part(
        shape.poses[0].local(first.vertices) @ Y_UP.T,
        first.faces,
        np.tile(linear_rgba(first.colour), (count, 1)),
        np.zeros(count, dtype=np.uint16),
    )
    return Instances(
        part,
        Y_UP @ rotations @ Y_UP.T,
        translations @ Y_UP.T,
        np.array(shape.members, dtype=np.uint16),
        first.colour[3] < 1.0,
    )
