"""Readings through a real broker into the store."""

import asyncio
import os
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.live.conftest import BUILDING, POINTS, wait_until
from tests.simulators.devices import Message, publish, publish_async, reading
from twin.live import Broker, LiveWing, start_broker

pytestmark = pytest.mark.broker


def stored(path: Path) -> int:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    (count,) = connection.execute("SELECT count(*) FROM observation").fetchone()
    connection.close()
    return int(count)


def many(count: int, start: int = 0) -> list[Message]:
    return [reading(BUILDING, f"p{n % 20}", n, 20 + n % 7) for n in range(start, start + count)]


def version_of(broker: Broker) -> int:
    return 5 if broker.engine == "mosquitto" else 4


def test_a_reading_is_seen_within_a_second(broker: Broker, wing: LiveWing) -> None:
    assert wing.start_mqtt(broker.url)
    now = datetime.now(UTC).replace(microsecond=0)
    seconds = (now - datetime(2026, 3, 1, tzinfo=UTC)).total_seconds()

    async def send_and_see() -> float:
        with wing.hub.subscribe(BUILDING) as reader:
            await publish_async(
                broker.url, [reading(BUILDING, "p3", seconds, 70.7, "[degF]")], version=version_of(broker)
            )
            start = asyncio.get_running_loop().time()
            (event,) = await reader.next_events(5.0)
            assert event.data["value"] == 21.5
            return asyncio.get_running_loop().time() - start

    assert asyncio.run(send_and_see()) < 1.0
    item = next(item for item in wing.latest(BUILDING)["items"] if item["point_id"] == "p3")
    assert (item["value"], item["unit"], item["stale"]) == (21.5, "Cel", False)
    history = wing.history(BUILDING, "p3", now - timedelta(minutes=1), now + timedelta(minutes=1))
    assert [entry["v"] for entry in history["items"]] == [21.5]


def test_good_readings_land_between_bad_messages(broker: Broker, wing: LiveWing, tmp_path: Path) -> None:
    topic = f"kaksik/v1/{BUILDING}/p0/obs"
    bad: dict[str, Message] = {
        "not-json": (topic, b"21.5 Cel"),
        "not-finite": (topic, b'{"t":"2026-03-01T00:00:00Z","v":1e400,"u":"Cel"}'),
        "too-deep": (topic, b"[" * 50_000),
        "too-large": (topic, b"x" * (1024 * 1024)),
        "encoding": (topic, b'{"v":"\xff\xfe"}'),
        "point-unknown": reading(BUILDING, "ghost", 1, 20.0),
        "unit-dimension": reading(BUILDING, "p0", 1, 20.0, "kW"),
        "unit-unknown": reading(BUILDING, "p0", 1, 20.0, "C"),
        "time-future": reading(BUILDING, "p0", 4e8, 20.0),
        "result-type": reading(BUILDING, "p0", 1, "warm"),
        "topic": ("kaksik/v1/no such building/p0/obs", b"{}"),
    }
    if broker.engine != "mosquitto":
        bad.pop("too-large")  # iotcore closes the line at a large packet
    messages = [message for n, wrong in enumerate(bad.values()) for message in (*many(20, 20 * n), wrong, wrong)]
    assert wing.start_mqtt(broker.url)
    publish(broker.url, messages, version=version_of(broker))
    expected = dict.fromkeys(bad, 2)
    wait_until(lambda: {item["reason"]: item["count"] for item in wing.refusals()["reasons"]} == expected)
    wait_until(lambda: stored(tmp_path / "readings.sqlite") == 20 * len(bad))
    assert [item["point_id"] for item in wing.refusals()["quarantine"]] == ["ghost"]


def test_a_duplicated_and_shuffled_stream_is_stored_once(broker: Broker, wing: LiveWing, tmp_path: Path) -> None:
    assert wing.start_mqtt(broker.url)
    messages = many(1_000)
    publish(broker.url, messages[500:] + messages[:700] + messages[::-1], version=version_of(broker))
    wait_until(lambda: stored(tmp_path / "readings.sqlite") == 1_000)
    wing.stop()  # writes all that is still under way
    assert stored(tmp_path / "readings.sqlite") == 1_000


def test_what_is_published_while_the_service_is_down_arrives_later(
    broker_folder: Path, wing: LiveWing, tmp_path: Path
) -> None:
    broker = start_broker(broker_folder)
    assert wing.start_mqtt(broker.url)
    wing.stop()
    publish(broker.url, many(3_000))
    with LiveWing(tmp_path / "readings.sqlite", lambda: datetime.now(UTC)) as again:
        assert again.start_mqtt(broker.url)
        wait_until(lambda: stored(tmp_path / "readings.sqlite") == 3_000)
    broker.stop()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_broker_that_restarts_loses_and_doubles_nothing(
    broker_folder: Path, wing: LiveWing, tmp_path: Path, end: signal.Signals
) -> None:
    broker = start_broker(broker_folder)
    port = int(broker.url.rsplit(":", 1)[1])
    assert wing.start_mqtt(broker.url)
    path = tmp_path / "readings.sqlite"

    async def publish_over_restart() -> Broker:
        publishing = asyncio.ensure_future(publish_async(broker.url, many(6_000)))
        while stored(path) < 500:
            await asyncio.sleep(0.01)
        assert broker.pid is not None
        os.kill(broker.pid, end)
        await asyncio.to_thread(broker.stop)
        await asyncio.sleep(0.3)
        again = await asyncio.to_thread(start_broker, broker_folder, port)
        await publishing
        return again

    again = asyncio.run(publish_over_restart())
    wait_until(lambda: bool(wing.mqtt_status()["connected"]))
    if end is signal.SIGKILL:  # the broker may lose what it had acknowledged but not yet saved: the devices repeat it
        publish(again.url, many(6_000))
    wait_until(lambda: stored(path) == 6_000)
    publish(again.url, many(100, 6_000))
    wait_until(lambda: stored(path) == 6_100)
    assert wing.refusals()["reasons"] == []
    again.stop()


def test_a_broker_that_comes_late_is_found(broker_folder: Path, wing: LiveWing, tmp_path: Path) -> None:
    broker = start_broker(broker_folder)
    broker.stop()
    assert not wing.start_mqtt(broker.url, wait_s=0.3)
    assert wing.mqtt_status()["last_error"]
    again = start_broker(broker_folder, int(broker.url.rsplit(":", 1)[1]))
    wait_until(lambda: bool(wing.mqtt_status()["connected"]))
    publish(again.url, many(10))
    wait_until(lambda: stored(tmp_path / "readings.sqlite") == 10)
    again.stop()


def test_the_broker_listens_on_this_machine_only(broker: Broker) -> None:
    assert broker.url.startswith("mqtt://127.0.0.1:")
    if broker.pid is None:
        pytest.skip("the process of iotcore is not known")
    tables = [Path(f"/proc/{broker.pid}/net/{name}") for name in ("tcp", "tcp6")]
    port = f"{int(broker.url.rsplit(':', 1)[1]):04X}"
    lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    listening = {line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{port}")}
    assert listening == {f"0100007F:{port}"}


def test_all_points_of_the_fixture_are_registered(wing: LiveWing) -> None:
    assert wing.points(BUILDING) == POINTS
