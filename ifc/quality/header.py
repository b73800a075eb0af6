"""Header policy: what the file must say of itself."""

import re
from collections.abc import Iterator
from datetime import datetime

from ifc.findings import ReadFinding, Severity
from ifc.quality.subject import Subject
from ifc.step import arguments

_VIEW = re.compile(r"ViewDefinition\s*\[[^\]]+\]")
_LEVEL = "2;1"  # ISO 10303-21: conformance class of files without anything that IFC does not use


def view(subject: Subject) -> Iterator[ReadFinding]:
    """FILE_DESCRIPTION names the model view definition."""
    if not _VIEW.search(subject.model.header.view):
        yield subject.of_header(
            "FILE_DESCRIPTION",
            "header.view",
            Severity.WARNING,
            "The header does not name the model view definition for which the model was exported.",
            "Choose an export set-up with a view, such as Reference View or Coordination View.",
        )


def level(subject: Subject) -> Iterator[ReadFinding]:
    """FILE_DESCRIPTION states implementation level 2;1."""
    items = arguments(subject.text.header("FILE_DESCRIPTION") or b"")
    stated = items[1].strip(b"'").decode("ascii", "replace") if len(items) > 1 else ""
    if stated != _LEVEL:
        yield subject.of_header(
            "FILE_DESCRIPTION",
            "header.level",
            Severity.WARNING,
            f"The implementation level is {stated[:20]!r} instead of '{_LEVEL}'.",
            "This is a fault of the exporter: update it, or tell its maker.",
        )


def time_stamp(subject: Subject) -> Iterator[ReadFinding]:
    """FILE_NAME holds the time of the export."""
    stamp = subject.model.header.time_stamp
    try:
        datetime.fromisoformat(stamp)
    except ValueError:
        yield subject.of_header(
            "FILE_NAME",
            "header.time-stamp",
            Severity.WARNING,
            f"The time stamp {stamp[:40]!r} is not a time as ISO 8601 writes it.",
            "This is a fault of the exporter: update it, or tell its maker.",
        )


def originating_system(subject: Subject) -> Iterator[ReadFinding]:
    """FILE_NAME names the authoring tool and the exporter."""
    header = subject.model.header
    for value, name, attribute in (
        (header.originating_system, "authoring tool", "originating_system"),
        (header.preprocessor, "exporter", "preprocessor_version"),
    ):
        if not value.strip():
            yield subject.of_header(
                "FILE_NAME",
                "header.tool",
                Severity.WARNING,
                f"The header does not name the {name} ({attribute}).",
                "Export again with a tool that states its name and version.",
            )


RULES = (view, level, time_stamp, originating_system)
