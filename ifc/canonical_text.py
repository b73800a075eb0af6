"""The canonical bytes of records, written directly: what `rfc8785` makes of the form, at a tenth of the cost.

Records of one model share their property sets and materials; a writer puts each of them into words once.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted  # escapes exactly what RFC 8785 section 3.2.2.2 asks for
from typing import Any

import rfc8785

from ifc.canonical_numbers import MAX_INTEGER, round_coordinate, round_measure
from ifc.records import ElementRecord, MaterialPart, Measure, Reference, Relation, Value

_MAX_NUMBERS = 1 << 16  # remembered coordinates; more would cost memory without saving time
_REFERENCE_KEYS = tuple(sorted(Reference.__slots__))


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _sorted(keys: Iterable[str]) -> list[str]:
    """Return keys in the order of their UTF-16 code units, as RFC 8785 sorts them."""
    found = sorted(keys)
    joined = "".join(found)
    if joined.isascii() or len(_utf16(joined)) == 2 * len(joined):  # no pairs: as code points sort
        return found
    return sorted(found, key=_utf16)


def number_text(number: float) -> str:
    """Return a finite number as ECMAScript writes it."""
    text = repr(number)
    if text[-2:] == ".0":
        return text[:-2]
    return rfc8785.dumps(number).decode() if "e" in text else text


@lru_cache(maxsize=1024)  # a few hundred measures, each in one unit
def _measure_head(kind: str, unit: str) -> str:
    return f'{{"k":{quoted(kind)},"u":{quoted(unit)},"v":'


def value_text(value: Value) -> str:
    """Return the canonical text of a value."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Measure):
        return f"{_measure_head(value.kind, value.unit)}{number_text(round_measure(value.value, value.unit))}}}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return str(value)
    if isinstance(value, int | float):
        return f'{{"f":{number_text(round_measure(float(value), "1"))}}}'
    if isinstance(value, tuple):
        return f"[{','.join(map(value_text, value))}]"
    return f'{{"m":{values_text(value)}}}'


def values_text(values: Mapping[str, Value]) -> str:
    """Return the canonical text of named values."""
    return "{" + ",".join([f"{quoted(key)}:{value_text(values[key])}" for key in _sorted(values)]) + "}"


class _Coordinates(dict[float, str]):
    """Number of a placement -> its canonical text."""

    def __missing__(self, number: float) -> str:
        if len(self) > _MAX_NUMBERS:
            self.clear()
        text = self[number] = number_text(round_coordinate(number))
        return text


