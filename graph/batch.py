"""Nodes and edges of one version, independent of any engine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import rfc8785

from graph.schema import EdgeType, Label

Property = str | int | float | bool


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One stage of one building: what a projection replaces as a whole."""

    building_id: str
    stage: str

    def __str__(self) -> str:
        """Return ``building|stage``, the value of the node property `scope`."""
        return f"{self.building_id}|{self.stage}"

    def node_id(self, name: str) -> str:
        """Return the id of the node that stands for the GlobalId (or other name) `name`."""
        return f"{self}|{name}"


@dataclass(frozen=True, slots=True)
class Node:
    """One node: `id` is unique in the whole graph, no property value is None."""

    label: Label
    id: str
    properties: Mapping[str, Property]

    def digest(self) -> str:
        """Return a digest of label and properties."""
        return _digest({"l": self.label.value, "p": dict(self.properties)})


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge; at most one of a type between two nodes."""

    type: EdgeType
    source: str
    target: str
    properties: Mapping[str, Property] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names the edge: type, source and target."""
        return (self.type.value, self.source, self.target)

    def digest(self) -> str:
        """Return a digest of the properties."""
        return _digest(dict(self.properties))


@dataclass(frozen=True, slots=True)
class Batch:
    """All nodes and edges of one version of one scope.

    Attributes:
        scope: The building and stage.
        version: Number of the version.
        content_sha256: Digest of the version's records; tells whether a projection is up to date.
        nodes: Without the version node, which the store writes itself.
        edges: Both ends are among `nodes`.
    """

    scope: Scope
    version: int
    content_sha256: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def _digest(value: object) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()[:24]  # type: ignore[arg-type]
