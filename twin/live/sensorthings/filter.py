"""The filter language of SensorThings (OData): a small parser and its own evaluation; no query is built of it.

expression = unary { operator expression }        by binding strength, strongest first:
operator   = mul div mod | add sub | eq ne gt ge lt le | and | or
unary      = "not" unary | "(" expression ")" | literal | name "(" [expression {"," expression}] ")" | path

What is made of literals alone is worked out while it is read, so ``now() sub duration'PT10M'`` is a time.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from math import prod
from typing import Any

from twin.errors import InvalidInput
from twin.live.sensorthings.functions import FUNCTIONS, LITERALS, applied, plain

MAX_CHARACTERS = 4_000  # of one filter; URLs of clients end near 8,000
MAX_DEPTH = 30  # of brackets and operators
MAX_NODES = (
    100  # of one filter; each is looked at for every entity, and a chain of operators is as deep as it is long
)
MAX_PAIRS = 20_000  # of the values that one operator sees for one entity; a path through two sets may lead to many

_TOKEN = re.compile(
    r"\s*(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<date>\d{4}-\d\d-\d\d)(?!\w)|(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)"
    r"|(?P<duration>duration'[^']{0,60}')|(?P<geography>(?:geography|geometry)'[^']*')"
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


def _refused(why: str, at: int) -> InvalidInput:
    return InvalidInput(
        f"The filter cannot be read: {why}.",
        reason="filter",
        hint="See OGC SensorThings 1.1 (18-088), section 9.3.3.5.",
        entity=f"character {at + 1}",
    )


def _unknown(word: str, at: int) -> InvalidInput:
    return InvalidInput(
        f"The filter asks for “{word[:30]}”, which is not offered.",
        reason="filter-function",
        hint=f"Offered are {', '.join(sorted(FUNCTIONS))}.",
        entity=f"character {at + 1}",
    )


class _Parser:
    def __init__(self, text: str, now: datetime) -> None:
        self._tokens = list(_tokens(text))
        self._now = now
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
            left = _folded(Call(word, (left, self._expression(strength, depth + 1))))
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
        if kind in LITERALS:
            try:
                return Literal(LITERALS[kind](word))
            except ValueError as error:
                raise _refused(f"there is no such {kind}", at) from error
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
        if word not in FUNCTIONS:
            raise _unknown(word, at)
        arguments: list[Node] = []
        while not self._mark(")"):
            if arguments and not self._mark(","):
                raise _refused("a comma or a bracket is missing", self._peek()[2])
            arguments.append(self._expression(0, depth + 1))
        if len(arguments) not in FUNCTIONS[word][0]:
            wanted = " or ".join(map(str, FUNCTIONS[word][0]))
            raise _refused(f"{word} takes {wanted} values in brackets", at)
        return Literal(self._now) if word == "now" else _folded(Call(word, tuple(arguments)))


def _folded(call: Call) -> Node:
    """Return what a call of literals comes to, so that it is worked out once; else the call."""
    values = [part.value for part in call.arguments if isinstance(part, Literal)]
    if len(values) < len(call.arguments) or call.name in ("and", "or"):
        return call
    found = applied(call.name, *values)
    return Literal(found[0]) if found else call


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


def parse_filter(text: str, now: datetime) -> Node:
    """Return the filter that `text` writes; `now` is what the function of that name gives.

    Raises:
        InvalidInput: (filter) it is no filter of the grammar, or too large; (filter-function) it asks for a function
            that is not offered; the entity is the place.
    """
    return _Parser(text, now).whole()


def holds(node: Node, look: Lookup) -> bool:
    """Tell whether an entity passes a filter; what cannot be compared does not.

    Raises:
        InvalidInput: (filter) an operator meets too many values, through sets of many entities.
    """
    return any(value is True for value in _values(node, look))


def _values(node: Node, look: Lookup) -> list[Any]:
    if isinstance(node, Literal):
        return [node.value]
    if isinstance(node, Path):
        return [plain(value) for value in look(node.steps)]
    if node.name == "not":
        return [not holds(node.arguments[0], look)]
    if node.name == "and":
        return [all(holds(part, look) for part in node.arguments)]
    if node.name == "or":
        return [any(holds(part, look) for part in node.arguments)]
    given = [_values(part, look) for part in node.arguments]
    if prod(map(len, given)) > MAX_PAIRS:
        raise InvalidInput(
            f"An operator of the filter meets more than {MAX_PAIRS} pairs of values.",
            reason="filter",
            hint="Lead each path through one entity, or compare with a fixed value.",
            entity=node.name,
        )
    return [value for values in product(*given) for value in applied(node.name, *values)]


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
    bound = bound.astimezone(UTC)
    return (bound if node.name in ("eq", "gt", "ge") else None), (bound if node.name in ("eq", "lt", "le") else None)
