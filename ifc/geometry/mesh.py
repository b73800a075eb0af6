"""Meshes of a model, and the one array file in which a version keeps them."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc.errors import IfcGeometryError, Reason
from ifc.geometry.arrays import pack_indices, pack_numbers, unpack_indices, unpack_numbers

Vertices = NDArray[np.float64]
Faces = NDArray[np.uint32]


class Kernel(StrEnum):
    """Which kernel made a mesh."""

    IFCLITE = "ifclite"
    HYBRID = "hybrid"  # ifcopenshell hybrid-cgal-simple-opencascade
    BOX = "box"  # the element's box: its own geometry could not be made


def corners(points: Vertices) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lowest and the highest corner of the box of `points` (n, 3), n at least one."""
    columns = [points[:, axis] for axis in range(3)]  # three times faster than one reduction over rows of three
    low = np.array([column.min() for column in columns])
    return low, np.array([column.max() for column in columns])


@dataclass(frozen=True, slots=True)
class Mesh:
    """The triangles of one element.

    Attributes:
        global_id: The element (with ``~n`` suffix if repeated in the file).
        vertices: float64 (n, 3), metres, the model's own coordinate system, z up.
        faces: uint32 (m, 3), counter-clockwise seen from outside where the author did so.
        colour: Red, green, blue, opacity, each 0 to 1.
        kernel: Which kernel made it.
        shape_key: What it was made of, as a key under which it may serve a later version; empty if it may not.
    """

    global_id: str
    vertices: Vertices
    faces: Faces
    colour: tuple[float, float, float, float]
    kernel: Kernel
    shape_key: str = ""

    def bounds(self) -> NDArray[np.float64]:
        """Return float64 (2, 3): lowest and highest corner, metres."""
        return np.stack(corners(self.vertices))


@dataclass(frozen=True, slots=True)
class MeshSet:
    """The meshes of a model, sorted by GlobalId, one per element that has geometry.

    Attributes:
        meshes: The meshes.
        empty: GlobalId and shape key of each element of which its openings leave nothing.
    """

    meshes: tuple[Mesh, ...]
    empty: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[Mesh]:
        """Iterate over the meshes in order of GlobalId."""
        return iter(self.meshes)

    def __len__(self) -> int:
        """Return the number of meshes."""
        return len(self.meshes)

    def by_id(self) -> dict[str, Mesh]:
        """Return the meshes by GlobalId."""
        return {mesh.global_id: mesh for mesh in self.meshes}

    def only(self, global_ids: Iterable[str]) -> "MeshSet":
        """Return the meshes of `global_ids`."""
        wanted = frozenset(global_ids)
        return MeshSet(tuple(mesh for mesh in self.meshes if mesh.global_id in wanted))

    def to_bytes(self) -> bytes:
        """Return the set as one compressed numpy archive; vertices and faces lose nothing in it."""
        vertices = [mesh.vertices for mesh in self.meshes]
        faces = [mesh.faces for mesh in self.meshes]
        return _archive(
            ids=np.array([mesh.global_id for mesh in self.meshes], dtype=np.str_),
            kernels=np.array([mesh.kernel.value for mesh in self.meshes], dtype=np.str_),
            empty=np.array(self.empty, dtype=np.str_).reshape(-1, 2),
            shape_keys=np.array([mesh.shape_key for mesh in self.meshes], dtype=np.str_),
            colours=np.array([mesh.colour for mesh in self.meshes], dtype=np.float32).reshape(-1, 4),
            vertex_counts=np.array([len(part) for part in vertices], dtype=np.int64),
            face_counts=np.array([len(part) for part in faces], dtype=np.int64),
            packed_vertices=pack_numbers(np.concatenate([*vertices, np.zeros((0, 3))])),
            packed_faces=pack_indices(np.concatenate([*faces, np.zeros((0, 3), dtype=np.uint32)])),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "MeshSet":
        """Return the set that `to_bytes` wrote.

        Raises:
            IfcGeometryError: (record) `data` is not such an archive.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
                arrays.setdefault("shape_keys", np.full(len(arrays["ids"]), ""))  # written before there were any
                arrays = _unpacked(arrays)
                empty = tuple((str(item), str(key)) for item, key in arrays.pop("empty", ()))
                return cls(tuple(_unpack(arrays)), empty)
        except (ValueError, KeyError, OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            raise IfcGeometryError("The stored meshes are damaged.", reason=Reason.RECORD) from error


def _archive(**arrays: NDArray[Any]) -> bytes:
    """Return what `numpy.savez_compressed` would, packed with less effort: the large arrays are packed already."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # of 1980: equal meshes give equal bytes
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(member, content.getbuffer(), compresslevel=1)
    return buffer.getvalue()


def _unpacked(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive with vertices and faces; those of older archives have them as they are."""
    if "vertices" in arrays:
        return arrays
    rows, triangles = (int(arrays[name].sum()) for name in ("vertex_counts", "face_counts"))
    vertices = unpack_numbers(arrays["packed_vertices"], rows)
    return {**arrays, "vertices": vertices, "faces": unpack_indices(arrays["packed_faces"], triangles)}


def _unpack(arrays: dict[str, NDArray[np.generic]]) -> Iterator[Mesh]:
    vertex_ends = np.cumsum(arrays["vertex_counts"])
    face_ends = np.cumsum(arrays["face_counts"])
    vertices = np.split(arrays["vertices"], vertex_ends[:-1]) if len(vertex_ends) else []
    faces = np.split(arrays["faces"], face_ends[:-1]) if len(face_ends) else []
    names = [arrays[name].tolist() for name in ("ids", "kernels", "shape_keys")]
    rows = zip(*names, arrays["colours"], vertices, faces, strict=True)
    for global_id, kernel, shape_key, colour, points, triangles in rows:
        red, green, blue, opacity = (float(part) for part in np.asarray(colour))
        yield Mesh(
            str(global_id),
            np.asarray(points, dtype=np.float64),
            np.asarray(triangles, dtype=np.uint32),
            (red, green, blue, opacity),
            Kernel(str(kernel)),
            str(shape_key),
        )
