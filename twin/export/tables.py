"""Records as four tables, without loss: the canonical record can be built of them again.

A value is one row: its `type`, and its content in `text` or `number`; `unit` is the UCUM code of the number and
`measure` the IFC measure that declared it. A property set without properties is one row without a name, of type
``empty``. Lists and maps are JSON in the canonical form.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ifc import ElementRecord, canonical_form, digest, storey_of

Cell = str | float | None
Row = tuple[Cell, ...]

VALUE_COLUMNS = ("type", "text", "number", "unit", "measure")
LARGEST_EXACT = 2**53  # integers up to here are exact in a 64-bit float


@dataclass(frozen=True, slots=True)
class Table:
    """The name of a table, its columns, and which of them are numbers (64-bit floats)."""

    name: str
    columns: tuple[str, ...]
    numbers: frozenset[str] = frozenset()


ELEMENTS = Table(
    "elements",
    (
        *("global_id", "ifc_class", "name", "description", "object_type", "predefined_type", "storey"),
        *("x_m", "y_m", "z_m", "placement", "geometry_digest", "materials", "references", "record_sha256"),
    ),
    frozenset({"x_m", "y_m", "z_m"}),
)
PROPERTIES = Table("properties", ("global_id", "origin", "set_name", "name", *VALUE_COLUMNS), frozenset({"number"}))
QUANTITIES = Table("quantities", ("global_id", "set_name", "name", *VALUE_COLUMNS), frozenset({"number"}))
RELATIONS = Table("relations", ("global_id", "kind", "target", "detail"))
TABLES = (ELEMENTS, PROPERTIES, QUANTITIES, RELATIONS)


def rows_of(table: Table, records: Mapping[str, ElementRecord]) -> Iterator[Row]:
    """Yield the rows of `table` for `records`, in the order of the records."""
    for record in records.values():
        form = canonical_form(record)
        if table is ELEMENTS:
            yield _element(record, form, records)
        elif table is PROPERTIES:
            yield from (
                (record.global_id, "attribute", "", name, *_value(value))
                for name, value in form.get("attributes", {}).items()
            )
            for row in _sets(form.get("property_sets", {})):
                yield (record.global_id, "property", *row)
        elif table is QUANTITIES:
            for row in _sets(form.get("quantity_sets", {})):
                yield (record.global_id, *row)
        else:
            yield from (
                (record.global_id, item["kind"], item["target"], _json(item.get("detail")))
                for item in form.get("relations", ())
            )


def _element(record: ElementRecord, form: Mapping[str, Any], records: Mapping[str, ElementRecord]) -> Row:
    placement = form.get("placement")
    place = (None, None, None) if placement is None else (placement[3], placement[7], placement[11])
    return (
        *(form.get(key, "") for key in ELEMENTS.columns[:6]),
        storey_of(record.global_id, records),
        *place,
        _json(placement),
        form.get("geometry_digest", ""),
        _json(form.get("materials")),
        _json(form.get("references")),
        digest(record),
    )


def _sets(sets: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    for set_name, values in sets.items():
        if not values:
            yield (set_name, "", "empty", None, None, None, None)
        for name, value in values.items():
            yield (set_name, name, *_value(value))


def _value(value: Any) -> Row:
    """Return `VALUE_COLUMNS` of a value in canonical form."""
    if value is None:
        return ("null", None, None, None, None)
    if isinstance(value, bool):
        return ("boolean", "true" if value else "false", None, None, None)
    if isinstance(value, str):
        return ("string", value, None, None, None)
    if isinstance(value, int) and abs(value) <= LARGEST_EXACT:
        return ("integer", None, float(value), None, None)
    if isinstance(value, dict) and "u" in value:
        return ("measure", None, float(value["v"]), value["u"], value["k"])
    if isinstance(value, dict) and "f" in value:
        return ("real", None, float(value["f"]), None, None)
    return ("json", _json(value), None, None, None)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
