"""Cayenne LPP, the compact encoding of many LoRaWAN devices: channel, type, big-endian value, again and again."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.live.observation import RefusalReason, RefusedError

MAX_LPP_BYTES = 242  # the longest LoRaWAN payload in Europe (regional parameters EU868, DR4 and above)


@dataclass(frozen=True, slots=True)
class LppType:
    """One type of the table.

    Attributes:
        name: As the servers write it: `temperature_3` is a temperature on channel 3.
        unit: UCUM unit of the decoded value; empty if it has none.
        scales: Value of one count, for each number of the type.
        size: Bytes per number.
        signed: Two's complement.
    """

    name: str
    unit: str
    scales: tuple[float, ...]
    size: int
    signed: bool = False


# Divisors, not multipliers: 272 / 10 is 27.2, and 272 * 0.1 is 27.200000000000003.
LPP_TYPES: Mapping[int, LppType] = {
    0: LppType("digital_in", "", (1,), 1),
    1: LppType("digital_out", "", (1,), 1),
    2: LppType("analog_in", "", (100,), 2, signed=True),
    3: LppType("analog_out", "", (100,), 2, signed=True),
    100: LppType("generic", "", (1,), 4),
    101: LppType("luminosity", "lx", (1,), 2),
    102: LppType("presence", "", (1,), 1),
    103: LppType("temperature", "Cel", (10,), 2, signed=True),
    104: LppType("relative_humidity", "%", (2,), 1),
    113: LppType("accelerometer", "", (1_000, 1_000, 1_000), 2, signed=True),
    115: LppType("barometric_pressure", "hPa", (10,), 2),
    116: LppType("voltage", "V", (100,), 2),
    117: LppType("current", "A", (1_000,), 2),
    118: LppType("frequency", "Hz", (1,), 4),
    120: LppType("percentage", "%", (1,), 1),
    121: LppType("altitude", "m", (1,), 2, signed=True),
    122: LppType("load", "kg", (1_000,), 3, signed=True),
    125: LppType("concentration", "[ppm]", (1,), 2),
    128: LppType("power", "W", (1,), 2),
    130: LppType("distance", "m", (1_000,), 4),
    131: LppType("energy", "kW.h", (1_000,), 4),
    132: LppType("direction", "deg", (1,), 2),
    133: LppType("unix_time", "s", (1,), 4),
    134: LppType("gyrometer", "", (100, 100, 100), 2, signed=True),
    135: LppType("colour", "", (1, 1, 1), 1),
    136: LppType("gps", "", (10_000, 10_000, 100), 3, signed=True),
    142: LppType("switch", "", (1,), 1),
}


def decode_lpp(data: bytes) -> dict[str, tuple[float, str]]:
    """Return value and unit of every scalar in `data` by ``name_channel``; vectors get ``_0``, ``_1``, ``_2`` too.

    Raises:
        RefusedError: (codec) an unknown type, an end in the middle of a value, a channel twice, or too many bytes.
    """
    if len(data) > MAX_LPP_BYTES:
        raise RefusedError(RefusalReason.CODEC, f"{len(data)} bytes, at most {MAX_LPP_BYTES}")
    fields: dict[str, tuple[float, str]] = {}
    at = 0
    while at < len(data):
        kind = LPP_TYPES.get(data[at + 1]) if at + 1 < len(data) else None
        if kind is None:
            raise RefusedError(RefusalReason.CODEC, f"no type of Cayenne LPP at byte {at + 1}")
        name, at = f"{kind.name}_{data[at]}", at + 2
        if at + kind.size * len(kind.scales) > len(data):
            raise RefusedError(RefusalReason.CODEC, f"{name} ends in the middle")
        for number, scale in enumerate(kind.scales):
            key = name if len(kind.scales) == 1 else f"{name}_{number}"
            if key in fields:
                raise RefusedError(RefusalReason.CODEC, f"{key} twice")
            count = int.from_bytes(data[at : at + kind.size], "big", signed=kind.signed)
            fields[key] = (count / scale, kind.unit)
            at += kind.size
    return fields
