import asyncio
import itertools
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import pytest

from samples.telemetry import Publisher, encode, main, topic_of
from samples.telemetry_model import DRIFT_K_PER_H, SPEAKING_TIME, Simulator
from samples.weather import Weather
from twin.live import LiveWing, point_from_json, start_broker

BUILDING = "101234567"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
JULY = datetime(2026, 7, 15, tzinfo=UTC)
KINDS = (
    ("112-temp", "sensor", "Temperature", "Cel"),
    ("113-temp", "sensor", "Temperature", "[degF]"),
    ("outdoor-temp", "sensor", "Temperature", "Cel"),
    ("112-co2", "sensor", "MoleFraction", "[ppm]"),
    ("113-co2", "sensor", "AmountOfSubstanceFraction", "[ppm]"),
    ("112-rh", "sensor", "RelativeHumidity", "%"),
    ("112-people", "sensor", "Count", "{person}"),
    ("112-lux", "sensor", "Illuminance", "lx"),
    ("el", "meter", "Energy", "kW.h"),
    ("heat", "meter", "Energy", "MW.h"),
    ("water", "meter", "Volume", "L"),
    ("power", "meter", "ElectricPower", "kW"),
    ("air", "sensor", "VolumeFlowRate", "L/s"),
    ("valve", "actuator", "DimensionlessRatio", "%"),
    ("wish", "setpoint", "Temperature", "Cel"),
    ("sky", "sensor", "Pressure", "hPa"),
)
POINTS = [
    {
        "point_id": name,
        "building_id": BUILDING,
        "global_id": name.split("-")[0],
        "kind": kind,
        "quantity_kind": quantity,
        "unit": unit,
        "name": name,
        "interval_s": 60 if kind == "sensor" else 900,
    }
    for name, kind, quantity, unit in KINDS
]


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator(POINTS, seed=7)


def values(simulator: Simulator, name: str, start: datetime, hours: int, step_min: int = 60) -> list[float]:
    point = next(point for point in POINTS if point["point_id"] == name)
    times = (start + timedelta(minutes=m) for m in range(0, hours * 60, step_min))
    return [simulator.true_value(point, moment) for moment in times]


def test_it_depends_on_nothing_but_point_time_and_seed(simulator: Simulator) -> None:
    other, third = Simulator(POINTS, seed=7), Simulator(POINTS, seed=8)
    moments = [JULY + timedelta(minutes=7 * n) for n in range(50)]
    backwards = {m: [other.value(point, m) for point in POINTS] for m in reversed(moments)}
    assert [[simulator.value(point, m) for point in POINTS] for m in moments] == [backwards[m] for m in moments]
    assert [third.value(POINTS[0], m) for m in moments] != [simulator.value(POINTS[0], m) for m in moments]


def test_winter_is_cold_and_summer_is_light(simulator: Simulator) -> None:
    january, july = (values(simulator, "outdoor-temp", datetime(2026, m, 1, tzinfo=UTC), 31 * 24) for m in (1, 7))
    assert -15 < mean(january) < 0 < 14 < mean(july) < 22
    weather = Weather(7)
    june = datetime(2026, 6, 21, 10, 20, tzinfo=UTC)
    assert weather.sun_elevation_deg(june) == pytest.approx(90 - 59.4 + 23.44, abs=0.3)
    assert weather.sun_elevation_deg(june.replace(month=12)) == pytest.approx(90 - 59.4 - 23.44, abs=0.3)


def test_rooms_are_warm_by_day_and_full_on_weekdays(simulator: Simulator) -> None:
    day, night = (values(simulator, "112-temp", MONDAY + timedelta(hours=h), 3) for h in (10, 1))
    assert mean(night) + 1.0 < mean(day) < 26.0
    assert min(night) > 16.0
    busy = values(simulator, "112-co2", MONDAY + timedelta(hours=8), 6)
    sunday = values(simulator, "112-co2", MONDAY - timedelta(hours=16), 6)
    assert max(busy) > 600 > max(sunday) >= min(sunday) > 400
    assert max(values(simulator, "112-people", MONDAY, 24)) >= 1
    assert set(values(simulator, "112-people", MONDAY - timedelta(days=1), 20)) == {0.0}
    assert all(5 <= value <= 95 for value in values(simulator, "112-rh", JULY, 48))


@pytest.mark.parametrize("meter", ["el", "heat", "water"])
def test_meters_only_count_up(simulator: Simulator, meter: str) -> None:
    register = values(simulator, meter, MONDAY, 72, 15)
    assert all(later >= earlier for earlier, later in itertools.pairwise(register))
    assert register[-1] > register[0]


def test_the_electricity_meter_agrees_with_the_power(simulator: Simulator) -> None:
    register = values(simulator, "el", MONDAY, 25)
    power = values(simulator, "power", MONDAY, 24, 6)
    assert register[24] - register[0] == pytest.approx(mean(power) * 24, rel=0.03)


def test_heat_follows_the_weather(simulator: Simulator) -> None:
    january, july = (values(simulator, "heat", datetime(2026, month, 10, tzinfo=UTC), 73) for month in (1, 7))
    assert january[72] - january[0] > 0.5
    assert july[72] - july[0] < (january[72] - january[0]) / 4


