"""What running an IDS file says."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MAX_REASONS = 10_000  # of one specification: more is one mistake made everywhere, and the count tells it


class Status(StrEnum):
    """The answer to one specification."""

    PASS = "pass"  # noqa: S105 - an answer, not a secret
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one element does not meet one requirement.

    Attributes:
        global_id: The element; empty for what has no GlobalId, such as a material.
        ifc_class: Its class.
        name: Its name.
        requirement: What was asked for.
        reason: Why it is not met.
    """

    global_id: str
    ifc_class: str
    name: str
    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class SpecificationResult:
    """The answer to one specification.

    Attributes:
        name: Of the specification.
        identifier: Of the specification.
        description: Of the specification.
        usage: ``required``, ``optional`` or ``prohibited``.
        status: The answer; `NOT_APPLICABLE` if it meets no element and need not.
        applicable: Number of elements that it is about.
        passed: Number of those that meet it.
        failed: Number of those that do not.
        reasons: One for each element and requirement, the first `MAX_REASONS`.
        reasons_left_out: Number of further reasons.
        for_schema: The specification is stated for the schema of the model; it is run in any case, as the official
            cases ask.
    """

    name: str
    identifier: str
    description: str
    usage: str
    status: Status
    applicable: int
    passed: int
    failed: int
    reasons: tuple[Reason, ...]
    reasons_left_out: int = 0
    for_schema: bool = True


@dataclass(frozen=True, slots=True)
class GateReport:
    """The answers of one IDS file about one model.

    Attributes:
        title: Of the IDS file.
        sha256: SHA-256 (hex) of the IDS file.
        schema: Of the model.
        specifications: In the order of the file.
    """

    title: str
    sha256: str
    schema: str
    specifications: tuple[SpecificationResult, ...]

    @property
    def passed(self) -> bool:
        """Say whether no specification fails."""
        return not any(item.status is Status.FAIL for item in self.specifications)

    def counts(self) -> dict[str, int]:
        """Return how many specifications have each answer."""
        found = [item.status for item in self.specifications]
        return {status.value: found.count(status) for status in Status}

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {"passed": self.passed, "counts": self.counts(), **asdict(self)}
