"""Broker, service and database killed, the disk full, clocks jumping, messages doubled, shuffled and malformed.

What must hold after each run: every well-formed reading that the broker acknowledged is stored exactly once with its
value, and every malformed message is counted under its reason.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.live.chaos import Plan, plan
from tests.integration.live.conftest import POINTS, has_mosquitto, wait_until
from tests.postgres import PostgresServer
from tests.simulators.devices import publish_async
from tests.unit.twin_live.conftest import execute
from twin.live import Broker, LiveWing, start_broker

ROOT = Path(__file__).resolve().parents[3]
READINGS = 1_200
SEEDS = tuple(range(1, 21))
CLOCK_JUMP_S = 200.0  # less than the skew that is allowed, so that no good reading is refused
pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(not has_mosquitto(), reason="only Mosquitto keeps sessions over a restart"),
]


class Service:
    """The ingest as a process of its own, to be killed."""

    def __init__(self, where: Path | str, url: str) -> None:
        self._where, self._url = where, url
        self.start(0)

    def start(self, limit_bytes: int) -> None:
        script = Path(__file__).with_name("ingest_process.py")
        arguments = [str(self._where), self._url, str(limit_bytes), str(CLOCK_JUMP_S)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"True\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def make_room(self) -> None:
        self._process.send_signal(signal.SIGUSR1)


def rows(where: Path | str) -> dict[tuple[str, int], float]:
    column = "result" if isinstance(where, Path) else "number"
    query = f"SELECT p.point_id, o.time_us, o.{column} FROM observation o JOIN point p ON p.id = o.point"
    found = execute(where, query)
    assert len(found) == len({row[:2] for row in found})
    return {(point, time_us): value for point, time_us, value in found}


def refusals(where: Path | str) -> Counter[str]:
    return Counter(dict(execute(where, "SELECT reason, count FROM refusal")))


async def disturb(
    chance: random.Random, service: Service, broker: Broker, folder: Path, where: Path | str, database: Any
) -> Broker:
    """Kill and restart the service and the broker in random order, and fill the disk once or kill the database."""
    port = int(broker.url.rsplit(":", 1)[1])
    acts = ["service", "broker", "disk" if isinstance(where, Path) else "database"]
    chance.shuffle(acts)
    for act in acts:
        await asyncio.sleep(chance.uniform(0.02, 0.2))
        if act == "broker":
            assert broker.pid is not None
            os.kill(broker.pid, chance.choice((signal.SIGTERM, signal.SIGKILL)))
            await asyncio.to_thread(broker.stop)
            broker = await asyncio.to_thread(start_broker, folder, port)
            continue
        if act == "database":
            await asyncio.to_thread(database.kill)
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            await asyncio.to_thread(database.start)
            continue
        service.kill()
        full = 0
        if act == "disk" and isinstance(where, Path):
            log = where.with_name(where.name + "-wal")
            full = (log.stat().st_size if log.exists() else 0) + 20_000
        await asyncio.to_thread(service.start, full)
        if act == "disk":
            await asyncio.sleep(chance.uniform(0.1, 0.4))
            service.make_room()
    return broker


def run(seed: int, folder: Path, database: PostgresServer | None = None) -> None:
    print(f"chaos seed {seed}")
    chance, made = random.Random(-seed), plan(seed, READINGS)
    where = database.new_url() if database else folder / "readings.sqlite"
    with LiveWing(where, lambda: datetime.now(UTC)) as wing:
        wing.register_points(POINTS)
    broker = start_broker(folder / "broker")
    service = Service(where, broker.url)

    async def publish_and_disturb() -> Broker:
        publishing = asyncio.ensure_future(publish_async(broker.url, made.messages))
        after = await disturb(chance, service, broker, folder / "broker", where, database)
        await publishing
        return after

    try:
        broker = asyncio.run(publish_and_disturb())
        # A broker that is killed forgets what it acknowledged and had not saved: devices repeat themselves.
        asyncio.run(publish_async(broker.url, made.messages, client_id="repeating-devices"))
        judge(where, made)
    finally:
        service.kill()
        broker.stop()


def judge(where: Path | str, made: Plan) -> None:
    wait_until(lambda: rows(where) == made.expected or len(rows(where)) > len(made.expected), 30)
    wait_until(lambda: all(refusals(where)[reason] >= count for reason, count in made.refused.items()), 30)
    time.sleep(0.2)
    assert rows(where) == made.expected
    assert set(refusals(where)) == set(made.refused)
    if isinstance(where, Path):
        assert execute(where, "PRAGMA integrity_check") == [("ok",)]
    newest = dict(execute(where, "SELECT point, max(time_us) FROM observation GROUP BY point"))
    assert dict(execute(where, "SELECT point, time_us FROM latest")) == newest
    assert set(execute(where, "SELECT building_id, point_id FROM quarantine")) == made.strangers


def test_nothing_is_lost_doubled_or_uncounted(tmp_path: Path) -> None:
    run(7, tmp_path)


@pytest.mark.parametrize("seed", [7, 8])
def test_nothing_is_lost_doubled_or_uncounted_with_a_database(
    seed: int, tmp_path: Path, postgres: PostgresServer
) -> None:
    run(seed, tmp_path, postgres)


twenty = [
    pytest.mark.chaos,
    pytest.mark.slow,
    pytest.mark.skipif("KAKSIK_CHAOS" not in os.environ, reason="set KAKSIK_CHAOS=1 for the twenty runs"),
]


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=twenty) for seed in SEEDS])
def test_twenty_times(seed: int, tmp_path: Path) -> None:
    run(seed, tmp_path)


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=twenty) for seed in SEEDS])
def test_twenty_times_with_a_database(seed: int, tmp_path: Path, postgres: PostgresServer) -> None:
    run(seed, tmp_path, postgres)
