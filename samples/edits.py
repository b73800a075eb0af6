"""Additions to a building and changes of a finished file: what the permit cases are made of.

Each function returns a change: a function of the work. Keys are element keys such as ``k1/door-entrance``.
"""

from collections.abc import Callable
from typing import Any

from samples.author import Entity, guid
from samples.data import Value, attach
from samples.interior import write_space
from samples.plan import Rect, Room
from samples.shapes import box, prism_along_x
from samples.work import Level, Product, Work

Change = Callable[[Work], None]
BAY = Rect(0.0, 0.0, 2.6, 5.0)
LIFT = 1.6  # metres, side of a lift's shaft


def bays(number: int, first: Rect = BAY) -> Change:
    """Add parking places south of the building, the first of them of a size of its own."""

    def change(work: Work) -> None:
        level, y = work.levels[0], work.plan.outer.y0 - 8.0
        for index in range(number):
            size, x = (first if index == 0 else BAY), work.plan.outer.x0 + 3.0 * index
            room = Room(f"bay{index}", f"P{index + 1}", f"Parkimiskoht {index + 1}", "parkla", "Üldkasutatav pind",
                        heated=False)  # fmt: skip
            rect = Rect(x, round(y, 6), round(x + size.width, 6), round(y + size.depth, 6))
            level.spaces[room.key] = write_space(work, level, room, rect)

    return change


def lift(room: str, x: float, short_m: float = 0.0) -> Change:
    """Add a lift through all storeys in a room of each, starting `x` metres from its west; it may end too low."""

    def change(work: Work) -> None:
        rect, top = work.levels[0].rooms[room][1], work.levels[-1].elevation - short_m
        author, left = work.author, rect.x0 + x
        solid = box(author, (left, left + LIFT), (rect.y0 + 0.2, rect.y0 + 0.2 + LIFT), (0.0, top))
        kind = {"PredefinedType": "ELEVATOR"} if author.is_ifc4 else {"OperationType": "ELEVATOR"}
        work.put(Product("IfcTransportElement", "lift", "Lift", work.levels[0].placement, attributes=kind,
                         representations=(author.shape([solid]),), inside=work.levels[0].entity))  # fmt: skip

    return change


def ramp(slope: float, run: float = 6.0) -> Change:
    """Add a ramp along the south façade, rising along y."""

    def change(work: Work) -> None:
        author, y = work.author, work.plan.outer.y0 - 7.0
        solid = prism_along_x(author, ((y, 0.0), (y + run, 0.0), (y + run, run * slope)), (-4.0, -2.5))
        author.paint(solid, author.style("Kaldtee", (0.6, 0.6, 0.6)))
        level = work.levels[0]
        work.put(Product("IfcRamp", "ramp", "Kaldtee", level.placement, inside=level.entity,
                         representations=(author.shape([solid]),),
                         attributes={("PredefinedType" if author.is_ifc4 else "ShapeType"): "STRAIGHT_RUN_RAMP"},
                         ))  # fmt: skip

    return change


def plate(thickness: float) -> Change:
    """Add a small slab of a thickness on the ground floor."""

    def change(work: Work) -> None:
        author, level, r = work.author, work.levels[0], work.plan.outer
        middle = r.centre
        solid = box(author, (middle[0], middle[0] + 0.5), (middle[1], middle[1] + 0.5), (0.0, thickness))
        work.put(Product("IfcSlab", "plate", "Plaat", level.placement, representations=(author.shape([solid]),),
                         attributes={"PredefinedType": "FLOOR"}, inside=level.entity))  # fmt: skip

    return change


def storey_over(height: float) -> Change:
    """Add an empty storey over the lowest one; regulation 57 does not count it."""

    def change(work: Work) -> None:
        author = work.author
        placement = author.placement(work.building.ObjectPlacement, 0.0, 0.0, height, (1.0, 0.0))
        entity = author.root("IfcBuildingStorey", "extra", Name="V", LongName="Vahekorrus", ObjectPlacement=placement,
                             CompositionType="ELEMENT", Elevation=author.length(height))  # fmt: skip
        work.part_of(work.building, entity)
        attach(author, entity, {"AR_Korrus": {"070_Maapealne": True, "710_Määrusejärgne-korrus": False}})

    return change


