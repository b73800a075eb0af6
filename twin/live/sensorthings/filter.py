"""The filter language of SensorThings (OData): a small parser and its own evaluation; no query is built of it.

expression = unary { operator expression }        by binding strength, strongest first:
operator   = mul div mod | add sub | eq ne gt ge lt le | and | or
unary      = "not" unary | "(" expression ")" | literal | name "(" [expression {"," expression}] ")" | path
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twin.errors import InvalidInput

MAX_CHARACTERS = 4_000  # of one filter; URLs of clients end near 8,000
MAX_DEPTH = 30  # of brackets and operators
MAX_NODES = (
    100  # of one filter; each is looked at for every entity, and a chain of operators is as deep as it is long
)

_TOKEN = re.compile(
    r"\s*(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)|(?P<text>'(?:[^']|'')*')"
    r"|(?P<name>@?[A-Za-z_][\w.@]*(?:/@?[A-Za-z_][\w.@-]*)*)|(?P<mark>[(),]))"
)
_STRENGTH = {
    "or": 1, "and": 2, "eq": 3, "ne": 3, "gt": 3, "ge": 3, "lt": 3, "le": 3, "add": 4, "sub": 4, "mul": 5, "div": 5,
    "mod": 5,
}  # fmt: skip
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """A member of the entity, or of one that it leads to."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function with its arguments."""

    name: str
    arguments: tuple["Node", ...]


Node = Literal | Path | Call
Lookup = Callable[[tuple[str, ...]], list[Any]]
"""Returns the values that a path leads to: one for a member, several through a set, none where nothing is."""


def _contains(text: str, part: str) -> bool:
    return part in text


_TEXT: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "substringof": (2, lambda part, text: part in text),
    "contains": (2, _contains),
    "startswith": (2, str.startswith),
    "endswith": (2, str.endswith),
    "tolower": (1, str.lower),
    "toupper": (1, str.upper),
    "trim": (1, str.strip),
    "length": (1, len),
    "indexof": (2, str.find),
}
_TIME: Mapping[str, tuple[int, Callable[[datetime], Any]]] = {
    name: (1, lambda moment, name=name: getattr(moment, name))  # type: ignore[misc]
    for name in ("year", "month", "day", "hour", "minute", "second")
}
_NUMBER: Mapping[str, tuple[int, Callable[[float], Any]]] = {
    "round": (1, round),
    "floor": (1, math.floor),
    "ceiling": (1, math.ceil),
}
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {**_TEXT, **_TIME, **_NUMBER}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
_REACH: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "mod": lambda a, b: a % b,
}


def _refused(why: str, at: int) -> InvalidInput:
    return InvalidInput(
        f"The filter cannot be read: {why}.",
        reason="filter",
        hint="See SensorThings 1.1, section 9.3.3.5; geographic functions are not offered.",
        entity=f"character {at + 1}",
    )


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = self._nodes = 0

    def whole(self) -> Node:
        node = self._expression(0, 0)
        kind, word, at = self._peek()
        if kind:
            raise _refused(f"“{word[:20]}” was not expected", at)
        return node

    def _peek(self) -> tuple[str, str, int]:
        return self._tokens[self._place]

    def _take(self) -> tuple[str, str, int]:
        token = self._peek()
        self._place += bool(token[0])
        return token

    def _mark(self, wanted: str) -> bool:
        kind, word, _ = self._peek()
        if kind == "mark" and word == wanted:
            self._place += 1
            return True
        return False

    def _expression(self, least: int, depth: int) -> Node:
        left = self._unary(depth)
        while (strength := self._strength()) > least:
            _, word, _ = self._take()
            left = Call(word, (left, self._expression(strength, depth + 1)))
        return left

    def _strength(self) -> int:
        kind, word, _ = self._peek()
        return _STRENGTH.get(word, 0) if kind == "name" else 0

    def _unary(self, depth: int) -> Node:
        kind, word, at = self._take()
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise _refused("it is too long or nested too deeply", at)
        if kind == "mark" and word == "(":
            node = self._expression(0, depth + 1)
            if not self._mark(")"):
                raise _refused("a bracket is not closed", at)
            return node
        if kind == "name":
            return self._named(word, at, depth)
        if kind in _LITERALS:
            return Literal(_LITERALS[kind](word))
        raise _refused("a value is missing", at)

    def _named(self, word: str, at: int, depth: int) -> Node:
        if word == "not":
            return Call("not", (self._unary(depth + 1),))
        if word in _WORDS:
            return Literal(_WORDS[word])
        if not self._mark("("):
            if word in _STRENGTH:
                raise _refused("a value is missing", at)
            return Path(tuple(word.split("/")))
        if word not in _FUNCTIONS:
            raise _refused(f"there is no function “{word[:30]}”", at)
        arguments = [self._expression(0, depth + 1)]
        while self._mark(","):
            arguments.append(self._expression(0, depth + 1))
        if not self._mark(")") or len(arguments) != _FUNCTIONS[word][0]:
            raise _refused(f"{word} takes {_FUNCTIONS[word][0]} values in brackets", at)
        return Call(word, tuple(arguments))


