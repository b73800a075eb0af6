"""Readings as a table: CSV line by line, or Parquet, of any points and any time, in memory that does not grow."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from twin.errors import InvalidInput, NotFound, StorageError
from twin.live import LiveWing, Point

COLUMNS = (
    "building_id",
    "point_id",
    "global_id",
    "quantity_kind",
    "unit",
    "time",
    "value",
    "text",
    "min",
    "max",
    "n",
)
MAX_POINTS = 1_000  # of one table; a large building in parts
MAX_ROWS = 2_000_000  # four points of a year of minutes; about 200 MB as CSV
FIRST_WINDOW = timedelta(days=30)  # read at once; made smaller where there is more than one answer may hold
SMALLEST_WINDOW = timedelta(seconds=1)
STEPS_AT_ONCE = 20_000  # less than half of what one question to the store may answer
SPARSE = 5_000  # readings in a window below which the next one is longer
COUNT_STEP_S = 366 * 24 * 3600.0  # the longest step that is answered
MEMORY_LIMIT = "256MB"  # of DuckDB, which turns the lines into Parquet as they stand
_TYPES = dict.fromkeys(COLUMNS, "VARCHAR") | {
    "time": "TIMESTAMPTZ", "value": "DOUBLE", "min": "DOUBLE", "max": "DOUBLE", "n": "BIGINT",
}  # fmt: skip


class Form(StrEnum):
    """How a table is written."""

    CSV = "csv"
    PARQUET = "parquet"


MEDIA = {Form.CSV: "text/csv; charset=utf-8", Form.PARQUET: "application/vnd.apache.parquet"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which readings.

    Attributes:
        building_id: Their building.
        points: Names of its points; empty for all.
        start: First time, aware.
        end: Aware time before which they lie.
        step_s: Seconds per row: means with minimum, maximum and count; None is each reading.
    """

    building_id: str
    points: tuple[str, ...]
    start: datetime
    end: datetime
    step_s: float | None = None


def csv_table(live: LiveWing, wanted: Wanted) -> Iterator[bytes]:
    """Return the lines of a table (RFC 4180, UTF-8), some thousand at a time; what is refused is refused at once.

    A number stands in `value`, a truth value as 0 or 1, a text in `text`. `min`, `max` and `n` are those of a step,
    or of an hour of which single readings are no longer kept.

    Raises:
        NotFound: (point-unknown).
        InvalidInput: (too-many-points, too-many-items, time-range, step).
    """
    points = _points(live, wanted)
    _check_size(live, wanted, points)
    return _lines(live, wanted, points)


def write_parquet(live: LiveWing, wanted: Wanted, target: Path) -> None:
    """Write a table as Parquet; see `csv_table`.

    Raises:
        StorageError: (export-write) the disk refuses.
    """
    lines = csv_table(live, wanted)
    part = target.with_suffix(".csv.part")
    try:
        with part.open("wb") as file:
            file.writelines(lines)
        with duckdb.connect(
            config={"memory_limit": MEMORY_LIMIT, "threads": 1, "temp_directory": f"{part}.tmp"}
        ) as engine:
            engine.execute("SET TimeZone='UTC'")
            table = engine.read_csv(str(part), header=True, dtype=_TYPES, na_values="", all_varchar=False)
            table.write_parquet(str(target), compression="zstd")
    except (OSError, duckdb.Error) as error:
        raise StorageError(
            f"The table could not be written: {error}.", reason="export-write", hint="Check the space of the disk."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _points(live: LiveWing, wanted: Wanted) -> Sequence[Point]:
    known = {point.point_id: point for point in live.points(wanted.building_id)}
    for name in wanted.points:
        if name not in known:
            raise NotFound("There is no such point.", reason="point-unknown", entity=name[:64])
    chosen = [known[name] for name in dict.fromkeys(wanted.points)] if wanted.points else list(known.values())
    if len(chosen) > MAX_POINTS:
        raise InvalidInput(
            f"A table holds at most {MAX_POINTS} points.", reason="too-many-points", hint="Name fewer points."
        )
    return chosen


def _check_size(live: LiveWing, wanted: Wanted, points: Sequence[Point]) -> None:
    rows = 0
    for point in points:
        counted = live.history(point.building_id, point.point_id, wanted.start, wanted.end, COUNT_STEP_S)
        if wanted.step_s is None:
            rows += sum(item["n"] for item in counted["items"])
        else:
            rows += int((wanted.end - wanted.start).total_seconds() / wanted.step_s) + 1
        if rows > MAX_ROWS:
            raise InvalidInput(
                f"The table has more than {MAX_ROWS} rows.",
                reason="too-many-items",
                hint="Ask for a shorter time, fewer points, or a longer step.",
            )


def _lines(live: LiveWing, wanted: Wanted, points: Sequence[Point]) -> Iterator[bytes]:
    yield ",".join(COLUMNS).encode() + b"\r\n"
    for point in points:
        known = (point.building_id, point.point_id, point.global_id, point.quantity_kind, point.unit)
        for items in _windows(live, wanted, point):
            text = io.StringIO(newline="")
            csv.writer(text).writerows((*known, *_cells(item)) for item in items)
            yield text.getvalue().encode()


def _cells(item: dict[str, Any]) -> tuple[Any, ...]:
    value = item["v"]
    number, text = ("", value) if isinstance(value, str) else (float(value), "")
    return (item["t"], number, text, item.get("min", ""), item.get("max", ""), item.get("n", ""))


def _windows(live: LiveWing, wanted: Wanted, point: Point) -> Iterator[list[dict[str, Any]]]:
    """Yield the items of a point in parts, each as long as one answer of the store may be."""
    span = FIRST_WINDOW if wanted.step_s is None else timedelta(seconds=wanted.step_s * STEPS_AT_ONCE)
    start = wanted.start
    while start < wanted.end:
        end = min(wanted.end, start + span) if span < wanted.end - start else wanted.end
        try:
            items = live.history(point.building_id, point.point_id, start, end, wanted.step_s)["items"]
        except InvalidInput as error:
            if error.reason != "too-many-items" or span <= SMALLEST_WINDOW:
                raise
            span /= 2
            continue
        yield items
        start = end
        if wanted.step_s is None and len(items) < SPARSE:
            span = min(span * 2, wanted.end - wanted.start)
