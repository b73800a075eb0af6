"""Blocks of buildings as a GLB with feature ids and a property table (EXT_mesh_features, EXT_structural_metadata)."""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mapbox_earcut
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from twin.district import Body

FLOAT, UINT32, UINT16 = 5126, 5125, 5123
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
MAX_FEATURES = 65_535  # feature ids are 16 bits: vertex attributes of glTF have no integer of 32
BLOCK_MATERIAL: Mapping[str, Any] = {
    "pbrMetallicRoughness": {"baseColorFactor": [0.82, 0.82, 0.8, 1.0], "metallicFactor": 0.0}
}
UNKNOWN_M = -9999.0  # a height that is not known

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Triangles of blocks, z up.

    Attributes:
        positions: float64 (n, 3): easting, northing, height, metres.
        faces: int64 (m, 3), counter-clockwise from outside.
        features: Number of the block of each vertex.
    """

    positions: FloatArray
    faces: IntArray
    features: IntArray


def blocks_of(bodies: Sequence[Body]) -> Blocks:
    """Return the raised footprints of bodies; one without a height lies flat on its ground.

    Holes are kept; every face has vertices of its own, so that viewers shade it flat.
    """
    positions: list[FloatArray] = []
    faces: list[IntArray] = []
    features: list[IntArray] = []
    start = 0
    for number, body in enumerate(bodies):
        low = body.ground_m or 0.0
        high = low + max(0.0, body.height_m or 0.0)
        for part in (p for p in shapely.get_parts(body.shape) if isinstance(p, Polygon)):
            points, triangles = _block(part, low, high)
            positions.append(points)
            faces.append(triangles + start)
            features.append(np.full(len(points), number, dtype=np.int64))
            start += len(points)
    if not positions:
        return Blocks(np.empty((0, 3)), np.empty((0, 3), dtype=np.int64), np.empty(0, dtype=np.int64))
    return Blocks(np.concatenate(positions), np.concatenate(faces), np.concatenate(features))


def _block(part: Polygon, low: float, high: float) -> tuple[FloatArray, IntArray]:
    """Return roof, floor and walls of one polygon."""
    turned = shapely.orient_polygons(part)
    rings = [shapely.get_coordinates(ring)[:-1] for ring in (turned.exterior, *turned.interiors)]
    flat = np.concatenate(rings)
    ends = np.cumsum([len(ring) for ring in rings]).astype(np.uint32)
    about = (flat - flat[0]).astype(np.float64)
    roof = _upwards(mapbox_earcut.triangulate_float64(about, ends).reshape(-1, 3).astype(np.int64), about)
    count = len(flat)
    points = [np.column_stack([flat, np.full(count, high)]), np.column_stack([flat, np.full(count, low)])]
    faces = [roof, roof[:, ::-1] + count]
    start = 2 * count
    for ring in rings if high > low else []:
        following = np.roll(ring, -1, axis=0)
        edges = len(ring)
        bottom, top = np.full(edges, low), np.full(edges, high)
        corners = [
            np.column_stack([xy, z]) for xy, z in ((ring, bottom), (following, bottom), (following, top), (ring, top))
        ]
        points.append(np.stack(corners, axis=1).reshape(-1, 3))
        base = start + 4 * np.arange(edges)[:, None]
        faces += [base + np.array([0, 1, 2]), base + np.array([0, 2, 3])]
        start += 4 * edges
    return np.concatenate(points), np.concatenate(faces)


def _upwards(triangles: IntArray, flat: FloatArray) -> IntArray:
    a, b, c = (flat[triangles[:, i]] for i in range(3))
    cross = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.where((cross < 0)[:, None], triangles[:, ::-1], triangles)


def tile_glb(blocks: Blocks, local: FloatArray, bodies: Sequence[Body]) -> bytes:
    """Return a GLB.

    Args:
        blocks: Triangles and feature numbers.
        local: float64 (n, 3), the positions of `blocks` in the tile's own coordinates, z up, metres.
        bodies: One for each feature number, at most `MAX_FEATURES`.
    """
    y_up = np.column_stack([local[:, 0], local[:, 2], -local[:, 1]]).astype(np.float32)
    file = GlbFile()
    features = np.zeros((len(local), 2), dtype=np.uint16)  # two bytes of padding: a stride is a multiple of four
    features[:, 0] = blocks.features
    position = file.accessor(y_up, FLOAT, "VEC3", ARRAY_BUFFER, bounds=True)
    normal = file.accessor(flat_normals(y_up, blocks.faces), FLOAT, "VEC3", ARRAY_BUFFER)
    feature = file.accessor(features, UINT16, "SCALAR", ARRAY_BUFFER, stride=4)
    indices = file.accessor(blocks.faces.astype(np.uint32).reshape(-1), UINT32, "SCALAR", ELEMENT_ARRAY_BUFFER)
    ids = {"featureIds": [{"featureCount": len(bodies), "attribute": 0, "propertyTable": 0}]}
    primitive = {
        "attributes": {"POSITION": position, "NORMAL": normal, "_FEATURE_ID_0": feature},
        "indices": indices,
        "material": 0,
        "extensions": {"EXT_mesh_features": ids},
    }
    return file.to_bytes([primitive], _metadata(file, bodies))


def flat_normals(points: NDArray[np.float32], faces: IntArray) -> NDArray[np.float32]:
    """Return the normal of each vertex, float32 (n, 3), where all triangles of a vertex lie in one plane.

    glTF lets a viewer compute them; CesiumJS does not, and shows a block without them as a white patch.
    """
    corners = points.astype(np.float64)[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    summed = np.zeros((len(points), 3))
    for corner in range(3):  # twice the area as weight: a sliver of the triangulation has no direction of its own
        np.add.at(summed, faces[:, corner], across)
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    upwards = np.array([0.0, 1.0, 0.0])
    return np.where(lengths > 0, summed / np.where(lengths > 0, lengths, 1.0), upwards).astype(np.float32)


def _metadata(file: "GlbFile", bodies: Sequence[Body]) -> dict[str, Any]:
    """Return the property table: building id, source, ground and height."""
    properties = {
        "building_id": strings(file, [body.building_id for body in bodies]),
        "source": strings(file, [body.source for body in bodies]),
        "ground_m": {"values": file.view(_numbers([body.ground_m for body in bodies]))},
        "height_m": {"values": file.view(_numbers([body.height_m for body in bodies]))},
    }
    number = {"type": "SCALAR", "componentType": "FLOAT32", "noData": UNKNOWN_M}
    classes = {
        "building": {
            "properties": {
                "building_id": {"type": "STRING", "required": True},
                "source": {"type": "STRING", "required": True},
                "ground_m": {**number, "description": "EH2000 metres"},
                "height_m": {**number, "description": "metres above ground"},
            }
        }
    }
    return {
        "schema": {"id": "kaksik", "classes": classes},
        "propertyTables": [{"class": "building", "count": len(bodies), "properties": properties}],
    }


def strings(file: "GlbFile", texts: Sequence[str]) -> dict[str, int]:
    """Add a column of texts to a GLB and return its entry in a property table."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.concatenate([[0], np.cumsum([len(text) for text in encoded])]).astype(np.uint32)
    return {"values": file.view(b"".join(encoded) or b"\0"), "stringOffsets": file.view(offsets.tobytes())}


