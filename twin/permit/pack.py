"""Rule packs: one act or standard in one version, as data.

A pack is a JSON file. Its shape is checked against `packs/schema.json`; the tests, units, parameters and arguments
that it names are checked against the registry. Whatever is wrong is said with the rule and the line.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

from twin.errors import InvalidInput
from twin.permit.registry import REGISTRY
from twin.permit.subject import Parameters, TestSpec
from twin.permit.values import SourceStatus

UNITS: Mapping[str, tuple[str, float]] = {  # UCUM unit of a pack -> (UCUM unit of the tests, factor)
    "m": ("m", 1.0),
    "cm": ("m", 0.01),
    "mm": ("m", 0.001),
    "m2": ("m2", 1.0),
    "1": ("1", 1.0),
    "%": ("1", 0.01),
    "m3": ("m3", 1.0),
    "min": ("min", 1.0),
    "W/(m2.K)": ("W/(m2.K)", 1.0),
}
MAX_BYTES = 4 * 1024 * 1024  # a pack is text written by people
BUNDLED = "packs"
STATUS_ORDER = (SourceStatus.VERIFIED, SourceStatus.SECONDARY, SourceStatus.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack.

    Attributes:
        rule_id: Identifier, unique in its pack.
        title: In Estonian, English and French.
        clause: The clause it implements.
        use_code_prefixes: The uses that it applies to, as prefixes of the use code; empty for every use.
        spec: The test that it runs.
        parameters: Numbers (SI) and arguments of the test.
        source_status: The weakest status of the rule and its parameters.
        confidence_note: Where the rule and its numbers come from, and what is not certain.
        advice: What to change when it is not kept, in Estonian, English and French.
    """

    rule_id: str
    title: Mapping[str, str]
    clause: str
    use_code_prefixes: tuple[str, ...]
    spec: TestSpec
    parameters: Parameters
    source_status: SourceStatus
    confidence_note: str
    advice: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pack:
    """One act or standard in one version.

    Attributes:
        pack_id: Identifier.
        title: In Estonian, English and French.
        act: The act or standard.
        version: Version of the pack.
        valid_from: Day (ISO 8601) from which the act's wording is in force, or of its publication where only that is
            known.
        rules: Its rules.
        sha256: SHA-256 (hex) of the file.
    """

    pack_id: str
    title: Mapping[str, str]
    act: str
    version: str
    valid_from: str
    rules: tuple[Rule, ...]
    sha256: str


def bundled_packs() -> tuple[Pack, ...]:
    """Return the packs that come with the program, in order of their file names."""
    folder = files("twin.permit") / BUNDLED
    names = sorted(
        item.name for item in folder.iterdir() if item.name.endswith(".json") and item.name != "schema.json"
    )
    return tuple(load_pack((folder / name).read_bytes(), name) for name in names)


def load_pack(data: bytes, name: str) -> Pack:
    """Read and check a rule pack.

    Args:
        data: The bytes of the file, UTF-8 JSON.
        name: Its name, for the errors.

    Returns:
        The pack, its tests bound and its parameters in SI units.

    Raises:
        InvalidInput: (pack-json, pack-schema, pack-test, pack-unit, pack-parameter, pack-argument, pack-duplicate)
            the pack cannot be used; the error names the rule and the line.
    """
    text, document = _parse(data, name)
    source = _Source(name, text)
    _validate(document, source)
    _refuse_repeated(document["rules"], source)
    rules = tuple(_rule(raw, _RuleSource(source, index, raw["id"])) for index, raw in enumerate(document["rules"]))
    return Pack(
        document["id"],
        document["title"],
        document["act"],
        document["version"],
        document["valid_from"],
        rules,
        hashlib.sha256(data).hexdigest(),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    text: str

    def rule_start(self, index: int) -> int:
        """Return the offset at which the rule with this index starts, or 0."""
        match = re.search(r'"rules"\s*:\s*\[', self.text)
        offset, decoder = (match.end() if match else 0), json.JSONDecoder()
        for _ in range(index):
            offset = self._skip(offset)
            _value, offset = decoder.raw_decode(self.text, offset)
        return self._skip(offset)

    def line_of(self, index: int | None, word: str) -> int:
        """Return the line of a quoted word in a rule, or of the rule, or 1; lines count from 1."""
        start = 0 if index is None else self.rule_start(index)
        found = self.text.find(json.dumps(word, ensure_ascii=False), start)
        return self.text.count("\n", 0, found if found >= 0 else start) + 1

    def _skip(self, offset: int) -> int:
        match = re.compile(r"[\s,]*").match(self.text, offset)
        return match.end() if match else offset


@dataclass(frozen=True, slots=True)
class _RuleSource:
    source: _Source
    index: int
    rule_id: str

    def refuse(self, message: str, reason: str, word: str, hint: str) -> NoReturn:
        line = self.source.line_of(self.index, word)
        raise InvalidInput(
            f"Rule '{self.rule_id}' in {self.source.name}, line {line}: {message}",
            reason=reason,
            hint=hint,
            entity=self.rule_id,
            line=line,
        )


def _parse(data: bytes, name: str) -> tuple[str, Any]:
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"{name} has {len(data)} bytes.", reason="pack-json", hint=f"Keep it under {MAX_BYTES}.")
    try:
        text = data.decode("utf-8-sig")
        return text, json.loads(text)
    except json.JSONDecodeError as error:
        message = f"{name} is not JSON, line {error.lineno}: {error.msg}."
        raise InvalidInput(message, reason="pack-json", hint="Correct the text.", line=error.lineno) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"{name} is not JSON in UTF-8.", reason="pack-json", hint="Save it as UTF-8.") from error


