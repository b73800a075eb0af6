"""The embedded engine: KGLite in one file, owned by one process, every commit on the disk before it returns."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kglite

from graph.batch import Batch, Scope
from graph.errors import GraphError, GraphUnavailable, QueryRefused
from graph.store import (
    DEFAULT_ROW_LIMIT,
    DEFAULT_TIMEOUT_S,
    HELD,
    LOADED,
    Answer,
    Loaded,
    Written,
    existing,
    loaded_from,
    plan,
    remove_statements,
    schema_statements,
)


class KgliteStore:
    """A graph in one file.

    Args:
        path: The file; made if missing.

    Raises:
        GraphUnavailable: (in-use) another process holds the file; (damaged) it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        kglite.set_query_warning_policy("silent")  # that a label has no node yet is no news; every path is bounded
        try:
            self._session = kglite.open_session(str(path), durable="full")
            for statement in schema_statements().values():
                self._session.execute(statement)
        except kglite.WriterLeaseHeldError as error:
            raise GraphUnavailable(
                "The graph is in use by another Kaksik process.",
                reason="in-use",
                hint="Use the running service, or stop it first.",
            ) from error
        except kglite.KgError as error:
            raise GraphUnavailable(
                f"The graph file cannot be opened: {error}.",
                reason="damaged",
                hint="It holds nothing of its own: delete it and run `kaksik rebuild graph`.",
            ) from error
        self._writing = threading.Lock()

    def replace(self, batch: Batch) -> Written:
        """Make the graph hold exactly `batch` for its scope, in one transaction."""
        with self._writing:
            there = existing(batch, lambda text, given: self._session.cypher(text, params=given))
            work = plan(batch, *there)
            try:
                self._write(list(work.statements))
            except GraphError as error:
                if not isinstance(error.__cause__, kglite.SchemaError):
                    raise
                self._write(list(plan(batch, *there, by_pattern=False).statements))  # a property new to its label
        return work.written

    def remove(self, scope: Scope) -> None:
        """Take everything of `scope` out of the graph."""
        with self._writing:
            self._write(list(remove_statements(scope)))

    def loaded(self) -> dict[Scope, Loaded]:
        """Return which version of each scope the graph holds."""
        return loaded_from(self._session.cypher(LOADED))

    def held(self, scope: Scope) -> Loaded | None:
        """Return which version the graph holds for `scope`, or None."""
        rows = self.query(HELD, {"id": scope.node_id("version")}).rows
        return Loaded(rows[0]["version"], rows[0]["content"]) if rows else None

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        limit: int = DEFAULT_ROW_LIMIT,
    ) -> Answer:
        """Return the answer of a read-only Cypher query; see `GraphStore.query`."""
        try:
            result = self._session.cypher(
                text, params=dict(parameters), timeout_ms=max(1, int(timeout_s * 1000)), row_limit=limit + 1
            )
        except kglite.CypherTimeoutError as error:
            raise QueryRefused(
                f"The query took longer than {timeout_s:g} s.",
                reason="timeout",
                hint="Begin the pattern at a node with a known id, or ask for less.",
            ) from error
        except (kglite.KgError, ValueError, TypeError, OverflowError) as error:
            raise QueryRefused(f"The query was refused: {error}", reason="query") from error
        rows = [dict(row) for row in result]
        return Answer(tuple(result.columns), tuple(rows[:limit]), len(rows) > limit)

    def close(self) -> None:
        """Write a checkpoint and give the file free."""
        self._session.close()

    def _write(self, statements: list[tuple[str, dict[str, Any]]]) -> None:
        try:
            with self._session.begin() as transaction:
                for text, parameters in statements:
                    transaction.cypher(text, params=parameters)
        except (kglite.KgError, ValueError, TypeError, OverflowError) as error:
            raise GraphError(f"The graph could not be written: {error}", reason="write") from error
