import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ifc import ElementRecord, MeshSet
from tests.unit.twin_live.conftest import execute, on_both
from twin.errors import Conflict, InvalidInput, NotFound, StorageError
from twin.live import LiveWing, Point, PointKind, WriteResult
from twin.snapshot import Snapshot, Stage

pytestmark = on_both
BUILDING = "101234567"
TEMP = f"kaksik/v1/{BUILDING}/112-temp/obs"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def message(value: object, minutes: float = 0.0, unit: str = "Cel") -> bytes:
    return json.dumps({"t": (NOON + timedelta(minutes=minutes)).isoformat(), "v": value, "u": unit}).encode()


def latest(wing: LiveWing, point_id: str = "112-temp") -> dict[str, Any]:
    return next(item for item in wing.latest(BUILDING)["items"] if item["point_id"] == point_id)


def counts(wing: LiveWing) -> dict[str, int]:
    return {item["reason"]: item["count"] for item in wing.refusals()["reasons"]}


def test_a_reading_becomes_the_latest_with_its_age(wing: LiveWing, clock: Any) -> None:
    assert wing.ingest(TEMP, message(70.0, -2, "[degF]")) == WriteResult(1, 0, 0)
    assert latest(wing) == {
        "point_id": "112-temp",
        "global_id": "g-temp",
        "space": None,
        "quantity_kind": "Temperature",
        "value": pytest.approx(21.1111, abs=1e-4),
        "unit": "Cel",
        "phenomenon_time": "2026-03-01T11:58:00Z",
        "quality": "good",
        "kind": "sensor",
        "age_s": 120.0,
        "stale": False,
    }
    clock.move(minutes=1.1)
    assert latest(wing)["stale"] is True  # three intervals of a minute have passed


def test_silence_is_told_apart_from_not_knowing(wing: LiveWing) -> None:
    assert (latest(wing)["value"], latest(wing)["stale"], latest(wing)["age_s"]) == (None, True, None)
    wing.ingest(f"kaksik/v1/{BUILDING}/112-motion/obs", message(True, -600, ""))
    motion = latest(wing, "112-motion")
    assert (motion["value"], motion["stale"]) == (True, None)  # nobody said how often it speaks


def test_the_same_reading_twice_is_one_row(wing: LiveWing) -> None:
    assert wing.ingest(TEMP, message(20.0)) == WriteResult(1, 0, 0)
    assert wing.ingest(TEMP, message(20.0)) == WriteResult(0, 1, 0)
    twice = wing.ingest_batch([(TEMP, message(20.5, -1)), (TEMP, message(20.5, -1)), (TEMP, message(20.0))])
    assert twice == WriteResult(1, 2, 0)
    assert counts(wing) == {}


def test_another_value_for_the_same_time_is_a_conflict(wing: LiveWing) -> None:
    wing.ingest(TEMP, message(20.0))
    refused = wing.ingest(TEMP, message(21.0))
    assert (refused, refused.reasons) == (WriteResult(0, 0, 1), {"conflict": 1})
    mixed = wing.ingest_batch([(TEMP, message(21.0)), (TEMP, message(20.5, -1)), (TEMP, b"{")])
    assert (mixed.stored, mixed.reasons) == (1, {"conflict": 1, "not-json": 1})
    wing.ingest(TEMP, message(20.0))
    assert latest(wing)["value"] == 20.0
    assert counts(wing) == {"conflict": 2, "not-json": 1}


def test_a_truth_value_is_not_the_number_one(wing: LiveWing) -> None:
    topic = f"kaksik/v1/{BUILDING}/112-motion/obs"
    wing.ingest(topic, message(True, 0, ""))
    assert wing.ingest(topic, message(1.0, 0, "")) == WriteResult(0, 0, 1)
    assert latest(wing, "112-motion")["value"] is True


def test_late_readings_do_not_replace_the_latest(wing: LiveWing) -> None:
    for minutes in (-5, -1, -3, -9):
        wing.ingest(TEMP, message(20.0 - minutes, minutes))
    assert latest(wing)["value"] == 21.0
    items = wing.history(BUILDING, "112-temp", NOON - timedelta(hours=1), NOON)["items"]
    assert [item["t"][11:16] for item in items] == ["11:51", "11:55", "11:57", "11:59"]


def test_history_by_steps(wing: LiveWing) -> None:
    for minutes, value in ((-60, 10.0), (-50, 20.0), (-40, 30.0), (-10, 5.0)):
        wing.ingest(TEMP, message(value, minutes))
    answer = wing.history(BUILDING, "112-temp", NOON - timedelta(hours=1), NOON, step_s=1800)
    assert answer["point"]["point_id"] == "112-temp"
    assert answer["items"] == [
        {"t": "2026-03-01T11:00:00Z", "v": 20.0, "min": 10.0, "max": 30.0, "n": 3},
        {"t": "2026-03-01T11:30:00Z", "v": 5.0, "min": 5.0, "max": 5.0, "n": 1},
    ]
    assert wing.history(BUILDING, "112-temp", NOON, NOON + timedelta(hours=1))["items"] == []  # the end is open


