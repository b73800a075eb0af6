"""In which space an object stands: by containment, by what it controls, or along the ports it is connected to."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from ifc import ElementRecord, RelationKind

MAX_PARENTS = 16  # nesting of assemblies in real models stays below five; more is a cycle
MAX_HOPS = 16  # from a sensor along ports: segment, fitting, segment … terminal; farther away it is another room
MAX_VISITED = 2_000  # elements of one search; the ducts of a storey


class Places:
    """Finds spaces in one version; its index of ports is made at the first question that needs it.

    Args:
        records: All records of the version by GlobalId.
    """

    def __init__(self, records: Mapping[str, ElementRecord]) -> None:
        self.records = records

    def space_of(self, global_id: str) -> str | None:
        """Return the space that an object is or stands in, or None if the model does not say.

        What has no place of its own is looked for along its port connections: the nearest connected object with a
        space decides. If the nearest ones stand in several spaces, none is taken.
        """
        direct = self._contained(global_id)
        if direct is not None or global_id not in self.records:
            return direct
        start = {global_id, *self._controlled(global_id)}
        seen, edge = set(start), start
        for _ in range(MAX_HOPS):
            edge = {other for element in edge for other in self._connected(element)} - seen
            spaces = {space for element in edge if (space := self._contained(element)) is not None}
            if spaces:
                return spaces.pop() if len(spaces) == 1 else None
            seen |= edge
            if not edge or len(seen) > MAX_VISITED:
                return None
        return None

    def _contained(self, global_id: str) -> str | None:
        current: str | None = global_id
        for _ in range(MAX_PARENTS):
            record = self.records.get(current) if current else None
            if record is None:
                return None
            if record.ifc_class == "IfcSpace":
                return record.global_id
            container = record.targets(RelationKind.CONTAINED_IN)
            parents = record.targets(RelationKind.AGGREGATED_IN) + record.targets(RelationKind.NESTED_IN)
            current = next(iter(container + parents + record.targets(RelationKind.CONTROLS)), None)
        return None

    def _controlled(self, global_id: str) -> Iterable[str]:
        return self.records[global_id].targets(RelationKind.CONTROLS)

    def _connected(self, global_id: str) -> Iterable[str]:
        for port in self._ports.get(global_id, ()):
            for other in self._links.get(port, ()):
                yield from self._owners(other)

    def _owners(self, port: str) -> tuple[str, ...]:
        record = self.records.get(port)
        return record.targets(RelationKind.NESTED_IN) if record is not None else ()

    @cached_property
    def _ports(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for port in self.records.values():
            if port.ifc_class == "IfcDistributionPort":
                for owner in port.targets(RelationKind.NESTED_IN):
                    found.setdefault(owner, []).append(port.global_id)
        return found

    @cached_property
    def _links(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for port in self.records.values():
            for other in port.targets(RelationKind.PORT_CONNECTED_TO):
                found.setdefault(port.global_id, []).append(other)
                found.setdefault(other, []).append(port.global_id)
        return found
