"""Tests of declared numbers and flags that must be plausible or fit each other."""

from twin.permit.outcomes import Judged, amount, conclude, missing, one
from twin.permit.sentences import Sentence, say
from twin.permit.subject import Parameters, Subject
from twin.permit.values import Limit, Outcome, Verdict
from twin.permit.view import label


def flag_implies(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a property that is true to come with another that is true too.

    Arguments: `ifc_class`, `properties`, `implied` (``Set.Name`` in order of preference).
    """
    records = subject.view.of_kind(parameters.text("ifc_class"))
    if not records:
        return one(Verdict.DATA_MISSING, say("The model has no {ifc_class}.", ifc_class=parameters.text("ifc_class")))
    first, second, items = parameters.texts("properties"), parameters.texts("implied"), []
    for record in records:
        stated, implied = subject.view.flag(record, first), subject.view.flag(record, second)
        if stated is None or implied is None:
            items.append(
                missing(record, say("{first} or {second} is not filled in.", first=first[0], second=second[0]))
            )
            continue
        text = say(
            "{thing}: {first} is true, {second} is not.", thing=label(record), first=first[0], second=second[0]
        )
        items.append(Judged(record.global_id, Verdict.PASS if implied or not stated else Verdict.FAIL, text))
    return conclude(items, "values")


def number_between(subject: Subject, parameters: Parameters) -> list[Outcome]:
    """Require a declared number of the elements of a class to lie in a range.

    Numbers: `minimum`, `maximum`. Arguments: `ifc_class`, `properties`, `where` (flags of which the first that is
    filled in must not be false; empty for all elements), `kinds` (predefined types; empty for all).
    """
    chosen = subject.view.of_kind(parameters.text("ifc_class"))
    kinds, where = parameters.texts("kinds"), parameters.texts("where")
    chosen = [record for record in chosen if not kinds or record.predefined_type in kinds]
    chosen = [record for record in chosen if not where or subject.view.flag(record, where) is not False]
    if not chosen:
        return one(Verdict.DATA_MISSING, _none(parameters.text("ifc_class"), kinds))
    paths, unit = parameters.texts("properties"), parameters.unit("minimum")
    low, high, items = parameters.number("minimum"), parameters.number("maximum"), []
    for record in chosen:
        found = subject.view.number(record, paths)
        if found is None:
            items.append(missing(record, say("{path} is not filled in.", path=paths[0])))
            continue
        text = say(
            "{thing}: {path} is {value}, plausible is {low} to {high}.",
            thing=label(record),
            path=found[1],
            value=amount(found[0], unit),
            low=amount(low, unit),
            high=amount(high, unit),
        )
        good = low - 1e-9 <= found[0] <= high + 1e-9
        limit = Limit(low, unit, ">=") if found[0] < low else Limit(high, unit, "<=")
        items.append(Judged(record.global_id, Verdict.PASS if good else Verdict.FAIL, text, found[0], limit, unit))
    return conclude(items, "values", max)


def _none(ifc_class: str, kinds: tuple[str, ...]) -> Sentence:
    if not kinds:
        return say("The model has no {ifc_class}.", ifc_class=ifc_class)
    return say("The model has no {ifc_class} of type {kinds}.", ifc_class=ifc_class, kinds=" / ".join(kinds))
