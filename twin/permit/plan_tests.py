"""Tests against the plan, the parcel and the neighbours; coordinates EPSG:3301."""

from collections.abc import Callable

import shapely

from twin.district import CRS, Area, MapFootprint, PlanArea, neighbours
from twin.permit.building_tests import height_picture, measured_height, storey_count, with_ground
from twin.permit.outcomes import amount, at_most, one
from twin.permit.sentences import Sentence, say
from twin.permit.solids import line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Quantity, Verdict

PlanTest = Callable[[Subject, PlanArea, MapFootprint], Outcome]
NO_NEIGHBOURS = say("The other buildings on the map are not at hand.")
NO_PLACE = say("The building has no outline or no trusted place on the map.")


def inside_building_area(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the footprint to lie in the building area of the plan.

    Numbers: `tolerance` (m): how far it may stick out.
    """
    tolerance = parameters.number("tolerance")
    return by_plan(
        subject, lambda s, plan, own: _inside(s, own.shape, plan.shape, say("the building area"), tolerance)
    )


def inside_parcel(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the footprint to lie in one parcel.

    Numbers: `tolerance` (m): how far it may stick out.
    """
    if subject.context.parcels is None:
        return one(Verdict.DATA_MISSING, say("No parcels are at hand."))
    own = subject.site.on_map
    if own is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    parcel = subject.site.parcel
    if parcel is None:
        return one(Verdict.DATA_MISSING, say("No parcel lies under the footprint."))
    name = say("parcel {number}", number=parcel.cadastral_number)
    return [_inside(subject, own.shape, parcel.shape, name, parameters.number("tolerance"))]


def footprint_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the measured footprint to keep under the plan's largest footprint."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        limit = plan.max_footprint_m2
        if limit is None:
            return Outcome(Verdict.NOT_APPLICABLE, say("The plan sets no largest footprint."))
        area = float(subject.site.footprint.area) if subject.site.footprint is not None else float(own.shape.area)
        message = say(
            "The footprint has {area}, the plan allows {limit}.", area=amount(area, "m2"), limit=amount(limit, "m2")
        )
        verdict = Verdict.PASS if at_most(area, limit) else Verdict.FAIL
        picture = polygon_picture(own.shape, CRS)
        return placed(subject, verdict, message, (area, "m2"), Limit(limit, "m2", "<="), picture)

    return by_plan(subject, judge)


def height_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the height above average ground to keep under the plan's largest height."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        height, ground, limit = measured_height(subject), subject.site.ground, plan.max_height_m
        if limit is None:
            return Outcome(Verdict.NOT_APPLICABLE, say("The plan sets no largest height."))
        if height is None or ground is None:
            return Outcome(Verdict.DATA_MISSING, say("The ground level or the highest point is not known."))
        message = say(
            "The building is {height} high, the plan allows {limit}.",
            height=amount(height, "m"),
            limit=amount(limit, "m"),
        )
        verdict = Verdict.PASS if at_most(height, limit) else Verdict.FAIL
        found = placed(subject, verdict, message, (height, "m"), Limit(limit, "m", "<="), height_picture(subject))
        return with_ground(found, ground.doubt, certain=ground.certain)

    return by_plan(subject, judge)


def storeys_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the number of storeys above ground to keep under the plan's largest number."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        if plan.max_storeys is None:
            return Outcome(Verdict.NOT_APPLICABLE, say("The plan sets no largest number of storeys."))
        return storey_count(subject, plan.max_storeys)

    return by_plan(subject, judge)


def use_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the use code of the building to begin with one that the plan allows."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        if not plan.use_codes:
            return Outcome(Verdict.NOT_APPLICABLE, say("The plan names no use codes."))
        code, allowed = subject.view.use_code, ", ".join(plan.use_codes)
        if code is None:
            return Outcome(Verdict.DATA_MISSING, say("The building declares no use code of five digits."))
        verdict = Verdict.PASS if code.startswith(plan.use_codes) else Verdict.FAIL
        message = say("The use code is {code}, the plan allows {allowed}.", code=code, allowed=allowed)
        return placed(subject, verdict, message, (code, ""), Limit(allowed, "", "in"), None)

    return by_plan(subject, judge)


def buildings_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the number of buildings on the building area, this one included, to keep under the plan's number.

    A neighbour counts if its footprint shares area with the building area.
    """

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        others = subject.context.neighbours
        if plan.max_buildings is None:
            return Outcome(Verdict.NOT_APPLICABLE, say("The plan sets no largest number of buildings."))
        if others is None:
            return Outcome(Verdict.DATA_MISSING, NO_NEIGHBOURS)
        within = [o for o in others if o.building_id != own.building_id and o.shape.intersection(plan.shape).area > 0]
        number, limit = len(within) + 1, plan.max_buildings
        message = say(
            "{number} buildings stand on the building area, the plan allows {limit}.", number=number, limit=limit
        )
        verdict = Verdict.PASS if number <= limit else Verdict.FAIL
        return placed(subject, verdict, message, (number, "1"), Limit(limit, "1", "<="), None)

    return by_plan(subject, judge)


def distance_to_neighbours(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a distance between the footprint and every other building.

    Numbers: `minimum` (m).
    """
    others = subject.context.neighbours
    if others is None:
        return one(Verdict.DATA_MISSING, NO_NEIGHBOURS)
    own = subject.site.on_map
    if own is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    limit = parameters.number("minimum")
    bound = Limit(limit, "m", ">=")
    near = [found for found in neighbours(own, others, limit) if found.distance_m < limit - 1e-3]
    if not near:
        message = say("No other building is nearer than {limit}.", limit=amount(limit, "m"))
        return [placed(subject, Verdict.PASS, message, None, bound, None)]
    return [
        placed(
            subject,
            Verdict.FAIL,
            say(
                "Building {building} is {distance} away, {limit} required.",
                building=found.building_id,
                distance=amount(found.distance_m, "m"),
                limit=amount(limit, "m"),
            ),
            (found.distance_m, "m"),
            bound,
            line_picture(found.line, CRS),
        )
        for found in near
    ]


def no_overlap_with_neighbours(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Refuse a footprint that shares more area with another building than the tolerance.

    Numbers: `tolerance` (m2).
    """
    others = subject.context.neighbours
    if others is None:
        return one(Verdict.DATA_MISSING, NO_NEIGHBOURS)
    own = subject.site.on_map
    if own is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    bound = Limit(parameters.number("tolerance"), "m2", "<=")
    shapes = {other.building_id: other.shape for other in others}
    found = [n for n in neighbours(own, others, 0.0) if n.overlap_m2 > parameters.number("tolerance")]
    if not found:
        return [placed(subject, Verdict.PASS, say("The footprint overlaps no other building."), None, bound, None)]
    return [
        placed(
            subject,
            Verdict.FAIL,
            say(
                "The footprint shares {area} with building {building}.",
                area=amount(n.overlap_m2, "m2"),
                building=n.building_id,
            ),
            (n.overlap_m2, "m2"),
            bound,
            _common(own.shape, shapes[n.building_id]),
        )
        for n in found
    ]


def by_plan(subject: Subject, judge: PlanTest) -> list[Outcome]:
    """Judge the building against the building area that applies; say what is missing or open without one."""
    if subject.context.plan is None:
        return one(Verdict.DATA_MISSING, say("No plan is at hand."))
    own = subject.site.on_map
    if own is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    plan = subject.site.plan_area
    if plan is None:
        return one(
            Verdict.NEEDS_HUMAN, say("The plan has no building area at this place; whether one applies is open.")
        )
    return [judge(subject, plan, own)]


def _inside(subject: Subject, own: Area, allowed: Area, name: Sentence, tolerance: float) -> Outcome:
    outside = shapely.difference(own, allowed)
    points = shapely.get_coordinates(outside)
    reach = max((float(allowed.distance(shapely.Point(point))) for point in points), default=0.0)
    good = reach <= tolerance
    limit = Limit(tolerance, "m", "<=")
    if good:
        message = say("The footprint lies in {name}.", name=name)
        return placed(subject, Verdict.PASS, message, (reach, "m"), limit, None)
    message = say(
        "The footprint sticks {reach} and {area} out of {name}.",
        reach=amount(reach, "m"),
        area=amount(float(outside.area), "m2"),
        name=name,
    )
    return placed(subject, Verdict.FAIL, message, (reach, "m"), limit, _polygon(outside))


def _polygon(geometry: shapely.Geometry) -> Picture | None:
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon) and part.area > 0]
    return polygon_picture(shapely.MultiPolygon(parts), CRS) if parts else None


def _common(own: Area, other: Area) -> Picture | None:
    return _polygon(shapely.intersection(own, other))


def placed(
    subject: Subject,
    verdict: Verdict,
    message: Sentence,
    measured: tuple[float | int | str, str] | None,
    limit: Limit,
    picture: Picture | None,
) -> Outcome:
    """Return an outcome about the building with the doubts about its place."""
    building = subject.view.building
    elements = (building.global_id,) if building is not None else ()
    quantity = Quantity(*measured) if measured is not None else None
    capped = subject.site.boxes > 0
    return Outcome(verdict, message, quantity, limit, elements, picture, subject.site.doubts, capped)
