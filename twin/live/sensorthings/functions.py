"""What the words of a SensorThings filter do: the operators and functions of OGC 18-088, section 9.3.3.5.

Each takes values of its own kind and nothing else; what does not fit has no value, so nothing is found by it. Times
are taken as they are written, with their own offset; readings are kept in UTC. Distances and lengths are in degrees,
as OData says (those of the reference system, CRS84) and as other servers do; heights are not looked at.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

_DURATION = re.compile(r"(-)?P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?")
_MATRIX = re.compile(r"[TF012*]{9}")
_LONGITUDE, _LATITUDE = 180, 90


def text_of(word: str) -> str:
    """Return the text that a literal in quotes writes."""
    return word[1:-1].replace("''", "'")


def time_of(word: str) -> datetime:
    """Return the time that a literal writes, with its offset.

    Raises:
        ValueError: There is no such time.
    """
    try:
        moment = datetime.fromisoformat(word)
        moment.astimezone(UTC)  # every time must have a place in the calendar of UTC
    except OverflowError as error:
        raise ValueError(word) from error
    return moment


def duration_of(word: str) -> timedelta:
    """Return the duration that ``duration'…'`` writes: days, hours, minutes and seconds.

    Raises:
        ValueError: It writes none.
    """
    match = _DURATION.fullmatch(text_of(word.removeprefix("duration")).upper())
    if match is None or not any(match.groups()[1:]):
        raise ValueError(word)
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    length = timedelta(days, seconds, 0, 0, minutes, hours)
    return -length if match[1] else length


def geography_of(word: str) -> BaseGeometry:
    """Return the geometry that ``geography'…'`` writes, as well-known text in degrees (CRS84).

    Raises:
        ValueError: It writes none, or an impossible one.
    """
    text = text_of(word.removeprefix("geography").removeprefix("geometry")).strip()
    prefix, mark, rest = text.partition(";")
    if mark and prefix.upper().replace(" ", "") != "SRID=4326":
        raise ValueError(prefix)
    try:
        with np.errstate(all="ignore"):  # numbers beyond all bounds are refused below
            found = shapely.force_2d(shapely.from_wkt(rest if mark else text))
    except shapely.errors.ShapelyError as error:
        raise ValueError(text) from error
    if found.is_empty or not found.is_valid:
        raise ValueError(text)
    west, south, east, north = found.bounds
    if min(west, -east) < -_LONGITUDE or min(south, -north) < -_LATITUDE:
        raise ValueError(text)
    return found


def _geometry(value: Any) -> BaseGeometry:
    """Return a literal, or what the member of an entity holds: GeoJSON, alone or in a Feature."""
    if isinstance(value, BaseGeometry):
        return value
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, Mapping):
        raise TypeError("no geometry")
    return shapely.force_2d(shape(dict(value)))


def _related(relation: Callable[[BaseGeometry, BaseGeometry], Any]) -> Callable[[Any, Any], bool]:
    return lambda first, second: bool(relation(_geometry(first), _geometry(second)))


def _relate(first: Any, second: Any, matrix: str) -> bool:
    if not _MATRIX.fullmatch(matrix.upper()):
        raise ValueError(matrix)
    return bool(shapely.relate_pattern(_geometry(first), _geometry(second), matrix.upper()))


def _distance(first: Any, second: Any) -> float:
    return float(shapely.distance(_geometry(first), _geometry(second)))


def _length(line: Any) -> float:
    found = _geometry(line)
    if found.geom_type not in ("LineString", "MultiLineString"):
        raise TypeError("only a line has a length")
    return float(found.length)


def _whole(number: Any) -> int:
    if not isinstance(number, float) or not number.is_integer() or number < 0:
        raise ValueError(number)
    return int(number)


def _substring(text: str, start: float, length: float | None = None) -> str:
    first = _whole(start)
    return str.__getitem__(text, slice(first, None if length is None else first + _whole(length)))


def _round(number: float) -> int:
    """Return the nearest whole number; a half goes away from zero."""
    whole = math.trunc(number)
    return whole + (int(math.copysign(1, number)) if abs(number - whole) >= 0.5 else 0)


def _part(name: str) -> Callable[[datetime], float]:
    return lambda moment: float(getattr(moment, name))


def _offset(moment: datetime) -> float:
    offset = moment.utcoffset()
    if offset is None:
        raise TypeError("a time without an offset")
    return offset.total_seconds() / 60


Table = Mapping[str, tuple[tuple[int, ...], Callable[..., Any]]]
"""By name: how many values it may take, and what it does with them."""

_TEXT: Table = {
    "substringof": ((2,), lambda part, text: str.__contains__(text, part)),
    "contains": ((2,), str.__contains__),
    "startswith": ((2,), str.startswith),
    "endswith": ((2,), str.endswith),
    "indexof": ((2,), str.find),
    "length": ((1,), lambda text: str.__len__(text)),
    "substring": ((2, 3), _substring),
    "tolower": ((1,), str.lower),
    "toupper": ((1,), str.upper),
    "trim": ((1,), str.strip),
    "concat": ((2,), lambda first, second: str.__add__(first, second)),
}
_TIME: Table = {
    **{name: ((1,), _part(name)) for name in ("year", "month", "day", "hour", "minute", "second")},
    "fractionalseconds": ((1,), lambda moment: moment.microsecond / 1e6),
    "date": ((1,), datetime.date),
    "time": ((1,), datetime.time),
    "totaloffsetminutes": ((1,), _offset),
    "now": ((0,), lambda: None),  # the parser knows the present
    "mindatetime": ((0,), lambda: datetime.min.replace(tzinfo=UTC)),
    "maxdatetime": ((0,), lambda: datetime.max.replace(tzinfo=UTC)),
}
_NUMBER: Table = {"round": ((1,), _round), "floor": ((1,), math.floor), "ceiling": ((1,), math.ceil)}
_PLACE: Table = {
    "geo.distance": ((2,), _distance),
    "geo.length": ((1,), _length),
    "geo.intersects": ((2,), _related(shapely.intersects)),
    "st_equals": ((2,), _related(shapely.equals)),
    "st_disjoint": ((2,), _related(shapely.disjoint)),
    "st_touches": ((2,), _related(shapely.touches)),
    "st_within": ((2,), _related(shapely.within)),
    "st_overlaps": ((2,), _related(shapely.overlaps)),
    "st_crosses": ((2,), _related(shapely.crosses)),
    "st_intersects": ((2,), _related(shapely.intersects)),
    "st_contains": ((2,), _related(shapely.contains)),
    "st_relate": ((3,), _relate),
}
FUNCTIONS: Table = {**_TEXT, **_TIME, **_NUMBER, **_PLACE}
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
    "mod": math.fmod,  # with the sign of the first, as OData has it
}


def applied(name: str, *values: Any) -> list[Any]:
    """Return what an operator or function makes of values, as literals are kept; nothing if they do not fit it."""
    try:
        if name in FUNCTIONS:
            return [_as_literal(FUNCTIONS[name][1](*values))]
        if name in _COMPARE:
            return [_COMPARE[name](*values)]
        return [_REACH[name](*values)] if _can_reach(name, values) else []
    except (TypeError, ValueError, AttributeError, ArithmeticError, MemoryError, shapely.errors.ShapelyError):
        return []


def _can_reach(name: str, values: tuple[Any, ...]) -> bool:
    if all(isinstance(value, float) for value in values):
        return True
    return name in ("add", "sub") and all(isinstance(value, date | timedelta) for value in values)


def _as_literal(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def plain(value: Any) -> Any:
    """Return a stored value as literals are kept: numbers as floats, times as times."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:  # a client may have written a number of a thousand digits
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and len(value) >= 17 and value[4:5] == "-" and "T" in value[:11]:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment if moment.tzinfo else value
    return value


LITERALS: Mapping[str, Callable[[str], Any]] = {
    "number": float,
    "text": text_of,
    "time": time_of,
    "date": date.fromisoformat,
    "clock": time.fromisoformat,
    "duration": duration_of,
    "geography": geography_of,
}
"""How the literals of each kind are read; each raises ValueError."""
