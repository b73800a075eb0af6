"""Which rooms a door or window joins, and how the rooms hang together."""

import itertools
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, STRtree

from ifc import ElementRecord, Mesh, RelationKind
from twin.district import Area, outline
from twin.permit.rooms import Room, Rooms
from twin.permit.sentences import Sentence, say
from twin.permit.vertical import Vertical, verticals
from twin.permit.view import BuildingView

REACH_M = 0.8  # from the middle of a door to the room on either side: beyond the thickest usual wall
STEP_M = 0.05  # finer than any room is wide
MIN_SHARED_HEIGHT_M = 0.5  # a window or door and its room share at least this height
OPEN_GAP_M = 0.02  # rooms nearer than this, with no wall between, are one open space
OPEN_LENGTH_M = 0.6  # narrower than this nobody walks through
OPEN_HEIGHT_M = 1.9  # lower than this nobody walks through
MAX_WALL_FACES = 2_000  # a plain wall with its openings; beyond it the hull, which can only close a way
STAIR_REACH_M = 0.3  # a flight ends at the edge of the room that it leads to
CROSSING_M = 0.5  # spacing of the points at which one may cross an open side
OUTSIDE = ""  # the node of the graph that is no room

EXTERNAL_DOOR = ("AR_Uks.335_Välispiire", "Pset_DoorCommon.IsExternal")


@dataclass(frozen=True, slots=True)
class Passage:
    """One door or window and what lies on its two sides.

    Attributes:
        record: The door or window.
        rooms: GlobalIds of the rooms that it opens to, at most two.
        outer: Whether it opens to the outside; None if that cannot be told.
        doubt: Why the answer is not certain, or None.
        centre: Middle of the opening, model metres, or None without geometry.
    """

    record: ElementRecord
    rooms: tuple[str, ...]
    outer: bool | None
    doubt: Sentence | None
    centre: tuple[float, float, float] | None


