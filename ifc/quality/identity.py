"""Rules about identity, the project and its units."""

import math
from collections.abc import Iterator

from ifc.checks import valid_global_id
from ifc.findings import ReadFinding, Severity
from ifc.quality.subject import Subject
from ifc.source import Entity, class_of, members, step_id

_NEEDED = ("LENGTHUNIT", "AREAUNIT", "VOLUMEUNIT", "PLANEANGLEUNIT")
_WORDS = {"LENGTHUNIT": "length", "AREAUNIT": "area", "VOLUMEUNIT": "volume", "PLANEANGLEUNIT": "plane angle"}


def unique_ids(subject: Subject) -> Iterator[ReadFinding]:
    """Every GlobalId, of relationships and property sets too, is used once and is a valid one."""
    hint = "Give every object its own GlobalId: do not copy elements between files with their identifiers."
    for identity, entities in subject.roots.items():
        if not valid_global_id(identity):
            for entity in entities:
                yield _invalid(subject, entity, identity)
        first, *more = sorted(entities, key=step_id)
        for entity in more:
            note = f"The GlobalId {identity[:40]!r} is used {len(entities)} times, first by #{step_id(first)}."
            yield subject.of_entity(entity, "guid.duplicate", Severity.ERROR, note, hint, identity or None)


def _invalid(subject: Subject, entity: Entity, identity: str) -> ReadFinding:
    if len(identity) != 22:
        why = f"it has {len(identity)} characters instead of 22"
    elif identity[0] not in "0123":
        why = "its first character is not 0, 1, 2 or 3, so it holds more than 128 bits"
    else:
        why = "it holds characters outside 0-9, A-Z, a-z, _ and $"
    return subject.of_entity(
        entity,
        "guid.invalid",
        Severity.ERROR,
        f"The GlobalId {identity[:40]!r} is not a compressed GUID: {why}.",
        "Let the authoring tool make the GlobalId anew; scripts must use the compression of the IFC standard.",
        identity or None,
    )


def one_project(subject: Subject) -> Iterator[ReadFinding]:
    """The file holds exactly one IfcProject."""
    for project in subject.source.of("IfcProject")[1:]:
        note = "The file holds a second IfcProject."
        hint = "Export one project; merge models of several disciplines by federation, not by joining files."
        yield subject.of_entity(project, "project.several", Severity.ERROR, note, hint)


def _assigned(subject: Subject) -> list[Entity]:
    projects = subject.source.of("IfcProject")
    assignment = subject.source.get(projects[0], "UnitsInContext") if projects else None
    return [] if assignment is None else list(members(subject.source.get(assignment, "Units")))


def needed_units(subject: Subject) -> Iterator[ReadFinding]:
    """The project names units of length, area, volume and angle, each as SI or conversion based unit."""
    units = _assigned(subject)
    by_type = {str(subject.source.get(unit, "UnitType") or "") for unit in units}
    for kind in _NEEDED:
        if kind not in by_type:
            yield ReadFinding(
                "units.missing-kind",
                Severity.ERROR if kind == "LENGTHUNIT" else Severity.WARNING,
                f"The project names no unit of {_WORDS[kind]} ({kind}).",
                "Set all project units in the authoring tool before the export.",
                entity="IfcUnitAssignment",
            )


def contradictory_units(subject: Subject) -> Iterator[ReadFinding]:
    """No kind of unit is assigned twice."""
    seen: dict[str, Entity] = {}
    for unit in _assigned(subject):
        kind = str(subject.source.get(unit, "UnitType") or "")
        if not kind or kind == "USERDEFINED":
            continue
        if kind in seen:
            note = f"The project names two units for {kind}; the first, #{step_id(seen[kind])}, was used."
            hint = "Keep one unit of each kind in the project."
            yield subject.of_entity(unit, "units.repeated", Severity.ERROR, note, hint)
        seen.setdefault(kind, unit)


def unit_conversions(subject: Subject) -> Iterator[ReadFinding]:
    """The factor of a conversion based unit is a positive number."""
    for unit in subject.source.of("IfcConversionBasedUnit"):
        measure = subject.source.get(unit, "ConversionFactor")
        value = None if measure is None else subject.source.get(measure, "ValueComponent")
        number = value if isinstance(value, int | float) or value is None else value[0]
        if not isinstance(number, int | float) or not 0.0 < number < math.inf:
            note = f"The conversion factor of the unit is {number}; it must be a positive number."
            hint = "Choose another project unit in the authoring tool, best an SI unit."
            yield subject.of_entity(unit, "units.conversion", Severity.ERROR, note, hint)


def unit_kinds(subject: Subject) -> Iterator[ReadFinding]:
    """The name of an SI unit fits its kind: a length is in metres, not in seconds."""
    wanted = {
        "LENGTHUNIT": "METRE",
        "AREAUNIT": "SQUARE_METRE",
        "VOLUMEUNIT": "CUBIC_METRE",
        "PLANEANGLEUNIT": "RADIAN",
        "MASSUNIT": "GRAM",
        "TIMEUNIT": "SECOND",
    }
    for unit in _assigned(subject):
        kind, name = (str(subject.source.get(unit, item) or "") for item in ("UnitType", "Name"))
        if class_of(unit) == "IfcSIUnit" and kind in wanted and name != wanted[kind]:
            note = f"The unit of {kind} is {name}; it should be {wanted[kind]}."
            hint = "This is a fault of the exporter: set the project units again, or update it."
            yield subject.of_entity(unit, "units.kind", Severity.ERROR, note, hint)


RULES = (unique_ids, one_project, needed_units, contradictory_units, unit_conversions, unit_kinds)
