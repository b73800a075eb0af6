"""Questions to the graph: named ones as of any version, their differences, and free ones where allowed."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.context import BuildingId, TwinDep, number_of, version_from
from graph import QUESTIONS, Answer, ParameterKind, Question, question
from twin.catalogue import Version
from twin.errors import InvalidInput
from twin.service import Twin
from twin.snapshot import Stage

CONFORMS_TO = ("https://w3id.org/bot", "https://brickschema.org/schema/Brick")
MAX_PAGE = 1_000  # rows of a table: nobody reads more to the end
MAX_OFFSET = 100_000  # of a free query; the engine makes all rows before a page anew each time
router = APIRouter(tags=["questions"])

Name = Annotated[str, Path(description="Name of the question", examples=["spaces-of-storey"])]


class FreeQuery(BaseModel):
    """A query in Cypher on one version of one building."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(description="Reading Cypher; the graph holds the version alone", max_length=10_000)
    parameters: dict[str, Any] = Field(default_factory=dict, description="Values of $names")
    building_id: str = Field(max_length=64)
    stage: Stage
    version: int | None = Field(default=None, ge=1, description="Default: the latest")
    limit: int = Field(default=100, ge=1, le=MAX_PAGE)
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET)


@router.get("/questions", summary="List the questions")
def questions() -> list[dict[str, Any]]:
    """Return every named question with its parameters and the types of its columns."""
    return [_described(item) for item in QUESTIONS]


@router.get("/buildings/{building_id}/questions/{name}", summary="Ask a question")
def answer(
    twin: TwinDep,
    request: Request,
    building_id: BuildingId,
    name: Name,
    stage: Annotated[Stage | None, Query(description="Default: the furthest stage that there is")] = None,
    version: Annotated[str, Query(description="Number of the version, or `latest`")] = "latest",
) -> dict[str, Any]:
    """Return a table; further query parameters are those of the question, elements as GlobalIds.

    `as_of` is the version that answers; null for a question about the map, which is answered as it is known now.
    """
    chosen = stage or _furthest(twin, building_id)
    asked = twin.catalogue.version(building_id, chosen, number_of(version))
    started = time.perf_counter()
    found = twin.questions.answer(asked, name, _given(request, "stage", "version"), limit=MAX_PAGE)
    return _table(found, None if question(name).of_city else asked, started)


@router.get("/buildings/{building_id}/questions/{name}/diff", summary="Compare the answers of two versions")
def difference(
    twin: TwinDep,
    request: Request,
    building_id: BuildingId,
    name: Name,
    before: Annotated[str, Query(alias="from", examples=["as-designed/1"])],
    after: Annotated[str, Query(alias="to", examples=["as-built/latest"])],
) -> dict[str, Any]:
    """Return the rows that were added, removed or changed between two versions."""
    earlier, later = (version_from(twin, building_id, text) for text in (before, after))
    started = time.perf_counter()
    found = twin.questions.difference(earlier, later, name, _given(request, "from", "to"))
    return {
        "from": _named(earlier),
        "to": _named(later),
        "added": [dict(row) for row in found.added],
        "removed": [dict(row) for row in found.removed],
        "changed": [
            {"before": dict(row.before), "after": dict(row.after), "columns": list(row.columns)}
            for row in found.changed
        ],
        "unchanged": found.unchanged,
        "complete": found.complete,
        "seconds": round(time.perf_counter() - started, 6),
    }


@router.post("/cypher", summary="Ask the graph in Cypher, where the operator allows it")
def cypher(twin: TwinDep, asked: FreeQuery) -> dict[str, Any]:
    """Return a page of the answer; the query sees one version of one building and can change nothing."""
    version = twin.catalogue.version(asked.building_id, asked.stage, asked.version)
    started = time.perf_counter()
    found = twin.questions.free(version, asked.query, asked.parameters, limit=asked.limit, offset=asked.offset)
    following = asked.offset + len(found.rows) if found.truncated else None
    return {**_table(found, version, started), "next": following}


def _described(item: Question) -> dict[str, Any]:
    return {
        "name": item.name,
        "title": dict(item.title),
        "about": "map" if item.of_city else "version",
        "params": [
            {
                "name": parameter.name,
                "kind": parameter.kind.value,
                "type": "number" if parameter.kind is ParameterKind.NUMBER else "text",
                **({"unit": parameter.unit} if parameter.unit else {}),
                **({} if parameter.default is None else {"default": parameter.default}),
            }
            for parameter in item.parameters
        ],
        "columns": [
            {"name": column.name, "type": column.kind.value, **({"unit": column.unit} if column.unit else {})}
            for column in item.columns
        ],
        "key": list(item.key),
    }


def _furthest(twin: Twin, building_id: str) -> Stage:
    return twin.catalogue.building(building_id).furthest


def _given(request: Request, *own: str) -> dict[str, str]:
    """Return the query parameters that belong to the question.

    Raises:
        InvalidInput: (parameter) one is given twice.
    """
    given = {key: value for key, value in request.query_params.items() if key not in own}
    if any(len(request.query_params.getlist(key)) > 1 for key in given):
        raise InvalidInput("A parameter is given twice.", reason="parameter")
    return given


def _named(version: Version) -> str:
    return f"{version.key.stage.value}/{version.key.number}"


def _table(found: Answer, version: Version | None, started: float) -> dict[str, Any]:
    return {
        "as_of": None if version is None else _named(version),
        "columns": list(found.columns),
        "rows": [dict(row) for row in found.rows],
        "truncated": found.truncated,
        "seconds": round(time.perf_counter() - started, 6),
    }
