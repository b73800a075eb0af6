"""What the schema of IDS cannot see: requirements that no model of the named IFC schemas can meet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ifcopenshell import ifcopenshell_wrapper as wrapper
from ifctester.facet import Restriction
from lxml import etree

IDS = "{http://standards.buildingsmart.org/IDS}"
XS = "{http://www.w3.org/2001/XMLSchema}"
FORMS = {  # how IDS 1.0 writes a value of each kind
    "integer": re.compile(r"[+-]?[0-9]+"),
    "real": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"),
    "boolean": re.compile(r"true|false|1|0"),
    "logical": re.compile(r"true|false|1|0|unknown", re.IGNORECASE),
}
FORMS["number"] = FORMS["real"]


@dataclass(frozen=True, slots=True)
class Nonsense:
    """A requirement that nothing can meet.

    Attributes:
        message: What is wrong.
        line: Line in the file.
        specification: Name of the specification.
    """

    message: str
    line: int | None
    specification: str


def senseless(root: etree._Element) -> Nonsense | None:
    """Return the first requirement that nothing can meet, or None."""
    for specification in root.iter(IDS + "specification"):
        for message, place in _faults(specification):
            return Nonsense(message, place.sourceline, specification.get("name", ""))
    return None


def _faults(specification: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    applicability = specification.find(IDS + "applicability")
    requirements = specification.find(IDS + "requirements")
    if applicability.get("maxOccurs") == "0" and requirements is not None and len(requirements):
        yield "A specification that forbids elements cannot ask anything of them.", requirements
    schemas = [wrapper.schema_by_name(name) for name in specification.get("ifcVersion", "").split()]
    entities = [entity for schema in schemas for entity in schema.entities()]
    for facet in specification.iter(IDS + "entity"):
        yield from _entity_faults(facet, entities)
    meant = _meant(applicability, entities)
    for facet in () if requirements is None else requirements.findall(IDS + "entity"):
        name = facet.find(IDS + "name")
        if not [entity for entity in meant if _allows(name, entity.name().upper())]:
            yield "The specification asks its elements to be of a class that it is not about.", facet
    for facet in specification.iter(IDS + "attribute"):
        yield from _attribute_faults(facet, meant)
    for facet in specification.iter(IDS + "property"):
        yield from _property_faults(facet, schemas)


def _entity_faults(facet: etree._Element, entities: Sequence[Any]) -> Iterator[tuple[str, etree._Element]]:
    name, kind = facet.find(IDS + "name"), facet.find(IDS + "predefinedType")
    found = [entity for entity in entities if _allows(name, entity.name().upper())]
    if not found:
        yield f"No class of the named schemas is {_shown(name)}; classes are written in capitals.", facet
    elif kind is not None and not all(map(_has_types, found)):
        yield f"{_shown(name)} has no predefined types in a schema that is named.", facet


def _has_types(entity: Any) -> bool:
    """Say whether elements of a class can have a predefined type: of their own, or by the type of a product."""
    return "PredefinedType" in {a.name() for a in entity.all_attributes()} or entity._is("IfcProduct")  # noqa: SLF001 - its name


def _attribute_faults(facet: etree._Element, meant: Sequence[Any]) -> Iterator[tuple[str, etree._Element]]:
    name, value = facet.find(IDS + "name"), facet.find(IDS + "value")
    kinds = [_kind(a.type_of_attribute()) for entity in meant for a in _written(entity) if _allows(name, a.name())]
    if not kinds:
        yield f"No element that the specification is about has an attribute {_shown(name)}.", facet
    elif value is not None:
        simple = [kind for kind in kinds if kind is not None]
        if not simple:
            yield f"The attribute {_shown(name)} holds no simple value, so it cannot be compared.", facet
        elif not any(_fits(value, kind) for kind in simple):
            yield f"{_shown(value)} is no {simple[0]} as IDS writes it.", facet


def _property_faults(facet: etree._Element, schemas: Sequence[Any]) -> Iterator[tuple[str, etree._Element]]:
    value, data_type = facet.find(IDS + "value"), facet.get("dataType")
    if data_type is None:
        return
    kinds = [kind for schema in schemas if (kind := _kind_named(schema, data_type)) is not None]
    if not kinds:
        yield f"{data_type} is no simple type of the named schemas.", facet
    elif value is not None and not any(_fits(value, kind) for kind in kinds):
        yield f"{_shown(value)} is no {kinds[0]} as IDS writes it.", facet


def _meant(applicability: etree._Element, entities: Sequence[Any]) -> list[Any]:
    """Return the classes that a specification is about: those of its entity facet, or all."""
    name = applicability.find(f"{IDS}entity/{IDS}name")
    return [entity for entity in entities if name is None or _allows(name, entity.name().upper())]


def _written(entity: Any) -> Iterator[Any]:
    """Yield the attributes that a file holds: neither inverse nor derived ones."""
    for attribute, derived in zip(entity.all_attributes(), entity.derived(), strict=True):
        if not derived:
            yield attribute


def _kind(parameter: Any) -> str | None:
    """Return the simple kind of an attribute's type, or None for elements, lists and selects."""
    simple, named = parameter.as_simple_type(), parameter.as_named_type()
    if simple is not None:
        return str(simple.declared_type())
    return None if named is None else _kind_declared(named.declared_type())


def _kind_declared(declaration: Any) -> str | None:
    if declaration.as_enumeration_type() is not None:
        return "string"
    defined = declaration.as_type_declaration()
    return None if defined is None else _kind(defined.declared_type())


def _kind_named(schema: Any, name: str) -> str | None:
    try:
        return _kind_declared(schema.declaration_by_name(name))
    except RuntimeError:
        return None


def _fits(value: etree._Element, kind: str) -> bool:
    form = FORMS.get(kind)
    if form is None:
        return True
    restriction = value.find(XS + "restriction")
    if restriction is not None and restriction.find(XS + "pattern") is not None:
        return False  # a pattern is about letters
    texts = [value.findtext(IDS + "simpleValue")] if restriction is None else _choices(restriction)
    return all(form.fullmatch((text or "").strip()) is not None for text in texts)


def _choices(restriction: etree._Element) -> list[str]:
    return [item.get("value", "") for item in restriction.findall(XS + "enumeration")]


def _allows(value: etree._Element, text: str) -> bool:
    simple = value.findtext(IDS + "simpleValue")
    return simple == text if simple is not None else bool(_restriction(value) == text)


def _restriction(value: etree._Element) -> Restriction:
    made = value.find(XS + "restriction")
    options: dict[str, Any] = {}
    for item in made.iterchildren(tag=etree.Element):
        name = etree.QName(item).localname
        if name != "annotation":
            options.setdefault(name, []).append(item.get("value"))
    plural = ("enumeration", "pattern")
    return Restriction({name: found if name in plural else found[0] for name, found in options.items()})


def _shown(value: etree._Element) -> str:
    simple = value.findtext(IDS + "simpleValue")
    if simple is not None:
        return f"'{simple[:80]}'"
    return " or ".join(f"'{item.get('value', '')[:80]}'" for item in value.find(XS + "restriction"))[:200]
