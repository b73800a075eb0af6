"""Elements whose shape the first kernel may get wrong without a word, so that the second one has to confirm it."""

import re
from collections import defaultdict

# Sections along a curve. Of the sectioned solid the first kernel is known to mirror the profile: its x axis points to
# the right of the curve, where buildingSMART (IFC4.x-IF 147) and the second kernel have it on the left.
CLASSES = frozenset(
    {
        b"IFCDIRECTRIXDERIVEDREFERENCESWEPTAREASOLID",
        b"IFCFIXEDREFERENCESWEPTAREASOLID",
        b"IFCINCLINEDREFERENCESWEPTAREASOLID",
        b"IFCSECTIONEDSOLID",
        b"IFCSECTIONEDSOLIDHORIZONTAL",
        b"IFCSECTIONEDSPINE",
        b"IFCSECTIONEDSURFACE",
        b"IFCSURFACECURVESWEPTAREASOLID",
    }
)

_MARKS = (b"IFCSECTIONEDS", b"REFERENCESWEPTAREASOLID", b"IFCSURFACECURVESWEPTAREASOLID")
_STATEMENT = re.compile(rb"#(\d{1,18})\s*=\s*(\w+)\s*((?:[^';]|'[^']*')*);")
_REFERENCE = re.compile(rb"'[^']*'|#(\d{1,18})")


def unsure_ids(data: bytes) -> frozenset[int]:
    """Return the STEP numbers of all that is built upon one of `CLASSES`, the elements among them.

    Args:
        data: Plain STEP text, names of classes in capitals as the standard has them.
    """
    if not any(mark in data for mark in _MARKS):
        return frozenset()
    users: dict[int, list[int]] = defaultdict(list)
    waiting: list[int] = []
    for statement in _STATEMENT.finditer(data):
        number = int(statement[1])
        if statement[2] in CLASSES:
            waiting.append(number)
        for reference in _REFERENCE.finditer(statement[3]):
            if reference[1]:
                users[int(reference[1])].append(number)
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += users.get(number, ())
    return frozenset(found)
