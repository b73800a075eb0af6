"""Property sets, quantity sets and predefined sets of a file, each decoded once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ifc.canonical_text import value_text
from ifc.links import Links
from ifc.records import Value
from ifc.source import Entity, Source, argument, class_of, members, step_id
from ifc.units import Unit, UnitReader
from ifc.values import ValueReader

Sets = dict[str, Mapping[str, Value]]

_MAX_DEPTH = 16  # complex properties nest two or three deep; deeper ones refer to themselves
_ROOT_ATTRIBUTES = ("GlobalId", "Name", "Description")
_QUANTITY_MEASURES: Mapping[str, str] = {
    "IfcQuantityLength": "IfcLengthMeasure",
    "IfcQuantityArea": "IfcAreaMeasure",
    "IfcQuantityVolume": "IfcVolumeMeasure",
    "IfcQuantityWeight": "IfcMassMeasure",
    "IfcQuantityTime": "IfcTimeMeasure",
    "IfcQuantityCount": "IfcCountMeasure",
    "IfcQuantityNumber": "IfcNumericMeasure",
}
_CONTENTS: Mapping[str, str] = {"IfcPropertySet": "HasProperties", "IfcElementQuantity": "Quantities"}
_MAPPED_VALUES: Mapping[str, tuple[str, ...]] = {
    "IfcPropertyBoundedValue": ("LowerBoundValue", "UpperBoundValue", "SetPointValue"),
    "IfcPropertyTableValue": ("DefiningValues", "DefinedValues", "Expression", "CurveInterpolation"),
}


class PropertyReader:
    """Decodes properties, quantities and whole sets.

    Args:
        source: The parsed file.
        values: Reader of single values.
        units: Reader of units, for properties that carry their own.
    """

    def __init__(self, source: Source, values: ValueReader, units: UnitReader) -> None:
        self._source = source
        self._values = values
        self._units = units
        self._known: dict[int, tuple[str, Value]] = {}
        self._contents: dict[tuple[int, ...], dict[str, Value]] = {}

    def property(self, entity: Entity, depth: int = 0) -> tuple[str, Value]:
        """Return name and value of an IfcProperty or IfcPhysicalQuantity."""
        number = step_id(entity)
        found = self._known.get(number)
        if found is None:
            kind = class_of(entity)
            name = self._source.text(argument(entity, 0))
            found = self._known[number] = (name, self._value(entity, kind, depth))
        return found

    def _value(self, entity: Entity, kind: str, depth: int) -> Value:
        if kind == "IfcPropertySingleValue":
            unit = argument(entity, 3)
            raw = argument(entity, 2)
            return self._values.value(raw) if unit is None else self._values.value(raw, self._override(unit, raw))
        if kind in _QUANTITY_MEASURES:
            unit = argument(entity, 2)
            override = None if unit is None else self._units.read(unit)
            return self._values.number(argument(entity, 3), _QUANTITY_MEASURES[kind], override)
        if depth > _MAX_DEPTH:
            return None
        return self._structured(entity, kind, depth)

    def _structured(self, entity: Entity, kind: str, depth: int) -> Value:
        get = self._source.get
        if kind == "IfcPropertyEnumeratedValue":
            return self._list(get(entity, "EnumerationValues"), None)
        if kind == "IfcPropertyListValue":
            return self._list(get(entity, "ListValues"), get(entity, "Unit"))
        if kind in _MAPPED_VALUES:
            return self._mapped(entity, kind)
        if kind == "IfcPropertyReferenceValue":
            return self._referenced(entity)
        inner = get(entity, "HasProperties") or get(entity, "HasQuantities")
        usage = self._source.first(entity, "UsageName", "Usage", "Discrimination")
        held = dict(sorted(self.property(item, depth + 1) for item in members(inner)) if depth < _MAX_DEPTH else ())
        return {"UsageName": self._source.text(usage), "Properties": held}

    def _list(self, raw: Any, unit: Entity) -> Value:
        return tuple(self._values.value(item, self._override(unit, item)) for item in raw or ())

    def _mapped(self, entity: Entity, kind: str) -> Value:
        found: dict[str, Value] = {}
        for name in _MAPPED_VALUES[kind]:
            raw = self._source.get(entity, name)
            unit = self._source.first(entity, "Unit", name.replace("Values", "Unit"))
            if raw is None:
                continue
            plain = not isinstance(raw, tuple | list)
            found[name] = self._values.value(raw, self._override(unit, raw)) if plain else self._list(raw, unit)
        return found

    def _referenced(self, entity: Entity) -> Value:
        target = self._source.get(entity, "PropertyReference")
        found: dict[str, Value] = {"UsageName": self._source.text(self._source.get(entity, "UsageName"))}
        if target is not None:
            found["Class"] = class_of(target)
            found.update(self._values.scalars(target))
        return found

    def _override(self, unit: Entity, raw: Any) -> Unit | None:
        """Return the own unit of a property, if its value is a number that can have one."""
        if unit is None or isinstance(raw, str | bool) or raw is None:
            return None
        inner = raw if isinstance(raw, int | float) else argument(raw, 0)
        return self._units.read(unit) if isinstance(inner, int | float) and not isinstance(inner, bool) else None

    def set_of(self, entity: Entity, links: Links) -> tuple[str, dict[str, Value], bool]:
        """Return name, content and whether it holds quantities, of any IfcPropertySetDefinition."""
        kind = class_of(entity)
        name = self._source.text(self._source.get(entity, "Name"))
        if kind in _CONTENTS:
            return self.contents_of(step_id(entity), kind, name, links)
        scalars = self._values.scalars(entity)
        return name or kind, {key: value for key, value in scalars.items() if key not in _ROOT_ATTRIBUTES}, False

    def contents_of(self, number: int, kind: str, name: str, links: Links) -> tuple[str, dict[str, Value], bool]:
        """Return what `set_of` does for an IfcPropertySet or IfcElementQuantity of known name."""
        return name, self._content(links.of(kind, _CONTENTS[kind]).get(number, ())), kind == "IfcElementQuantity"

    def _content(self, numbers: Sequence[int]) -> dict[str, Value]:
        """Return the properties with these STEP numbers by name; equal lists share one content."""
        stand_in = self._source.stand_in
        wanted = tuple([stand_in.get(number, number) for number in numbers])
        if wanted not in self._contents:
            self._contents[wanted] = self._named(wanted)
        return self._contents[wanted]

    def _first_time(self, number: int) -> tuple[str, Value] | None:
        """Return name and value of a property that was not asked for before, or None if there is none."""
        found = self._source.property_text.property(number, self._values.measured)
        if found is None:
            entity = self._source.entity(number)
            return None if entity is None else self.property(entity)
        self._known[number] = found
        return found

    def _named(self, numbers: Sequence[int]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for number in numbers:
            known = self._known.get(number)
            if known is None:
                known = self._first_time(number)
                if known is None:
                    continue
            name, value = known
            if name in found and not _same(found[name], value):
                name = _free(name, found)
            found[name] = value
        return found


def _free(name: str, taken: Mapping[str, object]) -> str:
    number = 2
    while f"{name}~{number}" in taken:
        number += 1
    return f"{name}~{number}"


def merged(sets: Iterable[tuple[str, Mapping[str, Value]]]) -> Sets:
    """Return sets by name; a second set of the same name is merged, its contradicting values go to ``name~2``.

    The outcome does not depend on the order in which the sets come.
    """
    found: Sets = {}
    by_name: dict[str, list[Mapping[str, Value]]] = {}
    for name, content in sets:
        by_name.setdefault(name, []).append(content)
    for name in sorted(by_name):
        contents = by_name[name]
        if len(contents) == 1:
            found[name] = contents[0]  # shared by all objects that have the set
            continue
        for content in sorted(contents, key=_order):
            _add(found, name, content)
    return found


def _add(found: Sets, name: str, content: Mapping[str, Value]) -> None:
    target = dict(found.get(name, {}))
    conflict = {key: value for key, value in content.items() if key in target and not _same(target[key], value)}
    target.update({key: value for key, value in content.items() if key not in conflict})
    found[name] = target
    if conflict:
        found[_free(name, found)] = conflict


def _order(content: Mapping[str, Value]) -> str:
    return repr(sorted((key, value_text(value)) for key, value in content.items()))


def _same(one: Value, other: Value) -> bool:
    """Tell whether two values are one, as the digest sees them."""
    return one == other or value_text(one) == value_text(other)


def read_sets(
    source: Source, links: Links, reader: PropertyReader
) -> tuple[dict[int, list[int]], dict[int, tuple[str, dict[str, Value], bool]]]:
    """Return the sets of every object, and the content of every set, all by STEP number."""
    owned: dict[int, list[int]] = {}
    name, one = "IfcRelDefinesByProperties", "RelatingPropertyDefinition"
    definitions = links.of(name, one)  # IFC4: a select value may hold a set of definitions
    for relation, related in links.of(name, "RelatedObjects").items():
        for item in related:
            owned.setdefault(item, []).extend(definitions.get(relation, ()))
    for number, sets in links.of("IfcTypeObject", "HasPropertySets").items():
        owned.setdefault(number, []).extend(sets)
    plain = source.property_text.sets
    known = {step_id(item): item for item in source.of("IfcPropertyDefinition")}
    used = {number for numbers in owned.values() for number in numbers if number in known or number in plain}
    contents = {
        number: reader.contents_of(number, *plain[number], links)
        if number in plain
        else reader.set_of(known[number], links)
        for number in used
    }
    return {number: [item for item in sets if item in used] for number, sets in owned.items()}, contents
