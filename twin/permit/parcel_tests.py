"""Tests against the parcel: its boundary, its number, how much of it is built on."""

import shapely

from twin.district import CRS
from twin.permit.outcomes import amount, at_least, at_most, one
from twin.permit.plan_tests import NO_PLACE, by_plan, placed
from twin.permit.sentences import Share, say
from twin.permit.solids import line_picture, polygon_picture
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict
from twin.permit.view import as_text

NO_PARCELS = say("No parcels are at hand.")
NO_PARCEL = say("No parcel lies under the footprint.")
NUMBER_PATHS = ("AR_Kinnistu.010_Katastritunnus", "@LongName")


def distance_to_boundary(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a distance from the footprint to the boundary of its parcel.

    Numbers: `minimum` (m).
    """
    if (gap := _lacking(subject)) is not None:
        return gap
    own, parcel, limit = subject.site.on_map, subject.site.parcel, parameters.number("minimum")
    if own is None or parcel is None:
        return one(Verdict.DATA_MISSING, NO_PARCEL)
    line = shapely.shortest_line(own.shape, parcel.shape.boundary)
    out = float(shapely.difference(own.shape, parcel.shape).area) > 0
    distance = 0.0 if out else float(line.length)
    message = say(
        "The footprint lies {distance} from the boundary of its parcel, {limit} required.",
        distance=amount(distance, "m"),
        limit=amount(limit, "m"),
    )
    verdict = Verdict.PASS if at_least(distance, limit) else Verdict.FAIL
    picture = line_picture(list(line.coords), CRS)
    return [placed(subject, verdict, message, (distance, "m"), Limit(limit, "m", ">=", 0.001), picture)]


def cadastral_number_matches(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the cadastral number that the model declares to be that of the parcel under its footprint."""
    if (gap := _lacking(subject)) is not None:
        return gap
    parcel, sites = subject.site.parcel, subject.view.of_kind("IfcSite")
    found = next((f for site in sites if (f := subject.view.find(site, NUMBER_PATHS)) is not None), None)
    if found is None or parcel is None:
        return one(Verdict.DATA_MISSING, say("The site has no {path}.", path=NUMBER_PATHS[0]))
    declared, number = as_text(found.value), parcel.cadastral_number
    message = say(
        "The model says parcel {declared}, the footprint lies on {number}.", declared=declared, number=number
    )
    verdict = Verdict.PASS if declared == number else Verdict.FAIL
    ids = tuple(site.global_id for site in sites)
    picture = polygon_picture(parcel.shape, CRS)
    return [Outcome(verdict, message, Quantity(declared), Limit(number, "", "="), ids, picture, subject.site.doubts)]


def coverage_within_plan(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the buildings on the parcel, this one included, to cover no more of it than the plan allows."""

    def judge(subject: Subject, plan: object, own: object) -> Outcome:
        limit, parcel, others = subject.site.max_coverage, subject.site.parcel, subject.context.neighbours
        on_map = subject.site.on_map
        if limit is None:
            return Outcome(Verdict.NOT_APPLICABLE, say("The plan sets no largest coverage."))
        if parcel is None or on_map is None or others is None:
            return Outcome(Verdict.DATA_MISSING, NO_PARCEL if others is not None else say("{what} are not at hand.",
                           what=say("The other buildings on the map")))  # fmt: skip
        built = shapely.union_all([on_map.shape, *(o.shape for o in others if o.building_id != on_map.building_id)])
        share = float(built.intersection(parcel.shape).area) / float(parcel.shape.area)
        message = say("Buildings cover {share} of the parcel, the plan allows {limit}.", share=Share(share),
                      limit=Share(limit))  # fmt: skip
        verdict = Verdict.PASS if at_most(share, limit) else Verdict.FAIL
        picture = polygon_picture(on_map.shape, CRS)
        return placed(subject, verdict, message, (share, "1"), Limit(limit, "1", "<=", 0.001), picture)

    if subject.context.parcels is None:
        return one(Verdict.DATA_MISSING, NO_PARCELS)
    return by_plan(subject, judge)


def _lacking(subject: Subject) -> list[Outcome] | None:
    if subject.context.parcels is None:
        return one(Verdict.DATA_MISSING, NO_PARCELS)
    if subject.site.on_map is None:
        return one(Verdict.DATA_MISSING, NO_PLACE)
    return one(Verdict.DATA_MISSING, NO_PARCEL) if subject.site.parcel is None else None
