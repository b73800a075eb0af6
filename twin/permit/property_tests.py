"""Tests of declared values: presence, format and fire ratings of compartment-bounding elements."""

import re
from collections.abc import Iterable

from ifc import ElementRecord, RelationKind
from twin.permit.outcomes import Judged, conclude, missing, one
from twin.permit.sentences import say
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Verdict
from twin.permit.view import as_number, as_text, label

COMPARTMENT_PATHS = ("AR_Tsoon_Tuleohutus.085_Tuletõkkesektsioon", "AR_Tsoon_Tuleohutus.081_Tuletõkketsooni-tähis")
EXTERNAL = ("AR_Sein.335_Välispiire", "Pset_WallCommon.IsExternal")
FIRE_PATHS = {
    "IfcDoor": ("AR_Uks.330_Tulekindlus", "Pset_DoorCommon.FireRating"),
    "IfcWall": ("AR_Sein.330_Tulekindlus", "Pset_WallCommon.FireRating"),
}
NO_RATING = frozenset({"0", "puudub", "none", "no", "ei"})  # ways to write that there is no fire resistance


def property_matches(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a property of every element of a class to be filled in and to match a pattern.

    Arguments: `ifc_class`, `properties` (``Set.Name`` in order of preference), `pattern` (regular expression for the
    whole value), `example`. A model without any element of the class lacks the data if the class is the building or
    the site; else the rule does not apply.
    """
    ifc_class = parameters.text("ifc_class")
    records = subject.view.of_kind(ifc_class)
    if not records:
        return _none_of(ifc_class)
    return conclude([_match(subject, record, parameters) for record in records], "values")


def number_positive(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a property of every element of a class to be a number above zero.

    Arguments: `ifc_class`, `properties`.
    """
    ifc_class, paths = parameters.text("ifc_class"), parameters.texts("properties")
    records = subject.view.of_kind(ifc_class)
    if not records:
        return _none_of(ifc_class)
    items: list[Judged] = []
    for record in records:
        found = subject.view.find(record, paths)
        value = None if found is None else as_number(found.value)
        if found is None:
            items.append(missing(record, say("{path} is not filled in.", path=paths[0])))
        elif value is None:
            text = say(
                "{thing}: {where} is '{text}', not a number.",
                thing=label(record),
                where=found.where,
                text=as_text(found.value),
            )
            items.append(Judged(record.global_id, Verdict.FAIL, text, as_text(found.value)))
        else:
            verdict = Verdict.PASS if value > 0 else Verdict.FAIL
            text = say(
                "{thing}: {where} is {value:g}, it must be above zero.",
                thing=label(record),
                where=found.where,
                value=value,
            )
            items.append(Judged(record.global_id, verdict, text, value, Limit(0, "", ">")))
    return conclude(items, "values")


def fire_rating_on_boundaries(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a well-formed fire rating on every door or wall between two fire compartments.

    The compartments are the zones of AR_Tsoon_Tuleohutus and the rooms assigned to them; an element bounds one if it
    joins or bounds rooms of which one is in a compartment and another is in a different one or in none.

    Arguments: `ifc_class` (``IfcDoor`` or ``IfcWall``), `pattern`.
    """
    ifc_class = parameters.text("ifc_class")
    zone_of = compartments(subject)
    if not zone_of:
        return one(
            Verdict.DATA_MISSING, say("The model assigns no room to a fire compartment (AR_Tsoon_Tuleohutus).")
        )
    elements, untold = _boundaries(subject, ifc_class, zone_of)
    items = [_rating(subject, record, ifc_class, parameters.text("pattern")) for record in elements]
    items += [
        missing(record, say("The model does not tell which rooms these elements stand between.")) for record in untold
    ]
    if not items:
        return one(
            Verdict.NOT_APPLICABLE,
            say("No {kind} bounds a fire compartment.", kind=ifc_class),
        )
    return conclude(items, "elements on compartment boundaries")


def fire_rating_format(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every fire rating that is given to be well-formed; elements without one are not judged.

    Arguments: `classes`, `pattern`.
    """
    items = [
        _rating(subject, record, ifc_class, parameters.text("pattern"))
        for ifc_class in parameters.texts("classes")
        for record in subject.view.of_kind(ifc_class)
        if subject.view.find(record, FIRE_PATHS[ifc_class]) is not None
    ]
    if not items:
        return one(Verdict.NOT_APPLICABLE, say("No element gives a fire rating."))
    return conclude(items, "fire ratings")


def _none_of(ifc_class: str) -> list[Outcome]:
    if ifc_class in {"IfcBuilding", "IfcSite"}:
        return one(Verdict.DATA_MISSING, say("The model has no {ifc_class}.", ifc_class=ifc_class))
    return one(Verdict.NOT_APPLICABLE, say("The model has no {ifc_class}.", ifc_class=ifc_class))


def _match(subject: Subject, record: ElementRecord, parameters: Parameters) -> Judged:
    paths, pattern = parameters.texts("properties"), parameters.text("pattern")
    found = subject.view.find(record, paths)
    if found is None:
        return missing(record, say("{path} is not filled in.", path=paths[0]))
    text = as_text(found.value)
    limit = Limit(parameters.text("example"), "", "matches")
    good = re.fullmatch(pattern, text) is not None
    sentence = say(
        "{thing}: {where} is '{text}', such as '{limit}' is expected.",
        thing=label(record),
        where=found.where,
        text=text,
        limit=limit.value,
    )
    return Judged(record.global_id, Verdict.PASS if good else Verdict.FAIL, sentence, text, limit)


def _rating(subject: Subject, record: ElementRecord, ifc_class: str, pattern: str) -> Judged:
    found = subject.view.find(record, FIRE_PATHS[ifc_class])
    if found is None:
        return missing(record, say("{path} is not filled in.", path=FIRE_PATHS[ifc_class][0]))
    text = as_text(found.value)
    limit = Limit("EI30", "", "matches")
    if text.casefold() in NO_RATING:
        return Judged(
            record.global_id,
            Verdict.FAIL,
            say("{thing} has no fire resistance ('{text}').", thing=label(record), text=text),
            text,
            limit,
        )
    good = re.fullmatch(pattern, text) is not None
    sentence = say(
        "{thing}: fire rating '{text}' is not written as a class such as EI30 or REI60.",
        thing=label(record),
        text=text,
    )
    return Judged(record.global_id, Verdict.PASS if good else Verdict.FAIL, sentence, text, limit)


def compartments(subject: Subject) -> dict[str, str]:
    """Return the compartment (IfcZone) of each room, by GlobalId."""
    zones = [zone for zone in subject.view.of_kind("IfcZone") if subject.view.find(zone, COMPARTMENT_PATHS)]
    members = ((zone, room) for zone in zones for room in _members(subject, zone))
    return {room.global_id: zone.global_id for zone, room in members}


def _members(subject: Subject, zone: ElementRecord) -> Iterable[ElementRecord]:
    members = subject.view.sources(RelationKind.ASSIGNED_TO, zone.global_id)
    return (record for record in members if record.ifc_class == "IfcSpace")


def _boundaries(
    subject: Subject, ifc_class: str, zone_of: dict[str, str]
) -> tuple[list[ElementRecord], list[ElementRecord]]:
    boundaries: list[ElementRecord] = []
    untold: list[ElementRecord] = []
    for record, rooms in _rooms_beside(subject, ifc_class):
        zones = {zone_of.get(room) for room in rooms}
        if not rooms:
            untold += [] if subject.view.flag(record, EXTERNAL) else [record]  # an outer wall parts no compartments
        elif len(zones) > 1:
            boundaries.append(record)
    return boundaries, untold


def _rooms_beside(subject: Subject, ifc_class: str) -> Iterable[tuple[ElementRecord, tuple[str, ...]]]:
    if ifc_class == "IfcDoor":
        return ((p.record, p.rooms) for p in subject.passages.doors if not (p.outer and not p.rooms))
    rooms = subject.rooms.by_id
    walls = subject.view.of_kind(ifc_class)
    return ((wall, tuple(t for t in wall.targets(RelationKind.BOUNDS) if t in rooms)) for wall in walls)
