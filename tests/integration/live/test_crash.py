"""A process that is killed in the middle of writing: what it acknowledged is there."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.live.conftest import BUILDING, POINTS, wait_until
from tests.simulators.devices import publish_async, reading
from twin.live import LiveWing, start_broker

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from twin.live import LiveWing

wing = LiveWing(Path(sys.argv[1]), lambda: datetime.now(UTC))
start = datetime(2026, 3, 1, tzinfo=UTC)
for n in range(int(sys.argv[2]), 10**9):
    times = [(start + timedelta(seconds=n * 10 + k)).isoformat() for k in range(10)]
    payload = json.dumps([{"t": t, "v": n, "u": "Cel"} for t in times]).encode()
    assert wing.ingest("kaksik/v1/101234567/p0/obs", payload).stored == 10
    print(n, flush=True)
"""
INGEST = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from twin.live import LiveWing

wing = LiveWing(Path(sys.argv[1]), lambda: datetime.now(UTC))
print(wing.start_mqtt(sys.argv[2]), flush=True)
time.sleep(600)
"""


def start(script: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def seconds_stored(path: Path) -> list[int]:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    start_us = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000
    rows = connection.execute("SELECT (time_us - ?) / 1000000 FROM observation ORDER BY 1", (start_us,)).fetchall()
    connection.close()
    return [second for (second,) in rows]


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "readings.sqlite"
    with LiveWing(path, lambda: datetime.now(UTC)) as wing:
        wing.register_points(POINTS)
    acknowledged = -1
    for _ in range(3):
        process = start(WRITER, path, acknowledged + 10_000)  # a new range each round
        assert process.stdout is not None
        first = acknowledged + 10_000
        for _ in range(random.randint(5, 120)):
            acknowledged = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        # What stood in the pipe was acknowledged too.
        acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        process.wait()
        there = set(seconds_stored(path))
        assert set(range(first * 10, acknowledged * 10 + 10)) <= there
        assert len(there) % 10 == 0  # whole batches only


@pytest.mark.broker
def test_an_ingest_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    from tests.integration.live.conftest import has_mosquitto

    if not has_mosquitto():
        pytest.skip("only Mosquitto keeps sessions: install the Debian package mosquitto")
    path = tmp_path / "readings.sqlite"
    with LiveWing(path, lambda: datetime.now(UTC)) as wing:
        wing.register_points(POINTS)
    broker = start_broker(tmp_path / "broker")
    messages = [reading(BUILDING, f"p{n % 20}", n, 20.0) for n in range(8_000)]
    process = start(INGEST, path, broker.url)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"

    async def publish_and_kill() -> "subprocess.Popen[str]":
        current = process
        publishing = asyncio.ensure_future(publish_async(broker.url, messages))
        for _ in range(2):
            await asyncio.sleep(0.15)
            os.kill(current.pid, signal.SIGKILL)
            current.wait()
            current = await asyncio.to_thread(start, INGEST, path, broker.url)
            assert current.stdout is not None
            await asyncio.to_thread(current.stdout.readline)
        await publishing
        return current

    last = asyncio.run(publish_and_kill())
    wait_until(lambda: len(seconds_stored(path)) >= 8_000)
    time.sleep(0.3)
    os.kill(last.pid, signal.SIGKILL)
    last.wait()
    broker.stop()
    assert seconds_stored(path) == list(range(8_000))
