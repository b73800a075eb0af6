"""Rules about the spatial structure: project, site, building, storeys, rooms, and where elements stand."""

from collections import Counter
from collections.abc import Iterator

from ifc.findings import ReadFinding, Severity
from ifc.quality.subject import Subject, label
from ifc.records import ElementRecord, Measure, RelationKind

ELEVATION_TOLERANCE_M = 0.01  # exporters round elevations to the millimetre or the centimetre
_ABOVE = {
    "IfcSite": ("IfcProject", "IfcSite"),
    "IfcBuilding": ("IfcProject", "IfcSite", "IfcBuilding"),
    "IfcBuildingStorey": ("IfcBuilding", "IfcBuildingStorey"),
    "IfcSpace": ("IfcBuildingStorey", "IfcSpace", "IfcSite", "IfcBuilding"),
}
_WORKS = ("IfcBuilding", "IfcFacility")  # a road or a bridge stands for the building of other models


def complete_structure(subject: Subject) -> Iterator[ReadFinding]:
    """The model has a site, a building (or other facility), and storeys in a building."""
    hint = "Model the spatial structure and export it: project, site, building, storeys."
    if not any(subject.records_of("IfcSite")):
        note = "The model has no IfcSite: place and parcel of the building cannot be told."
        yield ReadFinding("structure.site", Severity.WARNING, note, hint, entity="IfcSite")
    if not any(record for work in _WORKS for record in subject.records_of(work)):
        note = "The model has no IfcBuilding: it cannot be told which building this is."
        yield ReadFinding("structure.building", Severity.ERROR, note, hint, entity="IfcBuilding")
    elif any(subject.records_of("IfcBuilding")) and not any(subject.records_of("IfcBuildingStorey")):
        note = "The building has no IfcBuildingStorey: elements cannot be told by storey."
        yield ReadFinding("structure.storey", Severity.ERROR, note, hint, entity="IfcBuildingStorey")


def spatial_parents(subject: Subject) -> Iterator[ReadFinding]:
    """Every site, building, storey and space is part of exactly one element of the level above."""
    known = subject.model.by_id()
    for record in subject.model.records:
        wanted = _ABOVE.get(record.ifc_class)
        if wanted is None:
            continue
        above = [known[target] for target in record.targets(RelationKind.AGGREGATED_IN)]
        allowed = set().union(*(subject.source.family(name) for name in wanted))
        if len(above) != 1:
            note = f"{label(record)} is part of {len(above)} wholes; it must be part of exactly one."
        elif above[0].ifc_class not in allowed and above[0].ifc_class not in subject.source.family("IfcFacilityPart"):
            note = f"{label(record)} is part of an {above[0].ifc_class}; it must be part of {' or '.join(wanted)}."
        else:
            continue
        hint = f"Put it under one {wanted[0]} in the project tree of the authoring tool."
        yield subject.of_record(record, "structure.parent", Severity.ERROR, note, hint)


def one_container(subject: Subject) -> Iterator[ReadFinding]:
    """Every element is contained in at most one spatial element."""
    known = subject.model.by_id()
    for record in subject.model.records:
        places = record.targets(RelationKind.CONTAINED_IN)
        if len(set(places)) > 1:
            names = ", ".join(label(known[place]) for place in places[:3])
            note = f"{label(record)} is contained in {len(places)} spatial elements: {names}."
            hint = "Assign it to one storey; refer to the others as “referenced in” if it passes through them."
            yield subject.of_record(record, "containment.several", Severity.ERROR, note, hint)


def parts_follow_the_whole(subject: Subject) -> Iterator[ReadFinding]:
    """A part of an assembly is contained in nothing of its own: the whole is."""
    elements = subject.source.family("IfcElement")
    known = subject.model.by_id()
    for record in subject.model.records:
        wholes = [known[target] for target in record.targets(RelationKind.AGGREGATED_IN)]
        if record.ifc_class in elements and record.targets(RelationKind.CONTAINED_IN) and wholes:
            note = f"{label(record)} is contained in a storey and part of {label(wholes[0])}: it is counted twice."
            hint = "Assign the assembly to the storey, and not its parts."
            yield subject.of_record(record, "containment.part", Severity.WARNING, note, hint)


def storey_elevations(subject: Subject) -> Iterator[ReadFinding]:
    """The elevation of a storey is the height at which it is placed, above its building or the origin."""
    known = subject.model.by_id()
    for storey in subject.records_of("IfcBuildingStorey"):
        stated = storey.attributes.get("Elevation")
        if not isinstance(stated, Measure) or storey.placement is None:
            continue
        heights = [0.0, *(_height(known[above]) for above in storey.targets(RelationKind.AGGREGATED_IN))]
        placed = [storey.placement[11] - height for height in heights]
        if min(abs(value - stated.value) for value in placed) > ELEVATION_TOLERANCE_M:
            note = (
                f"{label(storey)} states the elevation {stated.value:.3f} m, "
                f"but is placed {placed[-1]:.3f} m above its building."
            )
            hint = "Set the elevation of the storey to the height of its placement, and export again."
            yield subject.of_record(storey, "storey.elevation", Severity.WARNING, note, hint)


def _height(record: ElementRecord) -> float:
    return record.placement[11] if record.placement is not None else 0.0


def rooms(subject: Subject) -> Iterator[ReadFinding]:
    """Every space has a number or name, a shape, and a number of its own on its storey."""
    seen = Counter((room.name, room.targets(RelationKind.AGGREGATED_IN)) for room in subject.records_of("IfcSpace"))
    for room in subject.records_of("IfcSpace"):
        if not room.name.strip():
            note = "The room has no number or name (Name)."
            hint = "Number the rooms in the authoring tool."
            yield subject.of_record(room, "space.name", Severity.WARNING, note, hint)
        elif seen[room.name, room.targets(RelationKind.AGGREGATED_IN)] > 1:
            note = f"The room number “{room.name[:40]}” occurs more than once on its storey."
            hint = "Give every room of a storey its own number."
            yield subject.of_record(room, "space.number", Severity.INFO, note, hint)
        if not room.geometry_digest:
            note = f"{label(room)} has no shape: its area and volume cannot be measured."
            hint = "Let the room fill its boundaries in the authoring tool, and export rooms with geometry."
            yield subject.of_record(room, "space.geometry", Severity.WARNING, note, hint)


RULES = (complete_structure, spatial_parents, one_container, parts_follow_the_whole, storey_elevations, rooms)
