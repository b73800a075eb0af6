"""Laws that hold for any input."""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.postgres import PostgresServer
from twin.errors import InvalidInput, TwinError
from twin.live import UNITS, LiveWing, Observation, Point, PointKind, Refusal, convert, decode_message, read_points

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BUILDING = "101234567"
TOPIC = f"kaksik/v1/{BUILDING}/p/obs"
FIRST, LAST = NOW.replace(year=2001, tzinfo=None), NOW.replace(month=2, tzinfo=None)
codes = st.sampled_from(sorted(UNITS))
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda v: st.lists(v, max_size=5) | st.dictionaries(st.text(max_size=8), v, max_size=5),
    max_leaves=15,
)


@given(st.floats(-1e12, 1e12), codes, codes)
def test_a_conversion_goes_back_or_is_refused(value: float, source: str, target: str) -> None:
    if UNITS[source].dimension != UNITS[target].dimension:
        with pytest.raises(InvalidInput) as caught:
            convert(value, source, target)
        assert caught.value.reason == "unit-dimension"
        return
    back = convert(convert(value, source, target), target, source)
    # An absolute part, because an offset of 273.15 K swallows the last digits of a small number.
    assert math.isclose(back, value, rel_tol=1e-9, abs_tol=1e-9)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), codes)
def test_a_conversion_keeps_order(low: float, high: float, source: str) -> None:
    low, high = sorted((low, high))
    for target in (unit.code for unit in UNITS.values() if unit.dimension == UNITS[source].dimension):
        assert convert(low, source, target) <= convert(high, source, target) + 1e-9


def _is_sound(item: Observation | Refusal) -> bool:
    if isinstance(item, Refusal):
        return True
    return (
        item.phenomenon_time.utcoffset() == timedelta(0)
        and (not isinstance(item.result, float) or math.isfinite(item.result))
        and (not isinstance(item.result, str) or bool(item.result.encode() or True))
    )


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_the_decoder_never_raises(payload: bytes) -> None:
    decoded = decode_message(TOPIC, payload, root="kaksik", received=NOW)
    assert decoded
    assert all(_is_sound(item) for item in decoded)


@given(st.text(), st.binary(max_size=20))
def test_no_topic_makes_the_decoder_raise(topic: str, payload: bytes) -> None:
    (item,) = decode_message(topic, payload, root="kaksik", received=NOW)
    assert isinstance(item, Refusal)


@given(
    st.dictionaries(
        st.sampled_from(["t", "v", "u", "q"]),
        json_values | st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    )
)
def test_a_reading_of_any_members_is_sound_or_refused(reading: dict[str, object]) -> None:
    (item,) = decode_message(TOPIC, json.dumps(reading).encode(), root="kaksik", received=NOW)
    assert _is_sound(item)


@given(
    st.datetimes(FIRST, LAST, timezones=st.timezones()),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_good_reading_is_read_as_it_was_written(moment: datetime, value: float) -> None:
    offset = moment.utcoffset()
    moment = moment.astimezone(UTC) if offset is None or offset.total_seconds() % 60 else moment
    payload = json.dumps({"t": moment.isoformat(), "v": value, "u": "Cel"}).encode()
    (item,) = decode_message(TOPIC, payload, root="kaksik", received=NOW)
    assert isinstance(item, Observation)
    assert (item.phenomenon_time, item.result) == (moment.astimezone(UTC), value)


@given(st.binary() | json_values.map(lambda value: json.dumps({"points": value}).encode()))
def test_a_points_file_is_read_or_refused(data: bytes) -> None:
    refused: TwinError | None = None
    points: tuple[Point, ...] = ()
    try:
        points = read_points(data)
    except TwinError as error:
        refused = error
    assert refused is None or (refused.reason and refused.hint)
    assert all(isinstance(point, Point) for point in points)


arrivals = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4)), min_size=1, max_size=60)


@settings(max_examples=25, deadline=None)
@given(arrivals)
def test_any_order_and_repetition_gives_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, readings: list[tuple[int, int]]
) -> None:
    _same_state(tmp_path_factory.mktemp("store") / "r.sqlite", readings)


@settings(max_examples=10, deadline=None)
@given(arrivals)
def test_any_order_and_repetition_gives_the_same_state_in_a_database(
    postgres: PostgresServer, readings: list[tuple[int, int]]
) -> None:
    _same_state(postgres.new_url(), readings)


def _same_state(where: Path | str, readings: list[tuple[int, int]]) -> None:
    truth = {minute: 20.0 + minute / 10 for minute, _ in readings}
    with LiveWing(where, lambda: NOW) as wing:
        wing.register_points([Point(BUILDING, "p", "g", PointKind.SENSOR, "Temperature", "Cel")])
        messages = []
        for minute, _ in readings:
            moment = NOW - timedelta(minutes=minute)
            messages.append((TOPIC, json.dumps({"t": moment.isoformat(), "v": truth[minute], "u": "Cel"}).encode()))
        parts = max(size for _, size in readings)
        results = [wing.ingest_batch(messages[n::parts]) for n in range(parts)]
        (item,) = wing.latest(BUILDING)["items"]
        history = wing.history(BUILDING, "p", NOW - timedelta(days=1), NOW + timedelta(days=1))["items"]
    assert item["value"] == truth[min(truth)]
    assert [entry["v"] for entry in history] == [truth[minute] for minute in sorted(truth, reverse=True)]
    assert sum(result.stored for result in results) == len(truth)
    assert sum(result.duplicates for result in results) == len(readings) - len(truth)
