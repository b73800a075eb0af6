"""Reading observations from an MQTT broker, in an own thread with its own event loop.

Rules the subscriber keeps:
1. The session outlives the connection (`clean_session=False`, QoS 1), so what is published while this service is
   down waits in the broker, if the broker is told to keep it.
2. A message is acknowledged after its readings are on the disk. If the disk refuses, the write is tried again and
   nothing is acknowledged; the receive window then makes the broker wait.
3. Every connection has a client object of its own: an acknowledgement that comes too late goes nowhere, never to
   another message that bears the same number on a new connection.
"""

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

import gmqtt
from gmqtt.mqtt.constants import MQTTv50, MQTTv311
from gmqtt.storage import PersistentStorage

from twin.errors import TwinError
from twin.live.address import BrokerAddress
from twin.live.receiver import Receiver
from twin.live.write import Append, WriteResult

SESSION_EXPIRY_S = 7 * 24 * 3600  # a week: longer than any repair of this service, shorter than for ever
RECEIVE_WINDOW = 4_000  # unacknowledged messages: four write batches, so that the disk never waits for the network
MAX_WAITING = 50_000  # messages of QoS 0, which no window limits; about 25 MB
MAX_OUTGOING = 20_000  # messages that the broker has not acknowledged; about 10 MB
MAX_PACKET_BYTES = 4 * 1024 * 1024  # the broker drops what is larger; the decoder refuses, and counts, above 64 KiB
RECONNECT_DELAY_S = 0.5
CONNECT_TIMEOUT_S = 10.0
SETTLE_TIMEOUT_S = 5.0  # at the end; what is not written by then was not acknowledged and comes again
WRITE_RETRY_S = 1.0  # a full disk does not empty faster
KEEPALIVE_S = 20

_log = logging.getLogger(__name__)
# gmqtt calls every end of a connection an error; what matters of it is told by `status` and the log above.
_QUIET = logging.Logger("gmqtt-ingest", logging.CRITICAL)
_NEVER_RECONNECT = {"reconnect_retries": -2}  # the loop below connects anew; -1 would mean without end


class _Outgoing(PersistentStorage):  # type: ignore[misc]
    """What the broker has not acknowledged on one connection."""

    def __len__(self) -> int:
        return len(self._messages)


class Sink(Protocol):
    """Where messages go."""

    def prepare(self, topic: str, payload: bytes) -> Append:
        """Decode one message."""

    def write(self, appends: Sequence[Append]) -> "Future[WriteResult]":
        """Write decoded messages; the future is done when they are on the disk."""


@dataclass(slots=True)
class _Batch:
    """Messages that arrived together, and what is sent to the broker when they are on the disk."""

    client: Receiver | None = None
    appends: list[Append] = field(default_factory=list)
    identifiers: list[bytes] = field(default_factory=list)


