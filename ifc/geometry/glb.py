"""A small GLB writer: quantised triangles with feature ids, merged and instanced, equal bytes for equal input.

Accessors follow glTF 2.0 with KHR_mesh_quantization, EXT_mesh_gpu_instancing, EXT_mesh_features and
EXT_instance_features. All bodies share a few buffer views, each packed with EXT_meshopt_compression where that saves
bytes: a view of its own for each would cost more than many a body. Every vertex has a stride of a multiple of four.

Positions are whole multiples of one step in all three axes, half a millimetre as long as the body is no longer than
`2 * 32,767` steps, else twice that, and so on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.mesh import corners
from ifc.geometry.packed import EXTENSION, PackedView, assemble, pack_rows, pack_triangles

FloatArray = NDArray[np.float64]

STEP_M = 5e-4  # drawings are in whole and half millimetres: such positions come back exactly
FINER = 4  # times: one body used many times is looked at closely, and its bytes count once

_FLOAT, _UINT32, _UINT16, _INT16, _UINT8 = 5126, 5125, 5123, 5122, 5121
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_MAX_SHORT = 32767
_MAX_UINT16_INDEX = 65534  # 65535 restarts a primitive
_PLAIN_BYTES = 1_000  # of a chunk: to say how they are packed would take more than packing saves
_WHITE = (255, 255, 255, 255)
_DECIMALS = 7  # of a step, metres, and of what is a whole number of steps
_COLOUR_DECIMALS = 4
_FEATURE_COLUMN, _COLOUR_COLUMN, _COLUMNS = 4, 6, 8  # of a merged vertex, in 16-bit numbers; position comes first


@dataclass(frozen=True, slots=True)
class Part:
    """Triangles of one or more elements, y up.

    Attributes:
        positions: float64 (n, 3), metres.
        faces: uint32 (m, 3).
        colours: uint8 (n, 4), linear RGBA.
        features: uint16 (n,), feature id of each vertex.
        blend: Whether they are translucent.
    """

    positions: FloatArray
    faces: NDArray[np.uint32]
    colours: NDArray[np.uint8]
    features: NDArray[np.uint16]
    blend: bool


@dataclass(frozen=True, slots=True)
class Instances:
    """One body and the places where it stands.

    Attributes:
        positions: float64 (n, 3), metres, in its own coordinates, y up.
        faces: uint32 (m, 3).
        colour: uint8 (4,), linear RGBA.
        rotations: float64 (k, 3, 3), proper rotations, y up.
        translations: float64 (k, 3), metres, y up.
        features: Feature id of each instance.
        blend: Whether it is translucent.
    """

    positions: FloatArray
    faces: NDArray[np.uint32]
    colour: NDArray[np.uint8]
    rotations: FloatArray
    translations: FloatArray
    features: NDArray[np.uint16]
    blend: bool


def quantise(positions: FloatArray, finer: int = 1) -> tuple[NDArray[np.int16], float, FloatArray]:
    """Return int16 positions with the step and the offset (metres, whole steps) that give the positions back."""
    low, high = corners(positions)
    step = STEP_M
    while float((high - low).max()) * finer > (2 * _MAX_SHORT - 2) * step:
        step *= 2.0
    step /= finer
    offset = np.rint((low + high) / 2 / step) * step
    steps = positions - offset
    steps /= step
    np.rint(steps, out=steps)
    return steps.astype(np.int16), step, offset


def write_glb(merged: Sequence[Sequence[Part]], instanced: Sequence[Instances], feature_count: int) -> bytes:
    """Return a GLB with one node for the parts of each item of `merged` and one for each instanced body."""
    file = _File(feature_count)
    for parts in merged:
        file.add_merged(parts)
    for instances in instanced:
        file.add_instances(instances)
    return file.to_bytes()


@dataclass
class _Stream:
    """Rows that share a buffer view."""

    target: int | None
    strided: bool
    rows: list[NDArray[Any]] = field(default_factory=list)
    length: int = 0

    def packed(self, worth: bool) -> PackedView:
        rows = np.concatenate(self.rows)
        if not worth:
            return PackedView(rows.tobytes(), None, len(rows), rows.itemsize * int(np.prod(rows.shape[1:])))
        return pack_triangles(rows) if self.target == _ELEMENT_ARRAY_BUFFER else pack_rows(rows)


@dataclass
class _File:
    """A GLB in the making."""

    feature_count: int
    streams: dict[str, _Stream] = field(default_factory=dict)
    materials: dict[tuple[tuple[int, ...], bool], int] = field(default_factory=dict)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    meshes: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    extensions: set[str] = field(default_factory=lambda: {"KHR_mesh_quantization"})

    def add_merged(self, parts: Sequence[Part]) -> None:
        steps, step, offset = quantise(np.concatenate([part.positions for part in parts]))
        ends = np.cumsum([len(part.positions) for part in parts])[:-1]
        primitives = [self._merged(part, own) for part, own in zip(parts, np.split(steps, ends), strict=True)]
        self.nodes.append({"mesh": len(self.meshes), "translation": _rounded(offset), **_scaled(step)})
        self.meshes.append({"primitives": primitives})

    def add_instances(self, instances: Instances) -> None:
        steps, step, offset = quantise(instances.positions, FINER)
        moved = instances.translations + instances.rotations @ offset
        attributes = {
            "TRANSLATION": self._floats("moves", np.rint(moved / step), "VEC3"),
            "_FEATURE_ID_0": self._floats("features", instances.features.astype(np.float64)[:, None], "SCALAR"),
        }
        if not np.array_equal(instances.rotations, np.broadcast_to(np.eye(3), instances.rotations.shape)):
            attributes["ROTATION"] = self._floats("turns", quaternions(instances.rotations), "VEC4")
        extensions: dict[str, Any] = {
            "EXT_mesh_gpu_instancing": {"attributes": attributes},
            "EXT_instance_features": {"featureIds": [{"featureCount": self.feature_count, "attribute": 0}]},
        }
        self.extensions.update(extensions)
        self.nodes.append({"mesh": len(self.meshes), "extensions": extensions, **_scaled(step)})
        self.meshes.append({"primitives": [self._body(instances, steps)]})

    def to_bytes(self) -> bytes:
        views, binary, unpacked_bytes = self._views()
        buffers: list[dict[str, Any]] = [{"byteLength": len(binary)}]
        if unpacked_bytes:
            self.extensions.add(EXTENSION)
            buffers.append({"byteLength": unpacked_bytes, "extensions": {EXTENSION: {"fallback": True}}})
        required = {"KHR_mesh_quantization", "EXT_mesh_gpu_instancing", EXTENSION}
        document = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self.nodes)))}],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "materials": [_material(*key) for key in self.materials],
            "accessors": self.accessors,
            "bufferViews": views,
            "buffers": buffers,
            "extensionsUsed": sorted(self.extensions),
            "extensionsRequired": sorted(self.extensions & required),
        }
        return assemble(document, binary)

    def _views(self) -> tuple[list[dict[str, Any]], bytes, int]:
        """Return the views, the bytes of the file, and how many bytes a reader fills with what it unpacks."""
        views, binary, unpacked_bytes = [], bytearray(), 0
        worth = sum(stream.length for stream in self.streams.values()) > _PLAIN_BYTES
        for stream in self.streams.values():
            packed = stream.packed(worth)
            more = {"target": stream.target} if stream.target else {}
            more |= {"byteStride": packed.stride} if stream.strided else {}
            own: dict[str, Any] = {"buffer": 0, "byteOffset": len(binary), "byteLength": len(packed.data)}
            binary += packed.data + b"\0" * (-len(packed.data) % 4)
            if packed.mode is None:
                views.append({**own, **more})
                continue
            how = {**own, "byteStride": packed.stride, "count": packed.count, "mode": packed.mode}
            view: dict[str, Any] = {"buffer": 1, "byteOffset": unpacked_bytes, "byteLength": stream.length, **more}
            views.append({**view, "extensions": {EXTENSION: how}})
            unpacked_bytes += stream.length + -stream.length % 4
        return views, bytes(binary), unpacked_bytes

    def _merged(self, part: Part, steps: NDArray[np.int16]) -> dict[str, Any]:
        rows = np.zeros((len(steps), _COLUMNS), dtype="<i2")
        rows[:, :3] = steps
        rows[:, _FEATURE_COLUMN] = part.features.astype("<u2").view("<i2")
        rows[:, _COLOUR_COLUMN:] = np.ascontiguousarray(part.colours).view("<i2")
        view, start = self._put("vertices", rows, _ARRAY_BUFFER, strided=True)
        count = len(rows)
        attributes = {
            "POSITION": self._accessor(view, start, _INT16, "VEC3", count, _limits(steps)),
            "_FEATURE_ID_0": self._accessor(view, start + 2 * _FEATURE_COLUMN, _UINT16, "SCALAR", count),
            "COLOR_0": self._accessor(view, start + 2 * _COLOUR_COLUMN, _UINT8, "VEC4", count, {"normalized": True}),
        }
        self.extensions.add("EXT_mesh_features")
        features = {"featureIds": [{"featureCount": self.feature_count, "attribute": 0}]}
        return {
            "attributes": attributes,
            "indices": self._indices(part.faces, count),
            "material": self._material(_WHITE, part.blend),
            "extensions": {"EXT_mesh_features": features},
        }

    def _body(self, instances: Instances, steps: NDArray[np.int16]) -> dict[str, Any]:
        rows = np.zeros((len(steps), 4), dtype="<i2")
        rows[:, :3] = steps
        view, start = self._put("bodies", rows, _ARRAY_BUFFER, strided=True)
        position = self._accessor(view, start, _INT16, "VEC3", len(rows), _limits(steps))
        return {
            "attributes": {"POSITION": position},
            "indices": self._indices(instances.faces, len(rows)),
            "material": self._material(tuple(instances.colour.tolist()), instances.blend),
        }

    def _indices(self, faces: NDArray[np.uint32], vertices: int) -> int:
        small = vertices <= _MAX_UINT16_INDEX + 1
        flat = faces.reshape(-1).astype("<u2" if small else "<u4")
        view, start = self._put("shorts" if small else "longs", flat, _ELEMENT_ARRAY_BUFFER, strided=False)
        return self._accessor(view, start, _UINT16 if small else _UINT32, "SCALAR", len(flat))

    def _floats(self, name: str, rows: FloatArray, shape: str) -> int:
        view, start = self._put(name, rows.astype("<f4"), None, strided=False)
        return self._accessor(view, start, _FLOAT, shape, len(rows))

    def _material(self, rgba: tuple[int, ...], blend: bool) -> int:
        return self.materials.setdefault((rgba, blend), len(self.materials))

    def _put(self, name: str, rows: NDArray[Any], target: int | None, *, strided: bool) -> tuple[int, int]:
        """Add rows to a stream and return the number of its view and the byte where they begin."""
        stream = self.streams.setdefault(name, _Stream(target, strided))
        start = stream.length
        stream.rows.append(rows)
        stream.length += rows.nbytes
        return list(self.streams).index(name), start

    def _accessor(
        self, view: int, start: int, component: int, shape: str, count: int, more: Mapping[str, Any] | None = None
    ) -> int:
        where = {"bufferView": view, **({"byteOffset": start} if start else {})}
        self.accessors.append({**where, "componentType": component, "type": shape, "count": count, **(more or {})})
        return len(self.accessors) - 1


def _limits(steps: NDArray[np.int16]) -> dict[str, Any]:
    return {"min": steps.min(axis=0).tolist(), "max": steps.max(axis=0).tolist()}


def _rounded(metres: FloatArray) -> list[float]:
    return [float(value) for value in metres.round(_DECIMALS)]


def _scaled(step: float) -> dict[str, Any]:
    return {"scale": [round(step, _DECIMALS)] * 3}


def _material(rgba: tuple[int, ...], blend: bool) -> dict[str, Any]:
    surface: dict[str, Any] = {"metallicFactor": 0}
    if rgba != _WHITE:
        surface["baseColorFactor"] = [round(value / 255, _COLOUR_DECIMALS) for value in rgba]
    return {"pbrMetallicRoughness": surface, "doubleSided": True, **({"alphaMode": "BLEND"} if blend else {})}


def quaternions(rotations: FloatArray) -> FloatArray:
    """Return float64 (k, 4): unit quaternions x, y, z, w of rotation matrices (k, 3, 3), w not negative."""
    m = rotations
    k = np.zeros((len(m), 4, 4))  # Bar-Itzhack: the quaternion is the eigenvector of the largest eigenvalue
    for row in range(3):
        for column in range(row):
            k[:, row, column] = m[:, row, column] + m[:, column, row]
    k[:, 0, 0] = m[:, 0, 0] - m[:, 1, 1] - m[:, 2, 2]
    k[:, 1, 1] = m[:, 1, 1] - m[:, 0, 0] - m[:, 2, 2]
    k[:, 2, 2] = m[:, 2, 2] - m[:, 0, 0] - m[:, 1, 1]
    k[:, 3, 0] = m[:, 2, 1] - m[:, 1, 2]
    k[:, 3, 1] = m[:, 0, 2] - m[:, 2, 0]
    k[:, 3, 2] = m[:, 1, 0] - m[:, 0, 1]
    k[:, 3, 3] = np.trace(m, axis1=1, axis2=2)
    found: FloatArray = np.linalg.eigh(k, UPLO="L").eigenvectors[:, :, -1]
    return np.where(found[:, 3:] < 0.0, -found, found)
