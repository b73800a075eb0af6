"""Old readings end as hours, in both engines: the same answers, gaps marked, nothing lost, doubled or uncounted."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.twin_live.conftest import BUILDING, SettableClock, on_both
from twin.errors import InvalidInput
from twin.live import Kept, LiveWing, Point, PointKind, Retention, Series, WriteResult

pytestmark = on_both
TEMP = f"kaksik/v1/{BUILDING}/112-temp/obs"
START = datetime(2025, 11, 20, tzinfo=UTC)
END = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEEP = timedelta(days=30)


def send(wing: LiveWing, every: timedelta, start: datetime = START, end: datetime = END) -> int:
    moments = [start + n * every for n in range((end - start) // every)]
    for n in range(0, len(moments), 500):
        part = [{"t": t.isoformat(), "v": (t.hour - 7) / 3, "u": "Cel"} for t in moments[n : n + 500]]
        wing.ingest(TEMP, json.dumps(part).encode())
    wing.ingest(f"kaksik/v1/{BUILDING}/112-motion/obs", b'{"t":"2025-12-01T00:00:00Z","v":true}')
    wing.ingest(f"kaksik/v1/{BUILDING}/112-motion/obs", b'{"t":"2025-12-02T00:00:00Z","v":"on"}')
    return len(moments)


def rounded(value: object) -> object:
    return json.loads(json.dumps(value), parse_float=lambda text: round(float(text), 9))


NOVEMBER = 2025 * 12 + 10
OLD = Retention(archive_after=KEEP, keep_readings=timedelta(days=60))


def sums(wing: LiveWing, step_s: float) -> list[object]:
    return [wing.history(BUILDING, name, START, END, step_s) for name in ("112-temp", "112-motion")]


def test_silence_is_marked(wing: LiveWing) -> None:
    minute = timedelta(minutes=1)
    send(wing, minute, END - 60 * minute, END - 40 * minute)
    send(wing, minute, END - 30 * minute, END)
    gaps = wing.gaps(BUILDING, "112-temp", END - 60 * minute, END)
    assert gaps["items"] == [{"from": "2026-03-01T11:19:00Z", "to": "2026-03-01T11:30:00Z"}]
    with pytest.raises(InvalidInput) as caught:
        wing.gaps(BUILDING, "112-motion", START, END)
    assert caught.value.reason == "no-interval"


def test_single_readings_end_as_hours_that_answer_the_same(
    wing: LiveWing, where: Path | str, clock: SettableClock
) -> None:
    send(wing, timedelta(minutes=20))
    before = [rounded(sums(wing, step)) for step in (3_600.0, 86_400.0)]
    moment = datetime(2025, 11, 24, 18, 50, tzinfo=UTC)
    state = wing.state_at(BUILDING, moment)
    assert wing.upkeep(Retention()) == Kept()
    kept = wing.upkeep(OLD)
    assert [month.month for month in kept.archived] == ([NOVEMBER, NOVEMBER + 1] if isinstance(where, Path) else [])
    assert [(month.month, month.texts) for month in kept.rolled] == [(NOVEMBER, 0)]  # December is too young
    assert kept.rolled[0].hours == (datetime(2025, 12, 1, tzinfo=UTC) - START) // timedelta(hours=1)
    assert [rounded(sums(wing, step)) for step in (3_600.0, 86_400.0)] == before
    assert wing.state_at(BUILDING, moment) == state
    (first, *_) = wing.history(BUILDING, "112-temp", START, START + timedelta(hours=5))["items"]
    assert (first["t"], first["n"], first["min"], first["max"]) == ("2025-11-20T00:00:00Z", 3, -7 / 3, -7 / 3)
    assert wing.upkeep(OLD) == Kept()
    clock.move(days=31)
    assert [(month.month, month.texts) for month in wing.upkeep(OLD).rolled] == [(NOVEMBER + 1, 1)]
    assert [rounded(sums(wing, step)) for step in (3_600.0, 86_400.0)] == before
    motion = wing.history(BUILDING, "112-motion", START, END)["items"]
    assert [item["v"] for item in motion] == [1.0, "on"]  # a text stays what it was


def test_what_comes_after_its_month_became_hours_is_refused_and_counted(wing: LiveWing) -> None:
    send(wing, timedelta(minutes=20))
    wing.archive(timedelta(days=60))
    repeated, new = ({"t": f"2025-11-24T03:{minute}:00Z", "v": -4 / 3, "u": "Cel"} for minute in ("00", "10"))
    both = json.dumps([repeated, new]).encode()
    first = wing.ingest(TEMP, both)
    assert (first.stored + first.duplicates, first.refused) == (2, 0)  # the month is still one of single readings
    wing.upkeep(OLD)
    before = november(wing)
    assert before["items"][99]["n"] == 4  # the new one is in its hour, the repetition is not twice
    last = json.dumps({"t": "2025-11-30T23:59:59.999999Z", "v": 50.0, "u": "Cel"}).encode()
    assert wing.ingest(TEMP, both) == WriteResult(0, 0, 2)
    assert wing.ingest(TEMP, last) == WriteResult(0, 0, 1)
    border = int(datetime(2025, 12, 1, tzinfo=UTC).timestamp() * 1e6)
    moments = np.array([border - 2, border - 1, border + 1])
    assert wing.ingest_series(Series(BUILDING, "112-temp", moments, np.zeros(3))) == WriteResult(1, 0, 2)
    assert wing.ingest_series(Series(BUILDING, "meter", moments[:2], np.zeros(2))) == WriteResult(0, 0, 2)
    reasons = {item["reason"]: (item["count"], item["detail"]) for item in wing.refusals()["reasons"]}
    assert reasons == {"late": (7, "before 2025-12-01 only hours are kept")}
    wing.upkeep(OLD)
    assert november(wing) == before
    assert {item["value"] for item in wing.latest(BUILDING)["items"] if item["point_id"] == "meter"} == {None}


def november(wing: LiveWing) -> dict[str, Any]:
    return wing.history(BUILDING, "112-temp", START, datetime(2025, 12, 1, tzinfo=UTC), 3_600.0)


def test_all_points_of_a_quantity_together(wing: LiveWing) -> None:
    wing.register_points([Point(BUILDING, "113-temp", "g-113", PointKind.SENSOR, "Temperature", "Cel")])
    send(wing, timedelta(hours=2))
    wing.ingest(TEMP.replace("112", "113"), b'{"t":"2025-11-20T00:00:00Z","v":100.0,"u":"Cel"}')
    wing.ingest(TEMP.replace("112", "113"), b'{"t":"2026-02-20T00:00:00Z","v":-100.0,"u":"Cel"}')
    whole = [rounded(wing.means(BUILDING, "Temperature", START, END, 86_400.0))]
    assert (whole[0]["points"], whole[0]["items"][0]["n"], whole[0]["items"][0]["max"]) == (2, 13, 100.0)
    for retention in (Retention(KEEP), OLD):  # the same from SQLite, from files of readings and from files of hours
        wing.upkeep(retention)
        whole.append(rounded(wing.means(BUILDING, "Temperature", START, END, 86_400.0)))
    assert whole[0] == whole[1] == whole[2]
    with pytest.raises(InvalidInput) as caught:
        wing.means(BUILDING, "Pressure", START, END, 3600.0)
    assert caught.value.reason == "quantity"


def test_gaps_are_marked_before_the_readings_go(wing: LiveWing, clock: SettableClock) -> None:
    minute, day = timedelta(minutes=1), datetime(2025, 11, 29, tzinfo=UTC)
    send(wing, minute, day, day + 60 * minute)
    send(wing, minute, day + 90 * minute, day + timedelta(days=1))
    send(wing, minute, datetime(2025, 12, 1, tzinfo=UTC), datetime(2025, 12, 1, 2, tzinfo=UTC))
    span = (datetime(2025, 11, 28, 12, tzinfo=UTC), datetime(2025, 12, 1, 1, tzinfo=UTC))
    before = wing.gaps(BUILDING, "112-temp", *span)["items"]
    assert [item["from"] for item in before] == [
        "2025-11-28T12:00:00Z", "2025-11-29T00:59:00Z", "2025-11-29T23:59:00Z",
    ]  # fmt: skip
    assert wing.upkeep(OLD).rolled
    assert wing.gaps(BUILDING, "112-temp", *span)["items"] == before
    clock.move(days=60)
    assert wing.upkeep(OLD).rolled
    assert wing.gaps(BUILDING, "112-temp", *span)["items"] == before


def test_a_series_is_stored_once_and_marked_where_it_is_implausible(
    wing: LiveWing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.live.series.ROWS_PER_TRANSACTION", 10_000)
    times = np.arange(25_000) * 60_000_000 + int(START.timestamp() * 1e6)
    series = Series(BUILDING, "112-temp", times, np.linspace(0.0, 70.0, len(times)))
    assert wing.ingest_series(series) == WriteResult(25_000, 0, 0)
    assert wing.ingest_series(series) == WriteResult(0, 25_000, 0)
    other = Series(BUILDING, "112-temp", times[:3], np.array([0.0, -1.0, -1.0]))
    assert wing.ingest_series(other) == WriteResult(0, 1, 2)
    latest = next(item for item in wing.latest(BUILDING)["items"] if item["point_id"] == "112-temp")
    assert (latest["value"], latest["quality"]) == (70.0, "out-of-range")
    for broken in (
        Series(BUILDING, "112-temp", times[:2], np.array([1.0])),
        Series(BUILDING, "112-temp", times[:2], np.array([1.0, np.nan])),
        Series(BUILDING, "112-temp", times[1::-1], np.array([1.0, 2.0])),
    ):
        with pytest.raises(InvalidInput) as caught:
            wing.ingest_series(broken)
        assert caught.value.reason == "series"
