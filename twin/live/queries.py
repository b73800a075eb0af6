"""Reading the store: latest values, history and state at a time, beside the writer."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput, StorageError
from twin.live.archive import Archive, ArchivedMonth
from twin.live.archive_hours import HourArchive, RolledMonth
from twin.live.observation import Quality
from twin.live.schema import (
    Stored,
    begin_us,
    open_reader,
    quality_from_stored,
    result_from_stored,
    time_from_us,
    time_to_us,
)
from twin.live.write import Values

MAX_HISTORY_ITEMS = 50_000  # a month of minutes; about 2 MB of JSON, and no screen shows more
MAX_IDLE_READERS = 16  # open connections kept; the thread pool of the service is about that large
STALE_AFTER_INTERVALS = 3.0  # one lost reading is normal, two are bad luck, three are silence

_STATE_AT = (
    "SELECT point.id, o.time_us, o.result, o.quality FROM point JOIN observation o ON o.point = point.id"
    " AND o.time_us = (SELECT max(time_us) FROM observation WHERE point = point.id AND time_us <= ?)"
    " WHERE building_id = ?"
)
_RAW = (
    "SELECT time_us, result FROM observation WHERE point = ? AND time_us >= ? AND time_us < ?"
    " ORDER BY time_us LIMIT ?"
)
_STEPS = (
    "SELECT (time_us - ?2) / ?4, sum(result), min(result), max(result), count(*) FROM observation"
    " WHERE point IN (SELECT value FROM json_each(?1)) AND time_us >= ?2 AND time_us < ?3"
    " AND typeof(result) <> 'text'"
    " GROUP BY 1 ORDER BY 1 LIMIT ?5"
)
_MARKED = "SELECT begin_us, end_us FROM gap WHERE point = ? AND end_us > ? AND begin_us < ? ORDER BY begin_us"


@dataclass(frozen=True, slots=True)
class Reading:
    """A stored value.

    Attributes:
        phenomenon_time: When it was so, aware UTC.
        result: Number in the unit of the point, truth value or text.
        quality: How far it may be trusted.
    """

    phenomenon_time: datetime
    result: float | bool | str
    quality: Quality


def reading_of(values: Values) -> Reading:
    """Return the reading in a stored row."""
    _, time_us, result, quality = values
    return Reading(time_from_us(time_us), result_from_stored(result), quality_from_stored(quality))


class Reader:
    """Answers questions from the store; safe to use from many threads."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._path = path
        self._archive = archive
        self._hours = HourArchive(archive)
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise StorageError("The readings store is closed.", reason="store-closed")
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or open_reader(self._path)
            yield connection
        except sqlite3.Error as error:
            raise StorageError(f"The readings could not be read: {error}.", reason="store-read") from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < MAX_IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def state_at(self, points: list[int], building_id: str, moment: datetime) -> dict[int, Reading]:
        """Return the newest reading at or before `moment` of each point of a building, by row key.

        Args:
            points: Row keys of the points of the building.
            building_id: The building.
            moment: Aware time.
        """
        until_us = time_to_us(moment)
        with self._connection() as connection, _snapshot(connection):
            newest: dict[int, Values] = {
                row[0]: row for row in connection.execute(_STATE_AT, (until_us, building_id))
            }
            months = [item for item in self._archive.months(connection) if begin_us(item.month) <= until_us]
            rolled = [item for item in self._hours.months(connection) if begin_us(item.month) <= until_us]
            for found in (
                self._archive.newest(months, points, until_us),
                self._hours.newest(rolled, points, until_us),
            ):
                newest |= {k: row for k, row in found.items() if k not in newest or row[1] >= newest[k][1]}
        return {key: reading_of(row) for key, row in newest.items()}

    def _months(self, connection: sqlite3.Connection, start_us: int, end_us: int) -> list[ArchivedMonth]:
        return [item for item in self._archive.months(connection) if _touches(item.month, start_us, end_us)]

    def _rolled(self, connection: sqlite3.Connection, start_us: int, end_us: int) -> list[RolledMonth]:
        return [item for item in self._hours.months(connection) if _touches(item.month, start_us, end_us)]

    def raw(self, point_key: int, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return the readings of a point in ``[start, end)``, in order of time.

        Where only hours are left, an item is the mean of one, at its begin, with ``min``, ``max`` and count ``n``.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS`.
        """
        span = (time_to_us(start), time_to_us(end))
        with self._connection() as connection, _snapshot(connection):
            results = self._single(connection, point_key, *span)
            rolled = self._rolled(connection, *span)
            hours = self._hours.rows(rolled, point_key, *span, MAX_HISTORY_ITEMS + 1)
        items = [(at, {"v": result_from_stored(result)}) for at, result in results.items()]
        items += [(at, _mean(total, low, high, n)) for at, total, low, high, n in hours]
        shown = _limited(sorted(items, key=lambda item: item[0]))
        return [{"t": format_time(time_from_us(at)), **item} for at, item in shown]

    def _single(
        self, connection: sqlite3.Connection, point_key: int, start_us: int, end_us: int
    ) -> dict[int, Stored]:
        recent = connection.execute(_RAW, (point_key, start_us, end_us, MAX_HISTORY_ITEMS + 1)).fetchall()
        months = self._months(connection, start_us, end_us)
        old = self._archive.rows(months, point_key, start_us, end_us, MAX_HISTORY_ITEMS + 1)
        return dict(recent) | {row[1]: row[2] for row in old}  # what is in both counts once

    def steps(
        self, point_keys: Sequence[int], start: datetime, end: datetime, step: timedelta
    ) -> list[dict[str, Any]]:
        """Return mean, minimum, maximum and count per step from `start`; steps without a reading are left out.

        The mean is that of all readings of all points, not weighted by time. Texts are left out; a truth value counts
        as 0 or 1. An hour whose readings are gone counts in the step in which it begins.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS` steps.
        """
        step_us = step // timedelta(microseconds=1)
        span = (time_to_us(start), time_to_us(end))
        keys = list(point_keys)
        with self._connection() as connection, _snapshot(connection):
            arguments = (json.dumps(keys), *span, step_us, MAX_HISTORY_ITEMS + 1)
            recent = connection.execute(_STEPS, arguments).fetchall()
            months, rolled = self._months(connection, *span), self._rolled(connection, *span)
            merged = self._archive.steps(months, keys, *span, step_us)
            hours = self._hours.steps(rolled, keys, *span, step_us)
        for n, part in [*((n, tuple(part)) for n, *part in recent), *hours.items()]:
            merged[n] = _joined(merged[n], part) if n in merged else part
        return [
            {"t": format_time(time_from_us(span[0] + n * step_us)), **_mean(*members)}
            for n, members in _limited(sorted(merged.items()))
        ]

    def gaps(self, point_key: int, start: datetime, end: datetime, longest_s: float) -> list[dict[str, Any]]:
        """Return the times in ``[start, end)`` longer than `longest_s` without a reading, as ``from`` and ``to``.

        Where only hours are left, they are those that were marked when the readings went.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS` readings.
        """
        span = (time_to_us(start), time_to_us(end))
        with self._connection() as connection, _snapshot(connection):
            times = sorted(_limited(list(self._single(connection, point_key, *span))))
            rolled = [(begin_us(m.month), begin_us(m.month + 1)) for m in self._rolled(connection, *span)]
            marked = connection.execute(_MARKED, (point_key, *span)).fetchall()
        longest_us = int(longest_s * 1e6)
        found = [(max(begin, span[0]), min(stop, span[1])) for begin, stop in marked]
        for begin, stop in _outside(rolled, *span):
            marks = [begin, *(at for at in times if begin <= at < stop), stop]
            found += [(before, after) for before, after in pairwise(marks) if after - before > longest_us]
        return [
            {"from": format_time(time_from_us(begin)), "to": format_time(time_from_us(stop))}
            for begin, stop in _touching(sorted(found))
        ]

    def _rows(self, query: str, arguments: tuple[object, ...]) -> list[Any]:
        with self._connection() as connection:
            return connection.execute(query, arguments).fetchall()

    def refusals(self) -> list[dict[str, Any]]:
        """Return how often readings were refused, by reason, most frequent first."""
        rows = self._rows("SELECT reason, count, last_us, detail FROM refusal ORDER BY count DESC, reason", ())
        return [
            {"reason": reason, "count": count, "last": format_time(time_from_us(last)), "detail": detail}
            for reason, count, last, detail in rows
        ]

    def quarantine(self) -> list[dict[str, Any]]:
        """Return the unknown points that tried to write, latest first."""
        rows = self._rows("SELECT * FROM quarantine ORDER BY last_us DESC, building_id, point_id", ())
        return [
            {
                "building_id": building_id,
                "point_id": point_id,
                "count": count,
                "first": format_time(time_from_us(first)),
                "last": format_time(time_from_us(last)),
            }
            for building_id, point_id, count, first, last in rows
        ]

    def barred(self) -> list[dict[str, Any]]:
        """Return the names that the operator refused, latest first."""
        rows = self._rows("SELECT * FROM barred ORDER BY since_us DESC, building_id, point_id", ())
        return [
            {"building_id": building_id, "point_id": point_id, "since": format_time(time_from_us(since))}
            for building_id, point_id, since in rows
        ]


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """See one state of the store over several queries: a month that is moved meanwhile is not missed or met twice."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _touches(month: int, start_us: int, end_us: int) -> bool:
    return begin_us(month) < end_us and begin_us(month + 1) > start_us


def _outside(spans: Sequence[tuple[int, int]], start_us: int, end_us: int) -> Iterator[tuple[int, int]]:
    """Yield what of a time lies in none of the spans, which are in order and do not overlap."""
    for begin, stop in spans:
        if begin > start_us:
            yield start_us, begin
        start_us = max(start_us, stop)
    if end_us > start_us:
        yield start_us, end_us


def _touching(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans in order, those that touch as one."""
    waiting: tuple[int, int] | None = None
    for begin, stop in spans:
        if waiting is not None and begin <= waiting[1]:
            waiting = (waiting[0], max(waiting[1], stop))
            continue
        if waiting is not None:
            yield waiting
        waiting = (begin, stop)
    if waiting is not None:
        yield waiting


def _mean(total: float, low: float, high: float, count: int) -> dict[str, Any]:
    return {"v": total / count, "min": low, "max": high, "n": count}


def _joined(one: tuple[float, float, float, int], other: Sequence[Any]) -> tuple[float, float, float, int]:
    return one[0] + other[0], min(one[1], other[1]), max(one[2], other[2]), one[3] + other[3]


def _limited(rows: list[Any]) -> list[Any]:
    if len(rows) > MAX_HISTORY_ITEMS:
        raise InvalidInput(
            f"The answer has more than {MAX_HISTORY_ITEMS} items.",
            reason="too-many-items",
            hint="Ask for a shorter time, or give a longer step_s.",
        )
    return rows


def format_time(moment: datetime) -> str:
    """Return RFC 3339 in UTC with ``Z``, with fractions of a second only where there are any."""
    return moment.isoformat().replace("+00:00", "Z")


def is_stale(age_s: float | None, interval_s: float | None) -> bool | None:
    """Tell whether a point is silent; None if nobody said how often it should speak.

    Args:
        age_s: Seconds since its newest reading, None if it never sent one.
        interval_s: Expected seconds between readings.
    """
    if age_s is None:
        return True
    return None if interval_s is None else age_s > STALE_AFTER_INTERVALS * interval_s


Clock = Callable[[], datetime]
