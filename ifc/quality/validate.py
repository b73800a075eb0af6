"""Validation of one file: gate, syntax, schema, header and the rules of this package, each in a killable child."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ifc.ahead import compile_ahead
from ifc.checks import limited
from ifc.errors import IfcError, Reason
from ifc.findings import ReadFinding, Severity
from ifc.gate import MAX_FILE_BYTES, Admitted, admit
from ifc.quality import content, header, identity, place, references, structure
from ifc.quality.express import express_findings
from ifc.quality.subject import Subject
from ifc.reader import read_model
from ifc.source import parse
from ifc.step import StepText
from ifc.worker import Call, Limits, report_progress

VALIDATION_VERSION = "3"  # part of the key of kept reports: raise it when a rule changes
Rule = Callable[[Subject], Iterator[ReadFinding]]
RULES: tuple[Rule, ...] = (
    *header.RULES,
    *references.RULES,
    *identity.RULES,
    *structure.RULES,
    *place.RULES,
    *content.RULES,
)

_OURS = frozenset({"guid.duplicate", "guid.invalid"})  # the reader says these of elements, we of everything
_SYNTAX_HINT = "Export the file again; if it was edited by hand, correct this line."
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def validate_file(
    path: Path,
    limits: Limits = Limits(),  # noqa: B008 - a frozen value
    on_progress: Callable[[float, str], None] | None = None,
    *,
    express_rules: bool = True,
    max_bytes: int = MAX_FILE_BYTES,
) -> tuple[ReadFinding, ...]:
    """Return what is wrong with the IFC file at `path`, errors first.

    A file that is STEP but breaks its syntax is not refused: every line at fault is a finding. What could not be
    judged within the limits is a finding ``validation.not-judged``.

    Args:
        path: IFC2X3, IFC4 or IFC4X3 as STEP text or ifcZIP.
        limits: Seconds and memory of each child.
        on_progress: Is told a fraction (0 to 1) and a label as the work goes on.
        express_rules: Whether WHERE and global rules of the schema are judged too (about a second for a megabyte).
        max_bytes: Largest file, and largest model inside an archive.

    Raises:
        IfcReadError: The file is no IFC file at all, or (timeout, memory, crash) reading it was stopped.
    """
    found = Call(rule_findings, compile_ahead).run(limits, on_progress, path, max_bytes)
    if any(finding.rule == "syntax" for finding in found):
        return _sorted(found)
    return _sorted((*found, *schema_findings(path, limits, express_rules=express_rules, max_bytes=max_bytes)))


def rule_findings(path: Path, max_bytes: int = MAX_FILE_BYTES) -> tuple[ReadFinding, ...]:
    """Return what reading and the rules of this package find, in this process.

    Args:
        path: As in `validate_file`.
        max_bytes: As in `validate_file`.

    Raises:
        IfcReadError: The file is refused for another reason than its syntax.
    """
    admitted = admit(path, max_bytes)
    text = StepText(admitted.data)
    try:
        subject = _subject(path, max_bytes, admitted, text)
    except IfcError as error:
        faults = _faults(text, error) if error.reason in (Reason.SYNTAX, Reason.INTERNAL) else []
        if not faults:
            raise
        return tuple(limited([*admitted.findings, *faults]))
    found = [finding for finding in subject.model.findings if finding.rule not in _OURS]
    for number, rule in enumerate(RULES):
        report_progress(0.5 + number / (2 * len(RULES)), "Judging rules")
        found += rule(subject)
    return tuple(limited(found))


def _subject(path: Path, max_bytes: int, admitted: Admitted, text: StepText) -> Subject:
    model = read_model(path, max_bytes)
    with tempfile.TemporaryDirectory(prefix="kaksik-") as folder:
        copy = Path(folder, "model.ifc")
        copy.write_bytes(admitted.data)
        return Subject(admitted, text, parse(copy, admitted.schema), model)


def _faults(text: StepText, error: IfcError) -> list[ReadFinding]:
    found = [
        ReadFinding("syntax", Severity.ERROR, fault.message, _SYNTAX_HINT, None, fault.entity, fault.line)
        for fault in text.faults()
    ]
    own = ReadFinding("syntax", Severity.ERROR, error.message, error.hint, None, error.entity, error.line)
    return found or ([own] if error.reason is Reason.SYNTAX else [])


def schema_findings(
    path: Path, limits: Limits, *, express_rules: bool, max_bytes: int = MAX_FILE_BYTES
) -> tuple[ReadFinding, ...]:
    """Return what the EXPRESS schema says against the file, judged in a child, or that it could not be judged.

    Args:
        path: As in `validate_file`.
        limits: As in `validate_file`.
        express_rules: As in `validate_file`.
        max_bytes: As in `validate_file`.
    """
    with tempfile.TemporaryDirectory(prefix="kaksik-") as folder:
        copy = Path(folder, "model.ifc")
        copy.write_bytes(admit(path, max_bytes).data)
        try:
            return Call(express_findings).run(limits, None, copy, rules=express_rules, max_bytes=max_bytes)
        except IfcError as error:
            if not express_rules:
                return (_not_judged("Whether the file keeps to its EXPRESS schema", error),)
            missing = _not_judged("Whether the WHERE rules of its schema hold for the file", error)
    return (*schema_findings(path, limits, express_rules=False, max_bytes=max_bytes), missing)


def _not_judged(what: str, error: IfcError) -> ReadFinding:
    note = f"{what} could not be judged: {error.message}"
    return ReadFinding("validation.not-judged", Severity.WARNING, note, error.hint, None, "schema")


def _sorted(found: tuple[ReadFinding, ...]) -> tuple[ReadFinding, ...]:
    return tuple(sorted(found, key=lambda item: (_ORDER[item.severity], item.rule, item.line or 0)))
