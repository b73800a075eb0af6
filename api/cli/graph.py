"""Command on the graph: print it."""

import sys
from typing import Annotated

import typer

from graph import Scope, canonical_lines
from twin.errors import InvalidInput, NotFound
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage


def dump(
    building: Annotated[str | None, typer.Option(help="Only this building; needs a stage")] = None,
    stage: Annotated[Stage | None, typer.Option(help="Only this line of versions")] = None,
) -> None:
    """Print the graph as JSON Lines, nodes and edges in canonical order: equal for equal content on any engine."""
    if (building is None) != (stage is None):
        raise InvalidInput("A building and a stage are given together.", reason="stage")
    scope = None if building is None or stage is None else Scope(building, stage.value)
    twin = open_twin(Settings())
    try:
        if scope is not None and twin.graph.held(scope) is None:
            raise NotFound("The graph holds no such building and stage.", reason="version", entity=str(scope)[:200])
        for line in canonical_lines(twin.graph, scope):
            sys.stdout.write(line + "\n")
    finally:
        twin.close()
