"""What measures would do to one building."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from api.context import ActorDep, TwinDep, VersionDep
from twin.energy.city import Package

CONFORMS_TO = ("https://www.iso.org/standard/65696.html",)  # EN ISO 52016-1
router = APIRouter(prefix="/buildings/{building_id}/versions/{stage}/{number}/energy", tags=["energy"])


@router.post("/what-if", summary="Try measures on a building; nothing is stored")
def what_if(
    twin: TwinDep,
    version: VersionDep,
    _actor: ActorDep,
    package: Annotated[dict[str, Any], Body(examples=[{"name": "windows", "window_u_w_m2k": 0.8}])],
) -> dict[str, Any]:
    """Return the need before and after a package of measures, by the names of `Package`."""
    return twin.energy.what_if(version, Package.from_json(package))
