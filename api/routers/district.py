"""The district: all buildings on the map with parcels and plan areas."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, UploadFile

from api.context import ActorDep, TwinDep
from twin.errors import InvalidInput

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc7946",)
MAX_LAYER_BYTES = 64 * 1024 * 1024  # the parcels of a large city; more belongs into a geodatabase
router = APIRouter(tags=["district"])


@router.get("/district", summary="Show all buildings with parcels and plan areas")
def district(twin: TwinDep) -> dict[str, Any]:
    """Return the district in EPSG:3301, heights EH2000."""
    return twin.overview.district()


@router.put("/district/{layer}", summary="Replace the parcels or the plan areas (GeoJSON, EPSG:3301)")
def put_layer(
    twin: TwinDep, _actor: ActorDep, layer: Literal["parcels", "plan_areas"], file: Annotated[UploadFile, File()]
) -> dict[str, str]:
    """Check and keep a layer; nothing is stored if a feature is faulty."""
    data = file.file.read(MAX_LAYER_BYTES + 1)
    if len(data) > MAX_LAYER_BYTES:
        raise InvalidInput(f"A layer is at most {MAX_LAYER_BYTES} bytes.", reason="too-large", entity=layer)
    return {"layer": layer, "sha256": twin.layers.put(layer, data)}
