"""One version alone in memory, for queries of strangers: there is nothing else in it that they could reach."""

from collections.abc import Iterable, Mapping
from typing import Any

import kglite

from graph.batch import Batch
from graph.errors import QueryRefused
from graph.readonly import check_read_only
from graph.store import DEFAULT_ROW_LIMIT, DEFAULT_TIMEOUT_S, Answer, plan, schema_statements

MAX_WORK_UNITS = 20_000_000  # rows that the engine may touch; a few seconds of work, some hundred MB at worst


class PrivateGraph:
    """A frozen graph that holds what it was made from.

    Args:
        batches: A version, and then its points.
    """

    def __init__(self, batches: Iterable[Batch]) -> None:
        given = tuple(batches)
        try:
            graph = _filled(given, by_pattern=True)
        except kglite.SchemaError:  # the first rows of a label had not all its properties
            graph = _filled(given, by_pattern=False)
        self._frozen = graph.freeze()

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        limit: int = DEFAULT_ROW_LIMIT,
        offset: int = 0,
    ) -> Answer:
        """Return rows `offset` to `offset + limit` of the answer to a stranger's query.

        Raises:
            QueryRefused: (query, unbounded-path, timeout) see `check_read_only`; or it took too long.
        """
        check_read_only(text)
        try:
            result = self._frozen.cypher(
                text,
                params=dict(parameters),
                timeout_ms=max(1, int(timeout_s * 1000)),
                max_work_units=MAX_WORK_UNITS,
                row_limit=offset + limit + 1,
            )
        except kglite.CypherTimeoutError as error:
            raise QueryRefused(
                f"The query took longer than {timeout_s:g} s.",
                reason="timeout",
                hint="Begin the pattern at a node with a known id, or ask for less.",
            ) from error
        except (kglite.KgError, ValueError, TypeError, OverflowError) as error:
            raise QueryRefused(f"The query was refused: {str(error)[:500]}", reason="query") from error
        rows = [dict(row) for row in result]
        return Answer(tuple(result.columns), tuple(rows[offset : offset + limit]), len(rows) > offset + limit)


def _filled(batches: Iterable[Batch], *, by_pattern: bool) -> Any:
    graph = kglite.KnowledgeGraph()
    for statement in schema_statements().values():
        graph.cypher(statement)
    for batch in batches:
        for text, parameters in plan(batch, {}, {}, by_pattern=by_pattern).statements:
            graph.cypher(text, params=parameters)
    return graph
