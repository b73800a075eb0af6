"""The city around the models: import, neighbours, horizon, sight, thematic maps, search for a site."""

import re
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Path, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry import mapping

from api.context import ActorDep, JobsDep, TwinDep
from api.formats import bounded, thematic_legend, thematic_page, with_features
from api.routers.jobs import job_json
from twin.district import (
    CRITERIA,
    HORIZON_RADIUS_M,
    MAX_CITY_BYTES,
    CodedTable,
    Criterion,
    Method,
    Place,
    Site,
    SiteQuery,
    classify,
    horizon,
    lies_in_estonia,
    near,
    read_coded_table,
    shared_wall_m,
)
from twin.errors import InvalidInput
from twin.service import Twin

CONFORMS_TO = ("https://www.cityjson.org/specs/2.0.1/", "https://www.rfc-editor.org/rfc/rfc7946")
MAX_TABLE_BYTES = 32 * 1024 * 1024  # a row for each building of a large city
MAX_WITHIN_M = 2_000.0  # a quarter of a city; more is a question for the list of buildings
MAX_FACADES = 100  # the longest; a house has four, a school forty, and each costs milliseconds
MAX_NAMED = 1_000  # codes without a building that are named; the rest is counted
GEOJSON, JSON = "application/geo+json", "application/json"
_PLACE_HINT = "Write easting,northing,height in metres of EPSG:3301 and EH2000, such as 542000,6588000,15."
router = APIRouter(tags=["district"])

BuildingName = Annotated[str, Query(max_length=200, description="Building with a model, or of the city file")]
Limit = Annotated[int, Query(ge=1, le=10_000, description="Most features; an answer may end sooner")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="Features to pass over")]
PlaceText = Annotated[str | None, Query(max_length=120, description="Easting, northing, EH2000 height")]
Column = Annotated[str, Query(max_length=80)]
Classes = Annotated[int, Query(ge=1, le=12)]


class CriterionIn(BaseModel):
    """One wish of a search for a site."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(description=", ".join(CRITERIA))
    weight: float = Field(default=1.0, gt=0, le=1_000)
    worst: float = Field(ge=-1e12, le=1e12, description="Value that scores 0")
    best: float = Field(ge=-1e12, le=1e12, description="Value that scores 1; may be below `worst`")
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
    offset: int = Field(default=0, ge=0, le=1_000_000)


@router.post(
    "/district/context",
    summary="Import the city around: CityJSON, CityJSONSeq, or register data as CSV",
    status_code=202,
)
def put_context(
    twin: TwinDep, jobs: JobsDep, _actor: ActorDep, response: Response, file: Annotated[UploadFile, File()]
) -> dict[str, Any]:
    """Keep the bytes and start a job that takes them in place of the old ones; what is faulty is left out and named.

    Raises:
        InvalidInput: (too-large) the file is over the limit.
    """
    job = twin.submit_city(jobs, twin.blobs.put_stream(file.file, MAX_CITY_BYTES))
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    return job_json(job)


@router.get("/district/neighbours", summary="List the buildings near a building, with and without models")
def neighbours(
    twin: TwinDep,
    building_id: BuildingName,
    within_m: Annotated[float, Query(ge=0, le=MAX_WITHIN_M)] = 50.0,
    limit: Annotated[int, Query(ge=1, le=5_000, description="Most buildings")] = 500,
) -> dict[str, Any]:
    """Return distance, overlap and shared wall of each, nearest first."""
    subject = twin.city.body(building_id)
    others = {body.building_id: body for body in twin.city.surroundings(subject, within_m)}
    found = near(subject, list(others.values()), within_m)
    items = [
        {
            **asdict(distance),
            "shared_wall_m": round(shared_wall_m(subject.shape, others[distance.building_id].shape), 3),
            "source": others[distance.building_id].source,
            "ground_m": others[distance.building_id].ground_m,
            "height_m": others[distance.building_id].height_m,
        }
        for distance in found[:limit]
    ]
    known = {"building_id": subject.building_id, "within_m": within_m, "items": items}
    return {**known, "complete": len(found) <= limit, "total": len(found)}


@router.get("/district/horizon", summary="Show the horizon before each façade of a building")
def horizons(
    twin: TwinDep, building_id: BuildingName, radius_m: Annotated[float, Query(gt=0, le=1_000)] = HORIZON_RADIUS_M
) -> dict[str, Any]:
    """Return angles by azimuth (grid north, clockwise) that the neighbours' blocks make; terrain is not known."""
    subject = twin.city.body(building_id)
    facades = horizon(subject, twin.city.surroundings(subject, radius_m), most=MAX_FACADES + 1)
    known = {"building_id": subject.building_id, "radius_m": radius_m}
    return {**known, "facades": [asdict(f) for f in facades[:MAX_FACADES]], "complete": len(facades) <= MAX_FACADES}


