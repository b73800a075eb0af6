"""SensorThings over MQTT: paho and a real broker, with devices held to their own Datastreams."""

import json
import queue
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest

from tests.integration.live.conftest import BUILDING, has_mosquitto, wait_until
from twin.live import BrokerSecurity, Channel, Device, LiveWing, start_broker
from twin.live.numbers import stream_number

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(not has_mosquitto(), reason="needs the Debian package mosquitto"),
]
P0, P1 = (f"v1.1/Datastreams({stream_number(BUILDING, name)})/Observations" for name in ("p0", "p1"))
TIME = "2026-03-01T12:00:00Z"


class Client:
    """A foreign client: connected, and with what it heard in a queue."""

    def __init__(self, url: str, version: int, user: str | None = None, secret: str | None = None) -> None:
        self.heard: queue.Queue[tuple[str, dict]] = queue.Queue()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, f"foreign-{user}-{version}", protocol=version)
        if user is not None:
            self.client.username_pw_set(user, secret)
        self.client.on_message = lambda _c, _u, message: self.heard.put((message.topic, json.loads(message.payload)))
        address = urlsplit(url)
        self.client.connect(address.hostname or "", address.port or 1883)
        self.client.loop_start()
        wait_until(self.client.is_connected)

    def subscribe(self, topic: str) -> None:
        ready = []
        self.client.on_subscribe = lambda *_: ready.append(1)
        self.client.subscribe(topic, qos=1)
        wait_until(lambda: bool(ready))

    def publish(self, topic: str, document: object) -> None:
        self.client.publish(topic, json.dumps(document), qos=1).wait_for_publish(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def results(wing: LiveWing) -> dict[str, object]:
    return {item["point_id"]: item["value"] for item in wing.latest(BUILDING)["items"] if item["value"] is not None}


@pytest.mark.parametrize("version", [paho.MQTTv5, paho.MQTTv311])
def test_observations_are_heard_and_created_once(wing: LiveWing, tmp_path: Path, version: int) -> None:
    broker = start_broker(tmp_path / "broker")
    assert wing.start_mqtt(broker.url, sensorthings=True)
    listener, maker = Client(broker.url, version), Client(broker.url, version, "maker")
    listener.subscribe("v1.1/+/Observations")
    payload = {"t": TIME, "v": 21.5, "u": "Cel"}
    assert wing.ingest(f"kaksik/v1/{BUILDING}/p0/obs", json.dumps(payload).encode()).stored == 1
    topic, entity = listener.heard.get(timeout=10)
    assert (topic, entity["result"], entity["phenomenonTime"]) == (P0, 21.5, TIME)
    assert entity["@iot.id"] in entity["@iot.selfLink"]
    maker.publish(
        "v1.1/Observations", {"result": 19, "phenomenonTime": TIME, "Datastream": {"@iot.id": int(P1[17:-14])}}
    )
    topic, entity = listener.heard.get(timeout=10)
    assert (topic, entity["result"], "@iot.id" in entity) == (P1, 19.0, True)
    maker.publish(P1, {"result": 20, "phenomenonTime": "2026-03-01T12:01:00Z"})
    heard = [listener.heard.get(timeout=10)[1] for _ in range(2)]  # as it was created, and the entity that it became
    assert ["@iot.id" in entity for entity in heard] == [False, True]
    assert results(wing) == {"p0": 21.5, "p1": 20.0}
    for wrong in ({"result": 1, "phenomenonTime": "now"}, {"phenomenonTime": TIME}, [1], {"result": {"a": 1}}):
        maker.publish(P1, wrong)
    maker.publish("v1.1/Datastreams(5)/Observations", {"result": 1})
    maker.publish("v1.1/Things/Observations", {"result": 1})
    wait_until(lambda: sum(item["count"] for item in wing.refusals()["reasons"]) == 6)
    reasons = {item["reason"]: item["count"] for item in wing.refusals()["reasons"]}
    assert reasons == {"time": 1, "result-missing": 1, "form": 1, "result-type": 1, "topic": 2}
    assert len(wing.state_at(BUILDING, wing._clock())["items"]) == 20
    assert wing.mqtt_status()["left_out"] == 0
    listener.close()
    maker.close()
    broker.stop()


def test_a_device_creates_in_its_own_datastream_only(wing: LiveWing, tmp_path: Path) -> None:
    wing.devices.register([Device("dev-0", BUILDING, {"t": Channel("p0")})])
    secret = wing.devices.issue_secret("dev-0")
    files = wing.devices.broker_files("kaksik", "reader", "hidden", sensorthings=True)
    broker = start_broker(tmp_path / "broker", security=BrokerSecurity(*files))
    port = urlsplit(broker.url).port
    assert wing.start_mqtt(f"mqtt://reader:hidden@127.0.0.1:{port}", sensorthings=True)
    link = {"Datastream": {"@iot.id": stream_number(BUILDING, "p1")}}
    for topic, document in (
        (P1, {"result": 66, "phenomenonTime": TIME}),
        ("v1.1/Observations", {"result": 66, "phenomenonTime": TIME, **link}),
        (P0, {"result": 21.5, "phenomenonTime": TIME}),
    ):
        device = Client(broker.url, paho.MQTTv5, "dev-0", secret)  # the broker shows out who oversteps
        device.publish(topic, document)
        device.close()
    wait_until(lambda: "p0" in results(wing))
    assert results(wing) == {"p0": 21.5}
    broker.stop()
