"""A small compliant house, built by hand, that tests bend."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from shapely import box as rectangle

from ifc import ElementRecord, Georeference, Kernel, Measure, Mesh, MeshSet, Relation, RelationKind, Value
from twin.district import MapFootprint, Parcel, Plan, PlanArea
from twin.permit import CheckContext
from twin.snapshot import Snapshot, Stage

FACES = np.array(
    [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6],
     [3, 0, 4], [3, 4, 7]],
    dtype=np.uint32,
)  # fmt: skip
EAST, NORTH = 540_000.0, 6_580_000.0
METRE = "IfcLengthMeasure"


class House:
    """Three rooms in a row: living (5 x 4 m), bedroom (3 x 4 m), wc (2 x 4 m), 2.6 m high."""

    def __init__(self) -> None:
        self.records: dict[str, ElementRecord] = {}
        self.meshes: dict[str, Mesh] = {}
        self.georeference: Georeference | None = Georeference(
            "IfcMapConversion", "EPSG:3301", "EH2000", EAST, NORTH, 30
        )
        self.plan: Plan | None = Plan((
            PlanArea("DP1", "Test", "78401:118:0122", 9.0, 2, 200.0, 2, ("1110", "112"), "test",
                     rectangle(EAST - 10, NORTH - 10, EAST + 30, NORTH + 30)),
        ))  # fmt: skip
        self.parcels: tuple[Parcel, ...] | None = (
            Parcel(
                "78401:118:0122",
                "Test 1",
                2500.0,
                "Elamumaa",
                rectangle(EAST - 20, NORTH - 20, EAST + 40, NORTH + 40),
            ),
        )
        self.neighbours: tuple[MapFootprint, ...] | None = (
            MapFootprint("199999999", rectangle(EAST + 60, NORTH, EAST + 70, NORTH + 10)),
        )
        self._spatial()
        self._body()
        self._rooms()
        self._doors()

    def add(self, gid: str, ifc_class: str, *relations: tuple[RelationKind, str], **more: object) -> None:
        made = tuple(Relation(kind, target) for kind, target in relations)
        self.records[gid] = ElementRecord(gid, ifc_class, name=gid, relations=made, **more)  # type: ignore[arg-type]

    def box(self, gid: str, low: tuple[float, float, float], high: tuple[float, float, float]) -> None:
        (x, y, z), (u, v, w) = low, high
        corners = [(x, y, z), (u, y, z), (u, v, z), (x, v, z), (x, y, w), (u, y, w), (u, v, w), (x, v, w)]
        self.meshes[gid] = Mesh(gid, np.array(corners, dtype=np.float64), FACES, (0.5, 0.5, 0.5, 1), Kernel.IFCLITE)

    def put(self, gid: str, path: str, value: Value) -> "House":
        set_name, _, name = path.partition(".")
        record = self.records[gid]
        sets = {key: dict(values) for key, values in record.property_sets.items()}
        sets.setdefault(set_name, {})[name] = value
        self.records[gid] = replace(record, property_sets=sets)
        return self

    def drop(self, gid: str, path: str) -> "House":
        set_name, _, name = path.partition(".")
        record = self.records[gid]
        sets = {key: dict(values) for key, values in record.property_sets.items()}
        del sets[set_name][name]
        self.records[gid] = replace(record, property_sets=sets)
        return self

    def attribute(self, gid: str, **values: Value) -> "House":
        self.records[gid] = replace(self.records[gid], attributes={**self.records[gid].attributes, **values})
        return self

    def unrelate(self, gid: str, kind: RelationKind) -> "House":
        kept = tuple(r for r in self.records[gid].relations if r.kind is not kind)
        self.records[gid] = replace(self.records[gid], relations=kept)
        return self

    def relate(self, gid: str, kind: RelationKind, target: str) -> "House":
        record = self.records[gid]
        self.records[gid] = replace(record, relations=(*record.relations, Relation(kind, target)))
        return self

    def remove(self, *gids: str) -> "House":
        for gid in gids:
            self.records.pop(gid, None)
            self.meshes.pop(gid, None)
        return self

    def planned(self, **changes: object) -> "House":
        assert self.plan is not None
        self.plan = Plan(tuple(replace(area, **changes) for area in self.plan))  # type: ignore[arg-type]
        return self

    def neighbour(self, gap_m: float) -> "House":
        east = EAST + 10.5 + gap_m
        self.neighbours = (MapFootprint("188888888", rectangle(east, NORTH, east + 8, NORTH + 4)),)
        return self

    def storeys(self, above: int, untold: int = 0) -> "House":
        for number in range(1, above + untold):
            gid = f"storey-{number}"
            self.add(gid, "IfcBuildingStorey", (RelationKind.AGGREGATED_IN, "building"))
            if number < above:
                self.put(gid, "AR_Korrus.070_Maapealne", value=True)
                self.put(gid, "AR_Korrus.710_Määrusejärgne-korrus", value=True)
        return self

    def zone(self, *rooms: str) -> "House":
        self.add("zone", "IfcZone")
        self.put("zone", "AR_Tsoon_Tuleohutus.085_Tuletõkkesektsioon", "EI30")
        for gid in rooms:
            self.relate(gid, RelationKind.ASSIGNED_TO, "zone")
        return self

    def context(self) -> CheckContext:
        meshes = MeshSet(tuple(self.meshes[gid] for gid in sorted(self.meshes)))
        records = dict(sorted(self.records.items()))
        snapshot = Snapshot("120679233", Stage.AS_DESIGNED, 1, "0" * 64, records, meshes, self.georeference)
        return CheckContext(snapshot, self.plan, self.parcels, self.neighbours)

    def _spatial(self) -> None:
        self.add("project", "IfcProject")
        self.add(
            "site", "IfcSite", (RelationKind.AGGREGATED_IN, "project"), attributes={"LongName": "78401:118:0122"}
        )
        self.box("site", (-20, -20, -1), (40, 40, -0.3))
        self.add("building", "IfcBuilding", (RelationKind.AGGREGATED_IN, "site"))
        for name, value in {
            "700_EHR-kood": "120679233", "702_ADS-id": "ME03262635", "703_Kasutajate-arv": 4,
            "705_Kasutusotstarbe-kood": "11101", "706_Eripõlemiskoormus": 600.0, "707_Tuleohutusklass": "TP3",
            "040_Kõrgus": Measure(3.2, "m", METRE), "045_Hoonealune-pindala": Measure(49.68, "m2", "IfcAreaMeasure"),
        }.items():  # fmt: skip
            self.put("building", f"AR_Hoone.{name}", value)
        self.add(
            "storey", "IfcBuildingStorey", (RelationKind.AGGREGATED_IN, "building"), attributes={"Elevation": 0.0}
        )
        self.put("storey", "AR_Korrus.070_Maapealne", value=True)
        self.put("storey", "AR_Korrus.710_Määrusejärgne-korrus", value=True)

    def _body(self) -> None:
        walls = {
            "wall-s": ((-0.3, -0.3, 0), (10.5, 0, 2.6)), "wall-n": ((-0.3, 4, 0), (10.5, 4.3, 2.6)),
            "wall-w": ((-0.3, 0, 0), (0, 4, 2.6)), "wall-e": ((10.2, 0, 0), (10.5, 4, 2.6)),
            "wall-1": ((5, 0, 0), (5.1, 4, 2.6)), "wall-2": ((8.1, 0, 0), (8.2, 4, 2.6)),
        }  # fmt: skip
        for gid, (low, high) in walls.items():
            self.add(gid, "IfcWallStandardCase", (RelationKind.CONTAINED_IN, "storey"))
            self.box(gid, low, high)
        self.add("slab", "IfcSlab", (RelationKind.CONTAINED_IN, "storey"), predefined_type="FLOOR")
        self.box("slab", (-0.3, -0.3, -0.3), (10.5, 4.3, 0))
        self.add("roof", "IfcSlab", (RelationKind.CONTAINED_IN, "storey"), predefined_type="ROOF")
        self.box("roof", (-0.8, -0.8, 2.6), (11, 4.8, 2.9))

    def _rooms(self) -> None:
        rooms = {"living": ("elutuba", 0.0, 5.0), "bedroom": ("magamistuba", 5.1, 8.1), "wc": ("wc", 8.2, 10.2)}
        for gid, (category, west, east) in rooms.items():
            self.add(gid, "IfcSpace", (RelationKind.AGGREGATED_IN, "storey"))
            self.box(gid, (west, 0, 0), (east, 4, 2.6))
            self.put(gid, "AR_Ruum.115_Kategooria", category)
            self.put(gid, "AR_Ruum.120_Pindala", Measure((east - west) * 4, "m2", "IfcAreaMeasure"))

    def _doors(self) -> None:
        self.add("door-type", "IfcDoorType")
        self.put("door-type", "AR_Uks.307_Ava-kõrgus", Measure(2.1, "m", METRE))
        doors = {"door-out": ((1, -0.3, 0), (2.1, 0, 2.1), 1.1), "door-1": ((5, 1, 0), (5.1, 1.9, 2.1), 0.9),
                 "door-2": ((8.1, 1, 0), (8.2, 1.9, 2.1), 0.9)}  # fmt: skip
        for gid, (low, high, width) in doors.items():
            self.add(gid, "IfcDoor", (RelationKind.CONTAINED_IN, "storey"), (RelationKind.TYPED_BY, "door-type"))
            self.box(gid, low, high)
            self.put(gid, "AR_Uks.306_Ava-laius", Measure(width, "m", METRE))
            self.put(gid, "AR_Uks.335_Välispiire", gid == "door-out")
        for gid, west in {"window-1": 2.0, "window-2": 6.0}.items():
            self.add(gid, "IfcWindow", (RelationKind.CONTAINED_IN, "storey"))
            self.box(gid, (west, 4.1, 0.9), (west + 1, 4.2, 2.1))
            self.put(gid, "AR_Aken.315_Avanemine", "pöördavanev")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def make_house() -> Callable[[], House]:
    return House
