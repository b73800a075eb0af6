"""Live state: latest readings, history, the stream, and readings sent by HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from api.context import ActorDep, BuildingId, Moment, TwinDep
from api.security import refuse_xroad
from api.stream import HEARTBEAT_S, event_stream, heartbeat, wire
from twin.errors import Conflict
from twin.live import Subscription

CONFORMS_TO = ("https://html.spec.whatwg.org/multipage/server-sent-events.html",)
DEFAULT_HISTORY = timedelta(hours=24)
router = APIRouter(tags=["live"])


class Message(BaseModel):
    """One message as a device would send it by MQTT."""

    topic: str = Field(max_length=512, examples=["kaksik/v1/120900001/112-temp/obs"])
    payload: Any = Field(examples=[{"t": "2026-01-01T12:00:00Z", "v": 21.5, "u": "Cel"}])


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
    start: Annotated[Moment | None, Query(alias="from", description="RFC 3339; default a day before the end")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="RFC 3339; default now")] = None,
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
                yield wire(item.event, item.text, item.id)
            if not news:
                yield heartbeat()


@router.post("/readings", summary="Send readings by HTTP")
def readings(twin: TwinDep, actor: ActorDep, messages: list[Message]) -> dict[str, Any]:
    """Store readings durably; the answer says how many were refused for which reason.

    A device signs in with its name and secret (Basic) and writes its own points. Anybody else writes only what no
    registered device writes, and nothing at all where the settings say so.
    """
    refuse_xroad(actor)
    if twin.settings.readings_by_devices_only and not actor.device:
        raise Conflict(
            "Only devices that sign in may send readings.",
            reason="devices-only",
            hint="Register the device and send with its name and secret (Authorization: Basic).",
        )
    sent = [(message.topic, json.dumps(message.payload).encode()) for message in messages]
    return asdict(twin.live.ingest_batch(sent, actor.name if actor.device else None))


@router.get("/readings/refused", summary="Show what was refused and why")
def refused(twin: TwinDep, _actor: ActorDep) -> dict[str, Any]:
    """Return counts by reason and the unknown points that tried to write."""
    return twin.live.refusals()
