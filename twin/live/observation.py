"""Observations and the decoder of the native MQTT form, without any input or output.

Topic ``<root>/v1/<building_id>/<point_id>/obs``, payload ``{"t": RFC 3339, "v": number|bool|string, "u": UCUM}`` or
an array of those. Rules the decoder keeps:
1. A reading is an observation or a refusal with a reason, never an exception and never a guess.
2. The phenomenon time is aware UTC. Without ``t`` it is the time of arrival and the quality says so; such a reading
   sent twice is stored twice, because nothing tells the two apart.
3. A number is finite. A text is short and has bytes in UTF-8.
4. In an array, good readings stand even when their neighbours are refused.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from json.scanner import make_scanner
from typing import Any, NamedTuple, NoReturn, cast

from twin.errors import InvalidInput
from twin.live.points import BUILDING_ID, POINT_ID, Point
from twin.live.units import convert, unit_of

MAX_PAYLOAD_BYTES = 64 * 1024  # 1,000 readings of about 60 bytes; a sensor never needs more in one message
MAX_READINGS = 1_000  # one write batch
MAX_JSON_DEPTH = 4  # the form needs two; the rest is room for members we do not read
MAX_TEXT_CHARACTERS = 256  # a state name, not a document
MAX_FUTURE_SKEW = timedelta(minutes=5)  # a device clock without time service drifts less in a month
CACHED_TOPICS = 65_536  # points of a district; about 20 MB
EARLIEST_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # before it the clock was not set (1970, 1980)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)")
_JSON_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Quality(StrEnum):
    """How far a stored value may be trusted."""

    GOOD = "good"
    ARRIVAL_TIME = "arrival-time"  # the device sent no time
    OUT_OF_RANGE = "out-of-range"  # outside the plausible range of its point, kept as sent


class RefusalReason(StrEnum):
    """Why a reading was not stored; stable, for programs and counters."""

    TOPIC = "topic"
    TOO_LARGE = "too-large"
    ENCODING = "encoding"
    NOT_JSON = "not-json"
    TOO_DEEP = "too-deep"
    TOO_MANY = "too-many"
    FORM = "form"
    RESULT_MISSING = "result-missing"
    RESULT_TYPE = "result-type"
    NOT_FINITE = "not-finite"
    TEXT = "text"
    TIME = "time"
    TIME_FUTURE = "time-future"
    TIME_UNSET = "time-unset"
    LATE = "late"  # of a time of which only hours are kept
    UNIT_MISSING = "unit-missing"
    UNIT_UNKNOWN = "unit-unknown"
    UNIT_DIMENSION = "unit-dimension"
    POINT_UNKNOWN = "point-unknown"
    CONFLICT = "conflict"  # another value is stored for the same point and time
    DEVICE_UNKNOWN = "device-unknown"  # nobody registered the device
    NOT_OWN_POINT = "not-own-point"  # the device is registered, but not for that point
    SIGN_IN = "sign-in"  # whoever said to be that device did not know its secret
    NO_CHANNEL = "no-channel"  # the device sent nothing that is bound to a point
    UPLINK_DUPLICATE = "uplink-duplicate"  # the same frame of a device, heard twice
    CODEC = "codec"  # the bytes of a device do not follow their encoding
    OVERLOAD = "overload"  # more waits to be written than may wait


class Observation(NamedTuple):
    """One reading (SOSA observation); a tuple, because a frozen dataclass takes three times as long to make.

    Attributes:
        building_id: Building of the point.
        point_id: The point in that building.
        phenomenon_time: When it was so, aware UTC.
        result: Number, truth value or text.
        unit: UCUM unit of a number; empty if the device sent none.
        quality: How far the value may be trusted.
    """

    building_id: str
    point_id: str
    phenomenon_time: datetime
    result: float | bool | str
    unit: str = ""
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message or a reading that was not stored.

    Attributes:
        reason: Why, for counters.
        detail: Why, for a person; holds nothing longer than a line.
        building_id: Building of the topic, if the topic could be read.
        point_id: Point of the topic, if the topic could be read.
    """

    reason: RefusalReason
    detail: str = ""
    building_id: str | None = None
    point_id: str | None = None


