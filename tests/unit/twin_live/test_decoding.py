"""No message ends the ingest: what cannot be read is a refusal, in every form and even if a decoder fails."""

import json
from datetime import UTC, datetime

import pytest

from twin.live import Observation, Point, PointKind, Refusal
from twin.live.decoding import Decoder
from twin.live.observation import RefusalReason

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POINT = Point("101234567", "p", "g", PointKind.SENSOR, "Temperature", "Cel")


def decoder(devices=dict):
    return Decoder("kaksik", devices, lambda *_: "Cel", lambda number: POINT if number == 7 else None)


@pytest.mark.parametrize("number", [7, 7.0, "7"])
def test_an_observation_names_its_datastream_as_number_or_text(number):
    payload = json.dumps({"result": 1, "Datastream": {"@iot.id": number}}).encode()
    (item,) = decoder().decode("v1.1/Observations", payload, NOW)
    assert isinstance(item, Observation)
    assert item.point_id == "p"


@pytest.mark.parametrize(
    "number", ["abc", "", "1e999", "٧", "7.0", "../7", 7.5, 1e30, -7, True, None, [], {}, "9" * 30]
)
def test_a_datastream_that_is_not_there_is_a_refusal(number):
    payload = json.dumps({"result": 1, "Datastream": {"@iot.id": number}}).encode()
    (item,) = decoder().decode("v1.1/Observations", payload, NOW)
    assert isinstance(item, Refusal)
    assert item.reason is RefusalReason.TOPIC


def test_a_decoder_that_fails_is_told_in_the_log_and_counted(caplog):
    uplink = {"deviceInfo": {"devEui": "0102030405060708"}, "fCnt": 1, "time": NOW.isoformat(), "object": {"t": 1}}

    def broken():
        raise RuntimeError("the register is gone")

    (item,) = decoder(broken).decode(
        "application/1/device/0102030405060708/event/up", json.dumps(uplink).encode(), NOW
    )
    assert isinstance(item, Refusal)
    assert item.reason is RefusalReason.FORM
    assert "the register is gone" in caplog.text
