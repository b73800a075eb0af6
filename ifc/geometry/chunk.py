"""One chunk of a scene: the elements of one storey and band as a GLB."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.glb import Instances, Part, write_glb
from ifc.geometry.instancing import Repeated, find_repeated
from ifc.geometry.mesh import Mesh
from ifc.geometry.ordering import arranged
from ifc.records import ElementRecord

FloatArray = NDArray[np.float64]

MAX_FEATURES = 65_535  # a vertex attribute of glTF holds at most 16-bit integers
CELL_M = 64.0  # a body in such a cell has steps of a millimetre, of two if it is as long as a cell itself
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
    glb = write_glb(
        [_merged(meshes, cell, origin) for cell in _cells(meshes, rest)],
        [_instances(meshes, shape, origin) for shape in repeated],
        len(meshes),
    )
    triangles = sum(len(mesh.faces) for mesh in meshes)
    return Chunk(glb, hashlib.sha256(glb).hexdigest(), *place, first_feature, len(meshes), triangles)


def _cells(meshes: Sequence[Mesh], indices: Sequence[int]) -> list[list[int]]:
    """Return `indices` in groups small enough for fine steps; in one group while all of it is."""
    boxes = {index: meshes[index].bounds() for index in indices}
    if not boxes:
        return []
    every = np.array(list(boxes.values()))
    if float((every[:, 1].max(axis=0) - every[:, 0].min(axis=0)).max()) <= CELL_M:
        return [list(indices)]
    cells: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for index, box in boxes.items():
        cells[tuple(np.floor(box.mean(axis=0) / CELL_M).astype(int).tolist())].append(index)
    return list(cells.values())


def linear_rgba(colour: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """Return uint8 (4,): the sRGB `colour` of a style as the linear colour that glTF asks for."""
    rgb = np.clip(np.array(colour[:3]), 0.0, 1.0)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    steps: NDArray[np.uint8] = np.rint(np.append(linear, np.clip(colour[3], 0.0, 1.0)) * 255).astype(np.uint8)
    return steps


def _merged(meshes: Sequence[Mesh], indices: list[int], origin: FloatArray) -> list[Part]:
    solid = [index for index in indices if meshes[index].colour[3] >= 1.0]
    clear = [index for index in indices if meshes[index].colour[3] < 1.0]
    return [_merge(meshes, own, origin) for own in (solid, clear) if own]


def _merge(meshes: Sequence[Mesh], indices: list[int], origin: FloatArray) -> Part:
    bodies = arranged([(meshes[index].vertices, meshes[index].faces) for index in indices])
    counts = [len(vertices) for vertices, _ in bodies]
    starts = np.cumsum([0, *counts[:-1]], dtype=np.uint32)
    positions = np.concatenate([vertices for vertices, _ in bodies])
    positions -= origin
    return Part(
        _y_up(positions),
        np.concatenate([faces + start for (_, faces), start in zip(bodies, starts, strict=True)]),
        np.repeat([linear_rgba(meshes[index].colour) for index in indices], counts, axis=0),
        np.repeat(np.array(indices, dtype=np.uint16), counts),
        meshes[indices[0]].colour[3] < 1.0,
    )


def _y_up(positions: FloatArray) -> FloatArray:
    """Return the positions of a model, z up, as glTF has them, y up; the given array is used for it."""
    positions[:, 1] *= -1.0
    return positions[:, [0, 2, 1]]


def _instances(meshes: Sequence[Mesh], shape: Repeated, origin: FloatArray) -> Instances:
    first = meshes[shape.members[0]]
    rotations = np.array([pose.rotation for pose in shape.poses])
    translations = np.array([pose.translation for pose in shape.poses]) - origin
    ((vertices, faces),) = arranged([(shape.poses[0].local(first.vertices), first.faces)])
    return Instances(
        vertices @ Y_UP.T,
        faces,
        linear_rgba(first.colour),
        Y_UP @ rotations @ Y_UP.T,
        translations @ Y_UP.T,
        np.array(shape.members, dtype=np.uint16),
        first.colour[3] < 1.0,
    )
