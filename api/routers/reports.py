"""Reports of a version: permit, energy, validation."""

from typing import Any

from fastapi import APIRouter

from api.context import TwinDep, VersionDep

CONFORMS_TO = ("https://standards.buildingsmart.org/IFC/RELEASE/IFC4_3",)
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
