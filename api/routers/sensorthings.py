"""OGC SensorThings 1.1 at /sta/v1.1: reading of the Sensing entities, and creation of Observations."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.status import HTTP_201_CREATED

from api.context import ActorDep, TwinDep
from api.errors import PROBLEM_JSON
from api.formats import geometry_json
from api.problems import problem_of
from api.security import refuse_xroad
from twin.collections import POINTS
from twin.errors import InvalidInput, NotFound, TwinError
from twin.live.sensorthings import CONFORMS_TO as CONFORMS_TO
from twin.live.sensorthings import Answers, Model, Readings, time_to_us
from twin.service import Twin

ROOT = "/sta/v1.1"
MAX_POINTS = 1_000_000  # all of them: the page of the collection has no limit of its own here
router = APIRouter(prefix=ROOT, tags=["sensorthings"])


def _model(twin: Twin) -> Model:
    buildings = {building.building_id: building.name for building in twin.catalogue.buildings()}
    points = [point for building_id in buildings for point in twin.live.points(building_id)]
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
            return buildings[building_id] or building_id
        if (building_id, space) not in rooms:
            rooms[building_id, space] = _room(twin, building_id, space)
        return rooms[building_id, space]

    return Model(points, name, places)


def _room(twin: Twin, building_id: str, space: str) -> str:
    building = twin.catalogue.building(building_id)
    if not building.latest:
        return space
    try:
        version = twin.catalogue.version(building_id, building.furthest)
        return twin.catalogue.record(version.key, space).name or space
    except NotFound:
        return space


def _answers(twin: Twin, request: Request) -> Answers:
    root = str(request.base_url).rstrip("/") + request.url.path.partition(ROOT)[0] + ROOT
    return Answers(_model(twin), Readings(twin.live.history), twin.clock(), root)


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


@router.post("/Observations", summary="Create an Observation", status_code=HTTP_201_CREATED)
def create(twin: TwinDep, actor: ActorDep, request: Request, given: Annotated[dict[str, Any], Body()]) -> Response:
    """Store a reading of the Datastream that the entity names; the Location of the answer is its address."""
    stream = given.get("Datastream")
    number = stream.get("@iot.id") if isinstance(stream, dict) else None
    return _create(twin, actor, request, number, given)


@router.post("/Datastreams({number})/Observations", summary="Create an Observation of a Datastream", status_code=201)
def create_in(
    twin: TwinDep, actor: ActorDep, request: Request, number: int, given: Annotated[dict[str, Any], Body()]
) -> Response:
    """Store a reading of this Datastream."""
    return _create(twin, actor, request, number, given)


def _create(twin: Twin, actor: ActorDep, request: Request, number: Any, given: dict[str, Any]) -> Response:
    try:
        refuse_xroad(actor)
        address = _store(twin, number, given)
    except TwinError as error:
        return _problem(error)
    root = str(request.base_url).rstrip("/") + request.url.path.partition(ROOT)[0] + ROOT
    return Response(status_code=HTTP_201_CREATED, headers={"Location": f"{root}/Observations('{address}')"})


def _store(twin: Twin, number: Any, given: dict[str, Any]) -> str:
    model = _model(twin)
    point = model.streams.get(number) if isinstance(number, int) else None
    if point is None:
        raise NotFound("There is no such Datastream.", reason="not-found", entity=str(number)[:40])
    time = given.get("phenomenonTime") or twin.clock().isoformat()
    if not isinstance(time, str) or "/" in time:
        raise InvalidInput(
            "The phenomenonTime must be one RFC 3339 time.", reason="observation", entity=point.point_id
        )
    payload = json.dumps({"t": time, "v": given.get("result"), "u": point.unit}).encode()
    topic = f"{twin.settings.mqtt_root}/v1/{point.building_id}/{point.point_id}/obs"
    if twin.live.ingest(topic, payload).refused:
        raise InvalidInput(
            "The reading was refused.",
            reason="observation",
            hint="GET /api/v1/readings/refused counts the reasons; unit and range are those of the point.",
            entity=point.point_id,
        )
    return f"{number}-{time_to_us(datetime.fromisoformat(time))}"
