"""What of a snapshot goes into the graph: its records, what geometry says of its rooms, and the points beside it."""

from collections.abc import Iterable, Iterator

from graph import Batch, Derived, PointNode, Scope, SpaceLink, to_batch
from ifc import bounding_elements, space_adjacency
from twin.live import Point
from twin.permit import passage_links
from twin.snapshot import Snapshot

REVISION = 3  # of what a projection holds; a graph with another one is written anew


def scope_of(snapshot: Snapshot) -> Scope:
    """Return the graph scope of the latest version of the stage of a snapshot."""
    return Scope(snapshot.building_id, snapshot.stage.value)


def projected_digest(content_sha256: str) -> str:
    """Return what tells that a projection is up to date: digest of the records and revision of the mapping."""
    return f"{content_sha256}.{REVISION}"


def project(snapshot: Snapshot, content_sha256: str, scope: Scope | None = None) -> Batch:
    """Return the nodes and edges of `snapshot` in `scope`, by default that of the latest version of its stage.

    Equal records and meshes give the same batch.
    """
    adjacency, passages = space_adjacency(snapshot.records, snapshot.meshes), passage_links(snapshot)
    return to_batch(
        scope or scope_of(snapshot),
        snapshot.version,
        projected_digest(content_sha256),
        snapshot.records,
        Derived(
            adjacency=[SpaceLink(link.a, link.b, link.source) for link in adjacency],
            doors=[SpaceLink(*link) for link in passages.doors],
            windows=[SpaceLink(*link) for link in passages.windows],
            open_sides=[SpaceLink(*link) for link in passages.open_sides],
            bounds=list(_bounds(snapshot, (*passages.doors, *passages.windows))),
        ),
    )


def _bounds(snapshot: Snapshot, passages: Iterable[tuple[str, str, str]]) -> Iterator[SpaceLink]:
    """Yield what geometry says of the elements around the spaces; doors and windows by their rooms."""
    for found in bounding_elements(snapshot.records, snapshot.meshes):
        yield SpaceLink(found.space, found.element, "geometry")
    for opening, room, source in passages:
        yield SpaceLink(room, opening, source)


def point_nodes(points: Iterable[Point]) -> list[PointNode]:
    """Return what the graph knows of `points`."""
    return [
        PointNode(p.point_id, p.global_id, p.space, p.kind.value, p.quantity_kind, p.unit, p.name) for p in points
    ]
