"""A small building by hand: every named question has an answer in it that can be counted."""

import pytest

from graph import (
    CityLink,
    CityNode,
    Derived,
    EdgeType,
    Label,
    PointNode,
    Scope,
    SpaceLink,
    city_batch,
    label_of,
    points_batch,
    to_batch,
)
from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind

SCOPE = Scope("112", "as-designed")


def _record(global_id, ifc_class, *relations, **more):
    links = tuple(Relation(kind, target) for kind, target in relations)
    return ElementRecord(global_id, ifc_class, name=global_id, relations=links, **more)


def _length(value):
    return Measure(value, "m", "IfcLengthMeasure")


def _area(value):
    return Measure(value, "m2", "IfcAreaMeasure")


def _room(global_id, area, category, dwelling, *relations):
    sets = {"AR_Ruum": {"115_Kategooria": category, "722_Eluruumi-number": dwelling}}
    quantities = {"Qto_SpaceBaseQuantities": {"NetFloorArea": _area(area)}}
    return _record(global_id, "IfcSpace", *relations, property_sets=sets, quantity_sets=quantities)


def make_records():
    agg, inside, nest = RelationKind.AGGREGATED_IN, RelationKind.CONTAINED_IN, RelationKind.NESTED_IN
    feeds, fills, voids = RelationKind.PORT_CONNECTED_TO, RelationKind.FILLS, RelationKind.VOIDS
    bounds, member, typed = RelationKind.BOUNDS, RelationKind.ASSIGNED_TO, RelationKind.TYPED_BY
    fire = {"AR_Uks": {"330_Tulekindlus": "EI30"}}
    outer = {"AR_Sein": {"335_Välispiire": True, "340_Soojusläbivus": 0.18, "500_Kandev": True}}
    volume = {
        "Qto_WallBaseQuantities": {"NetVolume": Measure(6.0, "m3", "IfcVolumeMeasure"), "NetSideArea": _area(20.0)}
    }
    layers = (MaterialPart("layer", 0, "Tellis", 0.1), MaterialPart("layer", 1, "Vill", 0.3))
    built = [
        _record("project", "IfcProject"),
        _record("site", "IfcSite", (agg, "project")),
        _record("house", "IfcBuilding", (agg, "site")),
        _record("storey", "IfcBuildingStorey", (agg, "house"), attributes={"Elevation": _length(0.0)}),
        _record("attic", "IfcBuildingStorey", (agg, "house"), attributes={"Elevation": _length(3.0)}),
        _room("room1", 12.5, "elutuba", "1", (agg, "storey"), (member, "compartment")),
        _room("room2", 8.0, "köök", "1", (agg, "storey"), (member, "compartment")),
        _room("corridor", 6.0, "-", None, (agg, "storey")),
        _room("loft", 20.0, "elutuba", "2", (agg, "attic")),
        _record("compartment", "IfcZone", property_sets={"AR_Tsoon_Tuleohutus": {"085_Tuletõkkesektsioon": "EI60"}}),
        _record("wall", "IfcWall", (inside, "storey"), (bounds, "room1"), (bounds, "room2"), (typed, "walltype"),
                property_sets=outer, quantity_sets=volume),
        _record("parting", "IfcWall", (inside, "storey"), (bounds, "room1"),
                materials=(MaterialPart("single", 0, "Kips"),)),
        _record("facade", "IfcCurtainWall", (inside, "attic"), property_sets={"Pset": {"IsExternal": True}}),
        _record("panel", "IfcPlate", (agg, "facade")),
        _record("walltype", "IfcWallType", materials=layers),
        _record("opening", "IfcOpeningElement", (voids, "wall")),
        _record("opening2", "IfcOpeningElement", (voids, "wall")),
        _record("door1", "IfcDoor", (inside, "storey"), (fills, "opening"), (typed, "doortype"),
                property_sets={"Pset_DoorCommon": {"FireExit": True}}, attributes={"OverallWidth": _length(0.9)}),
        _record("door2", "IfcDoor", (inside, "storey"), attributes={"OverallWidth": _length(0.7)}),
        _record("doortype", "IfcDoorType", property_sets=fire),
        _record("window1", "IfcWindow", (inside, "storey"), attributes={"OverallWidth": _length(1.2)}),
        _record("ahu", "IfcUnitaryEquipment", (inside, "corridor"), (member, "supply")),
        _record("fan", "IfcFan", (inside, "corridor")),
        _record("duct", "IfcDuctSegment", (inside, "storey"), (member, "supply")),
        _record("stub", "IfcDuctSegment", (inside, "storey"), (member, "supply")),
        _record("terminal1", "IfcAirTerminal", (inside, "room1"), (member, "supply")),
        _record("terminal2", "IfcAirTerminal", (inside, "room2")),
        _record("supply", "IfcDistributionSystem", (RelationKind.SERVES, "house")),
        _record("p1", "IfcDistributionPort", (nest, "ahu"), (feeds, "p2")),
        _record("p2", "IfcDistributionPort", (nest, "duct")),
        _record("p3", "IfcDistributionPort", (nest, "duct"), (feeds, "p4")),
        _record("p4", "IfcDistributionPort", (nest, "terminal1")),
        _record("p5", "IfcDistributionPort", (nest, "ahu"), (feeds, "p6")),
        _record("p6", "IfcDistributionPort", (nest, "stub")),
    ]  # fmt: skip
    return {record.global_id: record for record in built}


