"""Reports of a version: permit, energy, validation."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.context import TwinDep, VersionDep
from api.formats import part_of

CONFORMS_TO = ("https://standards.buildingsmart.org/IFC/RELEASE/IFC4_3",)
PREFIX = "/buildings/{building_id}/versions/{stage}/{number}"
MAX_RESULTS = 2_000  # of an answer, if they fit
router = APIRouter(prefix=PREFIX, tags=["reports"])


@router.get("/permit", summary="Check the model clause by clause")
def permit(
    twin: TwinDep,
    version: VersionDep,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_RESULTS)] = MAX_RESULTS,
) -> Any:
    """Return the permit report, made now if the model, the rules, the plan or the neighbours have changed.

    Buildings have some hundred results; of more than fit into one answer the rest comes from `next` on.
    """
    return part_of(twin.permits.report(version), offset, limit)


@router.get("/energy", summary="Compute the energy need of the model")
def energy(twin: TwinDep, version: VersionDep) -> Any:
    """Return the energy report, with the source of every input and no class without official inputs."""
    return twin.energy.report(version)


@router.get("/validation", summary="Judge the submitted file: schema, header, normative rules")
def validation(twin: TwinDep, version: VersionDep) -> Any:
    """Return what is wrong with the file of this version: entity, line, rule, and what to change."""
    return twin.validation.report(version)
