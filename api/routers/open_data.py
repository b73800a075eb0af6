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
    Publisher,
    building_parts,
    building_tile,
    building_tileset,
    catalogue,
    json_ld,
    root_tileset,
    square_of,
    square_tileset,
    statements,
    tile,
    turtle,
)
from api.routers.versions import PREFIX
from twin.collections import COLLECTIONS
from twin.district import Geoid, Level, Placement, place
from twin.errors import NotFound
from twin.projection import project
from twin.service import Twin
from twin.snapshot import Snapshot

CONFORMS_TO = (
    "https://brickschema.org/schema/Brick",
    "https://docs.ogc.org/cs/22-025r4/22-025r4.html",
    "https://w3id.org/bot",
    "https://www.w3.org/TR/json-ld11/",
    "https://www.w3.org/TR/turtle/",
    "https://www.w3.org/TR/vocab-dcat-3/",
)
MAX_CELL = 100_000  # number of a cell from the origin of the map; Estonia ends at 13,300
_ALL_TILES = "Those that there are, are named by /api/v1/tiles/tileset.json."
router = APIRouter(tags=["open data"])

GeoidHeight = Annotated[
    float | None,
    Query(
        ge=-MAX_GEOID_M,
        le=MAX_GEOID_M,
        description="Height of the geoid above the ellipsoid in metres; default is the geoid of the settings",
    ),
]
CellNumber = Annotated[int, Path(ge=0, le=MAX_CELL)]


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
def tiles(twin: TwinDep, geoid_m: GeoidHeight = None) -> dict[str, Any]:
    """Return the tileset of all squares of 4 km, each of which is a tileset of its own."""
    return root_tileset(twin.city.tiles(), _geoid(twin, geoid_m), _query(geoid_m))


@router.get("/tiles/{east}_{north}.json", summary="Describe the buildings of a square as 3D Tiles 1.1")
def square(twin: TwinDep, east: CellNumber, north: CellNumber, geoid_m: GeoidHeight = None) -> dict[str, Any]:
    """Return the tileset of the cells of 500 m in a square.

    Raises:
        NotFound: (tile) there is no such square.
    """
    found = [tile for tile in twin.city.tiles() if square_of(tile.cell) == (east, north)]
    if not found:
        raise NotFound("There is no such square.", reason="tile", entity=f"{east}_{north}", hint=_ALL_TILES)
    return square_tileset(found, _geoid(twin, geoid_m), _query(geoid_m))


@router.get("/tiles/{east}_{north}_{part}.glb", summary="Get one tile", response_class=Response)
def content(
    twin: TwinDep,
    east: CellNumber,
    north: CellNumber,
    part: Annotated[str, Path(pattern=r"^(m|\d{1,6})$", description="Part of the cell; m holds the models")],
    geoid_m: GeoidHeight = None,
) -> Response:
    """Return the blocks of a part of a cell as GLB.

    Raises:
        NotFound: (tile) the tileset has no such tile.
    """
    bodies = twin.city.of_tile((east, north), part)
    if not bodies:
        raise NotFound("There is no such tile.", reason="tile", entity=f"{east}_{north}_{part}", hint=_ALL_TILES)
    made = tile(bodies, (east, north), _geoid(twin, geoid_m))
    return Response(made, media_type="model/gltf-binary", headers={"Cache-Control": "no-cache"})


@router.get(PREFIX + "/tiles/tileset.json", summary="Describe a version as 3D Tiles 1.1, element by element")
def version_tiles(twin: TwinDep, version: VersionDep, geoid_m: GeoidHeight = None) -> dict[str, Any]:
    """Return the tileset of a version that has a place on the map.

    Raises:
        NotFound: (place) it has none.
    """
    snapshot = twin.snapshots.read(version)
    parts, where = building_parts(snapshot), _placed(snapshot)
    return building_tileset(parts, where, _geoid(twin, geoid_m), _query(geoid_m))


@router.get(PREFIX + "/tiles/{tile_number}.glb", summary="Get one tile of a version", response_class=Response)
def version_tile(
    twin: TwinDep,
    version: VersionDep,
    tile_number: Annotated[int, Path(ge=0, le=MAX_CELL, description="From 0, in the order of the tileset")],
    geoid_m: GeoidHeight = None,
) -> Response:
    """Return elements as GLB, with GlobalId, class, name and storey of each.

    Raises:
        NotFound: (tile) the tileset has no such tile; (place) the version has no place on the map.
    """
    snapshot = twin.snapshots.read(version)
    parts, where = building_parts(snapshot), _placed(snapshot)
    if tile_number >= len(parts):
        hint = "Those that there are, are named by tileset.json beside it."
        raise NotFound("There is no such tile.", reason="tile", entity=str(tile_number), hint=hint)
    made = building_tile(parts, tile_number, snapshot, where, _geoid(twin, geoid_m))
    return Response(made, media_type="model/gltf-binary", headers={"Cache-Control": "no-cache"})


@router.get("/dcat", summary="Catalogue of what is given out (DCAT 3)", response_class=Response)
def dcat(request: Request, twin: TwinDep) -> Response:
    """Return the catalogue as JSON-LD: DCAT-AP 3 if the settings name a publisher; else it says that they do not."""
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
    made = catalogue(_base(request), boxes, versions, twin.releases.index(), _publisher(twin))
    return JSONResponse(made, media_type=JSON_LD)


def _placed(snapshot: Snapshot) -> Placement:
    """Return where a version stands.

    Raises:
        NotFound: (place) nobody says it, or what is said is not to be trusted.
    """
    if snapshot.georeference is None or not (where := place(snapshot.georeference)).trusted:
        raise NotFound(
            "The version has no place on the map.",
            reason="place",
            entity=snapshot.building_id,
            hint="Load it again with a place, or set the map conversion in the authoring tool.",
        )
    return where


def _publisher(twin: Twin) -> Publisher:
    settings = twin.settings
    url, licence = (
        None if address is None else str(address) for address in (settings.publisher_url, settings.data_licence)
    )
    return Publisher(settings.publisher_name.strip(), url, settings.publisher_email, licence)


def _geoid(twin: Twin, geoid_m: float | None) -> Geoid:
    return twin.geoid if geoid_m is None else Level(geoid_m)


def _query(geoid_m: float | None) -> str:
    return "" if geoid_m is None else f"?geoid_m={geoid_m:g}"


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
