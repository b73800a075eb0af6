"""Puts the parts of a parsed file together: drafts, keys, relations, records, model."""

import math
from collections import Counter
from collections.abc import Mapping
from operator import attrgetter

from ifc.boundary_areas import BoundaryAreas
from ifc.canonical_text import value_text
from ifc.checks import Origin, limited, structure_findings
from ifc.drafts import Draft, DraftReader
from ifc.errors import IfcReadError, Reason
from ifc.findings import ReadFinding, Severity
from ifc.gate import Admitted
from ifc.geometry_digest import GeometryDigester
from ifc.georeference import locate
from ifc.identities import name_drafts
from ifc.links import Links
from ifc.model import Model, Outline, Shaped
from ifc.placement import Placements
from ifc.properties import PropertyReader
from ifc.records import ElementRecord, Header, Relation, Value
from ifc.relations import ordered, read_relations
from ifc.resources import lost_resources
from ifc.shape_keys import ShapeKeys
from ifc.source import Source, class_of, step_id
from ifc.step import StepText, arguments
from ifc.units import UnitReader, read_units
from ifc.values import ValueReader
from ifc.worker import report_progress

_NOT_CONTAINED = ("IfcFeatureElement", "IfcVirtualElement")  # they belong to another element, or to none


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
        self._links = Links(text.table, source)
        self._placements = Placements(text.statements, self._units.length_m)
        self._digester = GeometryDigester(text.table)
        self._findings: list[ReadFinding] = [*admitted.findings, *self._units.findings]
        self._set_numbers: frozenset[int] = frozenset()
        self._unread: Counter[str] = Counter()
        self._shaped: tuple[Shaped, ...] = ()

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
        report_progress(0.8, "Reading relations")
        keys = {draft.number: draft.key for draft in drafts}
        areas = BoundaryAreas(self._text.statements, self._placements, self._units.length_m)
        relations = read_relations(self._source, self._links, keys, areas.of)
        records = _records(drafts, relations.by_object)
        stated = self._stated_north()
        north = math.pi / 2 if stated is None else stated
        located = locate(self._source, self._units, self._unit_reader, records, north)
        line = self._text.line_of
        origins = {draft.key: Origin(draft.number, draft.ifc_class, line) for draft in drafts}
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
            outline=Outline(self._admitted.sha256, self._units.length_m, self._shaped),
            shape_keys=ShapeKeys(self._text.table, self._links, self._digester).of(records, numbers),
        )

    def keys(self) -> dict[int, str]:
        """Return the key of every record by the STEP number of its instance."""
        drafts = self._drafts()
        return {draft.number: draft.key for draft in drafts}

    def _drafts(self) -> list[Draft]:
        properties = PropertyReader(self._source, self._values, self._unit_reader)
        shapes = (self._placements, self._digester)
        reader = DraftReader(self._text, self._source, self._links, self._values, properties, *shapes)
        drafts = list(reader.drafts(self._stated_north()))
        projects = [draft for draft in drafts if draft.ifc_class == "IfcProject"]
        if projects and (tables := self._free_tables()):
            min(projects, key=lambda draft: draft.global_id).attributes["Tables"] = tables
        self._set_numbers, self._unread = reader.set_numbers, reader.lost
        self._findings += reader.findings
        shaped = self._links.of("IfcProduct", "Representation")
        held = [Shaped(draft.number, draft.global_id, draft.ifc_class) for draft in drafts if draft.number in shaped]
        self._shaped = tuple(sorted(held, key=attrgetter("step_id")))
        self._findings += name_drafts(drafts, self._text)
        return drafts

    def _free_tables(self) -> tuple[Value, ...]:
        """Return the tables to which nothing refers: they say something of the whole model."""
        tables = [item for item in self._source.of("IfcTable") if step_id(item) not in self._values.visited]
        return tuple(sorted((self._values.value(item) for item in tables), key=value_text))

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
        lost = Counter(relationships) + self._unread
        lost += lost_resources(self._source, self._text.counts, self._values.visited)
        for entity in self._source.of("IfcPropertyDefinition"):
            if step_id(entity) not in self._set_numbers:
                lost[class_of(entity)] += 1
        plain = self._source.property_text.sets
        lost.update(kind for number, (kind, _) in plain.items() if number not in self._set_numbers)
        known = {name.upper() for name in self._source.classes}
        for name, count in self._text.counts.items():
            if name not in known:
                lost[name or "(complex instance)"] += count
        return dict(sorted(lost.items()))


def _records(drafts: list[Draft], relations: Mapping[int, list[Relation]]) -> list[ElementRecord]:
    found = [draft.record(ordered(relations.get(draft.number, ()))) for draft in drafts]
    return sorted(found, key=lambda record: record.global_id)
