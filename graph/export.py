"""The whole graph as text: the same lines for the same content, on either engine."""

from collections.abc import Iterator
from typing import Any

import rfc8785

from graph.batch import Scope
from graph.schema import Label
from graph.store import GraphStore

EXPORT_TIMEOUT_S = 120.0  # of one label of one version; a million nodes take some seconds
MAX_ROWS = 10_000_000  # nodes or edges of one label of one version; more than any model has

_OF_ENGINE = frozenset({"digest", "title", "type"})  # kept by the stores for themselves


def canonical_lines(store: GraphStore, scope: Scope | None = None) -> Iterator[str]:
    """Yield one JSON object (RFC 8785) a node and an edge, in the order of scope, kind and id.

    Args:
        store: The engine.
        scope: Only this version; None for everything.
    """
    for chosen in sorted(store.loaded()) if scope is None else [scope]:
        for owner in (str(chosen), chosen.points):
            for label in sorted(Label):
                for row in sorted(_rows(store, _NODES.format(label), owner), key=lambda row: row["id"]):
                    yield _line({"node": label.value, "id": row["id"], "properties": _own(row["properties"])})
            for row in sorted(_edges(store, owner), key=lambda row: (row["type"], row["source"], row["target"])):
                ends = {"from": row["source"], "to": row["target"]}
                yield _line({"edge": row["type"], **ends, "properties": _own(row["properties"])})


_NODES = "MATCH (n:{} {{scope: $scope}}) RETURN n.id AS id, properties(n) AS properties"
_EDGES = (
    "MATCH (a:{} {{scope: $scope}})-[r]->(b) "
    "RETURN type(r) AS type, a.id AS source, b.id AS target, properties(r) AS properties"
)


def _edges(store: GraphStore, owner: str) -> list[dict[str, Any]]:
    return [row for label in Label for row in _rows(store, _EDGES.format(label), owner)]


def _rows(store: GraphStore, text: str, owner: str) -> list[dict[str, Any]]:
    answer = store.query(text, {"scope": owner}, timeout_s=EXPORT_TIMEOUT_S, limit=MAX_ROWS)
    return [dict(row) for row in answer.rows]


def _own(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in _OF_ENGINE}


def _line(value: dict[str, Any]) -> str:
    return rfc8785.dumps(value).decode()