class MqttIngest:
    """Subscribes to topics and hands every message to a sink.

    Args:
        address: The broker.
        topics: Topic filters.
        client_id: Name of the session; the same one after each start, and no other service's.
        sink: Where messages go.
    """

    def __init__(self, address: BrokerAddress, topics: Sequence[str], client_id: str, sink: Sink) -> None:
        self._address = address
        self._topics = tuple(topics)
        self._client_id = client_id
        self._sink = sink
        self._subscribed = threading.Event()
        self._version = MQTTv50
        self._dropped = 0
        self._last_error: str | None = None
        self._left_out = 0
        self._handed = self._sent = 0
        self._outgoing = _Outgoing()
        self._outgoing_lock = threading.Lock()
        self._client: Receiver | None = None
        self._loop = _new_loop()
        self._stopping = asyncio.Event()
        self._news = asyncio.Event()
        self._lost = asyncio.Event()
        self._open = _Batch()
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._run, name="mqtt-ingest", daemon=True)
        self._thread.start()

    def wait_subscribed(self, timeout_s: float) -> bool:
        """Wait until the broker has confirmed the subscription; tell whether it did."""
        return self._subscribed.wait(timeout_s)

    def status(self) -> dict[str, Any]:
        """Return whether the subscription stands, what went wrong last, and how many QoS 0 messages were dropped."""
        return {
            "connected": self._subscribed.is_set(),
            "broker": f"{self._address.host}:{self._address.port}",
            "topics": list(self._topics),
            "protocol": "5" if self._version == MQTTv50 else "3.1.1",
            "last_error": self._last_error,
            "dropped": self._dropped,
            "left_out": self._left_out,
        }

    def publish(self, messages: Sequence[tuple[str, bytes]]) -> int:
        """Hand messages to the broker, QoS 1, not retained; never waits. Callable from any thread.

        Returns:
            How many were handed over. The others are left out, and counted: all while there is no connection, and
            those above `MAX_OUTGOING` that are not acknowledged.
        """
        with self._outgoing_lock:
            room = MAX_OUTGOING - len(self._outgoing) - (self._handed - self._sent)
            chosen = messages[: max(room, 0)] if self._subscribed.is_set() else ()
            self._left_out += len(messages) - len(chosen)
            try:
                self._loop.call_soon_threadsafe(self._send, chosen)
            except RuntimeError:  # stopped meanwhile
                return 0
            self._handed += len(chosen)
        return len(chosen)

    def stop(self) -> None:
        """Write and acknowledge what has arrived, then leave; the broker keeps the session. Safe to call twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    # --- inside the thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _serve(self) -> None:
        writer = asyncio.ensure_future(self._write_forever())
        while not self._stopping.is_set():
            client = await self._connect()
            if client is not None:
                await _first_of(self._stopping.wait(), self._lost.wait())
                if self._stopping.is_set():
                    await self._settle()
                await _leave(client)
            self._subscribed.clear()
            await _first_of(self._stopping.wait(), asyncio.sleep(RECONNECT_DELAY_S))
        await self._settle()
        self._loop.set_exception_handler(_ignore_cancelled)
        writer.cancel()
        await _cancel_all()

    def _send(self, messages: Sequence[tuple[str, bytes]]) -> None:
        self._sent += len(messages)
        if self._client is not None and self._subscribed.is_set():
            for topic, payload in messages:
                self._client.publish(topic, payload, qos=1)

    async def _settle(self) -> None:
        """Wait until what has arrived is written, or the disk has refused it for a while."""
        await _first_of(self._idle.wait(), asyncio.sleep(SETTLE_TIMEOUT_S))

    async def _connect(self) -> Receiver | None:
        self._outgoing = _Outgoing()  # what was under way on the line before is older than what comes next
        client = Receiver(
            self._client_id,
            self._take,
            clean_session=False,
            session_expiry_interval=SESSION_EXPIRY_S,
            receive_maximum=RECEIVE_WINDOW,
            maximum_packet_size=MAX_PACKET_BYTES,
            persistent_storage=self._outgoing,
            logger=_QUIET,
        )
        client.set_config(_NEVER_RECONNECT)
        address = self._address
        if address.username is not None:
            client.set_auth_credentials(address.username, address.password)
        self._lost.clear()
        self._open.client = client
        self._open.identifiers.clear()  # of the connection before: the broker sends those messages again
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        try:
            connecting = asyncio.ensure_future(
                client.connect(
                    address.host, address.port, ssl=address.context(), keepalive=KEEPALIVE_S, version=self._version
                )
            )
            await _first_of(
                asyncio.wait({connecting}, timeout=CONNECT_TIMEOUT_S), self._lost.wait(), self._stopping.wait()
            )
            if not connecting.done():
                self._other_version()
            await asyncio.wait_for(connecting, 0)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001, RUF100 - no trouble ends the ingest
            self._note(f"no connection: {str(error) or 'the broker did not answer'}")
            await _leave(client)
            return None
        return client

    def _other_version(self) -> None:
        """Try the other protocol next: some brokers close the line at MQTT 5 instead of answering."""
        self._version = MQTTv311 if self._version == MQTTv50 else MQTTv50

    def _note(self, error: str) -> None:
        if error != self._last_error:
            _log.warning("MQTT broker %s:%s: %s", self._address.host, self._address.port, error)
        self._last_error = error

    def _on_connect(self, client: gmqtt.Client, _session: int, _code: int, _properties: dict[str, Any]) -> None:
        own = {
            "qos": 1,
            "retain_handling_options": 2,
            "no_local": True,
        }  # what we publish ourselves is stored already
        client.subscribe([gmqtt.Subscription(topic, **own) for topic in self._topics])

    def _on_subscribe(self, client: gmqtt.Client, _mid: int, codes: Sequence[int], _properties: Any) -> None:
        if any(code >= 0x80 for code in codes):
            self._note("the broker refused the subscription")
            self._lost.set()
            return
        self._last_error = None
        self._client = client
        self._subscribed.set()

    def _on_disconnect(self, _client: gmqtt.Client, _packet: Any, _error: Any = None) -> None:
        self._subscribed.clear()
        self._lost.set()
        if not self._stopping.is_set():
            self._note("the connection was lost")

    def _take(self, topic: bytes, payload: bytes, identifier: bytes) -> None:
        batch = self._open
        if identifier:
            batch.identifiers.append(identifier)
        elif len(batch.appends) >= MAX_WAITING:
            self._dropped += 1
            return
        batch.appends.append(self._sink.prepare(topic.decode("utf-8", "replace"), payload))
        if len(batch.appends) == 1:
            self._idle.clear()
            self._news.set()

    async def _write_forever(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            batch, self._open = self._open, _Batch(self._open.client)
            await self._write(batch.appends)
            if batch.client is not None:
                batch.client.acknowledge(batch.identifiers)
            if not self._open.appends:
                await asyncio.sleep(0)  # lets the acknowledgements out before anybody sees idleness
                if not self._open.appends:
                    self._idle.set()

    async def _write(self, appends: Sequence[Append]) -> None:
        while True:
            try:
                await asyncio.wrap_future(self._sink.write(appends))
            except TwinError as error:
                self._note(error.message)
                await asyncio.sleep(WRITE_RETRY_S)
            else:
                return


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415, RUF100 - not made for Windows

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


async def _leave(client: gmqtt.Client) -> None:
    with contextlib.suppress(Exception, asyncio.CancelledError):  # it is gone already, in whatever way
        await asyncio.wait_for(client.disconnect(), CONNECT_TIMEOUT_S)


def _ignore_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Leave out the complaints of gmqtt about messages that were given up unacknowledged."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
