"""Generated buildings for the benchmarks of the graph.

Storeys, rooms, walls with openings and doors, ducts that one air-handling unit feeds, materials, types, points; and a
city in which every building touches the next.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from graph import (
    Batch,
    CityLink,
    CityNode,
    Derived,
    EdgeType,
    Label,
    Parameter,
    ParameterKind,
    PointNode,
    Scope,
    SpaceLink,
    city_batch,
    city_id,
    labels_in,
    points_batch,
    to_batch,
)
from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind

STAGE = "as-built"
FIRST_CODE = 100_000_000
STOREYS = 5
PLACED_SHARE = 0.56  # of the objects of a building: walls, doors, terminals, furniture; the rest goes with them
ROOM_SHARE = 20  # one room for so many of these
MATERIALS = ("Tellis", "Betoon", "Mineraalvill", "Kips", "Teras", "Puit", "Klaas", "Alumiinium")


def records_of(elements: int) -> dict[str, ElementRecord]:
    """Return the records of one building of about `elements` objects: 1,000 give 988 nodes and 3,484 edges."""
    elements = placed(elements)
    made: dict[str, ElementRecord] = {}

    def add(i: str, ifc_class: str, *links: tuple[RelationKind, str], **more: Any) -> None:
        relations = tuple(Relation(kind, target) for kind, target in links)
        made[i] = ElementRecord(i, ifc_class, name=i, relations=relations, **more)

    inside, member, nest = RelationKind.CONTAINED_IN, RelationKind.ASSIGNED_TO, RelationKind.NESTED_IN
    add("house", "IfcBuilding")
    add("supply", "IfcDistributionSystem", (RelationKind.SERVES, "house"))
    add("fire", "IfcZone", property_sets={"AR_Tsoon_Tuleohutus": {"085_Tuletõkkesektsioon": "EI60"}})
    for n in range(10):
        add(f"type{n}", "IfcWallType", property_sets={"P": {"ThermalTransmittance": 0.1 + n / 20}})
    for n in range(STOREYS):
        elevation = {"Elevation": Measure(3.0 * n, "m", "IfcLengthMeasure")}
        add(f"storey{n}", "IfcBuildingStorey", (RelationKind.AGGREGATED_IN, "house"), attributes=elevation)
    rooms = max(2, elements // ROOM_SHARE)
    for n in range(rooms):
        sets = {"AR_Ruum": {"115_Kategooria": ("elutuba", "köök", "wc")[n % 3], "722_Eluruumi-number": str(n // 4)}}
        area = {"Q": {"NetFloorArea": Measure(5.0 + n % 30, "m2", "IfcAreaMeasure")}}
        parent = (RelationKind.AGGREGATED_IN, f"storey{n % STOREYS}")
        add(f"room{n}", "IfcSpace", parent, (member, "fire"), property_sets=sets, quantity_sets=area)
    add("ahu", "IfcUnitaryEquipment", (inside, "room0"), (member, "supply"))
    add("out-ahu", "IfcDistributionPort", (nest, "ahu"), (RelationKind.PORT_CONNECTED_TO, "in-0"))
    _elements(add, elements, rooms)
    _ducts(add, [i for i, record in made.items() if record.ifc_class == "IfcAirTerminal"])
    return made


def placed(elements: int) -> int:
    """Return how many walls, doors, terminals and pieces of furniture a building of `elements` objects has."""
    return max(5, int(PLACED_SHARE * elements))


def _elements(add: Callable[..., None], elements: int, rooms: int) -> None:
    inside, bounds = RelationKind.CONTAINED_IN, RelationKind.BOUNDS
    for n in range(elements):
        room, storey, kind = f"room{n % rooms}", f"storey{n % STOREYS}", n % 5
        of_type = (RelationKind.TYPED_BY, f"type{n % 10}")
        layers = (
            MaterialPart("layer", 0, MATERIALS[n % 8], 0.1),
            MaterialPart("layer", 1, MATERIALS[n % 7], 0.2),
        )
        if kind < 2:
            volume = {"Q": {"NetVolume": Measure(2.0 + n % 9, "m3", "IfcVolumeMeasure")}}
            add(f"e{n}", "IfcWall", (inside, storey), (bounds, room), (bounds, f"room{(n + 1) % rooms}"),
                of_type, materials=layers, quantity_sets=volume,
                property_sets={"P": {"IsExternal": n % 3 == 0, "FireRating": "EI30"}})  # fmt: skip
        elif kind == 2:
            add(f"o{n}", "IfcOpeningElement", (RelationKind.VOIDS, f"e{n - 1}"))
            width = {"OverallWidth": Measure(0.7 + n % 5 / 10, "m", "IfcLengthMeasure")}
            add(f"e{n}", "IfcDoor", (inside, storey), (RelationKind.FILLS, f"o{n}"), of_type,
                (bounds, room), (bounds, f"room{(n + 1) % rooms}"), attributes=width)  # fmt: skip
        elif kind == 3:
            member = (RelationKind.ASSIGNED_TO, "supply")
            add(f"e{n}", "IfcAirTerminal", (inside, room), member, of_type, materials=layers[:1])
        else:
            add(f"e{n}", "IfcFurniture", (inside, room), of_type, materials=layers[:1])


def _ducts(add: Callable[..., None], terminals: list[str]) -> None:
    """Add a trunk for every ten terminals, each fed by the unit."""
    inside, member, nest = RelationKind.CONTAINED_IN, RelationKind.ASSIGNED_TO, RelationKind.NESTED_IN
    for n, terminal in enumerate(terminals):
        trunk = f"duct{n // 10}"
        if n % 10 == 0:
            add(trunk, "IfcDuctSegment", (inside, "storey0"), (member, "supply"))
            add(f"in-{n}", "IfcDistributionPort", (nest, trunk))
            add(f"out-ahu-{n}", "IfcDistributionPort", (nest, "ahu"), (RelationKind.PORT_CONNECTED_TO, f"in-{n}"))
        add(f"in-{terminal}", "IfcDistributionPort", (nest, terminal))
        add(f"to-{terminal}", "IfcDistributionPort", (nest, trunk),
            (RelationKind.PORT_CONNECTED_TO, f"in-{terminal}"))  # fmt: skip


def batches(buildings: int, elements: int) -> Iterator[tuple[Batch, Batch]]:
    """Yield each building with its points."""
    records = records_of(elements)
    rooms = [i for i, record in records.items() if record.ifc_class == "IfcSpace"]
    doors = [i for i, record in records.items() if record.ifc_class == "IfcDoor"]
    pairs = [(door, rooms[(n + side) % len(rooms)]) for n, door in enumerate(doors) for side in (0, 1)]
    derived = Derived(
        adjacency=[SpaceLink(a, b, "geometry") for a, b in itertools.pairwise(rooms)],
        doors=[SpaceLink(a, b, "geometry") for a, b in pairs],
    )
    points = [PointNode(f"p{n}", room, room, "sensor", "Temperature", "Cel") for n, room in enumerate(rooms)]
    for n in range(buildings):
        scope = scope_of(n)
        batch = to_batch(scope, 1, "content", records, derived)
        yield batch, points_batch(scope, points, labels_in(batch))


def scope_of(number: int) -> Scope:
    """Return the scope of a generated building."""
    return Scope(str(FIRST_CODE + number), STAGE)


def city(buildings: int) -> Batch:
    """Return a street on which every building touches the next and stands on land of its own."""
    codes = [str(FIRST_CODE + n) for n in range(buildings)]
    house, land = Label.CITY_BUILDING, Label.PARCEL
    nodes = [
        CityNode(house, code, {"address": f"Pikk {n}", "height_m": 6.0 + n % 9, "source": "model"})
        for n, code in enumerate(codes)
    ]
    nodes += [CityNode(land, code, {"area_m2": 600.0}) for code in codes]
    links = [CityLink(EdgeType.STANDS_ON, city_id(house, c), city_id(land, c), {"share": 1.0}) for c in codes]
    for a, b in itertools.pairwise(codes):
        ends = {"distance_m": 0.0, "shared_wall_m": 9.0}
        links.append(CityLink(EdgeType.NEAR, city_id(house, a), city_id(house, b), ends))
    return city_batch("content", nodes, links)


def argument(parameter: Parameter, elements: int, chance: random.Random) -> str:
    """Return a parameter that hits something."""
    walls, rooms = max(1, placed(elements) // 5), max(2, placed(elements) // ROOM_SHARE)
    if parameter.kind is ParameterKind.SPACE:
        return f"room{chance.randrange(rooms)}"
    if parameter.kind is ParameterKind.STOREY:
        return f"storey{chance.randrange(STOREYS)}"
    if parameter.kind is ParameterKind.SYSTEM:
        return "supply"
    if parameter.kind is ParameterKind.ELEMENT:
        return "ahu" if chance.random() < 0.3 else f"e{5 * chance.randrange(walls)}"
    return {"ifc_class": "IfcDoor", "width_m": "0.9", "distance_m": "40"}.get(parameter.name, "e1")
