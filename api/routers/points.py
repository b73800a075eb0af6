"""Points and their bindings: from a file, from the model, from the viewer, and what no longer holds."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Path, UploadFile

from api.context import ActorDep, BuildingId, TwinDep
from api.security import refuse_xroad
from api.uploads import read_upload

CONFORMS_TO = ("https://qudt.org/vocab/quantitykind/", "https://ucum.org/ucum")
MAX_POINTS_BYTES = 16 * 1024 * 1024  # tens of thousands of points: a large campus
router = APIRouter(tags=["points"])
PointId = Annotated[str, Path(max_length=64, description="Name of the point in its building")]


@router.get("/buildings/{building_id}/points", summary="List the points of a building")
def points(twin: TwinDep, building_id: BuildingId) -> list[dict[str, Any]]:
    """Return sensors, meters, actuators and setpoints with their bindings."""
    twin.catalogue.building(building_id)
    return [point.as_json() for point in twin.live.points(building_id)]


@router.get("/buildings/{building_id}/points/findings", summary="Show which bindings do not hold")
def findings(twin: TwinDep, building_id: BuildingId) -> list[dict[str, Any]]:
    """Judge every binding against the newest version: orphans, wrong objects, wrong spaces, doubtful quantities."""
    twin.catalogue.building(building_id)
    return [asdict(finding) for finding in twin.bindings.findings(building_id)]


@router.get("/buildings/{building_id}/points/declared", summary="Show the points that the model itself declares")
def declared(twin: TwinDep, building_id: BuildingId) -> dict[str, Any]:
    """Return sensors, actuators and meters of the newest version that nobody bound yet."""
    found, unclear = twin.bindings.declared(building_id)
    return {"points": [p.as_json() for p in found], "findings": [asdict(finding) for finding in unclear]}


@router.post("/buildings/{building_id}/points/declared", summary="Bind the points that the model itself declares")
def take_declared(twin: TwinDep, actor: ActorDep, building_id: BuildingId) -> dict[str, Any]:
    """Register those points under the names that the model gives them."""
    refuse_xroad(actor)
    taken, told = twin.bindings.take_declared(building_id)
    return {"points": [p.as_json() for p in taken], "findings": [asdict(finding) for finding in told]}


@router.put("/buildings/{building_id}/points/{point_id}", summary="Bind one point to an object of the model")
def bind(
    twin: TwinDep,
    actor: ActorDep,
    building_id: BuildingId,
    point_id: PointId,
    point: Annotated[dict[str, Any], Body(description="Members of a points file; the address names the point")],
) -> dict[str, Any]:
    """Register the point, or bind it anew. A binding that does not hold in the newest version is refused."""
    refuse_xroad(actor)
    twin.catalogue.building(building_id)
    return twin.bindings.bind({**point, "building_id": building_id, "point_id": point_id})


@router.put("/points", summary="Bind points to elements (points.json)")
def bind_points(twin: TwinDep, actor: ActorDep, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Register points, each checked against the newest version of its building; a faulty file stores nothing."""
    refuse_xroad(actor)
    count, told = twin.bindings.take_file(read_upload(file, MAX_POINTS_BYTES))
    return {"registered": count, "findings": [asdict(finding) for finding in told]}
