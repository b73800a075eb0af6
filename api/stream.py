"""Server-sent events: text/event-stream as browsers resume it."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.responses import StreamingResponse

HEARTBEAT_S = 15.0  # shorter than the idle time-out of common proxies


def event(name: str, data: Mapping[str, Any], event_id: int | str | None = None) -> bytes:
    """Return one event in wire form."""
    return wire(name, json.dumps(data, separators=(",", ":")), event_id)


def wire(name: str, text: str, event_id: int | str | None = None) -> bytes:
    """Return one event in wire form, its data given as JSON in one line."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {name}\ndata: {text}\n\n".encode()


def heartbeat() -> bytes:
    """Return a comment that keeps the connection open."""
    return b": still here\n\n"


def event_stream(events: AsyncIterator[bytes]) -> StreamingResponse:
    """Return an answer that streams `events`."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
