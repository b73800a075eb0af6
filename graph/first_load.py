"""The first load of a version into Neo4j: one statement, whose text never changes.

A version that is not there yet needs no comparison. Its nodes are created and kept in one list; its edges name their
ends by the place in that list, so nothing is looked up. One text for all buildings is planned once in the life of a
server; a text a label, with the properties that a building happens to have, is planned again for each new building.
"""

from typing import Any

from graph.batch import CITY, Batch
from graph.schema import MODEL_LABELS, EdgeType
from graph.store import Plan, Written, node_rows, version_properties

MAX_ROWS = 200_000  # nodes and edges in one statement; the server holds some kilobytes of heap for each
SINCE = (5, 23)  # version of Neo4j that knows the scope clause of subqueries


def fits(batch: Batch, agent: str) -> bool:
    """Return whether a server can take `batch` in one statement.

    Args:
        batch: What is not there yet.
        agent: What the server calls itself, such as ``Neo4j/5.26.0``.
    """
    of_a_model = batch.version > 0 and batch.scope != CITY
    return of_a_model and len(batch.nodes) + len(batch.edges) <= MAX_ROWS and _version_of(agent) >= SINCE


def plan_of(batch: Batch) -> Plan:
    """Return what creates all of `batch` and its version node."""
    rows = node_rows(batch.nodes)
    given: dict[str, Any] = {f"n{label}": rows.get(label, []) for label in MODEL_LABELS}
    ordered = (row["id"] for label in MODEL_LABELS for row in rows.get(label, ()))
    places = {node_id: place for place, node_id in enumerate(ordered)}
    edges: dict[str, list[tuple[int, int, dict[str, Any]]]] = {kind: [] for kind in EdgeType}
    wanted = {edge.key: edge for edge in batch.edges}
    for edge in wanted.values():
        edges[edge.type].append((places[edge.source], places[edge.target], edge.held()))
    given.update({f"e{kind}": found for kind, found in edges.items()})
    statement = (_TEXT, {**given, "version": version_properties(batch)})
    return Plan((statement,), Written(len(batch.nodes), 0, len(wanted), 0))


def _text() -> str:
    """Return the statement: a subquery a label, then one an edge type; those without rows do nothing."""
    nodes = [
        f"CALL () {{ UNWIND $n{label} AS row CREATE (n:{label}) SET n = row RETURN collect(n) AS l{place} }}"
        for place, label in enumerate(MODEL_LABELS)
    ]
    together = " + ".join(f"l{place}" for place in range(len(MODEL_LABELS)))
    edges = [
        f"CALL (made) {{ UNWIND $e{kind} AS row WITH made[row[0]] AS a, made[row[1]] AS b, row[2] AS props "
        f"CREATE (a)-[r:{kind}]->(b) SET r = props }}"
        for kind in EdgeType
    ]
    return "\n".join([*nodes, f"WITH {together} AS made", *edges, "CREATE (v:Version) SET v = $version"])


def _version_of(agent: str) -> tuple[int, ...]:
    name, _, version = agent.partition("/")
    numbers = version.split("-")[0].split(".")[:2]
    return tuple(int(n) for n in numbers) if name == "Neo4j" and all(n.isdigit() for n in numbers) else (0,)


_TEXT = _text()
