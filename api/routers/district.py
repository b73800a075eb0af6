"""The district: all buildings on the map with parcels and plan areas."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import JSONResponse

from api.context import ActorDep, TwinDep
from api.formats import bounded
from twin.district import lies_in_estonia
from twin.errors import InvalidInput
from twin.layers import PARCELS, PLAN_AREAS

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc7946",)
MAX_LAYER_BYTES = 64 * 1024 * 1024  # the parcels of a large city; more belongs into a geodatabase
MAX_CONTEXT = 5_000  # buildings in one answer: some two megabytes
MAX_PART_BYTES = 2 * 1024 * 1024  # of each of the four lists: together below 10 MiB
_BOX_HINT = "Write east0,north0,east1,north1 in metres of EPSG:3301."
router = APIRouter(tags=["district"])


@router.get("/district", summary="Show all buildings with parcels and plan areas")
def district(
    twin: TwinDep,
    context: Annotated[bool, Query(description="With the buildings of the imported city")] = False,
    bbox: Annotated[
        str | None, Query(max_length=120, description="Box for city, parcels and plan areas: e0,n0,e1,n1 (EPSG:3301)")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CONTEXT, description="Most buildings of the city")] = 2_000,
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="Buildings of the city to pass over")] = 0,
) -> JSONResponse:
    """Return the district in EPSG:3301, heights EH2000.

    Each list ends where it would grow too large; `complete` says which are whole. The rest is at the OGC API
    Features, page by page, or in a smaller box.
    """
    box = None if bbox is None else _box(bbox)
    shown = twin.overview.district()
    complete = {}
    shown["buildings"], complete["buildings"] = _fitting(shown["buildings"])
    for layer in (PARCELS, PLAN_AREAS):
        features, complete[layer] = _fitting(twin.layers.features(layer, box))
        shown[layer] = {**shown[layer], "features": features}
    if context:
        page = twin.city.page(box, limit, offset)
        items, whole = _fitting(page["items"])
        reached = offset + len(items)
        shown["context"] = page if whole else {**page, "items": items, "complete": False, "next": reached}
        complete["context"] = shown["context"]["complete"]
    return JSONResponse({**shown, "complete": complete})


def _fitting(items: Iterable[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], bool]:
    """Return items from the start that fit into a part of an answer, and whether these are all."""
    all_items = list(items)
    room = len(bounded(all_items, MAX_PART_BYTES))
    return all_items[:room], room == len(all_items)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        east0, north0, east1, north1 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidInput("A box is four numbers.", reason="bbox", entity=text[:80], hint=_BOX_HINT) from error
    if lies_in_estonia(north0, east0):
        raise InvalidInput("The northing stands before the easting.", reason="bbox", entity=text[:80], hint=_BOX_HINT)
    if not (east0 <= east1 and north0 <= north1):  # false for what is no number, too
        raise InvalidInput("The box ends before it begins.", reason="bbox", entity=text[:80], hint=_BOX_HINT)
    return east0, north0, east1, north1


@router.put("/district/{layer}", summary="Replace the parcels or the plan areas (GeoJSON, EPSG:3301)")
def put_layer(
    twin: TwinDep, _actor: ActorDep, layer: Literal["parcels", "plan_areas"], file: Annotated[UploadFile, File()]
) -> dict[str, Any]:
    """Check a layer and keep its usable features; faulty ones are left out and named."""
    data = file.file.read(MAX_LAYER_BYTES + 1)
    if len(data) > MAX_LAYER_BYTES:
        message = f"A layer is at most {MAX_LAYER_BYTES} bytes."
        raise InvalidInput(message, reason="too-large", entity=layer, hint="Cut it to the district.")
    return {"layer": layer, **asdict(twin.layers.put(layer, data))}
