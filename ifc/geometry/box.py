"""The mesh of an axis-parallel box."""

import numpy as np
from numpy.typing import NDArray

from ifc.geometry.mesh import Faces, Vertices

_BOX_QUADS = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
BOX_FACES: Faces = np.array(
    [corners for a, b, c, d in _BOX_QUADS for corners in ((a, b, c), (a, c, d))], dtype=np.uint32
)


def box_vertices(low: NDArray[np.float64], high: NDArray[np.float64]) -> Vertices:
    """Return float64 (8, 3): the corners of an axis-parallel box in the order that `BOX_FACES` expects."""
    x0, y0, z0 = low
    x1, y1, z1 = high
    floor = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return np.array([(x, y, z) for z in (z0, z1) for x, y in floor], dtype=np.float64)
