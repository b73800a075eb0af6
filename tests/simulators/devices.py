"""Devices that speak MQTT over loopback, for tests."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import gmqtt
from gmqtt.storage import PersistentStorage

Message = tuple[str, bytes]


class Outbox(PersistentStorage):
    """What the broker has not acknowledged; remembers whether the client threw any of it away."""

    lost = False

    def clear(self) -> None:
        """Forget everything, as the client does when the broker has lost the session."""
        self.lost = self.lost or not self.is_empty
        super().clear()


START = datetime(2026, 3, 1, tzinfo=UTC)


def reading(building_id: str, point_id: str, second: float, value: object, unit: str = "Cel") -> Message:
    """Return topic and payload of one reading, `second` seconds after `START`."""
    moment = START + timedelta(seconds=second)
    payload = {"t": moment.isoformat(), "v": value, "u": unit}
    return f"kaksik/v1/{building_id}/{point_id}/obs", json.dumps(payload).encode()


async def publish_async(
    url: str, messages: Sequence[Message], *, qos: int = 1, version: int = 5, client_id: str = "test-devices"
) -> None:
    """Publish messages and return when the broker has acknowledged all of them, over whatever interruptions.

    If the broker lost the session, everything is published once more, as a device does that keeps its readings.
    """
    waiting = Outbox()
    client = gmqtt.Client(client_id, clean_session=False, session_expiry_interval=600, persistent_storage=waiting)
    client.set_config({"reconnect_delay": 0.2})
    address = urlsplit(url)
    await asyncio.wait_for(client.connect(address.hostname, address.port, version=version), 10)
    await _publish_all(client, waiting, messages, qos)
    if waiting.lost:
        await _publish_all(client, waiting, messages, qos)
    with contextlib.suppress(ConnectionError):
        await client.disconnect()


async def _publish_all(client: gmqtt.Client, waiting: Outbox, messages: Sequence[Message], qos: int) -> None:
    for number, (topic, payload) in enumerate(messages):
        client.publish(topic, payload, qos=qos)
        if number % 200 == 199:
            await asyncio.sleep(0)
            while len(waiting.get_all()) > 2_000:
                await asyncio.sleep(0.005)
    await asyncio.wait_for(waiting.wait_empty(), 60)
    if qos == 0:
        await asyncio.sleep(0.2)


def publish(url: str, messages: Sequence[Message], *, qos: int = 1, version: int = 5) -> None:
    """Publish messages from a loop of their own; see `publish_async`."""
    asyncio.run(publish_async(url, messages, qos=qos, version=version))
