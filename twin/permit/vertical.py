"""Stairs, ramps and lifts: which rooms they join, and how far one walks on them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from ifc import ElementRecord, RelationKind
from twin.permit.rooms import Room
from twin.permit.view import BuildingView

if TYPE_CHECKING:
    from twin.permit.doors import Passages

STAIR_CLASSES = ("IfcStair", "IfcStairFlight")
RAMP_CLASSES = ("IfcRamp", "IfcRampFlight")
LIFT_CLASSES = ("IfcTransportElement",)
END_BAND_M = 0.25  # the first and the last step: vertices this near the lowest and highest level
LEVELS_APART_M = 1.0  # rooms whose floors differ less lie on one level
USUAL_GOING = 1.65  # metres forward per metre up, from 0.17 m up and 0.28 m forward; taken where no step is declared
Point = tuple[float, float, float]
RISERS = ("Pset_StairCommon.NumberOfRiser", "Pset_StairCommon.NumberOfRisers")
GOING = ("Pset_StairCommon.TreadLength",)


@dataclass(frozen=True, slots=True)
class Vertical:
    """A stair, ramp or lift between two rooms on different levels.

    Attributes:
        record: The element; the whole where it has parts.
        kind: ``stair``, ``ramp`` or ``lift``.
        rooms: GlobalIds of the lower and the upper room.
        ends: Where one steps on below and off above, model metres (x, y, z).
        length_m: How far one walks on it, along the slope.
    """

    record: ElementRecord
    kind: str
    rooms: tuple[str, str]
    ends: tuple[Point, Point]
    length_m: float


def verticals(view: BuildingView, passages: "Passages") -> Iterator[Vertical]:
    """Yield the stairs, ramps and lifts that join rooms, once for each pair of neighbouring levels."""
    for kind, classes in (("stair", STAIR_CLASSES), ("ramp", RAMP_CLASSES), ("lift", LIFT_CLASSES)):
        for record in view.of_kind(*classes):
            if _whole(view, record):
                yield from _links(view, passages, record, kind)


def _links(view: BuildingView, passages: "Passages", record: ElementRecord, kind: str) -> Iterator[Vertical]:
    meshes = [view.meshes[r.global_id] for r in _pieces(view, record) if r.global_id in view.meshes]
    if not meshes:
        return
    vertices = np.concatenate([mesh.vertices for mesh in meshes])
    for lower, upper in itertools.pairwise(_levels(passages.rooms_around(meshes))):
        low, high = _floor(lower[0]), _floor(upper[0])
        ends = _ends(vertices, low, high)
        length = high - low if kind == "lift" else _walked(view, record, high - low, ends, kind)
        rooms = (_nearest(lower, ends[0]), _nearest(upper, ends[1]))
        yield Vertical(record, kind, rooms, ends, length)


def _levels(rooms: list[Room]) -> list[list[Room]]:
    levels: list[list[Room]] = []
    for room in sorted(rooms, key=_floor):
        if levels and _floor(room) - _floor(levels[-1][0]) < LEVELS_APART_M:
            levels[-1].append(room)
        else:
            levels.append([room])
    return levels


def _nearest(rooms: list[Room], end: Point) -> str:
    at = shapely.Point(end[:2])
    return min((room for room in rooms if room.shape), key=lambda r: _gap(r, at)).global_id


def _gap(room: Room, at: shapely.Point) -> float:
    return float(room.shape.outline.distance(at)) if room.shape is not None else float("inf")


def _whole(view: BuildingView, record: ElementRecord) -> bool:
    above = [view.records[t] for t in record.targets(RelationKind.AGGREGATED_IN) if t in view.records]
    return not any(parent.ifc_class in (*STAIR_CLASSES, *RAMP_CLASSES) for parent in above)


def _pieces(view: BuildingView, record: ElementRecord) -> list[ElementRecord]:
    return [record, *view.sources(RelationKind.AGGREGATED_IN, record.global_id)]


def _floor(room: Room) -> float:
    return room.shape.floor_m if room.shape is not None else 0.0


def _ends(vertices: NDArray[np.float64], low: float, high: float) -> tuple[Point, Point]:
    bottom = _middle(vertices, vertices[:, 2] <= max(low, float(vertices[:, 2].min())) + END_BAND_M)
    top = _middle(vertices, vertices[:, 2] >= min(high, float(vertices[:, 2].max())) - END_BAND_M)
    return (*bottom, low), (*top, high)


def _middle(vertices: NDArray[np.float64], chosen: NDArray[np.bool_]) -> tuple[float, float]:
    x, y = vertices[chosen][:, :2].mean(axis=0)
    return float(x), float(y)


def _walked(
    view: BuildingView,
    record: ElementRecord,
    rise: float,
    ends: tuple[Point, Point],
    kind: str,
) -> float:
    straight = hypot(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1])
    if kind == "ramp":
        return hypot(straight, rise)
    risers, going = view.number(record, RISERS), view.number(record, GOING)
    declared = risers[0] * going[0] if risers is not None and going is not None else rise * USUAL_GOING
    return hypot(max(declared, straight), rise)
