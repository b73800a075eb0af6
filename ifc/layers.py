"""Presentation layers of products, found through their representations in the columns of the file."""

from collections.abc import Mapping

from ifc.links import Links
from ifc.source import Source, step_id

_ASSIGNMENT = "IfcPresentationLayerAssignment"


def reference_list(argument: bytes) -> list[bytes]:
    """Return the references of a list such as ``b"(#1,#2)"``."""
    return [item for item in map(bytes.strip, argument.strip(b"() \r\n\t").split(b",")) if item[:1] == b"#"]


class Layers:
    """Names of the presentation layers of shapes.

    Args:
        source: The parsed file.
        links: What its statements refer to.
    """

    def __init__(self, source: Source, links: Links) -> None:
        self._names: dict[int, set[str]] = {}
        assigned = links.of(_ASSIGNMENT, "AssignedItems")
        for entity, name in source.rows(_ASSIGNMENT, "Name"):
            for number in assigned.get(step_id(entity), ()):
                self._names.setdefault(number, set()).add(source.text(name))
        nothing: Mapping[int, list[int]] = {}
        self._shapes = self._items = self._sources = self._mapped = nothing
        if self._names:
            self._shapes = links.of("IfcProductRepresentation", "Representations")
            self._items = links.of("IfcRepresentation", "Items")
            self._sources = links.of("IfcMappedItem", "MappingSource")
            self._mapped = links.of("IfcRepresentationMap", "MappedRepresentation")
        self._known: dict[int, frozenset[str]] = {}

    def of_shape(self, shape: int) -> tuple[str, ...]:
        """Return the sorted layer names of the product definition shape with a STEP number."""
        if not self._names:
            return ()
        return tuple(sorted(frozenset[str]().union(*map(self._of_representation, self._shapes.get(shape, ())))))

    def _of_representation(self, number: int) -> frozenset[str]:
        """Return the layers of a representation, of its items, and of what mapped items show."""
        if number not in self._known:
            found = self._own(number)
            for item in self._items.get(number, ()):
                for origin in self._sources.get(item, ()):
                    found = found.union(*map(self._own, self._mapped.get(origin, ())))
            self._known[number] = frozenset(found)
        return self._known[number]

    def _own(self, number: int) -> set[str]:
        """Return the layers of a representation and of its items."""
        names = self._names
        return set().union(*[names[item] for item in (number, *self._items.get(number, ())) if item in names])
