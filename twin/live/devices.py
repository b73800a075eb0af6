"""Devices: who may write which points, whatever way the device speaks."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.errors import InvalidInput
from twin.live.points import BUILDING_ID, POINT_ID
from twin.live.units import unit_of

# A user name at the broker and in a certificate. Lower case: 70B3D5… and 70b3d5… are one device.
DEVICE_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
DEV_EUI = re.compile(r"[0-9a-f]{16}")
MAX_CHANNELS = 256  # of one device; a gateway of a field bus is the largest
MAX_CHANNEL_CHARACTERS = 64
MAX_DEVICES_FILE_BYTES = 32 * 1024 * 1024  # about 100,000 devices


@dataclass(frozen=True, slots=True)
class Channel:
    """Where one value of a device goes.

    Attributes:
        point_id: Point of the device's building.
        unit: UCUM unit that the device sends; empty takes what its encoding says, else the unit of the point.
    """

    point_id: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A device and the points that it may write, and no others.

    Attributes:
        device_id: The DevEUI in lower case of a LoRaWAN device, else its user name at the broker.
        building_id: Its building.
        channels: By the name of a value as the device or its server writes it. A device that writes native topics
            names its points as channels.
    """

    device_id: str
    building_id: str
    channels: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def points(self) -> frozenset[str]:
        """Return the points that the device may write."""
        return frozenset(channel.point_id for channel in self.channels.values())

    def as_json(self) -> dict[str, Any]:
        """Return the members of a devices file."""
        channels = {name: {"point_id": item.point_id, "unit": item.unit} for name, item in self.channels.items()}
        return {"device_id": self.device_id, "building_id": self.building_id, "channels": channels}


def _invalid(message: str, entity: str | None, reason: str = "device-invalid") -> InvalidInput:
    hint = "Correct the devices file and send it again; nothing was stored."
    return InvalidInput(message, reason=reason, hint=hint, entity=entity)


def _matching(item: Mapping[str, Any], member: str, pattern: re.Pattern[str], entity: str) -> str:
    value = item.get(member)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _invalid(f"{member} is not of the form {pattern.pattern}.", entity)
    return value


def _channel(name: str, item: Any, entity: str) -> Channel:
    if not 0 < len(name) <= MAX_CHANNEL_CHARACTERS or not name.isprintable():
        raise _invalid("The name of a channel is empty, too long or cannot be shown.", entity)
    if not isinstance(item, dict) or not isinstance(item.get("unit", ""), str):
        raise _invalid(f"The channel {name} must be an object with point_id and unit.", entity)
    unit = item.get("unit", "")
    return Channel(_matching(item, "point_id", POINT_ID, entity), unit_of(unit).code if unit else "")


def device_from_json(item: Any) -> Device:
    """Return the device that one member of a devices file describes.

    Raises:
        InvalidInput: (device-invalid) a member is missing or wrong; (unit-unknown) a unit is not in the table.
    """
    if not isinstance(item, dict):
        raise _invalid("A device must be a JSON object.", None)
    entity = str(item.get("device_id"))[:64]
    channels = item.get("channels")
    if not isinstance(channels, dict) or not 0 < len(channels) <= MAX_CHANNELS:
        raise _invalid(f"A device has 1 to {MAX_CHANNELS} channels.", entity)
    lower = {**item, "device_id": item["device_id"].lower()} if isinstance(item.get("device_id"), str) else item
    return Device(
        _matching(lower, "device_id", DEVICE_ID, entity),
        _matching(item, "building_id", BUILDING_ID, entity),
        {name: _channel(name, value, entity) for name, value in channels.items()},
    )


def read_devices(data: bytes) -> tuple[Device, ...]:
    """Return the devices of a devices file: UTF-8 JSON, ``{"devices": [...]}``.

    Raises:
        InvalidInput: (too-large, not-json, device-invalid, unit-unknown, device-duplicate).
    """
    if len(data) > MAX_DEVICES_FILE_BYTES:
        raise _invalid("The devices file is larger than 32 MiB.", None, "too-large")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # a wrong byte is a ValueError too
        raise _invalid("The devices file is not JSON in UTF-8.", None, "not-json") from error
    items = document.get("devices") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise _invalid('The devices file has no list "devices".', None)
    devices = tuple(device_from_json(item) for item in items)
    seen: set[str] = set()
    for device in devices:
        if device.device_id in seen:
            raise _invalid("Two devices bear one name.", device.device_id, "device-duplicate")
        seen.add(device.device_id)
    return devices
