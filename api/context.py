"""What every route may ask for: the twin, the jobs, who is asking, and a version by its address."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator

from api.security import Actor
from twin.catalogue import Version
from twin.errors import InvalidInput
from twin.jobs import JobRunner
from twin.service import Twin
from twin.snapshot import Stage

FIRST_YEAR, LAST_YEAR = 1900, 2999  # of a time that is asked for


def _twin(request: Request) -> Twin:
    twin: Twin = request.app.state.twin
    return twin


def _jobs(request: Request) -> JobRunner:
    jobs: JobRunner = request.app.state.jobs
    return jobs


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


def _in_calendar(moment: datetime) -> datetime:
    """Refuse a time whose year before, or place in another zone, may lie outside of the calendar."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Moment = Annotated[datetime, AfterValidator(_in_calendar)]
TwinDep = Annotated[Twin, Depends(_twin)]
JobsDep = Annotated[JobRunner, Depends(_jobs)]
ActorDep = Annotated[Actor, Depends(_actor)]
BuildingId = Annotated[str, Path(description="Register code (EHR) or temporary id", examples=["120900001"])]
StageName = Annotated[Stage, Path(description="Line of versions")]
PlaceText = Annotated[
    str | None,
    Query(
        max_length=120,
        description="Easting, northing, EH2000 height and rotation of the model's origin, apart by commas",
        examples=["540000,6580000,32.5,0"],
    ),
]
Number = Annotated[str, Path(description="Number of the version, or `latest`", examples=["latest", "1"])]


def number_of(text: str) -> int | None:
    """Return the number that a path or query gives, None for ``latest``.

    Raises:
        InvalidInput: (version-number) it is neither.
    """
    if text == "latest":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < 1:
        raise InvalidInput("A version is a number from 1, or “latest”.", reason="version-number", entity=text[:40])
    return int(text)


def _version(twin: TwinDep, building_id: BuildingId, stage: StageName, number: Number) -> Version:
    return twin.catalogue.version(building_id, stage, number_of(number))


VersionDep = Annotated[Version, Depends(_version)]


def version_from(twin: Twin, building_id: str, text: str) -> Version:
    """Return the version that ``stage/number`` (or ``stage/latest``) names.

    Raises:
        InvalidInput: (version) the text names none.
        NotFound: (version) there is none.
    """
    stage, _, number = text.partition("/")
    try:
        return twin.catalogue.version(building_id, Stage(stage), number_of(number or "latest"))
    except ValueError as error:
        raise InvalidInput(
            "A version is named stage/number, such as as-built/1.", reason="version", entity=text[:80]
        ) from error


__all__ = ["ActorDep", "BuildingId", "JobsDep", "TwinDep", "VersionDep", "number_of", "version_from"]
