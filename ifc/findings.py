"""What reading noticed and did not refuse."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to the person who must act on it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """One thing that is odd in a file.

    Attributes:
        rule: Stable identifier, such as ``guid.duplicate``.
        severity: How much it matters.
        message: One sentence for a person.
        hint: What to change in the authoring tool.
        global_id: The element concerned, if there is one.
        entity: The STEP instance, such as ``#12 IfcWall``.
        line: The line in the file, counted from 1.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    global_id: str | None = None
    entity: str | None = None
    line: int | None = None