def buildings(number: int, ifc_class: str = "IfcBuilding") -> Change:
    """Add empty buildings (or other spatial elements) to the site."""

    def change(work: Work) -> None:
        for index in range(number):
            placement = work.author.placement(work.site.ObjectPlacement, 0.0, 0.0, 0.0, (1.0, 0.0))
            entity = work.author.root(ifc_class, f"more-{index}", Name="Teine", ObjectPlacement=placement)
            work.part_of(work.site, entity)

    return change


def bound_walls(work: Work) -> None:
    """Add space boundaries between every wall and the rooms that touch it."""
    for level in work.levels:
        for wall in level.walls.values():
            for key, (_room, rect) in level.rooms.items():
                if _touch(wall.rect, rect):
                    _boundary(work, level, key, wall.entity)


def gross_volume(volume: float) -> Change:
    """Declare the gross volume of the building, cubic metres."""

    def change(work: Work) -> None:
        author = work.author
        name = "Qto_BuildingBaseQuantities" if author.is_ifc4 else "BaseQuantities"
        for relation in _element(work, "building").IsDefinedBy:
            made = getattr(relation, "RelatingPropertyDefinition", None)
            if made is not None and made.is_a("IfcElementQuantity") and made.Name == name:
                quantity = author.make("IfcQuantityVolume", Name="GrossVolume", VolumeValue=round(volume, 6))
                made.Quantities = [*(q for q in made.Quantities if q.Name != "GrossVolume"), quantity]

    return change


def put(key: str, path: str, value: Value | None) -> Change:
    """Set a property of an element (``Set.Name``), or take it away with None; other owners of the set keep theirs."""
    set_name, _, name = path.partition(".")

    def change(work: Work) -> None:
        element, kept = _element(work, key), []
        for relation in list(element.IsDefinedBy):
            made = getattr(relation, "RelatingPropertyDefinition", None)
            if made is None or not made.is_a("IfcPropertySet") or made.Name != set_name:
                continue
            kept = [item for item in made.HasProperties if item.Name != name]
            relation.RelatedObjects = [other for other in relation.RelatedObjects if other != element]
            if not relation.RelatedObjects:
                work.author.file.remove(relation)
        _write_set(work, element, set_name, kept, name, value)

    return change


def attribute(key: str, name: str, value: Any) -> Change:
    """Set an attribute of an element; a float is a length in metres."""

    def change(work: Work) -> None:
        stored = work.author.length(value) if isinstance(value, float) else value
        setattr(_element(work, key), name, stored)

    return change


def georeference(ifc_class: str, **values: Any) -> Change:
    """Set attributes of the map conversion or the map system of an IFC4 file."""

    def change(work: Work) -> None:
        for entity in work.author.file.by_type(ifc_class):
            for name, value in values.items():
                setattr(entity, name, value)

    return change


def move(key: str, x: float, y: float = 0.0) -> Change:
    """Move an element in its own storey, metres."""

    def change(work: Work) -> None:
        entity, author = _element(work, key), work.author
        old = entity.ObjectPlacement
        point = old.RelativePlacement.Location.Coordinates
        moved = (point[0] + author.length(x), point[1] + author.length(y), point[2])
        place = author.make(
            "IfcAxis2Placement3D",
            Location=author.make("IfcCartesianPoint", moved),
            Axis=old.RelativePlacement.Axis,
            RefDirection=old.RelativePlacement.RefDirection,
        )
        entity.ObjectPlacement = author.make("IfcLocalPlacement", old.PlacementRelTo, place)

    return change


def turn_door(key: str) -> Change:
    """Turn a door by half a turn in its opening: its leaf swings to the other side."""

    def change(work: Work) -> None:
        entity, author = _element(work, key), work.author
        place = author.make(
            "IfcAxis2Placement3D",
            Location=author.make("IfcCartesianPoint", (entity.OverallWidth, 0.0, 0.0)),
            Axis=author.make("IfcDirection", (0.0, 0.0, 1.0)),
            RefDirection=author.make("IfcDirection", (-1.0, 0.0, 0.0)),
        )
        entity.ObjectPlacement = author.make("IfcLocalPlacement", entity.ObjectPlacement, place)

    return change


