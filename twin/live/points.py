"""Points: a sensor, meter, actuator or setpoint bound to one object of a building by its GlobalId."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from twin.errors import InvalidInput
from twin.live.units import fits_quantity_kind, unit_of

BUILDING_ID = re.compile(r"1[0-9]{8}|tmp-[A-Za-z0-9_.-]{1,60}")
# One topic level and one URL segment: no slash, no wildcard, no blank; `$` because GlobalIds hold it.
POINT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:$~-]{0,63}")
MAX_POINTS_FILE_BYTES = 32 * 1024 * 1024  # about 150,000 points: more than a city district of large buildings
MAX_NAME_CHARACTERS = 200  # a label on a screen
_POINTS_START = re.compile(r'"points"\s*:\s*\[')
_BETWEEN_ITEMS = re.compile(r"[\s,]*")


class PointKind(StrEnum):
    """What a point does."""

    SENSOR = "sensor"
    METER = "meter"
    ACTUATOR = "actuator"
    SETPOINT = "setpoint"


@dataclass(frozen=True, slots=True)
class Point:
    """One source of readings, bound to `(building_id, global_id)`.

    Attributes:
        building_id: Building that it stands in; it may write only there.
        point_id: Its name in the topic, unique in the building.
        global_id: GlobalId of the space, element or system it is bound to; empty if it is bound to nothing yet.
        kind: What it does.
        quantity_kind: QUDT quantity kind, such as ``Temperature``.
        unit: UCUM unit of stored values.
        name: Human name.
        range: Lowest and highest plausible value in `unit`, or None.
        interval_s: Expected seconds between readings, or None if none can be expected.
        space: GlobalId of the space it stands in, where the model says so.
        parent: Point of the meter that this one measures a part of, or None.
    """

    building_id: str
    point_id: str
    global_id: str
    kind: PointKind
    quantity_kind: str
    unit: str
    name: str = ""
    range: tuple[float, float] | None = None
    interval_s: float | None = None
    space: str | None = None
    parent: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the members of a points file, plus `space`."""
        return {
            "point_id": self.point_id,
            "building_id": self.building_id,
            "global_id": self.global_id,
            "kind": self.kind.value,
            "quantity_kind": self.quantity_kind,
            "unit": self.unit,
            "name": self.name,
            "range": list(self.range) if self.range else None,
            "interval_s": self.interval_s,
            "space": self.space,
            "parent": self.parent,
        }


def _invalid(message: str, reason: str, entity: str | None, line: int | None) -> InvalidInput:
    return InvalidInput(
        message,
        reason=reason,
        hint="Correct the points file and send it again; nothing was stored.",
        entity=entity,
        line=line,
    )


