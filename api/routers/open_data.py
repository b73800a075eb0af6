"""What others read with their own tools: linked data, 3D Tiles, and the catalogue of it all."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.context import TwinDep, VersionDep
from api.formats import (
    JSON_LD,
    MAX_GEOID_M,
    TURTLE,
    Frame,
    catalogue,
    cell_bounds,
    frame_of,
    json_ld,
    statements,
    tile,
    tileset,
    turtle,
)
from api.routers.versions import PREFIX
from twin.collections import BUILDINGS, COLLECTIONS
from twin.errors import NotFound
from twin.projection import project
from twin.service import Twin

CONFORMS_TO = (
    "https://brickschema.org/schema/Brick",
    "https://docs.ogc.org/cs/22-025r4/22-025r4.html",
    "https://w3id.org/bot",
    "https://www.w3.org/TR/json-ld11/",
    "https://www.w3.org/TR/turtle/",
    "https://www.w3.org/TR/vocab-dcat-3/",
)
MAX_CELL = 100_000  # number of a cell from the origin of the map; Estonia ends at 13,300
router = APIRouter(tags=["open data"])

Geoid = Annotated[
    float, Query(ge=-MAX_GEOID_M, le=MAX_GEOID_M, description="Height of the geoid above the ellipsoid, metres")
]


@router.get(PREFIX + "/linked-data", summary="Show a version as RDF (BOT, Brick)", response_class=Response)
def linked_data(
    request: Request, twin: TwinDep, version: VersionDep, accept: Annotated[str, Header()] = "*/*"
) -> StreamingResponse:
    """Return JSON-LD, or Turtle if the Accept header prefers it, as a stream."""
    snapshot = twin.snapshots.read(version)
    key = version.key
    base = f"{_base(request)}/buildings/{key.building_id}/versions/{key.stage.value}/{key.number}/elements"
    points = twin.live.points(key.building_id)
    content = statements(project(snapshot, version.content_sha256), points, base, version.project_id)
    kind = _preferred(accept)
    body = turtle(content) if kind == TURTLE else json_ld(content)
    return StreamingResponse(body, media_type=kind, headers={"Vary": "Accept"})


@router.get("/tiles/tileset.json", summary="Describe all buildings as 3D Tiles 1.1")
def tiles(twin: TwinDep, geoid_m: Geoid = 0.0) -> dict[str, Any]:
    """Return an explicit tileset of cells of 500 m; EH2000 heights are raised by `geoid_m`."""
    return tileset(twin.city.bodies(), _frame(twin, geoid_m))


@router.get("/tiles/{east}_{north}_{number}.glb", summary="Get one tile", response_class=Response)
def content(
    twin: TwinDep,
    east: Annotated[int, Path(ge=0, le=MAX_CELL)],
    north: Annotated[int, Path(ge=0, le=MAX_CELL)],
    number: Annotated[int, Path(ge=0, le=MAX_CELL)],
    geoid_m: Geoid = 0.0,
) -> Response:
    """Return the blocks of a cell as GLB.

    Raises:
        NotFound: (tile) the tileset has no such tile.
    """
    frame, cell = _frame(twin, geoid_m), (east, north)
    made = None if frame is None else tile(twin.city.bodies(cell_bounds(cell)), cell, number, frame)
    if made is None:
        raise NotFound("There is no such tile.", reason="tile", entity=f"{east}_{north}_{number}")
    return Response(made, media_type="model/gltf-binary", headers={"Cache-Control": "no-cache"})


@router.get("/dcat", summary="Catalogue of what is given out (DCAT 3)", response_class=Response)
def dcat(request: Request, twin: TwinDep) -> Response:
    """Return the catalogue as JSON-LD."""
    boxes = {name: twin.collections.bounds(name) for name in COLLECTIONS}
    versions = [
        {
            "building_id": version.key.building_id,
            "stage": version.key.stage.value,
            "version": version.key.number,
            "created": version.created,
            "name": building.name,
        }
        for building in twin.catalogue.buildings()
        for version in twin.catalogue.versions(building.building_id)
    ]
    return JSONResponse(catalogue(_base(request), boxes, versions), media_type=JSON_LD)


def _frame(twin: Twin, geoid_m: float) -> Frame | None:
    bounds = twin.collections.bounds(BUILDINGS)
    return None if bounds is None else frame_of(bounds, geoid_m)


def _base(request: Request) -> str:
    """Return the URL of the interface as the client wrote it."""
    path = request.url.path
    root = re.match(r".*?/api/v\d+", path)
    return f"{request.url.scheme}://{request.url.netloc}{root[0] if root else ''}"


def _preferred(accept: str) -> str:
    """Return the media type that an Accept header likes best; JSON-LD if it likes both alike."""
    likes = {JSON_LD: 0.0, TURTLE: 0.0}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if re.fullmatch(r"q=[01](\.\d{0,3})?", p)), "1")
        for name in likes:
            if kind == name or (kind == f"{name.partition('/')[0]}/*" and not likes[name]):
                likes[name] = float(weight)
    return TURTLE if likes[TURTLE] > likes[JSON_LD] else JSON_LD
