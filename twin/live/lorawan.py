"""LoRaWAN uplinks as ChirpStack v4 and The Things Stack v3 publish them, without any input or output.

Rules the decoder keeps:
1. A device is known by its DevEUI alone, in whatever case it is written, and it must be the one that the topic names.
2. The server's decoded object counts; where there is none, the payload is read as Cayenne LPP.
3. The phenomenon time is when the network server received the frame: devices of this kind have no clock.
4. The Things Stack leaves out members that are zero or empty: a missing counter is 0.
"""

import base64
import binascii
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twin.live.devices import DEV_EUI, Device
from twin.live.lpp import decode_lpp
from twin.live.observation import (
    Decoded,
    Observation,
    Refusal,
    RefusalReason,
    RefusedError,
    checked_result,
    checked_time,
    parsed_json,
)

CHIRPSTACK_TOPIC = "application/+/device/+/event/up"
TTS_TOPIC = "v3/+/devices/+/up"
MAX_UPLINK_BYTES = 256 * 1024  # a frame heard by 100 gateways, each with its metadata
MAX_UPLINK_DEPTH = 12  # The Things Stack needs 7
MAX_FIELDS = 256  # of one decoded object
MAX_FIELD_DEPTH = 4  # the Cayenne codec of ChirpStack needs 2
DUPLICATE_WINDOW = timedelta(minutes=5)  # gateways on slow lines deliver a frame seconds later, not minutes
REMEMBERED_FRAMES = 100_000  # five minutes of a city: 300 frames a second; about 30 MB


@dataclass(frozen=True, slots=True)
class Uplink:
    """One frame of one device.

    Attributes:
        dev_eui: 16 hexadecimal digits, lower case.
        session: Device address; it changes when the device joins anew and its counter starts again.
        counter: Frame counter.
        received: When the network server had it, aware UTC.
        payload: Decrypted bytes.
        decoded: What the server's codec made of them, or None.
    """

    dev_eui: str
    session: str
    counter: int
    received: datetime
    payload: bytes
    decoded: Mapping[str, Any] | None


def is_uplink_topic(topic: str) -> bool:
    """Tell whether a topic is one of the two that network servers publish uplinks on."""
    levels = topic.split("/")
    chirpstack = len(levels) == 6 and levels[0] == "application" and levels[4:] == ["event", "up"]
    return chirpstack or (len(levels) == 5 and levels[0] == "v3" and levels[4] == "up")


def read_uplink(topic: str, message: bytes, arrived: datetime) -> Uplink:
    """Return the frame in one message of a network server.

    Raises:
        RefusedError: (topic, too-large, too-deep, encoding, not-json, not-finite, form, codec, time, time-future,
            time-unset).
    """
    document = parsed_json(message, MAX_UPLINK_BYTES, MAX_UPLINK_DEPTH)
    if not isinstance(document, dict):
        raise RefusedError(RefusalReason.FORM, "an uplink must be an object")
    levels = topic.split("/")
    return _chirpstack(document, levels, arrived) if levels[0] == "application" else _tts(document, levels, arrived)


def _member(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, dict):
        raise RefusedError(RefusalReason.FORM, f"{name} must be an object")
    return value


def _chirpstack(document: Mapping[str, Any], levels: list[str], arrived: datetime) -> Uplink:
    dev_eui = _dev_eui(_member(document, "deviceInfo").get("devEui"))
    if levels[3].lower() != dev_eui:
        raise RefusedError(RefusalReason.TOPIC, "the topic names another device")
    return Uplink(
        dev_eui,
        str(document.get("devAddr", ""))[:16],
        _counter(document.get("fCnt", 0.0)),
        checked_time(document.get("time"), arrived),
        _bytes(document.get("data", "")),
        _member(document, "object") or None,
    )


