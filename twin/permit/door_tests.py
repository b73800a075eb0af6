"""Tests of doors and of the way through them: a door for every room, the way out, clear openings, storeys."""

from collections.abc import Callable
from dataclasses import replace

from twin.permit.doors import OUTSIDE, Passage
from twin.permit.outcomes import COMPLIES, Judged, amount, at_least, conclude, missing, one
from twin.permit.rooms import CATEGORY_PATH, Room
from twin.permit.sentences import Words, say
from twin.permit.solids import box_picture, line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Verdict
from twin.permit.view import label

WIDTH_PATHS = ("AR_Uks.306_Ava-laius", "@OverallWidth")
HEIGHT_PATHS = ("AR_Uks.307_Ava-kõrgus", "@OverallHeight")
WET = frozenset({"wc", "bathroom"})


def room_has_door(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a door, or an open side to another room, for every room of some kinds.

    An open side is told as a doubt. Arguments: `kinds`.
    """
    if (gap := _lacking(subject, parameters)) is not None:
        return gap
    with_door = {room for door in subject.passages.doors for room in door.rooms}
    untold = bool(subject.passages.unresolved_doors)
    limit = Limit(1, "1", ">=")

    def judge(room: Room) -> Judged:
        doubts = (room.doubt,) if room.doubt else ()
        if room.global_id in with_door:
            return Judged(room.global_id, Verdict.PASS, COMPLIES, None, limit, "1", None, doubts)
        if subject.passages.openings.get(room.global_id):
            doubts = (*doubts, say("The room has no door; it lies open to another room."))
            return Judged(
                room.global_id,
                Verdict.NEEDS_HUMAN,
                say("{thing} has no door.", thing=label(room.record)),
                0,
                limit,
                "1",
                _plan(room),
                doubts,
            )
        if room.shape is None or untold:
            text = say(
                "No door was found at the room, and the model does not tell what some doors or rooms stand beside."
            )
            return missing(room.record, text, _plan(room))
        return Judged(
            room.global_id,
            Verdict.FAIL,
            say("{thing} has no door.", thing=label(room.record)),
            0,
            limit,
            "1",
            _plan(room),
            doubts,
        )

    return _rooms(subject, parameters, judge)


def rooms_reach_outside(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a way from the outside to every room of some kinds, through doors, open sides and stairs.

    Arguments: `kinds`.
    """
    if (gap := _lacking(subject, parameters)) is not None:
        return gap
    reached = subject.passages.reached_from_outside()
    untold = bool(subject.passages.unresolved_doors)
    guessed = tuple({door.doubt for door in subject.passages.doors if door.outer and door.doubt})

    def judge(room: Room) -> Judged:
        doubts = (room.doubt, *guessed) if room.doubt else guessed
        if room.global_id in reached:
            return Judged(room.global_id, Verdict.PASS, COMPLIES, picture=_way(subject, room, reached), doubts=doubts)
        if room.shape is None or untold:
            text = say(
                "No way from the outside was found, and the model does not tell what some doors or rooms join."
            )
            return missing(room.record, text, _plan(room))
        text = say("{thing} cannot be reached from the outside.", thing=label(room.record))
        return Judged(room.global_id, Verdict.FAIL, text, picture=_plan(room), doubts=doubts)

    return _rooms(subject, parameters, judge)


def door_width_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a clear opening width of every door of some role.

    Models give the width of the opening in the wall, not between the frames. An opening narrower than the limit
    fails; one wider than limit plus frame passes; between the two a person must look.

    Numbers: `minimum`, `frame` (m). Arguments: `role` (``outer``, ``inner`` or ``wet``).
    """
    return _doors(subject, parameters, "opening width", WIDTH_PATHS)


def outer_door_width_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a clear opening width of outer doors, of which balcony doors may be narrower.

    Models do not tell a balcony door from an entrance: a door too narrow for an entrance and wide enough for a
    balcony is for a person, unless it is the only outer door. The frame is treated as for the other doors.

    Numbers: `minimum`, `balcony`, `frame` (m).
    """
    found = _doors(subject, Parameters(parameters.numbers, {"role": "outer"}), "opening width", WIDTH_PATHS)
    if sum(bool(door.outer) for door in subject.passages.doors) == 1:
        return found
    return [_maybe_balcony(outcome, parameters.number("balcony")) for outcome in found]


def _maybe_balcony(outcome: Outcome, minimum: float) -> Outcome:
    value = outcome.measured.value if outcome.measured is not None else None
    if outcome.verdict is not Verdict.FAIL or not isinstance(value, float) or not at_least(value, minimum):
        return outcome
    doubts = (*outcome.doubts, say("As a balcony door it may be wide enough; the model does not tell."))
    return replace(outcome, verdict=Verdict.NEEDS_HUMAN, doubts=doubts)


def door_height_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a clear opening height of every door of some role; the frame is treated as for the width.

    Numbers: `minimum`, `frame` (m). Arguments: `role` (``outer``, ``inner``, ``wet`` or ``any``).
    """
    return _doors(subject, parameters, "opening height", HEIGHT_PATHS)


def spaces_in_storey(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every room to belong to a storey."""
    rooms = subject.rooms.all
    if not rooms:
        return one(Verdict.DATA_MISSING, say("The model has no rooms (IfcSpace)."))
    items = [_stored(subject, room) for room in rooms]
    return conclude(items, "rooms")


def _stored(subject: Subject, room: Room) -> Judged:
    good = subject.view.storey_of(room.record) is not None
    text = say("{thing} belongs to no storey.", thing=label(room.record))
    return Judged(room.global_id, Verdict.PASS if good else Verdict.FAIL, text, picture=_plan(room))


def _lacking(subject: Subject, parameters: Parameters) -> list[Outcome] | None:
    if not subject.rooms.all:
        return one(Verdict.DATA_MISSING, say("The model has no rooms (IfcSpace)."))
    if subject.rooms.of_kinds(parameters.texts("kinds")) and not subject.passages.doors:
        return one(Verdict.DATA_MISSING, say("The model holds no doors."))
    return None


def _rooms(subject: Subject, parameters: Parameters, judge: Callable[[Room], Judged]) -> list[Outcome]:
    items = [judge(room) for room in subject.rooms.of_kinds(parameters.texts("kinds"))]
    items += [missing(r.record, say("The room has no {path}.", path=CATEGORY_PATH)) for r in subject.rooms.unknown]
    if not items:
        return one(Verdict.NOT_APPLICABLE, say("No room is used as {kinds}.", kinds=Words(parameters.texts("kinds"))))
    return conclude(items, "rooms")


def _plan(room: Room) -> Picture | None:
    return polygon_picture(room.shape.outline, z=room.shape.floor_m) if room.shape is not None else None


def _way(subject: Subject, room: Room, reached: dict[str, str]) -> Picture | None:
    points: list[tuple[float, float]] = []
    node = room.global_id
    while node != OUTSIDE:
        shape = subject.rooms.by_id[node].shape
        if shape is not None:
            middle = shape.outline.representative_point()
            points.append((float(middle.x), float(middle.y)))
        points += _door_between(subject, node, reached[node])
        node = reached[node]
    floor = room.shape.floor_m if room.shape is not None else 0.0
    return line_picture(points, z=floor) if len(points) > 1 else None


def _door_between(subject: Subject, node: str, other: str) -> list[tuple[float, float]]:
    for door in subject.passages.doors:
        joins = bool(door.outer) if other == OUTSIDE else other in door.rooms
        if node in door.rooms and joins and door.centre is not None:
            return [(door.centre[0], door.centre[1])]
    return []


def _doors(subject: Subject, parameters: Parameters, what: str, paths: tuple[str, ...]) -> list[Outcome]:
    if not subject.passages.doors:
        return one(Verdict.DATA_MISSING, say("The model holds no doors."))
    role = parameters.text("role")
    chosen = [door for door in subject.passages.doors if role in {_role(subject, door), "any"}]
    untold = [door for door in subject.passages.doors if role != "any" and not _role(subject, door)]
    items = [_opening(subject, door, parameters, what, paths) for door in chosen]
    items += [missing(door.record, say("The model does not tell what these doors join.")) for door in untold]
    if not items:
        return one(Verdict.NOT_APPLICABLE, say("The model has no {role} doors.", role=say(role)))
    return conclude(items, "doors")


def _role(subject: Subject, door: Passage) -> str:
    if door.outer:
        return "outer"
    if not door.rooms:
        return ""
    wet = any(subject.rooms.by_id[room].kinds & WET for room in door.rooms)
    return "wet" if wet else "inner"


def _opening(subject: Subject, door: Passage, parameters: Parameters, what: str, paths: tuple[str, ...]) -> Judged:
    measured = subject.view.number(door.record, paths)
    if measured is None:
        return missing(door.record, say("The door gives no {what} ({path}).", what=say(what), path=paths[0]))
    value, minimum, frame = measured[0], parameters.number("minimum"), parameters.number("frame")
    text = say(
        "{thing}: {what} {value} ({path}), a clear {minimum} is required.",
        thing=label(door.record),
        what=say(what),
        value=amount(value, "m"),
        path=measured[1].removeprefix("@"),
        minimum=amount(minimum, "m"),
    )
    mesh = subject.view.meshes.get(door.record.global_id)
    picture = box_picture(mesh) if mesh is not None else None
    doubts = (door.doubt,) if door.doubt else ()
    verdict = Verdict.FAIL
    if at_least(value, minimum + frame):
        verdict = Verdict.PASS
    elif at_least(value, minimum):
        verdict = Verdict.NEEDS_HUMAN
        doubts = (
            *doubts,
            say("Whether enough stays clear between the frames cannot be told from the opening alone."),
        )
    return Judged(door.record.global_id, verdict, text, value, Limit(minimum, "m", ">="), "m", picture, doubts)
