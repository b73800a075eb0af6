"""Reading the store: latest values, history and state at a time, beside the writer."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput, StorageError
from twin.live.observation import Quality
from twin.live.schema import open_reader, quality_from_stored, result_from_stored, time_from_us, time_to_us
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
    "SELECT (time_us - ?2) / ?4, avg(result), min(result), max(result), count(*) FROM observation"
    " WHERE point = ?1 AND time_us >= ?2 AND time_us < ?3 AND typeof(result) <> 'text'"
    " GROUP BY 1 ORDER BY 1 LIMIT ?5"
)


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

    def __init__(self, path: Path) -> None:
        self._path = path
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

    def _by_point(self, query: str, *arguments: object) -> dict[int, Reading]:
        with self._connection() as connection:
            rows = connection.execute(query, arguments).fetchall()
        return {row[0]: reading_of(row) for row in rows}

    def state_at(self, building_id: str, moment: datetime) -> dict[int, Reading]:
        """Return the newest reading at or before `moment` of each point of a building, by row key."""
        return self._by_point(_STATE_AT, time_to_us(moment), building_id)

    def raw(self, point_key: int, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """Return the readings of a point in ``[start, end)``, in order of time.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS`.
        """
        arguments = (point_key, time_to_us(start), time_to_us(end), MAX_HISTORY_ITEMS + 1)
        rows = _limited(self._rows(_RAW, arguments))
        return [{"t": format_time(time_from_us(at)), "v": result_from_stored(result)} for at, result in rows]

    def steps(self, point_key: int, start: datetime, end: datetime, step: timedelta) -> list[dict[str, Any]]:
        """Return mean, minimum, maximum and count per step from `start`; steps without a reading are left out.

        The mean is that of the readings, not weighted by time. Texts are left out; a truth value counts as 0 or 1.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS` steps.
        """
        step_us = step // timedelta(microseconds=1)
        start_us = time_to_us(start)
        rows = _limited(self._rows(_STEPS, (point_key, start_us, time_to_us(end), step_us, MAX_HISTORY_ITEMS + 1)))
        return [
            {"t": format_time(time_from_us(start_us + n * step_us)), "v": mean, "min": low, "max": high, "n": count}
            for n, mean, low, high, count in rows
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
