"""One version, or a part of the city, alone in memory: there is nothing else in it that a query could reach."""

from collections.abc import Iterable, Mapping
from typing import Any

import kglite

from graph.batch import Batch
from graph.errors import QueryRefused
from graph.store import DEFAULT_ROW_LIMIT, DEFAULT_TIMEOUT_S, Answer, plan, schema_statements

MAX_WORK_UNITS = 20_000_000  # rows that the engine may touch; a few seconds of work, some hundred MB at worst


class PrivateGraph:
    """A frozen graph that holds what it was made from.

    Args:
        content: A version, and then its points; or what `packed` wrote.
    """

    def __init__(self, content: Iterable[Batch] | bytes) -> None:
        made = kglite.from_bytes(content) if isinstance(content, bytes) else _of_batches(tuple(content))
        self._frozen = made.freeze()

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        limit: int = DEFAULT_ROW_LIMIT,
        offset: int = 0,
    ) -> Answer:
        """Return rows `offset` to `offset + limit` of the answer to our own query; see `GuardedGraph` for others.

        Raises:
            QueryRefused: (query, timeout) the engine refuses it, or it took too long.
        """
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


def packed(batches: Iterable[Batch]) -> bytes:
    """Return a graph in the form of the engine, for another process with the same version of it."""
    return bytes(_of_batches(tuple(batches)).to_bytes())


def _of_batches(batches: tuple[Batch, ...]) -> Any:
    try:
        return _filled(batches, by_pattern=True)
    except kglite.SchemaError:  # the first rows of a label had not all its properties
        return _filled(batches, by_pattern=False)


def _filled(batches: Iterable[Batch], *, by_pattern: bool) -> Any:
    graph = kglite.KnowledgeGraph()
    for statement in schema_statements().values():
        graph.cypher(statement)
    for batch in batches:
        for text, parameters in plan(batch, {}, {}, by_pattern=by_pattern).statements:
            graph.cypher(text, params=parameters)
    return graph
