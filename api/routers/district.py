"""The district: all buildings on the map with parcels and plan areas."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Query, UploadFile

from api.context import ActorDep, TwinDep
from twin.errors import InvalidInput

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc7946",)
MAX_LAYER_BYTES = 64 * 1024 * 1024  # the parcels of a large city; more belongs into a geodatabase
MAX_CONTEXT = 20_000  # buildings in one answer: some ten megabytes
router = APIRouter(tags=["district"])


@router.get("/district", summary="Show all buildings with parcels and plan areas")
def district(
    twin: TwinDep,
    context: Annotated[bool, Query(description="With the buildings of the imported city")] = False,
    bbox: Annotated[
        str | None, Query(max_length=120, description="Box for the city: e0,n0,e1,n1 (EPSG:3301)")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CONTEXT, description="Most buildings of the city")] = 2_000,
) -> dict[str, Any]:
    """Return the district in EPSG:3301, heights EH2000."""
    shown = twin.overview.district()
    if context:
        shown["context"] = twin.city.page(None if bbox is None else _box(bbox), limit)
    return shown


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        east0, north0, east1, north1 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidInput("A box is four numbers.", reason="bbox", entity=text[:80], hint="e0,n0,e1,n1") from error
    if not (east0 <= east1 and north0 <= north1):  # false for what is no number, too
        raise InvalidInput("The box ends before it begins.", reason="bbox", entity=text[:80], hint="e0,n0,e1,n1")
    return east0, north0, east1, north1


@router.put("/district/{layer}", summary="Replace the parcels or the plan areas (GeoJSON, EPSG:3301)")
def put_layer(
    twin: TwinDep, _actor: ActorDep, layer: Literal["parcels", "plan_areas"], file: Annotated[UploadFile, File()]
) -> dict[str, str]:
    """Check and keep a layer; nothing is stored if a feature is faulty."""
    data = file.file.read(MAX_LAYER_BYTES + 1)
    if len(data) > MAX_LAYER_BYTES:
        raise InvalidInput(f"A layer is at most {MAX_LAYER_BYTES} bytes.", reason="too-large", entity=layer)
    return {"layer": layer, "sha256": twin.layers.put(layer, data)}
