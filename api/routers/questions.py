"""Named questions to the graph."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from api.context import BuildingId, TwinDep
from graph import QUESTIONS, Scope, ask, question
from twin.snapshot import Stage

CONFORMS_TO = ("https://w3id.org/bot", "https://brickschema.org/schema/Brick")
router = APIRouter(tags=["questions"])


@router.get("/questions", summary="List the questions")
def questions() -> list[dict[str, Any]]:
    """Return every named question with its parameters."""
    return [
        {
            "name": item.name,
            "title": dict(item.title),
            "params": [{"name": parameter.name, "kind": parameter.kind.value} for parameter in item.parameters],
        }
        for item in QUESTIONS
    ]


@router.get("/buildings/{building_id}/questions/{name}", summary="Ask a question")
def answer(
    twin: TwinDep,
    request: Request,
    building_id: BuildingId,
    name: Annotated[str, Path(examples=["spaces-of-storey"])],
    stage: Annotated[Stage | None, Query(description="Default: the furthest stage that there is")] = None,
) -> dict[str, Any]:
    """Return a table; further query parameters are those of the question, elements as GlobalIds."""
    building = twin.catalogue.building(building_id)
    chosen = stage or max(building.latest, key=list(Stage).index)
    given = {key: value for key, value in request.query_params.items() if key != "stage"}
    started = time.perf_counter()
    found = ask(twin.graph, Scope(building_id, chosen.value), question(name).name, given)
    return {
        "columns": list(found.columns),
        "rows": [dict(row) for row in found.rows],
        "truncated": found.truncated,
        "seconds": round(time.perf_counter() - started, 6),
    }