def test_the_state_at_three_in_the_morning(wing: LiveWing) -> None:
    for minutes in (-600, -540, -1):
        wing.ingest(TEMP, message(minutes / 100, minutes))
    moment = NOON - timedelta(minutes=539)
    items = {item["point_id"]: item for item in wing.state_at(BUILDING, moment)["items"]}
    assert (items["112-temp"]["value"], items["112-temp"]["age_s"]) == (-5.4, 60.0)
    assert items["meter"]["value"] is None


@pytest.mark.parametrize(
    ("ask", "error", "reason"),
    [
        (lambda w: w.history(BUILDING, "no", NOON, NOON + timedelta(1)), NotFound, "point-unknown"),
        (lambda w: w.history("109999999", "112-temp", NOON, NOON + timedelta(1)), NotFound, "point-unknown"),
        (lambda w: w.history(BUILDING, "112-temp", NOON, NOON), InvalidInput, "time-range"),
        (lambda w: w.history(BUILDING, "112-temp", NOON.replace(tzinfo=None), NOON), InvalidInput, "time-range"),
        (lambda w: w.history(BUILDING, "112-temp", NOON, NOON + timedelta(1), 0.5), InvalidInput, "step"),
        (lambda w: w.history(BUILDING, "112-temp", NOON, NOON + timedelta(2), 1), None, ""),
        (lambda w: w.ingest_batch([(TEMP, b"")] * 10_001), InvalidInput, "too-many-messages"),
        (lambda w: w.start_mqtt("http://x"), InvalidInput, "mqtt-url"),
        (lambda w: w.start_mqtt("mqtt://x:port"), InvalidInput, "mqtt-url"),
    ],
)
def test_questions_that_make_no_sense(
    wing: LiveWing, ask: Callable[[LiveWing], Any], error: type[Exception] | None, reason: str
) -> None:
    if error is None:
        assert ask(wing)["items"] == []
        return
    with pytest.raises(error) as caught:
        ask(wing)
    assert caught.value.reason == reason  # type: ignore[attr-defined]


