"""How simulated devices speak, judged by those who listen: the live wing, a real broker, the service's commands."""

import asyncio
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from samples.telemetry import Network, Publisher, Simulator, office_points
from samples.telemetry.__main__ import main
from tests.unit.samples_telemetry.conftest import BUILDING, POINTS, WINTER
from twin.live import LiveWing, device_from_json, point_from_json, start_broker
from twin.live.commands import CommandBook, Commands, CommandStatus, MqttSender, Permits, Proposal

ODD = (
    ("a", "Radioactivity", "Bq"), ("b", "Temperature", "kW"), ("c", "Temperature", "[degF]"),
    ("d", "Pressure", "hPa"), ("e", "VolumeFlowRate", "L/s"), ("f", "Illuminance", "lx"), ("g", "MoleFraction", "%"),
)  # fmt: skip


def test_units_are_those_of_the_point_and_the_unknown_is_left_out():
    points = [POINTS[0] | {"point_id": name, "quantity_kind": quantity, "unit": unit} for name, quantity, unit in ODD]
    simulator = Simulator(points, 1, WINTER)
    assert [sentence.split(":")[0] for sentence in simulator.left_out] == ["a", "b"]
    simulator.step(144)
    values = {series.point["point_id"]: series.values for series in simulator.step(12)}
    assert 60 < values["c"].min() <= values["c"].max() < 85
    assert 960 < values["d"].min() <= values["d"].max() < 1050
    assert 0.04 < values["g"].min() <= values["g"].max() < 0.3
    assert set(values) == {"c", "d", "e", "f", "g"}


def test_devices_speak_at_the_same_times_whoever_asks():
    device = Simulator(POINTS, 1, WINTER).devices[0]
    start = WINTER.timestamp()
    parts = [device.times(start + 420 * n, start + 420 * (n + 1)) for n in range(10)]
    assert np.array_equal(np.concatenate(parts), device.times(start, start + 4200))


@pytest.mark.parametrize("speech", ["native", "chirpstack", "tts", "mixed"])
def test_every_reading_is_understood_and_admitted(tmp_path: Path, speech: str) -> None:
    now = WINTER + timedelta(hours=14)
    simulator = Simulator(POINTS, 1, WINTER)
    simulator.step(12 * 12)
    with LiveWing(tmp_path / "r.sqlite", lambda: now) as wing:
        wing.register_points(point_from_json(point) for point in POINTS)
        network = Network(simulator.points, speech, "kaksik")
        wing.devices.register(device_from_json(item) for item in network.devices_file()["devices"])
        messages = network.messages(simulator.step(23))
        result = wing.ingest_batch((message.topic, message.payload) for message in messages)
        assert (result.stored, result.refused) == (sum(message.readings for message in messages), 0)
        shown = {item["point_id"]: item["value"] for item in wing.latest(BUILDING)["items"]}
    assert None not in shown.values()
    assert 18 < shown["room-01-temp"] < 26
    assert 400 < shown["room-02-co2"] < 2000
    kinds = {message.topic.split("/")[0] for message in messages}
    assert kinds == {"native": {"kaksik"}, "chirpstack": {"kaksik", "application"}, "tts": {"kaksik", "v3"}}.get(
        speech, {"kaksik", "application", "v3"}
    )


