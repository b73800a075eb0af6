"""Buildings made of boxes, of which every area is known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ifc import ElementRecord, Kernel, Measure, Mesh, MeshSet
from twin.snapshot import Snapshot, Stage

QUADS = np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
BOX = np.array([(q[0], q[a], q[a + 1]) for q in QUADS for a in (1, 2)], dtype=np.uint32)
U = "W/(m2.K)"


def box(global_id: str, low, high) -> Mesh:
    (x0, y0, z0), (x1, y1, z1) = low, high
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    vertices = np.array([(x, y, z) for z in (z0, z1) for x, y in corners], dtype=np.float64)
    return Mesh(global_id, vertices, BOX, (1.0, 1.0, 1.0, 1.0), Kernel.IFCLITE)


def joined(global_id: str, *parts: Mesh) -> Mesh:
    starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    faces = np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)]).astype(np.uint32)
    return Mesh(global_id, np.concatenate([part.vertices for part in parts]), faces, (1, 1, 1, 1), Kernel.IFCLITE)


def record(global_id: str, ifc_class: str, u: float | None = None, external: bool = True, **more) -> ElementRecord:
    common: dict = {"IsExternal": external}
    if u is not None:
        common["ThermalTransmittance"] = Measure(u, U, "IfcThermalTransmittanceMeasure")
    sets = {f"Pset_{ifc_class.removeprefix('Ifc')}Common": common}
    return ElementRecord(global_id, ifc_class, property_sets=sets, **more)


def house(*, inner_wall: bool = True) -> Snapshot:
    """Make a house of 10 x 6 x 3 m inside, walls 0.3 m, two spaces, one south window of 4 x 1.5 m.

    Inside faces: N and S 30 m2 less an inner wall of 0.1 m (29.7), E and W 18 m2, floor and roof 59.4 m2.
    """
    ids = {"records": [], "meshes": []}

    def add(one: ElementRecord, mesh: Mesh | None) -> None:
        ids["records"].append(one)
        if mesh:
            ids["meshes"].append(mesh)

    add(record("space-1", "IfcSpace"), box("space-1", (0, 0, 0), (4.95 if inner_wall else 10, 6, 3)))
    if inner_wall:
        add(record("space-2", "IfcSpace"), box("space-2", (5.05, 0, 0), (10, 6, 3)))
        add(record("inner", "IfcWall", 1.0, external=False), box("inner", (4.95, 0, 0), (5.05, 6, 3)))
    add(record("north", "IfcWall", 0.2), box("north", (-0.3, 6, 0), (10.3, 6.3, 3)))
    add(record("east", "IfcWall", 0.2), box("east", (10, 0, 0), (10.3, 6, 3)))
    add(record("west", "IfcWall", 0.2), box("west", (-0.3, 0, 0), (0, 6, 3)))
    south = [
        box("south", (-0.3, -0.3, 0), (10.3, 0, 1.0)),
        box("south", (-0.3, -0.3, 2.5), (10.3, 0, 3)),
        box("south", (-0.3, -0.3, 1.0), (6, 0, 2.5)),
        box("south", (10.0, -0.3, 1.0), (10.3, 0, 2.5)),
    ]
    add(record("south", "IfcWall", 0.2), joined("south", *south))
    sizes = {"OverallWidth": 4.0, "OverallHeight": 1.5}
    add(record("window", "IfcWindow", 1.1, attributes=sizes), box("window", (6, -0.2, 1.0), (10.0, -0.15, 2.5)))
    add(record("slab", "IfcSlab", 0.15), box("slab", (-0.3, -0.3, -0.3), (10.3, 6.3, 0)))
    add(record("roof", "IfcSlab", 0.1, predefined_type="ROOF"), box("roof", (-0.3, -0.3, 3), (10.3, 6.3, 3.3)))
    return snapshot(ids["records"], ids["meshes"])


def snapshot(records, meshes, georeference=None) -> Snapshot:
    by_id = {one.global_id: one for one in sorted(records, key=lambda one: one.global_id)}
    ordered = MeshSet(tuple(sorted(meshes, key=lambda mesh: mesh.global_id)))
    return Snapshot("112345678", Stage.AS_DESIGNED, 1, "0" * 64, by_id, ordered, georeference)


def changed(snap: Snapshot, global_id: str, **changes) -> Snapshot:
    """Return the snapshot with one record changed."""
    return replace(snap, records={**snap.records, global_id: replace(snap.records[global_id], **changes)})


def without(snap: Snapshot, *global_ids: str) -> Snapshot:
    records = {key: one for key, one in snap.records.items() if key not in global_ids}
    return replace(snap, records=records, meshes=snap.meshes.only(records))


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    return SimpleNamespace(box=box, record=record, snapshot=snapshot, changed=changed, without=without)


@pytest.fixture(scope="session")
def box_house() -> Snapshot:
    return house()
