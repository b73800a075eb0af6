"""Buildings as a property graph: pure mapping from records, two engines, named questions."""

from typing import TYPE_CHECKING, Any

from graph.batch import CITY, Batch, Edge, Node, Property, Scope
from graph.city import CityLink, CityNode, city_batch, city_id
from graph.errors import GraphError, GraphUnavailable, QueryRefused
from graph.export import canonical_lines
from graph.guarded_graph import GuardedGraph
from graph.kglite_store import KgliteStore
from graph.links import Derived, SpaceLink
from graph.mapping import label_of, to_batch
from graph.points import PointNode, labels_in, points_batch, projected_labels
from graph.private_graph import PrivateGraph
from graph.questions import (
    QUESTIONS,
    AnswerDiff,
    Column,
    ColumnKind,
    Parameter,
    ParameterKind,
    Question,
    ask,
    diff_answers,
    parse_parameters,
    question,
    question_of_versions,
)
from graph.schema import TERMS, EdgeType, Label
from graph.store import DEFAULT_ROW_LIMIT, Answer, Asked, GraphStore, Loaded, Written

if TYPE_CHECKING:
    from graph.neo4j_store import Neo4jStore

__all__ = [
    "CITY",
    "DEFAULT_ROW_LIMIT",
    "QUESTIONS",
    "TERMS",
    "Answer",
    "AnswerDiff",
    "Asked",
    "Batch",
    "CityLink",
    "CityNode",
    "Column",
    "ColumnKind",
    "Derived",
    "Edge",
    "EdgeType",
    "GraphError",
    "GraphStore",
    "GraphUnavailable",
    "GuardedGraph",
    "KgliteStore",
    "Label",
    "Loaded",
    "Neo4jStore",
    "Node",
    "Parameter",
    "ParameterKind",
    "PointNode",
    "PrivateGraph",
    "Property",
    "QueryRefused",
    "Question",
    "Scope",
    "SpaceLink",
    "Written",
    "ask",
    "canonical_lines",
    "city_batch",
    "city_id",
    "diff_answers",
    "label_of",
    "labels_in",
    "parse_parameters",
    "points_batch",
    "projected_labels",
    "question",
    "question_of_versions",
    "to_batch",
]


def __getattr__(name: str) -> Any:
    """Return the store of Neo4j, whose driver only who asks for it should load."""
    if name != "Neo4jStore":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from graph.neo4j_store import Neo4jStore

    return Neo4jStore
