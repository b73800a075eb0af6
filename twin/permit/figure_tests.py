"""Tests of register figures: what the building declares against what its geometry gives."""

from twin.permit.building_tests import NO_BUILDING
from twin.permit.figures import FIGURES
from twin.permit.outcomes import Judged, amount, conclude, missing, one
from twin.permit.sentences import say
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Quantity, Verdict
from twin.permit.view import as_flag, label

LEVEL_NOISE_M = 0.01  # a floor that lies less than this under the ground lies on it
ABOVE = ("AR_Korrus.070_Maapealne", "Pset_BuildingStoreyCommon.AboveGround")


def declared_figure(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Compare a declared figure of the building with its geometry.

    Numbers: `share` (1, of the measured value), `slack` (in the unit of the figure): the larger of both may differ.
    Arguments: `figure` (a name in `FIGURES`), `properties`.
    """
    building, paths = subject.view.building, parameters.texts("properties")
    if building is None:
        return one(Verdict.DATA_MISSING, NO_BUILDING)
    declared = subject.view.number(building, paths)
    if declared is None:
        return one(Verdict.DATA_MISSING, say("The building has no {path}.", path=paths[0]), [building.global_id])
    figure, unit = FIGURES[parameters.text("figure")](subject), parameters.unit("slack")
    if figure.value is None:
        return one(Verdict.DATA_MISSING, figure.lack or NO_BUILDING, [building.global_id])
    tolerance = max(parameters.number("share") * figure.value, parameters.number("slack"))
    off = abs(declared[0] - figure.value)
    message = say(
        "{path} is {declared}, the geometry has {measured}; {tolerance} may differ.",
        path=declared[1],
        declared=amount(declared[0], unit),
        measured=amount(figure.value, unit),
        tolerance=amount(tolerance, unit),
    )
    verdict = Verdict.PASS if off <= tolerance + 1e-9 else Verdict.FAIL
    limit = Limit(figure.value, unit, "=", tolerance)
    ids = (building.global_id,)
    return [Outcome(verdict, message, Quantity(declared[0], unit), limit, ids, capped=not figure.certain)]


def storey_sides(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Compare what each storey says of lying above ground with its floor and the ground.

    A storey lies above ground if its floor is not deeper below the average ground than the tolerance. Numbers:
    `tolerance` (m).
    """
    storeys, ground = subject.view.of_kind("IfcBuildingStorey"), subject.site.ground
    if not storeys:
        return one(Verdict.DATA_MISSING, say("The model has no storeys."))
    if ground is None or not ground.certain:
        return one(Verdict.DATA_MISSING, say("The ground level is not known."))
    tolerance, items = parameters.number("tolerance"), []
    for storey in storeys:
        level, found = subject.site.level_of(storey), subject.view.find(storey, ABOVE)
        said = None if found is None else as_flag(found.value)
        if said is None or level is None:
            items.append(missing(storey, say("The storey gives no {path}, or no level.", path=ABOVE[0])))
            continue
        over = level - ground.z_m
        verdict = Verdict.PASS if said == (over >= -tolerance - LEVEL_NOISE_M) else Verdict.FAIL
        text = say(
            "{thing}: its floor lies {over} over the ground, {path} says {said}.",
            thing=label(storey),
            over=amount(over, "m"),
            path=ABOVE[0],
            said=say("above") if said else say("below"),
        )
        items.append(Judged(storey.global_id, verdict, text, over, Limit(-tolerance, "m", ">=", LEVEL_NOISE_M), "m"))
    return conclude(items, "storeys")
