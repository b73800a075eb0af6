"""Pure mapping of element records to nodes and edges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.batch import Batch, Edge, Node, Property, Scope
from graph.schema import EdgeType, Label
from ifc import ElementRecord, Measure, RelationKind, Value

_SPATIAL = {
    "IfcSite": Label.SITE,
    "IfcBuilding": Label.BUILDING,
    "IfcBuildingStorey": Label.STOREY,
    "IfcSpace": Label.SPACE,
}
_OTHER = {
    "IfcOpeningElement": Label.OPENING,
    "IfcOpeningStandardCase": Label.OPENING,
    "IfcPort": Label.PORT,
    "IfcDistributionPort": Label.PORT,
    "IfcSystem": Label.SYSTEM,
    "IfcDistributionSystem": Label.SYSTEM,
    "IfcBuildingSystem": Label.SYSTEM,
    "IfcBuiltSystem": Label.SYSTEM,
    "IfcDistributionCircuit": Label.SYSTEM,
    "IfcElectricalCircuit": Label.SYSTEM,
    "IfcZone": Label.ZONE,
    "IfcGroup": Label.ZONE,
    "IfcSpatialZone": Label.ZONE,
}
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
_NOT_NODES = frozenset({"IfcProject", "IfcProjectLibrary", "IfcContext"})

# Facts that questions filter by: property name in the graph -> property names looked for in any property set
_FACTS: dict[str, tuple[str, ...]] = {
    "fire_rating": ("FireRating", "330_Tulekindlus"),
    "is_external": ("IsExternal", "335_Välispiire"),
    "load_bearing": ("LoadBearing", "500_Kandev"),
    "u_value_w_m2k": ("ThermalTransmittance", "340_Soojusläbivus"),
    "category": ("115_Kategooria", "Category"),
    "ehr_code": ("700_EHR-kood",),
}
_QUANTITIES: dict[str, tuple[str, ...]] = {
    "area_m2": ("NetFloorArea", "GrossFloorArea", "NetSideArea", "GrossSideArea", "NetArea", "GrossArea", "Area"),
    "volume_m3": ("NetVolume", "GrossVolume"),
    "height_m": ("FinishCeilingHeight", "Height"),
}


@dataclass(frozen=True, slots=True)
class SpaceLink:
    """A relation between spaces, or a door and a space, that is not written in the records but derived.

    Attributes:
        a: GlobalId of a space, or of a door.
        b: GlobalId of a space.
        source: How it is known: ``boundary`` or ``geometry``.
    """

    a: str
    b: str
    source: str


def to_batch(
    scope: Scope,
    version: int,
    content_sha256: str,
    records: Mapping[str, ElementRecord],
    *,
    adjacency: Sequence[SpaceLink] = (),
    door_links: Sequence[SpaceLink] = (),
) -> Batch:
    """Return the nodes and edges of one version.

    Args:
        scope: Building and stage.
        version: Number of the version.
        content_sha256: Digest of the version's records.
        records: All records by GlobalId.
        adjacency: Pairs of spaces that touch across a wall or slab.
        door_links: Doors with the spaces that they open into.
    """
    labels = {global_id: label for global_id, record in records.items() if (label := label_of(record)) is not None}
    nodes = [_node(scope, records, records[global_id], label) for global_id, label in labels.items()]
    edges: dict[tuple[str, str, str], Edge] = {}
    for edge in _edges(scope, records, labels, adjacency, door_links):
        edges.setdefault(edge.key, edge)
    materials = sorted({edge.target for edge in edges.values() if edge.type is EdgeType.MADE_OF})
    prefix = scope.node_id("material:")
    nodes.extend(
        Node(Label.MATERIAL, target, {"scope": str(scope), "name": target.removeprefix(prefix)})
        for target in materials
    )
    return Batch(scope, version, content_sha256, tuple(nodes), tuple(edges.values()))


def label_of(record: ElementRecord) -> Label | None:
    """Return the label of the node of `record`, or None if it becomes no node."""
    ifc_class = record.ifc_class
    if ifc_class in _NOT_NODES:
        return None
    if ifc_class in _SPATIAL:
        return _SPATIAL[ifc_class]
    if ifc_class in _OTHER:
        return _OTHER[ifc_class]
    if ifc_class.endswith(("Type", "Style")):
        return Label.TYPE
    return Label.ELEMENT


def _node(scope: Scope, records: Mapping[str, ElementRecord], record: ElementRecord, label: Label) -> Node:
    properties: dict[str, Property] = {
        "scope": str(scope),
        "global_id": record.global_id,
        "ifc_class": record.ifc_class,
        "name": record.name,
    }
    long_name = record.attributes.get("LongName")
    if isinstance(long_name, str) and long_name:
        properties["long_name"] = long_name
    if record.predefined_type:
        properties["predefined_type"] = record.predefined_type
    elevation = _number(record.attributes.get("Elevation"))
    if elevation is not None:
        properties["elevation_m"] = elevation
    sources = [record, *(records[t] for t in record.targets(RelationKind.TYPED_BY) if t in records)]
    for name, candidates in _FACTS.items():
        fact = _first([source.property_sets for source in sources], candidates)
        if fact is not None:
            properties[name] = fact
    for name, candidates in _QUANTITIES.items():
        fact = _first([record.quantity_sets], candidates)
        if fact is not None:
            properties[name] = fact
    return Node(label, scope.node_id(record.global_id), properties)


def _first(places: Sequence[Mapping[str, Mapping[str, Value]]], names: Sequence[str]) -> Property | None:
    for sets in places:
        for name in names:
            for values in sets.values():
                value = _plain(values.get(name))
                if value is not None and value != "":
                    return value
    return None


def _plain(value: Value) -> Property | None:
    if isinstance(value, Measure):
        return value.value
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, tuple) and len(value) == 1:
        return _plain(value[0])
    return None


def _number(value: Value) -> float | None:
    plain = _plain(value)
    return float(plain) if isinstance(plain, (int, float)) and not isinstance(plain, bool) else None


def _edges(
    scope: Scope,
    records: Mapping[str, ElementRecord],
    labels: Mapping[str, Label],
    adjacency: Sequence[SpaceLink],
    door_links: Sequence[SpaceLink],
) -> Iterator[Edge]:
    for global_id, label in labels.items():
        record = records[global_id]
        for relation in record.relations:
            if relation.target in labels:
                edge = _relation(scope, record, label, relation.kind, relation.target, labels[relation.target])
                if edge is not None:
                    yield edge
        for part in record.materials:
            if part.material:
                yield Edge(EdgeType.MADE_OF, scope.node_id(global_id), scope.node_id(f"material:{part.material}"))
    yield from _feeds(scope, records, labels)
    yield from _links(scope, labels, EdgeType.ADJACENT_TO, adjacency)
    yield from _links(scope, labels, EdgeType.CONNECTS, door_links)


def _relation(
    scope: Scope, record: ElementRecord, label: Label, kind: RelationKind, target: str, target_label: Label
) -> Edge | None:
    own, other = scope.node_id(record.global_id), scope.node_id(target)
    if kind in (RelationKind.AGGREGATED_IN, RelationKind.NESTED_IN):
        return Edge(_DECOMPOSES.get(label, EdgeType.HAS_SUB_ELEMENT), other, own)
    if kind in (RelationKind.CONTAINED_IN, RelationKind.REFERENCED_IN):
        return Edge(EdgeType.HAS_SPACE if label is Label.SPACE else EdgeType.CONTAINS_ELEMENT, other, own)
    if kind is RelationKind.BOUNDS and target_label is Label.SPACE:
        return Edge(EdgeType.ADJACENT_ELEMENT, other, own)
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
