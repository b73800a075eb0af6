"""Tests against the plan, the parcel and the neighbours; coordinates EPSG:3301."""

from collections.abc import Callable

import shapely

from twin.district import CRS, Area, MapFootprint, PlanArea, neighbours
from twin.permit.building_tests import height_picture, measured_height, storey_count, with_ground
from twin.permit.outcomes import amount, at_most, one
from twin.permit.solids import line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Picture, Quantity, Verdict

PlanTest = Callable[[Subject, PlanArea, MapFootprint], Outcome]
NO_NEIGHBOURS = "The other buildings on the map are not at hand."
NO_PLACE = "The building has no outline or no trusted place on the map."


def inside_building_area(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the footprint to lie in the building area of the plan.

    Numbers: `tolerance` (m): how far it may stick out.
    """
    tolerance = parameters.number("tolerance")
    return _by_plan(subject, lambda s, plan, own: _inside(s, own.shape, plan.shape, "the building area", tolerance))


def inside_parcel(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the footprint to lie in one parcel.

    Numbers: `tolerance` (m): how far it may stick out.
    """
    if subject.context.parcels is None:
        return one(Verdict.DATA_MISSING, "No parcels are at hand.")
    own = subject.site.on_map
    if own is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    parcel = subject.site.parcel
    if parcel is None:
        return one(Verdict.DATA_MISSING, "No parcel lies under the footprint.")
    name = f"parcel {parcel.cadastral_number}"
    return [_inside(subject, own.shape, parcel.shape, name, parameters.number("tolerance"))]


def footprint_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the measured footprint to keep under the plan's largest footprint."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        limit = plan.max_footprint_m2
        if limit is None:
            return Outcome(Verdict.NOT_APPLICABLE, "The plan sets no largest footprint.")
        area = float(subject.site.footprint.area) if subject.site.footprint is not None else float(own.shape.area)
        message = f"The footprint has {amount(area, 'm2')}, the plan allows {amount(limit, 'm2')}."
        verdict = Verdict.PASS if at_most(area, limit) else Verdict.FAIL
        picture = polygon_picture(own.shape, CRS)
        return _placed(subject, verdict, message, (area, "m2"), Limit(limit, "m2", "<="), picture)

    return _by_plan(subject, judge)


def height_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the height above average ground to keep under the plan's largest height."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        height, ground, limit = measured_height(subject), subject.site.ground, plan.max_height_m
        if limit is None:
            return Outcome(Verdict.NOT_APPLICABLE, "The plan sets no largest height.")
        if height is None or ground is None:
            return Outcome(Verdict.DATA_MISSING, "The ground level or the highest point is not known.")
        message = f"The building is {amount(height, 'm')} high, the plan allows {amount(limit, 'm')}."
        verdict = Verdict.PASS if at_most(height, limit) else Verdict.FAIL
        found = _placed(subject, verdict, message, (height, "m"), Limit(limit, "m", "<="), height_picture(subject))
        return with_ground(found, ground.doubt, certain=ground.certain)

    return _by_plan(subject, judge)


def storeys_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the number of storeys above ground to keep under the plan's largest number."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        if plan.max_storeys is None:
            return Outcome(Verdict.NOT_APPLICABLE, "The plan sets no largest number of storeys.")
        return storey_count(subject, plan.max_storeys)

    return _by_plan(subject, judge)


def use_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the use code of the building to begin with one that the plan allows."""

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        if not plan.use_codes:
            return Outcome(Verdict.NOT_APPLICABLE, "The plan names no use codes.")
        code, allowed = subject.view.use_code, ", ".join(plan.use_codes)
        if code is None:
            return Outcome(Verdict.DATA_MISSING, "The building declares no use code of five digits.")
        verdict = Verdict.PASS if code.startswith(plan.use_codes) else Verdict.FAIL
        message = f"The use code is {code}, the plan allows {allowed}."
        return _placed(subject, verdict, message, (code, ""), Limit(allowed, "", "in"), None)

    return _by_plan(subject, judge)


def buildings_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the number of buildings on the building area, this one included, to keep under the plan's number.

    A neighbour counts if its footprint shares area with the building area.
    """

    def judge(subject: Subject, plan: PlanArea, own: MapFootprint) -> Outcome:
        others = subject.context.neighbours
        if plan.max_buildings is None:
            return Outcome(Verdict.NOT_APPLICABLE, "The plan sets no largest number of buildings.")
        if others is None:
            return Outcome(Verdict.DATA_MISSING, NO_NEIGHBOURS)
        within = [o for o in others if o.building_id != own.building_id and o.shape.intersection(plan.shape).area > 0]
        number, limit = len(within) + 1, plan.max_buildings
        message = f"{number} buildings stand on the building area, the plan allows {limit}."
        verdict = Verdict.PASS if number <= limit else Verdict.FAIL
        return _placed(subject, verdict, message, (number, "1"), Limit(limit, "1", "<="), None)

    return _by_plan(subject, judge)


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
        message = f"No other building is nearer than {amount(limit, 'm')}."
        return [_placed(subject, Verdict.PASS, message, None, bound, None)]
    return [
        _placed(
            subject,
            Verdict.FAIL,
            f"Building {found.building_id} is {amount(found.distance_m, 'm')} away, {amount(limit, 'm')} required.",
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
        return [_placed(subject, Verdict.PASS, "The footprint overlaps no other building.", None, bound, None)]
    return [
        _placed(
            subject,
            Verdict.FAIL,
            f"The footprint shares {amount(n.overlap_m2, 'm2')} with building {n.building_id}.",
            (n.overlap_m2, "m2"),
            bound,
            _common(own.shape, shapes[n.building_id]),
        )
        for n in found
    ]


def _by_plan(subject: Subject, judge: PlanTest) -> list[Outcome]:
    if subject.context.plan is None:
        return one(Verdict.DATA_MISSING, "No plan is at hand.")
    own = subject.site.on_map
    if own is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    plan = subject.site.plan_area
    if plan is None:
        return one(Verdict.NEEDS_HUMAN, "The plan has no building area at this place; whether one applies is open.")
    return [judge(subject, plan, own)]


def _inside(subject: Subject, own: Area, allowed: Area, name: str, tolerance: float) -> Outcome:
    outside = shapely.difference(own, allowed)
    points = shapely.get_coordinates(outside)
    reach = max((float(allowed.distance(shapely.Point(point))) for point in points), default=0.0)
    good = reach <= tolerance
    limit = Limit(tolerance, "m", "<=")
    if good:
        message = f"The footprint lies in {name}."
        return _placed(subject, Verdict.PASS, message, (reach, "m"), limit, None)
    message = f"The footprint sticks {amount(reach, 'm')} and {amount(float(outside.area), 'm2')} out of {name}."
    return _placed(subject, Verdict.FAIL, message, (reach, "m"), limit, _polygon(outside))


def _polygon(geometry: shapely.Geometry) -> Picture | None:
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon) and part.area > 0]
    return polygon_picture(shapely.MultiPolygon(parts), CRS) if parts else None


def _common(own: Area, other: Area) -> Picture | None:
    return _polygon(shapely.intersection(own, other))


def _placed(
    subject: Subject,
    verdict: Verdict,
    message: str,
    measured: tuple[float | int | str, str] | None,
    limit: Limit,
    picture: Picture | None,
) -> Outcome:
    building = subject.view.building
    elements = (building.global_id,) if building is not None else ()
    quantity = Quantity(*measured) if measured is not None else None
    capped = subject.site.boxes > 0
    return Outcome(verdict, message, quantity, limit, elements, picture, subject.site.doubts, capped)
