"""JSON shapes of records, trees and differences, as the interface describes them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ifc import DerivedQuantities, ElementRecord, MaterialPart, Measure, Relation, RelationKind, Value
from twin.deviations import Acceptances
from twin.lifecycle import Change, Diff

_PARENT = (RelationKind.AGGREGATED_IN, RelationKind.NESTED_IN, RelationKind.CONTAINED_IN)
_TREE_CLASSES = ("IfcProject", "IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcSpace")
_PORTS = ("IfcPort", "IfcDistributionPort")
MAX_TREE_DEPTH = 32  # deeper nesting than any real model; ends a circle of relations


def value_json(value: Value) -> Any:
    """Return ``{"value", "unit"?}`` for a property or quantity."""
    if isinstance(value, Measure):
        return {"value": value.value, "unit": value.unit}
    return {"value": _plain(value)}


def _plain(value: Value) -> Any:
    if isinstance(value, Measure):
        return {"value": value.value, "unit": value.unit}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def sets_json(sets: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, Any]]:
    """Return property or quantity sets with values as `value_json` gives them."""
    return {name: {key: value_json(item) for key, item in values.items()} for name, values in sorted(sets.items())}


def _material_json(part: MaterialPart) -> dict[str, Any]:
    attributes = {key: value_json(item) for key, item in part.attributes.items()}
    return {**asdict(part), "properties": sets_json(part.properties), "attributes": attributes}


def element_json(record: ElementRecord, kind: ElementRecord | None = None) -> dict[str, Any]:
    """Return one element with its sets, materials and references, and those of its type."""
    return {
        "global_id": record.global_id,
        "ifc_class": record.ifc_class,
        "name": record.name,
        "description": record.description,
        "object_type": record.object_type,
        "predefined_type": record.predefined_type,
        "attributes": {key: value_json(item) for key, item in record.attributes.items()},
        "property_sets": sets_json(record.property_sets),
        "quantity_sets": sets_json(record.quantity_sets),
        "materials": [_material_json(part) for part in record.materials],
        "references": [asdict(reference) for reference in record.references],
        "placement": None if record.placement is None else list(record.placement),
        "type": None if kind is None else element_json(kind),
    }


def derived_json(measured: DerivedQuantities | None) -> dict[str, Any] | None:
    """Return what was measured on the mesh of an element, which no author stated, or None if it has no mesh."""
    if measured is None:
        return None
    return {
        "quantities": {name: value_json(item) for name, item in measured.measures().items()},
        "kernel": measured.kernel.value,
        "no_volume_because": measured.volume_reason or None,
    }


def relations_json(
    global_id: str, outgoing: Sequence[Relation], incoming: Sequence[tuple[str, Relation]], names: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the relations of an element in both directions, with class and name of the other end."""
    both = [("out", relation.target, relation) for relation in outgoing]
    both += [("in", source, relation) for source, relation in incoming if source != global_id]
    return [
        {
            "kind": relation.kind.value,
            "direction": direction,
            "target": other,
            "target_class": names[other].ifc_class if other in names else None,
            "target_name": names[other].name if other in names else None,
            "detail": {key: _plain(item) for key, item in relation.detail.items()},
        }
        for direction, other, relation in both
    ]


def tree_json(records: Mapping[str, ElementRecord], root: str, depth: int = MAX_TREE_DEPTH) -> dict[str, Any]:
    """Return the spatial structure from `root` downwards, `depth` levels of it, with the elements of each node.

    Below the project stand its systems and zones too, as ``groups``, each with what is assigned to it, by class.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for global_id, record in records.items():
        parent = next((t for kind in _PARENT for t in record.targets(kind) if t in records), None)
        if parent is not None:
            children[parent].append(global_id)
    node = _node(records, children, root, MAX_TREE_DEPTH - depth)
    return node | {"groups": _groups(records)} if node["ifc_class"] == "IfcProject" else node


def _groups(records: Mapping[str, ElementRecord]) -> list[dict[str, Any]]:
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for global_id, record in sorted(records.items()):
        if record.ifc_class not in _PORTS:
            for group in record.targets(RelationKind.ASSIGNED_TO):
                members[group][record.ifc_class].append(global_id)
    rows = [(records[group], by_class) for group, by_class in members.items() if group in records]
    return [
        row_json(group)
        | {"long_name": group.attributes.get("LongName") or "", "elements": dict(sorted(by_class.items()))}
        for group, by_class in sorted(rows, key=lambda row: (row[0].ifc_class, row[0].name, row[0].global_id))
    ]


def _node(
    records: Mapping[str, ElementRecord], children: Mapping[str, list[str]], global_id: str, depth: int
) -> dict[str, Any]:
    record = records[global_id]
    elements: dict[str, list[str]] = defaultdict(list)
    below: list[str] = []
    for child in children.get(global_id, ()):
        if records[child].ifc_class in _TREE_CLASSES:
            below.append(child)
        else:
            elements[records[child].ifc_class].append(child)
    nodes = [] if depth >= MAX_TREE_DEPTH else [_node(records, children, child, depth + 1) for child in below]
    return {
        "global_id": global_id,
        "ifc_class": record.ifc_class,
        "name": record.name,
        "long_name": record.attributes.get("LongName") or "",
        "elevation_m": _elevation(record),
        "children": sorted(nodes, key=lambda node: (node["elevation_m"] or 0.0, node["name"])),
        "elements": {ifc_class: sorted(members) for ifc_class, members in sorted(elements.items())},
    }


def _elevation(record: ElementRecord) -> float | None:
    elevation = record.attributes.get("Elevation")
    if isinstance(elevation, Measure):
        return elevation.value
    return None


def row_json(record: ElementRecord) -> dict[str, Any]:
    """Return what a list shows of an element."""
    return {"global_id": record.global_id, "ifc_class": record.ifc_class, "name": record.name}


Accepting = tuple[Mapping[str, str], Mapping[str, str], Acceptances]


def diff_json(difference: Diff, accepting: Accepting | None = None) -> dict[str, Any]:
    """Return a difference of two versions.

    Args:
        difference: What differs.
        accepting: Record digests of both versions and what was accepted; None where nobody accepts anything.
    """

    def whole(record: ElementRecord) -> dict[str, Any]:
        return {**row_json(record), **_accepted(accepting, record.global_id)}

    return {
        "added": [whole(record) for record in difference.added],
        "removed": [whole(record) for record in difference.removed],
        "changed": [
            {
                **whole(element.after),
                "changes": [
                    {**asdict(change), "aspect": change.aspect.value}
                    | _accepted(accepting, element.after.global_id, change)
                    for change in element.changes
                ],
            }
            for element in difference.changed
        ],
        "unchanged": difference.unchanged,
    }


def _accepted(accepting: Accepting | None, global_id: str, change: Change | None = None) -> dict[str, Any]:
    """Return by whom an element, or one change of it, was accepted; the member is None if nobody did."""
    if accepting is None:
        return {}
    old, new, known = accepting
    found = known.of_element(global_id, old.get(global_id), new.get(global_id))
    if found is None and change is not None:
        found = known.of_value(global_id, change.path, change.before, change.after)
    return {"accepted": None if found is None else found.to_json()}