def _range(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("range must be two numbers")
    low, high = (_number(item, "range") for item in value)
    if low >= high:
        raise ValueError("the first number of range must be the smaller one")
    return low, high


def _number(value: Any, member: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{member} must be a finite number")
    return float(value)


def _interval(value: Any) -> float | None:
    if value is None:
        return None
    seconds = _number(value, "interval_s")
    if seconds <= 0:
        raise ValueError("interval_s must be above zero")
    return seconds


def _text(item: Mapping[str, Any], member: str, pattern: re.Pattern[str] | None = None) -> str:
    value = item.get(member)
    if not isinstance(value, str) or not value or len(value) > MAX_NAME_CHARACTERS:
        raise ValueError(f"{member} must be a text of 1 to {MAX_NAME_CHARACTERS} characters")
    value.encode()  # half a surrogate pair has no bytes, so it could never be stored
    if pattern and not pattern.fullmatch(value):
        raise ValueError(f"{member} is not of the form {pattern.pattern}")
    return value


def point_from_json(item: Any, line: int | None = None) -> Point:
    """Return the point that one member of a points file describes.

    Args:
        item: Decoded JSON object.
        line: Line of the file where it begins, for the error.

    Raises:
        InvalidInput: (point-invalid) a member is missing or wrong; (unit-unknown) the unit is not in the table;
            (unit-dimension) the unit does not fit the quantity kind.
    """
    if not isinstance(item, dict):
        raise _invalid("A point must be a JSON object.", "point-invalid", None, line)
    entity = str(item.get("point_id"))[:64]
    try:
        point = Point(
            building_id=_text(item, "building_id", BUILDING_ID),
            point_id=_text(item, "point_id", POINT_ID),
            global_id="" if item.get("global_id", "") == "" else _text(item, "global_id"),
            kind=PointKind(_text(item, "kind")),
            quantity_kind=_text(item, "quantity_kind"),
            unit=unit_of(_text(item, "unit")).code,
            name=_text(item, "name") if item.get("name") else "",
            range=_range(item.get("range")),
            interval_s=_interval(item.get("interval_s")),
            space=_text(item, "space") if item.get("space") is not None else None,
            parent=_text(item, "parent", POINT_ID) if item.get("parent") is not None else None,
        )
    except ValueError as error:
        raise _invalid(f"A point cannot be used: {error}.", "point-invalid", entity, line) from error
    except InvalidInput as error:
        raise _invalid(error.message, error.reason, entity, line) from error
    if fits_quantity_kind(point.quantity_kind, point.unit) is False:
        raise _invalid(f"The unit {point.unit} cannot measure {point.quantity_kind}.", "unit-dimension", entity, line)
    return point


def _lines_of_items(text: str, count: int) -> Iterator[int | None]:
    """Yield the line of each item of the points array; None where it cannot be told."""
    decoder, match = json.JSONDecoder(), _POINTS_START.search(text)
    position, line, counted = (match.end() if match else len(text)), 1, 0
    for _ in range(count):
        start = position
        while (between := _BETWEEN_ITEMS.match(text, start)) and between.end() != start:
            start = between.end()
        try:
            _, position = decoder.raw_decode(text, start)
        except ValueError:
            yield None
            continue
        line, counted = line + text.count("\n", counted, start), start
        yield line


def read_points(data: bytes) -> tuple[Point, ...]:
    """Return the points of a points file, in its order.

    Args:
        data: UTF-8 JSON, ``{"points": [...]}``, or CSV with the members as columns and `range_low`, `range_high`
            for the range; comma or semicolon between them, dot in numbers, an empty field is a member left out.

    Raises:
        InvalidInput: (too-large, encoding, not-json, point-invalid, unit-unknown, unit-dimension, point-duplicate)
            with the point as entity and its line.
    """
    if len(data) > MAX_POINTS_FILE_BYTES:
        raise _invalid("The points file is larger than 32 MiB.", "too-large", None, None)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad_line = data.count(b"\n", 0, error.start) + 1
        raise _invalid("The points file is not UTF-8.", "encoding", None, bad_line) from error
    columns = re.split("[,;]", text.partition("\n")[0].strip())
    return _unique(_csv_items(text) if "point_id" in columns else _json_items(text))


def _csv_items(text: str) -> Iterator[tuple[Any, int | None]]:
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            item: dict[str, Any] = {name: value for name, value in row.items() if value}
            low, high = (_csv_number(item.pop(name, None)) for name in ("range_low", "range_high"))
            item["range"] = None if low is None and high is None else [low, high]
            item["interval_s"] = _csv_number(item.get("interval_s"))
            yield item, rows.line_num
    except csv.Error as error:
        raise _invalid(f"The points file is not CSV: {error}.", "not-csv", None, rows.line_num) from error


def _csv_number(text: Any) -> Any:
    try:
        return float(text)
    except (TypeError, ValueError):
        return text  # refused by the member's own check, with its name


def _json_items(text: str) -> Iterator[tuple[Any, int | None]]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise _invalid(f"The points file is not JSON: {error.msg}.", "not-json", None, error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise _invalid(
            "The points file is nested too deeply or has a huge number.", "not-json", None, None
        ) from error
    items = document.get("points") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise _invalid('The points file has no list "points".', "point-invalid", None, 1)
    return zip(items, _lines_of_items(text, len(items)), strict=True)


def _unique(items: Iterator[tuple[Any, int | None]]) -> tuple[Point, ...]:
    points: dict[tuple[str, str], Point] = {}
    for item, line in items:
        point = point_from_json(item, line)
        if points.setdefault((point.building_id, point.point_id), point) is not point:
            raise _invalid("Two points of one building bear one name.", "point-duplicate", point.point_id, line)
    return tuple(points.values())
