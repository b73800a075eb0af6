"""Find the reason codes of errors in the source, each with one sentence that goes with it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

PACKAGES = ("api", "graph", "ifc", "signatures", "twin")
CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
# Functions that take the code by position.
HELPERS = ("refuse", "refusal", "_refusal", "_invalid", "_fail", "_refused")
RAISES = re.compile(r"^\s*(?:\w*Error|InvalidInput|NotFound|Conflict|QueryRefused): \(([a-z0-9, -]+)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """A reason code.

    Attributes:
        code: The code.
        package: The package that raises it.
        sentence: A sentence with which it is raised, or an empty text.
    """

    code: str
    package: str
    sentence: str


def known_reasons(root: Path) -> list[Known]:
    """Return the reason codes of all packages, sorted; one row for a code and package."""
    found: dict[tuple[str, str], str] = {}
    for package in PACKAGES:
        enum = {member.name: str(member.value) for member in getattr(_errors(package), "Reason", ())}
        for code in enum.values():
            found[(code, package)] = ""
        for file in sorted((root / package).rglob("*.py")):
            for code, sentence in _in_tree(ast.parse(file.read_text(encoding="utf-8")), enum):
                found[(code, package)] = found.get((code, package), "") or sentence
    return sorted(Known(code, package, sentence) for (code, package), sentence in found.items())


def _errors(package: str) -> object:
    return import_module(f"{package}.errors")


def _in_tree(tree: ast.AST, enum: dict[str, str]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node, enum)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for match in RAISES.finditer(ast.get_docstring(node) or ""):
                yield from ((code, "") for code in match[1].split(", ") if CODE.fullmatch(code))


def _in_call(node: ast.Call, enum: dict[str, str]) -> Iterator[tuple[str, str]]:
    sentence = next((text for argument in node.args[:2] if (text := _text(argument)).endswith(".")), "")
    for keyword in node.keywords:
        if keyword.arg == "reason":
            yield from ((code, sentence) for code in _codes(keyword.value, enum))
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in HELPERS:
        yield from [(code, sentence) for argument in node.args for code in _codes(argument, enum)][:1]


def _codes(node: ast.expr, enum: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_codes(node.body, enum), *_codes(node.orelse, enum))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.Attribute) and node.attr in enum:
        yield enum[node.attr]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in node.values)
    return ""
