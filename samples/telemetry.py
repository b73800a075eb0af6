"""Devices of a building that speak MQTT: fills the past, then goes on in real time.

    python -m samples.telemetry --points points.json --mqtt mqtt://127.0.0.1:1883 --backfill-hours 24

Every reading depends only on point, time and seed, so a run that repeats another sends the same readings again.
"""

import argparse
import asyncio
import heapq
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import gmqtt
from gmqtt.storage import PersistentStorage

from samples.telemetry_model import Point, Simulator

READINGS_PER_MESSAGE = 200  # about 12 kB, well under what a receiver takes
MESSAGES_IN_FLIGHT = 200  # then wait for the broker, so that nothing piles up
CONNECT_TIMEOUT_S = 10.0


def encode(point: Point, readings: Sequence[tuple[datetime, float]]) -> bytes:
    """Return the payload of one message: one reading, or an array of several."""
    items = [{"t": moment.isoformat().replace("+00:00", "Z"), "v": v, "u": point["unit"]} for moment, v in readings]
    return json.dumps(items[0] if len(items) == 1 else items, separators=(",", ":")).encode()


def topic_of(point: Point, root: str) -> str:
    """Return the topic of a point."""
    return f"{root}/v1/{point['building_id']}/{point['point_id']}/obs"


class Publisher:
    """Sends the readings of a simulator to a broker, each acknowledged (QoS 1).

    Args:
        simulator: What the devices read.
        url: ``mqtt://[user:password@]host:port``.
        root: First level of the topics.
    """

    def __init__(self, simulator: Simulator, url: str, root: str = "kaksik") -> None:
        self._simulator = simulator
        self._url = urlsplit(url)
        self._root = root
        self._waiting = PersistentStorage()
        self._client = gmqtt.Client(
            f"simulator-{simulator.seed}", clean_session=False, persistent_storage=self._waiting
        )
        self.sent = 0

    async def __aenter__(self) -> "Publisher":
        if self._url.username:
            self._client.set_auth_credentials(unquote(self._url.username), unquote(self._url.password or ""))
        secure = self._url.scheme == "mqtts"
        host, port = self._url.hostname or "127.0.0.1", self._url.port or (8883 if secure else 1883)
        await asyncio.wait_for(self._client.connect(host, port, ssl=secure), CONNECT_TIMEOUT_S)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.disconnect()

    async def send(self, point: Point, readings: Sequence[tuple[datetime, float]]) -> None:
        """Publish readings of one point in one message."""
        self._client.publish(topic_of(point, self._root), encode(point, readings), qos=1)
        self.sent += len(readings)
        if len(self._waiting.get_all()) >= MESSAGES_IN_FLIGHT:
            await self.settle()

    async def settle(self) -> None:
        """Wait until the broker has acknowledged all that was sent."""
        await self._waiting.wait_empty()

    async def backfill(self, start: datetime, end: datetime) -> int:
        """Send the readings of ``[start, end)`` as fast as the broker takes them; return how many."""
        before = self.sent
        for point in self._simulator.points:
            values = ((t, self._simulator.value(point, t)) for t in self._simulator.times(point, start, end))
            readings = [(t, v) for t, v in values if v is not None]
            for first in range(0, len(readings), READINGS_PER_MESSAGE):
                await self.send(point, readings[first : first + READINGS_PER_MESSAGE])
        await self.settle()
        return self.sent - before

    async def go_on(self, start: datetime, end: datetime | None = None) -> None:
        """Send each reading at its time, from `start` until `end`, or until cancelled."""
        due: list[tuple[datetime, int]] = []
        for index, point in enumerate(self._simulator.points):
            heapq.heappush(due, (self._next_time(point, start), index))
        while due and (end is None or due[0][0] < end):
            moment, index = due[0]
            await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
            point = self._simulator.points[index]
            value = self._simulator.value(point, moment)
            if value is not None:
                await self.send(point, [(moment, value)])
            heapq.heapreplace(due, (self._next_time(point, moment + timedelta(microseconds=1)), index))
        await self.settle()

    def _next_time(self, point: Point, after: datetime) -> datetime:
        interval = timedelta(seconds=float(point.get("interval_s") or 60.0))
        return self._simulator.times(point, after, after + interval)[0]


async def run(simulator: Simulator, url: str, root: str, backfill_h: float, *, live: bool) -> None:
    """Fill the past `backfill_h` hours, then go on in real time if `live`."""
    start = datetime.now(UTC)
    async with Publisher(simulator, url, root) as publisher:
        count = await publisher.backfill(start - timedelta(hours=backfill_h), start)
        print(f"{len(simulator.points)} points, {count} readings of the past", flush=True)  # noqa: T201
        if live:
            await publisher.go_on(start)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m samples.telemetry", description=__doc__.split("\n\n")[0])
    parser.add_argument("--points", type=Path, required=True, help="points file, JSON")
    parser.add_argument("--mqtt", required=True, help="mqtt://[user:password@]host:port")
    parser.add_argument("--root", default="kaksik", help="first level of the topics")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another weather and other faults")
    parser.add_argument("--backfill-hours", type=float, default=0.0, help="hours of the past to send first")
    parser.add_argument("--no-live", action="store_true", help="end after the past")
    parser.add_argument("--truth", type=Path, help="write here which sensors are faulty, and how")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    chosen = _arguments(arguments)
    try:
        points: list[Any] = json.loads(chosen.points.read_text(encoding="utf-8"))["points"]
        simulator = Simulator(points, chosen.seed)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The points cannot be used: {error!r}", file=sys.stderr)  # noqa: T201
        return 3
    for sentence in simulator.left_out:
        print(f"left out: {sentence}", file=sys.stderr)  # noqa: T201
    if chosen.truth:
        chosen.truth.write_text(json.dumps(simulator.truth(), indent=1), encoding="utf-8")
    try:
        asyncio.run(run(simulator, chosen.mqtt, chosen.root, chosen.backfill_hours, live=not chosen.no_live))
    except (OSError, TimeoutError) as error:
        print(f"The broker cannot be reached: {str(error) or 'no answer'}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
