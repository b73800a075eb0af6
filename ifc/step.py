"""STEP physical files as text: statements, lines, arguments and faults, without any schema.

This scanner knows where strings begin and end and nothing more. It gives line numbers, which the parser does not,
and is the base of the geometry digest and of the placements.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ifc.step_table import Statements, StepTable, scanned, tabled

MAX_INSTANCE_NUMBER = 2**32 - 1  # the parser keeps instance numbers in 32 bits; larger ones are misread

_COMMENT = re.compile(rb"'[^']*(?:'|\Z)|/\*.*?\*/", re.DOTALL)
_SPLIT = re.compile(rb"'[^']*'|[(),]")
_TOKENS = re.compile(
    rb"(?:\s|'[^']*'|#\d+|[-+]?\d+(?:\.\d*)?(?:[Ee][-+]?\d+)?(?![\w.])|\.\w+\.|\"[0-9A-Fa-f]*\"|[$*(),]|[A-Za-z]\w*(?=\s*\())*+"
)
_INSTANCE = re.compile(rb"(#\d+)\s*=\s*([^';]*+(?:'[^']*+'[^';]*+)*+);")
_DATA = re.compile(rb"ENDSEC\s*;\s*DATA\s*(?:\([^;]*\))?\s*;")
_STATEMENT = re.compile(rb"\s*(#\d+)\s*=\s*")
_RUNAWAY = re.compile(rb";\s*#\d+\s*=\s*[A-Z]")  # a statement inside a text: the text was not closed
_MAX_DIGITS = len(str(MAX_INSTANCE_NUMBER))
_FRAME = re.compile(rb"ENDSEC|END-ISO-10303-21")  # the parser reads one DATA section and drops a second one
_HEADER_ENTITIES = ("FILE_DESCRIPTION", "FILE_NAME", "FILE_SCHEMA")
_STRING = re.compile(rb"'[^']*'")
_NO_NUMBER = "A statement does not begin with an instance number and an equals sign."


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing in a file that is not STEP syntax.

    Attributes:
        message: One sentence for a person.
        line: Line where the statement begins, from 1.
        entity: Instance number and class, as far as they can be read.
    """

    message: str
    line: int
    entity: str | None


def without_comments(data: bytes) -> bytes:
    """Return `data` with every comment outside strings blanked, line breaks kept."""
    if b"/*" not in data:
        return data
    end = data.rfind(b"*/") + 2  # an exporter writes comments above the data only
    found = _COMMENT.sub(lambda m: m[0] if m[0][:1] == b"'" else b" " + b"\n" * m[0].count(b"\n"), data[:end])
    return found + data[end:]


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield the texts between semicolons that are outside strings."""
    held: list[bytes] = []
    for piece in data.split(b";"):
        odd = piece.count(b"'") & 1
        if not held:
            if odd:
                held.append(piece)
            else:
                yield piece
            continue
        held.append(piece)
        if odd:
            yield b";".join(held)
            held = []
    if held:
        yield b";".join(held)


class StepText:
    """The statements of one STEP file.

    Args:
        data: The whole file, UTF-8 or ASCII.

    Attributes:
        even: Whether the file is written as exporters write; known once `table` is.
    """

    def __init__(self, data: bytes) -> None:
        self._data = without_comments(data)
        self.even = False

    @cached_property
    def table(self) -> StepTable:
        """The statements as columns; of a repeated number the last one."""
        start = self._data_start()
        found = scanned(self._data, start)
        self.even = found is not None
        if found is None:
            kept = dict(_INSTANCE.findall(self._data, start))
            found = tabled(kept)
        return found

    @cached_property
    def statements(self) -> Statements:
        """Every instance: ``b"#12"`` -> ``b"IFCWALL('...',...)"``; of a repeated number the last one."""
        return Statements(self.table)

    @property
    def head(self) -> bytes:
        """The file up to its first statement, comments blanked."""
        return self._data[: self._data_start()]

    def _data_start(self) -> int:
        match = _DATA.search(self._data)
        return match.end() if match else 0

    def silent_fault(self) -> Fault | None:
        """Return the first fault that the parser may drop without a word, or None: it does not see all of a file."""
        return self.first_fault() if self.table.size and not self.even else None

    def header(self, name: str) -> bytes | None:
        """Return the header statement called `name`, such as ``FILE_NAME``, or None."""
        for piece in _pieces(self._data[: self._data.find(b"DATA") + 4]):
            text = piece.strip()
            if text.upper().startswith(name.encode()):
                return text
        return None

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Number of instances per class, class names in upper case."""
        found: Counter[str] = Counter()
        for name, rows in zip(self.table.names, self.table.by_code, strict=True):
            found[name.strip().upper().decode("ascii", "replace")] += len(rows)
        return found

    @cached_property
    def _line_starts(self) -> list[int]:
        mark = b"\n" if b"\n" in self._data else b"\r"
        return [match.end() for match in re.finditer(mark, self._data)]

    @cached_property
    def _offsets(self) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        position = 0
        for piece in _pieces(self._data):
            match = _STATEMENT.match(piece)
            if match:
                found[match[1]] = position + match.start(1)
            position += len(piece) + 1
        return found

    def line_at(self, offset: int) -> int:
        """Return the line, from 1, of a byte offset."""
        return bisect_right(self._line_starts, offset) + 1

    def line_of(self, number: int) -> int | None:
        """Return the line, from 1, on which instance `number` begins, or None."""
        offset = self._offsets.get(b"#%d" % number)
        return None if offset is None else self.line_at(offset)

    def last_line(self) -> int:
        """Return the number of the last line."""
        return self.line_at(len(self._data))

    def first_fault(self, classes: frozenset[str] | None = None) -> Fault | None:
        """Return the first statement that breaks the syntax, or None.

        Args:
            classes: Upper-case names of the classes that may occur; None to accept any.
        """
        return next(self.faults(classes), None)

    def faults(self, classes: frozenset[str] | None = None) -> Iterator[Fault]:
        """Yield every statement that breaks the syntax, in the order of the file.

        Args:
            classes: Upper-case names of the classes that may occur; None to accept any.
        """
        position, seen, start = 0, set[bytes](), self._data_start()
        for piece in _pieces(self._data):
            text = piece.strip()
            if text[:1] == b"#":
                message = _fault(text, seen, classes)
            else:
                stray = start and position >= start and text and not _FRAME.match(text)
                message = _NO_NUMBER if stray else None
            if message:
                offset = position + len(piece) - len(piece.lstrip())
                yield Fault(message, self.line_at(offset), _entity(text))
            position += len(piece) + 1

    def header_fault(self) -> Fault | None:
        """Return the header statement that is missing, or None."""
        missing = next((name for name in _HEADER_ENTITIES if self.header(name) is None), None)
        return Fault(f"The header holds no {missing}.", 1, missing) if missing else None


