"""Pure mapping of the points of a building to nodes beside its versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.batch import Batch, Edge, Node, Scope
from graph.schema import MODEL_LABELS, EdgeType, Label
from graph.store import GraphStore


@dataclass(frozen=True, slots=True)
class PointNode:
    """What the graph knows of a point of the live state.

    Attributes:
        point_id: Its name in the building.
        global_id: GlobalId of what it is bound to.
        space: GlobalId of the space it stands in, or None.
        kind: ``sensor``, ``meter``, ``actuator`` or ``setpoint``.
        quantity_kind: QUDT quantity kind.
        unit: UCUM unit.
        name: Human name.
    """

    point_id: str
    global_id: str
    space: str | None
    kind: str
    quantity_kind: str
    unit: str
    name: str = ""


def points_batch(scope: Scope, points: Iterable[PointNode], labels: Mapping[str, Label]) -> Batch:
    """Return the points of a building with edges into one projected version.

    Args:
        scope: The version that the edges reach into; it must have been projected before.
        points: Points of the building.
        labels: Label by GlobalId of the nodes of that version; a binding to anything else gives no edge.
    """
    nodes: list[Node] = []
    edges: list[Edge] = []
    for point in points:
        own = scope.node_id(f"point:{point.point_id}")
        nodes.append(Node(Label.POINT, own, _properties(scope, point)))
        if point.global_id in labels:
            edges.append(Edge(EdgeType.IS_POINT_OF, own, scope.node_id(point.global_id)))
        if point.space is not None and labels.get(point.space) is Label.SPACE:
            edges.append(Edge(EdgeType.HAS_LOCATION, own, scope.node_id(point.space)))
    anchors = {scope.node_id(global_id): label for global_id, label in labels.items()}
    return Batch(scope, 0, "", tuple(nodes), tuple(edges), anchors)


def labels_in(batch: Batch) -> dict[str, Label]:
    """Return the label by GlobalId of the nodes of a version."""
    return {str(node.properties["global_id"]): node.label for node in batch.nodes if "global_id" in node.properties}


def projected_labels(store: GraphStore, scope: Scope, global_ids: Iterable[str]) -> dict[str, Label]:
    """Return the label of each of `global_ids` that `store` holds in `scope`."""
    ids = {scope.node_id(global_id): global_id for global_id in global_ids}
    found: dict[str, Label] = {}
    for label in (label for label in MODEL_LABELS if label is not Label.MATERIAL):
        text = f"UNWIND $ids AS i MATCH (n:{label.value} {{id: i}}) RETURN n.id AS id"
        rows = store.query(text, {"ids": list(ids)}, limit=len(ids) + 1).rows if ids else ()
        found.update((ids[row["id"]], label) for row in rows)
    return found


def _properties(scope: Scope, point: PointNode) -> dict[str, str | int | float | bool]:
    return {
        "scope": scope.points,
        "point_id": point.point_id,
        "global_id": point.global_id,
        "kind": point.kind,
        "quantity_kind": point.quantity_kind,
        "unit": point.unit,
        "name": point.name,
    }
