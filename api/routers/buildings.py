"""Buildings: list, show, and submit a model."""

from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, Response, UploadFile

from api.context import ActorDep, BuildingId, JobsDep, PlaceText, TwinDep
from api.encoding import coded_json
from api.routers.jobs import job_json
from twin.around import place_numbers
from twin.catalogue import VersionFile, check_building_id
from twin.ingest import Submission
from twin.snapshot import Stage

CONFORMS_TO = ("https://standards.buildingsmart.org/IFC/RELEASE/IFC4_3",)
MAX_FILE_NAME_CHARACTERS = 200  # of a name that is only shown
MAX_PAGE = 2_000  # summaries of an answer: some two kilobytes each, with the outline
MAX_FILES = 64  # models of one building; a large project has a few dozen trades
router = APIRouter(prefix="/buildings", tags=["buildings"])


@router.get("", summary="List the buildings")
def buildings(
    twin: TwinDep,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """Return a page of summaries of buildings, by id."""
    items, total = twin.overview.page(limit, offset)
    return {"items": items, "next": offset + limit if offset + limit < total else None}


@router.post("", summary="Submit an IFC model; a job loads it", status_code=202)
def submit(
    twin: TwinDep,
    jobs: JobsDep,
    _actor: ActorDep,
    response: Response,
    file: Annotated[
        list[UploadFile],
        File(
            description="IFC2X3, IFC4 or IFC4X3 as .ifc or .ifczip; several parts are the models of one building",
            max_length=MAX_FILES,
        ),
    ],
    building_id: Annotated[str | None, Query(description="Default: what the model says")] = None,
    stage: Annotated[Stage, Query(description="Line of versions")] = Stage.AS_DESIGNED,
    place: PlaceText = None,
) -> dict[str, Any]:
    """Keep the bytes and start a job that loads them; several files become one version.

    A `place` stands before what the files say of where they lie; it holds for this version.

    Raises:
        InvalidInput: (too-large) the file is over the limit; (building-id) the id cannot name a building; (place) it
            is not four numbers or lies outside Estonia.
    """
    where = None if place is None else place_numbers(place)
    if building_id is not None:
        check_building_id(building_id)
    files = tuple(
        VersionFile(
            twin.blobs.put_stream(part.file, twin.settings.max_upload_bytes),
            PurePath(part.filename or "model.ifc").name[:MAX_FILE_NAME_CHARACTERS],
        )
        for part in file
    )
    job = twin.submit_load(jobs, Submission(files, stage, building_id, where))
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    return job_json(job)


@router.get("/{building_id}", summary="Show one building with its versions", response_model=dict[str, Any])
def building(request: Request, twin: TwinDep, building_id: BuildingId) -> Response:
    """Return a building."""
    return coded_json(request, twin.overview.building(building_id))
