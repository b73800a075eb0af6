"""The distributed engine: Neo4j (or another server that speaks Bolt) with the official driver."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import ClientError, ConstraintError, DriverError, Neo4jError, TransientError

from graph import first_load
from graph.batch import Batch, Scope
from graph.errors import GraphError, GraphUnavailable, QueryRefused
from graph.store import (
    DEFAULT_ROW_LIMIT,
    DEFAULT_TIMEOUT_S,
    HELD,
    LOADED,
    Answer,
    Loaded,
    Statement,
    Written,
    existing,
    loaded_from,
    plan,
    remove_statements,
    schema_statements,
)

DATABASE = "neo4j"
MAX_SCOPES = 1_000_000  # stages of all buildings: ten times the largest city with three stages each is still below

T = TypeVar("T")


class Neo4jStore:
    """A graph behind Bolt.

    Args:
        url: ``bolt://host:port`` or ``neo4j://host:port``.
        user: User name.
        password: Its password.

    Raises:
        GraphUnavailable: (unreachable) the server does not answer or refuses the login.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self._driver = neo4j.GraphDatabase.driver(url, auth=(user, password), notifications_min_severity="OFF")
        try:
            with self._driver.session(database=DATABASE) as session:
                there, self._agent = _schema_names(session)
                for name, statement in schema_statements().items():
                    if name not in there:
                        session.run(statement).consume()
        except (DriverError, Neo4jError) as error:
            self._driver.close()
            raise GraphUnavailable(
                f"The graph server does not serve us: {error}",
                reason="unreachable",
                hint="Check KAKSIK_GRAPH_URL and that the server runs.",
            ) from error

    def replace(self, batch: Batch) -> Written:
        """Make the graph hold exactly `batch` for its scope, in one transaction."""

        def work(transaction: neo4j.ManagedTransaction) -> Written:
            nodes, edges = existing(batch, transaction.run)
            first = not nodes and first_load.fits(batch, self._agent)
            todo = first_load.plan_of(batch) if first else plan(batch, nodes, edges)
            _run(transaction, todo.statements)
            return todo.written

        try:
            return self._write(work)
        except GraphError as error:
            if not isinstance(error.__cause__, ConstraintError):
                raise
            return self._write(work)  # another process has just written the same nodes: now they are there to compare

    def remove(self, scope: Scope) -> None:
        """Take everything of `scope` out of the graph."""
        self._write(lambda transaction: _run(transaction, tuple(remove_statements(scope))))

    def loaded(self) -> dict[Scope, Loaded]:
        """Return which version of each scope the graph holds."""
        return loaded_from(self.query(LOADED, {}, limit=MAX_SCOPES).rows)

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
            with (
                self._driver.session(database=DATABASE, default_access_mode=neo4j.READ_ACCESS) as session,
                session.begin_transaction(timeout=timeout_s) as transaction,
            ):
                result = transaction.run(text, dict(parameters))
                rows = [record.data() for record in result.fetch(limit + 1)]
                columns = tuple(result.keys())
                wrote = result.consume().counters.contains_updates
                transaction.rollback()  # not every server keeps writes out of a reading session
        except (ClientError, TransientError) as error:
            if "TransactionTimedOut" in error.code:
                raise QueryRefused(
                    f"The query took longer than {timeout_s:g} s.",
                    reason="timeout",
                    hint="Begin the pattern at a node with a known id, or ask for less.",
                ) from error
            raise QueryRefused(f"The query was refused: {error.message}", reason="query") from error
        except (DriverError, Neo4jError) as error:
            raise GraphUnavailable(f"The graph server failed: {error}", reason="unreachable") from error
        if wrote:
            raise QueryRefused("The query was refused: it writes. Nothing was written.", reason="query")
        return Answer(columns, tuple(rows[:limit]), len(rows) > limit)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def _write(self, work: Callable[[neo4j.ManagedTransaction], T]) -> T:
        try:
            with self._driver.session(database=DATABASE) as session:
                return session.execute_write(work)
        except (DriverError, Neo4jError) as error:
            raise GraphError(f"The graph could not be written: {error}", reason="write") from error


def _run(transaction: neo4j.ManagedTransaction, statements: tuple[Statement, ...]) -> None:
    for text, parameters in statements:
        transaction.run(text, parameters).consume()


def _schema_names(session: neo4j.Session) -> tuple[set[str], str]:
    """Return the names of the constraints and indexes that there are, and what the server calls itself."""
    found = session.run("SHOW INDEXES YIELD name")  # a constraint has an index of its name
    names = {str(record.get("name")) for record in found}
    return names, found.consume().server.agent
