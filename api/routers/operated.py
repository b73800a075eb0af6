"""Energy as it is: meters against the model, contracts, materials; and the city."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from api.context import ActorDep, BuildingId, JobsDep, Moment, TwinDep, VersionDep
from api.routers.jobs import job_json
from twin.energy.city import Package
from twin.energy.gwp import MOST_CHARACTERS
from twin.errors import InvalidInput
from twin.operation import HOT_WATER_KWH_M2, OperationQuery

CONFORMS_TO = ("https://www.iso.org/standard/65696.html",)  # EN ISO 52016-1
VERSION = "/buildings/{building_id}/versions/{stage}/{number}"
MAX_TABLE_BYTES = 1024 * 1024  # a row a district
router = APIRouter(tags=["energy"])

Start = Annotated[Moment, Query(alias="from", description="RFC 3339")]
End = Annotated[Moment, Query(alias="to", description="RFC 3339")]
PointName = Annotated[str, Query(max_length=64)]


class CarrierIn(BaseModel):
    """How heat is delivered."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(max_length=80)
    efficiency: float = Field(ge=0.05, le=10.0, description="Heat per delivered energy")
    co2_kg_kwh: float = Field(ge=0.0, le=5.0)
    price_eur_kwh: float = Field(ge=0.0, le=10.0)
    source: str = Field(default="the asker", max_length=200)


class SelectionIn(BaseModel):
    """Which buildings; without members all."""

    model_config = ConfigDict(extra="forbid")

    districts: list[str] | None = Field(default=None, max_length=1_000)
    building_ids: list[str] | None = Field(default=None, max_length=100_000)
    built_from: int | None = Field(default=None, ge=1000, le=2200)
    built_to: int | None = Field(default=None, ge=1000, le=2200)


class CityRunIn(BaseModel):
    """A run over the city."""

    model_config = ConfigDict(extra="forbid")

    package: dict[str, Any] | None = Field(default=None, description="Measures, by the names of `Package`")
    selection: SelectionIn | None = None
    carrier: CarrierIn | None = None


class ConfirmationIn(BaseModel):
    """Which factor stands for a material."""

    model_config = ConfigDict(extra="forbid")

    material: str = Field(max_length=500)
    factor_id: str | None = Field(default=None, max_length=80, description="None takes the material back")
    note: str = Field(default="", max_length=MOST_CHARACTERS)


@router.get(VERSION + "/energy/operated", summary="Compare a meter with the model, and say why they differ")
def operated(
    twin: TwinDep,
    version: VersionDep,
    meter: PointName,
    start: Start,
    end: End,
    outdoor: Annotated[
        str | None, Query(max_length=64, description="Outdoor temperature; without it no answer")
    ] = None,
    rooms: Annotated[list[str], Query(max_length=200, description="Room temperatures")] = [],  # noqa: B006
    hot_water_kwh_m2: Annotated[float, Query(ge=0, le=200, description="As designed, by year")] = HOT_WATER_KWH_M2,
    efficiency: Annotated[float, Query(ge=0.05, le=10, description="Heat per metered energy")] = 1.0,
    carrier: Annotated[str, Query(max_length=40, description="What the meter counts")] = "district-heating",
) -> dict[str, Any]:
    """Return measured and normalised use, KEK, the calibrated way of running, its fit, and the causes with bands."""
    query = OperationQuery(meter, start, end, outdoor, tuple(rooms), hot_water_kwh_m2, efficiency, carrier)
    return twin.operations.report(version, query)


@router.get("/buildings/{building_id}/energy/contract", summary="Judge a promised saving by the meter")
def contract(
    twin: TwinDep,
    building_id: BuildingId,
    meter: PointName,
    outdoor: PointName,
    before_from: Moment,
    before_to: Moment,
    after_from: Moment,
    after_to: Moment,
    promised_share: Annotated[float, Query(gt=0, lt=1, description="Of the use without the measures")],
) -> dict[str, Any]:
    """Return the saving with its band, and whether the promise is kept, missed or open."""
    twin.catalogue.building(building_id)
    times = ((before_from, before_to), (after_from, after_to))
    return twin.operations.contract(building_id, meter, outdoor, times, promised_share)


@router.get(VERSION + "/gwp", summary="Show the global warming potential and how much of the building it covers")
def gwp(twin: TwinDep, version: VersionDep) -> dict[str, Any]:
    """Return A1-A3 from confirmed factors with their coverage, B6 from the energy report, and suggestions."""
    return twin.carbon.report(version)


@router.post(VERSION + "/gwp/mapping", summary="Confirm which factor stands for a material", status_code=201)
def confirm(twin: TwinDep, version: VersionDep, actor: ActorDep, body: ConfirmationIn) -> dict[str, Any]:
    """Write it into the append-only book with who and when; a later word counts instead of an earlier one."""
    said = twin.carbon.confirm(version, body.material, body.factor_id, actor.name, body.note)
    return said.to_json()


@router.get("/buildings/{building_id}/gwp/mapping", summary="Show who confirmed which factor, and when")
def mapping(twin: TwinDep, building_id: BuildingId) -> dict[str, Any]:
    """Return everything that was said, oldest first, and the table of factors in force."""
    twin.catalogue.building(building_id)
    table = twin.carbon.table
    return {
        "items": [one.to_json() for one in twin.carbon.history(building_id)],
        "table": {"name": table.name, "sha256": table.sha256},
    }


@router.post("/district/energy", summary="Compute every building of the city, or try a renovation", status_code=202)
def city_energy(
    twin: TwinDep, jobs: JobsDep, _actor: ActorDep, response: Response, body: CityRunIn
) -> dict[str, Any]:
    """Start a job; its result has totals, districts, histogram, and a table for `GET /district/thematic/{table}`."""
    if body.package is not None:
        Package.from_json(body.package)  # what cannot be used is refused now, not by the job
    job = twin.submit_city_energy(jobs, body.model_dump(exclude_none=True))
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    return job_json(job)


@router.post("/district/energy/poverty", summary="Show energy poverty by district, from groups only")
def poverty(
    twin: TwinDep,
    _actor: ActorDep,
    file: Annotated[UploadFile, File(description="CSV of groups; it is not kept")],
    run: Annotated[str, Form(max_length=64, description="Run that the job gave")],
) -> dict[str, Any]:
    """Return the share of income that heating takes; a table with a group of fewer than k is refused whole."""
    data = file.file.read(MAX_TABLE_BYTES + 1)
    if len(data) > MAX_TABLE_BYTES:
        raise InvalidInput("The table is too large.", reason="too-large", hint="One row a district.")
    return twin.city_energy.poverty(run, data)
