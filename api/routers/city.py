"""The city around the models: import, neighbours, horizon, thematic maps, search for a site."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry import mapping

from api.context import ActorDep, TwinDep
from api.formats import thematic_json
from twin.district import (
    CRITERIA,
    HORIZON_RADIUS_M,
    MAX_CITY_BYTES,
    Criterion,
    Method,
    Plan,
    Site,
    SiteQuery,
    classify,
    horizon,
    near,
    read_coded_table,
    search_sites,
    shared_wall_m,
)
from twin.errors import InvalidInput, NotFound

CONFORMS_TO = ("https://www.cityjson.org/specs/2.0.1/", "https://www.rfc-editor.org/rfc/rfc7946")
MAX_TABLE_BYTES = 32 * 1024 * 1024  # a row for each building of a large city
MAX_WITHIN_M = 2_000.0  # a quarter of a city; more is a question for the list of buildings
router = APIRouter(tags=["district"])

BuildingName = Annotated[str, Query(max_length=200, description="Building with a model, or of the city file")]


class CriterionIn(BaseModel):
    """One wish of a search for a site."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(description=", ".join(CRITERIA))
    weight: float = Field(default=1.0, gt=0, le=1_000)
    worst: float = Field(description="Value that scores 0")
    best: float = Field(description="Value that scores 1; may be below `worst`")
    point: tuple[float, float] | None = Field(default=None, description="Easting, northing, for distance_m")


class SiteQueryIn(BaseModel):
    """Rules that a parcel must keep, and wishes that it is scored by."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    min_footprint_left_m2: float = Field(default=0.0, ge=0)
    min_height_m: float = Field(default=0.0, ge=0)
    min_storeys: int = Field(default=0, ge=0)
    use_code: str = Field(default="", max_length=10, pattern=r"^\d*$", description="Plans name prefixes of it")
    criteria: list[CriterionIn] = Field(default_factory=list, max_length=20)
    limit: int = Field(default=50, ge=1, le=1_000)


@router.post("/district/context", summary="Import the city around: CityJSON, CityJSONSeq, or register data as CSV")
def put_context(twin: TwinDep, _actor: ActorDep, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Keep the buildings in place of the old ones; faulty ones are left out and named."""
    return twin.city.put(_read(file, MAX_CITY_BYTES)).to_json()


@router.get("/district/neighbours", summary="List the buildings near a building, with and without models")
def neighbours(
    twin: TwinDep, building_id: BuildingName, within_m: Annotated[float, Query(ge=0, le=MAX_WITHIN_M)] = 50.0
) -> dict[str, Any]:
    """Return distance, overlap and shared wall of each, nearest first."""
    subject = twin.city.body(building_id)
    others = {body.building_id: body for body in twin.city.surroundings(subject, within_m)}
    items = [
        {
            **asdict(distance),
            "shared_wall_m": round(shared_wall_m(subject.shape, others[distance.building_id].shape), 3),
            "source": others[distance.building_id].source,
            "ground_m": others[distance.building_id].ground_m,
            "height_m": others[distance.building_id].height_m,
        }
        for distance in near(subject, list(others.values()), within_m)
    ]
    return {"building_id": subject.building_id, "within_m": within_m, "items": items}


@router.get("/district/horizon", summary="Show the horizon before each façade of a building")
def horizons(
    twin: TwinDep, building_id: BuildingName, radius_m: Annotated[float, Query(gt=0, le=1_000)] = HORIZON_RADIUS_M
) -> dict[str, Any]:
    """Return angles by azimuth (grid north, clockwise) that the neighbours' blocks make; terrain is not known."""
    subject = twin.city.body(building_id)
    facades = horizon(subject, twin.city.surroundings(subject, radius_m))
    return {"building_id": subject.building_id, "radius_m": radius_m, "facades": [asdict(f) for f in facades]}


@router.post("/district/thematic", summary="Join a CSV to buildings by EHR code and sort its values into classes")
def thematic(
    twin: TwinDep,
    file: Annotated[UploadFile, File(description="CSV with a column ehr_code")],
    column: Annotated[str, Query(max_length=80)],
    method: Method = Method.QUANTILES,
    classes: Annotated[int, Query(ge=1, le=12)] = 5,
) -> dict[str, Any]:
    """Return GeoJSON (EPSG:3301) with class, value and colour, the legend, and the rows without a building."""
    table = read_coded_table(_read(file, MAX_TABLE_BYTES))
    return thematic_json(classify(table, column, method, classes), column, method.value, twin.city.coded(), table)


@router.post("/district/site-search", summary="Find parcels by plan rules and weighted wishes")
def site_search(twin: TwinDep, query: Annotated[SiteQueryIn, Body()]) -> dict[str, Any]:
    """Return the parcels that keep the rules, best first, with the score of every wish and why.

    Raises:
        NotFound: (layer) there are no parcels; (criterion) a wish cannot be scored.
    """
    parcels = twin.layers.parcels()
    if parcels is None:
        raise NotFound("There are no parcels.", reason="layer", hint="PUT /district/parcels first.")
    wishes = tuple(Criterion(c.name, c.weight, c.worst, c.best, c.point) for c in query.criteria)
    wanted = SiteQuery(
        query.min_footprint_left_m2, query.min_height_m, query.min_storeys, query.use_code, wishes, query.limit
    )
    sites = search_sites(parcels, twin.layers.plan() or Plan(()), twin.city.bodies(), wanted)
    return {"type": "FeatureCollection", "crs": _CRS_MEMBER, "features": [_site(site) for site in sites]}


_CRS_MEMBER = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}


def _site(site: Site) -> dict[str, Any]:
    parcel = site.parcel
    return {
        "type": "Feature",
        "id": parcel.cadastral_number,
        "geometry": mapping(parcel.shape),
        "properties": {
            "cadastral_number": parcel.cadastral_number,
            "address": parcel.address,
            "land_use": parcel.land_use,
            **site.facts,
            "score": site.score,
            "known_share": site.known_share,
            "scores": [asdict(score) for score in site.scores],
        },
    }


def _read(file: UploadFile, most: int) -> bytes:
    data = file.file.read(most + 1)
    if len(data) > most:
        raise InvalidInput(
            f"The file is larger than {most} bytes.", reason="too-large", hint="Cut it to the district."
        )
    return data