Decoded = Observation | Refusal


class RefusedError(Exception):
    """Ends the decoding of one reading; becomes a `Refusal`, never leaves the wing."""

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def _constant(name: str) -> NoReturn:
    raise RefusedError(RefusalReason.NOT_FINITE, f"{name} is not a number")


# `float` for integers too: a result is a float, and 400 digits become infinity, which is refused, not an error.
_DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=float)
_SCAN = make_scanner(cast(Any, _DECODER))  # without the two searches for blanks that `decode` makes


def decode_message(topic: str, payload: bytes, *, root: str, received: datetime) -> tuple[Decoded, ...]:
    """Return what one message holds, in its order; a message that cannot be read is one refusal.

    Args:
        topic: Topic it was published on.
        payload: Its bytes.
        root: What stands before ``/v1/`` in the topics that are read.
        received: Time of arrival, aware UTC.
    """
    try:
        building_id, point_id = _address(topic, root)
    except RefusedError as error:
        return (Refusal(error.reason, error.detail),)
    try:
        items = _readings(payload)
    except RefusedError as error:
        return (Refusal(error.reason, error.detail, building_id, point_id),)
    return tuple(_decode_each(items, building_id, point_id, received))


def _decode_each(items: list[Any], building_id: str, point_id: str, received: datetime) -> Iterator[Decoded]:
    for item in items:
        try:
            yield _observation(item, building_id, point_id, received)
        except RefusedError as error:
            yield Refusal(error.reason, error.detail, building_id, point_id)


@lru_cache(maxsize=CACHED_TOPICS)  # devices repeat their topics for ever; a refusal is not kept
def _address(topic: str, root: str) -> tuple[str, str]:
    prefix = f"{root}/v1/"
    levels = topic[len(prefix) :].split("/") if topic.startswith(prefix) else []
    if len(levels) != 3 or levels[2] != "obs":
        raise RefusedError(RefusalReason.TOPIC, f"expected {prefix}<building>/<point>/obs")
    if not BUILDING_ID.fullmatch(levels[0]) or not POINT_ID.fullmatch(levels[1]):
        raise RefusedError(RefusalReason.TOPIC, "the building or the point is not a valid name")
    return levels[0], levels[1]


def _readings(payload: bytes) -> list[Any]:
    document = parsed_json(payload, MAX_PAYLOAD_BYTES, MAX_JSON_DEPTH)
    items = document if isinstance(document, list) else [document]
    if len(items) > MAX_READINGS:
        raise RefusedError(RefusalReason.TOO_MANY, f"{len(items)} readings, at most {MAX_READINGS}")
    if not items:
        raise RefusedError(RefusalReason.FORM, "an empty array")
    return items


