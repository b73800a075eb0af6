"""Tests of dwellings as a whole: how many there are, and their entrances."""

from twin.permit.figures import dwellings
from twin.permit.fire_tests import NO_DOORS
from twin.permit.outcomes import Judged, conclude, missing, one
from twin.permit.rooms import Room
from twin.permit.sentences import Sentence, say
from twin.permit.solids import polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict

NO_MAXIMUM = 1000  # packs write it where an act sets no largest number


def dwelling_units(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a number of dwellings that fits the use; they are counted by AR_Ruum.722_Eluruumi-number.

    Numbers: `minimum`, `maximum` (1).
    """
    units = dwellings(subject)
    if not units:
        return one(Verdict.DATA_MISSING, say("No room has {path}.", path="AR_Ruum.722_Eluruumi-number"))
    number, low, high = len(units), parameters.number("minimum"), parameters.number("maximum")
    message = _asked(number, low, high)
    good = low <= number <= high
    limit = Limit(low, "1", ">=") if number < low or good else Limit(high, "1", "<=")
    elements = tuple(sorted(room.global_id for rooms in units.values() for room in rooms))
    return [Outcome(Verdict.PASS if good else Verdict.FAIL, message, Quantity(number, "1"), limit, elements)]


def _asked(number: int, low: float, high: float) -> Sentence:
    if low == high:
        return say("Dwellings in the model: {number}; the use asks for {low:.0f}.", number=number, low=low)
    if high >= NO_MAXIMUM:
        return say("Dwellings in the model: {number}; the use asks for at least {low:.0f}.", number=number, low=low)
    return say(
        "Dwellings in the model: {number}; the use asks for {low:.0f} to {high:.0f}.",
        number=number,
        low=low,
        high=high,
    )


def dwelling_has_entrance(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every dwelling (AR_Ruum.722) to have a door of its own to the outside or to shared rooms."""
    units = dwellings(subject)
    if not units:
        return one(Verdict.DATA_MISSING, say("No room has {path}.", path="AR_Ruum.722_Eluruumi-number"))
    if not subject.passages.doors:
        return one(Verdict.DATA_MISSING, NO_DOORS)
    of_room = {room.global_id: number for number, rooms in units.items() for room in rooms}
    with_door: set[str] = set()
    for door in subject.passages.doors:
        sides = {of_room.get(room) for room in door.rooms} | ({None} if door.outer else set())
        if None in sides:
            with_door |= {side for side in sides if side is not None}
    untold = bool(subject.passages.unresolved_doors)
    return conclude(
        [_entrance(number, rooms[0], with_door, untold=untold) for number, rooms in units.items()], "dwellings"
    )


def _entrance(number: str, room: Room, with_door: set[str], *, untold: bool) -> Judged:
    if number not in with_door and (untold or room.shape is None):
        return missing(room.record, say("The model does not tell what these doors join."))
    text = say("Dwelling {number} has no entrance of its own.", number=number)
    picture = polygon_picture(room.shape.outline, z=room.shape.floor_m) if room.shape is not None else None
    return Judged(room.global_id, Verdict.PASS if number in with_door else Verdict.FAIL, text, picture=picture)
