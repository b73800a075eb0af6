"""The readings of a building over WebSocket (RFC 6455), beside server-sent events.

A message to the client is one event: ``{"id", "event": "observation"|"gap", "data"}``, as on the other stream. The
client resumes with ``?last_event_id=`` or with a message ``{"last_event_id": …}``, its first one or a later one.
Back-pressure: a reader has only its place in the ring of the building, so a slow one costs no memory. What falls out
of the ring is told as a ``gap``; one that takes nothing for `send_timeout_s` is closed.
"""

import asyncio
import json
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect

from api.errors import problem_response
from api.problems import problem_of
from api.security import SIGN_IN_FIRST, SignInError, device_of, refusal, refused_by_address, same_origin, who
from api.xroad import CLIENT
from twin.errors import Conflict, TwinError
from twin.live import Hub, StreamEvent, Subscription
from twin.service import Twin

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc6455",)
SEND_TIMEOUT_S = 30.0  # a reader that takes nothing for so long is gone, or will never catch up
MAX_MESSAGE_CHARACTERS = 256  # of a message of the client: an id and its name
MAX_ID_CHARACTERS = 64
TOO_BIG, WRONG, SLOW = 1009, 1008, 1013  # close codes: message too big, policy violation, try again later
router = APIRouter(tags=["live"])


def send_timeout_s() -> float:
    """Return how many seconds a reader may take nothing; an application can override it."""
    return SEND_TIMEOUT_S


@router.websocket("/buildings/{building_id}/socket")
async def follow(
    socket: WebSocket,
    building_id: str,
    timeout_s: Annotated[float, Depends(send_timeout_s)],
    last_event_id: str | None = None,
) -> None:
    """Send the readings of a building as they come, from the last event that the client saw."""
    twin: Twin = socket.app.state.twin
    refused = _refused(socket, twin)
    if refused is not None:
        await socket.send_denial_response(problem_response(refused))
        return
    try:
        twin.catalogue.building(building_id)
        reader = twin.live.hub.subscribe(building_id, last_event_id[:MAX_ID_CHARACTERS] if last_event_id else None)
    except TwinError as error:
        await socket.send_denial_response(problem_response(problem_of(error)))
        return
    await socket.accept()
    with suppress(WebSocketDisconnect):
        await _serve(socket, twin.live.hub, reader, timeout_s)


def _refused(socket: WebSocket, twin: Twin) -> dict[str, object] | None:
    """Return why somebody may not listen: the rules of the gate, which a WebSocket does not pass through."""
    if (stranger := refused_by_address(socket, twin.settings)) is not None:
        return stranger
    if not same_origin(socket.headers):
        return refusal(403, "Another web page may not listen here.", "origin")
    if CLIENT in socket.headers:
        return problem_of(Conflict("This is not given out through X-Road.", reason="private"))
    try:
        device_of(socket, twin.live.sign_in)
    except SignInError:
        return refusal(401, "The device or its secret is not known.", "device-secret")
    except TwinError as error:
        return problem_of(error)
    actor = who(socket, socket.app.state.authenticator, socket.app.state.sessions)
    return SIGN_IN_FIRST if actor is None else None


async def _serve(socket: WebSocket, hub: Hub, reader: Subscription, timeout_s: float) -> None:
    """Send news and hear the client, whichever comes first, until one of the two ends."""
    news, message = asyncio.ensure_future(reader.next_events()), asyncio.ensure_future(socket.receive_text())
    try:
        while True:
            await asyncio.wait({news, message}, return_when=asyncio.FIRST_COMPLETED)
            if message.done():
                text = message.result()
                place = await _place(socket, text)
                if place is None:
                    return
                news.cancel()
                reader.close()
                reader = hub.subscribe(reader.building_id, place)
                news, message = (
                    asyncio.ensure_future(reader.next_events()),
                    asyncio.ensure_future(socket.receive_text()),
                )
            elif not await _send(socket, news.result(), timeout_s):
                return
            else:
                news = asyncio.ensure_future(reader.next_events())
    finally:
        reader.close()
        news.cancel()
        message.cancel()


async def _send(socket: WebSocket, events: tuple[StreamEvent, ...], timeout_s: float) -> bool:
    """Send events; tell whether the client still takes them."""
    try:
        async with asyncio.timeout(timeout_s):
            for item in events:
                await socket.send_text(f'{{"id":"{item.id}","event":"{item.event}","data":{item.text}}}')
    except TimeoutError:
        with suppress(TimeoutError):  # what is before the farewell may be in the way for ever
            async with asyncio.timeout(timeout_s):
                await socket.close(SLOW)
        return False
    return True


async def _place(socket: WebSocket, text: str) -> str | None:
    """Return the id after which the client wants to go on; close the line if its message says nothing of the kind."""
    if len(text) > MAX_MESSAGE_CHARACTERS:
        await socket.close(TOO_BIG)
        return None
    try:
        place = json.loads(text)["last_event_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        place = None
    if not isinstance(place, str) or len(place) > MAX_ID_CHARACTERS:
        await socket.close(WRONG, 'Expected {"last_event_id": "…"}.')
        return None
    return place