def shrink_space(key: str, by: float) -> Change:
    """Draw a space short of its northern wall by some metres."""

    def change(work: Work) -> None:
        storey, _, room = key.partition("/")
        level = next(level for level in work.levels if level.storey.key == storey)
        rect, height, author = level.rooms[room][1], level.storey.clear_height, work.author
        solid = box(author, (rect.x0, rect.x1), (rect.y0, rect.y1 - by), (0.0, height))
        _element(work, key).Representation = author.product_shape(author.shape([solid]))

    return change


def without_geometry(*keys: str) -> Change:
    """Take the geometry of elements away."""

    def change(work: Work) -> None:
        for key in keys:
            _element(work, key).Representation = None

    return change


def without_axis(key: str) -> Change:
    """Take the axis of a wall away; its body stays."""

    def change(work: Work) -> None:
        shape = _element(work, key).Representation
        shape.Representations = [r for r in shape.Representations if r.RepresentationIdentifier != "Axis"]

    return change


def loose(*keys: str) -> Change:
    """Take elements out of what contains them."""

    def change(work: Work) -> None:
        for key in keys:
            _release(work, _element(work, key))

    return change


def contained_in(key: str, storey: str) -> Change:
    """Contain an element in another storey."""

    def change(work: Work) -> None:
        entity, target = _element(work, key), _element(work, storey)
        _release(work, entity)
        kind = "IfcRelAggregates" if entity.is_a("IfcSpace") else "IfcRelContainedInSpatialStructure"
        one, many = (("RelatingObject", "RelatedObjects") if entity.is_a("IfcSpace")
                     else ("RelatingStructure", "RelatedElements"))  # fmt: skip
        work.author.link(kind, f"moved/{key}", **{one: target, many: [entity]})

    return change


def repeated_id(*pairs: tuple[str, str]) -> Change:
    """Give the second element of each pair the GlobalId of the first."""

    def change(work: Work) -> None:
        for first, second in pairs:
            _element(work, second).GlobalId = work.facts[first]["global_id"]

    return change


def new_id(key: str) -> Change:
    """Give an element another GlobalId that nobody else has."""
    return attribute(key, "GlobalId", guid("permit", key))


def _element(work: Work, key: str) -> Entity:
    return work.author.file.by_guid(work.facts[key]["global_id"])


def _release(work: Work, entity: Entity) -> None:
    relations = [*getattr(entity, "ContainedInStructure", ()), *entity.Decomposes]
    for relation in relations:
        name = "RelatedElements" if relation.is_a("IfcRelContainedInSpatialStructure") else "RelatedObjects"
        left = [other for other in getattr(relation, name) if other != entity]
        if left:
            setattr(relation, name, left)
        else:
            work.author.file.remove(relation)


def _write_set(
    work: Work, element: Entity, set_name: str, kept: list[Entity], name: str, value: Value | None
) -> None:
    author = work.author
    members = list(kept)
    if value is not None:
        kind, raw = value if isinstance(value, tuple) else _kind(value)
        stored = author.length(float(raw)) if kind == "IfcLengthMeasure" else raw
        members.append(author.make("IfcPropertySingleValue", name, None, author.make(kind, stored)))
    if members:
        key = f"{element.GlobalId}/{set_name}/{name}"
        made = author.make("IfcPropertySet", guid(author.building_id, "edited", key), author.owner_history, set_name,
                           None, members)  # fmt: skip
        author.link("IfcRelDefinesByProperties", f"edited/{key}", RelatingPropertyDefinition=made,
                    RelatedObjects=[element])  # fmt: skip


def _kind(value: str | bool | int | float) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "IfcBoolean", value
    if isinstance(value, int):
        return "IfcInteger", value
    return ("IfcReal", value) if isinstance(value, float) else ("IfcLabel", value)


def _boundary(work: Work, level: Level, room: str, wall: Entity) -> None:
    work.author.link(
        "IfcRelSpaceBoundary", f"{level.storey.key}/{room}/{wall.GlobalId}", RelatingSpace=level.spaces[room],
        RelatedBuildingElement=wall, PhysicalOrVirtualBoundary="PHYSICAL", InternalOrExternalBoundary="INTERNAL",
    )  # fmt: skip


def _touch(a: Rect, b: Rect) -> bool:
    near = 1e-6
    x, y = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
    return (x > near and y > -near) or (y > near and x > -near)
