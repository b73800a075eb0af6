"""Puts the parts of a parsed file together: drafts, keys, relations, records, model."""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ifc.boundary_areas import BoundaryAreas
from ifc.canonical import canonical_bytes, canonical_form
from ifc.checks import Origin, limited, structure_findings, valid_global_id
from ifc.errors import IfcReadError, Reason
from ifc.findings import ReadFinding, Severity
from ifc.gate import Admitted
from ifc.geometry_digest import GeometryDigester
from ifc.georeference import locate
from ifc.layers import Layers, reference_list
from ifc.materials import MaterialReader
from ifc.model import Model
from ifc.placement import Placements
from ifc.properties import PropertyReader, merged, read_sets
from ifc.records import ElementRecord, Header, Measure, Relation, Value
from ifc.references import read_references
from ifc.relations import ordered, read_relations
from ifc.resources import lost_resources
from ifc.shape_keys import ShapeKeys
from ifc.source import Entity, Source, argument, class_of, members, step_id
from ifc.step import StepText, arguments, unnamed_arguments
from ifc.units import UnitReader, read_units
from ifc.values import Field, ValueReader
from ifc.worker import report_progress

_SUBTYPES = ("ObjectType", "ElementType", "ProcessType", "ResourceType")
_OWN_FIELDS = frozenset({"GlobalId", "Name", "Description", "PredefinedType", *_SUBTYPES})
_ADDRESSES = ("SiteAddress", "BuildingAddress")
_NO_CHOICE = ("", "NOTDEFINED")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
_NOT_CONTAINED = ("IfcFeatureElement", "IfcVirtualElement")  # they belong to another element, or to none


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
    placed: int | None
    shaped: int | None
    addressed: bool
    fields: tuple[Field, ...]


@dataclass(slots=True)
class _Draft:
    """A record before its key and its relations are known."""

    number: int
    global_id: str
    ifc_class: str
    parts: dict[str, Any]
    key: str = ""

    def record(self, relations: tuple[Relation, ...] = ()) -> ElementRecord:
        """Return the record, complete."""
        return ElementRecord(self.key or self.global_id, self.ifc_class, **self.parts, relations=relations)


