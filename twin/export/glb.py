"""One GLB of a whole scene, merged from its chunks, for programs that know plain glTF only.

Instances become ordinary nodes, since few programs know EXT_mesh_gpu_instancing; quantised positions stay. Every
chunk is a node whose `extras` name its storey, its band and the GlobalIds of its features in order of their ids. The
root stands at the origin of the scene, so that the file is in model coordinates (y up: x, z, -y), metres.
"""

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc import IfcGeometryError, plain_glb
from twin.errors import StorageError

FARTHEST_ORIGIN_M = 10_000.0  # programs place nodes in 32-bit floats: beyond this they lose more than a millimetre

_INSTANCING = "EXT_mesh_gpu_instancing"
_INSTANCE_FEATURES = "EXT_instance_features"
_DECIMALS = 7  # metres
_FLOAT_SIZES: Mapping[str, int] = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}


def merge_scene(scene: Mapping[str, Any], chunk: Callable[[str], bytes]) -> bytes:
    """Return the GLB of `scene`.

    Args:
        scene: Content of ``scene.json``.
        chunk: Gives the bytes of a chunk by its SHA-256 (hex).

    Raises:
        StorageError: (blob-damaged) a chunk is not the GLB that this program writes.
    """
    merged = _Merged(scene)
    for entry in scene["chunks"]:
        document, binary = _split(chunk(entry["sha256"]), entry["sha256"])
        merged.add(entry, document, binary)
    return merged.to_bytes()


class _Merged:
    """A GLB in the making; node 0 is the root."""

    def __init__(self, scene: Mapping[str, Any]) -> None:
        x, y, z = scene["origin"]
        root: dict[str, Any] = {"name": "model", "children": [], "extras": {"origin_m": [x, y, z]}}
        if max(abs(x), abs(y), abs(z)) <= FARTHEST_ORIGIN_M:
            root["translation"] = [x, z, -y]
        self._elements = scene["elements"]
        self._nodes: list[dict[str, Any]] = [root]
        self._binary = bytearray()
        self._lists: dict[str, list[Any]] = {"meshes": [], "accessors": [], "bufferViews": []}
        self._materials: list[Any] = []
        self._extensions: set[str] = set()

    def add(self, entry: Mapping[str, Any], document: Mapping[str, Any], binary: bytes) -> None:
        first, last = entry["first_feature"], entry["first_feature"] + entry["features"]
        names = self._elements["global_id"][first:last]
        extras = {"storey": entry["storey"], "band": entry["band"], "global_ids": names}
        node: dict[str, Any] = {"name": entry["band"], "children": [], "extras": extras}
        self._link(self._nodes[0], node)
        base = len(self._lists["meshes"])
        for source in document["nodes"]:
            if _INSTANCING in source.get("extensions", {}):
                for instance in _instances(source, document, binary, names):
                    self._link(node, {**instance, "mesh": base + source["mesh"]})
            else:
                self._link(node, {**source, "mesh": base + source["mesh"]})
        self._append(document, binary)
        self._extensions |= set(document["extensionsUsed"]) - {_INSTANCING, _INSTANCE_FEATURES}

    def to_bytes(self) -> bytes:
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "kaksik"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{key: value for key, value in node.items() if value != []} for node in self._nodes],
        }
        if self._binary:
            document |= {**self._lists, "materials": self._materials}
            document["buffers"] = [{"byteLength": len(self._binary)}]
            document["extensionsUsed"] = sorted(self._extensions)
            document["extensionsRequired"] = sorted(self._extensions & {"KHR_mesh_quantization"})
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        body = struct.pack("<I4s", len(text), b"JSON") + text
        if self._binary:
            body += struct.pack("<I4s", len(self._binary), b"BIN\0") + self._binary
        return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body

    def _link(self, parent: dict[str, Any], node: dict[str, Any]) -> None:
        parent["children"].append(len(self._nodes))
        self._nodes.append(node)

    def _append(self, document: Mapping[str, Any], binary: bytes) -> None:
        views, accessors = len(self._lists["bufferViews"]), len(self._lists["accessors"])
        start = len(self._binary)
        self._binary += binary
        self._lists["bufferViews"] += [
            {**view, "byteOffset": view.get("byteOffset", 0) + start} for view in document["bufferViews"]
        ]
        self._lists["accessors"] += [
            {**accessor, "bufferView": accessor["bufferView"] + views} for accessor in document["accessors"]
        ]
        for mesh in document["meshes"]:
            primitives = [
                {
                    **primitive,
                    "attributes": {key: index + accessors for key, index in primitive["attributes"].items()},
                    "indices": primitive["indices"] + accessors,
                    "material": self._material(document["materials"][primitive["material"]]),
                }
                for primitive in mesh["primitives"]
            ]
            self._lists["meshes"].append({**mesh, "primitives": primitives})

    def _material(self, material: Any) -> int:
        if material not in self._materials:
            self._materials.append(material)
        return self._materials.index(material)


def _instances(
    node: Mapping[str, Any], document: Mapping[str, Any], binary: bytes, names: list[str]
) -> list[dict[str, Any]]:
    """Return a node for each instance: the transformation of the whole node, then its own."""
    attributes = node["extensions"][_INSTANCING]["attributes"]
    read = {key: _floats(document, binary, index) for key, index in attributes.items()}
    scale = np.array(node.get("scale", [1.0, 1.0, 1.0]))
    places = read["TRANSLATION"].astype(np.float64) * scale
    found: list[dict[str, Any]] = []
    for number, feature in enumerate(read["_FEATURE_ID_0"].reshape(-1)):
        one = {"name": names[int(feature)], "translation": places[number].round(_DECIMALS).tolist()}
        if "ROTATION" in read:
            one["rotation"] = read["ROTATION"][number].tolist()
        found.append({**one, "scale": (scale * read["SCALE"][number] if "SCALE" in read else scale).tolist()})
    return found


def _floats(document: Mapping[str, Any], binary: bytes, index: int) -> NDArray[np.float32]:
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor["bufferView"]]
    width = _FLOAT_SIZES[accessor["type"]]
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    found = np.frombuffer(binary, "<f4", accessor["count"] * width, start)
    return found.reshape(-1, width)


def _split(data: bytes, name: str) -> tuple[Mapping[str, Any], bytes]:
    try:
        data = plain_glb(data)
        magic, _, total, length, kind = struct.unpack_from("<4sIII4s", data)
        document: Mapping[str, Any] = json.loads(data[20 : 20 + length])
    except (IfcGeometryError, ValueError, struct.error) as error:
        raise _damaged(name) from error
    if magic != b"glTF" or kind != b"JSON" or total != len(data):
        raise _damaged(name)
    return document, data[28 + length :]


def _damaged(name: str) -> StorageError:
    return StorageError(
        "A chunk of the scene is no GLB.",
        reason="blob-damaged",
        entity=name,
        hint="Run `kaksik rebuild geometry`.",
    )
