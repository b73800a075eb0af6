"""The stream over WebSocket, with a client that we did not write, through a real server."""

import asyncio
import json
import socket
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import websockets

from api.app import create_app
from api.cli.listener import end_stuck
from api.routers.socket import send_timeout_s
from tests.serving import serving
from twin.catalogue import Building
from twin.live import Point, PointKind
from twin.settings import Settings

BUILDING = "tmp-socket"
STUCK_S = 4.0  # in which a reader of the other streams may take nothing
START = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = {"Authorization": "Bearer " + "m" * 32}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = tmp_path_factory.mktemp("socket")
    (home / "tokens").write_text("mari:" + "m" * 32 + "\n")
    return create_app(Settings(home=home / "home", token_file=home / "tokens"))


@pytest.fixture(scope="module")
def address(app):
    with serving(app, STUCK_S) as host:
        twin = app.state.twin
        with twin.engine.begin() as connection:
            twin.catalogue._put_building(connection, Building(BUILDING, "A house", "", None), "2026-01-01T00:00:00Z")
        twin.live.register_points([Point(BUILDING, "t", "g", PointKind.SENSOR, "Temperature", "Cel")])
        yield f"ws://{host}/api/v1/buildings/{BUILDING}/socket"


def send(app, *values):
    for value in values:
        payload = json.dumps({"t": (START + timedelta(seconds=value)).isoformat(), "v": value, "u": "Cel"})
        assert app.state.twin.live.ingest(f"kaksik/v1/{BUILDING}/t/obs", payload.encode()).stored == 1


async def take(line, count):
    return [json.loads(await asyncio.wait_for(line.recv(), 10)) for _ in range(count)]


def values(events):
    return [event["data"]["value"] for event in events]


def test_it_sends_what_comes_and_resumes_by_query_and_by_message(app, address):
    async def body():
        async with websockets.connect(address, additional_headers=TOKEN) as line:
            send(app, 1, 2, 3)
            events = await take(line, 3)
        assert values(events) == [1, 2, 3]
        assert {event["event"] for event in events} == {"observation"}
        send(app, 4)  # nobody listens
        async with websockets.connect(f"{address}?last_event_id={events[1]['id']}", additional_headers=TOKEN) as line:
            assert values(await take(line, 2)) == [3, 4]
        async with websockets.connect(address, additional_headers=TOKEN) as line:
            await line.send(json.dumps({"last_event_id": events[0]["id"]}))
            assert values(await take(line, 3)) == [2, 3, 4]
            send(app, 5)
            assert values(await take(line, 1)) == [5]
        async with websockets.connect(f"{address}?last_event_id=another-1", additional_headers=TOKEN) as line:
            assert (await take(line, 1))[0]["event"] == "gap"

    asyncio.run(body())
    deadline = time.monotonic() + 10
    while app.state.twin.live.hub.readers:
        assert time.monotonic() < deadline, "a reader was left behind"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("message", "code"),
    [("x" * 300, 1009), ("{", 1008), ("[]", 1008), ('{"last_event_id": 5}', 1008), ("[" * 200, 1008)],
)
def test_a_client_that_says_something_else_is_closed(address, message, code):
    async def body():
        async with websockets.connect(address, additional_headers=TOKEN) as line:
            await line.send(message)
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(line.recv(), 10)
            return line.close_code

    assert asyncio.run(body()) == code


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({}, "", 401),
        ({"Authorization": "Bearer wrong"}, "", 401),
        ({"Authorization": "Basic YTpi"}, "", 401),
        ({**TOKEN, "Origin": "https://evil.example"}, "", 403),
        ({**TOKEN, "X-Road-Client": "EE/GOV/1/x"}, "", 403),
        (TOKEN, "nothing", 404),
    ],
)
def test_who_may_not_listen_is_told_before_the_line_opens(address, headers, path, status):
    async def body():
        asked = address.replace(BUILDING, "tmp-nothing") if path else address
        with pytest.raises(websockets.InvalidStatus) as caught:
            async with websockets.connect(asked, additional_headers=headers):
                pass
        return caught.value.response

    answer = asyncio.run(body())
    assert answer.status_code == status
    assert json.loads(answer.body)["reason"]


def open_stuck(url, *, upgrade):
    """Open a stream and read no byte after its first ones, so that what is sent fills the buffers on the way."""
    websocket = (
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {b64encode(bytes(16)).decode()}\r\n"
    )
    path = url.path if upgrade else url.path.replace("/socket", "/stream")
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)  # else megabytes find room on the way
    stuck.connect((url.hostname, url.port))
    head = f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: {TOKEN['Authorization']}\r\n"
    stuck.sendall(f"{head}{websocket if upgrade else ''}\r\n".encode())
    assert stuck.recv(12) == (b"HTTP/1.1 101" if upgrade else b"HTTP/1.1 200")
    return stuck


def send_until_nobody_reads(app, first):
    deadline = time.monotonic() + 60
    while app.state.twin.live.hub.readers:
        assert time.monotonic() < deadline, "it was never closed"
        moments = [START + timedelta(seconds=first + n) for n in range(1_000)]
        readings = [{"t": moment.isoformat(), "v": 1, "u": "Cel"} for moment in moments]
        app.state.twin.live.ingest(f"kaksik/v1/{BUILDING}/t/obs", json.dumps(readings).encode())
        first += 1_000
        time.sleep(0.05)  # else the writer has the processor and nobody is told


def read_all(connection):
    while connection.recv(1 << 20):
        pass


def test_a_reader_that_takes_nothing_is_closed_and_others_go_on(app, address):
    app.dependency_overrides[send_timeout_s] = lambda: 0.3
    try:
        with open_stuck(urlsplit(address), upgrade=True):
            assert app.state.twin.live.hub.readers == 1
            send_until_nobody_reads(app, 10_000)
    finally:
        app.dependency_overrides.clear()

    async def body():
        async with websockets.connect(address, additional_headers=TOKEN) as line:
            send(app, 6)
            assert values(await take(line, 1)) == [6]

    asyncio.run(body())


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="needs a system with TCP_USER_TIMEOUT")
def test_the_system_ends_a_connection_that_nobody_reads_even_if_the_peer_still_answers(app, address):
    """Server-sent events have no time-out of their own, and a closing socket keeps what was not taken."""
    with open_stuck(urlsplit(address), upgrade=False) as stuck:
        while not app.state.twin.live.hub.readers:
            time.sleep(0.01)
        send_until_nobody_reads(app, 1_000_000)
        stuck.settimeout(10)
        with pytest.raises(ConnectionResetError):
            read_all(stuck)


def test_a_system_without_the_option_still_finds_peers_that_are_gone(monkeypatch):
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT", raising=False)
    with socket.socket() as listener:
        assert not end_stuck(listener, 1.0)
        assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
