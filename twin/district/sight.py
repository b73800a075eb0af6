"""Sight lines over the district: what stands between an eye and a mark, and by how much (EPSG:3301, EH2000, metres).

Buildings are blocks: their footprint from the ground to the top. A line is hidden where it passes a block below its
top; it is free by the least height at which it passes over one. Terrain and trees are not known. A line is straight
in space while heights follow the Earth, so between its ends it runs lower by a(d-a)/2R: 2 m in the middle of 10 km.
That light bends is not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from twin.district.spatial import Body

MAX_SIGHT_M = 20_000.0  # farther than that haze, terrain and refraction decide
EARTH_RADIUS_M = 6_390_000.0  # mean of both curvatures at 59 degrees north, to half a per cent
OWN_M = 0.05  # an eye or mark within it of a façade stands at the window, not behind the wall

Place = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A building that a sight line passes.

    Attributes:
        building_id: The building.
        source: ``model`` or ``context``.
        distance_m: From the eye to where the line comes lowest against its top.
        line_m: Height of the line there, EH2000.
        top_m: Height of the top of the building, EH2000.
        above_m: How much the building rises above the line; negative if the line passes over it.
        length_m: How far the line runs through its footprint.
    """

    building_id: str
    source: str
    distance_m: float
    line_m: float
    top_m: float
    above_m: float
    length_m: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a mark from an eye.

    Attributes:
        visible: Whether nothing stands in the way; None if only buildings of unknown height may.
        distance_m: From eye to mark on the map.
        clearance_m: Least height of the line over a building; negative if hidden, None if it passes none.
        obstacles: Buildings that the line passes, the highest above the line first.
        unknown: Buildings that it passes and whose heights are not known.
    """

    visible: bool | None
    distance_m: float
    clearance_m: float | None
    obstacles: tuple[Obstacle, ...]
    unknown: tuple[str, ...]


def sight(eye: Place, mark: Place, bodies: Sequence[Body], own: Sequence[str] = ()) -> Sight:
    """Return what stands between an eye and a mark.

    Args:
        eye: Easting, northing and EH2000 height.
        mark: The same of what is looked at.
        bodies: Buildings that may stand in the way.
        own: Buildings that are passed over: that of the window and that of the landmark.
    """
    start, end = np.array(eye, dtype=np.float64), np.array(mark, dtype=np.float64)
    length = float(np.hypot(*(end - start)[:2]))
    line = LineString([start[:2], end[:2]])
    found, unknown = [], []
    for body in bodies:
        crossed = shapely.intersection(line, body.shape)
        if body.building_id in own or crossed.length <= OWN_M:
            continue
        if body.height_m is None or body.ground_m is None:
            unknown.append(body.building_id)
        else:
            found.append(_obstacle(body, crossed, start, end, length))
    found.sort(key=lambda o: (-o.above_m, o.building_id))
    least = -found[0].above_m if found else None
    free = least is None or least > 0
    return Sight(None if free and unknown else free, round(length, 3), least, tuple(found), tuple(sorted(unknown)))


def _obstacle(
    body: Body, crossed: BaseGeometry, start: NDArray[np.float64], end: NDArray[np.float64], length: float
) -> Obstacle:
    """Return where a line comes lowest against a block: at an end of a piece of it, as both run straight there."""
    top = (body.ground_m or 0.0) + (body.height_m or 0.0)
    away = np.hypot(*(shapely.get_coordinates(crossed) - start[:2]).T)
    dip = away * (length - away) / (2 * EARTH_RADIUS_M)
    line = start[2] + (end[2] - start[2]) * away / length - dip
    worst = int(np.argmin(line))
    return Obstacle(
        body.building_id,
        body.source,
        round(float(away[worst]), 3),
        round(float(line[worst]), 3),
        round(top, 3),
        round(float(top - line[worst]), 3),
        round(float(crossed.length), 3),
    )