DERIVED = Derived(
    adjacency=(SpaceLink("room1", "corridor", "geometry"), SpaceLink("room2", "corridor", "geometry")),
    doors=(
        SpaceLink("door1", "room1", "geometry"),
        SpaceLink("door1", "corridor", "geometry"),
        SpaceLink("door2", "room2", "geometry"),
        SpaceLink("door2", "corridor", "geometry"),
    ),
    windows=(SpaceLink("window1", "room1", "geometry"),),
    open_sides=(SpaceLink("corridor", "loft", "geometry"),),
)
POINTS = (
    PointNode("t1", "room1", "room1", "sensor", "Temperature", "Cel", "Toa temperatuur"),
    PointNode("co2", "terminal1", "room1", "sensor", "AmountOfSubstanceFraction", "[ppm]"),
    PointNode("lost", "nowhere", None, "meter", "Energy", "kW.h"),
)


def _around(code, **known):
    return CityNode(Label.CITY_BUILDING, code, {"source": "context", "name": None, "address": None, **known})


HERE = _around("112", source="model", name="Maja", address="Pikk 1", height_m=8.0)
NEXT = _around("113", address="Pikk 3", height_m=12.0)
FAR = _around("c1", height_m=5.0)
LAND = CityNode(Label.PARCEL, "78401:101:0001", {"address": "Pikk 1", "area_m2": 600.0, "land_use": "elamumaa"})
RIGHT = CityNode(Label.PLAN_AREA, "DP1/0", {"plan_id": "DP1", "name": "Pikk", "max_height_m": 9.0, "max_storeys": 2})
CITY_LINKS = (
    CityLink(EdgeType.NEAR, HERE.id, NEXT.id, {"distance_m": 0.0, "shared_wall_m": 9.5}),
    CityLink(EdgeType.NEAR, HERE.id, FAR.id, {"distance_m": 31.5}),
    CityLink(EdgeType.NEAR, NEXT.id, "nowhere", {"distance_m": 1.0}),
    CityLink(EdgeType.STANDS_ON, HERE.id, LAND.id, {"share": 1.0}),
    CityLink(EdgeType.STANDS_ON, NEXT.id, LAND.id, {"share": 0.4}),
    CityLink(EdgeType.APPLIES_TO, RIGHT.id, LAND.id, {}),
)


def city_of(content="city-1", nodes=(HERE, NEXT, FAR, LAND, RIGHT)):
    return city_batch(content, nodes, CITY_LINKS)


