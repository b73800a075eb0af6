"""Tests of the model's health: far-away and empty geometry, unbounded rooms, one building, order of storeys."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely import STRtree

from ifc import ElementRecord, Kernel, Mesh
from twin.permit.outcomes import Judged, amount, at_least, conclude, missing, one
from twin.permit.rooms import Room
from twin.permit.sentences import Share, say
from twin.permit.solids import box_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict
from twin.permit.view import label

SHARED_HEIGHT_M = 0.5  # a wall bounds a room if they share this much height
SHARE_NOISE = 1e-3  # of a measured outline
FLAT_M = 1e-6  # an element thinner than this in any direction encloses nothing
BOUNDING = ("IfcWall", "IfcCurtainWall", "IfcWindow", "IfcDoor", "IfcColumn", "IfcPlate", "IfcMember", "IfcRailing",
            "IfcVirtualElement", "IfcSpace")  # fmt: skip
SOLID = ("IfcWall", "IfcSlab", "IfcColumn", "IfcBeam", "IfcDoor", "IfcWindow")


def single_building(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require exactly one building in the file: the register keeps one code per building."""
    buildings = subject.view.of_kind("IfcBuilding")
    ids = tuple(record.global_id for record in buildings)
    if not buildings:
        return one(Verdict.DATA_MISSING, say("The model has no {ifc_class}.", ifc_class="IfcBuilding"))
    message = say("The file holds {number} buildings, one is expected.", number=len(buildings))
    verdict = Verdict.PASS if len(buildings) == 1 else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(len(buildings), "1"), Limit(1, "1", "="), ids)]