def test_a_history_that_is_too_long_is_refused(wing: LiveWing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.live.queries.MAX_HISTORY_ITEMS", 3)
    for minutes in range(4):
        wing.ingest(TEMP, message(20.0, -minutes))
    with pytest.raises(InvalidInput) as caught:
        wing.history(BUILDING, "112-temp", NOON - timedelta(1), NOON + timedelta(1))
    assert caught.value.reason == "too-many-items"
    assert wing.history(BUILDING, "112-temp", NOON - timedelta(1), NOON + timedelta(1), 3600)["items"]


def test_a_point_writes_only_under_its_own_building(wing: LiveWing) -> None:
    result = wing.ingest("kaksik/v1/tmp-two/meter/obs", message(5.0, 0, "kW.h"))
    assert result == WriteResult(0, 0, 1)
    wing.ingest("kaksik/v1/tmp-two/112-temp/obs", message(5.0))
    assert latest(wing)["value"] is None  # the point of the same name in the other building wrote


def test_unknown_points_are_counted_and_listed_not_stored(wing: LiveWing, clock: Any) -> None:
    for _ in range(3):
        wing.ingest(f"kaksik/v1/{BUILDING}/ghost/obs", message(5.0))
        clock.move(seconds=10)
    (ghost,) = wing.refusals()["quarantine"]
    assert (ghost["building_id"], ghost["point_id"], ghost["count"]) == (BUILDING, "ghost", 3)
    assert (ghost["first"], ghost["last"]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:00:20Z")
    assert counts(wing) == {"point-unknown": 3}
    wing.register_points([Point(BUILDING, "ghost", "g", PointKind.SENSOR, "Temperature", "Cel")])
    assert wing.refusals()["quarantine"] == []


def test_invented_names_do_not_fill_the_disk(wing: LiveWing, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [(f"kaksik/v1/{BUILDING}/ghost-{n}/obs", message(1.0)) for n in range(10_000)]
    wing.ingest_batch(messages)
    wing.ingest_batch([(f"kaksik/v1/{BUILDING}/more-{n}/obs", message(1.0)) for n in range(50)])
    assert len(wing.refusals()["quarantine"]) == 10_000
    assert counts(wing) == {"point-unknown": 10_050}


def test_a_unit_cannot_change_under_stored_readings(wing: LiveWing) -> None:
    changed = Point(BUILDING, "112-temp", "g-temp", PointKind.SENSOR, "Temperature", "K")
    wing.register_points([changed])  # nothing is stored yet
    wing.ingest(TEMP, message(20.0))
    assert latest(wing)["value"] == 293.15
    fresh = Point(BUILDING, "fresh", "g", PointKind.SENSOR, "Temperature", "Cel")
    back = Point(BUILDING, "112-temp", "g-temp", PointKind.SENSOR, "Temperature", "Cel")
    with pytest.raises(Conflict) as caught:
        wing.register_points([fresh, back])
    assert (caught.value.reason, caught.value.entity) == ("point-unit-changed", "112-temp")
    assert {point.point_id for point in wing.points(BUILDING)} == {"112-temp", "112-motion", "meter"}


def test_all_is_there_after_a_restart(wing: LiveWing, where: Path | str, clock: Any) -> None:
    wing.ingest(TEMP, message(20.0))
    points = wing.points(BUILDING)
    wing.stop()
    with LiveWing(where, clock) as again:
        assert again.points(BUILDING) == points
        assert latest(again)["value"] == 20.0
        assert again.ingest(TEMP, message(20.0)) == WriteResult(0, 1, 0)


def test_the_latest_table_can_be_made_anew(wing: LiveWing, where: Path | str) -> None:
    for minutes in (-3, -1, -2):
        wing.ingest(TEMP, message(20.0 + minutes, minutes))
    column = "result" if isinstance(where, Path) else "number"
    execute(where, f"UPDATE latest SET {column} = 99.0")
    wing.rebuild_latest()
    assert latest(wing)["value"] == 19.0
    assert execute(where, f"SELECT DISTINCT {column} FROM latest") == [(19.0,)]


def test_a_closed_wing_says_so(wing: LiveWing) -> None:
    wing.stop()
    wing.stop()
    for act in (lambda: wing.ingest(TEMP, message(1.0)), lambda: wing.latest(BUILDING)):
        with pytest.raises(StorageError) as caught:
            act()
        assert caught.value.reason == "store-closed"


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON latest EXECUTE FUNCTION full_disk()
"""


def test_a_disk_that_refuses_is_reported_and_nothing_is_half_written(wing: LiveWing, where: Path | str) -> None:
    if isinstance(where, Path):  # SQLite's own way to have a full disk
        wing._engine._connection.execute("PRAGMA max_page_count=1")
    else:  # the error of a full disk, after the readings and before their newest
        execute(where, FULL)
    many = [(TEMP, message(20.0, -n)) for n in range(2_000)]
    with pytest.raises(StorageError) as caught:
        wing.ingest_batch(many)
    assert caught.value.reason == "store-write"
    assert latest(wing)["value"] is None
    if isinstance(where, Path):
        wing._engine._connection.execute("PRAGMA max_page_count=1000000")
    else:
        execute(where, "DROP TRIGGER full_disk ON latest")
    assert wing.ingest_batch(many) == WriteResult(2_000, 0, 0)


def test_readers_and_a_writer_work_at_the_same_time(wing: LiveWing) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            answer = wing.history(BUILDING, "112-temp", NOON - timedelta(days=30), NOON + timedelta(days=1))
            seen.append(len(answer["items"]))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for batch in range(20):
        wing.ingest_batch([(TEMP, message(20.0, -(batch * 100 + n))) for n in range(100)])
    stop.set()
    for reader in readers:
        reader.join()
    assert seen
    assert all(count % 100 == 0 for count in seen)  # never a part of a transaction
    assert len(wing.history(BUILDING, "112-temp", NOON - timedelta(30), NOON + timedelta(1))["items"]) == 2000


def test_many_threads_write_at_the_same_time(wing: LiveWing) -> None:
    def write(thread: int) -> None:
        for n in range(50):
            wing.ingest(TEMP, message(20.0, -(thread * 50 + n)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wing.history(BUILDING, "112-temp", NOON - timedelta(30), NOON + timedelta(1))["items"]) == 400


def test_a_new_version_moves_points_and_finds_orphans(wing: LiveWing) -> None:
    records = {"g-temp": ElementRecord("g-temp", "IfcSpace"), "g-meter": ElementRecord("g-meter", "IfcFlowMeter")}
    snapshot = Snapshot(BUILDING, Stage.AS_BUILT, 2, "", records, MeshSet(()), None)
    findings = wing.recheck(snapshot)
    assert [(finding.rule, finding.entity) for finding in findings] == [("point.orphan", "112-motion")]
    assert latest(wing)["space"] == "g-temp"
    assert [point.point_id for point in wing.points(BUILDING, "g-temp")] == ["112-temp"]


def test_nobody_can_cancel_what_is_queued(wing: LiveWing) -> None:
    future = wing._intake.write([wing._intake.prepare(TEMP, message(20.0))])
    assert not future.cancel()
    assert future.result(5.0) == WriteResult(1, 0, 0)
    assert wing.ingest(TEMP, message(20.0, -1)) == WriteResult(1, 0, 0)  # the writer lives


def test_more_than_the_disk_takes_is_turned_away(wing: LiveWing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.live.store.MAX_QUEUED_ROWS", 10)
    with pytest.raises(Conflict) as caught:
        wing.ingest_batch([(TEMP, message(20.0, -n)) for n in range(11)])
    assert caught.value.reason == "overload"
    assert wing.ingest_batch([(TEMP, message(20.0, -n)) for n in range(10)]).stored == 10
