"""Reading BACnet/IP devices (extra `bacnet`); never writes."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.errors import InvalidInput
from twin.live.observation import Decoded, Observation, Refusal, RefusalReason

MAX_OBJECTS = 1_000  # of one call; a controller has hundreds
TIMEOUT_S = 5.0  # the protocol repeats a request three times within it
VENDOR = 999  # of bacpypes3 examples; this device only asks
# ASHRAE 135, BACnetEngineeringUnits, as UCUM; a unit that is missing here is refused, not guessed.
UNITS: Mapping[str, str] = {
    "degrees-celsius": "Cel",
    "degrees-fahrenheit": "[degF]",
    "degrees-kelvin": "K",
    "percent": "%",
    "percent-relative-humidity": "%",
    "parts-per-million": "[ppm]",
    "pascals": "Pa",
    "kilopascals": "kPa",
    "bars": "bar",
    "luxes": "lx",
    "watts": "W",
    "kilowatts": "kW",
    "watt-hours": "W.h",
    "kilowatt-hours": "kW.h",
    "megawatt-hours": "MW.h",
    "cubic-meters": "m3",
    "liters": "L",
    "cubic-meters-per-hour": "m3/h",
    "cubic-meters-per-second": "m3/s",
    "liters-per-second": "L/s",
    "meters-per-second": "m/s",
    "volts": "V",
    "amperes": "A",
    "hertz": "Hz",
    "no-units": "1",
}


@dataclass(frozen=True, slots=True)
class BacnetObject:
    """One object of a device.

    Attributes:
        address: ``host`` or ``host:port`` of the device, from the operator.
        identifier: Such as ``analog-input,1``.
        point_id: Where its present value goes.
    """

    address: str
    identifier: str
    point_id: str


async def read_bacnet(
    local: str, building_id: str, objects: Sequence[BacnetObject], now: datetime
) -> tuple[Decoded, ...]:
    """Return the present value of every object with its unit, or why it is missing.

    Args:
        local: ``address/bits:port`` of this machine to ask from.
        building_id: Building of the points.
        objects: What to read.
        now: The present, aware UTC; the phenomenon time.

    Raises:
        InvalidInput: (bacnet-objects) too many objects; (extra-missing) the extra `bacnet` is not installed.
    """
    if len(objects) > MAX_OBJECTS:
        raise InvalidInput(f"More than {MAX_OBJECTS} objects.", reason="bacnet-objects", hint="Ask in parts.")
    try:
        from bacpypes3.ipv4.app import NormalApplication  # noqa: PLC0415, RUF100 - an extra
        from bacpypes3.local.device import DeviceObject  # noqa: PLC0415, RUF100
        from bacpypes3.pdu import IPv4Address  # noqa: PLC0415, RUF100
    except ImportError as error:
        raise InvalidInput(
            "BACnet cannot be read.", reason="extra-missing", hint="Install kaksik with its extra bacnet."
        ) from error
    device = DeviceObject(objectIdentifier=("device", 4_194_302), objectName="kaksik", vendorIdentifier=VENDOR)
    application = NormalApplication(device, IPv4Address(local))
    try:
        return tuple([await _read_one(application, building_id, item, now) for item in objects])
    finally:
        application.close()


async def _read_one(application: Any, building_id: str, item: BacnetObject, now: datetime) -> Decoded:
    from bacpypes3.apdu import ErrorRejectAbortNack  # noqa: PLC0415, RUF100 - an extra

    try:
        async with asyncio.timeout(TIMEOUT_S):
            value = await application.read_property(item.address, item.identifier, "present-value")
            unit = str(await application.read_property(item.address, item.identifier, "units"))
    except (ErrorRejectAbortNack, TimeoutError, ValueError, OSError) as error:
        detail = f"{item.identifier}: {error}"[:100]
        return Refusal(RefusalReason.CODEC, detail, building_id, item.point_id)
    if unit not in UNITS:
        return Refusal(RefusalReason.UNIT_UNKNOWN, f"{item.identifier} in {unit}"[:100], building_id, item.point_id)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return Refusal(RefusalReason.NOT_FINITE, item.identifier[:100], building_id, item.point_id)
    return Observation(building_id, item.point_id, now, float(value), UNITS[unit])