def _tts(document: Mapping[str, Any], levels: list[str], arrived: datetime) -> Uplink:
    ids = _member(document, "end_device_ids")
    if ids.get("device_id") != levels[3]:
        raise RefusedError(RefusalReason.TOPIC, "the topic names another device")
    uplink = _member(document, "uplink_message")
    received = uplink.get("received_at", document.get("received_at"))
    return Uplink(
        _dev_eui(ids.get("dev_eui")),
        str(ids.get("dev_addr", ""))[:16],
        _counter(uplink.get("f_cnt", 0.0)),
        checked_time(received, arrived),
        _bytes(uplink.get("frm_payload", "")),
        _member(uplink, "decoded_payload") or None,
    )


def _dev_eui(value: Any) -> str:
    text = value.lower() if isinstance(value, str) else ""
    if not DEV_EUI.fullmatch(text):
        raise RefusedError(RefusalReason.FORM, "the DevEUI must be 16 hexadecimal digits")
    return text


def _counter(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, float) or not 0 <= value < 2**32:
        raise RefusedError(RefusalReason.FORM, "the frame counter must be a number of 32 bits")
    return int(value)


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise RefusedError(RefusalReason.CODEC, "the payload is not base64") from error


def fields_of(uplink: Uplink) -> dict[str, tuple[Any, str]]:
    """Return value and UCUM unit (empty if not said) of every field of a frame by its name; levels join with a dot.

    Raises:
        RefusedError: (too-many, too-deep) of the decoded object; (codec) of Cayenne LPP.
    """
    if uplink.decoded is None:
        return dict(decode_lpp(uplink.payload))
    fields: dict[str, tuple[Any, str]] = {}
    for name, value in _flat(uplink.decoded, "", MAX_FIELD_DEPTH):
        if len(fields) == MAX_FIELDS:
            raise RefusedError(RefusalReason.TOO_MANY, f"more than {MAX_FIELDS} fields")
        fields[name] = (value, "")
    return fields


def _flat(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield name, value
        return
    if depth == 0:
        raise RefusedError(RefusalReason.TOO_DEEP, f"fields nested deeper than {MAX_FIELD_DEPTH}")
    for key, item in value.items():
        yield from _flat(item, f"{name}.{key}" if name else key, depth - 1)


def observations_of(uplink: Uplink, device: Device, unit_at: Callable[[str, str], str]) -> Iterator[Decoded]:
    """Yield what a registered device says of its own points; fields that are bound to none are left out.

    Args:
        uplink: The frame.
        device: Whose it is.
        unit_at: Returns the unit of a point by building and point, for values whose unit nobody says.
    """
    try:
        fields = fields_of(uplink)
    except RefusedError as error:
        yield Refusal(error.reason, error.detail, device.building_id, uplink.dev_eui)
        return
    bound = [(channel, *fields[name]) for name, channel in device.channels.items() if name in fields]
    if not bound:
        yield Refusal(RefusalReason.NO_CHANNEL, "no field is bound", device.building_id, uplink.dev_eui)
    for channel, value, unit in bound:
        try:
            result = checked_result(value)
        except RefusedError as error:
            yield Refusal(error.reason, error.detail, device.building_id, channel.point_id)
        else:
            said = channel.unit or unit or unit_at(device.building_id, channel.point_id)
            yield Observation(device.building_id, channel.point_id, uplink.received, result, said)


class FrameFilter:
    """Knows frames that were heard before, by device, session and counter.

    A network server that forwards one frame twice gives it two times of arrival, so the key of the store does not
    catch it. A repetition by the broker has the same time and must go on to the store, whose key catches it: the
    first delivery may have been lost before it was written. Not safe to use from two threads.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, int, bytes], datetime] = OrderedDict()

    def is_duplicate(self, uplink: Uplink) -> bool:
        """Tell whether the frame was heard before, with another time of arrival, within the window."""
        key = (uplink.dev_eui, uplink.session, uplink.counter, uplink.payload)
        first = self._seen.get(key)
        if first is not None and abs(uplink.received - first) <= DUPLICATE_WINDOW:
            return uplink.received != first
        self._seen[key] = uplink.received
        self._seen.move_to_end(key)
        if len(self._seen) > REMEMBERED_FRAMES:
            self._seen.popitem(last=False)
        return False
