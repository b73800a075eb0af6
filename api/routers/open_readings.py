"""Consumption and occupancy for everybody: released by the operator, hidden in groups and noise."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from api.context import ActorDep, TwinDep
from api.security import refuse_xroad
from twin.releases import Subject

CONFORMS_TO: tuple[str, ...] = ()
JSON = "application/json"
router = APIRouter(tags=["open data"])
Month = Annotated[str, Path(description="Month, as 2026-01", examples=["2026-01"], max_length=7)]


class Released(BaseModel):
    """What is to be released."""

    subject: Subject
    month: str = Field(max_length=7, examples=["2026-01"])


@router.get("/open-data/", summary="List what was released about consumption and occupancy")
def released(twin: TwinDep) -> list[dict[str, str]]:
    """Return subject and month of every release; nobody needs to sign in for this."""
    return twin.releases.index()


@router.get("/open-data/{subject}/{month}", summary="Get a release", response_class=Response)
def release(twin: TwinDep, subject: Subject, month: Month) -> Response:
    """Return a release as it was made: groups of k and more with noise, and how both were chosen."""
    return Response(twin.releases.read(subject, month), media_type=JSON)


@router.post("/releases", summary="Release a month", response_class=Response)
def make(twin: TwinDep, actor: ActorDep, wanted: Released) -> Response:
    """Make the release of a month that is over, once; a second time returns the first."""
    refuse_xroad(actor)
    return Response(twin.releases.make(wanted.subject, wanted.month), media_type=JSON)
