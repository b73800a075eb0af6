"""Advisory tests: parking places and shelter; nobody is bound by them, so a person answers what is short."""

from twin.permit.figures import dwellings, net_area
from twin.permit.outcomes import Judged, amount, at_least, conclude, missing, one
from twin.permit.sentences import say
from twin.permit.solids import polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict
from twin.permit.view import label

USERS_PATHS = ("AR_Hoone.703_Kasutajate-arv", "Pset_SpaceOccupancyRequirements.OccupancyNumber")


def parking_places(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a number of parking places (rooms of kind parking) for the dwellings.

    Numbers: `per_dwelling` (1).
    """
    units, places = dwellings(subject), subject.rooms.of_kinds(("parking",))
    if not units:
        return one(Verdict.DATA_MISSING, say("No room has {path}.", path="AR_Ruum.722_Eluruumi-number"))
    if not places:
        return one(Verdict.DATA_MISSING, say("The model shows no parking places."))
    limit = len(units) * parameters.number("per_dwelling")
    message = say("The model has {number} parking places, {limit} are usual.", number=len(places),
                  limit=amount(limit, "1"))  # fmt: skip
    verdict = Verdict.PASS if at_least(len(places), limit) else Verdict.FAIL
    ids = tuple(sorted(room.global_id for room in places))
    return [Outcome(verdict, message, Quantity(len(places), "1"), Limit(limit, "1", ">="), ids)]


def parking_bay(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require every parking place to have a width and a length: the sides of the rectangle around its outline.

    Numbers: `width`, `length` (m).
    """
    places = subject.rooms.of_kinds(("parking",))
    if not places:
        return one(Verdict.DATA_MISSING, say("The model shows no parking places."))
    width, length, items = parameters.number("width"), parameters.number("length"), []
    for room in places:
        if room.shape is None:
            items.append(missing(room.record, say("The room has no usable geometry.")))
            continue
        short, long = room.shape.sides
        text = say(
            "{thing} is {short} by {long}, {width} by {length} is required.",
            thing=label(room.record),
            short=amount(short, "m"),
            long=amount(long, "m"),
            width=amount(width, "m"),
            length=amount(length, "m"),
        )
        good = at_least(short, width) and at_least(long, length)
        picture = polygon_picture(room.shape.outline, z=room.shape.floor_m)
        bound = Limit(width, "m", ">=", 0.001)
        items.append(Judged(room.global_id, Verdict.PASS if good else Verdict.FAIL, text, short, bound, "m", picture))
    return conclude(items, "places")


def shelter_area(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a shelter with an area per user in a building with a large net area; its rooms are called shelter.

    Numbers: `from_area` (m2), `per_user` (m2).
    """
    area = net_area(subject)
    if area.value is None:
        return one(Verdict.DATA_MISSING, area.lack or say("The model has no rooms (IfcSpace)."))
    duty = parameters.number("from_area")
    if area.value < duty:
        message = say("The net area is {area}; the duty begins at {duty}.", area=amount(area.value, "m2"),
                      duty=amount(duty, "m2"))  # fmt: skip
        return [Outcome(Verdict.NOT_APPLICABLE, message, Quantity(area.value, "m2"), Limit(duty, "m2", "<"))]
    building = subject.view.building
    users = subject.view.number(building, USERS_PATHS) if building is not None else None
    if users is None:
        return one(Verdict.DATA_MISSING, say("The building has no {path}.", path=USERS_PATHS[0]))
    shelters = [room for room in subject.rooms.of_kinds(("shelter",)) if room.shape is not None]
    found = sum(float(room.shape.outline.area) for room in shelters if room.shape is not None)
    limit = users[0] * parameters.number("per_user")
    message = say("Shelters have {found}, {limit} are required for {users:.0f} users.", found=amount(found, "m2"),
                  limit=amount(limit, "m2"), users=users[0])  # fmt: skip
    verdict = Verdict.PASS if at_least(found, limit) else Verdict.FAIL
    ids = tuple(sorted(room.global_id for room in shelters))
    return [Outcome(verdict, message, Quantity(found, "m2"), Limit(limit, "m2", ">=", 0.001), ids)]