@pytest.mark.broker
def test_the_past_is_filled_then_it_goes_on_and_obeys(tmp_path: Path) -> None:
    """A command of the service reaches the simulated device, whose next reading shows it."""
    quick = [point | {"interval_s": 1} for point in office_points(BUILDING, 1)]
    broker = start_broker(tmp_path / "broker")
    start = datetime.now(UTC)
    simulator = Simulator(quick, 1, start - timedelta(hours=3))

    def clock() -> datetime:
        return datetime.now(UTC)

    with LiveWing(tmp_path / "r.sqlite", clock) as wing:
        wing.register_points(point_from_json(point) for point in quick)
        assert wing.start_mqtt(broker.url)
        permits = Permits(frozenset({"mari"}), frozenset({"jaan"}))
        sender = MqttSender(wing.broker_address, lambda: wing.root)
        book = CommandBook(tmp_path / "commands.sqlite")
        commands = Commands(book, wing, sender, permits, clock, lambda *_: None)

        def command() -> str:
            wanted = Proposal(BUILDING, "room-01-wish", 17.5, "Cel", "test", 30.0)
            proposed = commands.propose(wanted, "mari")
            return commands.confirm(BUILDING, proposed.command_id, "jaan").command_id

        async def live() -> tuple[int, list[str], str]:
            async with Publisher(simulator, broker.url) as publisher:
                await publisher.backfill(start - timedelta(minutes=2), start)
                going = asyncio.ensure_future(publisher.go_on(start + timedelta(seconds=60)))
                given = await asyncio.to_thread(command)
                while not publisher.obeyed:
                    await asyncio.sleep(0.05)
                going.cancel()
                await asyncio.gather(going, return_exceptions=True)
                await publisher.settle()
                return publisher.sent, publisher.obeyed, given

        sent, obeyed, given = asyncio.run(asyncio.wait_for(live(), 60))
        for _ in range(200):
            if commands.commands(BUILDING)[0].status is CommandStatus.OBEYED:
                break
            asyncio.run(asyncio.sleep(0.05))
        assert [commands.book.command(BUILDING, given).status, obeyed] == [CommandStatus.OBEYED, [given]]
        wish = next(item for item in wing.latest(BUILDING)["items"] if item["point_id"] == "room-01-wish")
        assert wish["value"] == 17.5
        commands.close()
        wing.stop()
    with LiveWing(tmp_path / "r.sqlite", clock) as again:
        now = clock() + timedelta(minutes=1)
        names = [point["point_id"] for point in quick]
        stored = sum(len(again.history(BUILDING, name, start - timedelta(hours=1), now)["items"]) for name in names)
    assert stored == sent
    broker.stop()


@pytest.mark.broker
@pytest.mark.parametrize("speech", ["chirpstack", "tts"])
def test_frames_of_a_network_server_come_through_a_real_broker(tmp_path: Path, speech: str) -> None:
    broker = start_broker(tmp_path / "broker")
    now = datetime.now(UTC)
    simulator = Simulator(POINTS, 1, now - timedelta(hours=3))
    names = {point["point_id"] for point in POINTS}

    with LiveWing(tmp_path / "r.sqlite", lambda: datetime.now(UTC)) as wing:
        wing.register_points(point_from_json(point) for point in POINTS)

        async def fill() -> int:
            async with Publisher(simulator, broker.url, speech=speech) as publisher:
                wing.devices.register(device_from_json(item) for item in publisher.network.devices_file()["devices"])
                assert wing.start_mqtt(broker.url)
                return await publisher.backfill(now - timedelta(hours=2), now - timedelta(hours=1))

        sent = asyncio.run(asyncio.wait_for(fill(), 60))

        def stored() -> int:
            return sum(len(wing.history(BUILDING, name, now - timedelta(hours=3), now)["items"]) for name in names)

        deadline = time.monotonic() + 20.0
        while stored() < sent and time.monotonic() < deadline:
            time.sleep(0.05)
        assert stored() == sent > 100
        wing.stop()
    broker.stop()
    sensors = {name for _, name in Network(POINTS, speech, "kaksik").sensors}
    assert {f"room-0{room}-{what}" for room in range(1, 5) for what in ("temp", "co2")} <= sensors


def test_the_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "points.json"
    path.write_text("{}", encoding="utf-8")
    assert main(["--points", str(path), "--mqtt", "mqtt://127.0.0.1:1"]) == 3
    path.write_text(json.dumps({"points": POINTS}), encoding="utf-8")
    truth, devices = tmp_path / "truth.json", tmp_path / "devices.json"
    written = ["--truth", str(truth), "--devices", str(devices), "--speech", "mixed"]
    assert main(["--points", str(path), "--mqtt", "mqtt://127.0.0.1:1", "--no-live", "--faults", "1", *written]) == 2
    assert "broker cannot be reached" in capsys.readouterr().err
    faults = json.loads(truth.read_text(encoding="utf-8"))["faults"]
    assert {"kind", "place", "begin", "end", "size"} <= set(faults[0])
    assert json.loads(devices.read_text(encoding="utf-8"))["devices"]


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "samples.telemetry", "--help"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "--backfill-hours" in done.stdout
