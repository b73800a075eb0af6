"""An application for a building permit and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    REVISION_REQUESTED = "revision_requested"
    GRANTED = "granted"
    REFUSED = "refused"


class Act(StrEnum):
    """What people do to an application; each is one entry of the journal."""

    OPEN = "open"
    PLAN = "plan"
    SUBMIT = "submit"
    REVIEW = "review"
    JUSTIFY = "justify"
    DECIDE = "decide"
    REQUEST_REVISION = "request_revision"
    GRANT = "grant"
    REFUSE = "refuse"


class Ruling(StrEnum):
    """What an officer says of one finding."""

    ACCEPTED = "accepted"  # it does not stand in the way: judged by a person, or the justification holds
    UPHELD = "upheld"  # it stands in the way


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of one finding.

    Attributes:
        actor: Who.
        time: RFC 3339 time, UTC.
        text: The words.
        ruling: Of an officer; None for a justification of the applicant.
    """

    actor: str
    time: str
    text: str
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What was frozen when an application was submitted.

    Attributes:
        number: From 1.
        time: RFC 3339 time, UTC.
        version: ``building/stage/number`` of the model.
        content_sha256: Digest of the records of that version.
        plan_sha256: Bytes of the plan areas, or None if there were none.
        parcels_sha256: Bytes of the parcels, or None if there were none.
        packs: Identifier, version and SHA-256 of every rule pack.
        frozen_sha256: Bytes of the permit report, the gate report and the identifiers of the findings.
        open_findings: Identifiers of the findings that ask for something.
    """

    number: int
    time: str
    version: str
    content_sha256: str
    plan_sha256: str | None
    parcels_sha256: str | None
    packs: tuple[Mapping[str, str], ...]
    frozen_sha256: str
    open_findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """An application as its journal tells it.

    Attributes:
        application_id: Its name.
        building_id: What it is about.
        applicant: Who opened it.
        opened: RFC 3339 time, UTC.
        state: Where it stands.
        plan_sha256: Plan areas that came with it, or None: those of the district hold.
        parcels_sha256: Parcels that came with it, or None.
        submissions: In their order.
        justifications: By submission and finding.
        rulings: By submission and finding, in their order; the last one holds.
        history: Every act: time, actor, act, message.
    """

    application_id: str
    building_id: str
    applicant: str
    opened: str
    state: State = State.DRAFT
    plan_sha256: str | None = None
    parcels_sha256: str | None = None
    submissions: tuple[Submission, ...] = ()
    justifications: Mapping[tuple[int, str], tuple[Said, ...]] = field(default_factory=dict)
    rulings: Mapping[tuple[int, str], tuple[Said, ...]] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """Return the open findings of the last submission that no officer has ruled on."""
        last = self.submissions[-1]
        return tuple(i for i in last.open_findings if (last.number, i) not in self.rulings)

    @property
    def upheld(self) -> tuple[str, ...]:
        """Return the findings of the last submission that stand in the way."""
        last = self.submissions[-1].number
        return tuple(
            finding for (number, finding), said in self.rulings.items()
            if number == last and said[-1].ruling is Ruling.UPHELD
        )  # fmt: skip
