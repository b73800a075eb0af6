"""The readings store: one writer thread, any number of readers, SQLite in WAL mode.

Rules the store keeps:
1. A future that `append` returned is done only after its rows are on the disk (`synchronous=FULL`).
2. `(point, time)` is the key: the same reading twice is one row; another value for it is refused as a conflict.
3. `latest` holds the newest phenomenon time of a point, in whatever order readings arrive.
4. Whatever is refused is counted by its reason in the same transaction.
"""

import json
import logging
import sqlite3
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.errors import Conflict, StorageError, TwinError
from twin.live.archive import Archive, rebuild_latest
from twin.live.devices import Device, device_from_json
from twin.live.observation import Observation, Refusal
from twin.live.points import Point, point_from_json
from twin.live.schema import open_writer
from twin.live.write import Newest, Outcome, Row, Values, WriteResult, write_rows

MAX_BATCH_ROWS = 1_000  # measured: larger commits are hardly faster, and make readers wait longer
MAX_LINGER_S = 0.15  # longest that a reading waits for company
QUIET_S = 0.005  # nothing came for that long: write what is there
MAX_QUEUED_ROWS = 100_000  # about 50 MB of waiting readings; beyond it the disk is not keeping up

_PUT_DEVICE = (
    "INSERT INTO device (device_id, document) VALUES (?, ?)"
    " ON CONFLICT (device_id) DO UPDATE SET document = excluded.document"
)
_DISMISS = "DELETE FROM quarantine WHERE building_id = ? AND point_id = ?"
_UNBAR = "DELETE FROM barred WHERE building_id = ? AND point_id = ?"
_log = logging.getLogger(__name__)
PointKey = tuple[str, str]
OnStored = Callable[[Sequence[Observation]], None]


@dataclass(slots=True)
class _Append:
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]
    done: "Future[WriteResult]"

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.refusals)


@dataclass(slots=True)
class _Job:
    """Other work for the writer thread, alone in its transaction."""

    run: Callable[[sqlite3.Connection], None]
    done: "Future[None]"


