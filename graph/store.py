"""The port behind which a graph engine stands, and the Cypher text that all engines share.

Rules that every store keeps:
1. `replace` is one transaction: readers see the old projection of the scope or the new one, never a mixture.
2. `replace` is idempotent and writes only what differs from what is there.
3. `query` cannot write, returns at most `limit` rows and stops after `timeout_s`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol

from graph.batch import Batch, Edge, Node, Scope, labels_of
from graph.schema import EdgeType, Label

Statement = tuple[str, dict[str, Any]]
Runs = Callable[[str, dict[str, Any]], Iterable[Mapping[str, Any]]]  # runs a text with parameters, gives rows

ROWS_PER_STATEMENT = 2_000  # bounds the memory of one UNWIND; larger brings no speed on either engine
DEFAULT_TIMEOUT_S = 5.0  # a question that takes longer is not one that a person waits for
DEFAULT_ROW_LIMIT = 1_000  # a table that nobody reads to its end


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave.

    Attributes:
        columns: Names, in the order of the query.
        rows: One mapping a row.
        truncated: Whether there were more rows than the limit.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """How much a `replace` wrote."""

    nodes_put: int
    nodes_removed: int
    edges_put: int
    edges_removed: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """Which version of a scope the graph holds."""

    version: int
    content_sha256: str


class Asked(Protocol):
    """What can be asked."""

    def query(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        limit: int = DEFAULT_ROW_LIMIT,
    ) -> Answer:
        """Return the answer of a read-only Cypher query.

        Raises:
            QueryRefused: it is malformed, writes, or took longer than `timeout_s`.
        """


class GraphStore(Asked, Protocol):
    """A graph engine."""

    def replace(self, batch: Batch) -> Written:
        """Make the graph hold exactly `batch` for its scope."""

    def remove(self, scope: Scope) -> None:
        """Take everything of `scope` out of the graph."""

    def loaded(self) -> dict[Scope, Loaded]:
        """Return which version of each scope the graph holds."""

    def held(self, scope: Scope) -> Loaded | None:
        """Return which version the graph holds for `scope`, or None."""

    def close(self) -> None:
        """Let go of the engine."""


def schema_statements() -> dict[str, str]:
    """Return the statements that make constraints and indexes by the names of these; harmless when repeated."""
    made = {"element_class": "CREATE INDEX element_class IF NOT EXISTS FOR (n:Element) ON (n.scope, n.ifc_class)"}
    for label in Label:
        unique, index = f"{label.value.lower()}_id", f"{label.value.lower()}_scope"
        made[unique] = f"CREATE CONSTRAINT {unique} IF NOT EXISTS FOR (n:{label.value}) REQUIRE n.id IS UNIQUE"
        made[index] = f"CREATE INDEX {index} IF NOT EXISTS FOR (n:{label.value}) ON (n.scope)"
    return made


def existing_nodes(label: Label) -> str:
    """Return the query for id and digest of the nodes of `label` in `$scope`."""
    return f"MATCH (n:{label.value} {{scope: $scope}}) RETURN n.id AS id, n.digest AS digest"


def existing_edges(label: Label) -> str:
    """Return the query for the edges that leave the nodes of `label` in `$scope`."""
    return (
        f"MATCH (a:{label.value} {{scope: $scope}})-[r]->(b) "
        "RETURN type(r) AS type, a.id AS source, b.id AS target, r.digest AS digest"
    )


def existing(batch: Batch, run: Runs) -> tuple[dict[str, tuple[Label, str]], dict[tuple[str, str, str], str]]:
    """Return what the graph holds of the scope of `batch`, as `plan` takes it.

    A version is written and removed as a whole, with its version node: without that node there is nothing of it.
    """
    nodes: dict[str, tuple[Label, str]] = {}
    edges: dict[tuple[str, str, str], str] = {}
    if batch.version and not list(run(HELD, {"id": batch.scope.node_id("version")})):
        return nodes, edges
    for label in labels_of(batch.scope) if batch.version else (Label.POINT,):
        for row in run(existing_nodes(label), {"scope": batch.owner}):
            nodes[row["id"]] = (label, row["digest"])
        for row in run(existing_edges(label), {"scope": batch.owner}):
            edges[row["type"], row["source"], row["target"]] = row["digest"] or ""  # none without properties
    return nodes, edges


LOADED = (
    "MATCH (v:Version) RETURN v.building AS building, v.stage AS stage, v.number AS number, "
    "v.version AS version, v.content AS content"
)


HELD = "MATCH (v:Version {id: $id}) RETURN v.version AS version, v.content AS content"


def loaded_from(rows: Iterable[Mapping[str, Any]]) -> dict[Scope, Loaded]:
    """Return what the rows of `LOADED` say."""
    return {
        Scope(row["building"], row["stage"], row["number"] or 0): Loaded(row["version"], row["content"])
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements that turn what is there into a batch, in order."""

    statements: tuple[Statement, ...]
    written: Written


