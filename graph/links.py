"""Pure mapping of the relations of element records, and of what geometry adds, to edges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.batch import Edge, Property, Scope
from graph.schema import EdgeType, Label
from ifc import ElementRecord, MaterialPart, RelationKind, round_measure

_INVERSE = {RelationKind.VOIDS: EdgeType.HAS_OPENING, RelationKind.FILLS: EdgeType.FILLED_BY}
_DIRECT = {
    RelationKind.ASSIGNED_TO: EdgeType.PART_OF,
    RelationKind.SERVES: EdgeType.SERVES,
    RelationKind.TYPED_BY: EdgeType.HAS_TYPE,
    RelationKind.CONTROLS: EdgeType.CONTROLS,
}
_DECOMPOSES = {
    Label.PORT: EdgeType.HAS_PORT,
    Label.BUILDING: EdgeType.HAS_BUILDING,
    Label.STOREY: EdgeType.HAS_STOREY,
    Label.SPACE: EdgeType.HAS_SPACE,
}


@dataclass(frozen=True, slots=True)
class SpaceLink:
    """A relation between spaces, or a door or window and a space, derived from records and meshes.

    Attributes:
        a: GlobalId of a space, a door or a window.
        b: GlobalId of a space; of an element if `a` is the space that it bounds.
        source: How it is known: ``boundary`` or ``geometry``.
    """

    a: str
    b: str
    source: str


@dataclass(frozen=True, slots=True)
class Derived:
    """What is not written in the records but follows from them and from geometry.

    Attributes:
        adjacency: Pairs of spaces that touch across a wall or slab.
        doors: Doors with the spaces that they open into.
        windows: Windows with the spaces behind them.
        open_sides: Pairs of spaces between which one walks without a door.
        bounds: Spaces with the elements that bound them; what the records state stands before it.
    """

    adjacency: Sequence[SpaceLink] = ()
    doors: Sequence[SpaceLink] = ()
    windows: Sequence[SpaceLink] = ()
    open_sides: Sequence[SpaceLink] = ()
    bounds: Sequence[SpaceLink] = ()


def edges_of(
    scope: Scope, records: Mapping[str, ElementRecord], labels: Mapping[str, Label], derived: Derived
) -> Iterator[Edge]:
    """Yield the edges between the nodes that `labels` names; the same edge may come twice."""
    for global_id, label in labels.items():
        record = records[global_id]
        for relation in record.relations:
            if relation.target in labels:
                edge = _relation(scope, record, label, relation.kind, relation.target, labels[relation.target])
                if edge is not None:
                    yield edge
        yield from _materials(scope, records, record)
    yield from _feeds(scope, records, labels)
    yield from _links(scope, labels, EdgeType.ADJACENT_TO, derived.adjacency)
    yield from _links(scope, labels, EdgeType.CONNECTS, derived.doors)
    yield from _links(scope, labels, EdgeType.LIGHTS, derived.windows)
    yield from _links(scope, labels, EdgeType.OPEN_TO, derived.open_sides)
    yield from _links(scope, labels, EdgeType.ADJACENT_ELEMENT, derived.bounds)


def _materials(scope: Scope, records: Mapping[str, ElementRecord], record: ElementRecord) -> Iterator[Edge]:
    """Yield an edge to each material, of the record itself or else of its type."""
    source, parts = "own", record.materials
    if not parts:
        types = (records[target] for target in record.targets(RelationKind.TYPED_BY) if target in records)
        source, parts = "type", next((kind.materials for kind in types if kind.materials), ())
    for name, share in _shares(parts).items():
        properties: dict[str, Property] = {"source": source}
        if share is not None:
            properties["share"] = round(share, 12)
        yield Edge(EdgeType.MADE_OF, scope.node_id(record.global_id), scope.node_id(f"material:{name}"), properties)


def _shares(parts: Sequence[MaterialPart]) -> dict[str, float | None]:
    """Return the share of the volume of each material: by thickness of layers, all for a single one, else unknown."""
    named = [part for part in parts if part.material]
    if len(named) == 1 and len(parts) == 1:
        return {named[0].material: 1.0}
    total = sum(map(_thickness_m, parts))
    layered = total > 0 and all(part.role == "layer" and part.thickness_m is not None for part in parts)
    shares: dict[str, float | None] = {}
    for part in named:
        before = shares.get(part.material) or 0.0
        shares[part.material] = before + _thickness_m(part) / total if layered else None
    return shares


def _thickness_m(part: MaterialPart) -> float:
    return round_measure(part.thickness_m or 0.0, "m")


def _relation(
    scope: Scope, record: ElementRecord, label: Label, kind: RelationKind, target: str, target_label: Label
) -> Edge | None:
    own, other = scope.node_id(record.global_id), scope.node_id(target)
    if kind in (RelationKind.AGGREGATED_IN, RelationKind.NESTED_IN):
        return Edge(_DECOMPOSES.get(label, EdgeType.HAS_SUB_ELEMENT), other, own)
    if kind in (RelationKind.CONTAINED_IN, RelationKind.REFERENCED_IN):
        return Edge(EdgeType.HAS_SPACE if label is Label.SPACE else EdgeType.CONTAINS_ELEMENT, other, own)
    if kind is RelationKind.BOUNDS and target_label is Label.SPACE:
        return Edge(EdgeType.ADJACENT_ELEMENT, other, own, {"source": "boundary"})
    if kind in _INVERSE:
        return Edge(_INVERSE[kind], other, own)
    if kind in _DIRECT:
        return Edge(_DIRECT[kind], own, other)
    return None  # joins of walls and coverings: no named question asks for them; they stay in the records


def _feeds(scope: Scope, records: Mapping[str, ElementRecord], labels: Mapping[str, Label]) -> Iterator[Edge]:
    for global_id, label in labels.items():
        if label is not Label.PORT:
            continue
        for target in records[global_id].targets(RelationKind.PORT_CONNECTED_TO):
            for source_owner in _owners(records, labels, global_id):
                for sink_owner in _owners(records, labels, target):
                    yield Edge(EdgeType.FEEDS, scope.node_id(source_owner), scope.node_id(sink_owner))


def _owners(records: Mapping[str, ElementRecord], labels: Mapping[str, Label], port: str) -> tuple[str, ...]:
    record = records.get(port)
    targets = record.targets(RelationKind.NESTED_IN) if record is not None else ()
    return tuple(target for target in targets if target in labels)


def _links(scope: Scope, labels: Mapping[str, Label], kind: EdgeType, links: Sequence[SpaceLink]) -> Iterator[Edge]:
    for link in links:
        if link.a in labels and link.b in labels:
            yield Edge(kind, scope.node_id(link.a), scope.node_id(link.b), {"source": link.source})
