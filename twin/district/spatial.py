"""Spatial questions about bodies: near, apart, shared walls, horizon (EPSG:3301, EH2000, metres)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, STRtree

from twin.district.footprints import neighbours
from twin.district.values import Area, Distance, MapFootprint

SHARED_TOLERANCE_M = 0.1  # two surveys of one party wall differ by some centimetres
PARALLEL_DEG = 5.0  # walls that turn away more are not one wall
MIN_FACADE_M = 1.0  # a shorter edge is a notch, not a façade
HORIZON_STEP_DEG = 5.0  # the sun moves by it in twenty minutes
HORIZON_RADIUS_M = 200.0  # beyond it a house of 17 m stands under 5 degrees
EYE_M = 1.5  # middle of a ground-floor window above the ground

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Body:
    """A building as a block.

    Attributes:
        building_id: Its identifier.
        shape: Footprint in EPSG:3301.
        ground_m: Height of its ground in EH2000 metres, or None.
        height_m: Height above its ground in metres, or None.
        source: ``model`` or ``context``.
        properties: What else is known of it.
    """

    building_id: str
    shape: Area
    ground_m: float | None
    height_m: float | None
    source: str
    properties: Mapping[str, Any]

    @property
    def footprint(self) -> MapFootprint:
        """Return its outline as other parts of the wing take it."""
        return MapFootprint(self.building_id, self.shape)


@dataclass(frozen=True, slots=True)
class Facade:
    """The horizon of one façade.

    Attributes:
        azimuth_deg: Direction in which it looks, from grid north, clockwise.
        length_m: Its length.
        position: Easting and northing of its middle, and the height of the eye in EH2000 metres.
        azimuths_deg: Directions of the horizon, ±90 degrees about the façade's own.
        angles_deg: Height of the horizon in each direction; 0 where nothing stands.
        hidden_by: The building that makes the horizon in each direction, or None.
    """

    azimuth_deg: float
    length_m: float
    position: tuple[float, float, float]
    azimuths_deg: tuple[float, ...]
    angles_deg: tuple[float, ...]
    hidden_by: tuple[str | None, ...]


def near(subject: Body, others: Sequence[Body], within_m: float) -> tuple[Distance, ...]:
    """Return the bodies nearer than a distance, nearest first, with distance and overlap."""
    return neighbours(subject.footprint, [other.footprint for other in others], within_m)


def shared_wall_m(a: Area, b: Area, tolerance_m: float = SHARED_TOLERANCE_M) -> float:
    """Return the length of the boundary of `a` that runs along the boundary of `b`.

    Args:
        a: Footprint.
        b: Footprint.
        tolerance_m: Largest distance between the two boundaries.

    Returns:
        Metres; parallel within `PARALLEL_DEG`, every piece counted once.
    """
    first, second = _segments(a), _segments(b)
    near_box = shapely.box(*b.buffer(tolerance_m + 1e-9).bounds)
    return sum(_covered(edge, second, tolerance_m) for edge in first if _touches(edge, near_box))


def horizon(
    subject: Body, others: Sequence[Body], eye_m: float = EYE_M, most: int | None = None
) -> tuple[Facade, ...]:
    """Return the horizon that other bodies make before each façade of a body.

    Args:
        subject: The building that is looked from; without a ground height, 0 is taken for it and for the others.
        others: What may stand in the way; those without heights are left out.
        eye_m: Height of the eye above the subject's ground in metres.
        most: Most façades, the longest first; None for all, in the order of the outline.
    """
    walls = [
        (o, _segments(o.shape)) for o in others if o.height_m is not None and o.building_id != subject.building_id
    ]
    level = subject.ground_m is not None
    eye = (subject.ground_m or 0.0) + eye_m
    tops = np.array([(o.ground_m or 0.0 if level else 0.0) + (o.height_m or 0.0) for o, _ in walls])
    names = [o.building_id for o, _ in walls]
    segments = np.concatenate([w for _, w in walls]) if walls else np.empty((0, 2, 2))
    owner = np.repeat(np.arange(len(walls)), [len(w) for _, w in walls])
    return tuple(
        _facade(start, end, eye, segments, tops[owner] if len(walls) else tops, [names[i] for i in owner])
        for start, end in _longest(list(_facades(subject.shape)), most)
    )


def _longest(facades: list[tuple[FloatArray, FloatArray]], most: int | None) -> list[tuple[FloatArray, FloatArray]]:
    if most is None or len(facades) <= most:
        return facades
    return sorted(facades, key=lambda ends: -float(np.linalg.norm(ends[1] - ends[0])))[:most]


def _facades(shape: Area) -> Iterator[tuple[FloatArray, FloatArray]]:
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            ring = shapely.get_coordinates(shapely.orient_polygons(part).exterior)
            for start, end in pairwise(ring):
                if float(np.linalg.norm(end - start)) >= MIN_FACADE_M:
                    yield start, end


def _facade(
    start: FloatArray, end: FloatArray, eye: float, segments: FloatArray, tops: FloatArray, names: Sequence[str]
) -> Facade:
    along = end - start
    length = float(np.linalg.norm(along))
    outward = math.degrees(math.atan2(along[1], -along[0])) % 360  # the normal (dy, -dx) of a ring that runs left
    middle = (start + end) / 2
    azimuths = outward + np.arange(-90.0, 90.0 + HORIZON_STEP_DEG / 2, HORIZON_STEP_DEG)
    angles, which = _angles(middle, azimuths, eye, segments, tops)
    return Facade(
        round(outward, 2),
        round(length, 3),
        (round(float(middle[0]), 3), round(float(middle[1]), 3), round(eye, 3)),
        tuple(round(float(a) % 360, 2) for a in azimuths),
        tuple(round(float(a), 3) for a in angles),
        tuple(names[int(w)] if w >= 0 else None for w in which),
    )


def _angles(
    eye: FloatArray, azimuths: FloatArray, level: float, segments: FloatArray, tops: FloatArray
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return the highest angle over all segments for each azimuth, and the segment that makes it."""
    nothing = np.full(len(azimuths), -1, dtype=np.int64)
    if not len(segments):
        return np.zeros(len(azimuths)), nothing
    turns = np.radians(azimuths)
    rays = np.column_stack([np.sin(turns), np.cos(turns)])[:, None, :]  # (azimuth, 1, 2)
    from_eye = (segments[:, 0] - eye)[None]  # (1, segment, 2)
    along = (segments[:, 1] - segments[:, 0])[None]
    across = rays[..., 0] * along[..., 1] - rays[..., 1] * along[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (from_eye[..., 0] * along[..., 1] - from_eye[..., 1] * along[..., 0]) / across
        place = (from_eye[..., 0] * rays[..., 1] - from_eye[..., 1] * rays[..., 0]) / across
        hit = (np.abs(across) > 1e-12) & (distance > 1e-6) & (place >= 0.0) & (place <= 1.0)
        seen = np.where(hit, np.degrees(np.arctan2(np.maximum(tops - level, 0.0)[None], distance)), 0.0)
    best = seen.argmax(axis=1)
    angles: FloatArray = seen[np.arange(len(azimuths)), best]
    return angles, np.where(angles > 0.0, best, nothing)


def _segments(shape: Area) -> FloatArray:
    """Return the edges of an area, float64 (n, 2, 2)."""
    rings = [shapely.get_coordinates(r) for p in shapely.get_parts(shape) for r in (p.exterior, *p.interiors)]
    found = [np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings]
    segments: FloatArray = np.concatenate(found) if found else np.empty((0, 2, 2))
    lengths = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    kept: FloatArray = segments[lengths > 1e-9]
    return kept


def _touches(segment: FloatArray, box: Polygon) -> bool:
    return bool(shapely.intersects(shapely.linestrings(segment), box))


def _covered(edge: FloatArray, others: FloatArray, tolerance: float) -> float:
    """Return how much of one segment runs along other segments."""
    start, end = edge[0], edge[1]
    length = float(np.linalg.norm(end - start))
    unit = (end - start) / length
    normal = np.array([-unit[1], unit[0]])
    ends = others - start
    along, away = ends @ unit, ends @ normal
    lengths = np.linalg.norm(others[:, 1] - others[:, 0], axis=1)
    straight = np.abs(away[:, 1] - away[:, 0]) <= lengths * math.sin(math.radians(PARALLEL_DEG))
    close = np.abs(away).max(axis=1) <= tolerance
    low, high = along.min(axis=1).clip(0.0, length), along.max(axis=1).clip(0.0, length)
    spans = sorted((lo, hi) for lo, hi, ok in zip(low, high, straight & close, strict=True) if ok and hi > lo)
    total, reached = 0.0, 0.0
    for lo, hi in spans:
        total += max(0.0, hi - max(lo, reached))
        reached = max(reached, hi)
    return float(total)


def bodies_near(subject: Area, others: Sequence[Body], within_m: float) -> list[Body]:
    """Return the bodies whose footprint is nearer than a distance, in their order."""
    if not others:
        return []
    hits = STRtree([o.shape for o in others]).query(subject, predicate="dwithin", distance=within_m)
    return [others[int(hit)] for hit in sorted(hits)]