def _fault(text: bytes, seen: set[bytes], classes: frozenset[str] | None) -> str | None:
    match = _STATEMENT.match(text)
    if not match:
        return _NO_NUMBER
    number, body = match[1], text[match.end() :]
    if len(number) > _MAX_DIGITS + 1 or int(number[1:]) > MAX_INSTANCE_NUMBER:
        return f"The instance number {number.decode()[:30]} is too large."
    if number in seen:
        return f"The instance number {number.decode()} is used twice."
    seen.add(number)
    if body.count(b"'") & 1 or _RUNAWAY.search(body):
        return "A text is not closed."
    if not _TOKENS.fullmatch(body):
        return "A value is not written in STEP syntax."
    bare = _STRING.sub(b"", body)
    if bare.count(b"(") != bare.count(b")") or not bare.endswith(b")"):
        return "The brackets of a statement do not close."
    if classes is not None and body[:1] != b"(" and class_of(body).decode("ascii", "replace") not in classes:
        return f"The class {class_of(body).decode('ascii', 'replace')[:60]} is not in the schema."
    return None


def _entity(text: bytes) -> str:
    return text[:80].split(b"(")[0].decode("ascii", "replace").replace("=", " ").strip()


def class_of(body: bytes) -> bytes:
    """Return the upper-case class of a statement body such as ``b"IFCWALL('...')"``."""
    return body.partition(b"(")[0].strip().upper()


def arguments(body: bytes) -> list[bytes]:
    """Return the top-level arguments of a statement body, stripped, as written."""
    start = body.find(b"(") + 1
    inner = body[start : body.rfind(b")")]
    if b"'" not in inner and b"(" not in inner:
        return [item.strip() for item in inner.split(b",")]
    depth, found = 0, list[bytes]()
    for match in _SPLIT.finditer(body, start):
        mark = match[0]
        if mark == b"(":
            depth += 1
        elif mark == b")":
            if depth == 0:
                found.append(body[start : match.start()].strip())
                break
            depth -= 1
        elif mark == b"," and depth == 0:
            found.append(body[start : match.start()].strip())
            start = match.end()
    return found


def unnamed_arguments(body: bytes) -> list[bytes]:
    """Return the top-level arguments of a statement body as `arguments` does, with every text emptied; faster."""
    if b"'" in body:
        body = _STRING.sub(b"''", body)
    if body.count(b"(") > 1:
        return arguments(body)
    items = body[body.find(b"(") + 1 : body.rfind(b")")].split(b",")
    return [item.strip() for item in items] if b" " in body or b"\n" in body or b"\t" in body else items


def numbers(argument: bytes) -> tuple[float, ...]:
    """Return the numbers of a list such as ``b"(0.,1.5,2.E3)"``; an empty tuple if it is none."""
    try:
        return tuple([float(item) for item in argument.strip(b"() \r\n\t").split(b",") if item.strip()])
    except ValueError:
        return ()
