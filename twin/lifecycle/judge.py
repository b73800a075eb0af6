"""Judge a transition: every demand of its rule, met or not, with a stable reason and a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from twin.errors import Conflict
from twin.lifecycle.guard import Move
from twin.lifecycle.rules import Guard, Lineage, Rule

SPOKEN = 5  # moves that a sentence names
MAX_LISTED = 200  # moves that an answer lists; the number of all is always said


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a transition must prove.

    Attributes:
        reason: Stable code.
        met: Whether it is proved.
        sentence: What was found, or what is missing.
        hint: What to do if it is not met.
    """

    reason: str
    met: bool
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a judgement looks at.

    Attributes:
        evidence: Kinds of the documents named.
        reports: Kind -> summary of the reports frozen with the state.
        roles: Role -> who signed in it.
        before: The state that stands before, such as ``120900101/as-built/1 (A6)``, or None.
        moves: Guarded parameters that moved since that state.
        accepted: Keys of the moves that an officer accepted.
        permitted: Keys of the moves to which a newer permitted design says the same, with its name, or None if there
            is no such design.
    """

    evidence: frozenset[str]
    reports: Mapping[str, Mapping[str, Any]]
    roles: Mapping[str, frozenset[str]]
    before: str | None
    moves: tuple[Move, ...] = ()
    accepted: frozenset[tuple[str, str]] = frozenset()
    permitted: frozenset[tuple[str, str]] | None = None


class TransitionRefused(Conflict):
    """A transition does not prove what it must.

    Args:
        rule: The transition.
        unmet: The demands that are not met.
        moves: Guarded parameters that moved and that nothing allows.
    """

    def __init__(self, rule: Rule, unmet: Sequence[Demand], moves: Sequence[Move] = ()) -> None:
        first = unmet[0]
        super().__init__(
            f"The transition {rule.name} is refused: " + " ".join(demand.sentence for demand in unmet),
            reason=first.reason,
            hint=first.hint,
            entity=moves[0].global_id or moves[0].path if moves else rule.name,
        )
        self.unmet = tuple(unmet)
        self.moves = tuple(moves)

    @property
    def members(self) -> Mapping[str, Any]:
        """What the problem details say besides the common members."""
        moved = [move.to_json() for move in self.moves[:MAX_LISTED]]
        return {"unmet": [asdict(demand) for demand in self.unmet], "moved": moved, "moved_total": len(self.moves)}


def demands(rule: Rule, case: Case) -> tuple[Demand, ...]:
    """Return every demand of `rule` but the signatures, met or not."""
    return (*_evidence(rule, case), *_reports(rule, case), *_lineage(rule, case), *_guard(rule, case))


def signatures(rule: Rule, case: Case) -> tuple[Demand, ...]:
    """Return the demands for signatures: one of each role, no two roles by one signer."""
    found = []
    for role in rule.roles:
        others = frozenset().union(*(case.roles.get(r, frozenset()) for r in rule.roles if r != role))
        signed = case.roles.get(role, frozenset()) - others
        word = f"The {role} signed." if signed else f"The signature of the {role} is missing."
        if case.roles.get(role) and not signed:
            word = f"Whoever signed as {role} signed in another role too."
        found.append(Demand("signature", bool(signed), word, f"Let the {role} add a proof with a key of their own."))
    return tuple(found)


def forbidden(rule: Rule, case: Case) -> tuple[Move, ...]:
    """Return the moves that nothing allows under `rule`."""
    if rule.guard is Guard.NONE or case.before is None:
        return ()
    allowed: frozenset[tuple[str, str]] = frozenset()
    if rule.guard is Guard.ACCEPTED:
        allowed = case.accepted
    elif rule.guard is Guard.BRANCH:
        allowed = case.permitted or frozenset()
    return tuple(move for move in case.moves if move.key not in allowed)


def check(rule: Rule, case: Case) -> None:
    """Refuse a transition whose demands, signatures apart, are not all met.

    Raises:
        TransitionRefused: one or more are not met.
    """
    unmet = [demand for demand in demands(rule, case) if not demand.met]
    if unmet:
        raise TransitionRefused(rule, unmet, forbidden(rule, case))


def _evidence(rule: Rule, case: Case) -> Iterator[Demand]:
    for kinds in rule.evidence:
        names = kinds.split("|")
        met = any(name in case.evidence for name in names)
        word = " or ".join(names)
        yield Demand(
            "evidence", met, f"{word} is named." if met else f"{word} is missing.",
            f"Name the document by its digest: --evidence {names[0]}=FILE.",
        )  # fmt: skip


def _reports(rule: Rule, case: Case) -> Iterator[Demand]:
    for kind in rule.reports:
        met = kind in case.reports
        word = f"The {kind} report is frozen with it." if met else f"There is no {kind} report of this version."
        yield Demand("report", met, word, f"Make the {kind} report, then seal.")
    if rule.clean and "permit" in case.reports:
        failed = int(case.reports["permit"].get("fail", 0))
        met = failed == 0 or "derogation" in case.evidence
        word = f"{failed} checks fail" + (" under a derogation." if met and failed else ".")
        yield Demand("check-failed", met, word, "Correct the model, or name --evidence derogation=FILE.")


def _lineage(rule: Rule, case: Case) -> Iterator[Demand]:
    if rule.lineage is Lineage.NONE:
        return
    met = case.before is not None
    word = f"It follows {case.before}." if met else f"No {rule.lineage.value} state stands before it."
    yield Demand("previous-state", met, word, "Bring the state before to its status first; a revoked one is none.")


def _guard(rule: Rule, case: Case) -> Iterator[Demand]:
    if rule.guard is Guard.NONE or case.before is None:
        return
    wrong = forbidden(rule, case)
    if not wrong:
        moved = f"{len(case.moves)} guarded parameters moved, each allowed."
        yield Demand("guarded-parameters", True, moved if case.moves else "No guarded parameter moved.")
        return
    listed = " ".join(move.sentence for move in wrong[:SPOKEN])
    listed += f" And {len(wrong) - SPOKEN} more." if len(wrong) > SPOKEN else ""
    reason, hint = _REFUSALS[rule.guard]
    yield Demand(reason, False, f"{len(wrong)} guarded parameters moved. {listed}", hint)


_REFUSALS: Mapping[Guard, tuple[str, str]] = {
    Guard.NEW_PERMIT: ("permit-needed", "An essential change needs a permit: submit this design as a new one."),
    Guard.ACCEPTED: ("deviation-not-accepted", "Let the officer accept each deviation, or build as permitted."),
    Guard.BRANCH: (
        "permit-branch-needed",
        "Load the change as a new as-designed version, have it permitted, then maintain to the same values.",
    ),
}
