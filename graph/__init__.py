"""Buildings as a property graph: pure mapping from records, two engines, named questions."""

from graph.batch import Batch, Edge, Node, Scope
from graph.errors import GraphError, GraphUnavailable, QueryRefused
from graph.kglite_store import KgliteStore
from graph.mapping import SpaceLink, label_of, to_batch
from graph.neo4j_store import Neo4jStore
from graph.questions import QUESTIONS, Parameter, ParameterKind, Question, ask, question
from graph.schema import TERMS, EdgeType, Label
from graph.store import Answer, GraphStore, Loaded, Written

__all__ = [
    "QUESTIONS",
    "TERMS",
    "Answer",
    "Batch",
    "Edge",
    "EdgeType",
    "GraphError",
    "GraphStore",
    "GraphUnavailable",
    "KgliteStore",
    "Label",
    "Loaded",
    "Neo4jStore",
    "Node",
    "Parameter",
    "ParameterKind",
    "QueryRefused",
    "Question",
    "Scope",
    "SpaceLink",
    "Written",
    "ask",
    "label_of",
    "question",
    "to_batch",
]
