"""The statements of a file as columns: number, place, class and references of each, and text when asked."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

MISSING = -1
_TAIL = re.compile(rb"ENDSEC\s*;\s*END-ISO-10303-21\s*;?\s*")
_REFERENCE = re.compile(rb"'[^']*'|\"[^\"]*\"|#\d+|[(),]")
_STATEMENT_BYTES, _REFERENCE_BYTES = 24, 12  # a first guess; files with shorter ones are scanned twice
_ROOM_BYTES = 1 << 16  # beyond the length of the file: a reference may become longer
_MAX_KEY_BYTES, _LARGEST = 19, 1 << 62  # of an instance number in a file that is not even
_DENSE = 8  # numbers up to so many times the count of statements are looked up in an array, others by search


@dataclass(frozen=True)
class StepTable:
    """The statements of one file.

    Attributes:
        text: What the offsets refer to.
        number: Instance number of each statement, in the order of the file.
        begin: Where its body begins: the name of the class.
        end: Where it ends, after the last bracket.
        code: Its class, a place in `names`.
        names: Names of the classes, as written.
        target: Instance number of each reference.
        place: Argument in which the reference stands, from 0.
        pointer: Where the references of each statement begin, and the end of the last.
    """

    text: bytes
    number: Longs
    begin: Ints
    end: Ints
    code: Ints
    names: tuple[bytes, ...]
    target: Longs
    place: Ints
    pointer: Ints

    @property
    def size(self) -> int:
        """Number of statements."""
        return len(self.number)

    @cached_property
    def data(self) -> NDArray[np.uint8]:
        """The text as an array."""
        return np.frombuffer(self.text, np.uint8)

    @cached_property
    def _sorted(self) -> tuple[Longs, NDArray[np.intp]]:
        order = np.argsort(self.number, kind="stable")
        return self.number[order], order

    @cached_property
    def _dense(self) -> Ints | None:
        """Row by number, where numbers are dense enough for that."""
        top = int(self.number.max(initial=0))
        if top > _DENSE * self.size + 1024:
            return None
        found = np.full(top + 1, MISSING, np.int32)
        found[self.number] = np.arange(self.size, dtype=np.int32)
        return found

    @cached_property
    def rows(self) -> Ints:
        """Row of each reference, `MISSING` where there is no such statement."""
        return self.rows_of(self.target)

    def rows_of(self, numbers: Longs) -> Ints:
        """Return the rows of instance numbers, `MISSING` for those that do not exist."""
        dense = self._dense
        if dense is not None:
            inside = numbers < len(dense)
            return np.where(inside, dense[np.where(inside, numbers, 0)], np.int32(MISSING)).astype(np.int32)
        values, order = self._sorted
        at = np.minimum(np.searchsorted(values, numbers), max(len(values) - 1, 0))
        if not len(values):
            return np.full(len(numbers), MISSING, np.int32)
        return np.where(values[at] == numbers, order[at], MISSING).astype(np.int32)

    def row_of(self, number: int) -> int:
        """Return the row of an instance number, `MISSING` if there is none. A dictionary would hold half a kilobyte
        for each kilobyte of the file.
        """
        dense = self._dense
        if dense is not None:
            return int(dense[number]) if 0 <= number < len(dense) else MISSING
        values, order = self._sorted
        at = int(np.searchsorted(values, min(number, _LARGEST)))
        return int(order[at]) if at < len(values) and values[at] == number else MISSING

    def unique(self) -> bool:
        """Tell whether every instance number occurs once."""
        values, _ = self._sorted
        return bool((np.diff(values) > 0).all())

    def links(self, rows: Ints, place: int) -> tuple[Ints, Longs]:
        """Return the references in one argument of some statements.

        Args:
            rows: The statements.
            place: The argument, from 0.

        Returns:
            Row of the statement and instance number referred to, for each reference, in the order of `rows`.
        """
        sizes = self.pointer[rows + 1] - self.pointer[rows]
        ends = np.cumsum(sizes)
        at = np.arange(int(sizes.sum())) + np.repeat(self.pointer[rows] - (ends - sizes), sizes)
        there = self.place[at] == place
        return np.repeat(rows, sizes)[there], self.target[at[there]]

    def of(self, names: Collection[bytes]) -> Ints:
        """Return the rows of the classes with these names, as written."""
        found = [self.by_code[code] for name, code in self.codes.items() if name in names]
        return np.concatenate(found) if found else np.zeros(0, np.int32)

    def body(self, row: int) -> bytes:
        """Return the body of a statement."""
        return self.text[self.begin[row] : self.end[row]]

    @cached_property
    def codes(self) -> Mapping[bytes, int]:
        """Code by name of the class, as written."""
        return {name: code for code, name in enumerate(self.names)}

    @cached_property
    def by_code(self) -> Sequence[Ints]:
        """Rows of each class, in the order of the file."""
        order = np.argsort(self.code, kind="stable").astype(np.int32)
        return np.split(order, np.cumsum(np.bincount(self.code, minlength=len(self.names)))[:-1])


class Statements(Mapping[bytes, bytes]):
    """``b"#12"`` -> statement body, cut out of the text when asked.

    Args:
        table: The statements.
    """

    def __init__(self, table: StepTable) -> None:
        self.table = table

    def __getitem__(self, key: bytes) -> bytes:
        """Return the body of the statement `key`."""
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    @overload  # type: ignore[override]
    def get(self, key: bytes, default: bytes) -> bytes: ...

    @overload
    def get(self, key: bytes, default: None = None) -> bytes | None: ...

    def get(self, key: bytes, default: bytes | None = None) -> bytes | None:
        """Return the body of the statement `key`, or `default`."""
        try:
            row = self.table.row_of(int(key[1:]))
        except ValueError:
            return default
        return default if row == MISSING else self.table.body(row)

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a statement `key`."""
        return isinstance(key, bytes) and key[:1] == b"#" and key[1:].isdigit() and self.get(key) is not None

    def __iter__(self) -> Iterator[bytes]:
        """Yield the keys in the order of the file."""
        return (b"#%d" % number for number in self.table.number.tolist())

    def __len__(self) -> int:
        """Return the number of statements."""
        return self.table.size


