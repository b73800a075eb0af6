"""Devices of two field buses on loopback, read through the wing into the store."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.analog import AnalogInputObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.pdu import IPv4Address
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.integration.live.conftest import BUILDING
from twin.errors import StorageError
from twin.live import LiveWing, Observation, Refusal
from twin.live.bacnet import BacnetObject, read_bacnet
from twin.live.modbus import NumberForm, Order, Register, number_of, read_modbus

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("order", list(Order))
def test_the_four_orders_of_a_number_of_32_bits(order: Order) -> None:
    wire = dict(zip("abcd", struct.pack(">f", -123.456), strict=True))
    data = bytes(wire[letter] for letter in order.value)
    words = struct.unpack(">HH", data)
    register = Register(0, "p0", "W", NumberForm.FLOAT32, order)
    assert number_of(words, register) == pytest.approx(-123.456, rel=1e-6)


@contextlib.contextmanager
def modbus_device(values: list[int]) -> Iterator[int]:
    """Serve registers on loopback and yield the port."""
    port, started, ended = free_port(), threading.Event(), threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        device = SimDevice(1, [SimData(0, values=values, datatype=DataType.REGISTERS)])
        server = ModbusTcpServer(device, address=("127.0.0.1", port))
        await server.serve_forever(background=True)
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.02)
        await server.shutdown()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(5)
        yield port
    finally:
        ended.set()
        thread.join()
        loop.close()


def test_a_modbus_device_reaches_the_store(wing: LiveWing) -> None:
    nan = struct.unpack(">HH", struct.pack(">f", float("nan")))
    registers = [
        Register(0, "p0", "Cel", scale=0.1),
        Register(1, "p1", "Cel", NumberForm.INT16, scale=0.1),
        Register(2, "p2", "Cel", NumberForm.UINT32, scale=0.001),
        Register(4, "p3", "Cel", NumberForm.FLOAT32),
        Register(900, "p4", "Cel"),
    ]
    with modbus_device([215, 65_436, 0x0001, 0x86A0, *nan]) as port:
        answers = read_modbus("127.0.0.1", port, 1, BUILDING, registers, NOW)
    values_read = [answer.result for answer in answers if isinstance(answer, Observation)]
    assert values_read == pytest.approx([21.5, -10.0, 100.0])
    assert [answer.reason for answer in answers if isinstance(answer, Refusal)] == ["not-finite", "codec"]
    assert wing.ingest_decoded(answers).stored == 3


def test_a_modbus_device_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError) as caught:
        read_modbus("127.0.0.1", free_port(), 1, BUILDING, [], NOW)
    assert caught.value.reason == "modbus-connect"


@contextlib.contextmanager
def bacnet_device() -> Iterator[str]:
    """Serve two analogue inputs on loopback and yield the address; the unit of the second has no UCUM code."""
    address, started, ended = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}", threading.Event(), threading.Event()

    async def serve() -> None:
        device = DeviceObject(objectIdentifier=("device", 599), objectName="ahu", vendorIdentifier=999)
        served = NormalApplication(device, IPv4Address(address.replace(":", "/32:")))
        for number, value, units in ((1, 21.5, "degreesCelsius"), (2, 5.0, "degreeDaysCelsius")):
            item = AnalogInputObject(
                objectIdentifier=("analog-input", number), objectName=f"ai{number}", presentValue=value, units=units
            )
            served.add_object(item)
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.02)
        served.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(5)
        yield address
    finally:
        ended.set()
        thread.join()


def test_a_bacnet_device_reaches_the_store(wing: LiveWing) -> None:
    with bacnet_device() as address:
        objects = [BacnetObject(address, f"analog-input,{n}", f"p{n}") for n in (1, 2, 3)]
        local = f"127.0.0.1/32:{free_port(socket.SOCK_DGRAM)}"
        answers = asyncio.run(read_bacnet(local, BUILDING, objects, NOW))
    assert answers[0] == Observation(BUILDING, "p1", NOW, 21.5, "Cel")
    assert [answer.reason for answer in answers[1:] if isinstance(answer, Refusal)] == ["unit-unknown", "codec"]
    assert wing.ingest_decoded(answers).stored == 1
