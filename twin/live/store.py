"""The readings store: one writer thread over an engine, and in memory what is asked all the time.

Rules the store keeps:
1. A future that `append` returned is done only after the engine has them on its disk.
2. `(point, time)` is the key: the same reading twice is one row; another value for it is refused as a conflict.
3. `latest` holds the newest phenomenon time of a point, in whatever order readings arrive.
4. Whatever is refused is counted by its reason in the same transaction.
"""

import json
import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from twin.errors import Conflict, StorageError
from twin.live.devices import Device, device_from_json
from twin.live.engine import Engine, Session, T
from twin.live.observation import Observation, Refusal
from twin.live.points import Point, point_from_json
from twin.live.write import Newest, Row, Values, WriteResult

MAX_BATCH_ROWS = 1_000  # measured: larger commits are hardly faster, and make readers wait longer
MAX_LINGER_S = 0.15  # longest that a reading waits for company
QUIET_S = 0.005  # nothing came for that long: write what is there
MAX_QUEUED_ROWS = 100_000  # about 50 MB of waiting readings; beyond it the disk is not keeping up

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

    run: Callable[[Session], Any]
    done: "Future[Any]"


class ReadingStore:
    """Keeps points and their readings.

    Args:
        engine: Where they lie.
        now_us: Microseconds since 1970, for counters.
        on_stored: Called in the writer thread with what was newly stored, after it is on the disk.
    """

    def __init__(self, engine: Engine, now_us: Callable[[], int], on_stored: OnStored) -> None:
        self._engine = engine
        self._now_us = now_us
        self._on_stored = on_stored
        self._known: Mapping[PointKey, tuple[int, Point]] = {}
        self._of_building: Mapping[str, Sequence[tuple[int, Point]]] = {}
        self._devices: Mapping[str, Device] = {}
        self._secrets: Mapping[str, str] = {}
        self._latest: Newest = {}
        engine.transact(self._load)
        self._queue: deque[_Append | _Job] = deque()
        self._queued_rows = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="readings-writer", daemon=True)
        self._thread.start()

    def _load(self, session: Session) -> None:
        self._load_points(session)
        self._load_devices(session)
        self._latest = session.latest()

    def _load_points(self, session: Session) -> None:
        points = [(key, point_from_json(json.loads(document))) for key, document in session.points()]
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
        self.do(lambda session: self._put(session, chosen))

    def _put(self, session: Session, points: tuple[Point, ...]) -> None:
        for point in points:
            known = self._known.get((point.building_id, point.point_id))
            if known and known[1].unit != point.unit and session.has_readings(known[0]):
                raise Conflict(
                    f"The point has readings in {known[1].unit}; its unit cannot become {point.unit}.",
                    reason="point-unit-changed",
                    hint="Give the device a new point name; the old readings keep their unit.",
                    entity=point.point_id,
                )
            session.put_point(point.building_id, point.point_id, json.dumps(point.as_json()))
            _known_now(session, point.building_id, point.point_id)
        self._load_points(session)

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

        def run(session: Session) -> None:
            for item in chosen:
                session.put_device(item.device_id, json.dumps(item.as_json()))
                _known_now(session, "", item.device_id)

        self.do(run)
        self.do(self._load_devices)

    def retire_device(self, device_id: str) -> None:
        """Forget a device and its secret; its points and their readings stay."""
        self.do(lambda session: session.remove_device(device_id))
        self.do(self._load_devices)

    def put_secret(self, device_id: str, stored: str) -> None:
        """Keep the hash of a device's secret."""
        self.do(lambda session: session.put_secret(device_id, stored))
        self.do(self._load_devices)

    def secrets(self) -> Mapping[str, str]:
        """Return the hashes of all secrets by device; kept in memory, because every request of a device asks."""
        return self._secrets

    def dismiss(self, building_id: str, point_id: str) -> None:
        """Take a name off the quarantine list; it comes back if it writes again."""
        self.do(lambda session: session.dismiss(building_id, point_id))

    def bar(self, building_id: str, point_id: str, *, barred: bool) -> None:
        """Take a name off the quarantine list and keep it off, or let it come back."""

        def run(session: Session) -> None:
            _known_now(session, building_id, point_id)
            if barred:
                session.bar(building_id, point_id, self._now_us())

        self.do(run)

    def _load_devices(self, session: Session) -> None:
        rows = session.devices()
        self._devices = {key: device_from_json(json.loads(document)) for key, document, _ in rows}
        self._secrets = {key: secret for key, _, secret in rows if secret is not None}

    def take_newest(self, row: Values) -> None:
        """Know the newest row of a series; called in the writer thread."""
        if row[0] not in self._latest or row[1] > self._latest[row[0]][1]:
            self._latest[row[0]] = row

    def rebuild_latest(self) -> None:
        """Make the table of latest values anew from the history, old months included."""

        def run(session: Session) -> None:
            session.rebuild_latest()
            self._latest = session.latest()

        self.do(run)

    def meta(self, key: str, default: str) -> str:
        """Return a stored text, storing `default` if there is none."""
        return self.do(lambda session: session.meta(key, default))

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

    def do(self, run: Callable[[Session], T]) -> T:
        """Do other work in the writer thread, alone in its transaction, and return what it returns.

        Raises:
            StorageError: (store-write, store-away) nothing was done; (store-closed) the store is closed.
        """
        job = _Job(run, _promise())
        with self._changed:
            self._enqueue(job)
        result: T = job.done.result()
        return result

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
        self._engine.close()

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
        known, of_building = self._known, self._of_building
        try:
            result = self._engine.transact(job.run)
        except Exception as error:  # noqa: BLE001, RUF100 - handed to the caller, the writer must live on
            self._known, self._of_building = known, of_building
            job.done.set_exception(error)
        else:
            job.done.set_result(result)

    def _write(self, items: list[_Append]) -> None:
        appends = [(item.rows, item.refusals) for item in items]
        try:
            outcome, newest = self._engine.transact(lambda session: session.write(appends, self._now_us()))
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


def _promise() -> "Future[Any]":
    """Return a future that cannot be cancelled: what is queued is written, whether anybody waits for it or not."""
    promise: Future[Any] = Future()
    promise.set_running_or_notify_cancel()
    return promise


def _known_now(session: Session, building_id: str, name: str) -> None:
    """Take a name off the quarantine list and off the list of the refused."""
    session.dismiss(building_id, name)
    session.unbar(building_id, name)
