"""Status of an information container, by ISO 19650-2 (UK National Annex, 2021 edition).

Codes that were withdrawn since 2018 are known, so that an old record can be read, but no version gets one. What the
numbers of ``An`` mean is a project's choice: here they follow the plan of work, so A3 is the permit, A5 the basis of
construction, A6 the record of what was built (the annex itself puts A6 in place of CR) and A7 operation.
"""

import re
from enum import StrEnum

from twin.errors import InvalidInput

CODE = re.compile(r"S[0-7]|[AB][1-9][0-9]?|CR|archived")
WITHDRAWN = {"S6": "A6", "S7": "A7", "CR": "A6"}  # 2018 code -> 2021 code


class Container(StrEnum):
    """Where a container stands in the common data environment."""

    WORK_IN_PROGRESS = "work in progress"
    SHARED = "shared"
    PUBLISHED = "published"
    ARCHIVE = "archive"


BEGIN = "S0"  # what every version has when it arrives
REVIEW = "S4"  # for review and authorization
PERMITTED = "A3"
COMMENCED = "A5"
BUILT = "A6"
IN_USE = "A7"
ARCHIVED = "archived"  # revoked or superseded; the annex has a state for it and no code


def check_status(code: str) -> str:
    """Return `code` if a version may get it.

    Raises:
        InvalidInput: (status) no such code, or one that the 2021 edition withdrew.
    """
    if not CODE.fullmatch(code):
        raise InvalidInput(
            "There is no such status.", reason="status", entity=code[:20], hint="S0 to S5, A1 and up, archived."
        )
    if code in WITHDRAWN or code[0] == "B":
        raise InvalidInput(
            "The 2021 edition withdrew this status.",
            reason="status",
            entity=code,
            hint=f"Use {WITHDRAWN[code]}." if code in WITHDRAWN else "Sign in full (An), or share again (S4).",
        )
    return code


def container_of(code: str) -> Container:
    """Return the state of a container with this status."""
    if code == ARCHIVED:
        return Container.ARCHIVE
    if code == BEGIN:
        return Container.WORK_IN_PROGRESS
    return Container.SHARED if code[0] == "S" else Container.PUBLISHED