# Question -> (parameters, expected rows as tuples of the columns named)
ANSWERS = {
    "storeys": ({}, "storey spaces elevation_m", [("storey", 3, 0.0), ("attic", 1, 3.0)]),
    "spaces-of-storey": ({"storey": "storey"}, "space area_m2", [("corridor", 6.0), ("room1", 12.5), ("room2", 8.0)]),
    "adjacent-spaces": ({"space": "corridor"}, "space source", [("room1", "geometry"), ("room2", "geometry")]),
    "doors-of-space": (
        {"space": "corridor"}, "door width_m fire_rating", [("door1", 0.9, "EI30"), ("door2", 0.7, None)]
    ),
    "windows-of-space": ({"space": "room1"}, "window width_m", [("window1", 1.2)]),
    "external-walls-of-space": ({"space": "room1"}, "element u_value_w_m2k", [("wall", 0.18)]),
    "boundaries-of-space": ({"space": "room1"}, "element external", [("parting", None), ("wall", True)]),
    "spaces-without-door": ({}, "space", [("loft",)]),
    "spaces-without-window": ({}, "space", [("corridor",), ("loft",), ("room2",)]),
    "elements-in-space": ({"space": "corridor"}, "element", [("fan",), ("ahu",)]),
    "way-between-spaces": (
        {"space": "room1", "to": "loft"}, "element", [("room1",), ("door1",), ("corridor",), ("loft",)]
    ),
    "rooms-by-category": (
        {}, "category spaces area_m2", [("elutuba", 2, 32.5), ("köök", 1, 8.0), ("-", 1, 6.0)]
    ),
    "spaces-of-category": ({"text": "Elutuba"}, "space", [("loft",), ("room1",)]),
    "largest-spaces": ({}, "space", [("loft",), ("room1",), ("room2",), ("corridor",)]),
    "dwellings": ({}, "dwelling spaces area_m2", [("1", 2, 20.5), ("2", 1, 20.0)]),
    "fire-compartments": (
        {}, "zone rating space", [("compartment", "EI60", "room1"), ("compartment", "EI60", "room2")]
    ),
    "points-of-space": (
        {"space": "room1"}, "point unit element",
        [("co2", "[ppm]", "terminal1"), ("t1", "Cel", "room1")],
    ),
    "spaces-without-point": ({}, "space", [("corridor",), ("loft",), ("room2",)]),
    "classes": (
        {}, "ifc_class elements",
        [("IfcAirTerminal", 2), ("IfcDoor", 2), ("IfcDuctSegment", 2), ("IfcWall", 2), ("IfcCurtainWall", 1),
         ("IfcFan", 1), ("IfcPlate", 1), ("IfcUnitaryEquipment", 1), ("IfcWindow", 1)],
    ),
    "classes-of-storey": ({"storey": "attic"}, "ifc_class elements", [("IfcCurtainWall", 1), ("IfcPlate", 1)]),
    "elements-of-storey": ({"storey": "storey"}, "element", [("door1",), ("door2",)]),
    "elements-by-name": ({"text": "TERMINAL"}, "element", [("terminal1",), ("terminal2",)]),
    "narrow-doors": ({"width_m": "0.8"}, "door width_m", [("door2", 0.7)]),
    "escape-doors": ({}, "door", [("door1",)]),
    "fire-rated": ({}, "fire_rating ifc_class elements", [("EI30", "IfcDoor", 1)]),
    "bounded-by-element": ({"element": "wall"}, "space", [("room1",), ("room2",)]),
    "openings-of-element": ({"element": "wall"}, "opening filling", [("opening", "door1"), ("opening2", None)]),
    "parts-of-element": ({"element": "facade"}, "element", [("panel",)]),
    "types": ({}, "type elements", [("doortype", 1), ("walltype", 1)]),
    "elements-of-type": ({"element": "walltype"}, "element", [("wall",)]),
    "u-values": ({}, "ifc_class u_value_w_m2k elements area_m2", [("IfcWall", 0.18, 1, 20.0)]),
    "envelope-without-u-value": ({}, "element", [("facade",)]),
    "load-bearing": ({}, "ifc_class load_bearing elements", [("IfcWall", True, 1)]),
    "materials": ({}, "material elements", [("Kips", 1), ("Tellis", 1), ("Vill", 1)]),
    "material-take-off": (
        {}, "material elements with_volume volume_m3",
        [("Kips", 1, 0, 0.0), ("Tellis", 1, 1, 1.5), ("Vill", 1, 1, 4.5)]
    ),
    "elements-of-material": ({"text": "TELL"}, "element material", [("wall", "Tellis")]),
    "points-of-element": ({"element": "terminal1"}, "point", [("co2",)]),
    "systems": ({}, "system members", [("compartment", 2), ("supply", 4)]),
    "members-of-system": (
        {"system": "supply"}, "element", [("terminal1",), ("duct",), ("stub",), ("ahu",)]
    ),
    "rooms-of-system": ({"system": "supply"}, "space elements", [("corridor", 1), ("room1", 1)]),
    "rooms-served-by": ({"element": "ahu"}, "space", [("room1",)]),
    "units-serving-space": ({"space": "room1"}, "element", [("ahu",)]),
    "fed-by": ({"element": "terminal1"}, "element", [("duct",), ("ahu",)]),
    "equipment-without-system": ({}, "element", [("fan",)]),
    "neighbours": (
        {}, "building distance_m shared_wall_m height_m", [("113", 0.0, 9.5, 12.0), ("c1", 31.5, None, 5.0)]
    ),
    "taller-neighbours": ({"distance_m": "10"}, "building address", [("113", "Pikk 3")]),
    "touching-a-taller-one": ({"text": "pikk"}, "building taller shared_wall_m", [("112", "113", 9.5)]),
    "parcels-of-building": ({}, "parcel area_m2 share", [("78401:101:0001", 600.0, 1.0)]),
    "buildings-of-same-parcel": ({}, "building parcel", [("113", "78401:101:0001")]),
    "plan-areas-of-building": (
        {}, "plan max_height_m height_m max_storeys max_footprint_m2", [("DP1", 9.0, 8.0, 2, None)]
    ),
    "dead-ends-of-system": ({"system": "supply"}, "element connections", [("stub", 1)]),
}  # fmt: skip


def batch_of(records, version=1, scope=SCOPE):
    return to_batch(scope, version, f"content-{version}", records, DERIVED)


def points_of(records, scope=SCOPE, points=POINTS):
    labels = {i: label for i, record in records.items() if (label := label_of(record)) is not None}
    return points_batch(scope, points, labels)


@pytest.fixture
def records():
    return make_records()