class CanonicalWriter:
    """Writes records; what they share, by identity, is written once.

    It keeps what it has written alive: one writer serves one model and is dropped with it.
    """

    def __init__(self) -> None:
        self._coordinates = _Coordinates()
        self._known: dict[int, tuple[object, str]] = {}
        self._orders: dict[tuple[str, ...], list[tuple[str, str]]] = {}

    def text(self, record: ElementRecord) -> str:
        """Return the canonical text of `record`."""
        parts = []
        if record.attributes:
            parts.append(f'"attributes":{self._values(record.attributes)}')
        parts += _identity(record)
        if record.materials:
            parts.append(f'"materials":{self._shared(record.materials, self._materials)}')
        if record.name:
            parts.append(f'"name":{quoted(record.name)}')
        if record.object_type:
            parts.append(f'"object_type":{quoted(record.object_type)}')
        if record.placement is not None:
            parts.append(f'"placement":[{",".join(map(self._coordinates.__getitem__, record.placement))}]')
        if record.predefined_type:
            parts.append(f'"predefined_type":{quoted(record.predefined_type)}')
        parts += self._sets_and_links(record)
        return "{" + ",".join(parts) + "}"

    def _sets_and_links(self, record: ElementRecord) -> Iterator[str]:
        if record.property_sets:
            yield f'"property_sets":{self._sets(record.property_sets)}'
        if record.quantity_sets:
            yield f'"quantity_sets":{self._sets(record.quantity_sets)}'
        if record.references:
            yield f'"references":[{",".join(sorted(map(_reference, record.references)))}]'
        if record.relations:
            yield f'"relations":[{",".join(self._relations(record.relations))}]'

    def _shared(self, part: Any, write: Callable[[Any], str]) -> str:
        found = self._known.get(id(part))
        if found is None:
            found = self._known[id(part)] = (part, write(part))
        return found[1]

    def _relations(self, relations: tuple[Relation, ...]) -> list[str]:
        shared = self._shared
        if len(relations) == 1:
            return [shared(relations[0], _relation)]
        return sorted([shared(relation, _relation) for relation in relations])

    def _values(self, values: Mapping[str, Value]) -> str:
        """Return what `values_text` does; measures that sets share are written once."""
        known = self._known
        parts = []
        for key, head in self._order(values):
            value = values[key]
            if isinstance(value, Measure):
                held = known.get(id(value))
                if held is None:
                    held = known[id(value)] = (value, value_text(value))
                parts.append(head + held[1])
            else:
                parts.append(head + value_text(value))
        return "{" + ",".join(parts) + "}"

    def _order(self, values: Mapping[str, Value]) -> list[tuple[str, str]]:
        """Return the names of values in canonical order, each with what stands before its value."""
        names = tuple(values)
        found = self._orders.get(names)
        if found is None:
            found = self._orders[names] = [(name, f"{quoted(name)}:") for name in _sorted(names)]
        return found

    def _sets(self, sets: Mapping[str, Mapping[str, Value]]) -> str:
        shared = self._shared
        return "{" + ",".join([f"{quoted(name)}:{shared(sets[name], self._values)}" for name in _sorted(sets)]) + "}"

    def _materials(self, materials: tuple[MaterialPart, ...]) -> str:
        return f"[{','.join(map(self._material, materials))}]"

    def _material(self, part: MaterialPart) -> str:
        parts = [f'"attributes":{values_text(part.attributes)}'] if part.attributes else []
        if part.category:
            parts.append(f'"category":{quoted(part.category)}')
        parts.append(f'"material":{quoted(part.material)}')
        if part.name:
            parts.append(f'"name":{quoted(part.name)}')
        parts.append(f'"position":{part.position}')
        if part.properties:
            parts.append(f'"properties":{self._sets(part.properties)}')
        parts.append(f'"role":{quoted(part.role)}')
        if part.thickness_m is not None:
            parts.append(f'"thickness_m":{number_text(round_measure(part.thickness_m, "m"))}')
        return "{" + ",".join(parts) + "}"


def _identity(record: ElementRecord) -> Iterator[str]:
    if record.description:
        yield f'"description":{quoted(record.description)}'
    if record.geometry_digest:
        yield f'"geometry_digest":{quoted(record.geometry_digest)}'
    if record.global_id:
        yield f'"global_id":{quoted(record.global_id)}'
    if record.ifc_class:
        yield f'"ifc_class":{quoted(record.ifc_class)}'


def _reference(reference: Reference) -> str:
    members = [f'"{key}":{quoted(value)}' for key in _REFERENCE_KEYS if (value := getattr(reference, key))]
    return "{" + ",".join(members) + "}"


def _relation(relation: Relation) -> str:
    detail = f'"detail":{values_text(relation.detail)},' if relation.detail else ""
    return f'{{{detail}"kind":"{str.__str__(relation.kind)}","target":{quoted(relation.target)}}}'


def digested(records: Iterable[ElementRecord]) -> Iterator[tuple[str, bytes]]:
    """Yield digest (SHA-256, hex) and canonical bytes of every record, in their order; records of one model are best
    passed together, since what they share is written once.
    """
    writer = CanonicalWriter()
    for record in records:
        form = writer.text(record).encode("utf-8", "replace")
        yield hashlib.sha256(form).hexdigest(), form
