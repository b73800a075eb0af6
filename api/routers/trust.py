"""What others can hold a version to: its seal, its status, single elements shown and proved, its legal container."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.context import ActorDep, JobsDep, TwinDep, VersionDep
from api.routers.jobs import job_json
from api.routers.versions import PREFIX
from signatures import jcs
from twin.catalogue import Version
from twin.jobs import Job
from twin.lifecycle import RULES
from twin.sealing import Evidence, compact

CONFORMS_TO = (
    "https://www.rfc-editor.org/rfc/rfc9162",
    "https://www.w3.org/TR/vc-data-model-2.0/",
    "https://www.w3.org/TR/vc-di-eddsa/",
)
MAX_CREDENTIAL_BYTES = 65_535  # what the log takes as one entry
router = APIRouter(prefix=PREFIX, tags=["trust"])

GlobalId = Annotated[str, Path(max_length=64, description="GlobalId of an element")]
RoleQuery = Annotated[
    str | None, Query(max_length=40, description="Role to sign in besides issuing", examples=["builder"])
]

Prefer = Annotated[
    str | None,
    Header(max_length=200, description="`respond-async` (RFC 7240): answer 202 with a job, for large buildings"),
]


class Paper(BaseModel):
    """A document that a transition rests on, by its digest."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(min_length=1, max_length=200, examples=["construction-diary"])]
    name: Annotated[str, Field(min_length=1, max_length=200, description="For people: title, number of a decision")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Wanted(BaseModel):
    """A transition that is asked for."""

    model_config = ConfigDict(extra="forbid")

    transition: Annotated[str, Field(max_length=40, examples=["complete"])]
    role: Annotated[str | None, Field(max_length=40, description="Role in which this installation signs")] = None
    evidence: Annotated[list[Paper], Field(max_length=60)] = []


@router.get("/seal", summary="Say who signed for this state, step by step")
def seal_verdict(twin: TwinDep, version: VersionDep) -> Any:
    """Return the verdict on the seal of this version, verified now, and whether a container of it can be had."""
    return {**twin.seals.verdict(version), "container": twin.trust.containers.ready}


@router.post("/seal", summary="Seal this state", status_code=201)
def seal(
    twin: TwinDep,
    jobs: JobsDep,
    version: VersionDep,
    actor: ActorDep,
    response: Response,
    role: RoleQuery = None,
    prefer: Prefer = None,
) -> Any:
    """Sign this version, in a role if one is given, log it, and return the verdict on the seal, or a job."""
    if _asynchronously(prefer):
        return _accepted(twin.submit_seal(jobs, version, actor.name, role), response)
    twin.seals.seal(version, actor.name, role=role)
    return twin.seals.verdict(version)


@router.get("/seal/credential", summary="Get the signed credential, to add a proof to it", response_class=Response)
def credential(twin: TwinDep, version: VersionDep) -> Response:
    """Return the newest credential of this version, RFC 8785 bytes."""
    return Response(twin.seals.credential(version), media_type="application/vc+ld+json")


@router.put("/seal/credential", summary="Bring the credential back with one more proof")
def add_proof(
    twin: TwinDep,
    version: VersionDep,
    actor: ActorDep,
    signed: Annotated[dict[str, Any], Body(description="The credential with the added proof")],
) -> Any:
    """Take a proof that was made elsewhere, with a key that never was here, and return the status of the version."""
    return twin.trust.lifecycles.merge(version, jcs(signed), actor.name)


@router.get("/seal/bundle", summary="Download the file that proves this state offline", response_class=Response)
def bundle(
    twin: TwinDep,
    version: VersionDep,
    public: Annotated[bool, Query(description="Leave the salt secret out")] = False,
) -> Response:
    """Return the sealed bundle with the proof of the log."""
    data = twin.seals.public_bundle(version) if public else twin.seals.bundle(version)
    return _download(version, data, "application/zip", "kaksik-seal")


@router.get("/seal/container", summary="Download the legal evidence of this state", response_class=Response)
def container(twin: TwinDep, version: VersionDep) -> Response:
    """Return an ASiC-E container with the model, the credential and the reports, signed and time-stamped now."""
    data = twin.trust.containers.make(version)
    return _download(version, data, "application/vnd.etsi.asic-e+zip", "asice")


@router.get("/disclosures/{global_id}", summary="Show one element and prove it", response_class=Response)
def disclose(
    twin: TwinDep,
    version: VersionDep,
    global_id: GlobalId,
    statement: Annotated[
        str | None, Query(max_length=300, description="Only this statement", examples=["Pset_WallCommon/FireRating"])
    ] = None,
    packed: Annotated[bool, Query(description="Compressed (zlib): an element in less than 4 kB")] = False,
) -> Response:
    """Return a small file that shows one element of the sealed state, or one statement of it, and nothing else."""
    shown = twin.seals.disclose(version, global_id, statement)
    if packed:
        return _download(version, compact(shown), "application/octet-stream", "kaksik-proof", global_id)
    return _download(version, shown, "application/json", "json", global_id)


@router.get("/absences/{global_id}", summary="Prove that an element is not there", response_class=Response)
def absence(twin: TwinDep, version: VersionDep, global_id: GlobalId) -> Response:
    """Return a small file that proves that the sealed state has no such element."""
    return _download(version, twin.seals.prove_absence(version, global_id), "application/json", "json", global_id)


@router.get("/lifecycle", summary="Show the status of this version and what the next ones ask for")
def lifecycle(twin: TwinDep, version: VersionDep) -> Any:
    """Return status (ISO 19650), history, what waits for signatures, and every demand of the next transitions."""
    return twin.trust.lifecycles.describe(version)


@router.post("/lifecycle", summary="Ask for a transition", status_code=201)
def transition(
    twin: TwinDep,
    jobs: JobsDep,
    version: VersionDep,
    actor: ActorDep,
    response: Response,
    wanted: Wanted,
    prefer: Prefer = None,
) -> Any:
    """Seal this version for a transition; refused with every unmet demand and every parameter that moved."""
    evidence = [Evidence(paper.kind, paper.name, paper.sha256) for paper in wanted.evidence]
    if _asynchronously(prefer):
        job = twin.submit_transition(jobs, version, wanted.transition, evidence, actor.name, wanted.role)
        return _accepted(job, response)
    return twin.trust.lifecycles.begin(version, wanted.transition, evidence, actor.name, wanted.role)


@router.post("/lifecycle/signatures", summary="Sign the pending transition in a role", status_code=201)
def sign(
    twin: TwinDep,
    version: VersionDep,
    actor: ActorDep,
    role: Annotated[str, Body(embed=True, max_length=40, examples=["owner-supervision"])],
) -> Any:
    """Add a proof in a role whose key this installation holds, and return the status of the version."""
    return twin.trust.lifecycles.sign(version, actor.name, role)


def rules_json() -> list[Mapping[str, Any]]:
    """Return the transitions that there are."""
    return [
        {
            "transition": rule.name,
            "stage": rule.stage.value,
            "from": sorted(rule.sources),
            "to": rule.target,
            "roles": list(rule.roles),
            "evidence": list(rule.evidence),
            "reports": list(rule.reports),
            "lineage": rule.lineage.value,
            "guard": rule.guard.value,
        }
        for rule in RULES
    ]


def _asynchronously(prefer: str | None) -> bool:
    return "respond-async" in (word.strip() for word in (prefer or "").split(","))


def _accepted(job: Job, response: Response) -> dict[str, Any]:
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    response.headers["Preference-Applied"] = "respond-async"
    return job_json(job)


def _download(version: Version, data: bytes, media_type: str, suffix: str, part: str = "") -> Response:
    key = version.key
    words = [key.building_id, key.stage.value, str(key.number), *([part] if part.isalnum() else [])]
    headers = {"Content-Disposition": f'attachment; filename="{"-".join(words)}.{suffix}"'}
    return Response(data, media_type=media_type, headers=headers)
