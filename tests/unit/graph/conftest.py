"""A small building by hand: two rooms and a corridor, an air-handling unit that feeds a terminal in each room."""

import pytest

from ifc import ElementRecord, MaterialPart, Measure, Relation, RelationKind


def _record(global_id, ifc_class, *relations, **more):
    links = tuple(Relation(kind, target) for kind, target in relations)
    return ElementRecord(global_id, ifc_class, name=global_id, relations=links, **more)


@pytest.fixture
def records():
    agg, inside, nest = RelationKind.AGGREGATED_IN, RelationKind.CONTAINED_IN, RelationKind.NESTED_IN
    feeds, fills, voids = RelationKind.PORT_CONNECTED_TO, RelationKind.FILLS, RelationKind.VOIDS
    fire = {"AR_Uks": {"330_Tulekindlus": "EI30"}}
    area = {"Qto_SpaceBaseQuantities": {"NetFloorArea": Measure(12.5, "m2", "IfcAreaMeasure")}}
    built = [
        _record("project", "IfcProject"),
        _record("site", "IfcSite", (agg, "project")),
        _record("house", "IfcBuilding", (agg, "site")),
        _record("storey", "IfcBuildingStorey", (agg, "house")),
        _record("room1", "IfcSpace", (agg, "storey"), quantity_sets=area),
        _record("room2", "IfcSpace", (agg, "storey")),
        _record("corridor", "IfcSpace", (agg, "storey")),
        _record("wall", "IfcWall", (inside, "storey"), materials=(MaterialPart("single", 0, "Tellis"),)),
        _record("opening", "IfcOpeningElement", (voids, "wall")),
        _record("door1", "IfcDoor", (inside, "storey"), (fills, "opening"), (RelationKind.TYPED_BY, "doortype")),
        _record("door2", "IfcDoor", (inside, "storey")),
        _record("doortype", "IfcDoorType", property_sets=fire),
        _record("ahu", "IfcUnitaryEquipment", (inside, "corridor"), (RelationKind.ASSIGNED_TO, "supply")),
        _record("duct", "IfcDuctSegment", (inside, "storey")),
        _record("terminal1", "IfcAirTerminal", (inside, "room1")),
        _record("terminal2", "IfcAirTerminal", (inside, "room2")),
        _record("supply", "IfcDistributionSystem", (RelationKind.SERVES, "house")),
        _record("p1", "IfcDistributionPort", (nest, "ahu"), (feeds, "p2")),
        _record("p2", "IfcDistributionPort", (nest, "duct")),
        _record("p3", "IfcDistributionPort", (nest, "duct"), (feeds, "p4")),
        _record("p4", "IfcDistributionPort", (nest, "terminal1")),
    ]
    return {record.global_id: record for record in built}
