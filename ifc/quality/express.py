"""EXPRESS schema and WHERE rules, judged by ifcopenshell.validate, said as findings with line and hint."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.validate

from ifc.checks import MAX_FINDINGS_PER_RULE
from ifc.findings import ReadFinding, Severity
from ifc.gate import MAX_FILE_BYTES, admit
from ifc.quality.where_runner import VIOLATED, assertions_explained
from ifc.step import StepText

MAX_WORDS = 200  # characters of a value or message of the judge that a person is shown

_RULE = re.compile(r"Rule ([\w.]+)")
_HEADER = re.compile(
    r"For instance:\s*(FILE_\w+).*Attribute '(\w+)' has invalid type:.*Current value type: (.*)", re.DOTALL
)
_VALUE = re.compile(r"\nValue:\s*(.*?)\s*Not valid", re.DOTALL)
_NUMBER = re.compile(r"#(\d+)(?:\s*=\s*(\w+))?")
_OURS = ("Rule IfcRoot.UR1", "IfcGloballyUniqueId", "Instance reference")  # rules of our own say more of these
_KINDS = (  # (what the message begins with, rule, sentence, hint)
    ("Attribute not optional", "schema.required", "The attribute {attribute} must have a value.",
     "Fill it in the authoring tool; if it cannot be filled there, the exporter is at fault."),
    ("An enumeration literal", "schema.value", "The value is none of the choices that the schema gives. {message}",
     "Choose a value of the list in the authoring tool; if it offers others, the exporter is at fault."),
    ("With inverse", "schema.inverse", "Too few or too many relations stand behind {attribute}.",
     "Relate the object once: a wrong number of relations comes from joined or edited files."),
    ("With attribute", "schema.type", "The value {value} of {attribute} is not of the declared type.",
     "Correct the value; if the authoring tool does not show it, the exporter is at fault."),
    ("Entity with name", "schema.unknown-class", "The class is not in the schema. {message}",
     "Choose the schema that the classes belong to, or export the objects under another class."),
    ("Entity ", "schema.abstract", "The class is abstract: no object can be of it.",
     "Choose the class that the object really is in the export set-up."),
    ("Expected ", "schema.arguments", "The statement has a wrong number of attributes. {message}",
     "The exporter wrote another version of the schema than it declares: update it, or change the schema."),
)  # fmt: skip


class Collector(ifcopenshell.validate.json_logger):  # type: ignore[misc]
    """Takes what the judge says and keeps a bounded number for each rule.

    Args:
        line_of: Line of a STEP number.
    """

    def __init__(self, line_of: Callable[[int], int | None]) -> None:
        super().__init__()
        self.kept: list[ReadFinding] = []
        self.seen: Counter[str] = Counter()
        self.unjudged = 0
        self.broken: Counter[str] = Counter()
        self._line_of = line_of

    def log(self, level: str, message: str, *args: object) -> None:
        """Take one statement of the judge."""
        text = str(message % args if args else message)
        if level == "info":  # the judge ran out of recursion on this instance
            self.unjudged += 1
        elif self.state.get("type") != "schema" and VIOLATED not in text:
            self.broken[str(self.state.get("attribute"))] += 1
        elif not any(mark in text for mark in _OURS):
            self._keep(text)

    def _keep(self, text: str) -> None:
        header = _HEADER.search(text)
        rule, sentence, hint = _of_header(header) if header else _explained(text, self.state)
        self.seen[rule] += 1
        if self.seen[rule] > MAX_FINDINGS_PER_RULE:
            return
        severity = Severity.WARNING if header else Severity.ERROR
        number, entity = (None, header[1]) if header else _entity(self.state.get("instance"), text)
        line = None if number is None else self._line_of(number)
        self.kept.append(ReadFinding(rule, severity, sentence, hint, None, entity, line))

    def findings(self) -> tuple[ReadFinding, ...]:
        """Return what was kept, and for every rule with more how many more."""
        more = {rule: count - MAX_FINDINGS_PER_RULE for rule, count in self.seen.items()}
        rest = [
            ReadFinding(rule, Severity.ERROR, f"{count} more of the same kind.", "See the others of this rule.")
            for rule, count in more.items()
            if count > 0
        ]
        if self.unjudged:
            rest.append(_not_judged(f"{self.unjudged} rules of the schema met data nested too deeply to be judged."))
        rest += [
            _not_judged(f"The rule {rule} of the schema broke down on {count} instances: nobody knows if it holds.")
            for rule, count in sorted(self.broken.items())
        ]
        return (*self.kept, *rest)


def express_findings(path: Path, *, rules: bool, max_bytes: int = MAX_FILE_BYTES) -> tuple[ReadFinding, ...]:
    """Return what the EXPRESS schema says against a file; to be run in a child: the judge recurses and is slow.

    Args:
        path: Plain STEP file with a schema token that the parser knows.
        rules: Whether WHERE and global rules are judged too.
        max_bytes: Largest file.
    """
    text = StepText(admit(path, max_bytes).data)
    collector = Collector(text.line_of)
    with assertions_explained():
        ifcopenshell.validate.validate(str(path), collector, express_rules=rules)
    return collector.findings()


def _not_judged(message: str) -> ReadFinding:
    hint = "What is not judged is not passed: judge it with another tool, or mend what stands in the way."
    return ReadFinding("validation.not-judged", Severity.WARNING, message, hint, None, "schema")


def _of_header(match: re.Match[str]) -> tuple[str, str, str]:
    what = "empty" if "EMPTY" in match[3] else "not of the declared type"
    sentence = f"The header attribute {match[2]} of {match[1]} is {what}."
    return "header.value", sentence, "Fill in author and organization in the export set-up of the authoring tool."


def _explained(text: str, state: Mapping[str, Any]) -> tuple[str, str, str]:
    attribute = str(state.get("attribute") or "an attribute")
    if state.get("type") != "schema":
        sentence = f"The rule {attribute} of the schema does not hold: {_short(text.partition('Violated by')[0])}"
        return (
            f"schema.rule.{attribute}",
            sentence,
            "Look up the rule in the IFC documentation; mend or update the exporter.",
        )
    where = _RULE.search(text)
    for start, rule, sentence, hint in _KINDS:
        if text.startswith(start):
            value = _VALUE.search(text)
            shown = {"attribute": attribute, "value": _short(value[1] if value else ""), "message": _short(text)}
            return rule, sentence.format(**shown), hint
    if where:
        return f"schema.rule.{where[1]}", f"The rule {where[1]} of the schema does not hold.", _KINDS[0][3]
    return "schema.other", _short(text), "The exporter writes what the schema forbids: update it, or tell its maker."


def _short(text: str) -> str:
    return " ".join("".join(itertools.islice(text, 4 * MAX_WORDS)).split())[:MAX_WORDS]


def _entity(instance: Any, text: str) -> tuple[int | None, str | None]:
    if isinstance(instance, ifcopenshell.entity_instance):
        return instance.id() or None, f"#{instance.id()} {instance.is_a()}"
    found = _NUMBER.search(str(instance or "") or text)
    return (int(found[1]), f"#{found[1]} {found[2] or ''}".strip()) if found else (None, None)
