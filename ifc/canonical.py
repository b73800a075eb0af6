"""Canonical form and digest of a record: RFC 8785 JSON of rounded values, hashed with SHA-256.

A number is rounded by its kind before it enters the form, so that the noise of a re-export (float formatting, unit
conversion in the last digits) changes nothing, while any change that matters on site does.
"""

from collections.abc import Mapping
from typing import Any, cast

import rfc8785

from ifc.canonical_numbers import DECIMALS_BY_UNIT as DECIMALS_BY_UNIT
from ifc.canonical_numbers import MAX_INTEGER, round_coordinate, round_measure
from ifc.canonical_text import digested
from ifc.errors import IfcRecordError, Reason
from ifc.records import (
    ElementRecord,
    MaterialPart,
    Measure,
    Reference,
    Relation,
    RelationKind,
    Value,
)


def _value(value: Value) -> Any:
    if isinstance(value, Measure):
        return {"v": round_measure(value.value, value.unit), "u": value.unit, "k": value.kind}
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MAX_INTEGER):
        return {"f": round_measure(float(value), "1")}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Mapping):
        return {"m": {key: _value(item) for key, item in value.items()}}
    return value


def _back(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(_back(item) for item in value)
    if isinstance(value, dict):
        if "u" in value:
            return Measure(float(value["v"]), value["u"], value["k"])
        if "f" in value:
            return float(value["f"])
        return {key: _back(item) for key, item in value["m"].items()}
    return cast("Value", value)


def _sets(sets: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, Any]]:
    return {name: {key: _value(item) for key, item in values.items()} for name, values in sets.items()}


def _sets_back(sets: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Value]]:
    return {name: {key: _back(item) for key, item in values.items()} for name, values in sets.items()}


def _material(part: MaterialPart) -> dict[str, Any]:
    form: dict[str, Any] = {"role": part.role, "position": part.position, "material": part.material}
    if part.thickness_m is not None:
        form["thickness_m"] = round_measure(part.thickness_m, "m")
    for key in ("name", "category"):
        if getattr(part, key):
            form[key] = getattr(part, key)
    if part.properties:
        form["properties"] = _sets(part.properties)
    if part.attributes:
        form["attributes"] = {key: _value(item) for key, item in part.attributes.items()}
    return form


def _reference(reference: Reference) -> dict[str, str]:
    return {key: getattr(reference, key) for key in Reference.__slots__ if getattr(reference, key)}


def _relation(relation: Relation) -> dict[str, Any]:
    form: dict[str, Any] = {"kind": relation.kind.value, "target": relation.target}
    if relation.detail:
        form["detail"] = {key: _value(item) for key, item in relation.detail.items()}
    return form


def canonical_form(record: ElementRecord) -> dict[str, Any]:
    """Return the JSON form of `record`: empty members left out, numbers rounded, lists in canonical order."""
    form: dict[str, Any] = {"global_id": record.global_id, "ifc_class": record.ifc_class}
    for key in ("name", "description", "object_type", "predefined_type", "geometry_digest"):
        if getattr(record, key):
            form[key] = getattr(record, key)
    if record.attributes:
        form["attributes"] = {key: _value(item) for key, item in record.attributes.items()}
    if record.placement is not None:
        form["placement"] = [round_coordinate(number) for number in record.placement]
    if record.property_sets:
        form["property_sets"] = _sets(record.property_sets)
    if record.quantity_sets:
        form["quantity_sets"] = _sets(record.quantity_sets)
    if record.materials:
        form["materials"] = [_material(part) for part in record.materials]
    if record.references:
        form["references"] = sorted((_reference(item) for item in record.references), key=rfc8785.dumps)
    if record.relations:
        form["relations"] = sorted((_relation(item) for item in record.relations), key=rfc8785.dumps)
    return form


def canonical_bytes(record: ElementRecord) -> bytes:
    """Return the RFC 8785 bytes of the canonical form of `record`."""
    return next(digested((record,)))[1]


def digest(record: ElementRecord) -> str:
    """Return the SHA-256 (hex) of the canonical bytes of `record`."""
    return next(digested((record,)))[0]


def record_from_form(form: Mapping[str, Any]) -> ElementRecord:
    """Return the record whose canonical form is `form`.

    Raises:
        IfcRecordError: (record) a member is missing or of the wrong kind.
    """
    try:
        return _record_from_form(form)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IfcRecordError(
            "A stored record is not in the canonical form.", reason=Reason.RECORD, entity=str(form)[:80]
        ) from error


def _record_from_form(form: Mapping[str, Any]) -> ElementRecord:
    placement = form.get("placement")
    return ElementRecord(
        global_id=form["global_id"],
        ifc_class=form["ifc_class"],
        name=form.get("name", ""),
        description=form.get("description", ""),
        object_type=form.get("object_type", ""),
        predefined_type=form.get("predefined_type", ""),
        attributes={key: _back(item) for key, item in form.get("attributes", {}).items()},
        placement=None if placement is None else tuple(float(number) for number in placement),
        geometry_digest=form.get("geometry_digest", ""),
        property_sets=_sets_back(form.get("property_sets", {})),
        quantity_sets=_sets_back(form.get("quantity_sets", {})),
        materials=tuple(
            MaterialPart(
                **{
                    **part,
                    "properties": _sets_back(part.get("properties", {})),
                    "attributes": {key: _back(item) for key, item in part.get("attributes", {}).items()},
                }
            )
            for part in form.get("materials", ())
        ),
        references=tuple(Reference(**part) for part in form.get("references", ())),
        relations=tuple(
            Relation(
                RelationKind(part["kind"]),
                part["target"],
                {key: _back(item) for key, item in part.get("detail", {}).items()},
            )
            for part in form.get("relations", ())
        ),
    )
