"""References between statements by class and attribute, out of the columns of a file: no instance is made."""

from collections.abc import Iterator, Mapping

import numpy as np

from ifc.source import Source
from ifc.step_table import MISSING, StepTable


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
        self._spelled = frozenset(self._present)
        self._known: dict[tuple[str, str], Mapping[int, list[int]]] = {}

    def of(self, name: str, attribute: str) -> Mapping[int, list[int]]:
        """Return what an attribute of class `name` and its subtypes refers to, by instance number."""
        key = (name, attribute)
        if key not in self._known:
            self._known[key] = self._read(name, attribute)
        return self._known[key]

    def _read(self, name: str, attribute: str) -> Mapping[int, list[int]]:
        written = [self._present[spelled] for spelled in self._spelled & self._source.family(name)]
        position = self._source.positions(name).get(attribute) if written else None
        if position is None:
            return {}
        owners, targets = self._table.links(np.sort(self._table.of(written)), position)
        if not len(owners):
            return {}
        begins = [0, *((owners[1:] != owners[:-1]).nonzero()[0] + 1).tolist()]
        flat = targets.tolist()
        numbers = self._table.number[owners[begins]].tolist()
        lists = [flat[begin:end] for begin, end in zip(begins, [*begins[1:], len(flat)], strict=True)]
        return dict(zip(numbers, lists, strict=True))

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
        row = self._table.row_of(number)
        return b"" if row == MISSING else self._table.names[self._table.code[row]]


def upper(names: frozenset[str]) -> frozenset[bytes]:
    """Return the names of classes as files write them."""
    return frozenset(name.upper().encode() for name in names)
