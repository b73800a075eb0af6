import json
from datetime import UTC, datetime, timedelta

import pytest

from twin.live import Observation, Point, PointKind, Quality, Refusal, RefusalReason, admit, decode_message
from twin.live.observation import MAX_PAYLOAD_BYTES

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOPIC = "kaksik/v1/101234567/112-temp/obs"


def decode(payload: object, topic: str = TOPIC) -> tuple[Observation | Refusal, ...]:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return decode_message(topic, data, root="kaksik", received=NOW)


def reason(payload: object, topic: str = TOPIC) -> RefusalReason:
    (refusal,) = decode(payload, topic)
    assert isinstance(refusal, Refusal)
    return refusal.reason


def test_one_reading() -> None:
    assert decode({"t": "2026-03-01T13:59:00+02:00", "v": 21, "u": "Cel"}) == (
        Observation("101234567", "112-temp", datetime(2026, 3, 1, 11, 59, tzinfo=UTC), 21.0, "Cel"),
    )


@pytest.mark.parametrize("value", [True, False, "open", -0.5, 0, 1e300])
def test_results_keep_their_kind(value: object) -> None:
    (observation,) = decode({"t": "2026-03-01T12:00:00Z", "v": value})
    assert isinstance(observation, Observation)
    assert observation.result == value
    assert isinstance(observation.result, bool) == isinstance(value, bool)


def test_a_good_reading_stands_beside_a_bad_one() -> None:
    first, second, third = decode([{"t": "2026-03-01T12:00:00z", "v": 1}, {"v": None}, {"v": "x"}])
    assert isinstance(first, Observation)
    assert second == Refusal(RefusalReason.RESULT_TYPE, second.detail, "101234567", "112-temp")
    assert isinstance(third, Observation)
    assert (third.phenomenon_time, third.quality) == (NOW, Quality.ARRIVAL_TIME)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"", RefusalReason.NOT_JSON),
        (b"21.5 Cel", RefusalReason.NOT_JSON),
        (b'{"v": 1', RefusalReason.NOT_JSON),
        (b'{"v": 1} {"v": 2}', RefusalReason.NOT_JSON),
        (b"\xff\xfe\x00", RefusalReason.ENCODING),
        (b'{"v": "\xc3("}', RefusalReason.ENCODING),
        (b'{"v": NaN}', RefusalReason.NOT_FINITE),
        (b'{"v": -Infinity}', RefusalReason.NOT_FINITE),
        (b'{"v": 1e400}', RefusalReason.NOT_FINITE),
        (b'{"v": ' + b"9" * 400 + b"}", RefusalReason.NOT_FINITE),
        (b'{"v": ' + b"9" * 6000 + b"}", RefusalReason.NOT_FINITE),
        (b'{"v": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", RefusalReason.TOO_DEEP),
        (b"[" * 60_000, RefusalReason.TOO_DEEP),
        (b"[[[[[1]]]]]", RefusalReason.TOO_DEEP),
        (b"x" * (1024 * 1024), RefusalReason.TOO_LARGE),
        (b" " * (MAX_PAYLOAD_BYTES + 1), RefusalReason.TOO_LARGE),
        (b"[" + b'{"v":1},' * 1000 + b'{"v":1}]', RefusalReason.TOO_MANY),
        (b"[]", RefusalReason.FORM),
        (b"5", RefusalReason.FORM),
        (b"null", RefusalReason.FORM),
        (b'{"v": 1, "u": 5}', RefusalReason.FORM),
        (b'{"t": "2026-03-01T12:00:00Z"}', RefusalReason.RESULT_MISSING),
        (b'{"v": {"a": 1}}', RefusalReason.RESULT_TYPE),
        (b'{"v": [1]}', RefusalReason.RESULT_TYPE),
        (b'{"v": "\\ud800"}', RefusalReason.TEXT),
        (b'{"v": "a\\u0000b"}', RefusalReason.TEXT),
        (json.dumps({"v": "x" * 257}).encode(), RefusalReason.TEXT),
        (b'{"v": 1, "t": 1772366400}', RefusalReason.TIME),
        (b'{"v": 1, "t": "2026-03-01T12:00:00"}', RefusalReason.TIME),
        (b'{"v": 1, "t": "2026-02-30T12:00:00Z"}', RefusalReason.TIME),
        (b'{"v": 1, "t": "0001-01-01T00:00:00+14:00"}', RefusalReason.TIME),
        (b'{"v": 1, "t": "2026-W09-7T12:00:00Z"}', RefusalReason.TIME),
        (b'{"v": 1, "t": ""}', RefusalReason.TIME),
        (b'{"v": 1, "t": "2026-03-01T12:05:01Z"}', RefusalReason.TIME_FUTURE),
        (b'{"v": 1, "t": "1970-01-01T00:00:10Z"}', RefusalReason.TIME_UNSET),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(payload: bytes, expected: RefusalReason) -> None:
    assert reason(payload) is expected


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "kaksik",
        "kaksik/v1/101234567/112-temp",
        "kaksik/v1/101234567/112-temp/status",
        "kaksik/v2/101234567/112-temp/obs",
        "other/v1/101234567/112-temp/obs",
        "kaksik/v1/101234567/112/temp/obs",
        "kaksik/v1/../112-temp/obs",
        "kaksik/v1/101234567//obs",
        "kaksik/v1/101234567/a b/obs",
    ],
)
def test_another_topic_is_refused(topic: str) -> None:
    assert reason({"v": 1}, topic) is RefusalReason.TOPIC