def scanned(text: bytes, start: int) -> StepTable | None:
    """Return the statements of an evenly written file, or None if it is for a slower search to judge.

    Args:
        text: The whole file without comments.
        start: Where the data section begins.
    """
    from ifc.step_scan import FULL, MAX_CLASSES, SLOTS, scan  # the compiler loads late: see `ifc.compiled`

    data = np.frombuffer(text + b"\0", np.uint8)
    statements, references = len(text) // _STATEMENT_BYTES + 16, len(text) // _REFERENCE_BYTES + 16
    while True:
        number, target = np.empty(statements, np.int64), np.empty(references, np.int64)
        begin, end, code = (np.empty(statements, np.int32) for _ in range(3))
        pointer, place = np.empty(statements + 1, np.int32), np.empty(references, np.int32)
        slots, names = np.full(SLOTS, -1, np.int32), np.zeros(2 * MAX_CLASSES, np.int32)
        columns = (number, begin, end, code, pointer, target, place)
        stop, count, used, classes = scan(data, start, *columns, slots, names)
        if stop != FULL:
            break
        statements, references = 2 * statements, 2 * references
    if stop < 0 or not _TAIL.fullmatch(text, stop):
        return None
    labels = tuple(text[a:b] for a, b in names[: 2 * classes].reshape(-1, 2).tolist())
    table = StepTable(
        text,
        number[:count],
        begin[:count],
        end[:count],
        code[:count],
        labels,
        target[:used],
        place[:used],
        pointer[: count + 1],
    )
    return table if table.unique() else None


