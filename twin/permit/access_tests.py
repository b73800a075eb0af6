"""Tests of accessibility: ramps, turning circles, step-free ways with clear widths, lifts."""

from collections import defaultdict, deque
from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from ifc import ElementRecord, RelationKind
from twin.permit.doors import OUTSIDE
from twin.permit.fire_tests import INDOOR_EXCEPT, NO_DOORS, NO_ROOMS, WIDTH_PATHS
from twin.permit.outcomes import Judged, amount, at_least, conclude, missing, one
from twin.permit.rooms import Room
from twin.permit.sentences import Share, Words, say
from twin.permit.solids import box_picture, line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Quantity, Verdict
from twin.permit.view import label

SLOPE_PATHS = ("AR_Ramp.550_Kalle", "Pset_RampCommon.RequiredSlope")
SLOPE_TOLERANCE = 1e-4  # a hundredth of a per cent
MIN_RISE_M = 0.02  # a ramp that rises less is a plate


def ramp_slope_at_most(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every ramp to be gentle enough: rise over the longer side of its plan, else the declared slope.

    Numbers: `maximum` (1).
    """
    ramps = subject.view.of_kind("IfcRamp", "IfcRampFlight")
    if not ramps:
        return one(Verdict.NOT_APPLICABLE, say("The model has no {ifc_class}.", ifc_class="IfcRamp"))
    limit, items, ids = parameters.number("maximum"), [], {record.global_id for record in ramps}
    for record in ramps:
        slope = _slope(subject, record)
        if slope is None:
            parts = subject.view.sources(RelationKind.AGGREGATED_IN, record.global_id)
            if any(part.global_id in ids for part in parts):
                continue  # its flights are judged
            items.append(missing(record, say("The ramp has neither geometry nor {path}.", path=SLOPE_PATHS[0])))
            continue
        text = say("{thing} rises {slope}, {limit} is allowed.", thing=label(record), slope=Share(slope),
                   limit=Share(limit))  # fmt: skip
        verdict = Verdict.PASS if slope <= limit + SLOPE_TOLERANCE else Verdict.FAIL
        bound = Limit(limit, "1", "<=", SLOPE_TOLERANCE)
        mesh = subject.view.meshes.get(record.global_id)
        picture = box_picture(mesh) if mesh is not None else None
        items.append(Judged(record.global_id, verdict, text, slope, bound, "1", picture))
    return conclude(items, "ramps", max)


def turning_circle(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require at least one room of some kinds in which a circle of a diameter fits between the walls.

    Numbers: `diameter` (m). Arguments: `kinds`.
    """
    rooms = subject.rooms.of_kinds(parameters.texts("kinds"))
    if not rooms:
        return one(Verdict.DATA_MISSING, say("No room is used as {kinds}.", kinds=Words(parameters.texts("kinds"))))
    shaped = [(room.shape.width_line[0], room) for room in rooms if room.shape is not None]
    if len(shaped) < len(rooms):
        return one(Verdict.DATA_MISSING, say("Some rooms have no usable geometry."), [r.global_id for r in rooms])
    limit = parameters.number("diameter")
    width, room = max(shaped, key=lambda pair: (pair[0], pair[1].global_id))
    message = say(
        "The largest circle in a room of this kind is {width}, {limit} is required.",
        width=amount(width, "m"),
        limit=amount(limit, "m"),
    )
    verdict = Verdict.PASS if at_least(width, limit) else Verdict.FAIL
    line = room.shape.width_line[1] if room.shape is not None else ()
    picture = line_picture(line, z=room.shape.floor_m) if room.shape is not None else None
    bound = Limit(limit, "m", ">=", 0.001)
    doubts = (room.doubt,) if room.doubt else ()
    return [Outcome(verdict, message, Quantity(width, "m"), bound, (room.global_id,), picture, doubts)]


def rooms_reachable_wide(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a step-free way from the street to every room, through doors wide enough; lifts and ramps join storeys.

    Numbers: `minimum` (m): clear width of the doors. Arguments: `except_kinds`: rooms that nobody visits.
    """
    if not subject.rooms.all:
        return one(Verdict.DATA_MISSING, NO_ROOMS)
    if not subject.passages.doors:
        return one(Verdict.DATA_MISSING, NO_DOORS)
    untold = [door for door in subject.passages.doors if subject.view.number(door.record, WIDTH_PATHS) is None]
    if untold:
        lack = say("The door gives no {what} ({path}).", what=say("opening width"), path=WIDTH_PATHS[0])
        return one(Verdict.DATA_MISSING, lack, [door.record.global_id for door in untold])
    reached = _reached(subject, parameters.number("minimum"))
    skipped = frozenset(parameters.texts("except_kinds")) | INDOOR_EXCEPT
    rooms = [room for room in subject.rooms.all if not room.kinds & skipped]
    bound = Limit(parameters.number("minimum"), "m", ">=", 0.001)
    return conclude([_reach(subject, room, reached, bound) for room in rooms], "rooms")


def lift_from_storeys(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a lift in a building with so many storeys above ground.

    Numbers: `storeys` (1).
    """
    storeys, limit = subject.site.storeys, int(parameters.number("storeys"))
    if not storeys.above or storeys.unknown:
        return one(Verdict.DATA_MISSING, say("Some storeys do not say whether they lie above ground."))
    number = len(storeys.above)
    if number < limit:
        message = say("At most {possible} storeys lie above ground; the duty begins at {limit:.0f}.", possible=number,
                      limit=limit)  # fmt: skip
        return [Outcome(Verdict.NOT_APPLICABLE, message, Quantity(number, "1"), Limit(limit, "1", "<"))]
    lifts = [link for link in subject.passages.verticals if link.kind == "lift"]
    message = say("{number} storeys lie above ground and {lifts} lifts join them.", number=number, lifts=len(lifts))
    ids = tuple(sorted({link.record.global_id for link in lifts}))
    verdict = Verdict.PASS if len(lifts) >= number - 1 else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(len(lifts), "1"), Limit(number - 1, "1", ">="), ids)]


