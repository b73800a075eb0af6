"""How fast readings go from a broker to the disk, beside a bare subscriber that drops them.

Both sessions are filled with the same messages (QoS 1, one reading each) while nobody listens; then each is drained
in turn, each round the other one first.

Run: `python benchmarks/live.py [--messages 30000] [--rounds 3]`; with `--growth 1000000` a store is filled instead.
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

from twin.live import LiveWing, Observation, Point, PointKind, start_broker

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


def grow(total: int, folder: Path) -> list[dict[str, object]]:
    """Fill a store tenfold by tenfold; return what writing and reading cost at each size."""
    import resource

    path, rows, stored_before = folder / "growth.sqlite", [], 0
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with LiveWing(path, lambda: now) as wing:
        wing.register_points(
            Point(BUILDING, f"p{n}", f"g{n}", PointKind.SENSOR, "Temperature", "Cel", interval_s=60)
            for n in range(POINTS)
        )
        size = min(total, 100_000)
        step = timedelta(days=365) * POINTS / total
        while size <= total:
            begin, cpu = time.perf_counter(), time.process_time()
            wing.ingest_decoded(
                Observation(BUILDING, f"p{n % POINTS}", now - timedelta(days=365) + n // POINTS * step, 20.0, "Cel")
                for n in range(stored_before, size)
            )
            wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
            row = {"readings": size, "write_per_s": round((size - stored_before) / wall)}
            row["write_cpu_us_per_reading"] = round(1e6 * cpu / (size - stored_before), 1)
            rows.append(row | questions(wing, now) | {"file_mb": round(path.stat().st_size / 1e6)})
            stored_before, size = size, size * 10
        begin = time.process_time()
        wing.archive(timedelta(days=31))
        archived = {"archived_cpu_s": round(time.process_time() - begin, 1)}
        files = sum(item.stat().st_size for item in (folder / "growth.archive").glob("*.parquet"))
        rows.append(archived | questions(wing, now) | {"parquet_mb": round(files / 1e6, 1)})
    rows[-1]["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
    return rows


def questions(wing: LiveWing, now: datetime) -> dict[str, float]:
    """Return milliseconds of processor time of the latest of all points and of a year in hourly means."""
    begin = time.process_time()
    for _ in range(20):
        wing.latest(BUILDING)
    middle = time.process_time()
    wing.history(BUILDING, "p7", now - timedelta(days=365), now, 3_600.0)
    return {
        "latest_500_cpu_ms": round(50 * (middle - begin), 2),
        "year_of_hours_cpu_ms": round(1000 * (time.process_time() - middle), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=0, help="fill a store to so many readings instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.growth:
            print(json.dumps(grow(arguments.growth, Path(folder)), indent=1))
            return
        print(json.dumps(run(arguments.messages, arguments.rounds, Path(folder)), indent=1))


if __name__ == "__main__":
    main()
