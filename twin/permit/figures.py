"""Register figures as the geometry gives them: areas, depth, volumes, storeys, dwellings."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.district import Area
from twin.permit.rooms import Room
from twin.permit.sentences import Sentence, say
from twin.permit.site import levels_at
from twin.permit.subject import Subject

COUNTED_HEIGHT_M = 1.6  # lower parts of a room are no net area (regulation 57)
OUTDOOR = frozenset({"outdoor", "parking"})  # spaces that stand outside the closed net area
COLUMNS = 400  # points of the footprint at which the roof is looked for: one per square metre of a usual building
LACK_OF_ROOMS = say("Some rooms have no usable geometry.")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure taken from the geometry.

    Attributes:
        value: The value in SI, or None if the model does not give it.
        lack: Why it does not.
        certain: Whether no guess went into it.
    """

    value: float | None
    lack: Sentence | None = None
    certain: bool = True


def net_area(subject: Subject) -> Figure:
    """Return the closed net area in square metres: the parts of all rooms that are at least 1.6 m high."""
    areas = [_room_area(room) for room in closed_rooms(subject)]
    return _sum(areas)


def net_volume(subject: Subject) -> Figure:
    """Return the volume of all rooms in cubic metres."""
    return _sum([_room_volume(room) for room in closed_rooms(subject)])


def depth(subject: Subject) -> Figure:
    """Return how far the lowest structural point lies below the average ground, metres."""
    ground, bottom = subject.site.ground, subject.site.bottom_m
    if ground is None or bottom is None:
        return Figure(None, say("The ground level is not known, or no structural element has geometry."))
    return Figure(max(0.0, ground.z_m - bottom), certain=ground.certain)


def gross_volume(subject: Subject) -> Figure:
    """Return the volume between the lowest point of the body and its roof, cubic metres.

    The roof is looked for above `COLUMNS` points of the footprint on a regular grid; a roof of planes is met to about
    one part in a hundred.
    """
    area, bottom = subject.site.footprint, subject.site.bottom_m
    if area is None or bottom is None:
        return Figure(None, say("No element has an outline."))
    triangles = subject.site.triangles
    tops = [level for level in levels_at(triangles, _columns(area)) if level > bottom]
    if not tops:
        return Figure(None, say("No element has an outline."))
    return Figure(float(area.area) * (float(np.mean(tops)) - bottom))


def storeys_above(subject: Subject) -> Figure:
    """Return the number of storeys that say that they lie above ground."""
    storeys = subject.site.storeys
    if storeys.unknown or not storeys.above:
        return Figure(None, say("Some storeys do not say whether they lie above ground."))
    return Figure(float(len(storeys.above)))


FIGURES: Mapping[str, Callable[[Subject], Figure]] = {
    "depth": depth,
    "gross-volume": gross_volume,
    "net-area": net_area,
    "net-volume": net_volume,
    "storeys-above": storeys_above,
}


def closed_rooms(subject: Subject) -> list[Room]:
    """Return the rooms of the closed net area: all but balconies, terraces and parking places."""
    return [room for room in subject.rooms.all if not room.kinds & OUTDOOR]


def dwellings(subject: Subject) -> Mapping[str, list[Room]]:
    """Return the rooms of each dwelling, by its number (AR_Ruum.722)."""
    found: dict[str, list[Room]] = defaultdict(list)
    for room in subject.rooms.all:
        if number := subject.unit_of(room):
            found[number].append(room)
    return found


def _room_area(room: Room) -> float | None:
    if room.shape is None or not room.shape.regular:
        return None
    return room.shape.area_above(COUNTED_HEIGHT_M)


def _room_volume(room: Room) -> float | None:
    if room.shape is None or not room.shape.regular:
        return None
    return float((room.shape.ceiling_areas * room.shape.ceiling_heights.mean(axis=1)).sum())


def _sum(parts: list[float | None]) -> Figure:
    known = [part for part in parts if part is not None]
    if not parts:
        return Figure(None, say("The model has no rooms (IfcSpace)."))
    return Figure(sum(known)) if len(known) == len(parts) else Figure(None, LACK_OF_ROOMS)


def _columns(area: Area) -> NDArray[np.float64]:
    low_x, low_y, high_x, high_y = area.bounds
    step = (area.area / COLUMNS) ** 0.5
    x, y = np.meshgrid(np.arange(low_x + step / 2, high_x, step), np.arange(low_y + step / 2, high_y, step))
    points = np.column_stack([x.ravel(), y.ravel()])
    inside: NDArray[np.float64] = points[shapely.contains_xy(area, points[:, 0], points[:, 1])]
    return inside