class Passages:
    """The doors and windows of a building and the graph of its rooms."""

    def __init__(self, view: BuildingView, rooms: Rooms) -> None:
        self._view = view
        self._rooms = rooms
        shaped = [room for room in rooms.all if room.shape is not None]
        self._shaped: list[Room] = shaped
        self._tree = STRtree([room.shape.outline for room in shaped if room.shape is not None])

    @cached_property
    def doors(self) -> tuple[Passage, ...]:
        """Return the doors, by GlobalId."""
        return tuple(self._passage(record) for record in self._view.of_kind("IfcDoor"))

    @cached_property
    def windows(self) -> tuple[Passage, ...]:
        """Return the windows, by GlobalId."""
        return tuple(self._passage(record) for record in self._view.of_kind("IfcWindow"))

    @property
    def unresolved_doors(self) -> list[Passage]:
        """Return the doors of which the model does not tell what they join."""
        return [door for door in self.doors if not door.rooms and door.outer is not True]

    @cached_property
    def verticals(self) -> tuple[Vertical, ...]:
        """Return the stairs, ramps and lifts between rooms."""
        return tuple(verticals(self._view, self))

    @cached_property
    def open_sides(self) -> Mapping[tuple[str, str], NDArray[np.float64]]:
        """Return the points (n, 2) in metres at which one may cross from a room to one that lies open to it."""
        sides = {}
        for first, second in itertools.chain(self._touching(), self._virtual()):
            one, two = self._rooms.by_id[first].shape, self._rooms.by_id[second].shape
            if one is not None and two is not None:
                sides[first, second] = _crossing(one.outline, two.outline)
        return sides

    def rooms_around(self, meshes: Sequence[Mesh]) -> list[Room]:
        """Return the rooms that a stair, ramp or lift of these meshes reaches."""
        area = outline(meshes)
        if area is None:
            return []
        low = min(float(mesh.vertices[:, 2].min()) for mesh in meshes) - STAIR_REACH_M
        high = max(float(mesh.vertices[:, 2].max()) for mesh in meshes) + STAIR_REACH_M
        hits = sorted(self._tree.query(area.buffer(STAIR_REACH_M), predicate="intersects"))
        rooms = [self._shaped[hit] for hit in hits]
        return [r for r in rooms if r.shape is not None and r.shape.overlaps_height(low, high, 0.0)]

    @cached_property
    def openings(self) -> Mapping[str, frozenset[str]]:
        """Return, for each room, the rooms that lie open to it without a door."""
        joined: dict[str, set[str]] = defaultdict(set)
        for first, second in itertools.chain(self._touching(), self._virtual()):
            joined[first].add(second)
            joined[second].add(first)
        return {room: frozenset(others) for room, others in joined.items()}

    @cached_property
    def graph(self) -> Mapping[str, frozenset[str]]:
        """Return the walkable graph: rooms by GlobalId and `OUTSIDE`, joined by doors, open sides and stairs."""
        edges: dict[str, set[str]] = defaultdict(set)
        for first, second in self._edges():
            edges[first].add(second)
            edges[second].add(first)
        return {node: frozenset(others) for node, others in edges.items()}

    def reached_from_outside(self) -> dict[str, str]:
        """Return, for each room that can be walked to, the node it was reached from (breadth first)."""
        came_from: dict[str, str] = {}
        queue = deque([OUTSIDE])
        while queue:
            node = queue.popleft()
            for other in sorted(self.graph.get(node, ())):
                if other != OUTSIDE and other not in came_from:
                    came_from[other] = node
                    queue.append(other)
        return came_from

    def _edges(self) -> Iterator[tuple[str, str]]:
        for door in self.doors:
            if len(door.rooms) == 2:
                yield door.rooms[0], door.rooms[1]
            if door.outer:
                yield from ((room, OUTSIDE) for room in door.rooms)
        for room, others in self.openings.items():
            yield from ((room, other) for other in others)
        yield from (link.rooms for link in self.verticals)

    def _passage(self, record: ElementRecord) -> Passage:
        mesh = self._view.meshes.get(record.global_id)
        bounded = [t for t in record.targets(RelationKind.BOUNDS) if t in self._rooms.by_id]
        sides = _Sides(record, mesh) if mesh is not None else None
        seen = self._beside(sides) if sides is not None else []
        rooms = tuple(sorted(set(bounded) or set(seen)))[:2]
        declared = self._view.flag(record, EXTERNAL_DOOR)
        outer, doubt = declared, None
        if declared is None and rooms and (sides is not None or bounded):
            outer = len(rooms) == 1
            doubt = say(
                "The model does not say whether a door is external; a door with one room was taken as external."
            )
        centre = None if sides is None else sides.centre
        return Passage(record, rooms, outer, doubt, centre)

    def _beside(self, sides: "_Sides") -> list[str]:
        found: list[str] = []
        for ray in sides.rays():
            room = next((r for point in ray if (r := self._room_at(point, sides)) is not None), None)
            if room is not None and room.global_id not in found:
                found.append(room.global_id)
        return found

    def _room_at(self, point: NDArray[np.float64], sides: "_Sides") -> Room | None:
        for hit in sorted(self._tree.query(Point(point), predicate="intersects")):
            room = self._shaped[int(hit)]
            if room.shape is not None and room.shape.overlaps_height(sides.low, sides.high, MIN_SHARED_HEIGHT_M):
                return room
        return None

    def _touching(self) -> Iterator[tuple[str, str]]:
        outlines = [room.shape.outline for room in self._shaped if room.shape is not None]
        if not outlines:
            return
        pairs = self._tree.query(outlines, predicate="dwithin", distance=OPEN_GAP_M)
        for one, two in pairs.T:
            if one >= two or not self._walkable_height(self._shaped[one], self._shaped[two]):
                continue
            strip = outlines[one].buffer(OPEN_GAP_M).intersection(outlines[two].buffer(OPEN_GAP_M))
            free = strip.difference(shapely.union_all(self._walls.near(strip)))
            if free.area >= OPEN_LENGTH_M * OPEN_GAP_M * 2:
                yield self._shaped[one].global_id, self._shaped[two].global_id

    @cached_property
    def _walls(self) -> "_Walls":
        records = self._view.of_kind("IfcWall", "IfcCurtainWall", "IfcWindow", "IfcDoor", "IfcPlate", "IfcRailing")
        return _Walls([self._view.meshes[r.global_id] for r in records if r.global_id in self._view.meshes])

    def _virtual(self) -> Iterator[tuple[str, str]]:
        for record in self._view.of_kind("IfcVirtualElement"):
            rooms = sorted({t for t in record.targets(RelationKind.BOUNDS) if t in self._rooms.by_id})
            yield from itertools.pairwise(rooms)

    @staticmethod
    def _walkable_height(one: Room, two: Room) -> bool:
        first, second = one.shape, two.shape
        return (
            first is not None
            and second is not None
            and first.overlaps_height(second.floor_m, second.top_m, OPEN_HEIGHT_M)
        )


