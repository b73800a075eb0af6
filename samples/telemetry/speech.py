"""How devices speak: native JSON by themselves, or LoRaWAN frames as two network servers publish them."""

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from samples.telemetry.devices import Series
from samples.telemetry.site import Point, key_of_point, quantity_of

READINGS_PER_MESSAGE = 200  # about 12 kB, well under what a receiver takes
# Cayenne LPP: type, bytes, counts per unit and whether negative, of what a room sensor measures.
_LPP: Mapping[str, tuple[int, int, float, bool]] = {
    "Temperature": (103, 2, 10.0, True),
    "RelativeHumidity": (104, 1, 2.0, False),
    "CO2": (125, 2, 1.0, False),
}
_LPP_NAMES = {"Temperature": "temperature", "RelativeHumidity": "relative_humidity", "CO2": "concentration"}
_LPP_UNITS = {"Temperature": "Cel", "RelativeHumidity": "%", "CO2": "[ppm]"}


@dataclass(frozen=True, slots=True)
class Message:
    """What is published.

    Attributes:
        seconds: When, since 1970.
        topic: Where.
        payload: What.
        readings: How many it holds.
    """

    seconds: float
    topic: str
    payload: bytes
    readings: int


def rfc3339(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def topic_of(point: Point, root: str, last: str = "obs") -> str:
    """Return the topic of a point."""
    return f"{root}/v1/{point['building_id']}/{point['point_id']}/{last}"


def native(series: Series, root: str, most: int = READINGS_PER_MESSAGE) -> Iterator[Message]:
    """Yield readings as messages of one point, at most `most` in each: an object, or an array of several."""
    unit = series.point["unit"]
    for first in range(0, len(series.seconds), most):
        part = slice(first, first + most)
        items = [
            {"t": rfc3339(seconds), "v": float(value), "u": unit}
            for seconds, value in zip(series.seconds[part], series.values[part], strict=True)
        ]
        document: Any = items[0] if len(items) == 1 else items
        payload = json.dumps(document, separators=(",", ":")).encode()
        yield Message(float(series.seconds[part][-1]), topic_of(series.point, root), payload, len(items))


@dataclass(frozen=True, slots=True)
class RoomSensor:
    """A LoRaWAN device that measures what a room has: one frame, one Cayenne LPP payload, several points.

    Attributes:
        dev_eui: 16 hexadecimal digits.
        building_id: Its building.
        points: By quantity, in the order of their channels.
        server: ``chirpstack`` or ``tts``.
        decoded: Whether the server has a codec and sends its object too.
    """

    dev_eui: str
    building_id: str
    points: Mapping[str, Point]
    server: str
    decoded: bool

    def as_json(self) -> dict[str, Any]:
        """Return the member of a devices file that registers it."""
        channels = {
            f"{_LPP_NAMES[quantity]}_{number}": {"point_id": point["point_id"], "unit": _LPP_UNITS[quantity]}
            for number, (quantity, point) in enumerate(self.points.items(), 1)
        }
        return {"device_id": self.dev_eui, "building_id": self.building_id, "channels": channels}

    def frame(self, values: Mapping[str, float]) -> bytes:
        """Return the payload with the values (by quantity, in LPP units) that are there."""
        parts = []
        for number, quantity in enumerate(self.points, 1):
            if quantity in values:
                kind, size, counts, signed = _LPP[quantity]
                low, high = (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1) if signed else (0, 2 ** (8 * size) - 1)
                count = min(high, max(low, round(values[quantity] * counts)))
                parts.append(bytes([number, kind]) + count.to_bytes(size, "big", signed=signed))
        return b"".join(parts)

    def uplink(self, seconds: float, counter: int, values: Mapping[str, float]) -> Message:
        """Return one frame as its network server publishes it."""
        payload = self.frame(values)
        fields = {
            f"{_LPP_NAMES[quantity]}_{number}": round(values[quantity], 2)
            for number, quantity in enumerate(self.points, 1)
            if quantity in values
        }
        make = _chirpstack if self.server == "chirpstack" else _tts
        topic, document = make(self.dev_eui, seconds, counter, payload, fields if self.decoded else None)
        return Message(seconds, topic, json.dumps(document, separators=(",", ":")).encode(), len(values))


def _chirpstack(
    dev_eui: str, seconds: float, counter: int, payload: bytes, fields: Mapping[str, float] | None
) -> tuple[str, dict[str, Any]]:
    document: dict[str, Any] = {
        "deduplicationId": hashlib.blake2b(f"{dev_eui}{counter}".encode(), digest_size=16).hexdigest(),
        "time": rfc3339(seconds),
        "deviceInfo": {"tenantName": "city", "applicationName": "rooms", "deviceName": dev_eui, "devEui": dev_eui},
        "devAddr": dev_eui[-8:],
        "adr": True,
        "dr": 5,
        "fCnt": counter,
        "fPort": 1,
        "confirmed": False,
        "data": base64.b64encode(payload).decode(),
        "rxInfo": [{"gatewayId": "00800000a00016b6", "rssi": -97, "snr": 7.2}],
    }
    if fields is not None:
        document["object"] = dict(fields)
    return f"application/rooms/device/{dev_eui}/event/up", document


def _tts(
    dev_eui: str, seconds: float, counter: int, payload: bytes, fields: Mapping[str, float] | None
) -> tuple[str, dict[str, Any]]:
    uplink: dict[str, Any] = {
        "f_port": 1,
        "frm_payload": base64.b64encode(payload).decode(),
        "rx_metadata": [{"gateway_ids": {"gateway_id": "town-hall"}, "rssi": -97, "snr": 7.2}],
        "received_at": rfc3339(seconds),
    }
    if counter:
        uplink["f_cnt"] = counter  # the server leaves out what is zero
    if fields is not None:
        uplink["decoded_payload"] = dict(fields)
    name = f"room-{dev_eui}"
    ids = {"device_id": name, "dev_eui": dev_eui.upper(), "dev_addr": dev_eui[-8:].upper(),
           "application_ids": {"application_id": "rooms"}}  # fmt: skip
    document = {"end_device_ids": ids, "received_at": rfc3339(seconds), "uplink_message": uplink}
    return f"v3/rooms@city/devices/{name}/up", document


class Network:
    """Which points speak through a network server, and which by themselves.

    Args:
        points: All points.
        speech: ``native``, ``chirpstack``, ``tts``, or ``mixed`` for a third of each.
        root: First level of the native topics.
    """

    def __init__(self, points: Sequence[Point], speech: str, root: str) -> None:
        self._root = root
        self._counters: dict[str, int] = defaultdict(int)
        self.sensors: dict[tuple[str, str], RoomSensor] = {}
        rooms: dict[tuple[str, str], dict[str, Point]] = defaultdict(dict)
        for point in points:
            if point["kind"] == "sensor" and point.get("space") and quantity_of(point) in _LPP:
                rooms[str(point["building_id"]), key_of_point(point)].setdefault(quantity_of(point), point)
        for number, (place, found) in enumerate(rooms.items() if speech != "native" else ()):
            server = ("chirpstack", "tts", "native")[number % 3] if speech == "mixed" else speech
            if server == "native":
                continue
            dev_eui = hashlib.blake2b("/".join(place).encode(), digest_size=8).hexdigest()
            sensor = RoomSensor(dev_eui, place[0], found, server, decoded=number % 2 == 0)
            for point in found.values():
                self.sensors[place[0], str(point["point_id"])] = sensor

    def devices_file(self) -> dict[str, Any]:
        """Return the devices file that registers all LoRaWAN devices."""
        unique = {sensor.dev_eui: sensor for sensor in self.sensors.values()}
        return {"devices": [sensor.as_json() for sensor in unique.values()]}

    def messages(self, said: Sequence[Series], most: int = READINGS_PER_MESSAGE) -> list[Message]:
        """Return what is published of a part of time, by time, at most `most` readings of a point in each."""
        made: list[Message] = []
        frames: dict[str, dict[float, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        sensors: dict[str, RoomSensor] = {}
        for series in said:
            sensor = self.sensors.get((str(series.point["building_id"]), str(series.point["point_id"])))
            if sensor is None:
                made += native(series, self._root, most)
                continue
            sensors[sensor.dev_eui] = sensor
            interval = float(series.point.get("interval_s") or 60.0)
            for seconds, value in zip(series.seconds, series.values, strict=True):
                # One frame an interval holds what was measured in it, whatever the phase of each quantity.
                frames[sensor.dev_eui][(np.floor(seconds / interval) + 1) * interval][quantity_of(series.point)] = (
                    value
                )
        for dev_eui, by_time in frames.items():
            for seconds in sorted(by_time):
                values = _in_lpp_units(sensors[dev_eui], by_time[seconds])
                made.append(sensors[dev_eui].uplink(float(seconds), self._counters[dev_eui], values))
                self._counters[dev_eui] += 1
        return sorted(made, key=lambda message: message.seconds)


def _in_lpp_units(sensor: RoomSensor, values: Mapping[str, float]) -> dict[str, float]:
    made = {}
    for quantity, value in values.items():
        unit = sensor.points[quantity]["unit"]
        made[quantity] = {"K": value - 273.15, "[degF]": (value - 32.0) / 1.8}.get(unit, value)
    return made
