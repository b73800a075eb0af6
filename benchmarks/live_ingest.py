"""How fast readings go from a broker to the disk, beside a subscriber that drops them, and what is asked meanwhile.

Both sessions are filled with the same messages (QoS 1, one reading each) while nobody listens; then each is drained
in turn, each round the other one first. While the last, longer backlog is drained, another thread asks for the latest
of all points; what that costs without ingest, in the same run, is the peer of it. Run by `benchmarks/live.py`.
"""

import asyncio
import json
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import gmqtt
import uvloop
from gmqtt.storage import PersistentStorage

from twin.live import LiveWing, Point, PointKind, start_broker

BUILDING = "101234567"
POINTS = 500
TOPIC = "kaksik/v1/+/+/obs"
BARE = "bare-subscriber"
BACKLOG = 6  # times the messages of a round, so that hundreds of questions fall into its drain
ASK_EVERY_S = 0.004
IDLE_QUESTIONS = 300
DRAIN_TIMEOUT_S = 240.0


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
    await asyncio.wait_for(done.wait(), DRAIN_TIMEOUT_S)
    rate = count / (time.perf_counter() - start)
    await client.disconnect()
    return rate


def stored(path: Path) -> int:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    (count,) = connection.execute("SELECT count(*) FROM observation").fetchone()
    connection.close()
    return int(count)


class Asker:
    """Asks for the latest of all points again and again, in a thread of its own, as the service does."""

    def __init__(self, wing: LiveWing) -> None:
        self._wing = wing
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.wall_ms: list[float] = []
        self.cpu_ms: list[float] = []

    def _run(self) -> None:
        while not self._stop.wait(ASK_EVERY_S):
            self.ask()

    def ask(self) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        self._wing.latest(BUILDING)
        self.wall_ms.append(1000 * (time.perf_counter() - wall))
        self.cpu_ms.append(1000 * (time.thread_time() - cpu))

    def __enter__(self) -> "Asker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def drain_durable(url: str, wing: LiveWing, path: Path, count: int, asker: Asker | None = None) -> float:
    """Return readings per second on the disk; asking costs processor time, so the rates are measured without."""
    before = stored(path)
    start = time.perf_counter()
    wing.start_mqtt(url)
    if asker is not None:
        asker.__enter__()
    while stored(path) < before + count:
        if time.perf_counter() - start > DRAIN_TIMEOUT_S:
            raise TimeoutError(f"{stored(path) - before} of {count} stored")
        time.sleep(0.03)
    rate = count / (time.perf_counter() - start)
    if asker is not None:
        asker.__exit__()
    wing.stop_mqtt()
    return rate


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of `values` lies."""
    return round(sorted(values)[max(0, int(len(values) * share) - 1)], 1)


def run(messages: int, rounds: int, folder: Path) -> dict[str, object]:
    """Return rates, costs and answers of one run with a real broker."""
    broker = start_broker(folder / "broker")
    path = folder / "readings.sqlite"
    with LiveWing(path, lambda: datetime.now(UTC)) as wing:
        wing.register_points(
            Point(BUILDING, f"p{n}", f"g{n}", PointKind.SENSOR, "Temperature", "Cel", interval_s=60)
            for n in range(POINTS)
        )
        uvloop.run(open_session(broker.url))
        wing.start_mqtt(broker.url)
        wing.stop_mqtt()
        rates = _rounds(broker.url, wing, path, messages, rounds)
        idle, busy = Asker(wing), Asker(wing)
        for _ in range(IDLE_QUESTIONS):
            idle.ask()
            time.sleep(0.002)
        backlog = BACKLOG * messages
        uvloop.run(publish(broker.url, rounds * messages, backlog))
        drain_durable(broker.url, wing, path, backlog, busy)
        refused = wing.refusals()["reasons"]
    broker.stop()
    return {"broker": broker.engine, "messages": messages, **rates, **_asked(idle, busy), "refused": refused}


def _rounds(url: str, wing: LiveWing, path: Path, messages: int, rounds: int) -> dict[str, object]:
    rates: dict[str, list[float]] = {"bare": [], "durable": []}
    cpu: dict[str, list[float]] = {"bare": [], "durable": []}
    turns: list[tuple[str, Callable[[], float]]] = [
        ("bare", lambda: uvloop.run(drain_bare(url, messages))),
        ("durable", lambda: drain_durable(url, wing, path, messages)),
    ]
    for number in range(rounds):
        uvloop.run(publish(url, number * messages, messages))
        for name, turn in turns if number % 2 == 0 else reversed(turns):
            begin = time.process_time()
            rates[name].append(turn())
            cpu[name].append(1e6 * (time.process_time() - begin) / messages)
    ratios = [durable / bare for durable, bare in zip(rates["durable"], rates["bare"], strict=True)]
    return {
        **{f"{name}_per_s": [round(rate) for rate in rates[name]] for name in rates},
        "ratio": round(statistics.median(ratios), 2),
        **{f"{name}_cpu_us_per_message": round(statistics.median(cpu[name]), 1) for name in cpu},
    }


def _asked(idle: Asker, busy: Asker) -> dict[str, object]:
    return {
        "questions_while_ingesting": len(busy.wall_ms),
        "latest_500_points_p50_ms": percentile(busy.wall_ms, 0.5),
        "latest_500_points_p99_ms": percentile(busy.wall_ms, 0.99),
        "latest_500_points_p99_cpu_ms": percentile(busy.cpu_ms, 0.99),
        "latest_500_points_idle_p99_ms": percentile(idle.wall_ms, 0.99),
    }
