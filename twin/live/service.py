"""The live wing: points, readings in, latest state and history out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import Any

from ifc import ReadFinding
from twin.errors import InvalidInput, NotFound
from twin.live.address import BrokerAddress, TlsFiles
from twin.live.binding import bind, check_bindings
from twin.live.capture import Capture, read_capture
from twin.live.devices import DEVICE_ID
from twin.live.engine import ArchivedMonth
from twin.live.engines import open_engine
from twin.live.events import Hub
from twin.live.intake import Intake
from twin.live.line import BrokerLine
from twin.live.observation import Decoded, Observation, Refusal, RefusalReason
from twin.live.places import Places
from twin.live.points import Point
from twin.live.quarantine import Quarantine
from twin.live.queries import STALE_AFTER_INTERVALS, Reader, Reading, reading_of
from twin.live.register import DeviceRegister
from twin.live.schema import time_to_us
from twin.live.series import Series, put_series
from twin.live.shown import aged, alike, check_steps, need_aware, state_of
from twin.live.store import ReadingStore
from twin.live.upkeep import Kept, Retention, Upkeep
from twin.live.write import WriteResult, total
from twin.snapshot import Snapshot

MAX_BATCH_MESSAGES = 10_000  # of one call; a larger one is sent in parts
SESSION_ID_BYTES = 8


class LiveWing:
    """Keeps the points of all buildings and their readings. Safe to use from many threads.

    Args:
        where: SQLite file of the readings, made if it is not there; or the URL of a PostgreSQL, see `open_engine`.
        clock: Returns the present, aware UTC.
        root: First level of the topics that are read.
        new_token: Returns a random text; names a start of this service in event ids, and its session at the broker.
    """

    def __init__(
        self,
        where: Path | str,
        clock: Callable[[], datetime],
        *,
        root: str = "kaksik",
        new_token: Callable[[], str] = lambda: token_hex(SESSION_ID_BYTES),
    ) -> None:
        self._clock = clock
        self._new_token = new_token
        self.hub = Hub(new_token(), render=self._event)
        self._engine = open_engine(where)
        self._store = ReadingStore(self._engine, lambda: time_to_us(clock()), self._publish)
        self._upkeep = Upkeep(self._store, clock)
        self._reader = Reader(self._engine)
        self._intake = Intake(self._store, clock, root)
        self.devices = DeviceRegister(self._store)
        self.quarantine = Quarantine(self._store, self._reader, self.devices)
        self._line = BrokerLine(self._intake, lambda: self._store.meta("mqtt-session", f"kaksik-{self._new_token()}"))
        self._watchers: list[Callable[[str], None]] = []

    # --- points

    def watch_points(self, watcher: Callable[[str], None]) -> None:
        """Call `watcher` with the id of a building whenever points of it were stored."""
        self._watchers.append(watcher)

    def register_points(self, points: Iterable[Point], snapshot: Snapshot | None = None) -> tuple[ReadFinding, ...]:
        """Store points, durably, and check their bindings.

        A point whose binding does not hold is stored all the same: its readings count, and the finding says what is
        wrong until a version or a new binding puts it right.

        Args:
            points: Points of any building.
            snapshot: Version of the building to check against and to find the spaces in; None checks nothing.

        Raises:
            Conflict: (point-unit-changed) a point has readings in another unit; nothing was stored.
        """
        chosen = tuple(points)
        if snapshot is not None:
            own, places = snapshot.building_id, Places(snapshot.records)
            chosen = tuple(bind(point, places) if point.building_id == own else point for point in chosen)
        self._store.put_points(chosen)
        for building_id in sorted({point.building_id for point in chosen}):
            for watcher in self._watchers:
                watcher(building_id)
        return check_bindings(chosen, snapshot) if snapshot is not None else ()

    def recheck(self, snapshot: Snapshot) -> tuple[ReadFinding, ...]:
        """Check all bindings of a building against a new version, and move points to the spaces of that version."""
        return self.register_points(self.points(snapshot.building_id), snapshot)

    def points(self, building_id: str, global_id: str | None = None) -> tuple[Point, ...]:
        """Return the points of a building in order of registration, or those bound to one object or space of it."""
        return tuple(
            point
            for _, point in self._of_building(building_id)
            if global_id is None or global_id in (point.global_id, point.space)
        )

    def _of_building(self, building_id: str) -> Sequence[tuple[int, Point]]:
        return self._store.of_building(building_id)

    def _point(self, building_id: str, point_id: str) -> tuple[int, Point]:
        try:
            return self._store.known[building_id, point_id]
        except KeyError:
            raise NotFound(
                "There is no such point.",
                reason="point-unknown",
                hint="List the points of the building.",
                entity=f"{building_id}/{point_id}"[:200],
            ) from None

    # --- readings in

    def ingest(self, topic: str, payload: bytes) -> WriteResult:
        """Decode and store one message; returns when it is on the disk.

        Args:
            topic: ``<root>/v1/<building_id>/<point_id>/obs``.
            payload: A reading or an array of readings, JSON.

        Raises:
            Conflict: (overload) too much waits to be written.
            StorageError: the disk refused; nothing of this message is stored.
        """
        return self._intake.write([self._intake.prepare(topic, payload)]).result()

    def ingest_batch(self, messages: Iterable[tuple[str, bytes]], device_id: str | None = None) -> WriteResult:
        """Decode and store many messages in one go; see `ingest`.

        Args:
            messages: Topics and payloads.
            device_id: The device that sends them, which has shown its secret (`devices.authenticate`): what is not
                its own is refused. None is somebody else, who may write only what no registered device writes.

        Raises:
            InvalidInput: (too-many-messages) more than `MAX_BATCH_MESSAGES`.
        """
        chosen = list(messages)
        if len(chosen) > MAX_BATCH_MESSAGES:
            raise InvalidInput(
                f"More than {MAX_BATCH_MESSAGES} messages in one call.",
                reason="too-many-messages",
                hint="Send them in parts; readings that are sent twice are stored once.",
            )
        if device_id is None:
            appends = [self._intake.prepare_unsigned(topic, payload) for topic, payload in chosen]
        else:
            appends = [self._intake.prepare_from(device_id, topic, payload) for topic, payload in chosen]
        return self._intake.write(appends).result()

    def sign_in(self, device_id: str, secret: str) -> bool:
        """Tell whether a device has shown its secret; one that nobody registered lands in the quarantine list."""
        if self.devices.authenticate(device_id, secret):
            return True
        if DEVICE_ID.fullmatch(device_id):
            known = self.devices.knows(device_id)
            reason = RefusalReason.SIGN_IN if known else RefusalReason.DEVICE_UNKNOWN
            self._intake.refuse([Refusal(reason, f"{device_id} by HTTP", None, device_id)])
        return False

    def _publish(self, stored: Sequence[Observation]) -> None:
        by_building: dict[str, list[Observation]] = defaultdict(list)
        for observation in stored:
            by_building[observation.building_id].append(observation)
        for building_id, observations in by_building.items():
            self.hub.publish(building_id, observations)
        self._line.tell(stored)

    def _event(self, observation: Observation) -> dict[str, Any]:
        _, point = self._store.known[observation.building_id, observation.point_id]
        reading = Reading(observation.phenomenon_time, observation.result, observation.quality)
        return {"building_id": point.building_id, **state_of(point, reading)}

    def ingest_decoded(self, readings: Iterable[Decoded]) -> WriteResult:
        """Store readings that a decoder of files or a field bus made; returns when they are on the disk.

        They are written in parts; after an error the same readings can be given again, and none is doubled.

        Raises:
            Conflict: (overload) too much waits to be written.
            StorageError: the disk refused.
        """
        results = []
        remaining = iter(readings)
        while part := list(islice(remaining, MAX_BATCH_MESSAGES)):
            results.append(self._intake.write([self._intake.admit(part)]).result())
        return total(results)

    def ingest_series(self, series: Series) -> WriteResult:
        """Store many readings of one point, in its unit, as columns; streams do not tell of them.

        Raises:
            NotFound: (point-unknown).
            InvalidInput: (series) lengths differ, a number is not finite, or the times do not rise.
            StorageError: the disk refused; what was written before stays, and can be given again.
        """
        key, point = self._point(series.building_id, series.point_id)
        return put_series(self._store, key, point, series.checked(), time_to_us(self._clock()))

    def capture(self, path: Path | None) -> Capture | None:
        """Keep the raw messages that arrive from now on in a file of the operator; None stops.

        Returns:
            The capture that ended, with its counts.
        """
        return self._intake.capture_to(Capture(path) if path is not None else None)

    def replay(self, path: Path) -> WriteResult:
        """Decode and store captured messages with their times of arrival; see `read_capture`."""
        decoder = self._intake.decoder
        messages = read_capture(path)
        return self.ingest_decoded(
            item for message in messages for item in decoder.decode(message.topic, message.payload, message.received)
        )

    # --- state out

    def latest(self, building_id: str) -> dict[str, Any]:
        """Return the newest reading of every point of a building with its age.

        A point that never sent anything has ``value`` null and is stale. ``stale`` is null if no interval is known.
        """
        now = self._clock()
        latest = self._store.latest
        return {
            "items": [
                aged(point, reading_of(latest[key]) if key in latest else None, now)
                for key, point in self._of_building(building_id)
            ]
        }

    def state_at(self, building_id: str, moment: datetime) -> dict[str, Any]:
        """Return the state as it was at `moment` (aware), with ages as of then; see `latest`."""
        need_aware(moment)
        keys = [key for key, _ in self._of_building(building_id)]
        readings = self._reader.state_at(keys, moment)
        return {"items": [aged(point, readings.get(key), moment) for key, point in self._of_building(building_id)]}

    def history(
        self,
        building_id: str,
        point_id: str,
        start: datetime,
        end: datetime,
        step_s: float | None = None,
        first: int | None = None,
    ) -> dict[str, Any]:
        """Return the readings of a point in ``[start, end)``.

        Args:
            building_id: Building of the point.
            point_id: The point.
            start: Aware time.
            end: Aware time, after `start`.
            step_s: Seconds per step: items are then means with ``min``, ``max`` and count ``n`` (see `Reader.steps`);
                None returns each reading.
            first: Most readings that are wanted, from the oldest on; None wants all.

        Raises:
            NotFound: (point-unknown).
            InvalidInput: (time-range, step, too-many-items).
        """
        key, point = self._point(building_id, point_id)
        check_steps(start, end, step_s)
        if step_s is None:
            items = self._reader.raw(key, start, end, first)
        else:
            items = self._reader.steps([key], start, end, timedelta(seconds=step_s))
        return {"point": point.as_json(), "items": items}

    def means(
        self, building_id: str, quantity_kind: str, start: datetime, end: datetime, step_s: float
    ) -> dict[str, Any]:
        """Return the readings of one quantity of a building in ``[start, end)``, all its points together, by step.

        Setpoints are wanted and not measured; they do not count.

        Raises:
            InvalidInput: (quantity) the building has no such point, they measure in several units, or they are
                registers of meters; (time-range, step, too-many-items).
        """
        keys, unit = alike(self._of_building(building_id), quantity_kind)
        check_steps(start, end, step_s)
        items = self._reader.steps(keys, start, end, timedelta(seconds=step_s))
        return {"quantity_kind": quantity_kind, "unit": unit, "points": len(keys), "items": items}

    def gaps(self, building_id: str, point_id: str, start: datetime, end: datetime) -> dict[str, Any]:
        """Return the times in ``[start, end)`` in which a point was silent for more than three of its intervals.

        Raises:
            NotFound: (point-unknown).
            InvalidInput: (time-range, too-many-items); (no-interval) nobody said how often the point speaks.
        """
        key, point = self._point(building_id, point_id)
        need_aware(start, end)
        if point.interval_s is None:
            raise InvalidInput(
                "Nobody said how often the point speaks.", reason="no-interval", hint="Bind it with interval_s."
            )
        longest_s = STALE_AFTER_INTERVALS * point.interval_s
        return {"point": point.as_json(), "items": self._reader.gaps(key, start, end, longest_s)}

    def archive(self, keep: timedelta) -> tuple[ArchivedMonth, ...]:
        """Move readings to monthly files; the month in which `keep` before now lies, and all after it, stay.

        Raises:
            StorageError: (archive-write, archive-damaged, store-write) the months before the failure are moved.
        """
        return self._upkeep.archive(self._clock() - keep)

    def upkeep(self, retention: Retention) -> Kept:
        """Move old months to files and turn older ones into hours, as `retention` wants it at this time.

        Raises:
            StorageError: (archive-write, archive-damaged, store-write) the months before the failure are done.
        """
        return self._upkeep.run(retention)

    def refusals(self) -> dict[str, Any]:
        """Return the counts of refused readings by reason, and the unknown points that tried to write."""
        return {"reasons": self._reader.refusals(), "quarantine": self._reader.quarantine()}

    def rebuild_latest(self) -> None:
        """Make the latest values anew from the history."""
        self._store.rebuild_latest()

    def store_status(self) -> dict[str, Any]:
        """Return which engine keeps the readings, if it can be reached; see `Engine.status`."""
        return self._engine.status()

    # --- broker

    def start_mqtt(
        self,
        url: str,
        root: str | None = None,
        wait_s: float = 5.0,
        tls: TlsFiles | None = None,
        *,
        sensorthings: bool = False,
    ) -> bool:
        """Start reading from a broker; it is looked for again and again, whether it is there now or not.

        Args:
            url: ``mqtt://[user:password@]host[:port]``, or ``mqtts://``.
            root: First level of the topics, from now on; None keeps the present one.
            wait_s: Seconds to wait for the subscription.
            tls: Authority and client certificate for ``mqtts``.
            sensorthings: Whether Observations are published and taken on the topics of SensorThings too.

        Returns:
            Whether the subscription stood within `wait_s`.

        Raises:
            InvalidInput: (mqtt-url) the address cannot be read.
        """
        return self._line.start(url, root, tls, sensorthings=sensorthings).wait_subscribed(wait_s)

    def broker_address(self) -> BrokerAddress | None:
        """Return the broker that is read from, None if none was started."""
        return self._line.address

    @property
    def root(self) -> str:
        """Return the first level of the native topics."""
        return self._intake.decoder.root

    def mqtt_status(self) -> dict[str, Any]:
        """Return the state of the subscription; ``connected`` false without more when none was started."""
        return self._line.status()

    def stop_mqtt(self) -> None:
        """Stop reading from the broker, which keeps the session for the next start. Safe to call twice."""
        self._line.stop()

    def stop(self) -> None:
        """Stop reading from the broker, write what is queued, close the store. Safe to call twice."""
        self.stop_mqtt()
        self._intake.capture_to(None)
        self._store.close()

    def __enter__(self) -> "LiveWing":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
