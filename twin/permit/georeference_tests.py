"""Tests of the place on the map: system, ranges, axes, scale, heights."""

from twin.district import CRS, EASTING_RANGE_M, NORTHING_RANGE_M, axes_swapped, epsg_of, in_estonia
from twin.permit.outcomes import amount, one
from twin.permit.sentences import say
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict

HEIGHT_SYSTEMS = ("EH2000", "EPSG:9663")  # as written into the file
NO_GEOREFERENCE = say("The file does not say where it stands on the map.")


def georeference_crs(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the map system to be EPSG:3301."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    stated = georeference.crs.strip()
    if not stated:
        return one(
            Verdict.DATA_MISSING, say("The file does not name its map system ({source}).", source=georeference.source)
        )
    good = epsg_of(stated) == CRS
    message = say("The map system is '{stated}', {crs} (L-EST97) is required.", stated=stated, crs=CRS)
    verdict = Verdict.PASS if good else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(stated), Limit(CRS, "", "="))]


def georeference_in_estonia(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the origin to lie in Estonia's ranges of easting and northing."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    message = say(
        "The origin is at easting {easting:.2f} m, northing {northing:.2f} m.",
        easting=georeference.easting_m,
        northing=georeference.northing_m,
    )
    verdict = Verdict.PASS if in_estonia(georeference) or axes_swapped(georeference) else Verdict.FAIL
    text = f"{georeference.easting_m:.2f}, {georeference.northing_m:.2f}"
    ranges = (
        f"{EASTING_RANGE_M[0]:.0f}..{EASTING_RANGE_M[1]:.0f}, {NORTHING_RANGE_M[0]:.0f}..{NORTHING_RANGE_M[1]:.0f}"
    )
    return [Outcome(verdict, message, Quantity(text, "m"), Limit(ranges, "m", "inside"))]


def georeference_axes(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Refuse an easting and a northing that stand in each other's place; outside both ranges it cannot be told."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    if axes_swapped(georeference):
        text = say(
            "Easting {easting:.2f} is a northing, northing {northing:.2f} an easting.",
            easting=georeference.easting_m,
            northing=georeference.northing_m,
        )
        return one(Verdict.FAIL, text)
    if in_estonia(georeference):
        return one(Verdict.PASS, say("Easting and northing stand in their places."))
    return one(
        Verdict.NOT_APPLICABLE, say("The origin lies outside Estonia, so the order of the axes cannot be told.")
    )


def georeference_scale(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the scale from model metres to map metres to be near one.

    Numbers: `tolerance` (1).
    """
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    off, tolerance = abs(georeference.scale - 1.0), parameters.number("tolerance")
    verdict = Verdict.PASS if off <= tolerance else Verdict.FAIL
    message = say(
        "One model metre is {scale:g} m on the map; {tolerance:g} may differ.",
        scale=georeference.scale,
        tolerance=tolerance,
    )
    return [Outcome(verdict, message, Quantity(off, "1"), Limit(tolerance, "1", "<="))]


def georeference_height_system(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the height system to be EH2000."""
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    stated = georeference.vertical_datum.strip()
    if not stated:
        return one(Verdict.DATA_MISSING, say("The file does not name its height system."))
    good = any(name in stated.upper() for name in HEIGHT_SYSTEMS)
    message = say("The height system is '{stated}', {wanted} is required.", stated=stated, wanted=HEIGHT_SYSTEMS[0])
    verdict = Verdict.PASS if good else Verdict.FAIL
    return [Outcome(verdict, message, Quantity(stated), Limit(HEIGHT_SYSTEMS[0], "", "="))]


def georeference_height(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require the level of the origin to be one that exists in the country.

    Numbers: `minimum`, `maximum` (m).
    """
    georeference = subject.context.snapshot.georeference
    if georeference is None:
        return one(Verdict.DATA_MISSING, NO_GEOREFERENCE)
    level, low, high = georeference.height_m, parameters.number("minimum"), parameters.number("maximum")
    message = say("The origin lies at {level}, {low} to {high} is plausible.", level=amount(level, "m"),
                  low=amount(low, "m"), high=amount(high, "m"))  # fmt: skip
    verdict = Verdict.PASS if low <= level <= high else Verdict.FAIL
    limit = Limit(low, "m", ">=") if level < low else Limit(high, "m", "<=")
    return [Outcome(verdict, message, Quantity(level, "m"), limit)]