def _numbers(values: Sequence[float | None]) -> bytes:
    return np.array([UNKNOWN_M if v is None else v for v in values], dtype=np.float32).tobytes()


class GlbFile:
    """A GLB in the making."""

    def __init__(self) -> None:
        self._binary = bytearray()
        self._views: list[dict[str, Any]] = []
        self._accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, **members: Any) -> int:
        """Add bytes, on a multiple of eight, and return the number of their view."""
        self._binary += b"\0" * (-len(self._binary) % 8)
        self._views.append({"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data), **members})
        self._binary += data
        return len(self._views) - 1

    def accessor(
        self,
        values: NDArray[Any],
        component: int,
        kind: str,
        target: int,
        *,
        stride: int = 0,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        """Add numbers and return the number of their accessor."""
        view = self.view(values.tobytes(), target=target, **({"byteStride": stride} if stride else {}))
        made: dict[str, Any] = {"bufferView": view, "componentType": component, "count": len(values), "type": kind}
        if normalized:
            made["normalized"] = True
        if bounds:
            made |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self._accessors.append(made)
        return len(self._accessors) - 1

    def to_bytes(
        self, primitives: Sequence[Any], metadata: dict[str, Any], materials: Sequence[Any] = (BLOCK_MATERIAL,)
    ) -> bytes:
        """Return the file with one mesh of some primitives."""
        document = {
            "asset": {"version": "2.0", "generator": "kaksik"},
            "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"],
            "extensions": {"EXT_structural_metadata": metadata},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": list(primitives)}],
            "materials": list(materials),
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self._binary) + (-len(self._binary) % 4)}],
        }
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
        text += b" " * (-len(text) % 4)
        binary = bytes(self._binary) + b"\0" * (-len(self._binary) % 4)
        parts = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
        return struct.pack("<4sII", b"glTF", 2, 12 + len(parts)) + parts
