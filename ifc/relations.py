"""Relationships of a file as relations of records, child to parent, one pass per class."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ifc.links import Links, upper
from ifc.records import Relation, RelationKind, Value
from ifc.source import Entity, Source, class_of, members, step_id

Detail = Callable[[Source, Entity, Mapping[int, str]], Mapping[str, Value]]


def _path(source: Source, entity: Entity, _: Mapping[int, str]) -> Mapping[str, Value]:
    names = ("RelatingConnectionType", "RelatedConnectionType", "ConnectionType")
    return {name: str(value) for name in names if (value := source.get(entity, name)) is not None}


def _realized(source: Source, entity: Entity, keys: Mapping[int, str]) -> Mapping[str, Value]:
    raw = source.first(entity, "RealizingElement", "RealizingElements")
    found = sorted(key for item in members(raw) if (key := keys.get(step_id(item))))
    return {**_path(source, entity, keys), **({"realizing": tuple(found)} if found else {})}


def _scalars(*names: str) -> Detail:
    """Return a reader of the scalar attributes `names` of a relationship."""

    def read(source: Source, entity: Entity, _: Mapping[int, str]) -> Mapping[str, Value]:
        found = {name: source.get(entity, name) for name in names}
        return {name: value for name, value in found.items() if isinstance(value, str | bool | int | float)}

    return read


def _boundary(source: Source, entity: Entity, keys: Mapping[int, str]) -> Mapping[str, Value]:
    kind, name = class_of(entity), source.text(source.get(entity, "Name")).lower()
    note = source.text(source.get(entity, "Description"))
    second = kind.endswith("2ndLevel") or name.startswith("2nd")
    first = kind.endswith("1stLevel") or name.startswith("1st")
    found: dict[str, Value] = {"level": 2 if second else 1 if first else None, "description": note}
    found["physical"] = str(source.get(entity, "PhysicalOrVirtualBoundary") or "")
    found["external"] = str(source.get(entity, "InternalOrExternalBoundary") or "")
    other = source.get(entity, "CorrespondingBoundary")
    space = None if other is None else source.get(other, "RelatingSpace")
    found["corresponding_space"] = None if space is None else keys.get(step_id(space))
    return {name: value for name, value in found.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Rule:
    """How one relationship class becomes relations: from each `child` to each `parent`."""

    ifc_class: str
    child: str
    parent: str
    kind: RelationKind
    detail: Detail | None = None
    excluded: tuple[str, ...] = field(default=())


RULES: tuple[Rule, ...] = (
    Rule("IfcRelAggregates", "RelatedObjects", "RelatingObject", RelationKind.AGGREGATED_IN),
    Rule("IfcRelNests", "RelatedObjects", "RelatingObject", RelationKind.NESTED_IN),
    Rule("IfcRelContainedInSpatialStructure", "RelatedElements", "RelatingStructure", RelationKind.CONTAINED_IN),
    Rule("IfcRelReferencedInSpatialStructure", "RelatedElements", "RelatingStructure", RelationKind.REFERENCED_IN),
    Rule("IfcRelDefinesByType", "RelatedObjects", "RelatingType", RelationKind.TYPED_BY),
    Rule("IfcRelVoidsElement", "RelatedOpeningElement", "RelatingBuildingElement", RelationKind.VOIDS),
    Rule("IfcRelFillsElement", "RelatedBuildingElement", "RelatingOpeningElement", RelationKind.FILLS),
    Rule("IfcRelAssignsToGroup", "RelatedObjects", "RelatingGroup", RelationKind.ASSIGNED_TO),
    Rule("IfcRelServicesBuildings", "RelatingSystem", "RelatedBuildings", RelationKind.SERVES),
    Rule("IfcRelConnectsElements", "RelatingElement", "RelatedElement", RelationKind.CONNECTED_TO, _realized),
    Rule("IfcRelConnectsPortToElement", "RelatingPort", "RelatedElement", RelationKind.NESTED_IN),
    Rule("IfcRelConnectsPorts", "RelatingPort", "RelatedPort", RelationKind.PORT_CONNECTED_TO, _realized),
    Rule("IfcRelSpaceBoundary", "RelatedBuildingElement", "RelatingSpace", RelationKind.BOUNDS, _boundary),
    Rule("IfcRelCoversBldgElements", "RelatedCoverings", "RelatingBuildingElement", RelationKind.COVERS),
    Rule("IfcRelCoversSpaces", "RelatedCoverings", "RelatingSpace", RelationKind.COVERS),
    Rule("IfcRelFlowControlElements", "RelatedControlElements", "RelatingFlowElement", RelationKind.CONTROLS),
    Rule("IfcRelDeclares", "RelatedDefinitions", "RelatingContext", RelationKind.DECLARED_IN),
    Rule("IfcRelProjectsElement", "RelatedFeatureElement", "RelatingElement", RelationKind.PROJECTS),
    Rule("IfcRelAdheresToElement", "RelatedSurfaceFeatures", "RelatingElement", RelationKind.ADHERES_TO),
    Rule(
        "IfcRelInterferesElements",
        "RelatingElement",
        "RelatedElement",
        RelationKind.INTERFERES_WITH,
        _scalars("InterferenceType", "ImpliedOrder"),
    ),
    Rule("IfcRelPositions", "RelatedProducts", "RelatingPositioningElement", RelationKind.POSITIONED_BY),
    Rule("IfcRelDefinesByObject", "RelatedObjects", "RelatingObject", RelationKind.DEFINED_BY),
    Rule("IfcRelSequence", "RelatedProcess", "RelatingProcess", RelationKind.FOLLOWS, _scalars("SequenceType")),
    Rule("IfcRelAssignsToProcess", "RelatedObjects", "RelatingProcess", RelationKind.ASSIGNED_TO_PROCESS),
    Rule("IfcRelAssignsToProduct", "RelatedObjects", "RelatingProduct", RelationKind.ASSIGNED_TO_PRODUCT),
    Rule("IfcRelAssignsToActor", "RelatedObjects", "RelatingActor", RelationKind.ASSIGNED_TO_ACTOR),
    Rule("IfcRelAssignsToControl", "RelatedObjects", "RelatingControl", RelationKind.ASSIGNED_TO_CONTROL),
    Rule("IfcRelAssignsToResource", "RelatedObjects", "RelatingResource", RelationKind.ASSIGNED_TO_RESOURCE),
    Rule(
        "IfcRelConnectsStructuralMember",
        "RelatingStructuralMember",
        "RelatedStructuralConnection",
        RelationKind.STRUCTURALLY_CONNECTED_TO,
    ),
    Rule("IfcRelConnectsStructuralActivity", "RelatedStructuralActivity", "RelatingElement", RelationKind.ACTS_ON),
)
ELSEWHERE = (  # relationships that become sets, materials and references of records
    "IfcRelDefinesByProperties",
    "IfcRelAssociatesMaterial",
    "IfcRelAssociatesProfileProperties",
    "IfcRelAssociatesClassification",
    "IfcRelAssociatesLibrary",
    "IfcRelAssociatesDocument",
)
READ_FROM_TEXT = (  # relationships of which only the references count: the parser need not see them
    *(rule.ifc_class for rule in RULES if rule.detail is None),
    *ELSEWHERE,
)


@dataclass(frozen=True, slots=True)
class Relations:
    """Relations by the STEP number of their record, and what became none.

    Attributes:
        by_object: Relations of every record.
        lost: Count per relationship class of instances that became no relation.
    """

    by_object: Mapping[int, list[Relation]]
    lost: Mapping[str, int]


def read_relations(
    source: Source,
    links: Links,
    keys: Mapping[int, str],
    surfaces: Callable[[int], Mapping[str, Value]] | None = None,
) -> Relations:
    """Return all relations between records.

    Args:
        source: The parsed file.
        links: What its statements refer to.
        keys: Key of every record by STEP number.
        surfaces: What the connection geometry of the space boundary with a STEP number says.
    """
    found: dict[int, list[Relation]] = {}
    understood: set[int] = set()
    for rule in RULES:
        detail = _details(source, rule, keys, surfaces)
        for number, own, targets in _ends(source, links, rule, keys):
            understood.add(number)
            more = detail(number)
            kind = _kind(source, links, rule, own)
            for relation in [Relation(kind, target, more) for target in targets]:
                for child in own:
                    found.setdefault(child, []).append(relation)
    elsewhere = upper(frozenset[str]().union(*map(source.family, ELSEWHERE)) - {"IfcRelOverridesProperties"})
    lost: dict[str, int] = {}
    for written, numbers in links.numbers("IfcRelationship"):
        if written not in elsewhere and (count := len(set(numbers) - understood)):
            lost[source.spelling(written)] = count
    return Relations(found, lost)


def _details(
    source: Source, rule: Rule, keys: Mapping[int, str], surfaces: Callable[[int], Mapping[str, Value]] | None
) -> Callable[[int], Mapping[str, Value]]:
    """Return what tells the detail of the relationship with a STEP number."""
    read = rule.detail
    if read is None:
        nothing: Mapping[str, Value] = {}
        return lambda _: nothing

    def detail(number: int) -> Mapping[str, Value]:
        found = read(source, source.entity(number), keys)
        return {**found, **surfaces(number)} if surfaces and rule.kind is RelationKind.BOUNDS else found

    return detail


def _ends(
    source: Source, links: Links, rule: Rule, keys: Mapping[int, str]
) -> Iterator[tuple[int, list[int], list[str]]]:
    """Yield the number of every relationship of a rule, the numbers of its children and the keys of its parents."""
    parent_name = rule.parent
    if rule.ifc_class in source.classes and parent_name not in source.positions(rule.ifc_class):
        parent_name = "RelatedSpace"  # IfcRelCoversSpaces until IFC4
    parents = links.of(rule.ifc_class, parent_name)
    for number, children in links.of(rule.ifc_class, rule.child).items():
        targets = [key for item in parents.get(number, ()) if (key := keys.get(item))]
        own = [item for item in children if item in keys]
        if targets and own:
            yield number, own, targets


def _kind(source: Source, links: Links, rule: Rule, children: Sequence[int]) -> RelationKind:
    """Return the kind; a system that refers to a spatial element serves it (IFC4X3)."""
    if rule.kind is RelationKind.REFERENCED_IN:
        systems = upper(source.family("IfcSystem"))
        if all(links.class_of(item) in systems for item in children):
            return RelationKind.SERVES
    return rule.kind


def ordered(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return relations in canonical order; one that says the same twice, without detail, is kept once."""
    given = list(relations)
    if len(given) < 2:
        return tuple(given)
    found: list[Relation] = []
    for relation in sorted(given, key=sort_key):
        if not found or relation.detail or relation != found[-1]:
            found.append(relation)
    return tuple(found)


def sort_key(relation: Relation) -> tuple[str, str, str]:
    """Return the key that sorts relations by kind, target and detail."""
    detail = repr(sorted(relation.detail.items())) if relation.detail else ""
    return relation.kind, relation.target, detail
