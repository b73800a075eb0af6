"""Devices at a broker: the past as fast as it takes it, then each message at its time, and commands obeyed."""

import asyncio
import heapq
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import gmqtt
from gmqtt.storage import PersistentStorage

from samples.telemetry.devices import Series, Simulator
from samples.telemetry.speech import READINGS_PER_MESSAGE, Message, Network, native, topic_of

MESSAGES_IN_FLIGHT = 200  # then wait for the broker, so that nothing piles up
CONNECT_TIMEOUT_S = 10.0
STEPS_AT_ONCE = 12  # an hour: the past is made in parts, so that others on this machine get their turn


class Publisher:
    """Sends what the devices of a simulator say to a broker, each acknowledged (QoS 1), and obeys commands.

    Args:
        simulator: What the devices read.
        url: ``mqtt://[user:password@]host:port``.
        root: First level of the topics.
        speech: See `Network`.
    """

    def __init__(self, simulator: Simulator, url: str, root: str = "kaksik", speech: str = "native") -> None:
        self._simulator, self._root = simulator, root
        self._url = urlsplit(url)
        self.network = Network(simulator.points, speech, root)
        self._waiting = PersistentStorage()
        # The client knows which messages are under way; a second simulator of the same points is another client.
        name = f"simulator-{simulator.seed}-{len(simulator.devices)}"
        self._client = gmqtt.Client(name, clean_session=False, persistent_storage=self._waiting)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self.sent = 0
        self.obeyed: list[str] = []

    async def __aenter__(self) -> "Publisher":
        if self._url.username:
            self._client.set_auth_credentials(unquote(self._url.username), unquote(self._url.password or ""))
        secure = self._url.scheme == "mqtts"
        host, port = self._url.hostname or "127.0.0.1", self._url.port or (8883 if secure else 1883)
        await asyncio.wait_for(self._client.connect(host, port, ssl=secure), CONNECT_TIMEOUT_S)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.disconnect()

    def _on_connect(self, client: Any, *_: object) -> None:
        setpoints = [point for point in self._simulator.points if point["kind"] == "setpoint"]
        if setpoints:
            client.subscribe([gmqtt.Subscription(topic_of(point, self._root, "set"), qos=1) for point in setpoints])

    def _on_message(self, _client: Any, topic: str, payload: bytes, _qos: int, _properties: Any) -> int:
        """Obey a command that still holds; the device then says at once what it was set to."""
        levels = topic.split("/")
        try:
            command = json.loads(payload)
            holds = datetime.fromisoformat(command["until"]) > datetime.now(UTC)
            said = self._simulator.obey(levels[-3], levels[-2], float(command["v"])) if holds else None
            name = str(command["id"])
        except (ValueError, KeyError, TypeError, IndexError):
            return 0  # no device answers to what it does not understand
        if said is not None:
            self.obeyed.append(name)
            for message in native(said, self._root):
                self._publish(message)
        return 0

    def _publish(self, message: Message) -> None:
        self._client.publish(message.topic, message.payload, qos=1)
        self.sent += message.readings

    async def settle(self) -> None:
        """Wait until the broker has acknowledged all that was sent."""
        await self._waiting.wait_empty()

    async def send(self, messages: Sequence[Message]) -> None:
        """Publish messages, no faster than the broker takes them."""
        for message in messages:
            self._publish(message)
            if len(self._waiting.get_all()) >= MESSAGES_IN_FLIGHT:
                await self.settle()

    async def backfill(self, start: datetime, end: datetime) -> int:
        """Send what was said in ``[start, end)`` as fast as the broker takes it; return how many readings.

        The world goes on to `end`, or a step further; what it says after `end` is kept for `go_on`.
        """
        before = self.sent
        while self._simulator.world.now + timedelta(hours=1) < start:
            self._simulator.step(STEPS_AT_ONCE)
        begin_s, end_s = start.timestamp(), end.timestamp()
        self._later: list[Message] = []
        while self._simulator.world.now < end:
            # The hour that runs is made step by step: made whole it would be said at its end.
            hour_fits = self._simulator.world.now + timedelta(hours=1) <= end
            steps = STEPS_AT_ONCE if hour_fits else 1
            said = [_between(series, begin_s) for series in self._simulator.step(steps)]
            messages = self.network.messages(said, READINGS_PER_MESSAGE if hour_fits else 1)
            await self.send([message for message in messages if message.seconds < end_s])
            self._later += [message for message in messages if message.seconds >= end_s]
            await asyncio.sleep(0)
        await self.settle()
        return self.sent - before

    async def go_on(self, end: datetime | None = None) -> None:
        """Send each message at its time until `end`, or until cancelled; call `backfill` before."""
        due = [(message.seconds, number, message) for number, message in enumerate(self._later)]
        heapq.heapify(due)
        count = len(due)
        while True:
            while not due or due[0][0] > self._simulator.world.now.timestamp():
                for message in self.network.messages(self._simulator.step(), most=1):
                    heapq.heappush(due, (message.seconds, count, message))
                    count += 1
            seconds, _, message = heapq.heappop(due)
            if end is not None and seconds >= end.timestamp():
                break
            await asyncio.sleep(max(0.0, seconds - datetime.now(UTC).timestamp()))
            await self.send([message])
        await self.settle()


def _between(series: Series, begin_s: float) -> Series:
    later = series.seconds >= begin_s
    return Series(series.point, series.seconds[later], series.values[later])
