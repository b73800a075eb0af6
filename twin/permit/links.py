"""What the walkable graph of a building says of doors, for those who only want the pairs."""

from collections.abc import Iterator

from ifc import RelationKind
from twin.permit.doors import Passages
from twin.permit.rooms import Rooms
from twin.permit.view import BuildingView, CheckContext
from twin.snapshot import Snapshot


def door_links(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    """Yield each door with each room that it opens to and how that is known (``boundary`` or ``geometry``)."""
    view = BuildingView(CheckContext(snapshot))
    for door in Passages(view, Rooms(view)).doors:
        bounded = frozenset(door.record.targets(RelationKind.BOUNDS))
        for room in door.rooms:
            yield door.record.global_id, room, "boundary" if room in bounded else "geometry"
