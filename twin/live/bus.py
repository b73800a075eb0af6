"""Field buses by a file of the operator: which objects or registers of which device are which points."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from twin.errors import InvalidInput
from twin.live.bacnet import BacnetObject, read_bacnet
from twin.live.modbus import NumberForm, Order, Register, read_modbus
from twin.live.observation import Decoded, Observation
from twin.live.points import BUILDING_ID, POINT_ID
from twin.live.queries import format_time
from twin.live.units import unit_of

MAX_MAP_BYTES = 1024 * 1024  # a thousand registers in 100 bytes each, ten times over
MAX_TEXT = 256  # characters of an address or a name


class BusKind(StrEnum):
    """A field bus that is read."""

    BACNET = "bacnet"
    MODBUS = "modbus"


@dataclass(frozen=True, slots=True)
class BusMap:
    """What is read from where.

    Attributes:
        building_id: Building of the points.
        kind: Which bus.
        address: Of BACnet ``address/bits:port`` of this machine; of Modbus the host of the device.
        port: TCP port of a Modbus device.
        device_id: Unit behind a Modbus address.
        objects: Objects of BACnet devices.
        registers: Registers of the Modbus device.
    """

    building_id: str
    kind: BusKind
    address: str
    port: int = 502
    device_id: int = 1
    objects: tuple[BacnetObject, ...] = ()
    registers: tuple[Register, ...] = ()


def read_bus_map(kind: BusKind, data: bytes) -> BusMap:
    """Return what a map file says.

    Raises:
        InvalidInput: (too-large, not-json, bus-map, unit-unknown) with the entry as entity.
    """
    if len(data) > MAX_MAP_BYTES:
        raise _wrong("The map is larger than 1 MiB.", None, "too-large")
    try:
        form = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _wrong("The map is not JSON in UTF-8.", None, "not-json") from error
    if not isinstance(form, dict):
        raise _wrong("The map must be a JSON object.", None)
    building_id = _text(form, "building_id", "building_id")
    if not BUILDING_ID.fullmatch(building_id):
        raise _wrong("building_id is no id of a building.", building_id[:64])
    if kind is BusKind.BACNET:
        objects = _entries(form, "objects", _object)
        return BusMap(building_id, kind, _text(form, "local", "local"), objects=objects)
    return BusMap(
        building_id,
        kind,
        _text(form, "host", "host"),
        _whole(form, "port", 502, 65_535),
        _whole(form, "device_id", 1, 255),
        registers=_entries(form, "registers", _register),
    )


def read_bus(bus: BusMap, now: datetime) -> tuple[Decoded, ...]:
    """Return what the devices say now, one item for each entry of the map; see `read_bacnet` and `read_modbus`."""
    if bus.kind is BusKind.BACNET:
        return asyncio.run(read_bacnet(bus.address, bus.building_id, bus.objects, now))
    return read_modbus(bus.address, bus.port, bus.device_id, bus.building_id, bus.registers, now)


def messages_of(root: str, read: tuple[Decoded, ...]) -> list[dict[str, Any]]:
    """Return readings as native messages, as a device sends them; what could not be read is left out."""
    return [
        {
            "topic": f"{root}/v1/{item.building_id}/{item.point_id}/obs",
            "payload": {"t": format_time(item.phenomenon_time), "v": item.result, "u": item.unit},
        }
        for item in read
        if isinstance(item, Observation)
    ]


def _object(item: Mapping[str, Any], entity: str) -> BacnetObject:
    return BacnetObject(_text(item, "address", entity), _text(item, "identifier", entity), entity)


def _register(item: Mapping[str, Any], entity: str) -> Register:
    try:
        form, order = NumberForm(item.get("form", "uint16")), Order(item.get("order", "abcd"))
        scale = float(item.get("scale", 1.0))
    except (ValueError, TypeError) as error:
        raise _wrong(f"A register cannot be read: {error}.", entity) from error
    address = _whole(item, "address", None, 65_535)
    unit = unit_of(_text(item, "unit", entity)).code
    return Register(address, entity, unit, form, order, scale, holding=item.get("holding", True) is not False)


def _entries(form: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any], str], Any]) -> tuple[Any, ...]:
    items = form.get(name)
    if not isinstance(items, list) or not items:
        raise _wrong(f"The map has no list {name}.", name)
    found = []
    for item in items:
        point = item.get("point_id") if isinstance(item, dict) else None
        if not isinstance(point, str) or not POINT_ID.fullmatch(point):
            raise _wrong(f"An entry of {name} names no point.", str(point)[:64])
        found.append(read(item, point))
    return tuple(found)


def _text(item: Mapping[str, Any], member: str, entity: str) -> str:
    value = item.get(member)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise _wrong(f"{member} must be a text of 1 to {MAX_TEXT} characters.", entity)
    return value


def _whole(item: Mapping[str, Any], member: str, default: int | None, most: int) -> int:
    value = item.get(member, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _wrong(f"{member} must be a whole number up to {most}.", member)
    return value


def _wrong(message: str, entity: str | None, reason: str = "bus-map") -> InvalidInput:
    return InvalidInput(message, reason=reason, hint="Correct the map; nothing was read.", entity=entity)
