"""Presentation layers of products, found through their representations in the text of the file."""

from collections.abc import Mapping

from ifc.source import Source, step_id
from ifc.step import arguments, unnamed_arguments

_ASSIGNMENT = "IfcPresentationLayerAssignment"
_ITEMS = 2  # position of AssignedItems
_MAPPED = b"IFCMAPPEDITEM"


def reference_list(argument: bytes) -> list[bytes]:
    """Return the references of a list such as ``b"(#1,#2)"``."""
    return [item for item in map(bytes.strip, argument.strip(b"() \r\n\t").split(b",")) if item[:1] == b"#"]


class Layers:
    """Names of the presentation layers of shapes.

    Args:
        source: The parsed file.
        statements: ``b"#12"`` -> statement body.
    """

    def __init__(self, source: Source, statements: Mapping[bytes, bytes]) -> None:
        self._statements = statements
        self._names: dict[bytes, set[str]] = {}
        for entity, name in source.rows(_ASSIGNMENT, "Name"):
            items = arguments(statements.get(b"#%d" % step_id(entity), b""))
            for key in reference_list(items[_ITEMS]) if len(items) > _ITEMS else ():
                self._names.setdefault(key, set()).add(source.text(name))

    def of_shape(self, shape: bytes) -> tuple[str, ...]:
        """Return the sorted layer names of the product definition shape `shape`."""
        if not self._names:
            return ()
        found = set[str]()
        for representation in self._list(shape, 2):
            found |= self._names.get(representation, set())
            for item in self._list(representation, 3):
                found |= self._names.get(item, set())
                if self._statements.get(item, b"").startswith(_MAPPED):
                    found |= self._mapped(item)
        return tuple(sorted(found))

    def _mapped(self, item: bytes) -> set[str]:
        """Return the layers of the representation that a mapped item shows, and of its items."""
        found = set[str]()
        for origin in self._list(item, 0):
            for representation in self._list(origin, 1):
                for key in (representation, *self._list(representation, 3)):
                    found |= self._names.get(key, set())
        return found

    def _list(self, key: bytes, position: int) -> list[bytes]:
        items = unnamed_arguments(self._statements.get(key, b""))
        return reference_list(items[position]) if len(items) > position else []
