"""A small GLB writer: quantised triangles with feature ids, merged and instanced, equal bytes for equal input.

Accessors follow glTF 2.0 with KHR_mesh_quantization, EXT_mesh_gpu_instancing, EXT_mesh_features and
EXT_instance_features; buffer views are packed with EXT_meshopt_compression where that saves bytes. Every vertex
attribute has a stride of a multiple of four bytes.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.mesh import corners
from ifc.geometry.packed import EXTENSION, PackedView, assemble, pack_rows, pack_triangles

FloatArray = NDArray[np.float64]

_FLOAT, _UINT32, _UINT16, _INT16, _UINT8 = 5126, 5125, 5123, 5122, 5121
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_MAX_SHORT = 32767
_MAX_UINT16_INDEX = 65534  # 65535 restarts a primitive
_OPAQUE, _BLEND = 0, 1


@dataclass(frozen=True, slots=True)
class Part:
    """Triangles of one or more elements, y up.

    Attributes:
        positions: float64 (n, 3), metres.
        faces: uint32 (m, 3).
        colours: uint8 (n, 4), linear RGBA.
        features: uint16 (n,), feature id of each vertex; ignored in an instanced part.
    """

    positions: FloatArray
    faces: NDArray[np.uint32]
    colours: NDArray[np.uint8]
    features: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Instances:
    """One part and the places where it stands.

    Attributes:
        part: The shape in its own coordinates, y up.
        rotations: float64 (k, 3, 3), proper rotations, y up.
        translations: float64 (k, 3), metres, y up.
        features: Feature id of each instance.
        blend: Whether the shape is translucent.
    """

    part: Part
    rotations: FloatArray
    translations: FloatArray
    features: NDArray[np.uint16]
    blend: bool


def quantise(positions: FloatArray) -> tuple[NDArray[np.int16], FloatArray, FloatArray]:
    """Return int16 positions with the scale and the offset (metres) that give the positions back."""
    low, high = corners(positions)
    offset = (low + high) / 2
    scale = (high - low) / (2 * _MAX_SHORT)
    scale[scale == 0.0] = 1.0
    steps = positions - offset
    steps /= scale
    np.rint(steps, out=steps)
    np.clip(steps, -_MAX_SHORT, _MAX_SHORT, out=steps)
    return steps.astype(np.int16), scale, offset


def write_glb(opaque: Part | None, blend: Part | None, instanced: list[Instances], feature_count: int) -> bytes:
    """Return a GLB with one merged node and one node for each instanced shape."""
    file = _File(feature_count)
    file.add_merged([(part, mode) for part, mode in ((opaque, _OPAQUE), (blend, _BLEND)) if part is not None])
    for instances in instanced:
        file.add_instances(instances)
    return file.to_bytes()


@dataclass
class _File:
    """A GLB in the making."""

    feature_count: int
    binary: bytearray = field(default_factory=bytearray)
    unpacked_bytes: int = 0  # length of the buffer that a reader fills with what it unpacks
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    meshes: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    extensions: set[str] = field(default_factory=lambda: {"KHR_mesh_quantization"})

    def add_merged(self, parts: list[tuple[Part, int]]) -> None:
        if not parts:
            return
        steps, scale, offset = quantise(np.concatenate([part.positions for part, _ in parts]))
        ends = np.cumsum([len(part.positions) for part, _ in parts])[:-1]
        primitives = [
            self._primitive(part, own, mode, with_features=True)
            for (part, mode), own in zip(parts, np.split(steps, ends), strict=True)
        ]
        node = {"mesh": len(self.meshes), "translation": offset.tolist(), "scale": scale.tolist()}
        self.meshes.append({"primitives": primitives})
        self.nodes.append(node)

    def add_instances(self, instances: Instances) -> None:
        steps, scale, offset = quantise(instances.part.positions)
        mode = _BLEND if instances.blend else _OPAQUE
        primitive = self._primitive(instances.part, steps, mode, with_features=False)
        count = len(instances.features)
        moved = instances.translations + instances.rotations @ offset
        attributes = {
            "TRANSLATION": self._floats(moved, "VEC3"),
            "ROTATION": self._floats(quaternions(instances.rotations), "VEC4"),
            "SCALE": self._floats(np.tile(scale, (count, 1)), "VEC3"),
            "_FEATURE_ID_0": self._floats(instances.features.astype(np.float64), "SCALAR"),
        }
        extensions = {
            "EXT_mesh_gpu_instancing": {"attributes": attributes},
            "EXT_instance_features": {"featureIds": [{"featureCount": self.feature_count, "attribute": 0}]},
        }
        self.extensions.update(extensions)
        self.nodes.append({"mesh": len(self.meshes), "extensions": extensions})
        self.meshes.append({"primitives": [primitive]})

    def to_bytes(self) -> bytes:
        return assemble(self._document(), bytes(self.binary))

    def _document(self) -> dict[str, Any]:
        required = sorted(self.extensions & {"KHR_mesh_quantization", "EXT_mesh_gpu_instancing", EXTENSION})
        surface = {"baseColorFactor": [1, 1, 1, 1], "metallicFactor": 0, "roughnessFactor": 1}
        return {
            "asset": {"version": "2.0", "generator": "kaksik"},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self.nodes)))}],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "materials": [
                {"pbrMetallicRoughness": surface, "doubleSided": True},
                {"pbrMetallicRoughness": surface, "doubleSided": True, "alphaMode": "BLEND"},
            ],
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": self._buffers(),
            "extensionsUsed": sorted(self.extensions),
            "extensionsRequired": required,
        }

    def _primitive(self, part: Part, steps: NDArray[np.int16], mode: int, *, with_features: bool) -> dict[str, Any]:
        padded = np.zeros((len(steps), 4), dtype="<i2")
        padded[:, :3] = steps
        limits = {"min": steps.min(axis=0).tolist(), "max": steps.max(axis=0).tolist()}
        attributes = {
            "POSITION": self._vertices(padded, _INT16, "VEC3", 8, limits),
            "COLOR_0": self._vertices(part.colours, _UINT8, "VEC4", 4, {"normalized": True}),
        }
        primitive: dict[str, Any] = {"attributes": attributes, "indices": self._indices(part), "material": mode}
        if with_features:
            wide = part.features.astype("<u4")  # the upper half is the padding of the stride
            attributes["_FEATURE_ID_0"] = self._vertices(wide, _UINT16, "SCALAR", 4, {})
            primitive["extensions"] = {
                "EXT_mesh_features": {"featureIds": [{"featureCount": self.feature_count, "attribute": 0}]}
            }
            self.extensions.add("EXT_mesh_features")
        return primitive

    def _buffers(self) -> list[dict[str, Any]]:
        own: dict[str, Any] = {"byteLength": len(self.binary)}
        unpacked = {"byteLength": self.unpacked_bytes, "extensions": {EXTENSION: {"fallback": True}}}
        return [own, unpacked] if self.unpacked_bytes else [own]

    def _indices(self, part: Part) -> int:
        small = len(part.positions) <= _MAX_UINT16_INDEX + 1
        flat = part.faces.reshape(-1).astype("<u2" if small else "<u4")
        view = self._view(pack_triangles(flat), {"target": _ELEMENT_ARRAY_BUFFER})
        return self._accessor(view, _UINT16 if small else _UINT32, "SCALAR", len(flat), {})

    def _vertices(self, rows: NDArray[Any], component: int, shape: str, stride: int, more: dict[str, Any]) -> int:
        view = self._view(pack_rows(rows), {"target": _ARRAY_BUFFER, "byteStride": stride})
        return self._accessor(view, component, shape, len(rows), more)

    def _floats(self, rows: FloatArray, shape: str) -> int:
        return self._accessor(self._view(pack_rows(rows.astype("<f4")), {}), _FLOAT, shape, len(rows), {})

    def _view(self, packed: PackedView, more: dict[str, Any]) -> int:
        own = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(packed.data)}
        self.binary += packed.data + b"\0" * (-len(packed.data) % 4)
        if packed.mode is None:
            self.views.append({**own, **more})
            return len(self.views) - 1
        length = packed.count * packed.stride
        how = {**own, "byteStride": packed.stride, "count": packed.count, "mode": packed.mode}
        view = {"buffer": 1, "byteOffset": self.unpacked_bytes, "byteLength": length, **more}
        self.views.append({**view, "extensions": {EXTENSION: how}})
        self.unpacked_bytes += length + -length % 4
        self.extensions.add(EXTENSION)
        return len(self.views) - 1

    def _accessor(self, view: int, component: int, shape: str, count: int, more: dict[str, Any]) -> int:
        self.accessors.append({"bufferView": view, "componentType": component, "type": shape, "count": count, **more})
        return len(self.accessors) - 1


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
