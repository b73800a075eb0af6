"""What the energy wing noticed and did not refuse."""

from dataclasses import dataclass
from typing import Any

from ifc import Severity


@dataclass(frozen=True, slots=True)
class EnergyFinding:
    """One thing that a person should know of an energy answer.

    Attributes:
        rule: Stable identifier, such as ``energy.u-missing``.
        severity: How much it matters.
        message: One sentence for a person.
        hint: What to change.
        elements: GlobalIds concerned, sorted.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    elements: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "message": self.message,
            "hint": self.hint,
            "elements": list(self.elements),
        }
