"""Nodes and edges of one version, independent of any engine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.schema import CITY_LABELS, MODEL_LABELS, EdgeType, Label

Property = str | int | float | bool


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One version of one building: what a projection replaces as a whole.

    Attributes:
        building_id: The building.
        stage: The line of versions.
        number: Number of an earlier version; 0 for the latest, whichever number that has.
    """

    building_id: str
    stage: str
    number: int = 0

    def __str__(self) -> str:
        """Return ``building|stage`` or ``building|stage|number``, the value of the node property `scope`."""
        return f"{self.building_id}|{self.stage}" + (f"|{self.number}" if self.number else "")

    @property
    def points(self) -> str:
        """Return the value of the node property `scope` of the points: they change without the version."""
        return f"{self}|points"

    def node_id(self, name: str) -> str:
        """Return the id of the node that stands for the GlobalId (or other name) `name`."""
        return f"{self}|{name}"


CITY = Scope("city", "context")  # not of a building: what surrounds them all


def labels_of(scope: Scope) -> tuple[Label, ...]:
    """Return the labels that nodes of `scope` can have, besides its points and its version node."""
    return CITY_LABELS if scope == CITY else MODEL_LABELS


@dataclass(frozen=True, slots=True)
class Node:
    """One node: `id` is unique in the whole graph, no property value is None."""

    label: Label
    id: str
    properties: Mapping[str, Property]

    def digest(self) -> str:
        """Return a digest of label and properties."""
        return _digest(self.label, self.properties)


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
        return (self.type, self.source, self.target)  # a StrEnum is its text, and `value` takes longer than all else

    def digest(self) -> str:
        """Return a digest of the properties; empty if there are none, as of most edges."""
        return _digest("", self.properties) if self.properties else ""

    def held(self) -> dict[str, Property]:
        """Return what a graph holds of it besides its ends: properties and digest, or nothing if it has none."""
        return {**self.properties, "digest": self.digest()} if self.properties else {}


@dataclass(frozen=True, slots=True)
class Batch:
    """All nodes and edges of one version of one scope, or of its points.

    Attributes:
        scope: The building and stage.
        version: Number of the version; 0 for points, which belong to none.
        content_sha256: Digest of what was projected; tells whether a projection is up to date.
        nodes: Without the version node, which the store writes itself. Their property `scope` is `owner`.
        edges: Both ends are among `nodes`, or `anchors` for the far end.
        anchors: Nodes of another batch, which must be there, by id.
    """

    scope: Scope
    version: int
    content_sha256: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    anchors: Mapping[str, Label] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Return the value of the node property `scope` by which the nodes of this batch are found."""
        return str(self.scope) if self.version else self.scope.points


def _digest(label: str, properties: Mapping[str, Property]) -> str:
    """Return 96 bits of what is written; `repr` tells 1, 1.0, True and '1' apart, and is faster than JSON.

    The mapping gives the same record its properties in the same order; another order would only be written anew.
    """
    return hashlib.blake2b(f"{label}{properties!r}".encode(), digest_size=12).hexdigest()
