"""Alarms on real readings: raised, kept by hysteresis, cleared, told to real servers."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.twin_live_rules.conftest import BUILDING, HOT
from twin.errors import Conflict, InvalidInput, NotFound, StorageError
from twin.live import Point, PointKind
from twin.live.rules import AlarmBook, AlarmState, rule_from_json

RAISED = AlarmState.ACTIVE_UNACKNOWLEDGED
GONE = AlarmState.CLEARED_UNACKNOWLEDGED


def test_an_alarm_clears_only_behind_the_hysteresis(plant):
    plant.rule()
    assert plant.look(27.0) == []
    assert plant.look(27.1) == [("hot", RAISED)]
    assert plant.look(26.5) == []
    assert plant.look(27.5) == []
    assert plant.look(25.9) == [("hot", GONE)]
    assert plant.look(26.9) == []
    assert plant.look(27.2) == [("hot", RAISED)]
    assert len(plant.alarms.book.alarms(BUILDING)) == 2


def test_a_short_excursion_is_no_alarm_where_a_delay_is_set(plant):
    plant.rule(delay_s=180)
    assert plant.look(28) == []
    assert plant.look(28) == []
    assert plant.look(26) == []
    assert [plant.look(28) for _ in range(4)] == [[], [], [], [("hot", RAISED)]]


def test_rate_looks_at_the_change_in_an_hour(plant):
    plant.rule(rule_id="fast", kind="rate", above=6, below=-6, hysteresis=0, window_s=600)
    assert [plant.look(20 + n * 0.05) for n in range(10)] == [[]] * 10  # 3 K/h
    found = [plant.look(20.5 + n * 0.2) for n in range(10)]  # 12 K/h
    assert [("fast", RAISED)] in found
    assert plant.alarms.book.alarms()[0].unit == "Cel/h"


def test_silence_is_an_alarm_and_a_reading_ends_it(plant):
    plant.rule(rule_id="silent", kind="missing", above=300)
    assert plant.look() == [("silent", RAISED)]  # never heard of
    assert plant.alarms.book.alarms()[0].value is None
    assert plant.look(20.0) == [("silent", GONE)]
    plant.now += timedelta(minutes=6)
    assert plant.look() == [("silent", RAISED)]
    assert plant.alarms.book.alarms()[0].value == pytest.approx(360)


def test_comfort_takes_its_limits_from_the_category_and_season(plant):
    plant.rule(rule_id="comfort", kind="comfort", above=None, category=2, hysteresis=0.5)
    assert plant.look(23.9) == []
    assert plant.look(24.1) == [("comfort", RAISED)]
    assert plant.look(23.4) == [("comfort", GONE)]
    plant.now = datetime(2026, 7, 15, 12, 0, tzinfo=UTC)
    assert plant.look(25.9) == []
    assert plant.look(26.1) == [("comfort", RAISED)]


def test_a_balance_finds_what_the_sub_meters_do_not_explain(plant):
    members = {"points": ["main", "sub-1", "sub-2"], "above": 0.1, "hysteresis": 0.02, "window_s": 600}
    plant.rule(rule_id="leak", kind="balance", **members)

    def meters(*values):
        for name, value in zip(("main", "sub-1", "sub-2"), values, strict=True):
            plant.read(value, name, "kW.h")
        return plant.look()

    assert meters(100, 50, 50) == []  # one reading says nothing, nor do two that are close
    assert meters(110, 55, 55) == []
    assert meters(120, 56, 57) == [("leak", RAISED)]
    assert plant.alarms.book.alarms()[0].value == pytest.approx((20 - 13) / 20)


def more_points(plant):
    sensor, setpoint = PointKind.SENSOR, PointKind.SETPOINT
    plant.wing.register_points(
        [
            Point(BUILDING, "wish", "g-wish", setpoint, "Temperature", "Cel", interval_s=900, space="g-room"),
            *(
                Point(BUILDING, f"t{n}", f"g{n}", sensor, "Temperature", "Cel", interval_s=600, space=f"g-room{n}")
                for n in range(4)
            ),
            Point(BUILDING, "outdoor", "g-out", sensor, "Temperature", "Cel", interval_s=600),
        ]
    )


def test_deviation_from_the_setpoint_of_the_same_space(plant):
    more_points(plant)
    plant.rule(rule_id="off", kind="deviation", reference="@setpoint", above=2, hysteresis=0.5)
    assert plant.look(25) == []  # nobody said what is wanted
    plant.read(21, "wish")
    assert plant.look(22.9) == []
    assert plant.look(23.1) == [("off", RAISED)]
    assert plant.alarms.book.alarms()[0].value == pytest.approx(2.1)
    plant.read(22, "wish")
    assert plant.look(23.4) == [("off", GONE)]
    plant.rule(rule_id="unlike-outdoor", kind="deviation", reference="outdoor", above=30, hysteresis=0)
    plant.read(-10, "outdoor")
    assert plant.look(21) == [("unlike-outdoor", RAISED)]


def test_a_rule_holds_at_its_hours_and_while_another_point_says_so(plant):
    more_points(plant)
    plant.rule(hours=[22, 5], delay_s=120)
    assert plant.look(30) == []  # noon in UTC is no night in Tallinn
    plant.now = plant.now.replace(hour=21)
    assert [plant.look(30) for _ in range(3)] == [[], [], [("hot", RAISED)]]
    plant.rule(rule_id="heated", when={"point_id": "outdoor", "below": 10})
    assert plant.look(30) == []
    plant.read(12, "outdoor")
    assert plant.look(30) == []
    plant.read(9, "outdoor")
    assert plant.look(30) == [("heated", RAISED)]


def test_a_delay_does_not_count_while_a_rule_does_not_hold(plant):
    plant.rule(hours=[14, 15], delay_s=300)  # 12:00 to 13:00 UTC
    assert plant.look(30) == []
    plant.now = plant.now.replace(hour=14)
    assert plant.look(30) == []
    plant.now = plant.now.replace(hour=12, minute=10) + timedelta(days=1)
    assert plant.look(30) == []
    assert [plant.look(30) for _ in range(5)][-1] == [("hot", RAISED)]


def test_drift_is_against_the_others_of_its_kind(plant):
    more_points(plant)
    members = {
        "kind": "drift",
        "points": [],
        "quantity_kind": "Temperature",
        "above": 1,
        "below": -1,
        "hysteresis": 0,
    }
    plant.rule(rule_id="drifts", window_s=3600, **members)
    for _ in range(8):
        for n in range(4):
            plant.read(20.0 + (1.4 if n == 2 else 0.1 * n), f"t{n}", minutes=2)
    plant.read(-5, "outdoor")  # alone outdoors: nobody to compare it with
    assert plant.look() == [("drifts", RAISED)]
    (alarm,) = plant.alarms.book.alarms()
    assert (alarm.point_id, alarm.value) == ("t2", pytest.approx(1.3))


def test_what_never_changes_is_not_measured(plant):
    plant.rule(rule_id="frozen", kind="flat", above=None, below=0.01, hysteresis=0, window_s=600)
    for value in (20.0, 20.1, 20.0, 20.1, 20.0, 20.1):
        plant.read(value)
    assert plant.look() == []
    for _ in range(12):
        plant.read(20.5)
    assert plant.look() == [("frozen", RAISED)]


def test_starts_are_counted(plant):
    plant.rule(rule_id="cycles", kind="cycles", above=4, hysteresis=0, window_s=3600)
    for n in range(13):
        plant.read(5.0 if n % 6 < 3 else 0.1, minutes=5)  # two an hour
    assert plant.look() == []
    for n in range(13):
        plant.read(5.0 if n % 2 else 0.1, minutes=5)  # six an hour
    assert plant.look() == [("cycles", RAISED)]
    assert plant.alarms.book.alarms()[0].unit == "/h"


def test_what_never_stops_flowing_is_a_leak(plant):
    day = 86_400
    plant.rule(
        rule_id="leak",
        kind="least",
        points=["main"],
        above=0.5,
        hysteresis=0,
        window_s=day,
        delay_s=0,
        severity="high",
    )
    register = 0.0
    for hour in range(26):
        register += 0.0 if hour % 24 in (2, 3) else 4.0
        plant.read(register, "main", "kW.h", minutes=60)
    assert plant.look() == []
    for _ in range(26):
        register += 0.6
        plant.read(register, "main", "kW.h", minutes=60)
    assert plant.look() == [("leak", RAISED)]
    assert plant.alarms.book.alarms()[0].value == pytest.approx(0.6)


def test_acknowledge_assign_and_comment_are_history(plant):
    plant.rule()
    plant.look(28)
    (alarm,) = plant.alarms.book.alarms()
    assert plant.alarms.assign(alarm.alarm_id, "mari", "jaan", "valve").assignee == "jaan"
    assert plant.alarms.acknowledge(alarm.alarm_id, "jaan").state is AlarmState.ACTIVE_ACKNOWLEDGED
    with pytest.raises(Conflict, match="acknowledged"):
        plant.alarms.acknowledge(alarm.alarm_id, "mari")
    plant.alarms.comment(alarm.alarm_id, "jaan", "on my way")
    plant.look(20)
    assert plant.alarms.book.alarms() == []
    assert plant.alarms.book.alarms(closed=True)[0].state is AlarmState.CLOSED
    history = plant.alarms.book.history(alarm.alarm_id)
    assert [(entry["what"], entry["actor"]) for entry in history] == [
        ("raised", ""), ("assigned", "mari"), ("acknowledged", "jaan"), ("commented", "jaan"), ("cleared", ""),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        plant.alarms.comment(99, "jaan", "?")
    with pytest.raises(InvalidInput) as error:
        plant.alarms.comment(alarm.alarm_id, "jaan", "x" * 2001)
    assert error.value.reason == "note-too-long"


def test_a_restart_forgets_no_alarm_and_doubles_none(plant):
    plant.rule()
    plant.look(28)
    plant.alarms.stop()
    plant.open()
    assert plant.look(28) == []
    assert plant.look(26.5) == []
    assert plant.look(25) == [("hot", GONE)]


def test_a_rule_that_looks_back_too_far_silences_no_other(plant, monkeypatch):
    monkeypatch.setattr("twin.live.queries.MAX_HISTORY_ITEMS", 3)
    plant.rule(rule_id="a-rate", kind="rate", above=1, hysteresis=0)
    plant.rule()
    assert [plant.look(28) for _ in range(6)] == [[("hot", RAISED)], [], [], [], [], []]


def test_half_a_character_is_no_note(plant):
    plant.rule()
    plant.look(28)
    with pytest.raises(InvalidInput) as error:
        plant.alarms.assign(1, "mari", "\ud800")
    assert error.value.reason == "note-text"


def test_an_alarm_ends_with_its_rule(plant):
    plant.rule()
    plant.look(28)
    plant.alarms.book.remove_rule("hot")
    assert plant.look() == [("hot", GONE)]
    with pytest.raises(NotFound):
        plant.alarms.book.remove_rule("hot")


def test_the_wall_counts_by_building_and_severity(plant):
    plant.rule()
    plant.rule(rule_id="warm", above=25, severity="low")
    plant.look(28)
    counts = plant.alarms.book.counts()
    assert [(row["building_id"], row["severity"], row["open"], row["active"]) for row in counts] == [
        (BUILDING, "high", 1, 1), (BUILDING, "low", 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "members",
    [
        {"above": None},
        {"above": float("nan")},
        {"above": True},
        {"above": 10**400},
        {"title": "\ud800"},
        {"kind": "guess"},
        {"severity": "awful"},
        {"points": []},
        {"points": ["../etc"]},
        {"points": "temp"},
        {"kind": "balance"},
        {"kind": "comfort"},
        {"kind": "missing", "below": 3},
        {"kind": "comfort", "above": None, "category": True},
        {"hysteresis": -1},
        {"below": 26, "hysteresis": 1},
        {"window_s": 1},
        {"delay_s": 1e9},
        {"title": "a\nBcc: b"},
        {"title": ""},
        {"url": "http://169.254.169.254/"},
        {"rule_id": "A/B"},
        {"enabled": "yes"},
        {"reference": "temp"},
        {"kind": "deviation"},
        {"kind": "deviation", "reference": "@other"},
        {"hours": [1]},
        {"hours": [5, 5]},
        {"hours": [1, 25]},
        {"when": {"point_id": "temp"}},
        {"when": {"point_id": "../etc", "above": 1}},
        {"when": {"point_id": "temp", "above": 1, "query": "drop"}},
        {"kind": "flat", "above": None},
    ],
)
def test_a_wrong_rule_is_refused_with_its_reason(members):
    with pytest.raises(InvalidInput) as error:
        rule_from_json({**HOT, **members})
    assert error.value.reason == "rule-invalid"


def test_a_rule_survives_its_json():
    rule = rule_from_json({**HOT, "below": 18, "hours": [22, 5], "when": {"point_id": "outdoor", "below": 10}})
    assert rule_from_json(json.loads(json.dumps(rule.to_json()))) == rule


def test_a_file_that_is_no_book_is_refused(tmp_path):
    path = tmp_path / "alarms.sqlite"
    path.write_bytes(b"no database at all, but long enough to look like one" * 20)
    with pytest.raises(StorageError) as error:
        AlarmBook(path)
    assert error.value.reason == "alarms-damaged"


def test_a_newer_book_is_refused(tmp_path):
    path = tmp_path / "alarms.sqlite"
    book = AlarmBook(path)
    book.rows("PRAGMA user_version=99")
    book.close()
    with pytest.raises(StorageError) as error:
        AlarmBook(path)
    assert error.value.reason == "alarms-newer"


def test_the_watch_looks_by_itself(plant):
    plant.rule()
    plant.read(28)
    plant.alarms.start(0.01)
    done = threading.Event()
    for _ in range(500):
        if plant.alarms.book.alarms():
            break
        done.wait(0.01)
    assert len(plant.alarms.book.alarms()) == 1


def test_a_setpoint_is_judged_only_where_a_rule_names_it(plant):
    plant.wing.register_points([Point(BUILDING, "wish", "g-wish", PointKind.SETPOINT, "Temperature", "Cel")])
    plant.rule(points=[], quantity_kind="Temperature")
    plant.rule(rule_id="wished", points=["wish"])
    plant.read(20.0)
    plant.look(30.0, point="wish")
    assert [(alarm.rule_id, alarm.point_id) for alarm in plant.alarms.book.alarms()] == [("wished", "wish")]


def test_a_rule_that_would_never_alarm_is_told(plant):
    rule = rule_from_json(HOT)
    assert plant.alarms.watched(rule) == {"points": 1, "units": ["Cel"], "unknown": []}
    for members in ({"points": ["tmep"]}, {"when": {"point_id": "nobody", "above": 1}}):
        with pytest.raises(InvalidInput) as caught:
            plant.alarms.set_rule(rule_from_json(HOT | members))
        assert caught.value.reason == "rule-points"
    by_quantity = rule_from_json(HOT | {"points": [], "quantity_kind": "Temprature"})
    plant.alarms.set_rule(by_quantity)  # points of a quantity may come later
    assert plant.alarms.watched(by_quantity)["points"] == 0


def test_one_limit_is_not_of_two_units(plant):
    plant.wing.register_points([Point(BUILDING, "temp-f", "g-f", PointKind.SENSOR, "Temperature", "[degF]")])
    warm = rule_from_json(HOT | {"points": [], "quantity_kind": "Temperature"})
    with pytest.raises(InvalidInput) as caught:
        plant.alarms.set_rule(warm)
    assert (caught.value.reason, "[degF]" in caught.value.message) == ("rule-units", True)
    plant.alarms.set_rule(rule_from_json(HOT | {"points": ["temp-f"], "above": 80}))


def test_a_rule_does_not_end_that_of_another_building(plant):
    plant.rule()
    with pytest.raises(Conflict) as caught:
        plant.rule(building_id="107654321")
    assert caught.value.reason == "rule-elsewhere"
    assert [rule.building_id for rule in plant.alarms.book.rules()] == [BUILDING]