class ReadingStore:
    """Keeps points and their readings in one file.

    Args:
        path: The SQLite file; made if it is not there.
        now_us: Microseconds since 1970, for counters.
        on_stored: Called in the writer thread with what was newly stored, after it is on the disk.
    """

    def __init__(self, path: Path, now_us: Callable[[], int], on_stored: OnStored) -> None:
        self.path = path
        self._now_us = now_us
        self._on_stored = on_stored
        self._connection = open_writer(path)
        self._known: Mapping[PointKey, tuple[int, Point]] = {}
        self._of_building: Mapping[str, Sequence[tuple[int, Point]]] = {}
        self._load_points()
        self._devices, self._secrets = _load_devices(self._connection), _load_secrets(self._connection)
        self._latest = _load_latest(self._connection)
        self._queue: deque[_Append | _Job] = deque()
        self._queued_rows = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="readings-writer", daemon=True)
        self._thread.start()

    def _load_points(self) -> None:
        rows = self._connection.execute("SELECT id, document FROM point ORDER BY id").fetchall()
        points = [(key, point_from_json(json.loads(document))) for key, document in rows]
        of_building: dict[str, list[tuple[int, Point]]] = defaultdict(list)
        for item in points:
            of_building[item[1].building_id].append(item)
        self._of_building = dict(of_building)
        self._known = {(point.building_id, point.point_id): (key, point) for key, point in points}

    @property
    def known(self) -> Mapping[PointKey, tuple[int, Point]]:
        """Return row key and point by `(building_id, point_id)`; replaced as a whole, never changed in place."""
        return self._known

    def of_building(self, building_id: str) -> Sequence[tuple[int, Point]]:
        """Return row key and point of the points of a building, in order of registration."""
        return self._of_building.get(building_id, ())

    @property
    def latest(self) -> Mapping[int, Values]:
        """Return the newest row of each point by row key, as it is on the disk; kept here, so that it costs no query.

        Read single items only: the writer changes it meanwhile.

        Raises:
            StorageError: (store-closed) the store is closed.
        """
        if self._closing:
            raise StorageError("The readings store is closed.", reason="store-closed")
        return self._latest

    def put_points(self, points: Iterable[Point]) -> None:
        """Store or replace points, durably, all or none.

        Raises:
            Conflict: (point-unit-changed) a point has readings in another unit.
            StorageError: (store-write) the disk refused.
        """
        chosen = tuple(points)
        self.do(lambda connection: self._put(connection, chosen))

    def _put(self, connection: sqlite3.Connection, points: tuple[Point, ...]) -> None:
        for point in points:
            known = self._known.get((point.building_id, point.point_id))
            if known and known[1].unit != point.unit and self._has_readings(connection, known[0]):
                raise Conflict(
                    f"The point has readings in {known[1].unit}; its unit cannot become {point.unit}.",
                    reason="point-unit-changed",
                    hint="Give the device a new point name; the old readings keep their unit.",
                    entity=point.point_id,
                )
            connection.execute(
                "INSERT INTO point (building_id, point_id, document) VALUES (?, ?, ?)"
                " ON CONFLICT (building_id, point_id) DO UPDATE SET document = excluded.document",
                (point.building_id, point.point_id, json.dumps(point.as_json())),
            )
            _known_now(connection, point.building_id, point.point_id)
        self._load_points()

    @staticmethod
    def _has_readings(connection: sqlite3.Connection, key: int) -> bool:
        return connection.execute("SELECT 1 FROM latest WHERE point = ?", (key,)).fetchone() is not None

    @property
    def devices(self) -> Mapping[str, Device]:
        """Return the registered devices by id; replaced as a whole, never changed in place."""
        return self._devices

    def put_devices(self, devices: Iterable[Device]) -> None:
        """Store or replace devices, durably, all or none; what they tried before leaves the quarantine.

        Raises:
            StorageError: (store-write) the disk refused.
        """
        chosen = tuple(devices)

        def run(connection: sqlite3.Connection) -> None:
            connection.executemany(_PUT_DEVICE, [(item.device_id, json.dumps(item.as_json())) for item in chosen])
            for item in chosen:
                _known_now(connection, "", item.device_id)

        self.do(run)
        self.do(self._reload_devices)

    def retire_device(self, device_id: str) -> None:
        """Forget a device and its secret; its points and their readings stay."""
        self.do(lambda connection: _executed(connection, "DELETE FROM device WHERE device_id = ?", device_id))
        self.do(self._reload_devices)

    def put_secret(self, device_id: str, stored: str) -> None:
        """Keep the hash of a device's secret."""
        statement = "UPDATE device SET secret = ? WHERE device_id = ?"
        self.do(lambda connection: _executed(connection, statement, stored, device_id))
        self.do(self._reload_devices)

    def secrets(self) -> Mapping[str, str]:
        """Return the hashes of all secrets by device; kept in memory, because every request of a device asks."""
        return self._secrets

    def dismiss(self, building_id: str, point_id: str) -> None:
        """Take a name off the quarantine list; it comes back if it writes again."""
        self.do(lambda connection: _executed(connection, _DISMISS, building_id, point_id))

    def bar(self, building_id: str, point_id: str, *, barred: bool) -> None:
        """Take a name off the quarantine list and keep it off, or let it come back."""

        def run(connection: sqlite3.Connection) -> None:
            _executed(connection, _DISMISS, building_id, point_id)
            _executed(connection, _UNBAR, building_id, point_id)
            if barred:
                connection.execute("INSERT INTO barred VALUES (?, ?, ?)", (building_id, point_id, self._now_us()))

        self.do(run)

    def _reload_devices(self, connection: sqlite3.Connection) -> None:
        self._devices, self._secrets = _load_devices(connection), _load_secrets(connection)

    def take_newest(self, row: Values) -> None:
        """Know the newest row of a series; called in the writer thread."""
        if row[0] not in self._latest or row[1] > self._latest[row[0]][1]:
            self._latest[row[0]] = row

    def rebuild_latest(self, archive: Archive) -> None:
        """Make the table of latest values anew from the history, archived months included."""

        def run(connection: sqlite3.Connection) -> None:
            rebuild_latest(connection, archive)
            self._latest = _load_latest(connection)

        self.do(run)

    def meta(self, key: str, default: str) -> str:
        """Return a stored text, storing `default` if there is none."""
        found: list[str] = []

        def run(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, default))
            found.extend(connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone())

        self.do(run)
        return found[0]

    def append(self, rows: Sequence[Row], refusals: Sequence[Refusal] = ()) -> "Future[WriteResult]":
        """Queue rows and refusals; the future is done when they are on the disk.

        Raises:
            Conflict: (overload) more rows wait than `MAX_QUEUED_ROWS`.
            StorageError: (store-closed) the store is closed.
        """
        item = _Append(tuple(rows), tuple(refusals), _promise())
        with self._changed:
            if self._queued_rows + item.size > MAX_QUEUED_ROWS:
                raise Conflict(
                    "Readings arrive faster than the disk takes them.", reason="overload", hint="Send again later."
                )
            self._enqueue(item)
            self._queued_rows += item.size
        return item.done

    def do(self, run: Callable[[sqlite3.Connection], None]) -> None:
        """Do other work in the writer thread, alone in its transaction, and wait for it.

        Raises:
            StorageError: (store-write) the disk refused; (store-closed) the store is closed.
        """
        job = _Job(run, _promise())
        with self._changed:
            self._enqueue(job)
        job.done.result()

    def _enqueue(self, item: _Append | _Job) -> None:
        if self._closing:
            raise StorageError("The readings store is closed.", reason="store-closed")
        self._queue.append(item)
        self._changed.notify()

    def close(self) -> None:
        """Write what is queued, then close; safe to call twice."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    # --- the writer thread

    def _run(self) -> None:
        while work := self._gather():
            if isinstance(work[0], _Job):
                self._run_job(work[0])
            else:
                self._write([item for item in work if isinstance(item, _Append)])
        self._connection.close()

    def _gather(self) -> list[_Append | _Job]:
        """Return the next job, or up to a batch of appends; empty when the store is closed and all is written."""
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait()
            self._linger()
            taken: list[_Append | _Job] = []
            size = 0
            while self._queue and size < MAX_BATCH_ROWS:
                item = self._queue[0]
                if isinstance(item, _Job):
                    return taken or [self._queue.popleft()]
                taken.append(self._queue.popleft())
                size += item.size
                self._queued_rows -= item.size
            return taken

    def _linger(self) -> None:
        deadline = time.monotonic() + MAX_LINGER_S
        while not self._closing and self._queued_rows < MAX_BATCH_ROWS and time.monotonic() < deadline:
            before = len(self._queue)
            self._changed.wait(QUIET_S)
            if len(self._queue) == before:
                return

    def _run_job(self, job: _Job) -> None:
        try:
            self._in_transaction(job.run)
        except Exception as error:  # noqa: BLE001, RUF100 - handed to the caller, the writer must live on
            self._load_points()
            job.done.set_exception(error)
        else:
            job.done.set_result(None)

    def _write(self, items: list[_Append]) -> None:
        outcome: list[Outcome] = []
        newest: Newest = {}

        def run(connection: sqlite3.Connection) -> None:
            written, latest = write_rows(connection, [(i.rows, i.refusals) for i in items], self._now_us())
            outcome.extend(written)
            newest.update(latest)

        try:
            self._in_transaction(run)
        except Exception as error:  # noqa: BLE001, RUF100 - handed to every caller, the writer must live on
            for item in items:
                item.done.set_exception(error)
            return
        for row in newest.values():
            self.take_newest(row)
        self._tell([observation for _, stored in outcome for observation in stored])
        for item, (result, _) in zip(items, outcome, strict=True):
            item.done.set_result(result)

    def _tell(self, stored: Sequence[Observation]) -> None:
        try:
            if stored:
                self._on_stored(stored)
        except Exception:
            _log.exception("A listener to new readings failed; the readings are stored")

    def _in_transaction(self, run: Callable[[sqlite3.Connection], None]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            run(self._connection)
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


def _promise() -> "Future[Any]":
    """Return a future that cannot be cancelled: what is queued is written, whether anybody waits for it or not."""
    promise: Future[Any] = Future()
    promise.set_running_or_notify_cancel()
    return promise


def _known_now(connection: sqlite3.Connection, building_id: str, point_id: str) -> None:
    _executed(connection, _DISMISS, building_id, point_id)
    _executed(connection, _UNBAR, building_id, point_id)


def _executed(connection: sqlite3.Connection, statement: str, *values: str) -> None:
    connection.execute(statement, values)


def _load_devices(connection: sqlite3.Connection) -> Mapping[str, Device]:
    documents = connection.execute("SELECT document FROM device")
    devices = (device_from_json(json.loads(document)) for (document,) in documents)
    return {device.device_id: device for device in devices}


def _load_secrets(connection: sqlite3.Connection) -> Mapping[str, str]:
    return dict(connection.execute("SELECT device_id, secret FROM device WHERE secret IS NOT NULL"))


def _load_latest(connection: sqlite3.Connection) -> Newest:
    rows = connection.execute("SELECT point, time_us, result, quality FROM latest")
    return {row[0]: row for row in rows}
