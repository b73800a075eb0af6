"""Applications for a building permit: pre-check, submit, judge, and take the reports away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Path, Query, Response, UploadFile
from pydantic import BaseModel, Field

from api.context import ActorDep, JobsDep, PlaceText, TwinDep, VersionDep, version_from
from api.formats import bounded, paged, part_of
from api.formats.bounded import MAX_ANSWER_BYTES
from api.formats.page import PAGE_HEADERS
from api.routers.jobs import job_json
from api.security import refuse_xroad
from api.uploads import read_upload
from twin.application import Act, Application, Ruling
from twin.applications import MAX_WORDS, application_json, finding_json
from twin.around import place_numbers
from twin.bcf import BcfVersion, Project, write_bcf
from twin.catalogue import Version
from twin.clock import rfc3339
from twin.district import read_parcels, read_plan_areas
from twin.gate import MAX_IDS_BYTES, DesignStage, audit_ids, generate_ids
from twin.permit import Mode
from twin.precheck import Question
from twin.report import permit_page, topics_of
from twin.service import Twin

CONFORMS_TO = ("https://standards.buildingsmart.org/IDS/1.0",)
VERSION = "/buildings/{building_id}/versions/{stage}/{number}"
APPLICATION = "/applications/{application_id}"
MAX_LAYER_BYTES = 8 * 2**20  # the plan of one building, not of a city
MAX_PAGE = 500
MAX_PART = 1_000  # results of a report that is taken away in one file
MAX_DRAWN = 250  # results in one file with pictures, which take a twentieth of a second each
MAX_DRAWN_BYTES = 3 * 2**20  # of those results as JSON; with pictures the file stays below 10 MiB
router = APIRouter(tags=["permit applications"])
ApplicationId = Annotated[str, Path(max_length=64, description="Name of the application")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Language = Annotated[Literal["et", "en", "fr"], Query(description="Of the report")]
Layer = Annotated[UploadFile | None, File(description="GeoJSON in EPSG:3301")]
Format = Literal["json", "bcf-2.1", "bcf-3.0", "html"]


class Opening(BaseModel):
    """What opens an application."""

    building_id: str = Field(max_length=64)


class Submitting(BaseModel):
    """What is submitted."""

    version: str = Field(max_length=80, description="stage/number, or stage/latest", examples=["as-designed/latest"])
    design_stage: DesignStage = DesignStage.PRELIMINARY


class Acting(BaseModel):
    """What an officer does."""

    act: Literal["review", "request_revision", "grant", "refuse"]
    message: str = Field("", max_length=MAX_WORDS)


class Words(BaseModel):
    """What the applicant says of a finding."""

    text: str = Field(max_length=MAX_WORDS)


class Judging(Words):
    """What an officer says of a finding."""

    ruling: Ruling


@router.get("/ids/{stage}.ids", summary="Get the IDS file of a design stage", response_class=Response)
def ids_file(stage: DesignStage, schema: Annotated[Literal["IFC2X3", "IFC4"], Query()] = "IFC4") -> Response:
    """Return what the register asks of a model at a design stage, as IDS 1.0."""
    return _file(generate_ids(stage, schema), "application/xml", f"ubn-{stage.value}-{schema}.ids")


@router.post(VERSION + "/ids", summary="Run an IDS file over the model; nothing is stored")
def run(twin: TwinDep, _actor: ActorDep, version: VersionDep, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Audit the file and return, of each file of the version, counts per specification and reasons per element."""
    reports = [report.to_json() for report in twin.applications.gate(version, read_upload(file, MAX_IDS_BYTES))]
    room = MAX_ANSWER_BYTES // max(1, sum(len(report["specifications"]) for report in reports))
    return {"items": [{**report, "specifications": [_shortened(s, room) for s in report["specifications"]]}
                      for report in reports]}  # fmt: skip


@router.post(VERSION + "/precheck", summary="Check the model; nothing is stored")
def precheck(
    twin: TwinDep,
    _actor: ActorDep,
    version: VersionDep,
    plan: Layer = None,
    parcels: Layer = None,
    mode: Annotated[Mode, Query(description="Who asks")] = Mode.PRE_CHECK,
    offset: Offset = 0,
    limit: Limit = MAX_PAGE,
) -> dict[str, Any]:
    """Return a page of the results, with the plan and the parcels that came along or those of the district."""
    layers = [None if item is None else read_upload(item, MAX_LAYER_BYTES) for item in (plan, parcels)]
    return paged(twin.applications.precheck(version, mode, *layers), "results", offset, limit)


