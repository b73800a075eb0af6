"""Read the statements of a disclosed element back to the record that was sealed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ifc import ElementRecord, IfcError, record_from_form
from twin.errors import InvalidInput
from twin.sealing import statements as lines_of

_LINE = re.compile(r'<([^<>]*)> <([^<>]*)> (?:<([^<>]*)>|"((?:[^"\\]|\\.)*)"(?:\^\^<([^<>]*)>)?) \.')
_ESCAPED = re.compile(r"\\(?:u[0-9A-F]{4}|.)")
_RAW = {escape: chr(code) for code, escape in lines_of.ESCAPES.items()}
_MEMBERS = {segment: member for member, segment in lines_of.MEMBERS.items()}
_FOREIGN = (IfcError, KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class _Leaf:
    text: str
    datatype: str  # empty for a plain text; "@id" for an IRI


_Node = _Leaf | dict[str, Any]


def record_of(building_id: str, lines: Collection[str]) -> ElementRecord:
    """Return the record whose statements are `lines`.

    Raises:
        InvalidInput: (statement) the lines are not what `statements_of` writes.
    """
    elements = f"{lines_of.building_iri(building_id)}:element:"
    try:
        tree: dict[str, Any] = {}
        for line in lines:
            _insert(tree, line)
        form = {_MEMBERS[segment]: _member(_MEMBERS[segment], node, elements) for segment, node in tree.items()}
        record = record_from_form(form)
        same = lines_of.statements_of(building_id, record) == sorted(lines)
    except _FOREIGN as error:
        raise InvalidInput("The statements are not those of an element.", reason="statement") from error
    if not same:
        raise InvalidInput("The statements are not in their one spelling.", reason="statement")
    return record


def statement_of(line: str) -> tuple[str, str]:
    """Return the path and the value, as a person reads them, of one statement.

    Raises:
        InvalidInput: (statement) the line is not what `statements_of` writes.
    """
    match = _LINE.fullmatch(line)
    if match is None or not match[2].startswith(lines_of.NS):
        raise InvalidInput("The statement is not one of an element.", reason="statement")
    path = "/".join(unquote(part) for part in match[2].removeprefix(lines_of.NS).split("/"))
    if match[3] is not None:
        return path, match[3]
    return path, _ESCAPED.sub(lambda escape: _RAW.get(escape[0], escape[0]), match[4])


def _insert(tree: dict[str, Any], line: str) -> None:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(line)
    *path, last = match[2].removeprefix(lines_of.NS).split("/")
    for segment in path:
        tree = tree.setdefault(segment, {})
    if match[3] is not None:
        tree[last] = _Leaf(match[3], "@id")
    else:
        tree[last] = _Leaf(_ESCAPED.sub(lambda escape: _RAW[escape[0]], match[4]), match[5] or "")


def _member(member: str, node: Any, elements: str) -> Any:
    if member in lines_of.VALUE_DEPTH:
        return _containers(node, lines_of.VALUE_DEPTH[member])
    if member == "placement":
        return [float(number) for number in node.text.split()]
    if member == "materials":
        return [_material(part) for part in _items(node)]
    if member == "relations":
        return [_relation(part, elements) for part in _items(node)]
    if member == "references":
        return [{key: _bare(leaf) for key, leaf in part.items()} for part in _items(node)]
    return _bare(node)


def _material(part: Mapping[str, Any]) -> dict[str, Any]:
    depths = lines_of.MATERIAL_DEPTH
    return {key: _containers(node, depths[key]) if key in depths else _bare(node) for key, node in part.items()}


def _relation(part: Mapping[str, Any], elements: str) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for key, node in part.items():
        if key == "detail":
            form["detail"] = _containers(node, 1)
        else:
            form |= {"kind": key, "target": unquote(node.text.removeprefix(elements))}
    return form


def _items(node: Mapping[str, Any]) -> list[Any]:
    return [node[key] for key in sorted(node, key=lambda key: int(key.removeprefix("!")))]


def _containers(node: _Node, depth: int) -> dict[str, Any]:
    if isinstance(node, _Leaf):
        return {}
    inner = {unquote(key): item for key, item in node.items()}
    return {key: _containers(item, depth - 1) if depth > 1 else _value(item) for key, item in inner.items()}


def _value(node: _Node) -> Any:
    """Return the tagged value of the canonical form."""
    if isinstance(node, dict):
        is_list = all(key.startswith("!") for key in node)
        return [_value(item) for item in _items(node)] if is_list else {"m": _containers(node, 1)}
    if node.datatype.startswith(lines_of.MEASURE):
        number, _, unit = node.text.partition(" ")
        return {"v": float(number), "u": unit, "k": unquote(node.datatype.removeprefix(lines_of.MEASURE))}
    if node.datatype == lines_of.DOUBLE:
        return {"f": float(node.text)}
    return {"m": {}} if node.datatype == lines_of.EMPTY_MAP else _bare(node)


def _bare(leaf: _Leaf) -> Any:
    """Return the untagged JSON value."""
    match leaf.datatype:
        case "":
            return leaf.text
        case lines_of.NULL:
            return None
        case lines_of.EMPTY_LIST:
            return []
        case lines_of.BOOLEAN:
            return leaf.text == "true"
        case lines_of.INTEGER:
            return int(leaf.text)
        case lines_of.DOUBLE:
            return float(leaf.text)
    raise ValueError(leaf.datatype)
