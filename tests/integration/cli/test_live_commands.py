"""Commands around devices and readings, and a field bus that sends to a running service as a device."""

import base64
import json
import socket
import time
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from api.app import create_app
from api.cli.app import build
from tests.integration.live.test_field_buses import bacnet_device, free_port, modbus_device
from tests.serving import serving
from twin.catalogue import Building
from twin.live import Message, Point, PointKind, read_devices
from twin.service import open_twin
from twin.settings import Settings

BUILDING = "tmp-cli"
REGISTERS = '{"building_id": "tmp-cli", "host": "h", "registers": [%s]}'


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder with one building and three points; the commands find it."""
    monkeypatch.setenv("KAKSIK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    twin = open_twin(Settings())
    with twin.engine.begin() as connection:
        twin.catalogue._put_building(connection, Building(BUILDING, "A house", "", None), "2026-01-01T00:00:00Z")
    energy = Point(BUILDING, "meter", "g", PointKind.METER, "Energy", "kW.h")
    temps = [Point(BUILDING, name, "g", PointKind.SENSOR, "Temperature", "Cel") for name in ("temp", "supply")]
    twin.live.register_points([energy, *temps])
    twin.close()
    return tmp_path


def run(*arguments, code=0):
    done = CliRunner().invoke(build([arguments[0]]), [str(item) for item in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def devices_file(folder, name, *points):
    device = {"device_id": name, "building_id": BUILDING, "channels": {p: {"point_id": p} for p in points}}
    (folder / "devices.json").write_text(json.dumps({"devices": [device]}))
    return folder / "devices.json"


def test_devices_are_registered_and_the_broker_is_told(home, monkeypatch):
    assert "dev-1" in run("devices", devices_file(home, "dev-1", "temp"))
    secret = json.loads(run("device-secret", "dev-1", "--json"))["secret"]
    assert json.loads(run("devices", "--json"))[0]["has_secret"] is True
    monkeypatch.setenv("KAKSIK_MQTT_URL", "mqtt://reader:hidden@127.0.0.1:1883")
    run("broker-files", home / "broker")
    passwords, rules = ((home / "broker" / name).read_text() for name in ("passwords", "rules"))
    assert f"write kaksik/v1/{BUILDING}/temp/obs" in rules
    assert "dev-1:$7$" in passwords
    assert secret not in passwords
    assert (home / "broker" / "passwords").stat().st_mode & 0o077 == 0
    run("device-retire", "dev-1")
    assert json.loads(run("devices", "--json")) == []


def test_a_load_curve_and_captured_messages_become_readings_and_a_table(home):
    (home / "curve.csv").write_text("meter;time;value\nM1;01.01.2026 00:00;1,5\nM1;01.01.2026 00:15;1,25\nM2;x;1\n")
    (home / "meters.json").write_text(json.dumps({"M1": [BUILDING, "meter"]}))
    told = json.loads(run("meter-csv", home / "curve.csv", "--meters", home / "meters.json", "--json", code=1))
    assert (told["stored"], told["refused"]) == (2, 1)
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    raw = Message(now, f"kaksik/v1/{BUILDING}/temp/obs", b'{"v": 21.5, "u": "Cel"}')
    line = {
        "received": raw.received.isoformat(),
        "topic": raw.topic,
        "payload": base64.b64encode(raw.payload).decode(),
    }
    (home / "raw.jsonl").write_text(json.dumps(line) + "\n")
    assert json.loads(run("replay", home / "raw.jsonl", "--json"))["stored"] == 1
    assert json.loads(run("replay", home / "raw.jsonl", "--json"))["duplicates"] == 1
    span = ("--from", "2025-12-31T00:00:00Z", "--until", "2026-01-02T00:00:00Z")
    run("readings", BUILDING, "-o", home / "r.csv", *span)
    assert [line.split(",")[1] for line in (home / "r.csv").read_text().split()[1:]] == ["meter", "meter", "temp"]
    run("readings", BUILDING, "--to", "parquet", "-o", home / "r.parquet", "--point", "temp", *span)
    assert (home / "r.parquet").read_bytes()[:4] == b"PAR1"


def test_a_bus_is_read_and_sent_as_a_device_that_waits_until_it_is_accepted(home, monkeypatch):
    monkeypatch.setenv("KAKSIK_CAPTURE_FILE", str(home / "raw.jsonl"))
    app = create_app(Settings())
    with modbus_device([215, 65_436]) as port, serving(app) as host:
        registers = [
            {"address": n, "point_id": name, "unit": "Cel", "form": "int16", "scale": 0.1}
            for n, name in enumerate(("temp", "supply"))
        ]
        document = {"building_id": BUILDING, "host": "127.0.0.1", "port": port, "registers": registers}
        (home / "map.json").write_text(json.dumps(document))
        address = f"http://{host}"
        read = json.loads(run("bus", "modbus", home / "map.json", "--json"))
        assert [m["payload"]["v"] for m in read["messages"]] == pytest.approx([21.5, -10.0])
        monkeypatch.setenv("KAKSIK_DEVICE", "gateway")
        monkeypatch.setenv("KAKSIK_DEVICE_SECRET", "unknown")
        with pytest.raises(Exception, match="401"):
            run("bus", "modbus", home / "map.json", "--send", address)
        live = app.state.twin.live
        while not live.quarantine.show()["waiting"]:
            time.sleep(0.02)
        (device,) = read_devices(devices_file(home, "gateway", "temp", "supply").read_bytes())
        live.quarantine.accept_device(device)
        monkeypatch.setenv("KAKSIK_DEVICE_SECRET", live.devices.issue_secret("gateway"))
        sent = json.loads(run("bus", "modbus", home / "map.json", "--send", address, "--json"))["sent"]
        assert (sent["stored"], sent["refused"]) == (2, 0)
    told = json.loads(run("replay", home / "raw.jsonl", "--json"))  # what the service captured as it came
    assert (told["stored"], told["duplicates"]) == (0, 2)


def test_a_bacnet_device_is_read_and_what_it_does_not_say_is_named(home):
    with bacnet_device() as address:
        objects = [
            {"address": address, "identifier": f"analog-input,{n}", "point_id": name}
            for n, name in ((1, "temp"), (3, "supply"))
        ]
        local = f"127.0.0.1/32:{free_port(socket.SOCK_DGRAM)}"
        document = {"building_id": BUILDING, "local": local, "objects": objects}
        (home / "map.json").write_text(json.dumps(document))
        read = json.loads(run("bus", "bacnet", home / "map.json", "--json", code=1))
    (message,) = read["messages"]
    assert message["topic"] == f"kaksik/v1/{BUILDING}/temp/obs"
    assert (message["payload"]["v"], message["payload"]["u"]) == (21.5, "Cel")
    assert [(item["point_id"], item["reason"]) for item in read["missing"]] == [("supply", "codec")]


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("modbus", "[", "not-json"), ("modbus", "[]", "bus-map"), ("modbus", "{}", "bus-map"),
        ("modbus", REGISTERS % "", "bus-map"),
        ("modbus", REGISTERS % '{"point_id": "p", "address": 1}', "bus-map"),
        ("modbus", REGISTERS % '{"point_id": "p", "address": 1, "unit": "?"}', "unit-unknown"),
        ("bacnet", '{"building_id": "tmp-cli", "local": "127.0.0.1/8", "objects": [{"point_id": "p"}]}', "bus-map"),
        ("bacnet", '{"building_id": "../x", "local": "127.0.0.1/8", "objects": [{"point_id": "p"}]}', "bus-map"),
    ],
)  # fmt: skip
def test_a_faulty_map_is_refused_before_anything_is_read(tmp_path, kind, text, reason):
    (tmp_path / "map.json").write_text(text)
    with pytest.raises(Exception) as caught:
        run("bus", kind, tmp_path / "map.json")
    assert caught.value.reason == reason
