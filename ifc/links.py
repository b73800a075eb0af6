"""References between statements by class and attribute, out of the columns of a file: no instance is made."""

from collections.abc import Iterator, Mapping

import numpy as np

from ifc.source import Source
from ifc.step_table import StepTable


class Links:
    """What the attributes of whole classes refer to.

    Args:
        table: The statements of the file.
        source: The same file, parsed; gives the schema.
    """

    def __init__(self, table: StepTable, source: Source) -> None:
        self._table = table
        self._source = source
        self._present = {source.spelling(written): written for written in table.names}
        self._known: dict[tuple[str, str], Mapping[int, list[int]]] = {}

    def of(self, name: str, attribute: str) -> Mapping[int, list[int]]:
        """Return what an attribute of class `name` and its subtypes refers to, by instance number."""
        key = (name, attribute)
        if key not in self._known:
            self._known[key] = self._read(name, attribute)
        return self._known[key]

    def _read(self, name: str, attribute: str) -> Mapping[int, list[int]]:
        family = self._source.family(name)
        written = [text for spelled, text in self._present.items() if spelled in family]
        position = self._source.positions(name).get(attribute) if written else None
        if position is None:
            return {}
        rows = np.sort(self._table.of(written))
        owners, targets = self._table.links(rows, position)
        found: dict[int, list[int]] = {}
        for owner, target in zip(self._table.number[owners].tolist(), targets.tolist(), strict=True):
            held = found.get(owner)
            if held is None:
                found[owner] = [target]
            else:
                held.append(target)
        return found

    def pairs(self, name: str, many: str, one: str) -> Iterator[tuple[list[int], int]]:
        """Yield for every instance of `name` what attribute `many` refers to and the first that `one` refers to."""
        others = self.of(name, one)
        for owner, members in self.of(name, many).items():
            if target := others.get(owner):
                yield members, target[0]

    def numbers(self, name: str) -> Iterator[tuple[bytes, list[int]]]:
        """Yield the classes of the family of `name` that occur, in capitals, with the numbers of their instances."""
        family = upper(self._source.family(name))
        for written, rows in zip(self._table.names, self._table.by_code, strict=True):
            if written in family:
                yield written, self._table.number[rows].tolist()

    def class_of(self, number: int) -> bytes:
        """Return the class of an instance in capitals, or nothing if there is none."""
        row = self._table.row.get(number)
        return b"" if row is None else self._table.names[self._table.code[row]]


def upper(names: frozenset[str]) -> frozenset[bytes]:
    """Return the names of classes as files write them."""
    return frozenset(name.upper().encode() for name in names)