def parsed_json(payload: bytes, max_bytes: int, max_depth: int) -> Any:
    """Return the JSON document in `payload`, every number a float.

    Raises:
        RefusedError: (too-large, too-deep, encoding, not-json, not-finite).
    """
    if len(payload) > max_bytes:
        raise RefusedError(RefusalReason.TOO_LARGE, f"{len(payload)} bytes, at most {max_bytes}")
    if _depth_exceeds(payload, max_depth):
        raise RefusedError(RefusalReason.TOO_DEEP, f"nested deeper than {max_depth}")
    try:
        return _parsed(payload.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RefusedError(RefusalReason.ENCODING, "not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(RefusalReason.NOT_JSON, str(error)[:100]) from error


def _parsed(text: str) -> Any:
    try:
        document, end = _SCAN(text, 0)
    except StopIteration:
        return _DECODER.decode(text)  # blanks in front, or an error with its place
    return document if end == len(text) else _DECODER.decode(text)


def _depth_exceeds(payload: bytes, max_depth: int) -> bool:
    if payload.count(b"[") + payload.count(b"{") <= max_depth:
        return False
    depth = 0
    for mark in _JSON_MARKS.finditer(payload):
        character = mark.group()
        if character in (b"[", b"{"):
            depth += 1
            if depth > max_depth:
                return True
        elif character in (b"]", b"}"):
            depth -= 1
    return False


def _observation(item: Any, building_id: str, point_id: str, received: datetime) -> Observation:
    if not isinstance(item, dict):
        raise RefusedError(RefusalReason.FORM, "a reading must be an object")
    unit = item.get("u", "")
    if not isinstance(unit, str):
        raise RefusedError(RefusalReason.FORM, "u must be a text")
    if "v" not in item:
        raise RefusedError(RefusalReason.RESULT_MISSING, "v is missing")
    result = checked_result(item["v"])
    if item.get("t") is None:
        return Observation(building_id, point_id, received, result, unit, Quality.ARRIVAL_TIME)
    return Observation(building_id, point_id, checked_time(item["t"], received), result, unit)


def checked_result(value: Any) -> float | bool | str:
    """Return a decoded JSON value as a result.

    Raises:
        RefusedError: (not-finite, text, result-type).
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise RefusedError(RefusalReason.NOT_FINITE, "the number is too large")
        return value
    if isinstance(value, str):
        return _text(value)
    raise RefusedError(RefusalReason.RESULT_TYPE, "v must be a number, true, false or a text")


def _text(value: str) -> str:
    if len(value) > MAX_TEXT_CHARACTERS:
        raise RefusedError(RefusalReason.TEXT, f"longer than {MAX_TEXT_CHARACTERS} characters")
    if not value.isprintable():  # control characters, and halves of surrogate pairs, which have no bytes
        raise RefusedError(RefusalReason.TEXT, "holds characters that cannot be shown")
    return value


def checked_time(value: Any, received: datetime) -> datetime:
    """Return an RFC 3339 time as aware UTC.

    Raises:
        RefusedError: (time, time-future, time-unset).
    """
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise RefusedError(RefusalReason.TIME, "t must be an RFC 3339 time with its offset")
    try:
        moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RefusedError(RefusalReason.TIME, str(error)[:100]) from error
    return plausible_time(moment, received)


def plausible_time(moment: datetime, received: datetime) -> datetime:
    """Return an aware time that a set clock can have said at the time of arrival.

    Raises:
        RefusedError: (time-future, time-unset).
    """
    if moment > received + MAX_FUTURE_SKEW:
        raise RefusedError(RefusalReason.TIME_FUTURE, "t is more than five minutes ahead of this clock")
    if moment < EARLIEST_TIME:
        raise RefusedError(RefusalReason.TIME_UNSET, "t is before the year 2000: the clock was not set")
    return moment


def admit(observation: Observation, point: Point) -> Decoded:
    """Return the observation in the unit of its point, or why it cannot be stored.

    A value outside the range of the point is kept, and its quality says so. Truth values and texts are taken only
    by points without a physical unit (``1``).
    """
    try:
        result = _in_unit(observation, point)
    except RefusedError as error:
        return Refusal(error.reason, error.detail, observation.building_id, observation.point_id)
    quality = observation.quality
    if point.range and isinstance(result, float) and not point.range[0] <= result <= point.range[1]:
        quality = Quality.OUT_OF_RANGE
    if result is observation.result and observation.unit == point.unit and quality is observation.quality:
        return observation
    return observation._replace(result=result, unit=point.unit, quality=quality)


def _in_unit(observation: Observation, point: Point) -> float | bool | str:
    result, unit = observation.result, observation.unit
    if isinstance(result, bool | str):
        if point.unit != "1":
            raise RefusedError(RefusalReason.RESULT_TYPE, f"the point measures in {point.unit}")
        return result
    if unit == point.unit:
        return result
    if not unit and unit_of(point.unit).dimension != "ratio":
        raise RefusedError(RefusalReason.UNIT_MISSING, f"u is missing, the point measures in {point.unit}")
    try:
        converted = convert(result, unit or point.unit, point.unit)
    except InvalidInput as error:
        raise RefusedError(RefusalReason(error.reason), error.message[:100]) from error
    if not math.isfinite(converted):
        raise RefusedError(RefusalReason.NOT_FINITE, f"the number is too large in {point.unit}")
    return converted
