"""A file under validation: its text, its instances and its records side by side."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ifc.findings import ReadFinding, Severity
from ifc.gate import Admitted
from ifc.model import Model
from ifc.records import ElementRecord
from ifc.source import Entity, Source, argument, class_of, step_id
from ifc.step import StepText, arguments


@dataclass
class Subject:
    """What the rules look at.

    Attributes:
        admitted: The file as the gate let it in.
        text: Its statements.
        source: Its instances, geometry left out.
        model: Its records.
    """

    admitted: Admitted
    text: StepText
    source: Source
    model: Model
    _arguments: dict[bytes, list[bytes]] = field(default_factory=dict)

    @cached_property
    def roots(self) -> dict[str, list[Entity]]:
        """Every instance with a GlobalId, by its GlobalId."""
        found: dict[str, list[Entity]] = {}
        for entity in self.source.of("IfcRoot"):
            found.setdefault(self.source.text(argument(entity, 0)), []).append(entity)
        return found

    def arguments(self, key: bytes) -> list[bytes]:
        """Return the arguments of statement `key` such as ``b"#12"``, as written; none if there is no such one."""
        found = self._arguments.get(key)
        if found is None:
            found = self._arguments[key] = arguments(self.text.statements.get(key, b""))
        return found

    def attribute(self, entity: Entity, name: str) -> bytes:
        """Return an attribute of `entity` as written in the file, ``b"$"`` if it has none of that name."""
        position = self.source.positions(class_of(entity)).get(name)
        items = self.arguments(b"#%d" % step_id(entity))
        return b"$" if position is None or position >= len(items) else items[position]

    def instances(self, record: ElementRecord) -> list[Entity]:
        """Return the instances from which `record` may come: one, several if its GlobalId is repeated."""
        return self.roots.get(record.global_id) or self.roots.get(record.global_id.partition("~")[0], [])

    def of_record(self, record: ElementRecord, rule: str, severity: Severity, message: str, hint: str) -> ReadFinding:
        """Return a finding about `record`."""
        found = self.instances(record)
        if not found:
            return ReadFinding(rule, severity, message, hint, record.global_id, record.ifc_class)
        return self.of_entity(found[0], rule, severity, message, hint, record.global_id)

    def of_entity(
        self, entity: Entity, rule: str, severity: Severity, message: str, hint: str, global_id: str | None = None
    ) -> ReadFinding:
        """Return a finding about an instance, with its line."""
        number = step_id(entity)
        return ReadFinding(
            rule, severity, message, hint, global_id, f"#{number} {class_of(entity)}", self.text.line_of(number)
        )

    def of_header(self, name: str, rule: str, severity: Severity, message: str, hint: str) -> ReadFinding:
        """Return a finding about a header statement, with its line."""
        at = self.admitted.data.find(name.encode())
        line = None if at < 0 else self.admitted.data.count(b"\n", 0, at) + 1
        return ReadFinding(rule, severity, message, hint, None, name, line)

    def records_of(self, family: str) -> Iterator[ElementRecord]:
        """Yield the records of class `family` and its subtypes."""
        names = self.source.family(family)
        return (record for record in self.model.records if record.ifc_class in names)


def label(record: ElementRecord) -> str:
    """Return how a person knows an element: its class and name."""
    return f"{record.ifc_class} “{record.name[:60]}”" if record.name else record.ifc_class
