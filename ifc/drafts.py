"""Records before their keys and relations are known: one draft for every object definition of a file."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ifc.checks import Origin
from ifc.findings import ReadFinding, Severity
from ifc.geometry_digest import GeometryDigester
from ifc.layers import Layers
from ifc.links import Links
from ifc.materials import MaterialReader
from ifc.placement import Placements
from ifc.placement_columns import world_matrices
from ifc.profiles import ProfileProperties
from ifc.properties import PropertyReader, Sets, merged, read_sets
from ifc.records import ElementRecord, Measure, Relation, Value
from ifc.references import read_references
from ifc.shape_aspects import lost_aspects, read_shape_aspects
from ifc.source import Entity, Source, argument, class_of, step_id
from ifc.step import StepText
from ifc.values import Field, ValueReader
from ifc.worker import report_progress

_SUBTYPES = ("ObjectType", "ElementType", "ProcessType", "ResourceType")
_OWN_FIELDS = frozenset({"GlobalId", "Name", "Description", "PredefinedType", *_SUBTYPES})
_ADDRESSES = ("SiteAddress", "BuildingAddress")
_NO_CHOICE = ("", "NOTDEFINED")

_AGAIN = "Place the element again in the authoring tool and export."
_CYCLIC = ("placement.cyclic", Severity.ERROR, "The placement refers to itself.", _AGAIN)
_INVALID = ("placement.invalid", Severity.ERROR, "The placement is missing or holds no finite numbers.", _AGAIN)
_APPROXIMATED = (
    "placement.approximated",
    Severity.WARNING,
    "The element stands on a grid or along an alignment; its place is that of what these stand on.",
    "Export with local placements, or with the Cartesian position of linear placements.",
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the attributes of a class stand."""

    subtype: int | None
    predefined: int | None
    placed: bool
    addressed: bool
    fields: tuple[Field, ...]


@dataclass(slots=True)
class Draft:
    """A record before its key and its relations are known."""

    number: int
    global_id: str
    ifc_class: str
    name: str
    description: str
    object_type: str
    predefined_type: str
    attributes: dict[str, Value]
    placement: tuple[float, ...] | None
    geometry_digest: str
    sets: tuple[Sets, Sets]
    materials: tuple[Any, ...]
    references: tuple[Any, ...]
    key: str = ""

    def record(self, relations: tuple[Relation, ...] = ()) -> ElementRecord:
        """Return the record, complete."""
        return ElementRecord(
            self.key or self.global_id,
            self.ifc_class,
            self.name,
            self.description,
            self.object_type,
            self.predefined_type,
            self.attributes,
            self.placement,
            self.geometry_digest,
            *self.sets,
            self.materials,
            self.references,
            relations,
        )


