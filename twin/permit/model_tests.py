"""Tests of the model itself: identifiers, storeys, geometry."""

import re

from ifc import ElementRecord, Kernel, RelationKind
from twin.permit.outcomes import Judged, conclude, one
from twin.permit.sentences import say
from twin.permit.solids import box_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict
from twin.permit.view import label

REPEATED = re.compile(r"(.+)~\d+")
PHYSICAL = (
    "IfcWall",
    "IfcSlab",
    "IfcDoor",
    "IfcWindow",
    "IfcColumn",
    "IfcBeam",
    "IfcRoof",
    "IfcStair",
    "IfcStairFlight",
    "IfcRamp",
    "IfcRampFlight",
    "IfcRailing",
    "IfcCurtainWall",
    "IfcCovering",
    "IfcFurnishingElement",
    "IfcFurniture",
    "IfcFlowTerminal",
    "IfcFlowSegment",
    "IfcFooting",
    "IfcMember",
    "IfcPlate",
)


def unique_global_ids(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Refuse GlobalIds that stand more than once in the file; the reader gives the later ones a suffix ``~2``."""
    repeated = [record for gid, record in subject.view.records.items() if REPEATED.fullmatch(gid)]
    if not subject.view.records:
        return one(Verdict.DATA_MISSING, say("The model has no elements."))
    if not repeated:
        return one(Verdict.PASS, say("All {number} GlobalIds are different.", number=len(subject.view.records)))
    return [_repeated(record) for record in repeated]


def elements_in_storey(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every physical element to belong to a storey, by itself or through what holds it."""
    records = subject.view.of_kind(*PHYSICAL)
    if not records:
        return one(Verdict.DATA_MISSING, say("The model has no physical elements."))
    judged = {record.global_id: _stored(subject, record) for record in records}
    lost = [record for record in records if judged[record.global_id].verdict is Verdict.FAIL]
    for part in [
        part for whole in lost for part in subject.view.sources(RelationKind.AGGREGATED_IN, whole.global_id)
    ]:
        judged.pop(part.global_id, None)  # it follows its whole, which is named
    return conclude(list(judged.values()), "elements")


def elements_have_geometry(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every physical element, or one of its parts, to have geometry."""
    records = subject.view.of_kind(*PHYSICAL)
    if not records:
        return one(Verdict.DATA_MISSING, say("The model has no physical elements."))
    return conclude([_geometry(subject, record) for record in records], "elements")


def _repeated(record: ElementRecord) -> Outcome:
    first, _, _number = record.global_id.rpartition("~")
    message = say(
        "The GlobalId of {thing} is also that of another element: {first}.", thing=label(record), first=first
    )
    return Outcome(Verdict.FAIL, message, Quantity(first), Limit(1, "1", "<="), (first, record.global_id))


def _stored(subject: Subject, record: ElementRecord) -> Judged:
    mesh = subject.view.meshes.get(record.global_id)
    good = subject.view.storey_of(record) is not None
    return Judged(
        record.global_id,
        Verdict.PASS if good else Verdict.FAIL,
        say("{thing} belongs to no storey.", thing=label(record)),
        picture=box_picture(mesh) if mesh is not None and not good else None,
    )


def _geometry(subject: Subject, record: ElementRecord) -> Judged:
    mesh = subject.view.meshes.get(record.global_id)
    if mesh is not None and mesh.kernel is Kernel.BOX:
        text = say("The geometry of {thing} could not be made; only its box is known.", thing=label(record))
        return Judged(record.global_id, Verdict.NEEDS_HUMAN, text, picture=box_picture(mesh))
    verdict = Verdict.PASS if _shown(subject, record, 0) else Verdict.FAIL
    return Judged(record.global_id, verdict, say("{thing} has no geometry.", thing=label(record)))


def _shown(subject: Subject, record: ElementRecord, depth: int) -> bool:
    if record.global_id in subject.view.meshes:
        return True
    parts = subject.view.sources(RelationKind.AGGREGATED_IN, record.global_id)
    return depth < 8 and any(_shown(subject, part, depth + 1) for part in parts)
