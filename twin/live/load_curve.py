"""CSV of a meter operator: one line per meter and interval, such as the 15-minute load curves of electricity.

Rules the reader keeps:
1. Times are those of the operator's zone, with its summer time. The hour that comes twice in autumn is told apart by
   the order of the lines of one meter; a time that does not exist in spring is refused.
2. The phenomenon time of an energy is the end of its interval: before that moment it was not known.
3. A line is an observation or a refusal with its reason; a good line stands beside a bad one.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twin.errors import InvalidInput
from twin.live.observation import (
    Decoded,
    Observation,
    Refusal,
    RefusalReason,
    RefusedError,
    plausible_time,
)

MAX_CSV_BYTES = 64 * 1024 * 1024  # a year of quarter hours of about 40 meters
MAX_FIELD_CHARACTERS = 256  # a number, a time or a name
DIRECTIVES = frozenset("%dmYyHMSTz:./- ")  # of strptime; nothing that depends on the language of the machine


@dataclass(frozen=True, slots=True)
class CurveLayout:
    """How an operator writes its file.

    Attributes:
        meter: Column with the name of the meter.
        time: Column with the time.
        value: Column with the number.
        unit: UCUM unit of the number.
        time_format: As `datetime.strptime` reads it, numbers only.
        zone: IANA name of the zone of the times.
        interval: Length of an interval.
        at_start: Whether the time is the begin of the interval; False is its end.
        delimiter: Between columns.
        decimal: Decimal mark.
    """

    meter: str
    time: str
    value: str
    unit: str = "kW.h"
    time_format: str = "%d.%m.%Y %H:%M"
    zone: str = "Europe/Tallinn"
    interval: timedelta = timedelta(minutes=15)
    at_start: bool = True
    delimiter: str = ";"
    decimal: str = ","


def read_load_curve(
    data: bytes, layout: CurveLayout, points: Mapping[str, tuple[str, str]], received: datetime
) -> Iterator[Decoded]:
    """Yield what each line holds, in order.

    Args:
        data: The file, UTF-8.
        layout: How it is written.
        points: Building and point of each meter, by its name in the file.
        received: Time of arrival, aware UTC.

    Raises:
        InvalidInput: (too-large, encoding, curve-columns, curve-layout) before the first line is yielded.
    """
    zone = _zone(layout)
    rows = _rows(data, layout)
    return _decode(rows, layout, points, received, zone)


def _zone(layout: CurveLayout) -> ZoneInfo:
    try:
        zone = ZoneInfo(layout.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _invalid("The time zone is not known.", "curve-layout", "Write it as Europe/Tallinn.") from error
    if not set(layout.time_format) <= DIRECTIVES or len(layout.delimiter) != 1 or layout.decimal not in (",", "."):
        raise _invalid(
            "The layout cannot be used.", "curve-layout", "Times are numbers; marks are single characters."
        )
    return zone


def _rows(data: bytes, layout: CurveLayout) -> "csv.DictReader[str]":
    if len(data) > MAX_CSV_BYTES:
        raise _invalid("The file is larger than 64 MiB.", "too-large", "Send it in parts.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid("The file is not UTF-8.", "encoding", "Save it as UTF-8.") from error
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=layout.delimiter)
    try:
        missing = {layout.meter, layout.time, layout.value} - set(rows.fieldnames or ())
    except csv.Error as error:
        raise _invalid(f"The file is not CSV: {error}.", "curve-columns", "Check the delimiter.") from error
    if missing:
        raise _invalid(
            f"The file has no column {sorted(missing)[0]!r}.", "curve-columns", "Check the delimiter and the layout."
        )
    return rows


def _invalid(message: str, reason: str, hint: str) -> InvalidInput:
    return InvalidInput(message, reason=reason, hint=hint, line=1)


def _decode(
    rows: "csv.DictReader[str]",
    layout: CurveLayout,
    points: Mapping[str, tuple[str, str]],
    received: datetime,
    zone: ZoneInfo,
) -> Iterator[Decoded]:
    last: dict[str, datetime] = {}
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refusal(RefusalReason.FORM, f"line {rows.line_num}: {error}"[:100])
            continue
        meter = row[layout.meter] or ""
        building_id, point_id = points.get(meter, (None, None))
        if building_id is None or point_id is None:
            yield Refusal(RefusalReason.DEVICE_UNKNOWN, f"line {rows.line_num}: no such meter", None, meter[:64])
            continue
        try:
            moment = _moment(row[layout.time] or "", layout, zone, last.get(meter))
            last[meter] = moment
            end = plausible_time(moment + layout.interval if layout.at_start else moment, received)
            yield Observation(building_id, point_id, end, _number(row[layout.value] or "", layout), layout.unit)
        except RefusedError as error:
            yield Refusal(error.reason, f"line {rows.line_num}: {error.detail}", building_id, point_id)


def _moment(text: str, layout: CurveLayout, zone: ZoneInfo, before: datetime | None) -> datetime:
    if len(text) > MAX_FIELD_CHARACTERS:
        raise RefusedError(RefusalReason.TIME, "the time is too long")
    try:
        local = datetime.strptime(text.strip(), layout.time_format)  # noqa: DTZ007 - the zone follows
    except ValueError as error:
        raise RefusedError(RefusalReason.TIME, f"the time is not of the form {layout.time_format}") from error
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise RefusedError(RefusalReason.TIME, "the time does not exist: summer time began")
    return second if before is not None and first <= before else first


def _number(text: str, layout: CurveLayout) -> float:
    cleaned = text.strip().replace("\u00a0", "").replace(layout.decimal, ".")
    if len(cleaned) > MAX_FIELD_CHARACTERS or not cleaned or set(cleaned) - set("+-.0123456789eE"):
        raise RefusedError(RefusalReason.RESULT_TYPE, "the value is not a number")
    try:
        value = float(cleaned)
    except ValueError as error:
        raise RefusedError(RefusalReason.RESULT_TYPE, "the value is not a number") from error
    if not math.isfinite(value):
        raise RefusedError(RefusalReason.NOT_FINITE, "the number is too large")
    return value