def _slope(subject: Subject, record: ElementRecord) -> float | None:
    mesh = subject.view.meshes.get(record.global_id)
    if mesh is not None:
        low, high = mesh.bounds()
        tops = mesh.vertices[np.unique(mesh.faces[_faces_up(mesh.vertices, mesh.faces)])]
        run = float(max(high[0] - low[0], high[1] - low[1]))
        rise = float(np.ptp(tops[:, 2])) if len(tops) else 0.0
        return rise / run if run > 0 and rise >= MIN_RISE_M else 0.0
    declared = subject.view.number(record, SLOPE_PATHS)
    if declared is None:
        return None
    return tan(declared[0]) if declared[1] == SLOPE_PATHS[1] else _as_share(declared[0])


def _as_share(value: float) -> float:
    """Return a declared slope as rise over run: above one it is in degrees."""
    return tan(radians(value)) if value > 1 else value


def _faces_up(vertices: NDArray[np.float64], faces: NDArray[np.uint32]) -> NDArray[np.bool_]:
    corners = vertices[faces.astype(np.int64)]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    return np.asarray(normals[:, 2] > 0.5 * np.where(lengths > 0, lengths, 1.0))


def _reached(subject: Subject, minimum: float) -> frozenset[str]:
    edges: dict[str, set[str]] = defaultdict(set)
    for door in subject.passages.doors:
        width = subject.view.number(door.record, WIDTH_PATHS)
        if width is not None and at_least(width[0], minimum):
            sides = [*door.rooms, *([OUTSIDE] if door.outer else [])]
            for side in sides:
                edges[side] |= set(sides)
    for first, others in subject.passages.openings.items():
        edges[first] |= others
    for link in subject.passages.verticals:
        if link.kind != "stair":
            edges[link.rooms[0]].add(link.rooms[1])
            edges[link.rooms[1]].add(link.rooms[0])
    seen, queue = {OUTSIDE}, deque([OUTSIDE])
    while queue:
        for other in edges[queue.popleft()] - seen:
            seen.add(other)
            queue.append(other)
    return frozenset(seen)


def _reach(subject: Subject, room: Room, reached: frozenset[str], bound: Limit) -> Judged:
    if room.shape is None:
        return missing(room.record, say("The room has no usable geometry."))
    if room.global_id not in reached and subject.passages.unresolved_doors:
        text = say("No way from the outside was found, and the model does not tell what some doors or rooms join.")
        return missing(room.record, text)
    text = say(
        "{thing} cannot be reached from the street without steps through wide doors.", thing=label(room.record)
    )
    picture: Picture = polygon_picture(room.shape.outline, z=room.shape.floor_m)
    verdict = Verdict.PASS if room.global_id in reached else Verdict.FAIL
    return Judged(room.global_id, verdict, text, limit=bound, picture=picture)
