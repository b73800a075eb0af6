"""What it is like in there: state of a storey, at any time, together by space, storey, building and district."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.context import BuildingId, Moment, TwinDep
from twin.conditions import Conditions
from twin.metering import Metering

CONFORMS_TO: tuple[str, ...] = ()
DEFAULT_COMFORT = timedelta(days=7)
router = APIRouter(tags=["live"])
At = Annotated[Moment | None, Query(description="RFC 3339; default now")]

From = Annotated[Moment | None, Query(alias="from", description="Default a week before the end")]
To = Annotated[Moment | None, Query(alias="to", description="Default now")]


def _conditions(twin: TwinDep) -> Conditions:
    return Conditions(twin.catalogue, twin.live, twin.clock)


def _metering(twin: TwinDep) -> Metering:
    return Metering(twin.live, _conditions(twin))


def _span(twin: TwinDep, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    until = end or twin.clock()
    return start or until - DEFAULT_COMFORT, until


@router.get("/buildings/{building_id}/state", summary="Show the state of a building or storey, now or at a time")
def state(
    twin: TwinDep,
    building_id: BuildingId,
    storey: Annotated[str | None, Query(max_length=40, description="GlobalId of a storey; default is all")] = None,
    at: At = None,
) -> dict[str, Any]:
    """Return every point with value, unit, age, staleness and category of comfort."""
    return _conditions(twin).state(building_id, storey, at)


@router.get("/buildings/{building_id}/aggregates", summary="Show values by space, storey or building")
def aggregates(
    twin: TwinDep,
    building_id: BuildingId,
    by: Annotated[str, Query(max_length=20, description="space, storey or building")] = "storey",
    at: At = None,
) -> dict[str, Any]:
    """Return mean, minimum and maximum of what is not stale."""
    return {"items": _conditions(twin).aggregates(building_id, by, at)}


@router.get("/buildings/{building_id}/means", summary="Show one quantity of a building over time")
def means(
    twin: TwinDep,
    building_id: BuildingId,
    quantity_kind: Annotated[str, Query(max_length=64, description="QUDT quantity kind, such as Temperature")],
    start: Annotated[Moment | None, Query(alias="from", description="Default a week before the end")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="Default now")] = None,
    step_s: Annotated[float, Query(ge=1, description="Seconds of a step")] = 3600.0,
) -> dict[str, Any]:
    """Return mean, minimum, maximum and count of all points of the quantity together, by step."""
    twin.catalogue.building(building_id)
    until = end or twin.clock()
    return twin.live.means(building_id, quantity_kind, start or until - DEFAULT_COMFORT, until, step_s)


@router.get("/district/aggregates", summary="Show values of every building")
def district(twin: TwinDep) -> dict[str, Any]:
    """Return mean, minimum and maximum of each building."""
    return {"items": _conditions(twin).district()}


@router.get("/buildings/{building_id}/occupancy", summary="Show who is in, and how that is known")
def occupancy(
    twin: TwinDep,
    building_id: BuildingId,
    by: Annotated[str, Query(max_length=20, description="space, storey or building")] = "space",
    at: At = None,
) -> dict[str, Any]:
    """Return people or presence by space with the method, or together."""
    return _conditions(twin).occupancy(building_id, by, at)


@router.get("/district/occupancy", summary="Show who is in every building")
def district_occupancy(twin: TwinDep) -> dict[str, Any]:
    """Return occupied spaces and people of each building of which something is known."""
    return {"items": _conditions(twin).district_occupancy()}


@router.get("/buildings/{building_id}/meters", summary="Show the meters as a tree with its balance")
def meters(twin: TwinDep, building_id: BuildingId, start: From = None, end: To = None) -> dict[str, Any]:
    """Return what each meter used, what its parts leave unexplained, and findings."""
    return _metering(twin).tree(building_id, *_span(twin, start, end))


@router.get("/buildings/{building_id}/use", summary="Show what was used by space, storey or building")
def use(
    twin: TwinDep,
    building_id: BuildingId,
    by: Annotated[str, Query(max_length=20, description="space, storey or building")] = "building",
    start: From = None,
    end: To = None,
) -> dict[str, Any]:
    """Return energy and water by place."""
    return {"items": _metering(twin).by_place(building_id, by, *_span(twin, start, end))}


@router.get("/district/use", summary="Show what every building used")
def district_use(twin: TwinDep, start: From = None, end: To = None) -> dict[str, Any]:
    """Return energy and water of each building."""
    return {"items": _metering(twin).district(*_span(twin, start, end))}


@router.get("/points/{building_id}/{point_id}/comfort", summary="Show the hours in each category of comfort")
def comfort(
    twin: TwinDep,
    building_id: BuildingId,
    point_id: str,
    start: Annotated[Moment | None, Query(alias="from", description="Default a week before the end")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="Default now")] = None,
) -> dict[str, Any]:
    """Return shares of hours by category of EN 16798-1, and hours above 27 °C."""
    until = end or twin.clock()
    return _conditions(twin).comfort(building_id, point_id, start or until - DEFAULT_COMFORT, until)
