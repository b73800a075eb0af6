"""Buffer views of a GLB packed with EXT_meshopt_compression, and back; equal bytes for equal input.

The codecs are those of meshoptimizer, in the version that the extension names (0).
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import meshopt
import numpy as np
from numpy.typing import NDArray

from ifc.errors import IfcGeometryError, Reason

EXTENSION = "EXT_meshopt_compression"

_CODEC_VERSION = 0
_ATTRIBUTES, _TRIANGLES = "ATTRIBUTES", "TRIANGLES"
_HEADER = struct.Struct("<4sIII4s")  # of the file and of its JSON chunk


@dataclass(frozen=True, slots=True)
class PackedView:
    """The bytes of one buffer view.

    Attributes:
        data: Packed bytes, or the plain ones if packing saves none.
        mode: Mode of the extension; None for plain bytes.
        count: Rows.
        stride: Bytes of one row when unpacked.
    """

    data: bytes
    mode: str | None
    count: int
    stride: int


def pack_rows(rows: NDArray[Any]) -> PackedView:
    """Return `rows` packed; each row has a multiple of four bytes."""
    rows = np.ascontiguousarray(rows)
    stride = rows.itemsize * (rows.shape[1] if rows.ndim > 1 else 1)
    return _smaller(rows, meshopt.encode_gltf_buffer(rows, _ATTRIBUTES, _CODEC_VERSION), _ATTRIBUTES, stride)


def pack_triangles(indices: NDArray[Any]) -> PackedView:
    """Return uint16 or uint32 `indices` packed; the three of a triangle may come back rotated."""
    return _smaller(indices, meshopt.encode_index_buffer(indices), _TRIANGLES, indices.itemsize)


def _smaller(rows: NDArray[Any], packed: bytes, mode: str, stride: int) -> PackedView:
    if len(packed) < rows.nbytes:
        return PackedView(packed, mode, len(rows), stride)
    return PackedView(rows.tobytes(), None, len(rows), stride)


def plain_glb(glb: bytes) -> bytes:
    """Return `glb` without EXT_meshopt_compression, for programs that know plain glTF; others pass unchanged.

    Raises:
        IfcGeometryError: (record) the bytes are no GLB that this package writes.
    """
    try:
        _, _, _, length, _ = _HEADER.unpack_from(glb)
        document = json.loads(glb[_HEADER.size : _HEADER.size + length])
        packed = EXTENSION in document.get("extensionsUsed", ())
        return _unpacked(document, memoryview(glb)[_HEADER.size + length + 8 :]) if packed else glb
    except (ValueError, KeyError, TypeError, AttributeError, struct.error, RuntimeError) as error:
        raise IfcGeometryError("The stored scene is damaged.", reason=Reason.RECORD) from error


def _unpacked(document: dict[str, Any], binary: memoryview) -> bytes:
    data, views = bytearray(), []
    for view in document["bufferViews"]:
        rows = _view_bytes(view, binary)
        kept = {key: value for key, value in view.items() if key != "extensions"}
        views.append({**kept, "buffer": 0, "byteOffset": len(data), "byteLength": len(rows)})
        data += rows + b"\0" * (-len(rows) % 4)
    for key in ("extensionsUsed", "extensionsRequired"):
        document[key] = [name for name in document[key] if name != EXTENSION]
    return assemble({**document, "bufferViews": views, "buffers": [{"byteLength": len(data)}]}, bytes(data))


def _view_bytes(view: Mapping[str, Any], binary: memoryview) -> bytes:
    how = view.get("extensions", {}).get(EXTENSION)
    start = (how or view)["byteOffset"]
    data = bytes(binary[start : start + (how or view)["byteLength"]])
    if how is None:
        return data
    rows: bytes = meshopt.decode_gltf_buffer(data, how["count"], how["byteStride"], how["mode"]).tobytes()
    return rows


def assemble(document: Mapping[str, Any], binary: bytes) -> bytes:
    """Return a GLB of a JSON document and the bytes of its buffer, a multiple of four."""
    text = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    text += b" " * (-len(text) % 4)
    total = _HEADER.size + len(text) + 8 + len(binary)
    head = _HEADER.pack(b"glTF", 2, total, len(text), b"JSON")
    return head + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
