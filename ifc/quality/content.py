"""Rules about property sets, types and classes: what later work with the model stands on."""

from collections import Counter
from collections.abc import Iterator

from ifc.findings import ReadFinding, Severity
from ifc.quality.subject import Subject
from ifc.records import RelationKind
from ifc.source import members

MAX_PROXY_SHARE = 0.1  # above this, a model says too little of what its elements are


def filled_sets(subject: Subject) -> Iterator[ReadFinding]:
    """No property set and no element quantity is empty."""
    for name, attribute in (("IfcPropertySet", "HasProperties"), ("IfcElementQuantity", "Quantities")):
        for entity, title, content in subject.source.rows(name, "Name", attribute):
            if not members(content):
                note = f"The set “{subject.source.text(title)[:60]}” holds nothing."
                hint = "Fill it, or leave it out of the export."
                yield subject.of_entity(entity, "property-set.empty", Severity.WARNING, note, hint)


def named_sets(subject: Subject) -> Iterator[ReadFinding]:
    """Every property set has a name."""
    for entity, title in subject.source.rows("IfcPropertySet", "Name"):
        if not subject.source.text(title).strip():
            note = "A property set has no name: nobody can ask for its values."
            hint = "Name the set in the export set-up of the authoring tool."
            yield subject.of_entity(entity, "property-set.name", Severity.WARNING, note, hint)


def used_types(subject: Subject) -> Iterator[ReadFinding]:
    """Elements have types, and types have elements."""
    typed = Counter(target for record in subject.model.records for target in record.targets(RelationKind.TYPED_BY))
    idle = [record for record in subject.records_of("IfcTypeProduct") if record.global_id not in typed]
    if idle:
        note = f"{len(idle)} types are used by no element, such as {idle[0].ifc_class} “{idle[0].name[:60]}”."
        hint = "Export used types only, or remove unused ones from the project."
        yield subject.of_record(idle[0], "type.unused", Severity.INFO, note, hint)
    excluded = subject.source.family("IfcFeatureElement") | subject.source.family("IfcVirtualElement")
    elements = [record for record in subject.records_of("IfcElement") if record.ifc_class not in excluded]
    bare = [record for record in elements if not record.targets(RelationKind.TYPED_BY)]
    if bare:
        note = f"{len(bare)} of {len(elements)} elements have no type: {_most(bare)}."
        hint = "Export types with their elements; values that are the same for all belong to the type."
        yield subject.of_record(bare[0], "type.missing", Severity.INFO, note, hint)


def proxies(subject: Subject) -> Iterator[ReadFinding]:
    """Elements have a class that says what they are."""
    elements = list(subject.records_of("IfcElement"))
    vague = list(subject.records_of("IfcBuildingElementProxy"))
    if vague and len(vague) > MAX_PROXY_SHARE * len(elements):
        note = f"{len(vague)} of {len(elements)} elements are IfcBuildingElementProxy: what they are is not said."
        hint = "Map their categories to IFC classes in the export set-up."
        yield subject.of_record(vague[0], "class.proxy", Severity.WARNING, note, hint)


def _most(records: list) -> str:  # type: ignore[type-arg]
    counted = Counter(record.ifc_class for record in records).most_common(3)
    return ", ".join(f"{count} {name}" for name, count in counted)


RULES = (filled_sets, named_sets, used_types, proxies)