class DraftReader:
    """Reads the drafts of a file.

    Args:
        text: The statements of the file.
        source: The file, parsed.
        links: What its statements refer to.
        values: Reader of values.
        properties: Reader of properties.
        placements: Its placements.
        digester: Its geometry digests.

    Attributes:
        findings: What is odd about placements.
        set_numbers: STEP numbers of the property sets that belong to an object.
        lost: Classes and counts of properties of profiles and parts of shapes that belong to no object.
    """

    def __init__(
        self,
        text: StepText,
        source: Source,
        links: Links,
        values: ValueReader,
        properties: PropertyReader,
        placements: Placements,
        digester: GeometryDigester,
    ) -> None:
        self._text = text
        self._source = source
        self._links = links
        self._values = values
        self._placements = placements
        self._layouts: dict[str, _Layout] = {}
        self.findings: list[ReadFinding] = []
        report_progress(0.3, "Reading properties")
        owned, contents = read_sets(source, links, properties)
        self.set_numbers = frozenset(contents)
        profiles = ProfileProperties(source, links, values, properties)
        drawn = profiles.by_object(text.table)
        contents |= {number: (*profiles.content(number), False) for number in set().union(*drawn.values())}
        for item, numbers in drawn.items():
            owned.setdefault(item, []).extend(numbers)
        self._sets = _sets_of(owned, contents)
        self._materials = MaterialReader(source, links, values, properties, profiles).by_object()
        self._references = read_references(source, links)
        self._types = self._predefined_by_type()
        report_progress(0.5, "Reading elements and geometry")
        self._shapes = _shapes(links)
        self._digests = dict(zip(self._shapes, digester.digests(list(self._shapes.values())), strict=True))
        self._aspects = read_shape_aspects(source, links, digester)
        owned_shapes = {shape for shapes in self._shapes.values() for shape in shapes}
        self.lost = Counter(profiles.lost()) + lost_aspects(links, owned_shapes)
        self._layers = Layers(source, links)
        self._matrices = world_matrices(text.table, placements.length_m)
        self._stands_on = links.of("IfcProduct", "ObjectPlacement")

    def drafts(self, north: float | None) -> Iterator[Draft]:
        """Yield a draft for every object definition.

        Args:
            north: Angle in radians from the model's x axis to true north, counter-clockwise, if the file states it.
        """
        for entity in self._source.of("IfcObjectDefinition"):
            draft = self._draft(entity)
            if north is not None and draft.ifc_class == "IfcProject":
                turn = math.remainder(north - math.pi / 2, math.tau)
                draft.attributes["TrueNorth"] = Measure(turn, "rad", "IfcPlaneAngleMeasure")
            yield draft

    def _draft(self, entity: Entity) -> Draft:
        number, kind, text = step_id(entity), class_of(entity), self._source.text
        layout = self._layouts.get(kind) or self._layout(kind)
        own = "" if layout.predefined is None else str(argument(entity, layout.predefined) or "")
        if own in _NO_CHOICE:
            own = self._types.get(number) or own
        attributes = self._attributes(entity, layout)
        shape = self._shapes.get(number)
        if layout.placed and shape and (layers := self._layers.of_shape(shape[0])):
            attributes["PresentationLayers"] = layers
        if self._aspects and (aspects := tuple(a for item in shape or () for a in self._aspects.get(item, ()))):
            attributes["ShapeAspects"] = aspects
        references = self._references.get(number, ())
        return Draft(
            number,
            text(argument(entity, 0)),
            kind,
            text(argument(entity, 2)),
            text(argument(entity, 3)),
            "" if layout.subtype is None else text(argument(entity, layout.subtype)),
            own,
            attributes,
            self._placement(entity, number) if layout.placed else None,
            self._digests.get(number, ""),
            self._sets.get(number, ({}, {})),
            self._materials.get(number, ()),
            tuple(sorted(set(references), key=repr)) if references else (),
        )

    def _layout(self, kind: str) -> _Layout:
        at = self._source.positions(kind)
        found = self._layouts[kind] = _Layout(
            subtype=next((at[name] for name in _SUBTYPES if name in at), None),
            predefined=at.get("PredefinedType"),
            placed="ObjectPlacement" in at,
            addressed=kind in ("IfcSite", "IfcBuilding"),
            fields=tuple(item for item in self._values.fields(kind) if item.name not in _OWN_FIELDS),
        )
        return found

    def _attributes(self, entity: Entity, layout: _Layout) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for item in layout.fields:
            raw = argument(entity, item.position)
            if raw is not None and (value := item.convert(raw)) is not None:
                found[item.name] = value
        if layout.addressed:
            address = self._source.first(entity, *_ADDRESSES)
            if address is not None:
                found["Address"] = self._values.scalars(address)
        return found

    def _placement(self, entity: Entity, number: int) -> tuple[float, ...] | None:
        at = self._stands_on.get(number)
        if not at:
            return None
        ordinary = self._matrices.get(at[0])
        if ordinary is not None:
            return ordinary
        key = b"#%d" % at[0]
        placement = self._placements.metres(key)
        if placement is None or key in self._placements.unresolved:
            lost = _CYCLIC if key in self._placements.cyclic else _INVALID
            said = lost if placement is None else _APPROXIMATED
            origin = Origin(number, class_of(entity), self._text.line_of)
            self.findings.append(origin.finding(*said, self._source.text(argument(entity, 0))))
        return placement

    def _predefined_by_type(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for related, number in self._links.pairs("IfcRelDefinesByType", "RelatedObjects", "RelatingType"):
            kind = self._source.entity(number)
            value = "" if kind is None else str(self._source.get(kind, "PredefinedType") or "")
            if value:
                found.update(dict.fromkeys(related, value))
        return found


def _shapes(links: Links) -> dict[int, list[int]]:
    """Return the representations of products and the representation maps of types, by STEP number."""
    maps = links.of("IfcTypeProduct", "RepresentationMaps")
    return {**links.of("IfcProduct", "Representation"), **maps}


def _sets_of(
    owned: Mapping[int, list[int]], contents: Mapping[int, tuple[str, dict[str, Value], bool]]
) -> dict[int, tuple[Sets, Sets]]:
    """Return the property and the quantity sets of every object; objects with the same sets share them."""
    known: dict[tuple[int, ...], tuple[Sets, Sets]] = {}
    found = {}
    for number, sets in owned.items():
        key = tuple(sets)
        if key not in known:
            held = [contents[item] for item in sets]
            known[key] = (
                merged((name, content) for name, content, amount in held if not amount),
                merged((name, content) for name, content, amount in held if amount),
            )
        found[number] = known[key]
    return found
