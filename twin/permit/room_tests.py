"""Tests of single rooms: area, height, width, windows, declared area, overlaps."""

import re
from collections.abc import Callable, Iterator, Sequence

import shapely
from shapely import STRtree

from ifc import ElementRecord
from twin.permit.doors import Passage
from twin.permit.outcomes import COMPLIES, Judged, amount, conclude, judged_minimum, missing, one
from twin.permit.rooms import CATEGORY_PATH, Room
from twin.permit.sentences import Sentence, Words, say
from twin.permit.solids import line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Verdict
from twin.permit.view import as_text, label

COUNTED_HEIGHT_M = 1.6  # parts of a room that are lower do not count (regulation 85; closed net area, regulation 57)
AREA_PATHS = (
    "AR_Ruum.120_Pindala",
    "BaseQuantities.NetFloorArea",
    "Qto_SpaceBaseQuantities.NetFloorArea",
)
HEIGHT_PATHS = (
    "BaseQuantities.FinishCeilingHeight",
    "Qto_SpaceBaseQuantities.FinishCeilingHeight",
    "BaseQuantities.Height",
    "Qto_SpaceBaseQuantities.Height",
)
OPENING_TEXT = "AR_Aken.315_Avanemine"
NOT_OPENING = re.compile(r"mitte\s*-?ava|ei\s*ava|fikseeri|fixed", re.IGNORECASE)
OPENING = re.compile(r"ava(tav|nev|neb)|pöörd|kald|lükand|libis|opening|openable|side[- ]?hung|tilt", re.IGNORECASE)
OPENING_PANELS = frozenset(  # IfcWindowPanelOperationEnum; OTHEROPERATION and NOTDEFINED say nothing
    {
        "SIDEHUNGRIGHTHAND",
        "SIDEHUNGLEFTHAND",
        "TILTANDTURNRIGHTHAND",
        "TILTANDTURNLEFTHAND",
        "TOPHUNG",
        "BOTTOMHUNG",
        "PIVOTHORIZONTAL",
        "PIVOTVERTICAL",
        "SLIDINGHORIZONTAL",
        "SLIDINGVERTICAL",
        "REMOVABLECASEMENT",
    }
)
FIXED_PANEL = "FIXEDCASEMENT"
SAME_LEVEL_M = 0.05  # spaces that share less height than this stand on each other

Judge = Callable[[Room], Judged]


def room_area_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require an area of every room of some kinds; under a slope only parts at least 1.6 m high count.

    The geometry decides; without it the declared net area, with that doubt. Numbers: `minimum` (m2). Arguments:
    `kinds`.
    """
    minimum = (parameters.number("minimum"), "m2")

    def judge(room: Room) -> Judged:
        if room.shape is not None and room.shape.regular:
            area = room.shape.area_above(COUNTED_HEIGHT_M) if room.shape.sloped else float(room.shape.outline.area)
            return judged_minimum(room.record, ("area", area), minimum, _plan(room), (room.doubt,))
        if (declared := subject.view.number(room.record, AREA_PATHS)) is not None:
            doubts = (
                room.doubt,
                say("The area is the declared {path}; the geometry gives none.", path=declared[1]),
            )
            return judged_minimum(room.record, ("declared area", declared[0]), minimum, None, doubts)
        return missing(room.record, say("The room has neither usable geometry nor a declared net area."))

    return _each(subject, parameters, judge)


def room_height_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a height of every room of some kinds; under a slope over half of the parts at least 1.6 m high.

    Numbers: `minimum`, `minimum_single_dwelling` (m), which holds for uses with one of the prefixes. Arguments:
    `kinds`, `single_dwelling_prefixes`.
    """
    single = (subject.view.use_code or "").startswith(parameters.texts("single_dwelling_prefixes"))
    limit = parameters.number("minimum_single_dwelling" if single else "minimum")

    def judge(room: Room) -> Judged:
        if room.shape is not None and room.shape.regular:
            return _height(room, limit)
        if (declared := subject.view.number(room.record, HEIGHT_PATHS)) is not None:
            doubts = (
                room.doubt,
                say("The height is the declared {path}; the geometry gives none.", path=declared[1]),
            )
            return judged_minimum(room.record, ("declared height", declared[0]), (limit, "m"), None, doubts)
        return missing(room.record, say("The room has neither usable geometry nor a declared height."))

    return _each(subject, parameters, judge)