def plan(
    batch: Batch,
    nodes: Mapping[str, tuple[Label, str]],
    edges: Mapping[tuple[str, str, str], str],
    *,
    by_pattern: bool = True,
) -> Plan:
    """Return what must be written so that the scope of `batch` holds exactly it.

    Args:
        batch: What shall be there.
        nodes: What is there: id to label and digest.
        edges: What is there: (type, source, target) to digest.
        by_pattern: Whether new nodes and edges are created with their properties in the pattern. The embedded engine
            does that many times faster than a SET, but refuses a property that it has not met on that label.
    """
    own = {node.id: node.label for node in batch.nodes}
    labels = {**batch.anchors, **own} if batch.anchors else own
    wanted = {edge.key: edge for edge in batch.edges}
    if not nodes and not edges and by_pattern:  # a version that was not there: nothing to compare
        first = (*_create_nodes(batch.nodes), *_create_edges(wanted.values(), labels), *_versions(batch))
        return Plan(first, Written(len(own), 0, len(wanted), 0))
    digested = ((node, node.digest()) for node in batch.nodes)
    put_nodes = [node for node, digest in digested if nodes.get(node.id) != (node.label, digest)]
    drop_nodes = [i for i, (label, _) in nodes.items() if own.get(i) is not label]
    put_edges = [edge for key, edge in wanted.items() if edges.get(key) != edge.digest()]
    drop_edges = [key for key in edges if key not in wanted]
    known = {i: label for i, (label, _) in nodes.items()}
    kept = nodes.keys() - set(drop_nodes)
    statements = (
        *_drop_edges(drop_edges, known),
        *_drop_nodes(drop_nodes, known),
        *_create_nodes([node for node in put_nodes if by_pattern and node.id not in kept]),
        *_set_nodes([node for node in put_nodes if not by_pattern or node.id in kept]),
        *_create_edges([edge for edge in put_edges if by_pattern and edge.key not in edges], labels),
        *_set_edges([edge for edge in put_edges if not by_pattern or edge.key in edges], labels),
        *_versions(batch),
    )
    return Plan(statements, Written(len(put_nodes), len(drop_nodes), len(put_edges), len(drop_edges)))


def remove_statements(scope: Scope) -> Iterator[Statement]:
    """Yield the statements that take everything of `scope` out of the graph."""
    for label in (*labels_of(scope), Label.POINT, Label.VERSION):
        owner = scope.points if label is Label.POINT else str(scope)
        yield f"MATCH (n:{label.value} {{scope: $scope}}) DETACH DELETE n", {"scope": owner}


def _drop_edges(keys: Sequence[tuple[str, str, str]], known: Mapping[str, Label]) -> Iterator[Statement]:
    groups: dict[tuple[str, Label, Label | None], list[dict[str, str]]] = {}
    for kind, source, target in keys:
        group = groups.setdefault((kind, known[source], known.get(target)), [])
        group.append({"a": source, "b": target})
    for (kind, a, b), rows in groups.items():
        far = "b" if b is None else f"b:{b.value}"  # the far end of an edge of a point belongs to another batch
        text = f"UNWIND $rows AS row MATCH (a:{a.value} {{id: row.a}})-[r:{kind}]->({far} {{id: row.b}}) DELETE r"
        yield from _rows(text, rows)


