"""Reading Modbus TCP devices (extra `modbus`); never writes. A register map says what lies where.

The classic fault is the order of the two registers of a 32-bit number, so the map must name it.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from twin.errors import InvalidInput, StorageError
from twin.live.observation import Decoded, Observation, Refusal, RefusalReason

MAX_REGISTERS = 1_000  # entries of one device; meters have tens
TIMEOUT_S = 3.0  # a device on a serial gateway answers within a second


class NumberForm(StrEnum):
    """How a number lies in registers of 16 bits."""

    UINT16 = "uint16"
    INT16 = "int16"
    UINT32 = "uint32"
    INT32 = "int32"
    FLOAT32 = "float32"


class Order(StrEnum):
    """Order of the four bytes of a 32-bit number, A the most significant; the standard fixes only that of a word."""

    ABCD = "abcd"
    CDAB = "cdab"
    BADC = "badc"
    DCBA = "dcba"


_FORMATS = {
    NumberForm.UINT16: ">H",
    NumberForm.INT16: ">h",
    NumberForm.UINT32: ">I",
    NumberForm.INT32: ">i",
    NumberForm.FLOAT32: ">f",
}


@dataclass(frozen=True, slots=True)
class Register:
    """One entry of a register map.

    Attributes:
        address: Of the first register, counted from 0 as on the wire.
        point_id: Where the number goes.
        form: How it is written.
        order: Of its bytes, for 32 bits.
        scale: Multiplier to `unit`.
        unit: UCUM unit.
        holding: Holding register (function 3); False is an input register (function 4).
    """

    address: int
    point_id: str
    unit: str
    form: NumberForm = NumberForm.UINT16
    order: Order = Order.ABCD
    scale: float = 1.0
    holding: bool = True

    @property
    def count(self) -> int:
        """Return how many registers the number takes."""
        return 1 if self.form in (NumberForm.UINT16, NumberForm.INT16) else 2


def number_of(words: Sequence[int], register: Register) -> float:
    """Return the scaled number in the registers, which may be NaN if the device says so."""
    data = b"".join(word.to_bytes(2, "big") for word in words)
    if len(data) == 4:
        data = bytes(data["abcd".index(letter)] for letter in _inverse(register.order))
    (value,) = struct.unpack(_FORMATS[register.form], data)
    return float(value) * register.scale


def _inverse(order: Order) -> str:
    return "".join("abcd"[order.value.index(letter)] for letter in "abcd")


def read_modbus(
    host: str, port: int, device_id: int, building_id: str, registers: Sequence[Register], now: datetime
) -> tuple[Decoded, ...]:
    """Return the present value of every register, or why it is missing; the time of reading is the phenomenon time.

    Args:
        host: Of the device, from the operator.
        port: TCP port, usually 502.
        device_id: Unit behind the address.
        building_id: Building of the points.
        registers: The register map.
        now: The present, aware UTC.

    Raises:
        InvalidInput: (modbus-map) too many registers; (extra-missing) the extra `modbus` is not installed.
        StorageError: (modbus-connect) nobody answers.
    """
    if len(registers) > MAX_REGISTERS:
        raise InvalidInput(f"More than {MAX_REGISTERS} registers.", reason="modbus-map", hint="Split the map.")
    try:
        from pymodbus.client import ModbusTcpClient  # noqa: PLC0415, RUF100 - an extra
    except ImportError as error:
        raise InvalidInput(
            "Modbus cannot be read.", reason="extra-missing", hint="Install kaksik with its extra modbus."
        ) from error
    client = ModbusTcpClient(host, port=port, timeout=TIMEOUT_S, retries=1)
    try:
        if not client.connect():
            raise StorageError("The Modbus device does not answer.", reason="modbus-connect", entity=f"{host}:{port}")
        return tuple(_read_one(client, device_id, building_id, register, now) for register in registers)
    finally:
        client.close()


def _read_one(client: object, device_id: int, building_id: str, register: Register, now: datetime) -> Decoded:
    from pymodbus.exceptions import ModbusException  # noqa: PLC0415, RUF100 - an extra

    read = getattr(client, "read_holding_registers" if register.holding else "read_input_registers")
    try:
        answer = read(register.address, count=register.count, device_id=device_id)
    except ModbusException as error:
        return Refusal(RefusalReason.CODEC, str(error)[:100], building_id, register.point_id)
    if answer.isError() or len(answer.registers) != register.count:
        return Refusal(
            RefusalReason.CODEC, f"register {register.address}: {answer}"[:100], building_id, register.point_id
        )
    value = number_of(answer.registers, register)
    if not math.isfinite(value):
        return Refusal(RefusalReason.NOT_FINITE, f"register {register.address}", building_id, register.point_id)
    return Observation(building_id, register.point_id, now, value, register.unit)
