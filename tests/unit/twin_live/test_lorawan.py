"""Uplinks of two network servers, and the compact encoding beside another implementation of it."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cayennelpp import LppFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.twin_live.conftest import BUILDING, SettableClock
from twin.errors import Conflict, InvalidInput
from twin.live import Channel, Device, LiveWing, RefusalReason, WriteResult, read_devices
from twin.live.lpp import decode_lpp
from twin.live.observation import RefusedError
from twin.live.write import total

EUI = "70b3d57ed0000001"
CHIRPSTACK = f"application/7f9a/device/{EUI}/event/up"
TTS = "v3/city@tenant/devices/room-112/up"
DEVICE = Device(EUI, BUILDING, {"temperature_1": Channel("112-temp"), "motion": Channel("112-motion")})


def chirpstack(time: str = "2026-03-01T11:59:00.123456789+00:00", **members: Any) -> bytes:
    """An uplink in the form of the ChirpStack v4 documentation."""
    document = {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": time,
        "deviceInfo": {"tenantName": "ChirpStack", "applicationName": "rooms", "devEui": EUI.upper()},
        "devAddr": "00189440",
        "fCnt": 7,
        "fPort": 1,
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -57, "location": {"latitude": 59.4, "longitude": 24.7}}],
        **members,
    }
    return json.dumps(document).encode()


def tts(**uplink: Any) -> bytes:
    """An uplink in the form of The Things Stack v3; members that are zero are left out."""
    ids = {
        "device_id": "room-112",
        "application_ids": {"application_id": "city"},
        "dev_eui": EUI.upper(),
        "dev_addr": "00BCB929",
    }
    message = {"received_at": "2026-03-01T11:59:01.5Z", "rx_metadata": [{"gateway_ids": {"eui": "1"}}], **uplink}
    return json.dumps({"end_device_ids": ids, "uplink_message": message}).encode()


def lpp(*readings: tuple[int, float]) -> str:
    frame = LppFrame()
    for channel, value in readings:
        frame.add_temperature(channel, value)
    return base64.b64encode(bytes(frame)).decode()


def reasons(wing: LiveWing) -> dict[str, int]:
    return {item["reason"]: item["count"] for item in wing.refusals()["reasons"]}


def value_of(wing: LiveWing, point_id: str) -> Any:
    return next(item for item in wing.latest(BUILDING)["items"] if item["point_id"] == point_id)


@pytest.fixture
def registered(wing: LiveWing) -> LiveWing:
    wing.devices.register([DEVICE])
    return wing


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (CHIRPSTACK, chirpstack(data=lpp((1, 21.5)))),
        (CHIRPSTACK, chirpstack(object={"temperature_1": 21.5, "battery": 3.1})),
        (TTS, tts(frm_payload=lpp((1, 21.5)))),
        (TTS, tts(f_cnt=3, decoded_payload={"temperature_1": 21.5, "motion": True})),
    ],
)
def test_the_two_servers_and_both_encodings_reach_the_point(registered: LiveWing, topic: str, payload: bytes) -> None:
    assert registered.ingest(topic, payload).refused == 0
    item = value_of(registered, "112-temp")
    assert (item["value"], item["unit"]) == (21.5, "Cel")
    assert item["phenomenon_time"].startswith("2026-03-01T11:59:0")


def test_nested_fields_have_dotted_names(wing: LiveWing) -> None:
    wing.devices.register([Device(EUI, BUILDING, {"temperatureSensor.1": Channel("112-temp", "[degF]")})])
    assert wing.ingest(CHIRPSTACK, chirpstack(object={"temperatureSensor": {"1": 70.7}})).stored == 1
    assert value_of(wing, "112-temp")["value"] == pytest.approx(21.5)


def test_a_frame_heard_twice_is_one_reading_and_a_redelivery_is_a_duplicate(registered: LiveWing) -> None:
    first = chirpstack(data=lpp((1, 21.5)))
    assert registered.ingest(CHIRPSTACK, first) == WriteResult(1, 0, 0)
    assert registered.ingest(CHIRPSTACK, first) == WriteResult(0, 1, 0)  # the broker repeats itself
    again = chirpstack(time="2026-03-01T11:59:03Z", data=lpp((1, 21.5)))
    assert registered.ingest(CHIRPSTACK, again) == WriteResult(0, 0, 1)  # another gateway was slower
    assert reasons(registered) == {"uplink-duplicate": 1}
    joined = chirpstack(time="2026-03-01T11:59:04Z", devAddr="00189441", data=lpp((1, 21.5)))
    assert registered.ingest(CHIRPSTACK, joined).stored == 1  # after a join the counter starts anew


def test_an_unknown_device_waits_in_quarantine_until_it_is_registered(wing: LiveWing) -> None:
    wing.ingest(CHIRPSTACK, chirpstack(data=lpp((1, 21.5))))
    assert [(item["building_id"], item["point_id"]) for item in wing.refusals()["quarantine"]] == [("", EUI)]
    assert reasons(wing) == {"device-unknown": 1}
    wing.devices.register([DEVICE])
    assert wing.refusals()["quarantine"] == []
    assert wing.ingest(CHIRPSTACK, chirpstack(data=lpp((1, 21.5)))).stored == 1


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("application/7f9a/device/70b3d57ed0000002/event/up", chirpstack(), "topic"),
        ("v3/city@tenant/devices/another/up", tts(), "topic"),
        (CHIRPSTACK, chirpstack(data="no base64!"), "codec"),
        (CHIRPSTACK, chirpstack(data="AWc="), "codec"),  # ends in the middle of a temperature
        (CHIRPSTACK, chirpstack(object={"x": 1}), "no-channel"),
        (CHIRPSTACK, chirpstack(object={"temperature_1": {"a": {"b": {"c": {"d": 1}}}}}), "too-deep"),
        (CHIRPSTACK, chirpstack(object={"temperature_1": [1]}), "result-type"),
        (CHIRPSTACK, chirpstack(object={"temperature_1": None}), "result-type"),
        (CHIRPSTACK, chirpstack(object={str(n): n for n in range(300)}), "too-many"),
        (CHIRPSTACK, chirpstack(time="2026-03-02T00:00:00Z", data=lpp((1, 1.0))), "time-future"),
        (CHIRPSTACK, chirpstack(fCnt=-1), "form"),
        (CHIRPSTACK, chirpstack(deviceInfo=[]), "form"),
        (CHIRPSTACK, chirpstack(deviceInfo={"devEui": "../../etc/passwd"}), "form"),
        (CHIRPSTACK, b"[]", "form"),
        (CHIRPSTACK, b'{"fCnt": 1e400, "deviceInfo": {"devEui": "70b3d57ed0000001"}}', "form"),
        (CHIRPSTACK, b"[" * 1_000, "too-deep"),
        (CHIRPSTACK, b"x" * 300_000, "too-large"),
    ],
)
def test_what_cannot_be_read_is_counted_with_its_reason(
    registered: LiveWing, topic: str, payload: bytes, reason: str
) -> None:
    assert registered.ingest(topic, payload) == WriteResult(0, 0, 1)
    assert reasons(registered) == {reason: 1}


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (Device(EUI, BUILDING, {"t": Channel("nowhere")}), "point-unknown"),
        (Device(EUI, BUILDING, {"t": Channel("112-temp", "kW")}), "unit-dimension"),
    ],
)
def test_a_device_that_fits_no_point_is_not_registered(wing: LiveWing, device: Device, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        wing.devices.register([device])
    assert caught.value.reason == reason
    assert wing.devices.list() == ()


def test_a_point_has_one_writer(registered: LiveWing) -> None:
    with pytest.raises(Conflict) as caught:
        registered.devices.register([Device("other", BUILDING, {"t": Channel("112-temp")})])
    assert caught.value.reason == "point-taken"
    registered.devices.retire(EUI)
    registered.devices.register([Device("other", BUILDING, {"t": Channel("112-temp")})])
    assert [device.device_id for device in registered.devices.list(BUILDING)] == ["other"]


def test_devices_and_secrets_outlive_the_service(tmp_path: Path, clock: SettableClock, registered: LiveWing) -> None:
    secret = registered.devices.issue_secret(EUI)
    registered.stop()
    with LiveWing(tmp_path / "readings.sqlite", clock) as again:
        assert again.devices.list() == (DEVICE,)
        assert again.devices.authenticate(EUI, secret)
        assert not again.devices.authenticate(EUI, secret + "x")
        assert not again.devices.authenticate("nobody", secret)
        newer = again.devices.issue_secret(EUI)
        assert not again.devices.authenticate(EUI, secret)
        assert again.devices.authenticate(EUI, newer)


def test_a_device_file_is_read_back_as_it_is_shown() -> None:
    document = {"devices": [{**DEVICE.as_json(), "device_id": EUI.upper()}]}
    assert read_devices(json.dumps(document).encode()) == (DEVICE,)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"device_id": "a\nuser b", "building_id": BUILDING, "channels": {"t": {"point_id": "p"}}}, "device-invalid"),
        ({"device_id": "a:b", "building_id": BUILDING, "channels": {"t": {"point_id": "p"}}}, "device-invalid"),
        ({"device_id": "a", "building_id": "+", "channels": {"t": {"point_id": "p"}}}, "device-invalid"),
        ({"device_id": "a", "building_id": BUILDING, "channels": {"t": {"point_id": "#"}}}, "device-invalid"),
        ({"device_id": "a", "building_id": BUILDING, "channels": {}}, "device-invalid"),
        (
            {"device_id": "a", "building_id": BUILDING, "channels": {"t": {"point_id": "p", "unit": "?"}}},
            "unit-unknown",
        ),
        ([], "device-invalid"),
    ],
)
def test_a_faulty_device_is_refused(item: Any, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_devices(json.dumps({"devices": [item]}).encode())
    assert caught.value.reason == reason


def test_captured_messages_played_again_give_the_same_store(
    tmp_path: Path, clock: SettableClock, registered: LiveWing
) -> None:
    registered.capture(tmp_path / "raw.jsonl")
    messages = [
        (CHIRPSTACK, chirpstack(data=lpp((1, 21.5)))),
        (f"kaksik/v1/{BUILDING}/112-temp/obs", b'{"v":20,"u":"Cel"}'),  # its time is that of arrival
        (f"kaksik/v1/{BUILDING}/112-temp/obs", b"\xff"),
    ]
    first = total(registered.ingest(*message) for message in messages)
    ended = registered.capture(None)
    assert ended is not None
    assert (ended.captured, ended.left_out) == (3, 0)
    clock.move(hours=5)
    assert registered.replay(tmp_path / "raw.jsonl") == WriteResult(0, first.stored, first.refused)
    (tmp_path / "raw.jsonl").open("ab").write(b'{"received": "20')  # a cut-off end is no fault, a wrong line is
    assert registered.replay(tmp_path / "raw.jsonl").duplicates == 2
    (tmp_path / "raw.jsonl").write_bytes(b"[]\n")
    with pytest.raises(InvalidInput, match="captured"):
        registered.replay(tmp_path / "raw.jsonl")


# Signed types of the C library where the oracle reads no sign (altitude) are drawn without negative values.
_ADDERS = {
    "digital_in": ("add_digital_input", st.integers(0, 255)),
    "analog_in": ("add_analog_input", st.integers(-32_768, 32_767).map(lambda n: n / 100)),
    "luminosity": ("add_luminosity", st.integers(0, 65_535)),
    "presence": ("add_presence", st.integers(0, 1)),
    "temperature": ("add_temperature", st.integers(-32_768, 32_767).map(lambda n: n / 10)),
    "relative_humidity": ("add_humidity", st.integers(0, 200).map(lambda n: n / 2)),
    "barometric_pressure": ("add_pressure", st.integers(0, 65_535).map(lambda n: n / 10)),
    "voltage": ("add_voltage", st.integers(0, 65_535).map(lambda n: n / 100)),
    "power": ("add_power", st.integers(0, 65_535)),
    "energy": ("add_energy", st.integers(0, 2**31).map(lambda n: n / 1000)),
    "distance": ("add_distance", st.integers(0, 2**31).map(lambda n: n / 1000)),
}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(_ADDERS)).flatmap(lambda n: st.tuples(st.just(n), _ADDERS[n][1])), max_size=12)
)
def test_any_frame_of_the_other_implementation_is_read(readings: list[tuple[str, float]]) -> None:
    frame = LppFrame()
    for channel, (name, value) in enumerate(readings):
        getattr(frame, _ADDERS[name][0])(channel, value)
    decoded = decode_lpp(bytes(frame))
    oracle = LppFrame.from_bytes(bytes(frame))
    assert [value for value, _ in decoded.values()] == [float(item.value[0]) for item in oracle.data]
    assert list(decoded) == [f"{name}_{channel}" for channel, (name, _) in enumerate(readings)]


@given(st.binary(max_size=300))
def test_any_bytes_are_fields_or_a_refusal(data: bytes) -> None:
    try:
        fields = decode_lpp(data)
    except RefusedError as error:
        reason = error.reason
    else:
        reason = RefusalReason.CODEC if bool(fields) != bool(data) else None
        assert reason is None
    assert reason in (None, RefusalReason.CODEC)


def test_the_window_of_repeated_frames_ends(registered: LiveWing) -> None:
    late = timedelta(minutes=6)
    registered.ingest(CHIRPSTACK, chirpstack(time="2026-03-01T11:50:00Z", data=lpp((1, 21.5))))
    assert late > timedelta(minutes=5)
    assert registered.ingest(CHIRPSTACK, chirpstack(time="2026-03-01T11:56:00Z", data=lpp((1, 21.5)))).stored == 1
