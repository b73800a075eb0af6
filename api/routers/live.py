"""Live state: points, latest readings, history, the stream, and readings sent by HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, File, Header, Query, Request, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from api.context import ActorDep, BuildingId, TwinDep
from api.stream import HEARTBEAT_S, event, event_stream, heartbeat
from twin.errors import InvalidInput
from twin.live import Subscription

CONFORMS_TO = ("https://html.spec.whatwg.org/multipage/server-sent-events.html",)
MAX_POINTS_BYTES = 16 * 1024 * 1024  # tens of thousands of points: a large campus
DEFAULT_HISTORY = timedelta(hours=24)
router = APIRouter(tags=["live"])


class Message(BaseModel):
    """One message as a device would send it by MQTT."""

    topic: str = Field(max_length=512, examples=["kaksik/v1/120900001/112-temp/obs"])
    payload: Any = Field(examples=[{"t": "2026-01-01T12:00:00Z", "v": 21.5, "u": "Cel"}])


@router.get("/buildings/{building_id}/points", summary="List the points of a building")
def points(twin: TwinDep, building_id: BuildingId) -> list[dict[str, Any]]:
    """Return sensors, meters, actuators and setpoints with their bindings."""
    twin.catalogue.building(building_id)
    return [point.as_json() for point in twin.live.points(building_id)]


@router.get("/buildings/{building_id}/latest", summary="Show the latest reading of every point")
def latest(twin: TwinDep, building_id: BuildingId) -> dict[str, Any]:
    """Return the newest readings with their age; stale ones are marked."""
    twin.catalogue.building(building_id)
    return twin.live.latest(building_id)


@router.get("/points/{building_id}/{point_id}/history", summary="Show the readings of a point")
def history(
    twin: TwinDep,
    building_id: BuildingId,
    point_id: str,
    start: Annotated[
        datetime | None, Query(alias="from", description="RFC 3339; default a day before the end")
    ] = None,
    end: Annotated[datetime | None, Query(alias="to", description="RFC 3339; default now")] = None,
    step_s: Annotated[float | None, Query(ge=1, description="Means over steps of this many seconds")] = None,
) -> dict[str, Any]:
    """Return readings, or means over steps."""
    until = end or twin.clock()
    return twin.live.history(building_id, point_id, start or until - DEFAULT_HISTORY, until, step_s)


@router.get(
    "/buildings/{building_id}/stream", summary="Follow the readings of a building", response_class=StreamingResponse
)
async def stream(
    request: Request,
    twin: TwinDep,
    building_id: BuildingId,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    """Return server-sent events `observation`; after a pause `Last-Event-ID` goes on where it stopped."""
    twin.catalogue.building(building_id)
    return event_stream(_events(request, twin.live.hub.subscribe(building_id, last_event_id)))


async def _events(request: Request, subscription: Subscription) -> AsyncIterator[bytes]:
    with subscription:
        yield heartbeat()
        while not await request.is_disconnected():
            news = await subscription.next_events(HEARTBEAT_S)
            for item in news:
                yield event(item.event, item.data, item.id)
            if not news:
                yield heartbeat()


@router.put("/points", summary="Bind points to elements (points.json)")
def bind_points(twin: TwinDep, _actor: ActorDep, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Register points, each checked against the newest version of its building; a faulty file stores nothing."""
    data = file.file.read(MAX_POINTS_BYTES + 1)
    if len(data) > MAX_POINTS_BYTES:
        raise InvalidInput(f"A points file is at most {MAX_POINTS_BYTES} bytes.", reason="too-large")
    count, findings = twin.bind_points(data)
    return {"registered": count, "findings": [asdict(finding) for finding in findings]}


@router.post("/readings", summary="Send readings by HTTP")
def readings(twin: TwinDep, _actor: ActorDep, messages: list[Message]) -> dict[str, Any]:
    """Store readings durably; what is refused is counted with its reason."""
    result = twin.live.ingest_batch((m.topic, json.dumps(m.payload).encode()) for m in messages)
    return asdict(result)


@router.get("/readings/refused", summary="Show what was refused and why")
def refused(twin: TwinDep, _actor: ActorDep) -> dict[str, Any]:
    """Return counts by reason and the unknown points that tried to write."""
    return twin.live.refusals()