def stand_ins(table: StepTable, dropped: Collection[bytes], repeated: Collection[bytes]) -> Ints:
    """Return for each row the one that stands for it before the parser, `MISSING` for those that are left out.

    Args:
        table: All statements of an evenly written file.
        dropped: Names of the classes to leave out.
        repeated: Names of the classes of which each content is wanted once.
    """
    from ifc.step_reduce import first_of_kind

    first = np.arange(table.size, dtype=np.int32)
    first[table.of(dropped)] = MISSING
    rows = table.of(repeated)
    rows = np.sort(rows[table.pointer[rows + 1] == table.pointer[rows]])
    slots = np.full(1 << (2 * len(rows) + 1).bit_length(), -1, np.int32)
    first_of_kind(table.data, table.begin, table.end, rows, slots, first)
    return first


def keep_referred(table: StepTable, first: Ints, owners: Collection[bytes], wanted: Collection[bytes]) -> None:
    """Take back into `first` what some classes refer to, as far as it is `wanted`, and what that refers to.

    Args:
        table: All statements.
        first: What `stand_ins` returned; changed.
        owners: Names of the classes that refer.
        wanted: Names of the classes to take back.
    """
    rows = table.of(owners)
    among = table.of(wanted) if len(rows) else rows
    while len(rows):
        targets = [table.rows[table.pointer[row] : table.pointer[row + 1]] for row in rows.tolist()]
        rows = np.intersect1d(np.concatenate(targets), among)
        rows = rows[first[rows] == MISSING]
        first[rows] = rows


def text_of(table: StepTable, first: Ints) -> bytes:
    """Return the statements that stand for themselves, references replaced by those that stand for others."""
    from ifc.step_reduce import reduce_text

    columns = (table.number, table.begin, table.end, table.pointer, table.rows)
    stays = first == np.arange(table.size, dtype=np.int32)
    room = int((table.end - table.begin)[stays].sum()) + _ROOM_BYTES
    while True:
        out = np.empty(room, np.uint8)
        size = reduce_text(table.data, *columns, first, out)
        if size >= 0:
            return out[:size].tobytes()
        room *= 2


def tabled(statements: Mapping[bytes, bytes]) -> StepTable:
    """Return statements found by other means as columns.

    Args:
        statements: ``b"#12"`` -> body.
    """
    bodies = list(statements.values())
    ends = np.cumsum([len(body) for body in bodies], dtype=np.int64)
    names: dict[bytes, int] = {}
    code = [names.setdefault(body[: max(body.find(b"("), 0)].strip().upper(), len(names)) for body in bodies]
    found = [list(_references(body)) for body in bodies]
    flat = [item for items in found for item in items]
    pairs = np.array(flat, np.int64).reshape(-1, 2)
    return StepTable(
        text=b"".join(bodies),
        number=np.array([_number(key) for key in statements], np.int64),
        begin=np.concatenate([[0], ends[:-1]]).astype(np.int32) if bodies else np.zeros(0, np.int32),
        end=ends.astype(np.int32),
        code=np.array(code, np.int32),
        names=tuple(names),
        target=pairs[:, 0].copy(),
        place=pairs[:, 1].astype(np.int32),
        pointer=np.concatenate([[0], np.cumsum([len(items) for items in found])]).astype(np.int32),
    )


def _number(key: bytes) -> int:
    """Return an instance number; one that does not fit, which no parser accepts, becomes the largest."""
    return int(key[1:]) if len(key) <= _MAX_KEY_BYTES else _LARGEST


def _references(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield number and argument of every reference of a statement."""
    depth, place = 0, 0
    for match in _REFERENCE.finditer(body):
        mark = match[0][:1]
        if mark == b"#":
            yield _number(match[0]), place
        elif mark == b",":
            place += depth == 1
        elif mark in b"()":
            depth += 1 if mark == b"(" else -1