@router.post("/prechecks", summary="Check a model that is not loaded; a job does it", status_code=202)
def precheck_file(
    twin: TwinDep,
    jobs: JobsDep,
    _actor: ActorDep,
    response: Response,
    file: Annotated[UploadFile, File(description="IFC2X3, IFC4 or IFC4X3 as .ifc or .ifczip")],
    plan: Layer = None,
    parcels: Layer = None,
    ids: Annotated[UploadFile | None, File(description="IDS 1.0 file to run as well")] = None,
    mode: Annotated[Mode, Query(description="Who asks")] = Mode.PRE_CHECK,
    place: PlaceText = None,
) -> dict[str, Any]:
    """Start a job whose result is the report; no building, no version and no report comes of it.

    By its georeference, or by `place`, the model stands among the buildings of the district; it looks at them, too.

    Plan, parcels and IDS file are looked at before anything is kept. The bytes are swept like all that nothing names.

    Raises:
        InvalidInput: the plan, the parcels, the place or the IDS file cannot be used; (too-large) a file is over its
            limit.
    """
    areas, units = (None if item is None else read_upload(item, MAX_LAYER_BYTES) for item in (plan, parcels))
    wanted = None if ids is None else read_upload(ids, MAX_IDS_BYTES)
    if areas is not None:
        read_plan_areas(areas).whole()
    if units is not None:
        read_parcels(units).whole()
    if wanted is not None:
        audit_ids(wanted)
    where = None if place is None else place_numbers(place)
    layers = [None if data is None else twin.blobs.put(data) for data in (areas, units, wanted)]
    model = twin.blobs.put_stream(file.file, twin.settings.max_upload_bytes)
    job = twin.submit_precheck(jobs, Question(model, mode, layers[0], layers[1], layers[2], where))
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    return job_json(job)


