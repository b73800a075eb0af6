"""Devices that must show who they are, at a real Mosquitto, with and without TLS, in MQTT 5 and 3.1.1."""

import asyncio
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import gmqtt
import pytest

from tests.integration.live.certificates import Authority
from tests.integration.live.conftest import BUILDING, has_mosquitto, wait_until
from tests.simulators.devices import reading
from twin.live import BrokerSecurity, Channel, Device, LiveWing, TlsFiles, start_broker

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(not has_mosquitto(), reason="needs the Debian package mosquitto"),
]
READER, READER_SECRET = "kaksik-reader", "a secret of the service"


async def say(
    url: str, user: str, secret: str | None, messages: list[tuple[str, bytes]], version: int, context: object = False
) -> None:
    client = gmqtt.Client(f"client-of-{user}")
    client.set_config({"reconnect_retries": -2})
    if secret is not None:
        client.set_auth_credentials(user, secret)
    address = urlsplit(url)
    await asyncio.wait_for(client.connect(address.hostname, address.port, ssl=context, version=version), 5)
    for topic, payload in messages:
        client.publish(topic, payload, qos=1)
    await asyncio.sleep(0.3)
    await client.disconnect()


@pytest.fixture
def devices(wing: LiveWing) -> LiveWing:
    wing.devices.register(
        [Device("dev-0", BUILDING, {"t": Channel("p0")}), Device("dev-1", BUILDING, {"t": Channel("p1")})]
    )
    return wing


def points_with_readings(wing: LiveWing) -> set[str]:
    return {item["point_id"] for item in wing.latest(BUILDING)["items"] if item["value"] is not None}


@pytest.mark.parametrize("version", [5, 4])
def test_a_device_writes_its_own_points_only(devices: LiveWing, tmp_path: Path, version: int) -> None:
    secret = devices.devices.issue_secret("dev-0")
    passwords, rules = devices.devices.broker_files("kaksik", READER, READER_SECRET)
    broker = start_broker(tmp_path / "broker", security=BrokerSecurity(passwords, rules))
    port = urlsplit(broker.url).port
    assert devices.start_mqtt(f"mqtt://{READER}:{READER_SECRET.replace(' ', '%20')}@127.0.0.1:{port}")
    for message in (reading(BUILDING, "p1", 1, 66.0), reading(BUILDING, "p0", 1, 21.5)):
        asyncio.run(say(broker.url, "dev-0", secret, [message], version))
    wait_until(lambda: "p0" in points_with_readings(devices))
    assert points_with_readings(devices) == {"p0"}
    for user, wrong in (("dev-0", "guess"), ("dev-1", secret), ("stranger", None)):
        with pytest.raises((gmqtt.mqtt.handler.MQTTError, ConnectionError, TimeoutError)):
            asyncio.run(say(broker.url, user, wrong, [reading(BUILDING, "p1", 2, 66.0)], version))
    assert points_with_readings(devices) == {"p0"}
    broker.stop()


@pytest.mark.parametrize("version", [5, 4])
def test_a_certificate_is_an_identity(devices: LiveWing, tmp_path: Path, version: int) -> None:
    own, foreign = Authority(tmp_path / "own"), Authority(tmp_path / "foreign")
    certificate, key = own.issue("broker")
    passwords, rules = devices.devices.broker_files("kaksik", READER, READER_SECRET)
    security = BrokerSecurity(passwords, rules, own.file, certificate, key)
    broker = start_broker(tmp_path / "broker", security=security)
    assert broker.url.startswith("mqtts://")
    assert not devices.start_mqtt(broker.url, wait_s=1.0, tls=TlsFiles(own.file))  # shows no certificate
    assert not devices.start_mqtt(broker.url, wait_s=1.0, tls=TlsFiles(foreign.file, *own.issue(READER)))
    assert "certificate" in str(devices.mqtt_status()["last_error"]).lower()
    assert devices.start_mqtt(broker.url, tls=TlsFiles(own.file, *own.issue(READER)))
    context = ssl.create_default_context(cafile=str(own.file))
    context.load_cert_chain(*own.issue("dev-1"))
    for message in (reading(BUILDING, "p0", 1, 66.0), reading(BUILDING, "p1", 1, 21.5)):
        asyncio.run(say(broker.url, "dev-1", None, [message], version, context))
    wait_until(lambda: "p1" in points_with_readings(devices))
    assert points_with_readings(devices) == {"p1"}
    broker.stop()


def test_commands_reach_their_device_only_and_no_device_sends_one(devices: LiveWing, tmp_path: Path) -> None:
    secrets = {name: devices.devices.issue_secret(name) for name in ("dev-0", "dev-1")}
    topics = [f"kaksik/v1/{BUILDING}/p{n}/set" for n in (0, 1)]

    async def heard(url: str) -> dict[str, list[tuple[str, bytes]]]:
        got: dict[str, list[tuple[str, bytes]]] = {name: [] for name in secrets}
        lines = []
        for name, secret in secrets.items():
            line = gmqtt.Client(f"ear-of-{name}")
            line.set_auth_credentials(name, secret)
            line.on_message = lambda _, topic, payload, *__, own=got[name]: own.append((topic, payload)) or 0
            address = urlsplit(url)
            await asyncio.wait_for(line.connect(address.hostname, address.port), 5)
            line.subscribe("kaksik/v1/+/+/set", qos=1)
            lines.append(line)
        await asyncio.sleep(0.2)
        await say(url, "dev-0", secrets["dev-0"], [(topic, b"forged") for topic in topics], 5)
        await say(url, READER, READER_SECRET, [(topic, b"22") for topic in topics], 5)
        for line in lines:
            await line.disconnect()
        return got

    for commands in (True, False):
        files = devices.devices.broker_files("kaksik", READER, READER_SECRET, commands=commands)
        broker = start_broker(tmp_path / f"broker-{commands}", security=BrokerSecurity(*files))
        got = asyncio.run(heard(broker.url))
        broker.stop()
        each = [[(topic, b"22")] if commands else [] for topic in topics]
        assert [got["dev-0"], got["dev-1"]] == each


def test_over_http_a_device_is_held_to_its_points_too(devices: LiveWing) -> None:
    messages = [reading(BUILDING, "p1", 1, 66.0), reading(BUILDING, "p0", 1, 21.5)]
    result = devices.ingest_batch(messages, "dev-0")
    assert (result.stored, result.refused) == (1, 1)
    assert [item["reason"] for item in devices.refusals()["reasons"]] == ["not-own-point"]
    assert devices.ingest_batch(messages, "nobody").stored == 0
    assert points_with_readings(devices) == {"p0"}