class _Walls:
    """What keeps people from walking from room to room; each outline is made when a strip first comes near."""

    def __init__(self, meshes: Sequence[Mesh]) -> None:
        self._meshes = meshes
        self._tree = STRtree([shapely.box(*mesh.bounds()[:, :2].reshape(-1)) for mesh in meshes])
        self._outlines: dict[int, shapely.Geometry] = {}

    def near(self, strip: shapely.Geometry) -> list[shapely.Geometry]:
        """Return the outlines of the walls whose boxes meet `strip`."""
        return [self._outline(int(index)) for index in self._tree.query(strip, predicate="intersects")]

    def _outline(self, index: int) -> shapely.Geometry:
        if index not in self._outlines:
            mesh = self._meshes[index]
            detailed = len(mesh.faces) > MAX_WALL_FACES
            made = shapely.MultiPoint(mesh.vertices[:, :2]).convex_hull if detailed else outline([mesh])
            self._outlines[index] = made if made is not None else shapely.Polygon()
        return self._outlines[index]


class _Sides:
    """The two sides of a door or window: its middle and the direction across it."""

    def __init__(self, record: ElementRecord, mesh: Mesh) -> None:
        self.low, self.high = float(mesh.vertices[:, 2].min()), float(mesh.vertices[:, 2].max())
        plane = mesh.vertices[:, :2]
        along = _along(record, plane)
        across = np.array([-along[1], along[0]])
        spread = plane @ np.stack([along, across], axis=1)
        middle = (spread.min(axis=0) + spread.max(axis=0)) / 2
        self._middle = middle[0] * along + middle[1] * across
        self._across = across
        self.centre = (float(self._middle[0]), float(self._middle[1]), (self.low + self.high) / 2)

    def rays(self) -> Iterator[list[NDArray[np.float64]]]:
        """Yield, for each side, the points from the door outwards."""
        steps = np.arange(0.0, REACH_M + STEP_M / 2, STEP_M)
        for sign in (1.0, -1.0):
            yield [self._middle + sign * step * self._across for step in steps]


def _along(record: ElementRecord, plane: NDArray[np.float64]) -> NDArray[np.float64]:
    rectangle = shapely.oriented_envelope(shapely.MultiPoint(plane))
    corners = shapely.get_coordinates(rectangle)
    edges = np.diff(corners[:3], axis=0) if len(corners) >= 3 else np.diff(corners[:2], axis=0)
    lengths = np.linalg.norm(edges, axis=1)
    thin = len(lengths) < 2 or lengths.min() < 0.6 * lengths.max()
    if not thin and record.placement is not None:  # an open leaf is drawn: the placement knows the width direction
        axis = np.array([record.placement[0], record.placement[4]])
        if (size := float(np.linalg.norm(axis))) > 0.5:
            return axis / size
    longest = int(lengths.argmax()) if len(lengths) else 0
    if len(lengths) == 0 or lengths[longest] == 0:
        return np.array([1.0, 0.0])
    direction: NDArray[np.float64] = edges[longest] / lengths[longest]
    return direction


def _crossing(first: Area, second: Area) -> NDArray[np.float64]:
    """Return points along what two outlines share, `CROSSING_M` apart."""
    strip = first.buffer(OPEN_GAP_M).intersection(second.buffer(OPEN_GAP_M))
    box = shapely.get_coordinates(shapely.oriented_envelope(strip))
    if len(box) < 4:
        return np.asarray(strip.representative_point().coords, dtype=np.float64)
    edges = np.linalg.norm(np.diff(box[:3], axis=0), axis=1)
    turn = 0 if edges[0] >= edges[1] else 1
    start, end = (box[turn] + box[turn - 1]) / 2, (box[turn + 1] + box[turn + 2]) / 2
    steps = np.linspace(0.0, 1.0, max(3, int(np.ceil(edges[turn] / CROSSING_M)) + 1))[1:-1, None]
    points: NDArray[np.float64] = start + steps * (end - start)
    return points
