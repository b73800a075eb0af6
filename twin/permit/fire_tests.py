"""Tests of fire safety: class, compartments, rated doors, exits, door swing, ways out."""

import re

from ifc import ElementRecord
from twin.permit.doors import Passage
from twin.permit.exits import EXIT_PATHS
from twin.permit.outcomes import Judged, amount, at_least, at_most, conclude, missing, one
from twin.permit.property_tests import FIRE_PATHS, compartments
from twin.permit.rooms import Room
from twin.permit.sentences import say
from twin.permit.solids import box_picture, line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Quantity, Verdict
from twin.permit.view import as_flag, as_text, label

CLASS_PATHS = ("AR_Hoone.707_Tuleohutusklass", "Pset_BuildingCommon.MainFireUse")
CLOSING_PATHS = ("AR_Uks.365_Isesulguv", "Pset_DoorCommon.SelfClosing")
WIDTH_PATHS = ("AR_Uks.306_Ava-laius", "@OverallWidth")
MINUTES = re.compile(r"(\d{2,3})")
INDOOR_EXCEPT = frozenset({"outdoor", "parking", "lift"})
NO_DOORS = say("The model holds no doors.")
NO_ROOMS = say("The model has no rooms (IfcSpace).")


def class_storeys(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the storeys above ground to be few enough for the fire class; TP1 has no limit.

    Numbers: `tp2`, `tp3` (1): the largest number of storeys of the class.
    """
    building, storeys = subject.view.building, subject.site.storeys
    found = subject.view.find(building, CLASS_PATHS) if building is not None else None
    match = re.search(r"[123]", as_text(found.value)) if found is not None else None
    if found is not None and match is None:
        text = say("{path} is '{value}', not TP1, TP2 or TP3.", path=found.where, value=as_text(found.value))
        return one(Verdict.DATA_MISSING, text)
    if building is None or match is None:
        return one(Verdict.DATA_MISSING, say("The building has no {path}.", path=CLASS_PATHS[0]))
    if storeys.unknown or not storeys.above:
        return one(Verdict.DATA_MISSING, say("Some storeys do not say whether they lie above ground."))
    number, ids = len(storeys.above), (building.global_id,)
    if match[0] == "1":
        message = say("Class TP1 sets no largest number of storeys.")
        return [Outcome(Verdict.PASS, message, Quantity(number, "1"), elements=ids)]
    limit = int(parameters.number(f"tp{match[0]}"))
    message = say(
        "Class TP{fire_class} allows {limit} storeys, the building has {number}.",
        fire_class=match[0],
        limit=limit,
        number=number,
    )
    verdict = Verdict.PASS if number <= limit else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(number, "1"), Limit(limit, "1", "<="), ids)]


def compartment_area(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every fire compartment to be small enough; its area is that of its rooms.

    Numbers: `maximum` (m2).
    """
    zone_of, limit = compartments(subject), parameters.number("maximum")
    if not zone_of:
        return one(
            Verdict.DATA_MISSING, say("The model assigns no room to a fire compartment (AR_Tsoon_Tuleohutus).")
        )
    items = []
    for gid in sorted(set(zone_of.values())):
        zone = subject.view.records[gid]
        members = [
            subject.rooms.by_id[room] for room, of in zone_of.items() if of == gid and room in subject.rooms.by_id
        ]
        shapes = [room.shape for room in members if room.shape is not None]
        if len(shapes) < len(members) or not members:
            items.append(missing(zone, say("Some rooms of the compartment have no usable geometry.")))
            continue
        area = sum(float(shape.outline.area) for shape in shapes)
        text = say("{thing} has {area}, {limit} is allowed.", thing=label(zone), area=amount(area, "m2"),
                   limit=amount(limit, "m2"))  # fmt: skip
        verdict = Verdict.PASS if at_most(area, limit) else Verdict.FAIL
        largest = max(shapes, key=lambda shape: float(shape.outline.area))
        picture = polygon_picture(largest.outline, z=largest.floor_m)
        items.append(Judged(gid, verdict, text, area, Limit(limit, "m2", "<=", 0.001), "m2", picture))
    return conclude(items, "compartments", max)


def doors_rated(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a fire rating of the doors between rooms of some kinds, or of some dwelling, and other rooms.

    Numbers: `minutes` (min): the least rating. Arguments: `kinds` (``dwelling`` stands for every numbered dwelling).
    """
    if not subject.passages.doors:
        return one(Verdict.DATA_MISSING, NO_DOORS)
    kinds, minutes = frozenset(parameters.texts("kinds")), parameters.number("minutes")
    chosen = [door for door in subject.passages.doors if _leads(subject, door, kinds)]
    if not chosen:
        return one(Verdict.NOT_APPLICABLE, say("No door leads to rooms of this kind."))
    return conclude([_rated(subject, door.record, minutes) for door in chosen], "doors")


def fire_doors_self_closing(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every door with a fire rating to be self-closing."""
    rated = [record for record in subject.view.of_kind("IfcDoor") if _minutes(subject, record)]
    if not subject.view.of_kind("IfcDoor"):
        return one(Verdict.DATA_MISSING, NO_DOORS)
    if not rated:
        return one(Verdict.NOT_APPLICABLE, say("No door gives a fire rating."))
    items = []
    for record in rated:
        found = subject.view.find(record, CLOSING_PATHS)
        closing = None if found is None else as_flag(found.value)
        text = say("{thing} has a fire rating and is not self-closing.", thing=label(record))
        if closing is None:
            items.append(missing(record, say("{path} is not filled in.", path=CLOSING_PATHS[0])))
        else:
            items.append(Judged(record.global_id, Verdict.PASS if closing else Verdict.FAIL, text))
    return conclude(items, "doors")


def exits_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a number of exits: outer doors that are marked as a way out.

    Numbers: `minimum` (1).
    """
    if (gap := _no_exits(subject)) is not None:
        return gap
    doors, limit = subject.exits.doors, int(parameters.number("minimum"))
    ids = tuple(sorted(door.record.global_id for door in doors))
    message = say("The building has {number} exits, {limit} are required.", number=len(doors), limit=limit)
    verdict = Verdict.PASS if len(doors) >= limit else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(len(doors), "1"), Limit(limit, "1", ">="), ids)]


def exit_width_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require an opening width of every exit.

    Numbers: `minimum` (m).
    """
    if (gap := _no_exits(subject)) is not None:
        return gap
    limit, items = parameters.number("minimum"), []
    for door in subject.exits.doors:
        width = subject.view.number(door.record, WIDTH_PATHS)
        if width is None:
            items.append(missing(door.record, say("The door gives no {what} ({path}).", what=say("opening width"),
                                                  path=WIDTH_PATHS[0])))  # fmt: skip
            continue
        text = say(
            "{thing}: {what} {value}, at least {limit} is required.",
            thing=label(door.record),
            what=say("opening width"),
            value=amount(width[0], "m"),
            limit=amount(limit, "m"),
        )
        verdict = Verdict.PASS if at_least(width[0], limit) else Verdict.FAIL
        bound = Limit(limit, "m", ">=", 0.001)
        items.append(Judged(door.record.global_id, verdict, text, width[0], bound, "m", _box(subject, door)))
    return conclude(items, "exits")


def exits_open_outwards(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every exit to swing outwards: to the side of its own axis y, where the standard has leaves turn.

    IFC lets a leaf swing to the positive y of the placement of its door; which side of the door is a room tells
    whether that is outwards. Sliding, folding and unknown operations are for a person.
    """
    if (gap := _no_exits(subject)) is not None:
        return gap
    return conclude([_swing(subject, door) for door in subject.exits.doors], "exits")


PROTECTED = say("These rooms belong to a protected way out, whose length is not limited.")


def escape_path_at_most(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the way from the farthest point of each room to an exit, or into a protected zone, to be short enough.

    A protected zone is a compartment with AR_Tsoon_Tuleohutus.715_Evakuatsioonitee true; its own rooms must have
    a way to an exit, of any length. The method and its error stand in `walk`.

    Numbers: `maximum` (m).
    """
    if not subject.rooms.all:
        return one(Verdict.DATA_MISSING, NO_ROOMS)
    if (gap := _no_exits(subject)) is not None:
        return gap
    untold, limit = bool(subject.passages.unresolved_doors), parameters.number("maximum")
    indoors = [room for room in subject.rooms.all if not room.kinds & INDOOR_EXCEPT]
    return conclude([_way_out(subject, room, limit, untold=untold) for room in indoors], "rooms", max)


def _way_out(subject: Subject, room: Room, limit: float, *, untold: bool) -> Judged:
    way = subject.exits.ways.get(room.global_id)
    if room.shape is None:
        return missing(room.record, say("The room has no usable geometry."))
    if way is None and untold:
        text = say("No way from the outside was found, and the model does not tell what some doors or rooms join.")
        return missing(room.record, text)
    plan = polygon_picture(room.shape.outline, z=room.shape.floor_m)
    if way is None:
        text = say("{thing} has no way out.", thing=label(room.record))
        return Judged(room.global_id, Verdict.FAIL, text, picture=plan)
    text = say(
        "{thing}: the way out is {length} long, {limit} is allowed.",
        thing=label(room.record),
        length=amount(way.length_m, "m"),
        limit=amount(limit, "m"),
    )
    picture = Picture("path", "model", [list(point) for point in way.path])
    if room.global_id in subject.exits.protected:
        return Judged(room.global_id, Verdict.PASS, text, picture=picture, doubts=(PROTECTED,))
    verdict = Verdict.PASS if at_most(way.length_m, limit) else Verdict.FAIL
    return Judged(room.global_id, verdict, text, way.length_m, Limit(limit, "m", "<=", 0.001), "m", picture)


def _no_exits(subject: Subject) -> list[Outcome] | None:
    if not subject.passages.doors:
        return one(Verdict.DATA_MISSING, NO_DOORS)
    if subject.exits.untold:
        ids = [door.record.global_id for door in subject.exits.untold]
        return one(Verdict.DATA_MISSING, say("{path} is not filled in.", path=EXIT_PATHS[0]), ids)
    return None


def _swing(subject: Subject, door: Passage) -> Judged:
    record, operation = door.record, _operation(subject, door.record)
    if not operation or record.placement is None or door.centre is None or not door.rooms:
        return missing(record, say("The model does not tell how the door opens."))
    if "SWING" not in operation or "DOUBLE_SWING" in operation:
        text = say("{thing} opens as {operation}; whether that is outwards is open.", thing=label(record),
                   operation=operation)  # fmt: skip
        return Judged(record.global_id, Verdict.NEEDS_HUMAN, text)
    room = subject.rooms.by_id[door.rooms[0]]
    if room.shape is None:
        return missing(record, say("The room has no usable geometry."))
    inwards = _towards(record, door.centre, room)
    text = say("{thing} opens inwards.", thing=label(record))
    leaf = (record.placement[1], record.placement[5])
    end = (door.centre[0] + leaf[0], door.centre[1] + leaf[1])
    picture = line_picture([door.centre[:2], end], z=room.shape.floor_m)
    return Judged(record.global_id, Verdict.FAIL if inwards else Verdict.PASS, text, picture=picture)


def _towards(record: ElementRecord, centre: tuple[float, float, float], room: Room) -> bool:
    """Return whether the positive y of a door's placement points into the room."""
    if record.placement is None or room.shape is None:
        return False
    x, y = room.shape.floor.enter((centre[0], centre[1]))
    return (x - centre[0]) * record.placement[1] + (y - centre[1]) * record.placement[5] > 0


def _operation(subject: Subject, record: ElementRecord) -> str:
    for owner in subject.view.owners(record):
        value = as_text(owner.attributes.get("OperationType")).upper()
        if value and value != "NOTDEFINED":
            return value
    return ""


def _leads(subject: Subject, door: Passage, kinds: frozenset[str]) -> bool:
    """Return whether a door stands between a room of these kinds (or a dwelling) and a room that is not of it."""
    if len(door.rooms) < 2:
        return False
    first, second = (subject.rooms.by_id[room] for room in door.rooms)
    if "dwelling" in kinds:
        return subject.unit_of(first) != subject.unit_of(second)
    return bool(first.kinds & kinds) != bool(second.kinds & kinds)


def _rated(subject: Subject, record: ElementRecord, minutes: float) -> Judged:
    found = _minutes(subject, record)
    if found is None:
        return missing(record, say("{path} is not filled in.", path=FIRE_PATHS["IfcDoor"][0]))
    text = say("{thing}: the fire rating is {found} minutes, {minutes:.0f} are required.", thing=label(record),
               found=found, minutes=minutes)  # fmt: skip
    verdict = Verdict.PASS if found >= minutes else Verdict.FAIL
    return Judged(record.global_id, verdict, text, float(found), Limit(minutes, "min", ">="), "min")


def _minutes(subject: Subject, record: ElementRecord) -> int | None:
    found = subject.view.find(record, FIRE_PATHS["IfcDoor"])
    match = MINUTES.search(as_text(found.value)) if found is not None else None
    if found is None:
        return None
    return int(match[1]) if match else 0


def _box(subject: Subject, door: Passage) -> Picture | None:
    mesh = subject.view.meshes.get(door.record.global_id)
    return box_picture(mesh) if mesh is not None else None
