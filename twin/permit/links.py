"""What the walkable graph of a building says of doors and windows, for those who only want the pairs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ifc import RelationKind
from twin.permit.doors import OUTSIDE, Passage, Passages
from twin.permit.rooms import Rooms
from twin.permit.view import BuildingView, CheckContext
from twin.snapshot import Snapshot

Link = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PassageLinks:
    """Pairs of GlobalIds, each with how it is known (``boundary`` or ``geometry``).

    Attributes:
        doors: Door and room.
        windows: Window and room.
        open_sides: Two rooms between which one walks without a door, by an open side or a stair.
    """

    doors: tuple[Link, ...]
    windows: tuple[Link, ...]
    open_sides: tuple[Link, ...]


def passage_links(snapshot: Snapshot) -> PassageLinks:
    """Return which rooms the doors and windows open to, and which rooms lie open to each other."""
    view = BuildingView(CheckContext(snapshot))
    passages = Passages(view, Rooms(view))
    return PassageLinks(
        doors=tuple(_links(passages.doors)),
        windows=tuple(_links(passages.windows)),
        open_sides=tuple(_open_sides(passages)),
    )


def _links(passages: Iterable[Passage]) -> Iterator[Link]:
    for passage in passages:
        bounded = frozenset(passage.record.targets(RelationKind.BOUNDS))
        for room in passage.rooms:
            yield passage.record.global_id, room, "boundary" if room in bounded else "geometry"


def _open_sides(passages: Passages) -> Iterator[Link]:
    by_door = {door.rooms for door in passages.doors}
    for room, others in sorted(passages.graph.items()):
        for other in sorted(others):
            if room < other and OUTSIDE not in (room, other) and (room, other) not in by_door:
                yield room, other, "geometry"