def _validate(document: Any, source: _Source) -> None:
    schema = json.loads((files("twin.permit") / BUNDLED / "schema.json").read_text(encoding="utf-8"))
    error = min(
        Draft202012Validator(schema).iter_errors(document), key=lambda e: [str(p) for p in e.path], default=None
    )
    if error is None:
        return
    path = list(error.absolute_path)
    index = path[1] if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int) else None
    rule = document["rules"][index] if index is not None else {}
    rule_id = str(rule.get("id", f"rules[{index}]")) if isinstance(rule, dict) and index is not None else None
    words = [str(part) for part in path if isinstance(part, str) and part != "rules"]
    line = source.line_of(index, words[-1] if words else "id")
    where = f"rule '{rule_id}'" if rule_id else "the pack"
    raise InvalidInput(
        f"{source.name}, line {line}: {where} is not a rule pack at {'/'.join(map(str, path)) or 'the top'}: "
        f"{error.message}",
        reason="pack-schema",
        hint="Compare it with packs/schema.json.",
        entity=rule_id,
        line=line,
    )


def _refuse_repeated(rules: list[dict[str, Any]], source: _Source) -> None:
    seen: set[str] = set()
    for index, raw in enumerate(rules):
        if raw["id"] in seen:
            _RuleSource(source, index, raw["id"]).refuse(
                "it stands twice.", "pack-duplicate", raw["id"], "Give every rule its own id."
            )
        seen.add(raw["id"])


def _rule(raw: dict[str, Any], source: _RuleSource) -> Rule:
    test = raw["requirement"]["test"]
    spec = REGISTRY.get(test)
    if spec is None:
        source.refuse(
            f"there is no test '{test}'.", "pack-test", test, f"Known tests: {', '.join(sorted(REGISTRY))}."
        )
    stated: dict[str, Any] = raw.get("parameters", {})
    statuses = [SourceStatus(raw["source_status"])]
    statuses += [SourceStatus(entry["source_status"]) for entry in stated.values() if "source_status" in entry]
    return Rule(
        raw["id"],
        raw["title"],
        raw["clause"],
        tuple(raw.get("applicability", {}).get("use_code_prefixes", ())),
        spec,
        Parameters(
            _numbers(stated, spec, source),
            _arguments(raw["requirement"].get("arguments", {}), spec, source),
            {name: UNITS[entry["unit"]][0] for name, entry in stated.items()},
        ),
        max(statuses, key=STATUS_ORDER.index),
        raw["confidence_note"],
        raw["advice"],
    )


def _numbers(stated: Mapping[str, Any], spec: TestSpec, source: _RuleSource) -> dict[str, float]:
    _same_names(set(stated), set(spec.units), "parameter", source)
    numbers: dict[str, float] = {}
    for name, entry in stated.items():
        unit, factor = UNITS.get(entry["unit"], ("", 0.0))
        if not unit or spec.units[name] not in {unit, "*"}:
            source.refuse(
                f"'{name}' is in '{entry['unit']}', the test takes {spec.units[name]}.",
                "pack-unit",
                entry["unit"],
                f"Known UCUM units: {', '.join(UNITS)}.",
            )
        numbers[name] = float(entry["value"]) * factor
    return numbers


def _arguments(stated: Mapping[str, Any], spec: TestSpec, source: _RuleSource) -> dict[str, Any]:
    _same_names(set(stated), set(spec.arguments), "argument", source)
    for name, value in stated.items():
        wanted = spec.arguments[name]
        if not isinstance(value, wanted) or (isinstance(value, list) and not all(isinstance(i, str) for i in value)):
            source.refuse(f"argument '{name}' is not a {wanted.__name__}.", "pack-argument", name, "Correct it.")
        if name == "pattern":
            _require_pattern(str(value), source)
    return dict(stated)


def _require_pattern(pattern: str, source: _RuleSource) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        source.refuse(f"the pattern cannot be used: {error}.", "pack-argument", "pattern", "Correct the pattern.")


def _same_names(stated: set[str], wanted: set[str], what: str, source: _RuleSource) -> None:
    for name in sorted(stated - wanted):
        known = ", ".join(sorted(wanted)) or "none"
        source.refuse(f"the test has no {what} '{name}'.", f"pack-{what}", name, f"It takes: {known}.")
    for name in sorted(wanted - stated):
        source.refuse(f"the {what} '{name}' is missing.", f"pack-{what}", source.rule_id, f"Add '{name}'.")
