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
from itertools import repeat

MAX_INSTANCE_NUMBER = 2**32 - 1  # the parser keeps instance numbers in 32 bits; larger ones are misread

_COMMENT = re.compile(rb"'[^']*'|/\*.*?\*/", re.DOTALL)
_SPLIT = re.compile(rb"'[^']*'|[(),]")
_TOKENS = re.compile(
    rb"(?:\s|'[^']*'|#\d+|[-+]?\d+(?:\.\d*(?:[Ee][-+]?\d+)?)?(?![\w.])|\.\w+\.|\"[0-9A-Fa-f]*\"|[$*(),]|[A-Za-z]\w*(?=\s*\())*+"
)
_INSTANCE = re.compile(rb"(#\d+)\s*=\s*([^';]*+(?:'[^']*+'[^';]*+)*+);")
_DATA = re.compile(rb"ENDSEC\s*;\s*DATA\s*(?:\([^;]*\))?\s*;")
_LAST = (b")", b" ", b"\n", b"\r", b"\t")  # what a statement ends with, white space before the semicolon included
_ENDS = 2  # ENDSEC and END-ISO-10303-21 also end with a semicolon
_STATEMENT = re.compile(rb"\s*(#\d+)\s*=\s*")
_RUNAWAY = re.compile(rb";\s*#\d+\s*=\s*[A-Z]")  # a statement inside a text: the text was not closed
_STRING = re.compile(rb"'[^']*'")


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
    return _COMMENT.sub(lambda m: m[0] if m[0][:1] == b"'" else b" " + b"\n" * m[0].count(b"\n"), data)


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
    """

    def __init__(self, data: bytes) -> None:
        self._data = without_comments(data)
        self._doubtful = False

    @cached_property
    def statements(self) -> dict[bytes, bytes]:
        """Every instance: ``b"#12"`` -> ``b"IFCWALL('...',...)"``; of a repeated number the last one."""
        start = self._data_start()
        pairs = _INSTANCE.findall(self._data, start)
        found = dict(pairs)
        self._doubtful = len(found) != len(pairs) or self._unbalanced(found, start)
        return found

    def _data_start(self) -> int:
        match = _DATA.search(self._data)
        return match.end() if match else 0

    def _unbalanced(self, found: Mapping[bytes, bytes], start: int) -> bool:
        """Tell whether the sums of marks betray a statement that does not close or swallows others."""
        bodies = found.values()
        semicolons, opening, closing = (sum(map(bytes.count, bodies, repeat(mark))) for mark in (b";", b"(", b")"))
        if self._data.count(b";", start) != len(found) + semicolons + _ENDS:
            return True
        if opening != closing and any(_depth(body) for body in bodies):
            return True
        if semicolons and any(_RUNAWAY.search(body) for body in bodies if b";" in body):
            return True
        return not all(map(bytes.endswith, bodies, repeat(_LAST)))

    def silent_fault(self) -> Fault | None:
        """Return the first fault of a kind that the parser drops without a word, or None."""
        return self.first_fault() if self.statements and self._doubtful else None

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
        for name, count in Counter([body[: body.find(b"(")] for body in self.statements.values()]).items():
            found[name.strip().upper().decode("ascii", "replace")] += count
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
        position, seen = 0, set[bytes]()
        for piece in _pieces(self._data):
            text = piece.strip()
            if text[:1] == b"#":
                message = _fault(text, seen, classes)
                if message:
                    offset = position + piece.find(b"#")
                    return Fault(message, self.line_at(offset), _entity(text))
            position += len(piece) + 1
        return None


def _depth(body: bytes) -> int:
    """Return how many brackets outside texts stay open."""
    bare = _STRING.sub(b"", body)
    return abs(bare.count(b"(") - bare.count(b")"))


def _fault(text: bytes, seen: set[bytes], classes: frozenset[str] | None) -> str | None:
    match = _STATEMENT.match(text)
    if not match:
        return "A statement does not begin with an instance number and an equals sign."
    number, body = match[1], text[match.end() :]
    if int(number[1:]) > MAX_INSTANCE_NUMBER:
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


def numbers(argument: bytes) -> tuple[float, ...]:
    """Return the numbers of a list such as ``b"(0.,1.5,2.E3)"``; an empty tuple if it is none."""
    try:
        return tuple(float(item) for item in argument.strip(b"() \r\n\t").split(b",") if item.strip())
    except ValueError:
        return ()
