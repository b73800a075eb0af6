"""Reports of a version: permit, energy, validation, seal."""

from typing import Any

from fastapi import APIRouter, Response

from api.context import ActorDep, TwinDep, VersionDep

CONFORMS_TO = (
    "https://www.w3.org/TR/vc-data-model-2.0/",
    "https://www.w3.org/TR/vc-di-eddsa/",
)
PREFIX = "/buildings/{building_id}/versions/{stage}/{number}"
router = APIRouter(prefix=PREFIX, tags=["reports"])


@router.get("/permit", summary="Check the model clause by clause")
def permit(twin: TwinDep, version: VersionDep) -> Any:
    """Return the permit report, made now if the model, the rules, the plan or the neighbours have changed."""
    return twin.permits.report(version)


@router.get("/energy", summary="Compute the energy need of the model")
def energy(twin: TwinDep, version: VersionDep) -> Any:
    """Return the energy report, with the source of every input and no class without official inputs."""
    return twin.energy.report(version)


@router.get("/validation", summary="Judge the submitted file: schema, header, normative rules")
def validation(twin: TwinDep, version: VersionDep) -> Any:
    """Return what is wrong with the file of this version: entity, line, rule, and what to change."""
    return twin.validation.report(version)


@router.get("/seal", summary="Say who signed for this state, step by step")
def seal_verdict(twin: TwinDep, version: VersionDep) -> Any:
    """Return the verdict on the seal of this version, verified now."""
    return twin.seals.verdict(version)


@router.post("/seal", summary="Seal this state", status_code=201)
def seal(twin: TwinDep, version: VersionDep, actor: ActorDep) -> Any:
    """Sign this version and return the verdict on the new seal."""
    twin.seals.seal(version, actor.name)
    return twin.seals.verdict(version)


@router.get("/seal/bundle", summary="Download the file that proves this state offline", response_class=Response)
def bundle(twin: TwinDep, version: VersionDep) -> Response:
    """Return the sealed bundle."""
    key = version.key
    name = f"{key.building_id}-{key.stage.value}-{key.number}.kaksik-seal"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(twin.seals.bundle(version), media_type="application/zip", headers=headers)
