"""Transitions of a version from one status to the next, and what each must prove.

The table is our own reading of how Estonian stages, permits and evidence packs meet ISO 19650. Which papers belong to
a use permit is verified (municipal guidance); the use permit itself is from secondary sources. What a number or a
paper says is for people: a rule asks whether it is there, named by its digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from twin.errors import NotFound
from twin.lifecycle import status
from twin.snapshot import Stage

DESIGNER, BUILDER, OWNER = "designer", "builder", "owner"
SUPERVISION, MUNICIPALITY = "owner-supervision", "municipality"
ROLES = (DESIGNER, BUILDER, OWNER, SUPERVISION, MUNICIPALITY)


class Lineage(StrEnum):
    """Which state must stand before in the chain of sealed states."""

    NONE = "none"
    PERMITTED = "permitted"  # a design with a permit that holds
    CONSTRUCTION = "construction"  # a design that is the basis of construction, or at least permitted
    LIVING = "living"  # what was built, or the last maintained state


class Guard(StrEnum):
    """What a moved guarded parameter means."""

    NONE = "none"
    NEW_PERMIT = "new-permit"  # refused: the design needs a permit of its own
    ACCEPTED = "accepted"  # refused unless an officer accepted each move
    BRANCH = "branch"  # refused unless a newer permitted design says the same


@dataclass(frozen=True, slots=True)
class Rule:
    """One transition.

    Attributes:
        name: What it is called.
        stage: The line of versions in which it happens.
        sources: Status from which it may start.
        target: Status that it gives.
        roles: Who must sign, each by a proof of their own in this role.
        evidence: Kinds of documents that must be named; alternatives are joined by ``|``.
        reports: Reports of ours that must be frozen with it.
        clean: Whether a failed check forbids it unless a ``derogation`` is named.
        lineage: Which state must stand before.
        guard: What a guarded parameter that moved since means.
    """

    name: str
    stage: Stage
    sources: frozenset[str]
    target: str
    roles: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    clean: bool = False
    lineage: Lineage = Lineage.NONE
    guard: Guard = Guard.NONE


_OPEN = frozenset({"S0", "S1", "S2", "S3", "S4", "S5"})
RULES: tuple[Rule, ...] = (
    Rule(
        "submit", Stage.AS_DESIGNED, _OPEN - {"S4"}, status.REVIEW, (DESIGNER,),
        evidence=("designer-qualification",), reports=("validation", "permit"),
    ),
    Rule(
        "permit", Stage.AS_DESIGNED, frozenset({status.REVIEW}), status.PERMITTED, (DESIGNER, MUNICIPALITY),
        evidence=("designer-qualification", "authority-decision"), reports=("validation", "permit"), clean=True,
    ),
    Rule(
        "commence", Stage.AS_DESIGNED, _OPEN | {status.PERMITTED}, status.COMMENCED, (DESIGNER, BUILDER),
        evidence=("commencement-notice",), reports=("validation", "permit"), lineage=Lineage.PERMITTED,
        guard=Guard.NEW_PERMIT,
    ),
    Rule(
        "complete", Stage.AS_BUILT, _OPEN, status.BUILT, (BUILDER, SUPERVISION),
        evidence=(
            "as-built-survey", "construction-diary", "covered-work-acts", "fire-report", "commissioning-report",
            "air-leakage-test|air-leakage-not-required", "use-permit",
        ),
        reports=("validation", "permit"), lineage=Lineage.CONSTRUCTION, guard=Guard.ACCEPTED,
    ),
    Rule(
        "maintain", Stage.AS_MAINTAINED, _OPEN, status.IN_USE, (OWNER,),
        evidence=("maintenance-record",), reports=("validation", "permit"), lineage=Lineage.LIVING,
        guard=Guard.BRANCH,
    ),
    *(
        Rule("revoke", stage, frozenset({code}), status.ARCHIVED, (role,), evidence=("revocation-decision",))
        for stage, code, role in (
            (Stage.AS_DESIGNED, status.PERMITTED, MUNICIPALITY),
            (Stage.AS_DESIGNED, status.COMMENCED, MUNICIPALITY),
            (Stage.AS_BUILT, status.BUILT, MUNICIPALITY),
            (Stage.AS_MAINTAINED, status.IN_USE, OWNER),
        )
    ),
)  # fmt: skip
ACCEPTED_AS: Mapping[Lineage, tuple[tuple[Stage, str], ...]] = {
    Lineage.NONE: (),
    Lineage.PERMITTED: ((Stage.AS_DESIGNED, status.PERMITTED),),
    Lineage.CONSTRUCTION: ((Stage.AS_DESIGNED, status.COMMENCED), (Stage.AS_DESIGNED, status.PERMITTED)),
    Lineage.LIVING: ((Stage.AS_MAINTAINED, status.IN_USE), (Stage.AS_BUILT, status.BUILT)),
}


def rule_for(name: str, stage: Stage, code: str) -> Rule:
    """Return the rule `name` for a version of `stage` with the status `code`.

    Raises:
        NotFound: (transition) no such transition from there.
    """
    found = next((r for r in rules_from(stage, code) if r.name == name), None)
    if found is None:
        there = ", ".join(rule.name for rule in rules_from(stage, code)) or "none"
        raise NotFound(
            f"No transition of this name starts at {code} of {stage.value}.",
            reason="transition",
            entity=name[:40],
            hint=f"From there: {there}.",
        )
    return found


def rules_from(stage: Stage, code: str) -> tuple[Rule, ...]:
    """Return the transitions that start at a status of a stage."""
    return tuple(rule for rule in RULES if rule.stage is stage and code in rule.sources)
