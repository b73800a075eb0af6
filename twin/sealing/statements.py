"""A record as canonical N-Quads, one way and back.

Every member of the canonical form becomes one line about the element, and the lines can be read back to the same
form; so two records with different canonical forms never have the same lines. No blank node occurs: order and
nesting are kept in the predicate, whose path segments are percent-encoded keys or ``!n`` for the n-th of a list::

    <urn:kaksik:building:1…:element:2O2…> <urn:kaksik:ns:propertySet/Pset_WallCommon/FireRating> "REI 60" .
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import rfc8785

from ifc import ElementRecord, IfcError, canonical_form
from twin.errors import InvalidInput

NS = "urn:kaksik:ns:"
XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGER, DOUBLE, BOOLEAN = f"{XSD}integer", f"{XSD}double", f"{XSD}boolean"
NULL, EMPTY_LIST, EMPTY_MAP = f"{NS}null", f"{NS}emptyList", f"{NS}emptyMap"
MATRIX = f"{NS}matrix"  # row-major numbers with a space between
MEASURE = f"{NS}measure/"  # followed by the IFC measure; the text is "<number> <UCUM unit>"

MEMBERS: Mapping[str, str] = {  # member of the canonical form -> first segment of the predicate
    "global_id": "globalId",
    "ifc_class": "ifcClass",
    "name": "name",
    "description": "description",
    "object_type": "objectType",
    "predefined_type": "predefinedType",
    "geometry_digest": "geometrySha256",
    "attributes": "attribute",
    "placement": "placement",
    "property_sets": "propertySet",
    "quantity_sets": "quantitySet",
    "materials": "material",
    "references": "reference",
    "relations": "relation",
}
VALUE_DEPTH: Mapping[str, int] = {"attributes": 1, "property_sets": 2, "quantity_sets": 2}
MATERIAL_DEPTH: Mapping[str, int] = {"attributes": 1, "properties": 2}
ESCAPES: Mapping[int, str] = {code: f"\\u{code:04X}" for code in [*range(0x20), 0x7F]} | {
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}
_NEEDS_ESCAPE = re.compile(r"[\x00-\x1f\x7f\"\\]")
_PLAIN_FLOATS = (1e-4, 1e15)  # between these, Python and RFC 8785 write the same digits


def building_iri(building_id: str) -> str:
    """Return the IRI of a building."""
    return f"urn:kaksik:building:{quote(building_id, safe='')}"


def element_iri(building_id: str, global_id: str) -> str:
    """Return the IRI of an element, the subject of its statements."""
    return f"{building_iri(building_id)}:element:{quote(global_id, safe='')}"


def statements_of(building_id: str, record: ElementRecord) -> list[str]:
    """Return the sorted canonical N-Quads lines of `record`, without line ends.

    Raises:
        InvalidInput: (statement) a key is not Unicode, or a number is not finite.
    """
    try:
        subject = f"<{element_iri(building_id, record.global_id)}> <{NS}"
        elements = f"{building_iri(building_id)}:element:"
        return sorted(subject + line for line in _record_lines(canonical_form(record), elements))
    except (ValueError, OverflowError, IfcError) as error:
        raise InvalidInput(
            "An element holds a text or number that cannot be sealed.",
            reason="statement",
            hint="Correct the value in the authoring tool.",
            entity=record.global_id,
        ) from error


def _record_lines(form: Mapping[str, Any], elements: str) -> Iterator[str]:
    for member, value in form.items():
        path = MEMBERS[member]
        if member in VALUE_DEPTH:
            yield from _containers(path, value, VALUE_DEPTH[member])
        elif member == "materials":
            for index, part in enumerate(value):
                yield from _material(f"{path}/!{index}", part)
        elif member == "relations":
            for index, part in enumerate(value):
                yield f"{path}/!{index}/{part['kind']}> <{elements}{quote(part['target'], safe='')}> ."
                if "detail" in part:
                    yield from _containers(f"{path}/!{index}/detail", part["detail"], 1)
        elif member == "placement":
            yield _line(path, " ".join(map(_number, value)), MATRIX)
        else:
            yield from _plain(path, value)


def _material(path: str, part: Mapping[str, Any]) -> Iterator[str]:
    for key, value in part.items():
        if key in MATERIAL_DEPTH:
            yield from _containers(f"{path}/{key}", value, MATERIAL_DEPTH[key])
        else:
            yield from _plain(f"{path}/{key}", value)


def _containers(path: str, value: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Yield the lines of maps nested `depth` deep around values."""
    if not value:
        yield _line(path, "", EMPTY_MAP)
    for key, item in value.items():
        inner = f"{path}/{quote(key, safe='')}"
        yield from _containers(inner, item, depth - 1) if depth > 1 else _value(inner, item)


def _value(path: str, value: Any) -> Iterator[str]:
    """Yield the lines of a tagged value of the canonical form."""
    if isinstance(value, list):
        if not value:
            yield _line(path, "", EMPTY_LIST)
        for index, item in enumerate(value):
            yield from _value(f"{path}/!{index}", item)
    elif not isinstance(value, dict):
        yield from _plain(path, value)
    elif "u" in value:
        yield _line(path, f"{_number(value['v'])} {value['u']}", MEASURE + quote(value["k"], safe=""))
    elif "f" in value:
        yield _line(path, _number(value["f"]), DOUBLE)
    else:
        yield from _containers(path, value["m"], 1)


def _plain(path: str, value: Any) -> Iterator[str]:
    """Yield the lines of untagged JSON: a scalar, or a list of flat objects."""
    if isinstance(value, str):
        yield _line(path, value, "")
    elif value is None:
        yield _line(path, "", NULL)
    elif isinstance(value, bool):
        yield _line(path, "true" if value else "false", BOOLEAN)
    elif isinstance(value, int):
        yield _line(path, str(value), INTEGER)
    elif isinstance(value, float):
        yield _line(path, _number(value), DOUBLE)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _plain(f"{path}/!{index}", item)
    elif not value:
        yield _line(path, "", EMPTY_MAP)
    else:
        for key, item in value.items():
            yield from _plain(f"{path}/{key}", item)


def _line(path: str, text: str, datatype: str) -> str:
    escaped = text.translate(ESCAPES) if _NEEDS_ESCAPE.search(text) else text
    return f'{path}> "{escaped}"^^<{datatype}> .' if datatype else f'{path}> "{escaped}" .'


def _number(value: float) -> str:
    """Return the RFC 8785 text of a finite number."""
    if value == 0:
        return "0"
    if _PLAIN_FLOATS[0] <= abs(value) < _PLAIN_FLOATS[1]:
        return str(int(value)) if value == math.floor(value) else repr(float(value))
    return rfc8785.dumps(float(value)).decode()
