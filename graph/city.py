"""Pure mapping of what stands on the map, land and plans to nodes beside all versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.batch import CITY, Batch, Edge, Node, Property
from graph.schema import EdgeType, Label


@dataclass(frozen=True, slots=True)
class CityNode:
    """A building on the map, a parcel or a plan area.

    Attributes:
        label: One of `graph.schema.CITY_LABELS`.
        name: What names it among those of its label.
        properties: What is known of it; None for what is not.
    """

    label: Label
    name: str
    properties: Mapping[str, Property | None]

    @property
    def id(self) -> str:
        """Return the id of its node."""
        return city_id(self.label, self.name)


@dataclass(frozen=True, slots=True)
class CityLink:
    """A relation between two `CityNode`s, by the ids of their nodes."""

    type: EdgeType
    source: str
    target: str
    properties: Mapping[str, Property]


def city_id(label: Label, name: str) -> str:
    """Return the id of the node of a building, parcel or plan area."""
    return CITY.node_id(f"{label.value}:{name}")


def city_batch(content_sha256: str, nodes: Iterable[CityNode], links: Sequence[CityLink]) -> Batch:
    """Return the nodes and edges of the city; links between nodes that are not given are left out."""
    made = {node.id: Node(node.label, node.id, _properties(node)) for node in nodes}
    edges = (
        Edge(link.type, link.source, link.target, link.properties)
        for link in links
        if link.source in made and link.target in made
    )
    return Batch(CITY, 1, content_sha256, tuple(made.values()), tuple(edges))


def _properties(node: CityNode) -> dict[str, Property]:
    known = {key: value for key, value in node.properties.items() if value is not None}
    return {"name": "", **known, "scope": str(CITY), "global_id": node.name}
