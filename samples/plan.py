"""Plans of buildings as plain data, and the exact layout of their rooms and walls.

A storey is a rectangle that is cut again and again by straight walls (`Cut`) until rooms remain (`Room`). Every
room is the clear rectangle between wall faces and every wall a box that butts against its neighbours, so areas,
volumes and distances are exact by construction. Lengths are metres; x runs east, y north, before any rotation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

OUTSIDE = "outside"
SIDES = ("S", "E", "N", "W")
AZIMUTH_DEG = {"N": 0.0, "E": 90.0, "S": 180.0, "W": 270.0}


@dataclass(frozen=True, slots=True)
class Rect:
    """An axis-parallel rectangle in metres."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Extent along x."""
        return round(self.x1 - self.x0, 6)

    @property
    def depth(self) -> float:
        """Extent along y."""
        return round(self.y1 - self.y0, 6)

    @property
    def area(self) -> float:
        """Area in m²."""
        return round(self.width * self.depth, 6)

    @property
    def centre(self) -> tuple[float, float]:
        """Middle point."""
        return (round((self.x0 + self.x1) / 2, 6), round((self.y0 + self.y1) / 2, 6))

    def inset(self, distance: float) -> "Rect":
        """Return the rectangle moved inwards by `distance` on each side."""
        return Rect(
            round(self.x0 + distance, 6),
            round(self.y0 + distance, 6),
            round(self.x1 - distance, 6),
            round(self.y1 - distance, 6),
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a room.

    Attributes:
        side: Façade it looks to: ``S``, ``E``, ``N`` or ``W`` of the unrotated plan.
        width: Width of the opening.
        height: Height of the opening.
        sill: Height of its lower edge above the floor.
        at: Coordinate of its middle along the façade; None for the middle of the room.
    """

    side: str
    width: float
    height: float = 1.5
    sill: float = 0.9
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Furniture:
    """A piece of furniture: catalogue name and lower-left corner from the room's lower-left corner."""

    kind: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Room:
    """One room, a leaf of the layout.

    Attributes:
        key: Unique within the storey and stable across stages.
        name: Room number.
        long_name: Name of its use.
        category: ÜBN ``115_Kategooria``.
        kind: ÜBN ``110_Tüüp``.
        unit: Number of the dwelling it belongs to.
        compartment: Key of its fire compartment; empty means the one of the building.
        windows: Its windows.
        furniture: Its furniture.
        sensors: Quantity kinds that are measured in it.
        heated: Whether it counts as area at room temperature.
        ceiling: Height of a suspended ceiling above the floor, if there is one.
    """

    key: str
    name: str
    long_name: str
    category: str = "-"
    kind: str = "Korruse avatud netopind"
    unit: str = ""
    compartment: str = ""
    windows: tuple[Window, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    sensors: tuple[str, ...] = ()
    heated: bool = True
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A rectangle cut by parallel walls.

    Attributes:
        key: Unique within the storey; walls are named after it.
        axis: ``x`` if the parts follow each other along x, else ``y``.
        parts: Clear size of each part (0 takes the rest, once) and what fills it.
        wall: Construction of the walls between the parts.
    """

    key: str
    axis: str
    parts: tuple[tuple[float, "Room | Cut"], ...]
    wall: str = "partition"


Node = Room | Cut


@dataclass(frozen=True, slots=True)
class Door:
    """A door between two rooms, or from a room to the outside.

    Attributes:
        key: Unique within the storey.
        a: Key of one room; it lies on this side of the wall that swings.
        b: Key of the other room, or `OUTSIDE`.
        width: Overall width of the opening.
        height: Overall height.
        style: Construction of the leaf: ``inner``, ``fire``, ``wet``, ``entrance``.
        side: Façade, for a door to the outside.
        at: Coordinate of its middle along the wall; None for the middle of what the rooms share.
        exit: Whether it is a fire exit.
    """

    key: str
    a: str
    b: str
    width: float = 0.9
    height: float = 2.1
    style: str = "inner"
    side: str = ""
    at: float | None = None
    exit: bool = False


@dataclass(frozen=True, slots=True)
class Stair:
    """A half-turn stair that starts at the lower edge of its rectangle and turns at the upper one."""

    key: str
    room: str
    rect: Rect
    risers: int
    going: float


@dataclass(frozen=True, slots=True)
class Storey:
    """One storey; the clear height is from finished floor to the slab above."""

    key: str
    name: str
    clear_height: float
    layout: Node
    doors: tuple[Door, ...] = ()
    stairs: tuple[Stair, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """A property value that replaces the usual one of an element (by element key)."""

    element: str
    property_set: str
    property_name: str
    value: str | bool | float


@dataclass(frozen=True, slots=True)
class Plan:
    """A building before it is written to any schema.

    Attributes:
        building_id: Register code or ``tmp-…``.
        ehr_code: Register code as written into the file; empty if missing.
        name: Name of the building.
        address: Imaginary address.
        schema: ``IFC2X3`` or ``IFC4``.
        cadastral_number: Number of its plot.
        length_unit: ``METRE`` or ``MILLIMETRE``.
        outer: Outer faces of the external walls.
        exterior: Construction of the external walls.
        storeys: From below.
        roof: ``gable`` or ``flat``.
        pitch_deg: Pitch of a gable roof.
        use: Name and code of the use.
        fire_class: TP1, TP2 or TP3.
        compartment_rating: Rating of each fire compartment.
        users: Number of users.
        slab: Construction of the intermediate floors.
        meters: Metered energies of the building.
        equipment: Key, class hint and model of equipment in a room: ``(key, storey/room, kind, model)``.
        air_handling: Whether the building has the ventilation system of `services`.
        overrides: Property values that differ from the usual.
        omitted: Keys of elements that are not there.
    """

    building_id: str
    ehr_code: str
    name: str
    address: str
    schema: str
    outer: Rect
    exterior: str
    storeys: tuple[Storey, ...]
    use: tuple[str, str]
    cadastral_number: str = ""
    length_unit: str = "METRE"
    roof: str = "flat"
    pitch_deg: float = 35.0
    fire_class: str = "TP3"
    compartment_rating: str = "EI30"
    users: int = 4
    slab: str = "floor"
    meters: tuple[str, ...] = ("electricity", "heat")
    equipment: tuple[tuple[str, str, str, str], ...] = ()
    air_handling: str = ""
    overrides: tuple[Override, ...] = ()
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InnerWall:
    """A wall between two parts of a cut."""

    key: str
    rect: Rect
    axis: str
    construction: str


def lay_out(
    node: Node, rect: Rect, thickness: Callable[[str], float]
) -> tuple[list[tuple[Room, Rect]], list[InnerWall]]:
    """Cut a rectangle into rooms and walls.

    Args:
        node: Layout of the storey.
        rect: Clear rectangle inside the external walls.
        thickness: Thickness in metres of a construction by its key.

    Returns:
        Rooms with their clear rectangles, and the walls between them.

    Raises:
        ValueError: If the parts do not fill the rectangle.
    """
    if isinstance(node, Room):
        return [(node, rect)], []
    rooms: list[tuple[Room, Rect]] = []
    walls: list[InnerWall] = []
    along_x = node.axis == "x"
    start, end = (rect.x0, rect.x1) if along_x else (rect.y0, rect.y1)
    sizes = _sizes(node, round(end - start, 6), thickness(node.wall))
    for index, (size, (_, child)) in enumerate(zip(sizes, node.parts, strict=True)):
        if index:
            stop = round(start + thickness(node.wall), 6)
            walls.append(InnerWall(f"{node.key}.{index}", _slice(rect, along_x, start, stop), node.axis, node.wall))
            start = stop
        stop = round(start + size, 6)
        more_rooms, more_walls = lay_out(child, _slice(rect, along_x, start, stop), thickness)
        rooms += more_rooms
        walls += more_walls
        start = stop
    return rooms, walls


def _sizes(cut: Cut, available: float, wall: float) -> list[float]:
    given = [size for size, _ in cut.parts]
    rest = round(available - sum(given) - wall * (len(given) - 1), 6)
    if given.count(0) > 1 or rest < 0 or (rest > 0) != (given.count(0) == 1):
        raise ValueError(f"cut {cut.key!r}: its parts do not fill {available} m (rest {rest} m)")
    return [size or rest for size in given]


def _slice(rect: Rect, along_x: bool, start: float, stop: float) -> Rect:
    if along_x:
        return Rect(start, rect.y0, stop, rect.y1)
    return Rect(rect.x0, start, rect.x1, stop)


def rooms_of(node: Node) -> Iterator[Room]:
    """Yield the rooms of a layout in order."""
    if isinstance(node, Room):
        yield node
        return
    for _, child in node.parts:
        yield from rooms_of(child)


def map_rooms(node: Node, change: Callable[[Room], Room]) -> Node:
    """Return the layout with every room replaced by ``change(room)``."""
    if isinstance(node, Room):
        return change(node)
    return replace(node, parts=tuple((size, map_rooms(child, change)) for size, child in node.parts))


def resize(node: Node, cut_key: str, sizes: tuple[float, ...]) -> Node:
    """Return the layout with other sizes of the parts of one cut."""
    if isinstance(node, Room):
        return node
    parts = tuple((size, resize(child, cut_key, sizes)) for size, child in node.parts)
    if node.key == cut_key:
        parts = tuple((size, child) for size, (_, child) in zip(sizes, parts, strict=True))
    return replace(node, parts=parts)
