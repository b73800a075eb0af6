"""What is under construction: the author, the levels, the walls, and the truth that grows with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from samples.author import Author, Entity, guid
from samples.data import Quantities, Sets, attach, classify, group, type_sets
from samples.plan import AZIMUTH_DEG, Plan, Rect, Room, Storey

Json = dict[str, Any]
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class MapPlacement:
    """Where the model's origin lies: EPSG:3301 and EH2000, metres; rotation counter-clockwise from east."""

    easting_m: float
    northing_m: float
    height_m: float
    rotation_deg: float = 0.0


@dataclass(slots=True)
class Level:
    """One storey while it is built: rooms and walls in plan, heights, its entity and placement."""

    storey: Storey
    index: int
    elevation: float
    wall_height: float
    rooms: dict[str, tuple[Room, Rect]]
    entity: Entity
    placement: Entity
    walls: dict[str, "WallBody"] = field(default_factory=dict)
    spaces: dict[str, Entity] = field(default_factory=dict)


@dataclass(slots=True)
class WallBody:
    """A wall: start of its centre line, direction, size, openings so far."""

    key: str
    start: tuple[float, float]
    along: tuple[float, float]
    length: float
    thickness: float
    height: float
    construction: str
    side: str
    rect: Rect
    openings: list[tuple[float, float, float, float]] = field(default_factory=list)
    entity: Entity = None
    placement: Entity = None

    @property
    def gross_area(self) -> float:
        """Side area without regard to openings."""
        return round(self.length * self.height, 6)

    @property
    def open_area(self) -> float:
        """Area of its openings."""
        return round(sum(width * height for _, _, width, height in self.openings), 6)

    def station(self, x: float, y: float) -> float:
        """Return the distance of a point from the start, along the wall."""
        return round((x - self.start[0]) * self.along[0] + (y - self.start[1]) * self.along[1], 6)


@dataclass(slots=True)
class Product:
    """One product to write.

    Attributes:
        ifc_class: Its class.
        key: Unique in the building, stable across stages.
        name: Its `Name`.
        at: Origin relative to `parent`, metres.
        along: Direction of its x axis in the plan.
        parent: Placement that it is relative to.
        representations: Shape representations.
        geometry: What tells its geometry apart from others, for the comparison of stages.
        sets: Property sets.
        quantity_set: IFC4 name of its quantity set.
        quantities: Quantities.
        attributes: Further attributes.
        inside: Spatial element that contains it; None if it is part of something else.
        type: Type object.
        code: Kind for the classification example.
    """

    ifc_class: str
    key: str
    name: str
    parent: Entity
    at: tuple[float, float, float] = (0.0, 0.0, 0.0)
    along: tuple[float, float] = (1.0, 0.0)
    representations: Sequence[Entity] = ()
    geometry: tuple[Any, ...] = ()
    sets: Sets = field(default_factory=dict)
    quantity_set: str = ""
    quantities: Quantities = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    inside: Entity = None
    type: Entity = None
    code: str = ""


@dataclass(slots=True)
class Work:
    """One building while it is written."""

    plan: Plan
    place: MapPlacement
    author: Author
    stage: str
    building: Entity = None
    site: Entity = None
    levels: list[Level] = field(default_factory=list)
    facts: dict[str, Json] = field(default_factory=dict)
    truth: dict[str, Any] = field(default_factory=dict)
    points: list[Json] = field(default_factory=list)
    positions: dict[int, tuple[float, float, float, float, float]] = field(default_factory=dict)

    def gid(self, key: str) -> str:
        """Return the GlobalId of an element key."""
        return guid(self.plan.building_id, key)

    def azimuth(self, side: str) -> float:
        """Return the grid azimuth in degrees that a façade looks to."""
        return round((AZIMUTH_DEG[side] - self.place.rotation_deg) % 360, 6)

    def compass(self, side: str) -> str:
        """Return the eighth of the compass that a façade looks to."""
        return COMPASS[int((self.azimuth(side) + 22.5) // 45) % 8]

    def note(self, table: str, row: Json) -> None:
        """Add a row to a table of the truth."""
        self.truth.setdefault(table, []).append(row)

    def put(self, product: Product) -> Entity:
        """Write a product with all that belongs to it, and remember its facts.

        Raises:
            ValueError: If the key is taken.
        """
        plan = self.plan
        if product.key in self.facts:
            raise ValueError(f"two elements want the key {product.key!r}")
        for change in plan.overrides:
            if change.element == product.key:
                product.sets[change.property_set][change.property_name] = change.value
        placement = self.author.placement(product.parent, *product.at, product.along)
        if product.representations:
            product.attributes["Representation"] = self.author.product_shape(*product.representations)
        entity = self.author.root(
            product.ifc_class, product.key, Name=product.name, ObjectPlacement=placement, **product.attributes
        )
        attach(self.author, entity, product.sets, product.quantity_set, product.quantities)
        self._connect(entity, product)
        self._position(product, placement)
        self.facts[product.key] = {
            "global_id": entity.GlobalId,
            "attributes": (product.ifc_class, product.name, product.attributes.get("LongName")),
            "placement": self.positions[placement.id()],
            "geometry": product.geometry,
            "sets": product.sets,
            "quantities": product.quantities,
            "type": product.type.Name if product.type is not None else "",
        }
        return entity

    def remember(self, key: str, entity: Entity, *content: Any) -> None:
        """Keep the facts of an object that `put` did not write."""
        self.facts[key] = {"global_id": entity.GlobalId, "attributes": (entity.is_a(), entity.Name, *content)}

    def _position(self, product: Product, placement: Entity) -> None:
        x, y, z, c, s = self.positions.get(product.parent.id(), (0.0, 0.0, 0.0, 1.0, 0.0))
        (px, py, pz), (ax, ay) = product.at, product.along
        self.positions[placement.id()] = (
            round(x + c * px - s * py, 6) + 0.0,
            round(y + s * px + c * py, 6) + 0.0,
            round(z + pz, 6) + 0.0,
            round(c * ax - s * ay, 6) + 0.0,
            round(s * ax + c * ay, 6) + 0.0,
        )

    def _connect(self, entity: Entity, product: Product) -> None:
        author = self.author
        if product.inside is not None:
            author.relate(
                "IfcRelContainedInSpatialStructure",
                ("RelatingStructure", product.inside),
                ("RelatedElements", entity),
            )
        if product.type is not None:
            author.relate("IfcRelDefinesByType", ("RelatingType", product.type), ("RelatedObjects", entity))
        if product.code:
            classify(author, entity, product.code)

    def type_of(self, ifc_class: str, key: str, name: str, sets: Sets | None = None, **attributes: Any) -> Entity:
        """Return a type object, written once."""
        known = self.author.remember("type", ifc_class, key)
        if known is not None:
            return known
        if sets:
            attributes["HasPropertySets"] = type_sets(self.author, sets)
        full_key = f"type/{ifc_class}/{key}"
        entity = self.author.root(ifc_class, full_key, Name=name, **attributes)
        self.remember(full_key, entity, sets)
        return self.author.keep(entity, "type", ifc_class, key)

    def part_of(self, whole: Entity, part: Entity) -> None:
        """Make a part of a whole (aggregation)."""
        self.author.relate("IfcRelAggregates", ("RelatingObject", whole), ("RelatedObjects", part))

    def zone(self, key: str, name: str, sets: Sets, members: Sequence[Entity]) -> Entity:
        """Write a zone of spaces."""
        entity = self.author.root("IfcZone", key, Name=name)
        attach(self.author, entity, sets)
        self.remember(key, entity, sets)
        group(self.author, entity, members)
        return entity