class Assembly:
    """Builds the model of one parsed file.

    Args:
        admitted: The file as the gate let it in.
        text: Its statements.
        source: The parsed file.
    """

    def __init__(self, admitted: Admitted, text: StepText, source: Source) -> None:
        self._admitted = admitted
        self._text = text
        self._source = source
        self._unit_reader = UnitReader(source)
        self._units = read_units(source, self._unit_reader)
        self._values = ValueReader(source, self._units)
        self._properties = PropertyReader(source, self._values, self._unit_reader)
        self._placements = Placements(text.statements, self._units.length_m)
        self._digester = GeometryDigester(text.statements, _likely(source, text.groups))
        self._findings: list[ReadFinding] = [*admitted.findings, *self._units.findings]
        self._layouts: dict[str, _Layout] = {}
        self._layers = Layers(source, text.statements)

    def model(self) -> Model:
        """Return the model.

        Raises:
            IfcReadError: (no-project) the file holds no IfcProject.
        """
        if not self._source.of("IfcProject"):
            raise IfcReadError(
                "The file holds no IfcProject.",
                reason=Reason.NO_PROJECT,
                hint="Export a whole model, not a library or a fragment.",
                entity="IfcProject",
            )
        drafts = self._drafts()
        self._name(drafts)
        report_progress(0.8, "Reading relations")
        keys = {draft.number: draft.key for draft in drafts}
        areas = BoundaryAreas(self._text.statements, self._placements, self._units.length_m)
        relations = read_relations(self._source, keys, areas.of)
        records = self._records(drafts, relations.by_object)
        stated = self._stated_north()
        north = math.pi / 2 if stated is None else stated
        located = locate(self._source, self._units, self._unit_reader, records, north)
        origins = {draft.key: self._origin(draft) for draft in drafts}
        numbers = {draft.key: draft.number for draft in drafts}
        self._findings += located.findings
        self._findings += structure_findings(records, self._spatial(), self._elements(), origins)
        self._findings += self._parse_findings()
        return Model(
            header=self._header(),
            file_sha256=self._admitted.sha256,
            project_id=min(draft.key for draft in drafts if draft.ifc_class == "IfcProject"),
            records=tuple(records),
            georeference=located.georeference,
            findings=tuple(limited(self._findings)),
            not_understood=self._lost(relations.lost),
            signature_block=self._admitted.signature_block,
            shape_keys=ShapeKeys(self._text.statements, self._digester, self._text.groups).of(records, numbers),
        )

    def keys(self) -> dict[int, str]:
        """Return the key of every record by the STEP number of its instance."""
        drafts = self._drafts()
        self._name(drafts)
        return {draft.number: draft.key for draft in drafts}

    # --- drafts -------------------------------------------------------------------------------------------------

    def _drafts(self) -> list[_Draft]:
        report_progress(0.3, "Reading properties")
        owned, sets = read_sets(self._source, self._properties)
        self._owned = owned
        materials = MaterialReader(self._source, self._values, self._properties).by_object()
        references = read_references(self._source)
        types = self._predefined_by_type()
        report_progress(0.5, "Reading elements and geometry")
        drafts, stated = [], self._stated_north()
        for entity in self._source.of("IfcObjectDefinition"):
            number = step_id(entity)
            kind = class_of(entity)
            layout = self._layout(kind)
            parts = self._plain(entity, layout, types.get(number, ""))
            contents = [sets[step_id(item)] for item in owned.get(number, ())]
            if contents:
                parts["property_sets"] = merged((name, content) for name, content, amount in contents if not amount)
                parts["quantity_sets"] = merged((name, content) for name, content, amount in contents if amount)
            if number in materials:
                parts["materials"] = materials[number]
            if number in references:
                parts["references"] = tuple(sorted(set(references[number]), key=repr))
            parts |= self._geometry(entity, number, layout)
            if layers := parts.pop("layers", ()):
                parts["attributes"]["PresentationLayers"] = layers
            if kind == "IfcProject" and stated is not None:
                turn = math.remainder(stated - math.pi / 2, math.tau)
                parts["attributes"]["TrueNorth"] = Measure(turn, "rad", "IfcPlaneAngleMeasure")
            drafts.append(_Draft(number, self._source.text(argument(entity, 0)), kind, parts))
        return drafts

    def _layout(self, kind: str) -> _Layout:
        found = self._layouts.get(kind)
        if found is None:
            at = self._source.positions(kind)
            found = self._layouts[kind] = _Layout(
                subtype=next((at[name] for name in _SUBTYPES if name in at), None),
                predefined=at.get("PredefinedType"),
                placed=at.get("ObjectPlacement"),
                shaped=at.get("Representation", at.get("RepresentationMaps")),
                addressed=kind in ("IfcSite", "IfcBuilding"),
                fields=tuple(item for item in self._values.fields(kind) if item.name not in _OWN_FIELDS),
            )
        return found

    def _plain(self, entity: Entity, layout: _Layout, inherited: str) -> dict[str, Any]:
        text = self._source.text
        own = "" if layout.predefined is None else str(argument(entity, layout.predefined) or "")
        return {
            "name": text(argument(entity, 2)),
            "description": text(argument(entity, 3)),
            "object_type": "" if layout.subtype is None else text(argument(entity, layout.subtype)),
            "predefined_type": inherited if own in _NO_CHOICE and inherited else own,
            "attributes": self._attributes(entity, layout),
        }

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

    def _geometry(self, entity: Entity, number: int, layout: _Layout) -> dict[str, Any]:
        """Return placement, geometry digest and layers of an object, as far as it has them."""
        if layout.shaped is None:
            return {}
        items = unnamed_arguments(self._text.statements.get(b"#%d" % number, b""))
        if len(items) <= layout.shaped:
            return {}
        shape, found = items[layout.shaped], dict[str, Any]()
        if shape != b"$":
            found["geometry_digest"] = self._digester.digest(reference_list(shape))
        if layout.placed is None:
            return found
        if layers := self._layers.of_shape(shape):
            found["layers"] = layers
        key = items[layout.placed]
        if key[:1] == b"#":
            found["placement"] = self._placements.metres(key)
            self._check_placement(entity, number, key, found["placement"])
        return found

    def _check_placement(self, entity: Entity, number: int, key: bytes, placement: tuple[float, ...] | None) -> None:
        if placement is not None and key not in self._placements.unresolved:
            return
        lost = _CYCLIC if key in self._placements.cyclic else _INVALID
        said = lost if placement is None else _APPROXIMATED
        origin = Origin(number, class_of(entity), self._text.line_of)
        self._findings.append(origin.finding(*said, self._source.text(argument(entity, 0))))

    def _predefined_by_type(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for _, related, kind in self._source.rows("IfcRelDefinesByType", "RelatedObjects", "RelatingType"):
            value = "" if kind is None else str(self._source.get(kind, "PredefinedType") or "")
            if value:
                found.update((step_id(item), value) for item in members(related))
        return found

    # --- keys ---------------------------------------------------------------------------------------------------

    def _name(self, drafts: list[_Draft]) -> None:
        """Give every draft its key: the GlobalId, with a suffix by content where it is repeated."""
        groups: dict[str, list[_Draft]] = {}
        for draft in drafts:
            if not draft.global_id:
                draft.global_id = _derived_id(draft.record())
                note = "The element has no GlobalId; one was derived from its content."
                self._findings.append(self._identity(draft, "guid.invalid", note))
            elif not valid_global_id(draft.global_id):
                self._findings.append(self._identity(draft, "guid.invalid", "The GlobalId is not a valid one."))
            draft.global_id = draft.global_id.replace("~", "-")  # "~2" at the end is how twins are told apart
            groups.setdefault(draft.global_id, []).append(draft)
        for identity, group in groups.items():
            group[0].key = identity
            if len(group) > 1:
                self._part_twins(identity, group)

    def _part_twins(self, identity: str, group: list[_Draft]) -> None:
        note = f"The GlobalId is used {len(group)} times."
        group[0].key = ""
        for index, draft in enumerate(sorted(group, key=lambda item: canonical_bytes(item.record())), start=1):
            draft.key = identity if index == 1 else f"{identity}~{index}"
            if index > 1:
                self._findings.append(self._identity(draft, "guid.duplicate", note))

    def _identity(self, draft: _Draft, rule: str, message: str) -> ReadFinding:
        hint = "Give every element its own GlobalId in the authoring tool."
        return self._origin(draft).finding(rule, Severity.ERROR, message, hint, draft.key or draft.global_id)

    def _origin(self, draft: _Draft) -> Origin:
        return Origin(draft.number, draft.ifc_class, self._text.line_of)

    def _records(self, drafts: list[_Draft], relations: Mapping[int, list[Relation]]) -> list[ElementRecord]:
        records = []
        for draft in drafts:
            own = relations.get(draft.number)
            records.append(draft.record(ordered(own) if own else ()))
        return sorted(records, key=lambda record: record.global_id)

    # --- the file as a whole ------------------------------------------------------------------------------------

    def _header(self) -> Header:
        header = self._source.file.header
        description = tuple(header.file_description.description or ())
        name = header.file_name
        view = next((item for item in description if "ViewDefinition" in item), description[0] if description else "")
        return Header(
            schema=self._admitted.schema,
            declared_schema=self._admitted.declared_schema,
            view=self._source.text(view),
            originating_system=self._source.text(name.originating_system),
            preprocessor=self._source.text(name.preprocessor_version),
            time_stamp=self._source.text(name.time_stamp),
            length_unit_m=self._units.length_m,
        )

    def _stated_north(self) -> float | None:
        """Return the angle in radians from the model's x axis to true north, counter-clockwise; None if not said."""
        for context in self._source.of("IfcGeometricRepresentationContext"):
            items = arguments(self._text.statements.get(b"#%d" % step_id(context), b""))
            direction = self._placements.vector(items[5]) if len(items) > 5 else None
            if direction is not None and any(direction[:2]):
                return math.atan2(direction[1], direction[0])
        return None

    def _spatial(self) -> frozenset[str]:
        return self._source.family("IfcSpatialElement") | self._source.family("IfcSpatialStructureElement")

    def _elements(self) -> frozenset[str]:
        excluded = frozenset[str]().union(*(self._source.family(name) for name in _NOT_CONTAINED))
        return self._source.family("IfcElement") - excluded

    def _parse_findings(self) -> list[ReadFinding]:
        found = []
        if self._values.not_finite:
            note = f"{self._values.not_finite} numbers are not finite and were left out."
            found.append(
                ReadFinding("value.not-finite", Severity.WARNING, note, "Correct the values and export again.")
            )
        if self._source.shifted and self._source.repaired:
            note = f"{self._source.repaired} texts hold Shift-JIS bytes one by one; they were decoded as Japanese."
            found.append(ReadFinding("encoding.shift-jis", Severity.WARNING, note, "Export with Unicode escapes."))
        return found

    def _lost(self, relationships: Mapping[str, int]) -> dict[str, int]:
        """Count what became neither record, relation, set nor value, and classes beyond the schema."""
        lost = Counter(relationships) + lost_resources(self._source, self._text.counts, self._values.visited)
        used = {step_id(item) for items in self._owned.values() for item in items}
        for entity in self._source.of("IfcPropertyDefinition"):
            if step_id(entity) not in used:
                lost[class_of(entity)] += 1
        known = {name.upper() for name in self._source.classes}
        for name, count in self._text.counts.items():
            if name not in known:
                lost[name or "(complex instance)"] += count
        return dict(sorted(lost.items()))


def _likely(source: Source, groups: Mapping[bytes, list[bytes]]) -> dict[bytes, list[bytes]]:
    """Return the keys of the statements of which representations are made, by class."""
    roots = ("IfcRepresentationItem", "IfcProfileDef", "IfcRepresentation", "IfcProductRepresentation")
    families = frozenset[str]().union(*map(source.family, roots)) - source.family("IfcStyledItem")
    names = {name.upper().encode() for name in families}
    return {name: keys for name, keys in groups.items() if name in names}


def _derived_id(record: ElementRecord) -> str:
    """Return a key in the form of a GlobalId, derived from the content of a record that has none."""
    number = int.from_bytes(hashlib.sha256(repr(canonical_form(record)).encode()).digest()[:16], "big")
    letters = [_ALPHABET[(number >> 6 * place) & 63] for place in range(21)]
    return _ALPHABET[number >> 126] + "".join(letters)
