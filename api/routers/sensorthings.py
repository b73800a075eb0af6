"""OGC SensorThings 1.1 at /sta/v1.1: the Sensing entities read, created, changed; Observations created."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from api.context import ActorDep, TwinDep
from api.errors import PROBLEM_JSON
from api.formats import geometry_json
from api.problems import problem_of
from api.security import Actor, refuse_xroad
from twin.collections import POINTS
from twin.errors import InvalidInput, NotFound, TwinError
from twin.live import Point
from twin.live.sensorthings import CONFORMS_TO as CONFORMS_TO
from twin.live.sensorthings import (
    UNBOUND,
    Answers,
    Made,
    Model,
    Readings,
    collection_of,
    entity_of,
    rows_of,
    time_to_us,
)
from twin.service import Twin

ROOT = "/sta/v1.1"
MAX_POINTS = 1_000_000  # all of them: the page of the collection has no limit of its own here
router = APIRouter(prefix=ROOT, tags=["sensorthings"])


def _model(twin: Twin) -> Model:
    buildings = {building.building_id: building.name for building in twin.catalogue.buildings()}
    points = [point for building_id in (*buildings, UNBOUND) for point in twin.live.points(building_id)]
    known: dict[tuple[str, str], Any] = {}
    rooms: dict[tuple[str, str], str] = {}

    def places() -> dict[tuple[str, str], Any]:
        if not known:
            for item in twin.collections.page(POINTS, None, MAX_POINTS, 0)[0]:
                place = geometry_json(item.geometry)
                if place is not None:
                    known[item.properties["building_id"], item.properties["point_id"]] = place
        return known

    def name(building_id: str, space: str) -> str:
        if not space:
            return buildings.get(building_id) or building_id
        if (building_id, space) not in rooms:
            rooms[building_id, space] = _room(twin, building_id, space)
        return rooms[building_id, space]

    return Model(points, name, places, twin.sensorthings.additions())


def _room(twin: Twin, building_id: str, space: str) -> str:
    record = twin.bindings.record(building_id, space)
    return (record.name if record is not None else "") or space


def _answers(twin: Twin, request: Request) -> Answers:
    address = twin.live.broker_address() if twin.settings.mqtt_sensorthings else None
    broker = f"{'mqtts' if address.tls else 'mqtt'}://{address.host}:{address.port}" if address else None
    now = twin.clock()
    return Answers(_model(twin), Readings(twin.live.history, now), now, _root(request), broker)


def _problem(error: TwinError) -> JSONResponse:
    problem = problem_of(error)  # clients of SensorThings read `message`
    return JSONResponse({**problem, "message": problem["detail"]}, int(problem["status"]), media_type=PROBLEM_JSON)


@router.get("", summary="List the entity sets of SensorThings", include_in_schema=True)
async def landing(twin: TwinDep, request: Request) -> Response:
    """Return the sets and what is conformed to."""
    return await _get(twin, request, "")


@router.get("/{path:path}", summary="Read SensorThings entities")
async def read(twin: TwinDep, request: Request, path: str) -> Response:
    """Return a set, an entity, a member, its value or its references; options as in section 9.3 of the standard."""
    return await _get(twin, request, path)


async def _get(twin: Twin, request: Request, path: str) -> Response:
    try:
        query = dict(request.query_params)
        answer = await run_in_threadpool(lambda: _answers(twin, request).get(path, query))
    except TwinError as error:
        return _problem(error)
    if path.endswith("/$value"):
        plain = answer if isinstance(answer, str) else json.dumps(answer)
        return PlainTextResponse(plain)
    return JSONResponse(answer)


@router.post("/CreateObservations", summary="Create many Observations at once (data array)", status_code=201)
def create_many(
    twin: TwinDep, actor: ActorDep, request: Request, arrays: Annotated[list[dict[str, Any]], Body(max_length=1_000)]
) -> Response:
    """Store the rows of each array; the answer holds an address for each row that was stored, else the word error."""
    try:
        refuse_xroad(actor)
        streams = _model(twin).streams
        found = [
            _row(twin, actor, streams, _number(array.get("Datastream")), row)
            for array in arrays
            for row in rows_of(array)
        ]
    except TwinError as error:
        return _problem(error)
    root = _root(request)
    links = [f"{root}/Observations('{name}')" if name is not None else "error" for name in found]
    return JSONResponse(links, HTTP_201_CREATED)


def _row(twin: Twin, actor: Actor, streams: Mapping[int, Point], number: Any, row: Mapping[str, Any]) -> str | None:
    try:
        return _store(twin, actor, streams, number, row)
    except TwinError:
        return None


@router.post("/{path:path}", summary="Create an entity", status_code=HTTP_201_CREATED)
def create(
    twin: TwinDep, actor: ActorDep, request: Request, path: str, given: Annotated[dict[str, Any], Body()]
) -> Response:
    """Create an Observation, or a Thing, Location, Sensor, ObservedProperty or Datastream with what is nested in it.

    A Datastream becomes a point; what is doubtful about its binding stands in `@kaksik.findings` of the answer.
    """
    try:
        refuse_xroad(actor)
        parent, kind = collection_of(path)
        if kind == "Observations":
            number = parent[1] if parent else _number(given.get("Datastream"))
            address = f"Observations('{_store(twin, actor, _model(twin).streams, number, given)}')"
            return Response(status_code=HTTP_201_CREATED, headers={"Location": f"{_root(request)}/{address}"})
        made = twin.sensorthings.changes(_model(twin)).create(kind, given, parent)
        refused = _store_nested(twin, actor, made)
    except TwinError as error:
        return _problem(error)
    return _made(twin, request, made, HTTP_201_CREATED, refused)


def _store_nested(twin: Twin, actor: Actor, made: Made) -> int:
    """Store the Observations that came with their Datastream; return how many were refused."""
    if not made.observations:
        return 0
    streams = _model(twin).streams
    return sum(_row(twin, actor, streams, number, given) is None for number, given in made.observations)


@router.patch("/{path:path}", summary="Change an entity")
@router.put("/{path:path}", summary="Change an entity by its members", operation_id="replace_sensorthings_entity")
def change(
    twin: TwinDep,
    actor: ActorDep,
    request: Request,
    path: str,
    patch: Annotated[dict[str, Any] | list[Any], Body(description="JSON Merge Patch, or a list as JSON Patch")],
) -> Response:
    """Change members; what a model says of an entity is refused. Members that are left out stay as they are."""
    try:
        refuse_xroad(actor)
        kind, number = entity_of(path)
        made = twin.sensorthings.changes(_model(twin)).change(kind, number, patch)
    except TwinError as error:
        return _problem(error)
    return _made(twin, request, made, HTTP_200_OK)


@router.delete("/{path:path}", summary="Delete an entity that a client created")
def delete(twin: TwinDep, actor: ActorDep, path: str) -> Response:
    """Delete what nothing depends on; points, readings and what stands for a model are kept."""
    try:
        refuse_xroad(actor)
        twin.sensorthings.changes(_model(twin)).delete(*entity_of(path))
    except TwinError as error:
        return _problem(error)
    return Response(status_code=HTTP_204_NO_CONTENT)


def _made(twin: Twin, request: Request, made: Made, status: int, refused: int = 0) -> Response:
    shown = _answers(twin, request).shown(made.kind, made.number)
    told: dict[str, Any] = {}
    if made.findings:
        told["@kaksik.findings"] = [asdict(finding) for finding in made.findings]
    if refused:  # the entities are there; GET /api/v1/readings/refused counts the reasons
        told["@kaksik.refusedObservations"] = refused
    return JSONResponse({**shown, **told}, status, headers={"Location": shown["@iot.selfLink"]})


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/") + request.url.path.partition(ROOT)[0] + ROOT


def _number(link: Any) -> Any:
    return link.get("@iot.id") if isinstance(link, dict) else None


def _store(twin: Twin, actor: Actor, streams: Mapping[int, Point], number: Any, given: Mapping[str, Any]) -> str:
    point = streams.get(number) if isinstance(number, int) else None
    if point is None:
        raise NotFound("There is no such Datastream.", reason="not-found", entity=str(number)[:40])
    time = given.get("phenomenonTime") or twin.clock().isoformat()
    if not isinstance(time, str) or "/" in time:
        raise InvalidInput(
            "The phenomenonTime must be one RFC 3339 time.", reason="observation", entity=point.point_id
        )
    payload = json.dumps({"t": time, "v": given.get("result"), "u": point.unit}).encode()
    topic = f"{twin.settings.mqtt_root}/v1/{point.building_id}/{point.point_id}/obs"
    done = twin.live.ingest_batch([(topic, payload)], actor.name if actor.device else None)
    if done.refused:
        raise InvalidInput(
            f"The reading was refused: {', '.join(done.reasons)}.",
            reason="observation",
            hint="The unit is that of the point; a device writes its own points only.",
            entity=point.point_id,
        )
    return f"{number}-{time_to_us(datetime.fromisoformat(time.upper()))}"
