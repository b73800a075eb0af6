"""Pure mapping of element records to nodes; `graph.links` gives the edges."""

from collections.abc import Mapping, Sequence, Set

from graph.batch import Batch, Edge, Node, Property, Scope
from graph.links import Derived, edges_of
from graph.schema import EdgeType, Label
from ifc import ElementRecord, Measure, RelationKind, Value, round_measure

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
_NOT_NODES = frozenset({"IfcProject", "IfcProjectLibrary", "IfcContext"})

# Facts that questions filter by: property name in the graph -> property names looked for in any property set
_FACTS: dict[str, tuple[str, ...]] = {
    "fire_rating": ("FireRating", "330_Tulekindlus"),
    "is_external": ("IsExternal", "335_Välispiire"),
    "load_bearing": ("LoadBearing", "500_Kandev"),
    "u_value_w_m2k": ("ThermalTransmittance", "340_Soojusläbivus"),
    "category": ("115_Kategooria", "Category"),
    "ehr_code": ("700_EHR-kood",),
    "fire_exit": ("FireExit", "370_Evakuatsiooniväljapääs"),
    "escape_route": ("715_Evakuatsioonitee",),
    "compartment_rating": ("085_Tuletõkkesektsioon",),
    "dwelling": ("722_Eluruumi-number",),
}
_QUANTITIES: dict[str, tuple[str, ...]] = {
    "area_m2": ("NetFloorArea", "GrossFloorArea", "NetSideArea", "GrossSideArea", "NetArea", "GrossArea", "Area"),
    "volume_m3": ("NetVolume", "GrossVolume"),
    "height_m": ("FinishCeilingHeight", "Height"),
    "width_m": ("Width",),
}
_FACT_NAMES = frozenset(name for names in _FACTS.values() for name in names)
_QUANTITY_NAMES = frozenset(name for names in _QUANTITIES.values() for name in names)

WHOLE_NUMBERS = 2**63  # the engines hold whole numbers below it

Sets = Sequence[Mapping[str, Value]]  # property or quantity sets with at least one value that is looked for


def to_batch(
    scope: Scope,
    version: int,
    content_sha256: str,
    records: Mapping[str, ElementRecord],
    derived: Derived | None = None,
) -> Batch:
    """Return the nodes and edges of one version.

    Args:
        scope: Building, stage and perhaps number.
        version: Number of the version.
        content_sha256: Digest of the version's records.
        records: All records by GlobalId.
        derived: What geometry says besides.
    """
    labels = {global_id: label for global_id, record in records.items() if (label := label_of(record)) is not None}
    nodes = [_node(scope, records, records[global_id], label) for global_id, label in labels.items()]
    edges: dict[tuple[str, str, str], Edge] = {}
    for edge in edges_of(scope, records, labels, derived or Derived()):
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
    opening_width = _number(record.attributes.get("OverallWidth"))
    if opening_width is not None:
        properties["width_m"] = opening_width
    types = (records[t] for t in record.targets(RelationKind.TYPED_BY) if t in records)
    places = [_with_any(source.property_sets, _FACT_NAMES) for source in (record, *types)]
    if any(places):
        properties.update(_found(places, _FACTS))
    if measured := _with_any(record.quantity_sets, _QUANTITY_NAMES):
        properties = {**_found([measured], _QUANTITIES), **properties}
    return Node(label, scope.node_id(record.global_id), properties)


def _with_any(sets: Mapping[str, Mapping[str, Value]], names: Set[str]) -> Sets:
    return [values for values in sets.values() if not names.isdisjoint(values)]


def _found(places: Sequence[Sets], wanted: Mapping[str, Sequence[str]]) -> dict[str, Property]:
    facts = ((name, _first(places, candidates)) for name, candidates in wanted.items())
    return {name: fact for name, fact in facts if fact is not None}


def _first(places: Sequence[Sets], names: Sequence[str]) -> Property | None:
    for sets in places:
        for name in names:
            for values in sets:
                value = _plain(values.get(name))
                if value is not None and value != "":
                    return value
    return None


def _plain(value: Value) -> Property | None:
    """Return a value without its unit; numbers rounded as stored records are, so that a rebuild gives the same."""
    if isinstance(value, Measure):
        return round_measure(value.value, value.unit)
    if isinstance(value, float):
        return round_measure(value, "1")
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if abs(value) < WHOLE_NUMBERS else str(value)
    if isinstance(value, tuple) and len(value) == 1:
        return _plain(value[0])
    return None


def _number(value: Value) -> float | None:
    plain = _plain(value)
    return float(plain) if isinstance(plain, (int, float)) and not isinstance(plain, bool) else None