def _drop_nodes(ids: Sequence[str], known: Mapping[str, Label]) -> Iterator[Statement]:
    groups: dict[Label, list[str]] = {}
    for node_id in ids:
        groups.setdefault(known[node_id], []).append(node_id)
    for label, members in groups.items():
        yield from _rows(f"UNWIND $rows AS row MATCH (n:{label.value} {{id: row}}) DETACH DELETE n", members)


def _create_nodes(nodes: Iterable[Node]) -> Iterator[Statement]:
    """Yield what creates nodes, all properties in the pattern: the embedded engine walks the whole label at a SET."""
    for label, rows in node_rows(nodes).items():
        yield from _rows(f"UNWIND $rows AS row CREATE (n:{label.value} {_pattern(rows)})", rows)


def node_rows(nodes: Iterable[Node]) -> dict[Label, list[dict[str, Any]]]:
    """Return all that a graph holds of each node, by label."""
    groups: defaultdict[Label, list[dict[str, Any]]] = defaultdict(list)
    for node in nodes:
        groups[node.label].append({**node.properties, "id": node.id, "digest": node.digest()})
    return groups


def _set_nodes(nodes: Iterable[Node]) -> Iterator[Statement]:
    for label, rows in node_rows(nodes).items():
        yield from _rows(f"UNWIND $rows AS row MERGE (n:{label.value} {{id: row.id}}) SET n = row", rows)


Ends = tuple[EdgeType, Label, Label]


def _by_ends(edges: Iterable[Edge], labels: Mapping[str, Label]) -> dict[Ends, list[Edge]]:
    groups: defaultdict[Ends, list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[edge.type, labels[edge.source], labels[edge.target]].append(edge)
    return groups


def _create_edges(edges: Iterable[Edge], labels: Mapping[str, Label]) -> Iterator[Statement]:
    for ends, members in _by_ends(edges, labels).items():
        rows = [
            {"a": edge.source, "b": edge.target, **edge.held()} for edge in members
        ]  # no property has these names
        yield from _rows(f"{_both(ends)} CREATE (a)-[:{ends[0]} {_pattern(rows, {'a', 'b'})}]->(b)", rows)


def _set_edges(edges: Iterable[Edge], labels: Mapping[str, Label]) -> Iterator[Statement]:
    for ends, members in _by_ends(edges, labels).items():
        rows = [{"a": edge.source, "b": edge.target, "props": edge.held()} for edge in members]
        yield from _rows(f"{_both(ends)} MERGE (a)-[r:{ends[0]}]->(b) SET r = row.props", rows)


def _both(ends: Ends) -> str:
    _, a, b = ends
    return f"UNWIND $rows AS row MATCH (a:{a.value} {{id: row.a}}) MATCH (b:{b.value} {{id: row.b}})"


def _pattern(rows: Iterable[Mapping[str, Any]], without: Set[str] = frozenset()) -> str:
    """Return a map of all properties that rows have; what a row has not is null, and null is no property."""
    names = sorted(set[str]().union(*rows) - without)
    return "{" + ", ".join(f"{name}: row.{name}" for name in names) + "}" if names else ""


def version_properties(batch: Batch) -> dict[str, Any]:
    """Return what the version node of `batch` holds."""
    return {
        "id": batch.scope.node_id("version"),
        "scope": str(batch.scope),
        "building": batch.scope.building_id,
        "stage": batch.scope.stage,
        "number": batch.scope.number,
        "version": batch.version,
        "content": batch.content_sha256,
        "digest": "",
    }


def _versions(batch: Batch) -> Iterator[Statement]:
    """Yield what writes the version node; points have none."""
    if batch.version:
        properties = version_properties(batch)
        yield "MERGE (v:Version {id: $id}) SET v = $props", {"id": properties["id"], "props": properties}


def _rows(text: str, rows: Sequence[Any]) -> Iterator[Statement]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield text, {"rows": list(rows[start : start + ROWS_PER_STATEMENT])}
