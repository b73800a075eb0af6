"""Run rule packs over one building, and compare two reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shapely.errors import ShapelyError

from twin.permit.pack import Pack, Rule
from twin.permit.remedies import advice
from twin.permit.sentences import Sentence, render_all, say
from twin.permit.subject import Subject
from twin.permit.values import CheckResult, Mode, Outcome, PackUse, PermitReport, SourceStatus, Verdict
from twin.permit.view import CheckContext

DECIDED = frozenset({Verdict.PASS, Verdict.FAIL})
OPEN = frozenset({Verdict.FAIL, Verdict.NEEDS_HUMAN, Verdict.DATA_MISSING})
VERDICT_ORDER = (Verdict.FAIL, Verdict.NEEDS_HUMAN, Verdict.DATA_MISSING, Verdict.PASS, Verdict.NOT_APPLICABLE)
SECONDARY_NOTE = say("The rule or its number was read in a secondary source; check it in the act.")
UNVERIFIED_NOTE = say("The rule or its number could not be verified, so it does not decide.")
USE_UNKNOWN_NOTE = say("The building declares no use code, so whether the act applies is open.")


def check(context: CheckContext, packs: Sequence[Pack], mode: Mode = Mode.PRE_CHECK) -> PermitReport:
    """Run rule packs over one building.

    What a rule may decide depends on its source and on who asks:

    - A verified source decides in both modes.
    - A secondary source decides in the pre-check and its message says so; in the formal report it becomes
      `NEEDS_HUMAN` with the number, because no permit is refused or granted on a summary of the law.
    - An unverified source becomes `NEEDS_HUMAN` with the number in both modes.

    Missing data stays `DATA_MISSING` whatever the source. If the use of the building is not declared, a rule for some
    uses runs and becomes `NEEDS_HUMAN`.

    Args:
        context: The building, the plan, the parcels and the neighbours.
        packs: What to run, in order.
        mode: Who asks.

    Returns:
        The report; its results are in order of pack, rule, verdict (failures first) and elements.
    """
    subject = Subject(context)
    results = [result for pack in packs for rule in pack.rules for result in _run(subject, pack, rule, mode)]
    snapshot = context.snapshot
    uses = tuple(PackUse(pack.pack_id, pack.title, pack.version, pack.sha256) for pack in packs)
    return PermitReport(snapshot.building_id, snapshot.stage.value, snapshot.version, mode, uses, tuple(results))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two reports; only results that ask for something (fail, needs human, data missing) count.

    Attributes:
        fixed: Results of the first report that the second does not hold any more.
        still_open: Results of the second report that the first held too.
        new: Results of the second report that the first did not hold.
    """

    fixed: tuple[CheckResult, ...]
    still_open: tuple[CheckResult, ...]
    new: tuple[CheckResult, ...]


def compare(first: PermitReport, second: PermitReport) -> Comparison:
    """Compare two reports of one building, element by element.

    Two results are the same finding if they come from the same rule and share an element, or both name none. A result
    that lost only some of its elements stays open with those that are left.
    """
    before, after = _open(first), _open(second)
    fixed = tuple(result for result in before if not _held(result, after))
    still_open = tuple(result for result in after if _held(result, before))
    return Comparison(fixed, still_open, tuple(result for result in after if not _held(result, before)))


def _open(report: PermitReport) -> list[CheckResult]:
    return [result for result in report.results if result.verdict in OPEN]


def _held(result: CheckResult, others: Iterable[CheckResult]) -> bool:
    elements = set(result.elements)
    return any(
        (other.pack_id, other.check_id) == (result.pack_id, result.check_id)
        and (bool(elements & set(other.elements)) or (not elements and not other.elements))
        for other in others
    )


def _run(subject: Subject, pack: Pack, rule: Rule, mode: Mode) -> list[CheckResult]:
    code = subject.view.use_code
    wanted = rule.use_code_prefixes
    if wanted and code is not None and not code.startswith(wanted):
        message = say(
            "The use code {code} is not one that the rule is for ({names}).", code=code, names=", ".join(wanted)
        )
        return [_result(pack, rule, Outcome(Verdict.NOT_APPLICABLE, message), mode, use_known=True)]
    try:
        outcomes = rule.spec.run(subject, rule.parameters)
    except ShapelyError as error:  # a shape so broken that no intersection can be made of it
        outcomes = [
            Outcome(Verdict.NEEDS_HUMAN, say("The geometry could not be computed: {error}.", error=str(error)))
        ]
    use_known = not wanted or code is not None
    results = [_result(pack, rule, outcome, mode, use_known=use_known) for outcome in outcomes]
    return sorted(results, key=lambda result: (VERDICT_ORDER.index(result.verdict), result.elements, result.message))


def _result(pack: Pack, rule: Rule, outcome: Outcome, mode: Mode, *, use_known: bool) -> CheckResult:
    notes = _notes(rule.source_status, use_known=use_known) if outcome.verdict in DECIDED else ()
    verdict = _verdict(outcome, rule.source_status, mode, use_known=use_known)
    return CheckResult(
        rule.rule_id,
        pack.pack_id,
        pack.sha256,
        rule.title,
        pack.act,
        rule.clause,
        verdict,
        outcome.verdict,
        rule.source_status,
        render_all((outcome.message, *outcome.doubts, *notes)),
        advice(outcome, verdict, rule),
        outcome.measured,
        outcome.limit,
        tuple(sorted(outcome.elements)),
        outcome.picture,
    )


def _notes(status: SourceStatus, *, use_known: bool) -> tuple[Sentence, ...]:
    by_status = {SourceStatus.SECONDARY: (SECONDARY_NOTE,), SourceStatus.UNVERIFIED: (UNVERIFIED_NOTE,)}
    return (*by_status.get(status, ()), *(() if use_known else (USE_UNKNOWN_NOTE,)))


def _verdict(outcome: Outcome, status: SourceStatus, mode: Mode, *, use_known: bool) -> Verdict:
    if outcome.verdict not in DECIDED:
        return outcome.verdict
    weak = status is SourceStatus.UNVERIFIED or (status is SourceStatus.SECONDARY and mode is Mode.FORMAL)
    return Verdict.NEEDS_HUMAN if weak or outcome.capped or not use_known else outcome.verdict