def test_units_are_those_of_the_point(simulator: Simulator) -> None:
    fahrenheit, hectopascal = values(simulator, "113-temp", MONDAY, 12), values(simulator, "sky", MONDAY, 12)
    assert all(60 < value < 85 for value in fahrenheit)
    assert all(960 < value < 1050 for value in hectopascal)


def test_the_truth_of_the_drifting_sensor(simulator: Simulator) -> None:
    point = simulator.drifting
    assert point is not None
    assert simulator.truth()["drifting"]["point_id"] == point["point_id"]
    scale = 1.8 if point["unit"] == "[degF]" else 1.0
    for hours in (0, 30, 167):
        moment = MONDAY + timedelta(hours=hours)
        value = simulator.value(point, moment)
        assert value is not None
        drift = value - simulator.true_value(point, moment)
        assert drift == pytest.approx(DRIFT_K_PER_H * hours * scale, abs=0.011)


def test_the_truth_of_the_silent_sensor(simulator: Simulator) -> None:
    point = simulator.silent
    assert point is not None
    assert simulator.truth()["silent"]["point_id"] == point["point_id"]
    assert simulator.value(point, MONDAY + SPEAKING_TIME - timedelta(seconds=1)) is not None
    assert simulator.value(point, MONDAY + SPEAKING_TIME) is None
    others = [other for other in POINTS if other is not point]
    assert all(simulator.value(other, MONDAY + timedelta(hours=9)) is not None for other in others)


def test_times_are_the_same_whoever_asks(simulator: Simulator) -> None:
    whole = simulator.times(POINTS[0], MONDAY, MONDAY + timedelta(hours=1))
    parts = [
        simulator.times(POINTS[0], MONDAY + timedelta(minutes=m), MONDAY + timedelta(minutes=m + 5))
        for m in range(0, 60, 5)
    ]
    assert whole == [moment for part in parts for moment in part]
    assert len(whole) == 60


def test_what_cannot_be_simulated_is_named_and_left_out() -> None:
    odd = [
        POINTS[0] | {"point_id": "a", "quantity_kind": "Radioactivity"},
        POINTS[0] | {"point_id": "b", "unit": "kW"},
    ]
    simulator = Simulator([*odd, POINTS[0]])
    assert [point["point_id"] for point in simulator.points] == ["112-temp"]
    assert [sentence.split(":")[0] for sentence in simulator.left_out] == ["a", "b"]


def test_every_reading_is_admitted_by_the_live_wing(simulator: Simulator, tmp_path: Path) -> None:
    now = MONDAY + timedelta(hours=12)
    with LiveWing(tmp_path / "r.sqlite", lambda: now) as wing:
        wing.register_points(point_from_json(point) for point in POINTS)
        for point in POINTS:
            times = simulator.times(point, now - timedelta(hours=2), now)
            readings = [(t, v) for t in times if (v := simulator.value(point, t)) is not None]
            if readings:
                result = wing.ingest(topic_of(point, "kaksik"), encode(point, readings))
                assert (result.stored, result.refused) == (len(readings), 0)
        silent = [item["point_id"] for item in wing.latest(BUILDING)["items"] if item["stale"]]
    assert simulator.silent is not None
    assert silent == [simulator.silent["point_id"]]


@pytest.mark.broker
def test_it_fills_the_past_and_goes_on(simulator: Simulator, tmp_path: Path) -> None:
    quick = [POINTS[0] | {"point_id": f"q{n}", "interval_s": 1} for n in range(3)]
    broker = start_broker(tmp_path / "broker")
    quick_simulator = Simulator(quick)

    async def send(url: str) -> int:
        async with Publisher(quick_simulator, url) as publisher:
            start = datetime.now(UTC)
            await publisher.backfill(start - timedelta(minutes=2), start)
            await publisher.go_on(start, start + timedelta(seconds=2))
            return publisher.sent

    with LiveWing(tmp_path / "r.sqlite", lambda: datetime.now(UTC)) as wing:
        wing.register_points(point_from_json(point) for point in quick)
        assert wing.start_mqtt(broker.url)
        sent = asyncio.run(send(broker.url))
        wing.stop()
    assert sent >= 2 * 120  # one of the three is silent for most of the day
    with LiveWing(tmp_path / "r.sqlite", lambda: datetime.now(UTC)) as again:
        items = [item for item in again.latest(BUILDING)["items"] if item["value"] is not None]
        span = (datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(minutes=1))
        stored = sum(len(again.history(BUILDING, point["point_id"], *span)["items"]) for point in quick)
    assert stored == sent
    assert all(item["age_s"] < 5 for item in items)
    broker.stop()


def test_the_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "points.json"
    path.write_text("{}", encoding="utf-8")
    assert main(["--points", str(path), "--mqtt", "mqtt://127.0.0.1:1"]) == 3
    path.write_text(json.dumps({"points": POINTS}), encoding="utf-8")
    truth = tmp_path / "truth.json"
    arguments = ["--points", str(path), "--mqtt", "mqtt://127.0.0.1:1", "--no-live", "--truth", str(truth)]
    assert main(arguments) == 2
    assert "broker cannot be reached" in capsys.readouterr().err
    assert json.loads(truth.read_text(encoding="utf-8"))["drifting"]["point_id"]


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "samples.telemetry", "--help"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "--backfill-hours" in done.stdout