def storey_levels(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the storeys of the building to lie at least a distance apart: two on one level are one storey twice.

    Numbers: `minimum` (m).
    """
    storeys = subject.view.of_kind("IfcBuildingStorey")
    if not storeys:
        return one(Verdict.DATA_MISSING, say("The model has no storeys."))
    levels = [(subject.site.level_of(storey), storey) for storey in storeys]
    items = [missing(storey, say("The storey has no level.")) for level, storey in levels if level is None]
    known = sorted(((level, storey.global_id) for level, storey in levels if level is not None))
    limit = parameters.number("minimum")
    bound = Limit(limit, "m", ">=", 0.001)
    for index, (level, gid) in enumerate(known):
        gap = level - known[index - 1][0] if index else limit
        text = say(
            "{thing} lies {gap} over the storey below, at least {limit} is expected.",
            thing=label(subject.view.records[gid]),
            gap=amount(gap, "m"),
            limit=amount(limit, "m"),
        )
        verdict = Verdict.PASS if at_least(gap, limit) else Verdict.FAIL
        items.append(Judged(gid, verdict, text, gap if index else None, bound, "m"))
    return conclude(items, "storeys")


def elements_near(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the geometry of every element to lie near that of the others: one left at a far origin is unplaced.

    The distance is from the middle of the element to the median middle of all. Numbers: `maximum` (m).
    """
    meshes = [mesh for mesh in subject.context.snapshot.meshes if mesh.global_id in subject.view.records]
    if not meshes:
        return one(Verdict.DATA_MISSING, say("No element has geometry."))
    middles = np.array([mesh.bounds().mean(axis=0) for mesh in meshes])
    distances = np.linalg.norm(middles - np.median(middles, axis=0), axis=1)
    limit = parameters.number("maximum")
    bound = Limit(limit, "m", "<=")
    items = []
    for mesh, distance in zip(meshes, distances.tolist(), strict=True):
        text = say("{thing} lies {distance} from the middle of the model, {limit} is plausible.",
                   thing=label(subject.view.records[mesh.global_id]), distance=amount(distance, "m"),
                   limit=amount(limit, "m"))  # fmt: skip
        good = distance <= limit
        picture = None if good else box_picture(mesh)
        verdict = Verdict.PASS if good else Verdict.FAIL
        items.append(Judged(mesh.global_id, verdict, text, distance, bound, "m", picture))
    return conclude(items, "elements", max)


def elements_have_volume(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require solid elements to have geometry with an extent in all three directions, at least as large as a minimum.

    Numbers: `minimum` (m): the least extent.
    """
    records = subject.view.of_kind(*SOLID)
    shown = [(record, mesh) for record in records if (mesh := subject.view.meshes.get(record.global_id)) is not None]
    if not shown:
        return one(Verdict.DATA_MISSING, say("No element has geometry."))
    limit = parameters.number("minimum")
    return conclude(
        [_volume(record, mesh, limit) for record, mesh in shown if mesh.kernel is not Kernel.BOX], "elements"
    )


def spaces_bounded(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require walls, doors, windows or other rooms along enough of the outline of every room.

    Numbers: `reach` (m): how far the outline may lie from what bounds it. `share` (1): the least part of the outline.
    """
    if not subject.rooms.all:
        return one(Verdict.DATA_MISSING, say("The model has no rooms (IfcSpace)."))
    outlines, heights = _bodies(subject)
    if not outlines:
        return one(Verdict.DATA_MISSING, say("The model holds no walls with geometry."))
    bodies = _Bodies(STRtree(outlines), outlines, heights)
    share, reach = parameters.number("share"), parameters.number("reach")
    rooms = [room for room in subject.rooms.all if not room.kinds & {"outdoor", "parking"}]
    return conclude([_bounded(room, bodies, share, reach) for room in rooms], "rooms")


class _Bodies(NamedTuple):
    tree: STRtree
    outlines: Sequence[shapely.Geometry]
    heights: Sequence[tuple[float, float, str]]


def _bounded(room: Room, bodies: _Bodies, share: float, reach: float) -> Judged:
    if room.shape is None:
        return missing(room.record, say("The room has no usable geometry."))
    ring = room.shape.outline.boundary
    near = []
    for hit in bodies.tree.query(ring, predicate="dwithin", distance=reach):
        low, high, gid = bodies.heights[hit]
        if gid != room.global_id and room.shape.overlaps_height(low, high, SHARED_HEIGHT_M):
            near.append(bodies.outlines[hit].buffer(reach))
    covered = float(ring.intersection(shapely.union_all(near)).length) / float(ring.length)
    text = say(
        "{thing}: {covered} of its outline is bounded, {share} is expected.",
        thing=label(room.record),
        covered=Share(covered),
        share=Share(share),
    )
    verdict = Verdict.PASS if covered >= share - SHARE_NOISE else Verdict.FAIL
    picture = polygon_picture(room.shape.outline, z=room.shape.floor_m)
    bound = Limit(share, "1", ">=", SHARE_NOISE)
    return Judged(room.global_id, verdict, text, covered, bound, "1", picture)


def _bodies(subject: Subject) -> tuple[list[shapely.Geometry], list[tuple[float, float, str]]]:
    outlines: list[shapely.Geometry] = []
    heights: list[tuple[float, float, str]] = []
    for record in subject.view.of_kind(*BOUNDING):
        mesh = subject.view.meshes.get(record.global_id)
        if mesh is None:
            continue
        room = subject.rooms.by_id.get(record.global_id)
        hull = shapely.MultiPoint(mesh.vertices[:, :2]).convex_hull
        outlines.append(room.shape.outline if room is not None and room.shape is not None else hull)
        heights.append((float(mesh.vertices[:, 2].min()), float(mesh.vertices[:, 2].max()), record.global_id))
    return outlines, heights


def _volume(record: ElementRecord, mesh: Mesh, limit: float) -> Judged:
    low, high = mesh.bounds()
    extent = float((high - low).min())
    text = say("{thing} is {extent} thick, at least {limit} is expected.", thing=label(record),
               extent=amount(extent, "m"), limit=amount(limit, "m"))  # fmt: skip
    verdict = Verdict.PASS if extent >= limit - FLAT_M else Verdict.FAIL
    return Judged(record.global_id, verdict, text, extent, Limit(limit, "m", ">=", FLAT_M), "m", box_picture(mesh))
