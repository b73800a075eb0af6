"""The engine that needs no server: a SQLite file in WAL mode, and old months in Parquet beside it."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from twin.errors import StorageError, TwinError
from twin.live.archive import Archive, rebuild_latest
from twin.live.archive_hours import HourArchive
from twin.live.engine import ArchivedMonth, Hour, RolledMonth, Session, Span, Step, T, View
from twin.live.observation import Refusal
from twin.live.schema import Stored, begin_us, open_reader, open_writer
from twin.live.tables import Tables
from twin.live.write import (
    Append,
    Newest,
    Outcome,
    Values,
    WriteResult,
    count_refusals,
    readings_kept_from_us,
    write_rows,
    write_series,
)

MAX_IDLE_READERS = 16  # open connections kept; the thread pool of the service is about that large

_NEWEST = (
    "SELECT o.point, o.time_us, o.result, o.quality FROM json_each(?) asked JOIN observation o"
    " ON o.point = asked.value AND o.time_us ="
    " (SELECT max(time_us) FROM observation WHERE point = asked.value AND time_us <= ?)"
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


class _Tables(Tables):
    def __init__(self, connection: sqlite3.Connection, archive: Archive) -> None:
        self._db, self._archive, self._hours = connection, archive, HourArchive(archive)

    def run(self, statement: str, *values: object) -> list[Any]:
        return self._db.execute(statement, values).fetchall()


class _Session(_Tables):
    """The open transaction of the writer."""

    def latest(self) -> Newest:
        return {row[0]: row for row in self.run("SELECT point, time_us, result, quality FROM latest")}

    def write(self, appends: Sequence[Append], now_us: int) -> tuple[list[Outcome], Newest]:
        return write_rows(self._db, appends, now_us)

    def write_series(self, rows: Sequence[Values]) -> WriteResult:
        return write_series(self._db, rows)

    def kept_from_us(self) -> int | None:
        return readings_kept_from_us(self._db)

    def count_refusals(self, refusals: Sequence[Refusal], now_us: int) -> None:
        count_refusals(self._db, refusals, now_us)

    def rebuild_latest(self) -> None:
        rebuild_latest(self._db, self._archive)

    def months_to_archive(self, before: datetime) -> list[int]:
        return self._archive.due(self._db, before)

    def archive_month(self, month: int) -> ArchivedMonth:
        return self._archive.write_month(self._db, month)

    def months_to_roll(self, before: datetime) -> list[int]:
        return self._hours.due(self._db, before)

    def roll_month(self, month: int, longest_us: Mapping[int, int]) -> RolledMonth:
        return self._hours.roll(self._db, month, longest_us)

    def sweep(self) -> None:
        self._archive.sweep(self._db)


class _View(_Tables):
    """One state of the file and of the months beside it: one that is moved meanwhile is not missed or met twice."""

    def newest(self, points: Sequence[int], until_us: int) -> dict[int, Values]:
        keys = list(points)
        newest: dict[int, Values] = {row[0]: row for row in self.run(_NEWEST, json.dumps(keys), until_us)}
        months = [item for item in self._archive.months(self._db) if begin_us(item.month) <= until_us]
        rolled = [item for item in self._hours.months(self._db) if begin_us(item.month) <= until_us]
        for found in (self._archive.newest(months, keys, until_us), self._hours.newest(rolled, keys, until_us)):
            newest |= {key: row for key, row in found.items() if key not in newest or row[1] >= newest[key][1]}
        return newest

    def single(self, point: int, start_us: int, end_us: int, limit: int) -> dict[int, Stored]:
        recent = self.run(_RAW, point, start_us, end_us, limit)
        old = self._archive.rows(self._months(start_us, end_us), point, start_us, end_us, limit)
        return dict(recent) | {row[1]: row[2] for row in old}  # what is in both counts once

    def hours(self, point: int, start_us: int, end_us: int, limit: int) -> list[Hour]:
        return self._hours.rows(self._rolled(start_us, end_us), point, start_us, end_us, limit)

    def steps(self, points: Sequence[int], span: Span, step_us: int, limit: int) -> dict[int, Step]:
        keys = list(points)
        merged = self._archive.steps(self._months(*span), keys, *span, step_us)
        recent = self.run(_STEPS, json.dumps(keys), *span, step_us, limit)
        hours = self._hours.steps(self._rolled(*span), keys, *span, step_us)
        for number, part in [*((row[0], row[1:]) for row in recent), *hours.items()]:
            merged[number] = _joined(merged[number], part) if number in merged else part
        return merged

    def rolled(self, start_us: int, end_us: int) -> list[Span]:
        return [(begin_us(item.month), begin_us(item.month + 1)) for item in self._rolled(start_us, end_us)]

    def _months(self, start_us: int, end_us: int) -> list[ArchivedMonth]:
        return [item for item in self._archive.months(self._db) if _touches(item.month, start_us, end_us)]

    def _rolled(self, start_us: int, end_us: int) -> list[RolledMonth]:
        return [item for item in self._hours.months(self._db) if _touches(item.month, start_us, end_us)]


class EmbeddedEngine:
    """Keeps readings in one file and a folder beside it.

    Args:
        path: The SQLite file; made if it is not there.

    Raises:
        StorageError: (store-damaged, store-newer).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = Archive(path.with_suffix(".archive"))
        self._connection = open_writer(path)
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def transact(self, run: Callable[[Session], T]) -> T:
        """See `Engine`."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            result = run(_Session(self._connection, self._archive))
            self._connection.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):  # after some errors SQLite has rolled back already
                self._connection.execute("ROLLBACK")
            if isinstance(error, TwinError):
                raise
            raise StorageError(
                f"The readings could not be written: {error}.",
                reason="store-write",
                hint="Check the space and the rights of the disk.",
            ) from error
        return result

    @contextmanager
    def view(self) -> Iterator[View]:
        """See `Engine`."""
        with self._reader() as connection:
            connection.execute("BEGIN")
            try:
                yield _View(connection, self._archive)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
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

    def status(self) -> dict[str, Any]:
        """See `Engine`."""
        with self.view() as view:
            view.rolled(0, 0)
        return {"engine": "embedded"}

    def close(self) -> None:
        """See `Engine`; readers that are in use close when they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        self._connection.close()


def _touches(month: int, start_us: int, end_us: int) -> bool:
    return begin_us(month) < end_us and begin_us(month + 1) > start_us


def _joined(one: Step, other: Step) -> Step:
    return one[0] + other[0], min(one[1], other[1]), max(one[2], other[2]), one[3] + other[3]
