"""Bulk access to a parsed file: whole classes at a time, positions instead of names, no inverse look-ups."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ifcopenshell
from ifcopenshell import _ifcopenshell_wrapper as flat  # 13 times faster than util

from ifc.encoding import from_shift_jis
from ifc.errors import IfcReadError, Reason
from ifc.property_text import PropertyText

Entity = Any  # an instance of the parser; it has no type of its own

BYPASSED = (  # never decoded by the parser: read from the text where needed, at a third of the cost
    "IfcRepresentationItem",
    "IfcRepresentation",
    "IfcProductRepresentation",
    "IfcRepresentationMap",
    "IfcPresentationStyle",
    "IfcPresentationStyleAssignment",
    "IfcPresentationItem",
    "IfcColourSpecification",
    "IfcSurfaceStyleShading",
    "IfcPreDefinedItem",
    "IfcCurveStyleFont",
    "IfcCurveStyleFontPattern",
    "IfcTextStyleForDefinedFont",
    "IfcTextStyleFontModel",
    "IfcObjectPlacement",
    "IfcConnectionGeometry",
    "IfcOwnerHistory",
)

_OFFSET = re.compile(r"at offset (\d+)")

class_of: Callable[[Entity], str] = flat.entity_instance_is_a
step_id: Callable[[Entity], int] = flat.entity_instance_id
argument: Callable[[Entity, int], Any] = flat.entity_instance_get_argument


@dataclass(frozen=True, slots=True)
class SchemaTables:
    """What is the same for all files of a schema.

    Attributes:
        schema: The schema as the parser declares it.
        classes: Declarations by name.
        families: Names of each class and all its subtypes.
        spellings: Name as the schema spells it, by name in capitals.
        value_types: Of each type of values, by name in capitals, how the schema spells it and the kind of number or
            text that it is declared as.
    """

    schema: Any
    classes: Mapping[str, Any]
    families: Mapping[str, frozenset[str]]
    spellings: Mapping[str, str]
    value_types: Mapping[bytes, tuple[str, str]]


@cache
def schema_tables(name: str) -> SchemaTables:
    """Return the tables of one of the few schemas."""
    schema = ifcopenshell.schema_by_name(name)
    classes = {declaration.name(): declaration for declaration in schema.entities()}
    families: dict[str, set[str]] = {}
    for own, declaration in classes.items():
        above = declaration
        while above is not None:
            families.setdefault(above.name(), set()).add(own)
            above = above.supertype()
    frozen = {family: frozenset(members) for family, members in families.items()}
    return SchemaTables(schema, classes, frozen, {item.upper(): item for item in classes}, _value_types(schema))


def _value_types(schema: Any) -> dict[bytes, tuple[str, str]]:
    kinds = {item.name(): _kind(item) for item in schema.declarations() if item.as_type_declaration()}
    return {name.upper().encode(): (name, kind) for name, kind in kinds.items() if kind}


def _kind(declaration: Any) -> str:
    """Return the simple type behind a declared type; nothing if it is a list or a choice."""
    while own := declaration.as_type_declaration():
        inner = own.declared_type()
        if simple := inner.as_simple_type():
            return str(simple.declared_type())
        if not (named := inner.as_named_type()):
            break
        declaration = named.declared_type()
    return ""


class Source:
    """A parsed file with its schema.

    Args:
        file: The parser's file.
        schema_name: ``IFC2X3``, ``IFC4`` or ``IFC4X3_ADD2``.
        shifted: Whether texts may hold Shift-JIS bytes written one by one.

    Attributes:
        repaired: Number of such texts that were decoded.
        stand_in: Of instances that say what an earlier one says the number of that one: the parser has seen only it.
        property_text: Properties and sets that the parser has not seen.
    """

    def __init__(self, file: Any, schema_name: str, *, shifted: bool = False) -> None:
        self.file = file
        self._tables = schema_tables(schema_name)
        self.schema = self._tables.schema
        self.shifted = shifted
        self.stand_in: Mapping[int, int] = {}
        self.property_text = PropertyText()
        self.repaired = 0
        self.classes = self._tables.classes
        self._positions: dict[str, dict[str, int]] = {}

    def text(self, value: Any) -> str:
        """Return a text argument, repaired, or an empty string."""
        if not isinstance(value, str):
            return "" if value is None else str(value)
        if not self.shifted:
            return value
        repaired = from_shift_jis(value)
        self.repaired += repaired != value
        return repaired

    def family(self, name: str) -> frozenset[str]:
        """Return the names of class `name` and all its subtypes; empty if the schema lacks it."""
        return self._tables.families.get(name, frozenset())

    def spelling(self, written: bytes) -> str:
        """Return the name of a class that a file writes in capitals, as the schema spells it."""
        text = written.decode("ascii", "replace")
        return str(self._tables.spellings.get(text, text))

    def positions(self, name: str) -> dict[str, int]:
        """Return attribute name -> position of class `name`."""
        found = self._positions.get(name)
        if found is None:
            declaration = self.classes[name]
            found = {item.name(): index for index, item in enumerate(declaration.all_attributes())}
            self._positions[name] = found
        return found

    def of(self, name: str) -> Sequence[Entity]:
        """Return all instances of class `name` and its subtypes; none if the schema lacks it."""
        return tuple(self.file.by_type(name)) if name in self.classes else ()

    def entity(self, number: int) -> Entity:
        """Return the instance with a number, or None if the parser has none."""
        try:
            return self.file.by_id(number)
        except RuntimeError:
            return None

    def get(self, entity: Entity, name: str) -> Any:
        """Return an attribute by name, or None if the class has none of that name."""
        index = self.positions(class_of(entity)).get(name)
        return None if index is None else argument(entity, index)

    def first(self, entity: Entity, *names: str) -> Any:
        """Return the first attribute among `names` that is set, or None."""
        return next((value for name in names if (value := self.get(entity, name)) is not None), None)

    def rows(self, name: str, *attributes: str) -> Iterator[tuple[Any, ...]]:
        """Yield for every instance of `name` the instance and the named attributes, None for those it lacks."""
        if name not in self.classes:
            return
        table = self.positions(name)
        indexes = [table.get(attribute) for attribute in attributes]
        for entity in self.file.by_type(name):
            yield (entity, *(None if index is None else argument(entity, index) for index in indexes))


def members(value: Any) -> tuple[Any, ...]:
    """Return the members of a set or list argument, without holes."""
    if value is None:
        return ()
    if isinstance(value, tuple | list):
        return tuple(item for item in value if item is not None)
    return (value,)


def parse_text(text: str, schema_name: str, *, shifted: bool = False) -> Source:
    """Parse the text of a STEP file.

    Raises:
        IfcReadError: (syntax) the parser refuses the text.
    """
    try:
        return Source(ifcopenshell.file.from_string(text), schema_name, shifted=shifted)
    except Exception as error:  # the parser raises its own, RuntimeError, OSError and more
        raise _refused() from error


def parse(path: Path, schema_name: str, *, shifted: bool = False) -> Source:
    """Parse the STEP file at `path`, geometry left out.

    Raises:
        IfcReadError: (syntax) the parser refuses the file.
    """
    try:
        file = ifcopenshell.open(path, format=".ifc", bypass_types=_known(BYPASSED, schema_name))
    except Exception as error:  # the parser raises its own, RuntimeError, OSError and more
        raise _refused() from error
    return Source(file, schema_name, shifted=shifted)


def _refused() -> IfcReadError:
    return IfcReadError(
        "The file is not valid STEP.", reason=Reason.SYNTAX, hint="Export it again from the authoring tool."
    )


def failure_offset() -> int | None:
    """Return the byte at which the parser gave up, or None if it did not say."""
    found = _OFFSET.findall(ifcopenshell.get_log())
    return int(found[-1]) if found else None


def families(names: Sequence[str], schema_name: str) -> frozenset[bytes]:
    """Return the classes `names` and all their subtypes in a schema, in capitals, as files write them."""
    tables = schema_tables(schema_name)
    found = frozenset[str]().union(*(tables.families.get(name, frozenset()) for name in names))
    return frozenset(name.upper().encode() for name in found)


def _known(names: Sequence[str], schema_name: str) -> list[str]:
    return [name for name in names if name in schema_tables(schema_name).classes]
