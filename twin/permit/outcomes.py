"""From judgements about single elements to the outcomes of a test."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ifc import ElementRecord
from twin.permit.sentences import Amount, Sentence, Thing, say
from twin.permit.values import Limit, Outcome, Picture, Quantity, Verdict
from twin.permit.view import label

TOLERANCE = 0.001  # a millimetre or a thousandth of a square metre: float noise of exporters, below any drawing
MAX_NAMED = 3  # elements named in a sentence; the result holds all
COMPLIES = say("It complies.")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a test says of one element.

    Attributes:
        element: GlobalId.
        verdict: The answer for this element.
        message: One sentence; elements with missing data and the same sentence are told together.
        value: The measured value, if there is one.
        limit: What it was compared with.
        unit: UCUM unit of the value.
        picture: Geometry that shows it.
        doubts: Sentences that weaken the answer.
        capped: No machine may decide.
        thing: What the element is called; sentences about missing data name it.
    """

    element: str
    verdict: Verdict
    message: Sentence
    value: float | str | bool | None = None
    limit: Limit | None = None
    unit: str = ""
    picture: Picture | None = None
    doubts: tuple[Sentence, ...] = ()
    capped: bool = False
    thing: Thing | None = None


def judged_minimum(
    record: ElementRecord,
    measured: tuple[str, float],
    minimum: tuple[float, str],
    picture: Picture | None = None,
    doubts: tuple[Sentence | None, ...] = (),
    *,
    capped: bool = False,
) -> Judged:
    """Judge an element against a minimum.

    Args:
        record: The element.
        measured: What was measured (``area``) and its value.
        minimum: The limit and its UCUM unit, which is that of the value too.
        picture: Geometry that shows it.
        doubts: Sentences that weaken the answer.
        capped: No machine may decide.
    """
    what, value = measured
    limit, unit = minimum
    good = at_least(value, limit)
    sentence = say(
        "{thing}: {what} {value}, at least {limit} is required.",
        thing=label(record),
        what=say(what),
        value=amount(value, unit),
        limit=amount(limit, unit),
    )
    verdict = Verdict.PASS if good else Verdict.FAIL
    bound = Limit(limit, unit, ">=", TOLERANCE)
    return Judged(
        record.global_id,
        verdict,
        sentence,
        value,
        bound,
        unit,
        picture,
        tuple(doubt for doubt in doubts if doubt),
        capped,
    )


def missing(record: ElementRecord, message: Sentence, picture: Picture | None = None) -> Judged:
    """Say that an element lacks what the test needs."""
    return Judged(record.global_id, Verdict.DATA_MISSING, message, picture=picture, thing=label(record))


def conclude(items: Sequence[Judged], things: str, worst: Callable[[Iterable[float]], float] = min) -> list[Outcome]:
    """Return one outcome per failing element, one per kind of missing data, one per kind of passing group.

    Args:
        items: The judgements.
        things: What the elements are called, in the plural.
        worst: Which of the passing values is the deciding one.
    """
    outcomes = [_single(item) for item in items if item.verdict not in {Verdict.PASS, Verdict.DATA_MISSING}]
    gaps: dict[Sentence, list[Judged]] = defaultdict(list)
    passing: dict[tuple[tuple[Sentence, ...], bool, Limit | None], list[Judged]] = defaultdict(list)
    for item in items:
        if item.verdict is Verdict.DATA_MISSING:
            gaps[item.message].append(item)
        elif item.verdict is Verdict.PASS:
            passing[item.doubts, item.capped, item.limit].append(item)
    outcomes += [_gap(message, group) for message, group in gaps.items()]
    outcomes += [_passing(group, things, worst) for group in passing.values()]
    return outcomes


def one(verdict: Verdict, message: Sentence, elements: Iterable[str] = ()) -> list[Outcome]:
    """Return a single outcome without numbers."""
    return [Outcome(verdict, message, elements=tuple(elements))]


def at_least(value: float, limit: float) -> bool:
    """Return whether a value reaches a limit, within `TOLERANCE`."""
    return value >= limit - TOLERANCE


def at_most(value: float, limit: float) -> bool:
    """Return whether a value keeps under a limit, within `TOLERANCE`."""
    return value <= limit + TOLERANCE


def amount(value: float, unit: str) -> Amount:
    """Return a number as a sentence writes it: up to three decimals, then the unit."""
    return Amount(float(value), unit)


def _single(item: Judged) -> Outcome:
    return Outcome(
        item.verdict,
        item.message,
        _quantity(item.value, item.unit),
        item.limit,
        (item.element,),
        item.picture,
        item.doubts,
        item.capped,
    )


def _gap(message: Sentence, group: Sequence[Judged]) -> Outcome:
    elements = tuple(sorted(item.element for item in group))
    things = tuple(item.thing for item in group[:MAX_NAMED] if item.thing is not None)
    if len(elements) == 1 and things:
        text = say("{thing}: {message}", thing=things[0], message=message)
    else:
        more = "…" if len(group) > len(things) else ""
        text = say(
            "{number} elements ({things}{more}): {message}",
            number=len(elements),
            things=things,
            more=more,
            message=message,
        )
    return Outcome(Verdict.DATA_MISSING, text, elements=elements, picture=group[0].picture)


def _passing(group: Sequence[Judged], things: str, worst: Callable[[Iterable[float]], float]) -> Outcome:
    first = group[0]
    elements = tuple(sorted(item.element for item in group))
    numbers = [float(i.value) for i in group if isinstance(i.value, int | float) and not isinstance(i.value, bool)]
    if not numbers:
        value = _quantity(first.value, first.unit) if len(group) == 1 else None
        return Outcome(
            Verdict.PASS,
            say("Complying {things}: {number}.", number=len(group), things=say(things)),
            value,
            first.limit,
            elements,
            None,
            first.doubts,
            first.capped,
        )
    extreme = worst(numbers)
    picture = next((item.picture for item in group if item.value == extreme), None)
    message = say(
        "Complying {things}: {number}; the deciding value is {value}.",
        number=len(group),
        things=say(things),
        value=amount(extreme, first.unit),
    )
    return Outcome(
        Verdict.PASS,
        message,
        Quantity(extreme, first.unit),
        first.limit,
        elements,
        picture,
        first.doubts,
        first.capped,
    )


def _quantity(value: float | str | bool | None, unit: str) -> Quantity | None:
    return None if value is None else Quantity(value, unit)