def test_brackets_in_a_text_are_not_depth() -> None:
    (observation,) = decode({"t": "2026-03-01T12:00:00Z", "v": '[[[[[[[["\\{{{{{{'})
    assert isinstance(observation, Observation)


POINT = Point("101234567", "112-temp", "g", PointKind.SENSOR, "Temperature", "Cel", range=(-30, 60))
SWITCH = Point("101234567", "112-temp", "g", PointKind.SENSOR, "Dimensionless", "1")


def reading(result: float | bool | str, unit: str = "") -> Observation:
    return Observation("101234567", "112-temp", NOW - timedelta(minutes=1), result, unit)


def test_a_reading_is_stored_in_the_unit_of_its_point() -> None:
    admitted = admit(reading(68.0, "[degF]"), POINT)
    assert isinstance(admitted, Observation)
    assert (admitted.result, admitted.unit, admitted.quality) == (pytest.approx(20.0), "Cel", Quality.GOOD)


def test_a_reading_out_of_range_is_kept_and_says_so() -> None:
    admitted = admit(reading(99.0, "Cel"), POINT)
    assert isinstance(admitted, Observation)
    assert (admitted.result, admitted.quality) == (99.0, Quality.OUT_OF_RANGE)


@pytest.mark.parametrize(
    ("observation", "point", "expected"),
    [
        (reading(20.0, "kW"), POINT, RefusalReason.UNIT_DIMENSION),
        (reading(20.0, "C"), POINT, RefusalReason.UNIT_UNKNOWN),
        (reading(20.0), POINT, RefusalReason.UNIT_MISSING),
        (reading(True), POINT, RefusalReason.RESULT_TYPE),
        (reading("warm", "Cel"), POINT, RefusalReason.RESULT_TYPE),
        (
            reading(1.7e308, "GJ"),
            Point("101234567", "m", "g", PointKind.METER, "Energy", "J"),
            RefusalReason.NOT_FINITE,
        ),
    ],
)
def test_what_does_not_fit_its_point_is_refused(
    observation: Observation, point: Point, expected: RefusalReason
) -> None:
    refusal = admit(observation, point)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is expected


@pytest.mark.parametrize("result", [True, "open", 3.0])
def test_a_point_without_a_physical_unit_takes_any_result(result: float | bool | str) -> None:
    admitted = admit(reading(result), SWITCH)
    assert isinstance(admitted, Observation)
    assert admitted.result == result
