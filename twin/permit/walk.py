"""The walkable graph with lengths: rooms, doors, open sides and stairs, and the longest way out of each room.

Nodes are the middles of doors, points along open sides, the ends of stairs and the reflex corners of rooms; edges are
straight walks on the floor of one room, steps through a door, and stairs. Dijkstra's algorithm from all exits at once
gives the way out of every node; the farthest point of each room is looked for among its corners and a grid.

Error: nothing inside rooms but `geodesic.SIMPLIFY_M` per corner; a grid cell's half diagonal (0.36 m) in rooms with
several ways out; half the spacing of `doors.CROSSING_M` at open sides; stairs without declared steps are
guessed. Furniture, and the half metre that people keep from walls, are not looked at, so a real walk is longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.permit.doors import Passage, Passages
from twin.permit.rooms import Room, Rooms
from twin.permit.vertical import Vertical

SHORTEST_M = 1e-6  # of an edge: the sparse matrix takes zero for no edge

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class WayOut:
    """The longest way out of one room.

    Attributes:
        room: GlobalId of the room.
        length_m: Length in metres, from the farthest point to the middle of the exit.
        path: Positions in model metres, from the farthest point to the exit.
    """

    room: str
    length_m: float
    path: tuple[Point, ...]


@dataclass(slots=True)
class _Nodes:
    points: list[Point] = field(default_factory=list)
    by_room: dict[str, list[int]] = field(default_factory=dict)
    edges: list[tuple[int, int, float]] = field(default_factory=list)

    def add(self, point: Point) -> int:
        self.points.append(point)
        return len(self.points) - 1

    def join(self, first: int, second: int, length: float) -> None:
        self.edges.append((first, second, max(length, SHORTEST_M)))


class Walk:
    """The walkable graph of one building.

    Args:
        rooms: The rooms.
        passages: The doors, open sides, stairs and ramps between them; lifts are left out.
    """

    def __init__(self, rooms: Rooms, passages: Passages) -> None:
        self._rooms = {room.global_id: room for room in rooms.all if room.shape is not None}
        self._floors = {gid: room.shape.floor for gid, room in self._rooms.items() if room.shape is not None}
        self._nodes = _Nodes(by_room={gid: [] for gid in self._rooms})
        self._doors: dict[str, int] = {}
        for door in passages.doors:
            self._door(door)
        for pair, line in passages.open_sides.items():
            self._open_side(pair, line)
        for link in passages.verticals:
            self._vertical(link)
        for room in self._rooms.values():
            self._inside(room)

    def ways_out(self, doors: Iterable[Passage]) -> dict[str, WayOut]:
        """Return the longest way out of every room that has one, by GlobalId.

        Args:
            doors: The exits.
        """
        exits = [self._doors[door.record.global_id] for door in doors if door.record.global_id in self._doors]
        if not exits:
            return {}
        distances, before = self._spread(exits)
        found = (self._longest(gid, distances, before) for gid in self._rooms)
        return {way.room: way for way in found if way is not None}

    def _door(self, door: Passage) -> None:
        if door.centre is None or not door.rooms:
            return
        x, y, _z = door.centre
        floors = [self._level(room) for room in door.rooms if room in self._rooms]
        if not floors:
            return
        node = self._nodes.add((x, y, min(floors)))
        self._doors[door.record.global_id] = node
        for room in door.rooms:
            self._enter(room, node)

    def _open_side(self, rooms: tuple[str, str], line: NDArray[np.float64]) -> None:
        for x, y in line:
            node = self._nodes.add((float(x), float(y), min(self._level(room) for room in rooms)))
            for room in rooms:
                self._enter(room, node)

    def _vertical(self, link: Vertical) -> None:
        if link.kind == "lift" or any(room not in self._rooms for room in link.rooms):
            return
        bottom, top = (self._nodes.add(end) for end in link.ends)
        self._nodes.join(bottom, top, link.length_m)
        self._enter(link.rooms[0], bottom)
        self._enter(link.rooms[1], top)

    def _enter(self, room: str, node: int) -> None:
        if room not in self._rooms:
            return
        x, y, _z = self._nodes.points[node]
        u, v = self._floors[room].enter((x, y))
        inner = self._nodes.add((u, v, self._level(room)))
        self._nodes.by_room[room].append(inner)
        self._nodes.join(node, inner, float(np.hypot(u - x, v - y)))

    def _inside(self, room: Room) -> None:
        floor, members = self._floors[room.global_id], self._nodes.by_room[room.global_id]
        members += [self._nodes.add((float(x), float(y), self._level(room.global_id))) for x, y in floor.corners]
        points = self._plane(members)
        first, second = np.nonzero(np.triu(floor.sees(points, points), 1))
        lengths = np.linalg.norm(points[first] - points[second], axis=1)
        for one, two, length in zip(first, second, lengths, strict=True):
            self._nodes.join(members[int(one)], members[int(two)], float(length))

    def _spread(self, exits: list[int]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        from scipy.sparse import coo_array  # takes a while to load, and only who walks needs it
        from scipy.sparse.csgraph import dijkstra

        size = len(self._nodes.points)
        ends = np.array([(first, second) for first, second, _ in self._nodes.edges], dtype=np.int64).reshape(-1, 2)
        lengths = np.array([length for _, _, length in self._nodes.edges], dtype=np.float64)
        graph = coo_array((lengths, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
        distances, before, _sources = dijkstra(
            graph, directed=False, indices=exits, min_only=True, return_predecessors=True
        )
        return distances, before

    def _longest(self, gid: str, distances: NDArray[np.float64], before: NDArray[np.int32]) -> WayOut | None:
        members = [node for node in self._nodes.by_room[gid] if np.isfinite(distances[node])]
        if not members:
            return None
        floor, points = self._floors[gid], self._plane(members)
        far = floor.far_points(several_ways=len(members) > 1)
        straight = np.linalg.norm(far[:, None, :] - points[None, :, :], axis=2)
        lengths = np.where(floor.sees(far, points), straight + distances[members][None, :], np.inf)
        shortest = lengths.min(axis=1)
        shortest[~np.isfinite(shortest)] = -1.0  # a corner of a broken outline that nothing sees
        farthest = int(shortest.argmax())
        start = (float(far[farthest, 0]), float(far[farthest, 1]), self._level(gid))
        path = (start, *self._path(members[int(lengths[farthest].argmin())], before))
        return WayOut(gid, float(shortest[farthest]), path)

    def _path(self, node: int, before: NDArray[np.int32]) -> Iterable[Point]:
        while node >= 0:
            yield self._nodes.points[node]
            node = int(before[node])

    def _plane(self, nodes: list[int]) -> NDArray[np.float64]:
        return np.array([self._nodes.points[node][:2] for node in nodes], dtype=np.float64).reshape(-1, 2)

    def _level(self, room: str) -> float:
        shape = self._rooms[room].shape
        return shape.floor_m if shape is not None else 0.0
