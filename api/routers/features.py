"""OGC API - Features, Part 1: Core, at /ogc."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.context import TwinDep
from api.formats import (
    CONFORMANCE,
    GEOJSON,
    MAX_ITEMS,
    OPENAPI,
    PLAIN_PARAMETERS,
    SYSTEMS,
    check_names,
    collection_json,
    collections_json,
    item_crs,
    item_json,
    items_body,
    items_query,
    landing,
    to_openapi_30,
)
from twin.clock import rfc3339
from twin.collections import COLLECTIONS
from twin.errors import NotFound

CONFORMS_TO = CONFORMANCE
ROOT = "/ogc"
router = APIRouter(prefix=ROOT, tags=["ogc"])


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "style": "form", "explode": False, "schema": schema} | {
        "description": description
    }


_F = _parameter("f", {"type": "string", "enum": ["json"]}, "Encoding")
_SYSTEM: dict[str, Any] = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": SYSTEMS[0]}
_CRS = _parameter("crs", _SYSTEM, "Reference system of the answer; EPSG:3301 has the northing first")
_PROPERTIES: dict[str, Any] = {
    "name": "properties", "in": "query", "required": False, "style": "form", "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    "description": "Any property of the features by its name, such as land_use=elamumaa: those that have this value",
}  # fmt: skip
_ITEMS: dict[str, Any] = {
    "parameters": [
        _parameter(
            "bbox",
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
            "Box in CRS84: west,south,east,north; with heights six numbers; in EPSG:3301 the northing first",
        ),
        _parameter("bbox-crs", _SYSTEM, "Reference system of bbox"),
        _CRS,
        _parameter(
            "datetime", {"type": "string"}, "RFC 3339 time or interval; the features have no time and all match"
        ),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_ITEMS, "default": 100}, "Most features"),
        _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "Features to pass over"),
        _PROPERTIES,
        _F,
    ]
}
_PLAIN: dict[str, Any] = {"parameters": [_F]}
_ITEM: dict[str, Any] = {"parameters": [_CRS, _F]}


class GeoJSONResponse(JSONResponse):
    """GeoJSON."""

    media_type = GEOJSON


@router.get("", summary="Landing page of OGC API Features", openapi_extra=_PLAIN)
@router.get("/", include_in_schema=False)
def landing_page(request: Request) -> dict[str, Any]:
    """Return links to the description, the conformance classes and the collections."""
    check_names(request.query_params.multi_items(), ())
    return landing(_base(request))


@router.get("/conformance", summary="Conformance classes of OGC API Features", openapi_extra=_PLAIN)
def conformance(request: Request) -> dict[str, list[str]]:
    """Return the conformance classes."""
    check_names(request.query_params.multi_items(), ())
    return {"conformsTo": list(CONFORMANCE)}


@router.get("/api", summary="Describe OGC API Features in OpenAPI 3.0", openapi_extra=_PLAIN)
def description(request: Request) -> Response:
    """Return the description of the paths below /ogc."""
    check_names(request.query_params.multi_items(), ())
    own = request.url.path.removesuffix("/api")
    document = to_openapi_30(request.app.openapi(), own, _base(request))
    return JSONResponse(document, media_type=OPENAPI)


@router.get("/collections", summary="List the collections", openapi_extra=_PLAIN)
def collections(request: Request, twin: TwinDep) -> dict[str, Any]:
    """Return all collections with their extents."""
    check_names(request.query_params.multi_items(), ())
    return collections_json(_base(request), {name: twin.collections.bounds(name) for name in COLLECTIONS})


@router.get("/collections/{collection_id}", summary="Describe a collection", openapi_extra=_PLAIN)
def collection(request: Request, twin: TwinDep, collection_id: str) -> dict[str, Any]:
    """Return one collection."""
    check_names(request.query_params.multi_items(), ())
    return collection_json(_base(request), _known(collection_id), twin.collections.bounds(collection_id))


@router.get(
    "/collections/{collection_id}/items",
    summary="List features of a collection",
    response_class=GeoJSONResponse,
    openapi_extra=_ITEMS,
)
def items(request: Request, twin: TwinDep, collection_id: str) -> Response:
    """Return a page of features in the reference system that is asked for, CRS84 if none is."""
    name = _known(collection_id)
    given = request.query_params.multi_items()
    known = () if {key for key, _ in given} <= PLAIN_PARAMETERS else twin.collections.properties(name)
    query = items_query(given, known)
    found, total = twin.collections.page(name, query.area, query.limit, query.offset, query.where)
    page = items_body(_base(request), name, query, dict(given), found, total, rfc3339(twin.clock()))
    return Response(page, media_type=GEOJSON, headers={"Content-Crs": f"<{query.crs}>"})


@router.get(
    "/collections/{collection_id}/items/{feature_id:path}",  # an identifier of a city file may hold a slash
    summary="Show one feature",
    response_class=GeoJSONResponse,
    openapi_extra=_ITEM,
)
def item(request: Request, twin: TwinDep, collection_id: str, feature_id: str) -> Response:
    """Return one feature in the reference system that is asked for, CRS84 if none is."""
    crs = item_crs(request.query_params.multi_items())
    name = _known(collection_id)
    made = item_json(_base(request), name, twin.collections.item(name, feature_id), crs)
    return GeoJSONResponse(made, headers={"Content-Crs": f"<{crs}>"})


def _known(collection_id: str) -> str:
    if collection_id not in COLLECTIONS:
        hint = f"There is: {', '.join(COLLECTIONS)}."
        raise NotFound("There is no such collection.", reason="collection", entity=collection_id[:80], hint=hint)
    return collection_id


def _base(request: Request) -> str:
    """Return the URL of the landing page as the client wrote it."""
    path = request.url.path
    return f"{request.url.scheme}://{request.url.netloc}{path[: path.index(ROOT)]}{ROOT}"
