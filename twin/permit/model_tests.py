"""Tests of the model itself: georeference, identifiers, storeys, geometry."""

import re

from ifc import ElementRecord, Kernel, RelationKind
from twin.district import CRS, EASTING_RANGE_M, NORTHING_RANGE_M, axes_swapped, epsg_of, in_estonia
from twin.permit.outcomes import Judged, conclude, one
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
NO_GEOREFERENCE = "The file does not say where it stands on the map."


def georeference_crs(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the map system to be EPSG:3301."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    stated = georeference.crs.strip()
    if not stated:
        return one(Verdict.DATA_MISSING, f"The file does not name its map system ({georeference.source}).")
    good = epsg_of(stated) == CRS
    message = f"The map system is '{stated}', {CRS} (L-EST97) is required."
    verdict = Verdict.PASS if good else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(stated), Limit(CRS, "", "="))]


def georeference_in_estonia(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the origin to lie in Estonia's ranges of easting and northing."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    message = f"The origin is at easting {georeference.easting_m:.2f} m, northing {georeference.northing_m:.2f} m."
    verdict = Verdict.PASS if in_estonia(georeference) or axes_swapped(georeference) else Verdict.FAIL
    text = f"{georeference.easting_m:.2f}, {georeference.northing_m:.2f}"
    ranges = (
        f"{EASTING_RANGE_M[0]:.0f}..{EASTING_RANGE_M[1]:.0f}, {NORTHING_RANGE_M[0]:.0f}..{NORTHING_RANGE_M[1]:.0f}"
    )
    return [Outcome(verdict, message, Quantity(text, "m"), Limit(ranges, "m", "inside"))]


def georeference_axes(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Refuse an easting and a northing that stand in each other's place; outside both ranges it cannot be told."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    if axes_swapped(georeference):
        text = (
            f"Easting {georeference.easting_m:.2f} is a northing, northing {georeference.northing_m:.2f} an easting."
        )
        return one(Verdict.FAIL, text)
    if in_estonia(georeference):
        return one(Verdict.PASS, "Easting and northing stand in their places.")
    return one(Verdict.NOT_APPLICABLE, "The origin lies outside Estonia, so the order of the axes cannot be told.")


def georeference_scale(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the scale from model metres to map metres to be near one.

    Numbers: `tolerance` (1).
    """
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    off, tolerance = abs(georeference.scale - 1.0), parameters.number("tolerance")
    verdict = Verdict.PASS if off <= tolerance else Verdict.FAIL
    message = f"One model metre is {georeference.scale:g} m on the map; {tolerance:g} may differ."
    return [Outcome(verdict, message, Quantity(off, "1"), Limit(tolerance, "1", "<="))]


def unique_global_ids(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Refuse GlobalIds that stand more than once in the file; the reader gives the later ones a suffix ``~2``."""
    repeated = [record for gid, record in subject.view.records.items() if REPEATED.fullmatch(gid)]
    if not subject.view.records:
        return one(Verdict.DATA_MISSING, "The model has no elements.")
    if not repeated:
        return one(Verdict.PASS, f"All {len(subject.view.records)} GlobalIds are different.")
    return [_repeated(record) for record in repeated]


def elements_in_storey(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every physical element to belong to a storey, by itself or through what holds it."""
    records = subject.view.of_kind(*PHYSICAL)
    if not records:
        return one(Verdict.DATA_MISSING, "The model has no physical elements.")
    return conclude([_stored(subject, record) for record in records], "elements")


def elements_have_geometry(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every physical element, or one of its parts, to have geometry."""
    records = subject.view.of_kind(*PHYSICAL)
    if not records:
        return one(Verdict.DATA_MISSING, "The model has no physical elements.")
    return conclude([_geometry(subject, record) for record in records], "elements")


def _repeated(record: ElementRecord) -> Outcome:
    first, _, _number = record.global_id.rpartition("~")
    message = f"The GlobalId of {label(record)} is also that of another element: {first}."
    return Outcome(Verdict.FAIL, message, Quantity(first), Limit(1, "1", "<="), (first, record.global_id))


def _stored(subject: Subject, record: ElementRecord) -> Judged:
    mesh = subject.view.meshes.get(record.global_id)
    good = subject.view.storey_of(record) is not None
    return Judged(
        record.global_id,
        Verdict.PASS if good else Verdict.FAIL,
        f"{label(record)} belongs to no storey.",
        picture=box_picture(mesh) if mesh is not None and not good else None,
    )


def _geometry(subject: Subject, record: ElementRecord) -> Judged:
    mesh = subject.view.meshes.get(record.global_id)
    if mesh is not None and mesh.kernel is Kernel.BOX:
        text = f"The geometry of {label(record)} could not be made; only its box is known."
        return Judged(record.global_id, Verdict.NEEDS_HUMAN, text, picture=box_picture(mesh))
    verdict = Verdict.PASS if _shown(subject, record, 0) else Verdict.FAIL
    return Judged(record.global_id, verdict, f"{label(record)} has no geometry.")


def _shown(subject: Subject, record: ElementRecord, depth: int) -> bool:
    if record.global_id in subject.view.meshes:
        return True
    parts = subject.view.sources(RelationKind.AGGREGATED_IN, record.global_id)
    return depth < 8 and any(_shown(subject, part, depth + 1) for part in parts)
