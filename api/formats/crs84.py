"""Between EPSG:3301 and what OGC API Features gives out: CRS84 (longitude before latitude), or EPSG:3301 itself.

EPSG:3301 is defined with the northing before the easting. OGC API Features, Part 2, keeps to the definition, and so
do its clients; everything else in this program writes the easting first.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_3301 = "http://www.opengis.net/def/crs/EPSG/0/3301"
DECIMALS = 8  # of a degree: a millimetre
AREA_OF_USE = (20.0, 57.0, 29.0, 60.5)  # around Estonia and its sea; EPSG:3301 bends too much beyond
THINNEST_DEG = 1e-9  # a box may be a point or a line; it is taken as a tenth of a millimetre wide
THINNEST_M = 1e-4
EDGE_STEP_DEG = 0.05  # a parallel leaves the chord between its points by under a metre

Box = tuple[float, float, float, float]


@cache
def _to_84() -> Transformer:
    return Transformer.from_crs("EPSG:3301", "OGC:CRS84", always_xy=True)


def geometry_json(geometry: BaseGeometry | None, crs: str = CRS84) -> dict[str, Any] | None:
    """Return a geometry of EPSG:3301 as GeoJSON, outer rings counter-clockwise on the map.

    Args:
        geometry: Easting and northing.
        crs: `CRS84`, or `EPSG_3301` in the order of its definition, northing first.
    """
    if geometry is None or geometry.is_empty:
        return None
    if crs == EPSG_3301:
        shape: dict[str, Any] = mapping(shapely.transform(shapely.orient_polygons(geometry), _northing_first))
        return shape
    turned: dict[str, Any] = mapping(shapely.orient_polygons(shapely.transform(geometry, _degrees)))
    return turned


def box_json(bounds: Sequence[float]) -> list[float]:
    """Return a box of EPSG:3301 as a box in CRS84."""
    west, south, east, north = bounds
    return [round(v, DECIMALS) for v in _to_84().transform_bounds(west, south, east, north, densify_pts=11)]


def area_of(box: Sequence[float]) -> Polygon | MultiPolygon:
    """Return a box of CRS84 as an area in EPSG:3301; empty where it lies outside the area of use.

    Args:
        box: West, south, east, north in degrees; a box whose west is above its east crosses the antimeridian.
    """
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    pieces = [shapely.box(w, south, max(e, w + THINNEST_DEG), max(north, south + THINNEST_DEG)) for w, e in spans]
    inside = shapely.intersection(shapely.union_all(pieces), shapely.box(*AREA_OF_USE))
    fine = shapely.segmentize(inside, EDGE_STEP_DEG)
    mapped = shapely.transform(fine, _metres)
    return mapped if isinstance(mapped, Polygon | MultiPolygon) else Polygon()


def area_on_map(box: Sequence[float]) -> Polygon:
    """Return a box of EPSG:3301, given in the order of its definition (south, west, north, east), as an area."""
    south, west, north, east = box
    return shapely.box(west, south, max(east, west + THINNEST_M), max(north, south + THINNEST_M))


def _northing_first(points: Any) -> Any:
    return np.round(points[:, ::-1], 3)


def _degrees(points: Any) -> Any:
    east, north = _to_84().transform(points[:, 0], points[:, 1])
    return np.round(np.column_stack([east, north]), DECIMALS)


def _metres(points: Any) -> Any:
    return np.column_stack(_to_84().transform(points[:, 0], points[:, 1], direction="INVERSE"))
