"""How fast readings go from a broker to the disk, beside a bare subscriber that drops them.

Both sessions are filled with the same messages (QoS 1, one reading each) while nobody listens; then each is drained
in turn, each round the other one first.

Run: `python -m benchmarks.live [--messages 30000] [--rounds 3]`; `--growth 1000000 10000000` fills stores instead,
`--points 10000` asks for many points, `--streams 1000` opens streams.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import gmqtt
import uvloop
from gmqtt.storage import PersistentStorage

from benchmarks import live_streams
from benchmarks.live_growth import grow, latest_of_many
from twin.live import LiveWing, Point, PointKind, start_broker

BUILDING = "101234567"
POINTS = 500
TOPIC = "kaksik/v1/+/+/obs"
BARE = "bare-subscriber"


async def connect(url: str, client_id: str, **options: object) -> gmqtt.Client:
    client = gmqtt.Client(client_id, clean_session=False, session_expiry_interval=3600, **options)
    address = urlsplit(url)
    await client.connect(address.hostname, address.port)
    return client


async def open_session(url: str) -> None:
    """Make the broker keep messages for the bare subscriber."""
    client = await connect(url, BARE)
    confirmed = asyncio.Event()
    client.on_subscribe = lambda *_: confirmed.set()
    client.subscribe(gmqtt.Subscription(TOPIC, qos=1))
    await confirmed.wait()
    await client.disconnect()


async def publish(url: str, first: int, count: int) -> None:
    waiting = PersistentStorage()
    client = await connect(url, "benchmark-devices", persistent_storage=waiting)
    start = datetime.now(UTC) - timedelta(days=2)
    for n in range(first, first + count):
        reading = {"t": (start + timedelta(milliseconds=50 * n)).isoformat(), "v": 20 + n % 50 / 10, "u": "Cel"}
        client.publish(f"kaksik/v1/{BUILDING}/p{n % POINTS}/obs", json.dumps(reading), qos=1)
        if n % 500 == 499:
            await asyncio.sleep(0)
            while len(waiting.get_all()) > 2_000:
                await asyncio.sleep(0.002)
    await waiting.wait_empty()
    await client.disconnect()


async def drain_bare(url: str, count: int) -> float:
    """Return messages per second of a subscriber that counts and drops."""
    client = gmqtt.Client(BARE, clean_session=False, session_expiry_interval=3600, receive_maximum=4_000)
    seen, done = 0, asyncio.Event()

    def on_message(*_: object) -> int:
        nonlocal seen
        seen += 1
        if seen == count:
            done.set()
        return 0

    client.on_message = on_message
    address = urlsplit(url)
    start = time.perf_counter()
    await client.connect(address.hostname, address.port)
    await asyncio.wait_for(done.wait(), 120)
    rate = count / (time.perf_counter() - start)
    await client.disconnect()
    return rate


def stored(path: Path) -> int:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    (count,) = connection.execute("SELECT count(*) FROM observation").fetchone()
    connection.close()
    return int(count)


def drain_durable(url: str, wing: LiveWing, path: Path, count: int, latencies_ms: list[float] | None = None) -> float:
    """Return readings per second on the disk; another thread asks for the latest of all points, if wanted."""
    before, stop = stored(path), threading.Event()

    def ask() -> None:
        while not stop.wait(0.02):
            begin = time.perf_counter()
            wing.latest(BUILDING)
            if latencies_ms is not None:
                latencies_ms.append(1000 * (time.perf_counter() - begin))

    asker = threading.Thread(target=ask)
    if latencies_ms is not None:  # asking costs processor time, so the rates are measured without
        asker.start()
    start = time.perf_counter()
    wing.start_mqtt(url)
    while stored(path) < before + count:
        if time.perf_counter() - start > 120:
            raise TimeoutError(f"{stored(path) - before} of {count} stored")
        time.sleep(0.03)
    rate = count / (time.perf_counter() - start)
    stop.set()
    if latencies_ms is not None:
        asker.join()
    wing.stop_mqtt()
    return rate


def run(messages: int, rounds: int, folder: Path) -> dict[str, object]:
    broker = start_broker(folder / "broker")
    latencies_ms: list[float] = []
    bare: list[float] = []
    durable: list[float] = []
    bare_cpu: list[float] = []
    durable_cpu: list[float] = []
    path = folder / "readings.sqlite"
    with LiveWing(path, lambda: datetime.now(UTC)) as wing:
        wing.register_points(
            Point(BUILDING, f"p{n}", f"g{n}", PointKind.SENSOR, "Temperature", "Cel", interval_s=60)
            for n in range(POINTS)
        )
        uvloop.run(open_session(broker.url))
        wing.start_mqtt(broker.url)
        wing.stop_mqtt()
        for number in range(rounds):
            uvloop.run(publish(broker.url, number * messages, messages))
            turns = [
                (bare, bare_cpu, lambda: uvloop.run(drain_bare(broker.url, messages))),
                (durable, durable_cpu, lambda: drain_durable(broker.url, wing, path, messages)),
            ]
            for rates, cpu, turn in turns if number % 2 == 0 else reversed(turns):
                begin = time.process_time()
                rates.append(turn())
                cpu.append(1e6 * (time.process_time() - begin) / messages)
        uvloop.run(publish(broker.url, rounds * messages, messages))
        drain_durable(broker.url, wing, path, messages, latencies_ms)
        refused = wing.refusals()["reasons"]
    broker.stop()
    latencies_ms.sort()
    return {
        "broker": broker.engine,
        "messages": messages,
        "bare_per_s": [round(rate) for rate in bare],
        "durable_per_s": [round(rate) for rate in durable],
        "ratio": round(statistics.median(d / b for d, b in zip(durable, bare, strict=True)), 2),
        "bare_cpu_us_per_message": round(statistics.median(bare_cpu), 1),
        "durable_cpu_us_per_message": round(statistics.median(durable_cpu), 1),
        "latest_500_points_p50_ms": round(statistics.median(latencies_ms), 1),
        "latest_500_points_p99_ms": round(latencies_ms[int(len(latencies_ms) * 0.99) - 1], 1),
        "refused": refused,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, nargs="*", help="fill stores to so many readings instead")
    parser.add_argument("--points", type=int, default=0, help="ask for the latest of so many points instead")
    parser.add_argument("--streams", type=int, default=0, help="open so many streams instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.growth is not None:
            result: object = grow(arguments.growth or [1_000_000], Path(folder))
        elif arguments.points:
            result = latest_of_many(arguments.points, Path(folder))
        elif arguments.streams:
            result = live_streams.run(arguments.streams)
        else:
            result = run(arguments.messages, arguments.rounds, Path(folder))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
