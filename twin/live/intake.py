"""The way of a message into the store: decode, check whose it is, bring it to the unit of its point, queue it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from operator import is_

from twin.live.capture import Capture, Message
from twin.live.decoding import Decoder
from twin.live.devices import Device
from twin.live.lorawan import is_uplink_topic
from twin.live.numbers import stream_number
from twin.live.observation import Decoded, Observation, Refusal, RefusalReason, admit
from twin.live.points import Point
from twin.live.store import PointKey, ReadingStore
from twin.live.write import Append, Row, WriteResult


class Intake:
    """Prepares and writes messages; safe to use from many threads.

    Args:
        store: Where readings go.
        clock: Returns the present, aware UTC.
        root: First level of the native topics.
    """

    def __init__(self, store: ReadingStore, clock: Callable[[], datetime], root: str) -> None:
        self._store = store
        self._clock = clock
        self.decoder = Decoder(root, lambda: store.devices, self._unit_at, self._stream_at)
        self._capture: Capture | None = None
        self._capture_lock = threading.Lock()
        self._streams_of: tuple[Mapping[PointKey, object], Mapping[int, Point]] = ({}, {})
        self._owned_by: tuple[Mapping[str, Device], frozenset[tuple[str, str]]] = ({}, frozenset())

    def _unit_at(self, building_id: str, point_id: str) -> str:
        known = self._store.known.get((building_id, point_id))
        return known[1].unit if known else ""

    def _stream_at(self, number: int) -> Point | None:
        known = self._store.known
        if self._streams_of[0] is not known:
            streams = {stream_number(*name): point for name, (_, point) in known.items()}
            self._streams_of = (known, streams)
        return self._streams_of[1].get(number)

    def prepare(self, topic: str, payload: bytes) -> Append:
        """Decode one message that arrives now and admit its readings; nothing is stored yet."""
        received = self._clock()
        self._keep(received, topic, payload)
        return self.admit(self.decoder.decode(topic, payload, received))

    def prepare_from(self, device_id: str, topic: str, payload: bytes) -> Append:
        """Decode a message of one device, which may write its own points only."""
        device = self._store.devices.get(device_id)
        own = {(device.building_id, point) for point in device.points} if device else set()
        return self._prepare(topic, payload, lambda item: item[:2] in own, device_id)

    def prepare_unsigned(self, topic: str, payload: bytes) -> Append:
        """Decode a message of somebody who is no device; what a registered device writes is left to that device.

        An uplink is taken: the network server that passes it on knows its devices by their keys.
        """
        if is_uplink_topic(topic):
            return self.prepare(topic, payload)
        owned = self._owned()
        return self._prepare(topic, payload, lambda item: item[:2] not in owned, "whoever sent it")

    def _prepare(self, topic: str, payload: bytes, allowed: Callable[[Observation], bool], who: str) -> Append:
        received = self._clock()
        decoded = self.decoder.decode(topic, payload, received)
        checked = [
            _not_own(item, who) if isinstance(item, Observation) and not allowed(item) else item for item in decoded
        ]
        if all(
            map(is_, checked, decoded)
        ):  # else not captured: whoever plays the file again asks nobody who they are
            self._keep(received, topic, payload)
        return self.admit(checked)

    def _keep(self, received: datetime, topic: str, payload: bytes) -> None:
        if (capture := self._capture) is not None:
            capture.add(Message(received, topic, payload))

    def _owned(self) -> frozenset[tuple[str, str]]:
        devices = self._store.devices
        if self._owned_by[0] is not devices:
            points = frozenset((device.building_id, point) for device in devices.values() for point in device.points)
            self._owned_by = (devices, points)
        return self._owned_by[1]

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Count what was refused before it was decoded, without waiting for the disk."""
        self._store.append((), refusals)

    def admit(self, decoded: Iterable[Decoded]) -> Append:
        """Return rows and refusals for decoded readings."""
        rows: list[Row] = []
        refusals: list[Refusal] = []
        for item in decoded:
            admitted = self._admit(item)
            if isinstance(admitted, Row):
                rows.append(admitted)
            else:
                refusals.append(admitted)
        return rows, refusals

    def _admit(self, item: Decoded) -> Row | Refusal:
        if isinstance(item, Refusal):
            return item
        known = self._store.known.get((item.building_id, item.point_id))
        if known is None:
            detail = f"{item.building_id}/{item.point_id} is not registered"
            return Refusal(RefusalReason.POINT_UNKNOWN, detail, item.building_id, item.point_id)
        admitted = admit(item, known[1])
        return admitted if isinstance(admitted, Refusal) else Row(known[0], admitted)

    def write(self, appends: Sequence[Append]) -> "Future[WriteResult]":
        """Queue decoded messages as one append; the future is done when they are on the disk."""
        rows = [row for group, _ in appends for row in group]
        return self._store.append(rows, [refusal for _, group in appends for refusal in group])

    def capture_to(self, capture: Capture | None) -> Capture | None:
        """Keep raw messages from now on, or no longer; return the capture before, which is closed."""
        with self._capture_lock:
            before, self._capture = self._capture, capture
        if before is not None:
            before.close()
        return before


def _not_own(item: Observation, who: str) -> Refusal:
    return Refusal(RefusalReason.NOT_OWN_POINT, f"not a point of {who}", item.building_id, item.point_id)