def room_width_at_least(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a width of every room of some kinds: the diameter of the largest circle that fits between its walls.

    Numbers: `minimum` (m). Arguments: `kinds`.
    """
    minimum = (parameters.number("minimum"), "m")

    def judge(room: Room) -> Judged:
        if room.shape is None:
            return missing(room.record, say("The room has no usable geometry, so its width is not known."))
        width, line = room.shape.width_line
        picture = line_picture(line, z=room.shape.floor_m)
        return judged_minimum(room.record, ("width", width), minimum, picture, (room.doubt,))

    return _each(subject, parameters, judge)


def room_has_window(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a window that can be opened in every room of some kinds.

    A window belongs to the room that it bounds, or else stands beside. A window of which nothing tells whether it
    opens is missing data. Arguments: `kinds`.
    """
    if not subject.view.of_kind("IfcWindow") and subject.rooms.of_kinds(parameters.texts("kinds")):
        return one(Verdict.DATA_MISSING, say("The model holds no windows."))

    def judge(room: Room) -> Judged:
        windows = [window for window in subject.passages.windows if room.global_id in window.rooms]
        return _windows(subject, room, windows)

    return _each(subject, parameters, judge)


def declared_room_area(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Compare the declared net area of every room with its geometry, of which parts under 1.6 m do not count.

    Numbers: `tolerance` (share of the measured area).
    """
    tolerance = parameters.number("tolerance")
    items = [_declared_area(subject, room, tolerance) for room in subject.rooms.all]
    return (
        conclude(items, "declared areas", max) if items else one(Verdict.DATA_MISSING, say("The model has no rooms."))
    )


def spaces_do_not_overlap(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Refuse rooms that share volume: more common area than the tolerance, over more than 5 cm of height.

    Numbers: `tolerance` (m2).
    """
    tolerance = parameters.number("tolerance")
    shaped = [room for room in subject.rooms.all if room.shape is not None]
    bare = [room for room in subject.rooms.all if room.shape is None]
    if not subject.rooms.all:
        return one(Verdict.DATA_MISSING, say("The model has no rooms."))
    outlines = [room.shape.outline for room in shaped if room.shape is not None]
    hits = STRtree(outlines).query(outlines, predicate="intersects").T.tolist() if outlines else []
    found = (_overlap(shaped[first], shaped[second], tolerance) for first, second in hits if first < second)
    outcomes = [outcome for outcome in found if outcome is not None]
    outcomes += conclude([missing(room.record, say("The room has no usable geometry.")) for room in bare], "rooms")
    if not outcomes:
        ids = tuple(room.global_id for room in shaped)
        outcomes += [Outcome(Verdict.PASS, say("{number} rooms do not overlap.", number=len(ids)), elements=ids)]
    return outcomes


def _each(subject: Subject, parameters: Parameters, judge: Judge) -> list[Outcome]:
    rooms = subject.rooms.of_kinds(parameters.texts("kinds"))
    items = [judge(room) for room in rooms]
    items += [
        missing(room.record, say("The room has no {path}.", path=CATEGORY_PATH)) for room in subject.rooms.unknown
    ]
    if not subject.rooms.all:
        return one(Verdict.DATA_MISSING, say("The model has no rooms (IfcSpace)."))
    if not items:
        return one(Verdict.NOT_APPLICABLE, say("No room is used as {kinds}.", kinds=Words(parameters.texts("kinds"))))
    return conclude(items, "rooms")


def _plan(room: Room) -> Picture | None:
    return polygon_picture(room.shape.outline, z=room.shape.floor_m) if room.shape is not None else None


def _height(room: Room, limit: float) -> Judged:
    shape = room.shape
    if shape is None:
        return missing(room.record, say("The room has no usable geometry."))
    half = shape.height_over_half(COUNTED_HEIGHT_M)
    height = half if shape.sloped else shape.lowest_m
    what = "height over half of the counted area" if shape.sloped else "height"
    partly_low = not shape.sloped and shape.lowest_m < limit <= half
    doubt = say("Only a part of the ceiling is lower than the limit.") if partly_low else None
    return judged_minimum(
        room.record, (what, height), (limit, "m"), _plan(room), (room.doubt, doubt), capped=partly_low
    )


def _windows(subject: Subject, room: Room, windows: Sequence[Passage]) -> Judged:
    if not windows:
        lost = [window for window in subject.passages.windows if not window.rooms]
        if lost:
            text = say(
                "No window was found at the room, and the model does not tell to which rooms some windows belong."
            )
            return missing(room.record, text, _plan(room))
        text = say("{thing} has no window.", thing=label(room.record))
        return Judged(room.global_id, Verdict.FAIL, text, 0, Limit(1, "1", ">="), "1", _plan(room), _doubts(room))
    told = [opens for window in windows if (opens := _opens(subject, window)) is not None]
    if any(told):
        return Judged(room.global_id, Verdict.PASS, COMPLIES, None, Limit(1, "1", ">="), "1", None, _doubts(room))
    if len(told) < len(windows):
        return missing(
            room.record, say("The windows of the room do not say whether they open (AR_Aken.315_Avanemine).")
        )
    text = say("{thing}: none of its {number} windows can be opened.", thing=label(room.record), number=len(windows))
    return Judged(room.global_id, Verdict.FAIL, text, 0, Limit(1, "1", ">="), "1", _plan(room), _doubts(room))


def _opens(subject: Subject, window: Passage) -> bool | None:
    found = subject.view.find(window.record, (OPENING_TEXT,))
    if found is not None:
        text = as_text(found.value)
        if NOT_OPENING.search(text):
            return False
        return True if OPENING.search(text) else None
    panels = set(_panels(subject, window.record))
    if panels & OPENING_PANELS:
        return True
    return False if panels == {FIXED_PANEL} else None


def _panels(subject: Subject, record: ElementRecord) -> Iterator[str]:
    for owner in subject.view.owners(record):
        for values in owner.property_sets.values():
            if "PanelPosition" in values and "OperationType" in values:
                yield as_text(values["OperationType"]).upper()


def _doubts(room: Room) -> tuple[Sentence, ...]:
    return (room.doubt,) if room.doubt else ()


def _declared_area(subject: Subject, room: Room, tolerance: float) -> Judged:
    declared = subject.view.number(room.record, AREA_PATHS)
    if declared is None:
        return missing(room.record, say("The room declares no net area ({path}).", path=AREA_PATHS[0]))
    if room.shape is None or not room.shape.regular:
        return missing(room.record, say("The room has no usable geometry to compare with."))
    measured = room.shape.area_above(COUNTED_HEIGHT_M)
    share = abs(declared[0] - measured) / measured if measured > 0 else float("inf")
    text = say(
        "{thing} declares {declared}, its geometry has {measured} (of {area} in all).",
        thing=label(room.record),
        declared=amount(declared[0], "m2"),
        measured=amount(measured, "m2"),
        area=amount(float(room.shape.outline.area), "m2"),
    )
    verdict = Verdict.PASS if share <= tolerance else Verdict.FAIL
    limit = Limit(tolerance, "1", "<=")
    return Judged(room.global_id, verdict, text, share if measured > 0 else 1.0, limit, "1", _plan(room))


def _overlap(one_room: Room, other: Room, tolerance: float) -> Outcome | None:
    first, second = one_room.shape, other.shape
    if first is None or second is None or not first.overlaps_height(second.floor_m, second.top_m, SAME_LEVEL_M):
        return None
    common = shapely.intersection(first.outline, second.outline)
    pieces = [part for part in shapely.get_parts(common) if part.geom_type == "Polygon"]
    area = sum(float(part.area) for part in pieces)
    if area <= tolerance:
        return None
    judged = Judged(
        one_room.global_id,
        Verdict.FAIL,
        say(
            "{thing} and {thing_2} share {area}.",
            thing=label(one_room.record),
            thing_2=label(other.record),
            area=amount(area, "m2"),
        ),
        area,
        Limit(tolerance, "m2", "<="),
        "m2",
        polygon_picture(shapely.MultiPolygon(pieces), z=max(first.floor_m, second.floor_m)),
    )
    found = conclude([judged], "rooms")[0]
    return Outcome(
        found.verdict,
        found.message,
        found.measured,
        found.limit,
        tuple(sorted((one_room.global_id, other.global_id))),
        found.picture,
    )
