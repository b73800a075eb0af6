"""What of a snapshot goes into the graph: its records, and what geometry says of spaces and doors."""

from graph import Batch, Scope, SpaceLink, to_batch
from ifc import space_adjacency
from twin.permit import door_links
from twin.snapshot import Snapshot


def scope_of(snapshot: Snapshot) -> Scope:
    """Return the graph scope of a snapshot."""
    return Scope(snapshot.building_id, snapshot.stage.value)


def project(snapshot: Snapshot, content_sha256: str) -> Batch:
    """Return the nodes and edges of `snapshot`; the same for equal records and meshes."""
    adjacency = space_adjacency(snapshot.records, snapshot.meshes)
    return to_batch(
        scope_of(snapshot),
        snapshot.version,
        content_sha256,
        snapshot.records,
        adjacency=[SpaceLink(link.a, link.b, link.source) for link in adjacency],
        door_links=[SpaceLink(door, space, source) for door, space, source in door_links(snapshot)],
    )