@router.get("/district/sight", summary="Say whether a mark is seen from a place or a window, and what hides it")
def sight_line(
    twin: TwinDep,
    eye: PlaceText = None,
    window: Annotated[str | None, Query(max_length=120, description="Building id / GlobalId of an element")] = None,
    mark: PlaceText = None,
    landmark: Annotated[str | None, Query(max_length=200, description="Building whose top is looked at")] = None,
) -> dict[str, Any]:
    """Return the buildings between an eye and a mark and by how many metres each hides it or is passed over.

    Raises:
        InvalidInput: (sight) not one eye and one mark, or they are too far apart.
    """
    if (eye is None) == (window is None) or (mark is None) == (landmark is None):
        raise InvalidInput(
            "A sight line needs one eye and one mark.",
            reason="sight",
            hint="Give eye or window, and mark or landmark.",
        )
    own, start = _eye(twin, eye, window)
    end = _place(mark or "") if landmark is None else twin.sights.top(landmark)
    own += () if landmark is None else (landmark,)
    return {"eye": start, "mark": end, **asdict(twin.sights.between(start, end, own))}


def _eye(twin: Twin, eye: str | None, window: str | None) -> tuple[tuple[str, ...], Place]:
    if window is None:
        return (), _place(eye or "")
    building_id, _, global_id = window.partition("/")
    return (building_id,), twin.sights.window(building_id, global_id)


def _place(text: str) -> Place:
    number = r"\s*(-?\d{1,8}(?:\.\d{1,6})?)\s*"
    match = re.fullmatch(f"{number},{number},{number}", text)
    if match is None:
        raise InvalidInput("A place is three plain numbers.", reason="sight", entity=text[:80], hint=_PLACE_HINT)
    east, north, height = (float(match[i]) for i in (1, 2, 3))
    if not lies_in_estonia(east, north):
        raise InvalidInput("The place lies outside Estonia.", reason="sight", entity=text[:80], hint=_PLACE_HINT)
    return east, north, height


@router.post("/district/thematic", summary="Join a CSV to buildings by EHR code and sort its values into classes")
def thematic(
    twin: TwinDep,
    file: Annotated[UploadFile, File(description="CSV with a column ehr_code")],
    column: Column,
    method: Method = Method.QUANTILES,
    classes: Classes = 5,
    limit: Limit = 2_000,
    offset: Offset = 0,
) -> Response:
    """Return GeoJSON (EPSG:3301) with class, value and colour, the legend, and the rows without a building.

    The table is kept for an hour at least; other pages, columns and classes are at `GET /district/thematic/{table}`.
    """
    data = _read(file, MAX_TABLE_BYTES)
    table = read_coded_table(data)
    return _thematic(twin, table, twin.blobs.put(data), column, method, classes, limit, offset)


@router.get("/district/thematic/{table}", summary="Show another page or another column of a table that was joined")
def thematic_again(
    twin: TwinDep,
    table: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 that the first answer gave")],
    column: Column,
    method: Method = Method.QUANTILES,
    classes: Classes = 5,
    limit: Limit = 2_000,
    offset: Offset = 0,
) -> Response:
    """Return the same as the first answer."""
    read = read_coded_table(twin.blobs.get(table))
    return _thematic(twin, read, table, column, method, classes, limit, offset)


def _thematic(
    twin: Twin, table: CodedTable, sha256: str, column: str, method: Method, classes: int, limit: int, offset: int
) -> Response:
    theme = classify(table, column, method, classes)
    known = twin.city.known_codes(theme.values.keys())
    drawn = [code for code in theme.values if code in known]
    wanted = drawn[offset : offset + limit]
    features = bounded(thematic_page(theme, column, wanted, twin.city.coded(wanted)))
    reached = offset + len(features)
    unmatched = sorted(code for code in theme.values if code not in known)
    rest = {
        **thematic_legend(theme, column, method.value, drawn, table),
        "table": sha256,
        "unmatched": unmatched[:MAX_NAMED],
        "unmatched_total": len(unmatched),
        "unreadable": sorted(theme.unreadable)[:MAX_NAMED],
        "unreadable_total": len(theme.unreadable),
        "total": len(drawn),
        "next": reached if reached < len(drawn) and features else None,
    }
    return Response(with_features(features, rest), media_type=GEOJSON)


@router.post("/district/site-search", summary="Find parcels by plan rules and weighted wishes")
def site_search(twin: TwinDep, query: Annotated[SiteQueryIn, Body()]) -> Response:
    """Return the parcels that keep the rules, best first, with the score of every wish and why.

    Raises:
        NotFound: (layer) there are no parcels.
        InvalidInput: (criterion) a wish cannot be scored, its point is not in Estonia; (axes) its axes are swapped.
    """
    wishes = tuple(_criterion(given) for given in query.criteria)
    wanted = SiteQuery(query.min_footprint_left_m2, query.min_height_m, query.min_storeys, query.use_code, wishes)
    found = twin.sites.search(wanted, query.limit, query.offset)
    features = bounded(map(_site, found.sites))
    reached = query.offset + len(features)
    following = reached if reached < found.total and features else None
    rest = {"crs": _CRS_MEMBER, "total": found.total, "next": following}
    return Response(with_features(features, rest), media_type=GEOJSON)


def _criterion(given: CriterionIn) -> Criterion:
    if given.point is not None and not lies_in_estonia(*given.point):
        swapped = lies_in_estonia(*reversed(given.point))
        raise InvalidInput(
            "The northing stands before the easting." if swapped else "The point lies outside Estonia.",
            reason="axes" if swapped else "criterion",
            entity=given.name[:80],
            hint="Give point as [easting, northing] in metres of EPSG:3301.",
        )
    return Criterion(given.name, given.weight, given.worst, given.best, given.point)


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
