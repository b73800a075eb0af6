"""Vertices and faces packed without loss, by the codecs of meshoptimizer: a ninth of the time of deflate alone.

The packer is loaded when it is needed: the children that only make meshes do without it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_WIDTH = 3  # numbers in a row
_CODEC_VERSION = 0


def pack_numbers(rows: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return float64 `rows` (n, 3) packed."""
    import meshopt

    if not len(rows):
        return np.zeros(0, dtype=np.uint8)
    packed = meshopt.encode_gltf_buffer(np.ascontiguousarray(rows, dtype="<f8"), "ATTRIBUTES", _CODEC_VERSION)
    return np.frombuffer(packed, dtype=np.uint8)


def unpack_numbers(packed: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Return the `count` rows that `pack_numbers` packed.

    Raises:
        ValueError: The bytes are damaged.
        RuntimeError: The bytes are damaged.
    """
    import meshopt

    if not count:
        return np.zeros((0, _WIDTH))
    data = meshopt.decode_gltf_buffer(packed.tobytes(), count, 8 * _WIDTH, "ATTRIBUTES").tobytes()
    return np.frombuffer(data, dtype="<f8").reshape(-1, _WIDTH)


def pack_indices(rows: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return uint32 `rows` (n, 3) packed; unlike the packing of triangles it leaves each row as it is."""
    import meshopt

    packed = meshopt.encode_index_sequence(rows.reshape(-1)) if len(rows) else b""
    return np.frombuffer(packed, dtype=np.uint8)


def unpack_indices(packed: NDArray[Any], count: int) -> NDArray[np.uint32]:
    """Return the `count` rows that `pack_indices` packed.

    Raises:
        ValueError: The bytes are damaged.
        RuntimeError: The bytes are damaged.
    """
    import meshopt

    if not count:
        return np.zeros((0, _WIDTH), dtype=np.uint32)
    data = meshopt.decode_index_sequence(packed.tobytes(), count * _WIDTH, 4).tobytes()
    return np.frombuffer(data, dtype="<u4").reshape(-1, _WIDTH)
