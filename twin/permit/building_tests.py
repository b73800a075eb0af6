"""Tests of the building as a whole: declared register figures against geometry, storeys."""

from ifc import ElementRecord
from twin.permit.outcomes import amount, at_least, one
from twin.permit.sentences import Sentence, Share, say
from twin.permit.solids import polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Quantity, Verdict

FOOTPRINT_PATHS = (
    "AR_Hoone.045_Hoonealune-pindala",
    "BaseQuantities.SiteCoverage",
    "Qto_BuildingBaseQuantities.FootprintArea",
    "Qto_BuildingBaseQuantities.FootPrintArea",
)
HEIGHT_PATHS = ("AR_Hoone.040_Kõrgus", "BaseQuantities.TotalHeight", "Qto_BuildingBaseQuantities.Height")
ROUNDING_M = 1e-9  # of a difference of two floats
NO_BUILDING = say("The model does not hold exactly one building.")


def declared_footprint(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Compare the declared footprint with the outline of walls, slabs, columns and façades.

    Numbers: `tolerance` (share of the measured area).
    """
    building = subject.view.building
    if building is None:
        return one(Verdict.DATA_MISSING, NO_BUILDING)
    declared = subject.view.number(building, FOOTPRINT_PATHS)
    if declared is None:
        return one(
            Verdict.DATA_MISSING,
            say("The building has no {path}.", path=FOOTPRINT_PATHS[0]),
            [building.global_id],
        )
    area = subject.site.footprint
    if area is None:
        return one(Verdict.DATA_MISSING, say("No element has an outline."), [building.global_id])
    measured, tolerance = float(area.area), parameters.number("tolerance")
    verdict = Verdict.PASS if abs(declared[0] - measured) <= tolerance * measured else Verdict.FAIL
    message = say(
        "{path} is {declared}, the geometry has {measured}; {tolerance} may differ.",
        path=declared[1],
        declared=amount(declared[0], "m2"),
        measured=amount(measured, "m2"),
        tolerance=Share(tolerance),
    )
    return [
        _compared(
            subject,
            building,
            verdict,
            message,
            (declared[0], measured, "m2"),
            polygon_picture(area, z=_level(subject)),
        )
    ]


def declared_height(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Compare the declared height with the highest structural point above the average ground.

    Numbers: `tolerance` (m).
    """
    building = subject.view.building
    if building is None:
        return one(Verdict.DATA_MISSING, NO_BUILDING)
    declared = subject.view.number(building, HEIGHT_PATHS)
    if declared is None:
        return one(
            Verdict.DATA_MISSING,
            say("The building has no {path}.", path=HEIGHT_PATHS[0]),
            [building.global_id],
        )
    height = measured_height(subject)
    ground = subject.site.ground
    if height is None or ground is None:
        lack = say("The ground level is not known, or no structural element has geometry.")
        return one(Verdict.DATA_MISSING, lack, [building.global_id])
    tolerance = parameters.number("tolerance")
    verdict = Verdict.PASS if abs(declared[0] - height) <= tolerance + ROUNDING_M else Verdict.FAIL
    message = say(
        "{path} is {declared}, the geometry has {height}; {tolerance} may differ.",
        path=declared[1],
        declared=amount(declared[0], "m"),
        height=amount(height, "m"),
        tolerance=amount(tolerance, "m"),
    )
    picture = height_picture(subject)
    found = _compared(subject, building, verdict, message, (declared[0], height, "m"), picture)
    return [with_ground(found, ground.doubt, certain=ground.certain)]


def storeys_below(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Ask a person when the building has so many storeys above ground that a duty begins; else it does not apply.

    Numbers: `storeys` (1): the duty begins at this number.
    """
    storeys = subject.site.storeys
    number, limit = len(storeys.above), parameters.number("storeys")
    possible = number + len(storeys.unknown)
    if not subject.view.of_kind("IfcBuildingStorey"):
        return one(Verdict.DATA_MISSING, say("The model has no storeys."))
    bound = Limit(int(limit), "1", "<")
    elements = tuple(sorted(storey.global_id for storey in storeys.above))
    if number >= limit:
        message = say(
            "{number} storeys lie above ground; from {limit:.0f} storeys on the duty applies.",
            number=number,
            limit=limit,
        )
        return [Outcome(Verdict.NEEDS_HUMAN, message, Quantity(number, "1"), bound, elements)]
    if possible >= limit:
        unknown = [storey.global_id for storey in storeys.unknown]
        return one(
            Verdict.DATA_MISSING,
            say("{number} storeys do not say whether they lie above ground.", number=len(unknown)),
            unknown,
        )
    message = say(
        "At most {possible} storeys lie above ground; the duty begins at {limit:.0f}.", possible=possible, limit=limit
    )
    return [Outcome(Verdict.NOT_APPLICABLE, message, Quantity(possible, "1"), bound, elements)]


def measured_height(subject: Subject) -> float | None:
    """Return the height from average ground to the highest structural point in metres, or None."""
    ground, top = subject.site.ground, subject.site.top_m
    return None if ground is None or top is None else top - ground.z_m


def height_picture(subject: Subject) -> Picture | None:
    """Return a vertical line from the ground to the highest point, in the middle of the footprint."""
    area, ground, top = subject.site.footprint, subject.site.ground, subject.site.top_m
    if area is None or ground is None or top is None:
        return None
    middle = area.representative_point()
    low, high = [float(middle.x), float(middle.y), ground.z_m], [float(middle.x), float(middle.y), top]
    return Picture("line", "model", [low, high])


def with_ground(outcome: Outcome, doubt: Sentence | None, *, certain: bool) -> Outcome:
    """Return an outcome that says how the ground was taken; a guessed ground lets no machine decide."""
    doubts = (*outcome.doubts, doubt) if doubt else outcome.doubts
    return Outcome(
        outcome.verdict,
        outcome.message,
        outcome.measured,
        outcome.limit,
        outcome.elements,
        outcome.picture,
        doubts,
        outcome.capped or not certain,
    )


def storey_count(subject: Subject, limit: int) -> Outcome:
    """Compare the storeys above ground with the largest number allowed; storeys that do not say count as possible."""
    storeys = subject.site.storeys
    number, possible = len(storeys.above), len(storeys.above) + len(storeys.unknown)
    elements = tuple(sorted(storey.global_id for storey in (*storeys.above, *storeys.unknown)))
    bound = Limit(limit, "1", "<=")
    message = say("{number} storeys lie above ground, {limit} are allowed.", number=number, limit=limit)
    doubts = (storeys.doubt,) if storeys.doubt else ()
    if number > limit:
        return Outcome(Verdict.FAIL, message, Quantity(number, "1"), bound, elements, doubts=doubts)
    if at_least(limit, possible) and possible > 0:
        return Outcome(Verdict.PASS, message, Quantity(possible, "1"), bound, elements, doubts=doubts)
    lack = (
        say("Some storeys do not say whether they lie above ground.")
        if possible
        else say("The model has no storeys.")
    )
    return Outcome(Verdict.DATA_MISSING, lack, Quantity(number, "1"), bound, elements)


def _compared(
    subject: Subject,
    building: ElementRecord,
    verdict: Verdict,
    message: Sentence,
    numbers: tuple[float, float, str],
    picture: Picture | None,
) -> Outcome:
    declared, measured, unit = numbers
    boxes = subject.site.boxes
    doubts = (
        (say("{boxes} elements are shown by boxes, because their geometry could not be made.", boxes=boxes),)
        if boxes
        else ()
    )
    limit = Limit(measured, unit, "=")
    return Outcome(
        verdict, message, Quantity(declared, unit), limit, (building.global_id,), picture, doubts, capped=boxes > 0
    )


def _level(subject: Subject) -> float:
    return subject.site.ground.z_m if subject.site.ground is not None else 0.0
