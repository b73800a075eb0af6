"""Values of attributes and properties: SI measures, texts, lists; by the declaration of the schema."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ifc.records import Measure, Value
from ifc.resources import NESTED
from ifc.source import Entity, Source, argument, class_of, step_id
from ifc.units import Unit, UnitReader, Units

MAX_DEPTH = 4  # of resources within resources: a cost of costs, a table of rows

_DEGREE_PARTS = (1.0, 60.0, 3_600.0, 3_600_000_000.0)  # degrees, minutes, seconds, millionths of a second

_COLUMN = "IfcTableColumn"

Convert = Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class Field:
    """One scalar attribute of a class: where it stands and how it is read."""

    position: int
    name: str
    convert: Convert


class ValueReader:
    """Turns values of the parser into values of records.

    Args:
        source: The parsed file.
        units: Its units.
    """

    def __init__(self, source: Source, units: Units) -> None:
        self._source = source
        self._units = units
        self._fields: dict[str, tuple[Field, ...]] = {}
        self._measures: dict[str, Unit | None] = {}
        self.not_finite = 0
        self.visited: set[int] = set()
        self._unit_reader = UnitReader(source)
        self._nested = frozenset[str]().union(*map(source.family, NESTED))
        self._depth = 0

    def value(self, raw: Any, unit: Unit | None = None) -> Value:
        """Return an IfcValue, typed or plain; `unit` overrides that of the project."""
        if isinstance(raw, tuple | list):
            return tuple(self.value(item, unit) for item in raw)
        if raw is None or isinstance(raw, bool | int | float | str):
            return self._plain(raw, "", unit)
        if step_id(raw):
            return self._resource(raw) or class_of(raw)
        return self._plain(argument(raw, 0), class_of(raw), unit)

    def number(self, raw: Any, kind: str, unit: Unit | None = None) -> Value:
        """Return a number that the schema declares as measure `kind`."""
        return self._plain(raw, kind, unit)

    def measured(self, number: float, kind: str) -> Value:
        """Return a finite number that the schema declares as measure `kind`."""
        unit = self._measures[kind] if kind in self._measures else self._unit(kind)
        return number if unit is None else Measure(number * unit.factor + unit.offset, unit.ucum, kind)

    def _plain(self, raw: Any, kind: str, override: Unit | None) -> Value:
        if isinstance(raw, str):
            return self._source.text(raw)
        if raw is None or isinstance(raw, bool):
            return raw
        if isinstance(raw, tuple | list):
            return _degrees(raw, kind) or tuple(self._plain(item, kind, override) for item in raw)
        if not isinstance(raw, int | float):
            return str(raw)
        if not math.isfinite(raw):
            self.not_finite += 1
            return None
        unit = override or self._unit(kind)
        if unit is None:
            return raw
        return Measure(raw * unit.factor + unit.offset, unit.ucum, kind or "IfcReal")

    def _unit(self, kind: str) -> Unit | None:
        if kind not in self._measures:
            self._measures[kind] = self._units.of_measure(kind) if kind else None
        return self._measures[kind]

    def fields(self, name: str) -> tuple[Field, ...]:
        """Return the scalar attributes of class `name`, of references only those to resources (`ifc.resources`)."""
        found = self._fields.get(name)
        if found is None:
            attributes = self._source.classes[name].all_attributes()
            kinds = [
                (index, item.name(), self._converter(item.type_of_attribute()))
                for index, item in enumerate(attributes)
            ]
            if name == _COLUMN:
                kinds = [
                    (index, label, self._unit_of_column if label == "Unit" else how) for index, label, how in kinds
                ]
            found = tuple(Field(index, label, convert) for index, label, convert in kinds if convert)
            self._fields[name] = found
        return found

    def scalars(self, entity: Entity) -> Mapping[str, Value]:
        """Return all scalar attributes of `entity` that are set."""
        found: dict[str, Value] = {}
        self.visited.add(step_id(entity))
        for item in self.fields(class_of(entity)):
            raw = argument(entity, item.position)
            if raw is not None and (value := item.convert(raw)) is not None:
                found[item.name] = value
        return found

    def _converter(self, declared: Any) -> Convert | None:
        aggregate = declared.as_aggregation_type()
        if aggregate:
            inner = self._converter(aggregate.type_of_element())
            return None if inner is None else (lambda raw: tuple(inner(item) for item in raw))
        named = declared.as_named_type()
        if not named:
            return lambda raw: self._plain(raw, "", None)
        target = named.declared_type()
        if target.as_entity():
            return self._resource if target.name() in self._nested else None
        if target.as_select_type():
            return self._selected
        kind = target.name()
        return lambda raw: self._plain(raw, kind, None)

    def _selected(self, raw: Any) -> Value:
        """Return a value out of a select; of references only those to resources are values."""
        if not isinstance(raw, bool | int | float | str | tuple | list) and step_id(raw):
            return self._resource(raw)
        return self.value(raw)

    def _unit_of_column(self, raw: Any) -> Value:
        """Return the unit in which numbers without one stand in a column of a table."""
        unit = self._unit_reader.read(raw)
        return None if unit is None else {"unit": unit.ucum, "factor": unit.factor, "offset": unit.offset}

    def _resource(self, raw: Any) -> Value:
        """Return the class and the attributes of a resource, or None for any other instance."""
        if raw is None or class_of(raw) not in self._nested or self._depth >= MAX_DEPTH:
            return None
        self._depth += 1
        try:
            return {"class": class_of(raw), **self.scalars(raw)}
        finally:
            self._depth -= 1


def _degrees(raw: Any, kind: str) -> Measure | None:
    if kind != "IfcCompoundPlaneAngleMeasure" or not all(isinstance(item, int | float) for item in raw):
        return None
    return Measure(sum(item / part for item, part in zip(raw, _DEGREE_PARTS, strict=False)), "deg", kind)