@router.get("/applications", summary="List the applications")
def applications(
    twin: TwinDep,
    actor: ActorDep,
    building_id: Annotated[str | None, Query(max_length=64)] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Return a page of the applications in the order in which they were opened."""
    refuse_xroad(actor)
    items = [application_json(item) for item in twin.applications.of(building_id)]
    return paged({"items": items}, "items", offset, limit)


@router.post("/applications", summary="Open an application", status_code=201)
def open_application(twin: TwinDep, actor: ActorDep, body: Opening, response: Response) -> dict[str, Any]:
    """Open a draft; whoever opens it is the applicant."""
    made = twin.applications.open(body.building_id, actor.name)
    response.headers["Location"] = f"/api/v1/applications/{made.application_id}"
    return application_json(made)


@router.get(APPLICATION, summary="Show an application")
def application(twin: TwinDep, actor: ActorDep, application_id: ApplicationId) -> dict[str, Any]:
    """Return state, submissions and history."""
    refuse_xroad(actor)
    return application_json(twin.applications.read(application_id))


@router.put(APPLICATION + "/{layer}", summary="Bring a plan or parcels along (GeoJSON, EPSG:3301)")
def put_layer(
    twin: TwinDep,
    actor: ActorDep,
    application_id: ApplicationId,
    layer: Literal["plan", "parcels"],
    file: Annotated[UploadFile, File()],
) -> dict[str, Any]:
    """Keep the layer; a file with one faulty feature is refused as a whole and nothing is stored."""
    data = read_upload(file, MAX_LAYER_BYTES)
    return application_json(twin.applications.put_layer(application_id, layer, data, actor.name))


@router.post(APPLICATION + "/submissions", summary="Submit; a job checks and freezes", status_code=202)
def submit(
    twin: TwinDep, jobs: JobsDep, actor: ActorDep, application_id: ApplicationId, body: Submitting, response: Response
) -> dict[str, Any]:
    """Start the formal check of a version; when the job is done the application is submitted."""
    found = twin.applications.may_submit(application_id, actor.name)
    version = version_from(twin, found.building_id, body.version)
    job = twin.submit_application(jobs, application_id, version, body.design_stage, actor.name)
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    return job_json(job)


@router.post(APPLICATION + "/acts", summary="Review, request a revision, grant or refuse")
def act(twin: TwinDep, actor: ActorDep, application_id: ApplicationId, body: Acting) -> dict[str, Any]:
    """Write the act if the application takes it from this actor."""
    return application_json(twin.applications.act(application_id, Act(body.act), actor.name, body.message))


@router.get(APPLICATION + "/submissions/{submission}/findings", summary="List the findings of a submission")
def findings(
    twin: TwinDep,
    actor: ActorDep,
    application_id: ApplicationId,
    submission: Annotated[int, Path(ge=1, le=10**6)],
    offset: Offset = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Return a page of the frozen results, with justifications and rulings."""
    refuse_xroad(actor)
    found = twin.applications.read(application_id)
    report = _with_words(twin, found, submission)[0]
    return paged(report, "results", offset, limit)


@router.get(APPLICATION + "/difference", summary="Compare two submissions")
def difference(
    twin: TwinDep,
    actor: ActorDep,
    application_id: ApplicationId,
    first: Annotated[int, Query(ge=1, le=10**6)],
    second: Annotated[int, Query(ge=1, le=10**6)],
) -> dict[str, Any]:
    """Return which findings are fixed, still open and new; each list ends where the answer would grow too large."""
    refuse_xroad(actor)
    found = twin.applications.difference(twin.applications.read(application_id), first, second)
    shown = {name: items[: len(bounded(items, 3 * 2**20))] for name, items in found.items()}
    return {**shown, "counts": {name: len(items) for name, items in found.items()}}


@router.put(APPLICATION + "/findings/{finding}/justification", summary="Justify a finding")
def justify(
    twin: TwinDep, actor: ActorDep, application_id: ApplicationId, finding: Annotated[str, Path(max_length=40)],
    body: Words,
) -> dict[str, Any]:  # fmt: skip
    """Attach what the applicant says, such as an equivalent solution; earlier words stay."""
    return application_json(twin.applications.justify(application_id, finding, body.text, actor.name))


@router.put(APPLICATION + "/findings/{finding}/ruling", summary="Rule on a finding")
def decide(
    twin: TwinDep, actor: ActorDep, application_id: ApplicationId, finding: Annotated[str, Path(max_length=40)],
    body: Judging,
) -> dict[str, Any]:  # fmt: skip
    """Write the ruling of the officer; a later one replaces it, the earlier ones stay in the journal."""
    return application_json(twin.applications.decide(application_id, finding, body.ruling, body.text, actor.name))


@router.get(APPLICATION + "/submissions/{submission}/report", summary="Download a report", response_class=Response)
def download(
    twin: TwinDep,
    actor: ActorDep,
    application_id: ApplicationId,
    submission: Annotated[int, Path(ge=1, le=10**6)],
    form: Annotated[Format, Query(alias="format")] = "json",
    language: Language = "et",
    offset: Offset = 0,
) -> Response:
    """Return the report of a submission as JSON, BCF or a printable page; a very long one in parts, see `Link`."""
    refuse_xroad(actor)
    found = twin.applications.read(application_id)
    report, gates = _with_words(twin, found, submission)
    version = _version(twin, found, submission)
    time = found.submissions[submission - 1].time
    name = f"{found.building_id}-{submission}"
    return _report(twin, Asked(report, gates, offset), version, form, language, time, name)


@router.get(VERSION + "/permit/report", summary="Download the permit report", response_class=Response)
def permit_report(
    twin: TwinDep,
    version: VersionDep,
    form: Annotated[Format, Query(alias="format")] = "html",
    language: Language = "et",
    mode: Annotated[Mode, Query(description="Who asks")] = Mode.PRE_CHECK,
    offset: Offset = 0,
) -> Response:
    """Return the kept permit report of a version as JSON, BCF or a printable page; a very long one in parts."""
    report = twin.permits.report(version, mode)
    name = f"{version.key.building_id}-{version.key.stage.value}-{version.key.number}"
    return _report(twin, Asked(report, (), offset), version, form, language, rfc3339(twin.clock()), name)


@dataclass(frozen=True, slots=True)
class Asked:
    """A report to be taken away, from one of its results on, and what the IDS files say."""

    report: Mapping[str, Any]
    gates: Any
    offset: int


def _report(twin: Twin, asked: Asked, version: Version, form: str, language: str, time: str, name: str) -> Response:
    limits = (MAX_PART, MAX_ANSWER_BYTES) if form == "json" else (MAX_DRAWN, MAX_DRAWN_BYTES)
    report = part_of(asked.report, asked.offset, *limits)
    response = _written(twin, report, asked.gates, version, form, language, time, name)
    if report["next"] is not None:
        response.headers["Link"] = f'<?format={form}&language={language}&offset={report["next"]}>; rel="next"'
    return response


def _written(
    twin: Twin,
    report: Mapping[str, Any],
    gates: Any,
    version: Version,
    form: str,
    language: str,
    time: str,
    name: str,
) -> Response:
    if form == "json":
        text = bounded([{**report, "gate": list(gates)}])[0]
        return _file(text, "application/json", f"{name}.json")
    snapshot = twin.snapshots.read(version)
    if form == "html":
        page = permit_page(report, snapshot, language, time, gates)
        headers = {**PAGE_HEADERS, "Content-Disposition": f'inline; filename="{name}.html"'}
        return Response(page.encode(), media_type="text/html; charset=utf-8", headers=headers)
    project = Project(version.key.building_id, version.key.building_id, version.file_name, version.project_id)
    data = write_bcf(
        topics_of(report, snapshot, language, "Kaksik", time), project, BcfVersion(form.removeprefix("bcf-"))
    )
    return _file(data, "application/octet-stream", f"{name}.bcf")


def _with_words(twin: Twin, found: Application, submission: int) -> tuple[dict[str, Any], Any]:
    frozen = twin.applications.frozen(found, submission)
    report = frozen["report"]
    results = [finding_json(found, submission, result) for result in report["results"]]
    return {**report, "results": results}, frozen["gate"]


def _version(twin: Twin, found: Application, submission: int) -> Version:
    building_id, _, rest = found.submissions[submission - 1].version.partition("/")
    return version_from(twin, building_id, rest)


def _shortened(specification: Mapping[str, Any], most_bytes: int) -> dict[str, Any]:
    """Return a specification with as many reasons as fit; the others are counted."""
    reasons = specification["reasons"]
    kept = reasons[: len(bounded(reasons, most_bytes))]
    left_out = specification["reasons_left_out"] + len(reasons) - len(kept)
    return {**specification, "reasons": kept, "reasons_left_out": left_out}


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)
