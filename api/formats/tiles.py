"""3D Tiles 1.1 of all buildings: an explicit tileset of grid cells, each with one GLB.

The root stands east-north-up at its centre; every vertex goes from EPSG:3301 to Earth-centred coordinates and from
there into the root's in float64, since grid north is not true north (0.6 degrees apart in Tallinn). EH2000 heights
are taken as ellipsoidal ones plus `geoid_m`; without it, the city lies some 17 to 20 m too low.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from api.formats.tile_glb import MAX_FEATURES, blocks_of, tile_glb
from twin.district import Body, Bounds

CELL_M = 500.0  # some hundred buildings of a dense city: a tile of below a megabyte
GEOMETRIC_ERROR_M = 1_000.0  # of nothing instead of the city: every viewer that sees it loads the cells
MAX_GEOID_M = 120.0  # no geoid stands farther from its ellipsoid

FloatArray = NDArray[np.float64]
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """East-north-up axes at a place on the Earth.

    Attributes:
        origin: Earth-centred coordinates, float64 (3,), metres.
        axes: Rows east, north and up, float64 (3, 3).
        geoid_m: Added to EH2000 heights.
    """

    origin: FloatArray
    axes: FloatArray
    geoid_m: float

    def local(self, points: FloatArray) -> FloatArray:
        """Return points (n, 3) of EPSG:3301 and EH2000 in this frame, metres."""
        turned: FloatArray = (earth_centred(points, self.geoid_m) - self.origin) @ self.axes.T
        return turned

    def matrix(self) -> list[float]:
        """Return the transform from this frame to Earth-centred coordinates, column by column."""
        columns = [*self.axes, self.origin]
        return [float(v) for i, column in enumerate(columns) for v in (*column, 1.0 if i == 3 else 0.0)]


@cache
def _to_earth() -> Transformer:
    return Transformer.from_crs(CRS.from_epsg(3301).to_3d(), CRS.from_epsg(4936), always_xy=True)


def earth_centred(points: FloatArray, geoid_m: float) -> FloatArray:
    """Return points (n, 3) of EPSG:3301 and EH2000 in Earth-centred coordinates (ETRS89, taken as WGS 84)."""
    x, y, z = _to_earth().transform(points[:, 0], points[:, 1], points[:, 2] + geoid_m)
    return np.column_stack([x, y, z]).astype(np.float64)


def frame_at(east: float, north: float, geoid_m: float = 0.0) -> Frame:
    """Return the frame at a place on the map at the height of the ellipsoid."""
    to_degrees = Transformer.from_crs("EPSG:3301", "EPSG:4258", always_xy=True)
    longitude, latitude = (math.radians(v) for v in to_degrees.transform(east, north))
    sin_lon, cos_lon, sin_lat, cos_lat = (
        math.sin(longitude),
        math.cos(longitude),
        math.sin(latitude),
        math.cos(latitude),
    )
    axes = np.array(
        [
            [-sin_lon, cos_lon, 0.0],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        ]
    )
    origin = earth_centred(np.array([[east, north, 0.0]]), 0.0)[0]
    return Frame(origin, axes, geoid_m)


def cell_of(body: Body) -> Cell:
    """Return the cell that a body belongs to: that of the middle of its box."""
    east0, north0, east1, north1 = body.shape.bounds
    return math.floor((east0 + east1) / 2 / CELL_M), math.floor((north0 + north1) / 2 / CELL_M)


def by_cell(bodies: Sequence[Body]) -> dict[Cell, list[list[Body]]]:
    """Return the bodies of each cell, in lists of at most `MAX_FEATURES`."""
    cells: dict[Cell, list[Body]] = {}
    for body in bodies:
        cells.setdefault(cell_of(body), []).append(body)
    return {
        cell: [found[i : i + MAX_FEATURES] for i in range(0, len(found), MAX_FEATURES)]
        for cell, found in sorted(cells.items())
    }


def frame_of(bounds: Sequence[float], geoid_m: float = 0.0) -> Frame:
    """Return the frame of a tileset: in the middle of a box of EPSG:3301."""
    return frame_at((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, geoid_m)


def cell_bounds(cell: Cell) -> Bounds:
    """Return the box of a cell in EPSG:3301."""
    east, north = cell
    return east * CELL_M, north * CELL_M, (east + 1) * CELL_M, (north + 1) * CELL_M


def tileset(bodies: Sequence[Body], frame: Frame | None) -> dict[str, Any]:
    """Return tileset.json; contents are ``{east}_{north}_{part}.glb`` beside it.

    Args:
        bodies: All buildings.
        frame: Axes of the root; None if there is no building.
    """
    asset: dict[str, Any] = {"version": "1.1", "extras": {"heights": "EH2000"}}
    if frame is None or not bodies:
        point = {"box": [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]}
        return {"asset": asset, "geometricError": 0.0, "root": {"boundingVolume": point, "geometricError": 0.0}}
    asset["extras"]["geoid_m"] = frame.geoid_m
    boxes, children = [], []
    for cell, parts in by_cell(bodies).items():
        for number, part in enumerate(parts):
            local = frame.local(blocks_of(part).positions)
            boxes.append(_box(local))
            children.append(_child(local, cell, number, frame.geoid_m))
    low = np.min([box[0] for box in boxes], axis=0)
    high = np.max([box[1] for box in boxes], axis=0)
    root = {
        "transform": frame.matrix(),
        "boundingVolume": {"box": _volume(low, high)},
        "geometricError": GEOMETRIC_ERROR_M,
        "refine": "ADD",
        "children": children,
    }
    return {"asset": asset, "geometricError": GEOMETRIC_ERROR_M, "root": root}


def tile(bodies: Sequence[Body], cell: Cell, number: int, frame: Frame) -> bytes | None:
    """Return the GLB of a part of a cell, or None if there is no such part.

    Args:
        bodies: Buildings that touch the cell; those of other cells are left out.
        cell: The cell.
        number: Part of the cell, from 0.
        frame: Axes of the root.
    """
    parts = by_cell(bodies).get(cell, [])
    if not 0 <= number < len(parts):
        return None
    blocks = blocks_of(parts[number])
    local = frame.local(blocks.positions)
    return tile_glb(blocks, local - _middle(local), parts[number])


def _child(local: FloatArray, cell: Cell, number: int, geoid_m: float) -> dict[str, Any]:
    """Return a tile; it stands in its middle, so that 32 bits are enough for its vertices."""
    middle, (low, high) = _middle(local), _box(local)
    return {
        "transform": [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, *(float(v) for v in middle), 1.0],
        "boundingVolume": {"box": _volume(low - middle, high - middle)},
        "geometricError": 0.0,
        "content": {"uri": f"{cell[0]}_{cell[1]}_{number}.glb" + (f"?geoid_m={geoid_m:g}" if geoid_m else "")},
    }


def _middle(local: FloatArray) -> FloatArray:
    middle: FloatArray = np.round((local.min(axis=0) + local.max(axis=0)) / 2, 3)
    return middle


def _box(local: FloatArray) -> tuple[FloatArray, FloatArray]:
    return local.min(axis=0) - 0.01, local.max(axis=0) + 0.01  # a centimetre for the rounding to 32 bits


def _volume(low: FloatArray, high: FloatArray) -> list[float]:
    centre, half = (low + high) / 2, (high - low) / 2
    return [*(float(v) for v in centre), float(half[0]), 0.0, 0.0, 0.0, float(half[1]), 0.0, 0.0, 0.0, float(half[2])]