def _time(word: str) -> datetime:
    try:
        return datetime.fromisoformat(word).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _refused("there is no such time", 0) from error


_LITERALS: Mapping[str, Callable[[str], Any]] = {
    "number": float,
    "text": lambda word: word[1:-1].replace("''", "'"),
    "time": _time,
}


def _tokens(text: str) -> list[tuple[str, str, int]]:
    if len(text) > MAX_CHARACTERS:
        raise _refused(f"it has more than {MAX_CHARACTERS} characters", MAX_CHARACTERS)
    found, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise _refused("a character has no meaning here", place)
        found.append((match.lastgroup, match[match.lastgroup], place))
        place = match.end()
    return [*found, ("", "", len(text))]


def parse_filter(text: str) -> Node:
    """Return the filter that `text` writes.

    Raises:
        InvalidInput: (filter) it is no filter of the grammar, or too large; the entity is the place.
    """
    return _Parser(text).whole()


def holds(node: Node, look: Lookup) -> bool:
    """Tell whether an entity passes a filter; what cannot be compared does not."""
    return any(value is True for value in _values(node, look))


def _values(node: Node, look: Lookup) -> list[Any]:
    if isinstance(node, Literal):
        return [node.value]
    if isinstance(node, Path):
        return [_plain(value) for value in look(node.steps)]
    if node.name == "not":
        return [not holds(node.arguments[0], look)]
    if node.name == "and":
        return [all(holds(part, look) for part in node.arguments)]
    if node.name == "or":
        return [any(holds(part, look) for part in node.arguments)]
    given = [_values(part, look) for part in node.arguments]
    if len(given) == 1:
        return [value for first in given[0] for value in _apply(node.name, first)]
    return [value for first in given[0] for second in given[1] for value in _apply(node.name, first, second)]


def _apply(name: str, *values: Any) -> list[Any]:
    try:
        if name in _FUNCTIONS:
            return [_FUNCTIONS[name][1](*values)]
        if name in _COMPARE:
            return [_COMPARE[name](*values)]
        return [_REACH[name](*values)] if all(isinstance(value, float) for value in values) else []
    except (TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError, MemoryError):
        return []  # of another type: no value


def _plain(value: Any) -> Any:
    """Return a stored value as literals are written: numbers as floats, times as times."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, str) and len(value) >= 17 and value[4:5] == "-" and "T" in value[:11]:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment if moment.tzinfo else value
    return value


def time_bounds(node: Node | None, member: str) -> tuple[datetime | None, datetime | None]:
    """Return between which times (both included) a filter can hold, as far as ``and`` says; it may still say more."""
    if not isinstance(node, Call):
        return None, None
    if node.name == "and":
        pairs = [time_bounds(part, member) for part in node.arguments]
        lows = [low for low, _ in pairs if low is not None]
        highs = [high for _, high in pairs if high is not None]
        return max(lows, default=None), min(highs, default=None)
    if len(node.arguments) != 2 or node.arguments[0] != Path((member,)):
        return None, None
    bound = node.arguments[1].value if isinstance(node.arguments[1], Literal) else None
    if not isinstance(bound, datetime):
        return None, None
    return (bound if node.name in ("eq", "gt", "ge") else None), (bound if node.name in ("eq", "lt", "le") else None)
