"""A thousand browsers that follow a building by server-sent events, from a real server on loopback.

Every reading must reach every reader. Run by `benchmarks/live.py --streams`.
"""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

READINGS = 20
PAUSE_S = 1.0  # between two readings
CONNECT_AT_ONCE = 50
BUILDING = "tmp-streams"
_SERVER = """
import json, sys, warnings
from datetime import UTC, datetime
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from api.routers.live import _events
from api.stream import event_stream
from twin.live import LiveWing, Point, PointKind

wing = LiveWing(Path(sys.argv[1]) / "readings.sqlite", lambda: datetime.now(UTC))
wing.register_points([Point("tmp-streams", "p", "g", PointKind.SENSOR, "Temperature", "Cel", interval_s=60)])

async def stream(request):
    return event_stream(_events(request, wing.hub.subscribe("tmp-streams", None)))

def send(request):
    value = float(request.query_params["v"])
    payload = json.dumps({"t": datetime.now(UTC).isoformat(), "v": value, "u": "Cel"}).encode()
    return PlainTextResponse(str(wing.ingest("kaksik/v1/tmp-streams/p/obs", payload).stored))

def cost(request):
    import resource
    used = resource.getrusage(resource.RUSAGE_SELF)
    return PlainTextResponse(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3]))

app = Starlette(routes=[Route("/stream", stream), Route("/send", send), Route("/cost", cost)])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", loop="uvloop", backlog=2048)
"""


async def _get(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[2]


async def _cost(port: int) -> tuple[float, float]:
    seconds, megabytes = json.loads((await _get(port, "/cost")).split(b"\r\n")[-1] or b"[0,0]")
    return seconds, megabytes


class Follower:
    """One browser."""

    def __init__(self) -> None:
        self.got: list[tuple[float, float]] = []

    async def follow(self, port: int, opened: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        try:
            while line := await reader.readline():
                if line.startswith(b":"):
                    opened.set()
                elif line.startswith(b"data:"):
                    data = json.loads(line[5:])
                    self.got.append((data["value"], time.time() - _seconds(data["phenomenon_time"])))
        finally:
            writer.close()


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()


async def _run(readers: int, port: int) -> dict[str, object]:
    followers = [Follower() for _ in range(readers)]
    tasks: list[asyncio.Task[None]] = []
    for first in range(0, readers, CONNECT_AT_ONCE):
        opened = [asyncio.Event() for _ in followers[first : first + CONNECT_AT_ONCE]]
        for follower, event in zip(followers[first : first + CONNECT_AT_ONCE], opened, strict=True):
            tasks.append(asyncio.create_task(follower.follow(port, event)))
        await asyncio.gather(*(event.wait() for event in opened))
    idle, _ = await _cost(port)
    for number in range(READINGS):
        await _get(port, f"/send?v={number}")
        await asyncio.sleep(PAUSE_S)
    for _ in range(600):
        if all(len(follower.got) >= READINGS for follower in followers):
            break
        await asyncio.sleep(0.1)
    busy, megabytes = await _cost(port)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    late = sorted(delay for follower in followers for _, delay in follower.got)
    complete = sum([value for value, _ in f.got] == [float(n) for n in range(READINGS)] for f in followers)
    return {
        "readers": readers,
        "complete and in order": complete,
        "delay median ms": round(1000 * statistics.median(late)),
        "delay p99 ms": round(1000 * late[int(0.99 * len(late)) - 1]),
        "server cpu us per event": round(1e6 * (busy - idle) / len(late), 1),
        "server peak mb": round(megabytes),
    }


def run(readers: int) -> dict[str, object]:
    """Return how a server serves many readers of one building."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, readers + 200)), hard))
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        arguments = [sys.executable, "-c", _SERVER, folder, str(port)]
        server = subprocess.Popen(arguments, cwd=Path(__file__).resolve().parent.parent)
        try:
            asyncio.run(_wait(port))
            return asyncio.run(_run(readers, port))
        finally:
            server.terminate()
            server.wait()


async def _wait(port: int) -> None:
    for _ in range(1_200):  # the machine may be busy
        try:
            await _get(port, "/cost")
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
