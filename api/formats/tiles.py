"""3D Tiles 1.1 of all buildings: squares of 4 km, each an external tileset of grid cells with one GLB a part.

The tileset of the root names squares only, that of a square its cells, so that neither grows with the number of
buildings. Volumes are regions (WGS 84 degrees and ellipsoidal heights). Each tile has a frame of its own,
east-north-up at the middle of its cell; every vertex goes from EPSG:3301 to Earth-centred coordinates and from there
into the frame in float64, since grid north is not true north (0.6 degrees apart in Tallinn). A geoid raises EH2000.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from api.formats.tile_glb import blocks_of, tile_glb
from twin.city import ShownTile
from twin.district import CELL_M, Body, Cell, Geoid, Level

SQUARE_CELLS = 8  # cells along a square; Estonia has some 2,800 squares with land
ROOT_ERROR_M = 5_000.0  # of nothing instead of a city: every viewer that sees it loads the squares
SQUARE_ERROR_M = 1_000.0  # of nothing instead of a square
MAX_GEOID_M = 120.0  # no geoid stands farther from its ellipsoid
MARGIN_M = 0.2  # for the geoid's slope over a cell and the rounding to 32 bits

FloatArray = NDArray[np.float64]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """East-north-up axes at a place on the Earth.

    Attributes:
        origin: Earth-centred coordinates, float64 (3,), metres.
        axes: Rows east, north and up, float64 (3, 3).
    """

    origin: FloatArray
    axes: FloatArray

    def local(self, points: FloatArray, geoid: Geoid) -> FloatArray:
        """Return points (n, 3) of EPSG:3301 and EH2000 in this frame, metres."""
        turned: FloatArray = (earth_centred(points, geoid) - self.origin) @ self.axes.T
        return turned

    def matrix(self) -> list[float]:
        """Return the transform from this frame to Earth-centred coordinates, column by column."""
        columns = [*self.axes, self.origin]
        return [float(v) for i, column in enumerate(columns) for v in (*column, 1.0 if i == 3 else 0.0)]


@cache
def _to_earth() -> Transformer:
    return Transformer.from_crs(CRS.from_epsg(4937), CRS.from_epsg(4936), always_xy=True)


@cache
def _to_degrees() -> Transformer:
    return Transformer.from_crs("EPSG:3301", "EPSG:4258", always_xy=True)


def earth_centred(points: FloatArray, geoid: Geoid) -> FloatArray:
    """Return points (n, 3) of EPSG:3301 and EH2000 in Earth-centred coordinates (ETRS89, taken as WGS 84)."""
    longitude, latitude = _to_degrees().transform(points[:, 0], points[:, 1])
    heights = points[:, 2] + geoid.heights(longitude, latitude)
    return np.column_stack(_to_earth().transform(longitude, latitude, heights)).astype(np.float64)


def frame_of(cell: Cell) -> Frame:
    """Return the frame of a cell: at its middle at the height of the ellipsoid."""
    middle = np.array([[(cell[0] + 0.5) * CELL_M, (cell[1] + 0.5) * CELL_M, 0.0]])
    longitude, latitude = (math.radians(float(v[0])) for v in _to_degrees().transform(middle[:, 0], middle[:, 1]))
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
    return Frame(earth_centred(middle, Level(0.0))[0], axes)


def square_of(cell: Cell) -> Cell:
    """Return the square that a cell lies in."""
    return cell[0] // SQUARE_CELLS, cell[1] // SQUARE_CELLS


def root_tileset(tiles: Sequence[ShownTile], geoid: Geoid, query: str = "") -> Json:
    """Return the tileset of all squares; their tilesets are ``{east}_{north}.json`` beside it.

    Args:
        tiles: All tiles.
        geoid: Raises EH2000 heights.
        query: Goes to the end of every link, such as ``?geoid_m=18``.
    """
    squares: dict[Cell, list[ShownTile]] = {}
    for tile in tiles:
        squares.setdefault(square_of(tile.cell), []).append(tile)
    children = [
        {
            "boundingVolume": {"region": _around(found, geoid)},
            "geometricError": SQUARE_ERROR_M,
            "content": {"uri": f"{square[0]}_{square[1]}.json{query}"},
        }
        for square, found in sorted(squares.items())
    ]
    return tileset_of(children, geoid, ROOT_ERROR_M)


def square_tileset(tiles: Sequence[ShownTile], geoid: Geoid, query: str = "") -> Json:
    """Return the tileset of the tiles of a square; contents are ``{east}_{north}_{part}.glb`` beside it."""
    children = [
        {
            "boundingVolume": volume_of(tile.bounds, tile.low_m, tile.high_m, geoid),
            "transform": frame_of(tile.cell).matrix(),
            "geometricError": 0.0,
            "content": {"uri": f"{tile.cell[0]}_{tile.cell[1]}_{tile.part}.glb{query}"},
        }
        for tile in tiles
    ]
    return tileset_of(children, geoid, SQUARE_ERROR_M)


def tile(bodies: Sequence[Body], cell: Cell, geoid: Geoid) -> bytes:
    """Return the GLB of the buildings of a tile in the frame of its cell."""
    blocks = blocks_of(bodies)
    return tile_glb(blocks, frame_of(cell).local(blocks.positions, geoid), bodies)


def tileset_of(children: list[Json], geoid: Geoid, error: float) -> Json:
    """Return the tileset of some tiles; without any it is empty and lies nowhere."""
    extras: Json = {"heights": "EH2000", "geoid": geoid.name, "geoid_doubt_m": geoid.doubt_m}
    asset = {"version": "1.1", "extras": {k: v for k, v in extras.items() if v is not None}}
    if not children:
        nowhere = {"region": [0.0, 0.0, 1e-9, 1e-9, 0.0, 0.0]}
        empty: Json = {"boundingVolume": nowhere, "geometricError": 0.0, "refine": "ADD"}
        return {"asset": asset, "geometricError": 0.0, "root": empty}
    root = {
        "boundingVolume": {"region": _union([child["boundingVolume"]["region"] for child in children])},
        "geometricError": error,
        "refine": "ADD",
        "children": children,
    }
    return {"asset": asset, "geometricError": error, "root": root}


def volume_of(bounds: Sequence[float], low_m: float, high_m: float, geoid: Geoid) -> Json:
    """Return the bounding volume of a box of EPSG:3301 between two heights of EH2000."""
    return {"region": _region(bounds, low_m, high_m, geoid)}


def _around(tiles: Sequence[ShownTile], geoid: Geoid) -> list[float]:
    return _union([_region(tile.bounds, tile.low_m, tile.high_m, geoid) for tile in tiles])


def _union(regions: Sequence[Sequence[float]]) -> list[float]:
    low, high = np.min(regions, axis=0), np.max(regions, axis=0)
    return [float(v) for v in (low[0], low[1], high[2], high[3], low[4], high[5])]


def _region(bounds: Sequence[float], low_m: float, high_m: float, geoid: Geoid) -> list[float]:
    """Return west, south, east, north in radians and heights above the ellipsoid around a box of EPSG:3301."""
    west, south, east, north = bounds
    corners = np.array([[x, y] for x in (west, east) for y in (south, north)])
    longitude, latitude = (np.asarray(v) for v in _to_degrees().transform(corners[:, 0], corners[:, 1]))
    raised = geoid.heights(longitude, latitude)
    grown = 1e-6 * max(1.0, (north - south + east - west) / 1_000.0)  # degrees: parallels bend by less
    box = (longitude.min() - grown, latitude.min() - grown, longitude.max() + grown, latitude.max() + grown)
    heights = (low_m + raised.min() - MARGIN_M, high_m + raised.max() + MARGIN_M)
    return [*(round(math.radians(float(v)), 12) for v in box), *(round(float(v), 3) for v in heights)]
