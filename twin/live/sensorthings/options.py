"""The query options of a SensorThings request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from twin.errors import InvalidInput
from twin.live.sensorthings.filter import Node, parse_filter

DEFAULT_TOP = 100  # clients that do not page inside an expansion see that many
MAX_TOP = 1_000
MAX_SKIP = 1_000_000
MAX_EXPANSIONS = 20  # in one request, at all depths
MAX_EXPAND_DEPTH = 4
NAMES = frozenset({"$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$count", "$resultFormat"})
_PATH = re.compile(r"@?[A-Za-z_][\w.@]*(?:/@?[A-Za-z_][\w.@-]*)*")


@dataclass(frozen=True, slots=True)
class Options:
    """What a client wants of a set.

    Attributes:
        filter: Which entities, or None for all.
        expand: What to show inside each, with options of its own.
        select: Members to show; empty for all.
        orderby: Paths with whether they go down.
        top: Most entities.
        skip: Entities to pass over.
        count: Whether to say how many there are.
        arrays: Whether Observations are shown as data arrays.
    """

    filter: Node | None = None
    expand: tuple[tuple[str, "Options"], ...] = ()
    select: tuple[str, ...] = ()
    orderby: tuple[tuple[tuple[str, ...], bool], ...] = ()
    top: int = DEFAULT_TOP
    skip: int = 0
    count: bool = False
    arrays: bool = False


def parse_options(given: Mapping[str, str], now: datetime, depth: int = 0) -> Options:
    """Return the options that a query string gives at a time.

    Raises:
        InvalidInput: (query-parameter) one is unknown or cannot be read; (filter, filter-function) the filter cannot.
    """
    if unknown := set(given) - NAMES:
        raise _refused(sorted(unknown)[0])
    count = given.get("$count", "false").lower()
    if count not in ("true", "false"):
        raise _refused("$count")
    if given.get("$resultFormat", "dataArray") != "dataArray" or (depth and "$resultFormat" in given):
        raise _refused("$resultFormat")
    return Options(
        filter=parse_filter(given["$filter"], now) if given.get("$filter") else None,
        expand=_expand(given.get("$expand", ""), now, depth),
        select=tuple(_path(name, "$select") for name in _parts(given.get("$select", ""), ",")),
        orderby=tuple(_order(text) for text in _parts(given.get("$orderby", ""), ",")),
        top=min(_whole(given, "$top", DEFAULT_TOP), MAX_TOP),
        skip=_whole(given, "$skip", 0),
        count=count == "true",
        arrays="$resultFormat" in given,
    )


def _expand(text: str, now: datetime, depth: int) -> tuple[tuple[str, Options], ...]:
    parts = _parts(text, ",")
    if depth > MAX_EXPAND_DEPTH or len(parts) > MAX_EXPANSIONS:
        raise _refused("$expand")
    return tuple(_expansion(part, now, depth) for part in parts)


def _expansion(text: str, now: datetime, depth: int) -> tuple[str, Options]:
    name, _, inner = text.partition("(")
    if "(" in text and not text.endswith(")"):
        raise _refused("$expand")
    given = dict(_pair(part) for part in _parts(inner[:-1] if inner else "", ";"))
    first, _, rest = name.strip().partition("/")
    if rest:  # `Datastreams/Sensor(…)`: the options are those of the last
        wanted = f"{rest}({inner}" if inner else rest
        return _path(first, "$expand"), Options(expand=_expand(wanted, now, depth + 1))
    return _path(first, "$expand"), parse_options(given, now, depth + 1)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _order(text: str) -> tuple[tuple[str, ...], bool]:
    path, _, way = text.partition(" ")
    way = way.strip().lower()  # clients write it in capitals too
    if way not in ("", "asc", "desc"):
        raise _refused("$orderby")
    return tuple(_path(path, "$orderby").split("/")), way == "desc"


def _path(text: str, option: str) -> str:
    if not _PATH.fullmatch(text):
        raise _refused(option)
    return text


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > MAX_SKIP:
        raise _refused(name)
    return int(text)


def _parts(text: str, mark: str) -> list[str]:
    """Return the parts of `text` between marks that stand in no bracket and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(text):
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == mark and depth == 0 and not quoted:
            parts.append(text[start:place].strip())
            start = place + 1
    return [part for part in (*parts, text[start:].strip()) if part]


def _refused(name: str) -> InvalidInput:
    return InvalidInput(
        f"The query option {name[:40]} is unknown or cannot be read.",
        reason="query-parameter",
        hint=f"Known are {', '.join(sorted(NAMES))}.",
        entity=name[:40],
    )
