"""Elements around a space follow from geometry; they agree with what models state."""

import dataclasses

import numpy as np
import pytest

from ifc import ElementRecord, Kernel, Mesh, MeshSet, Relation, RelationKind, bounding_elements, mesh_file, read_model

BOX = np.array([[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4],
                [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]], dtype=np.uint32)  # fmt: skip


def box(global_id, low, high):
    x, y, z = zip(low, high, strict=True)
    corners = [(x[i], y[j], z[k]) for k in (0, 1) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]
    return Mesh(global_id, np.array(corners, dtype=np.float64), BOX, (1.0, 1.0, 1.0, 1.0), Kernel.BOX)


def found(meshes, **classes):
    records = {i: ElementRecord(i, ifc_class) for i, ifc_class in classes.items()}
    return bounding_elements(records, MeshSet(tuple(meshes)))


def test_what_looks_at_a_space_closely_bounds_it():
    room, near = box("room", (0, 0, 0), (4, 3, 2.5)), box("near", (4.02, 0, 0), (4.2, 3, 2.5))
    far, desk = box("far", (0, 3.5, 0), (4, 3.7, 2.5)), box("desk", (4.0, 0, 0), (4.5, 1, 1))
    one = found([room, near, far, desk], room="IfcSpace", near="IfcWall", far="IfcWall", desk="IfcFurniture")
    assert [(b.space, b.element) for b in one] == [("room", "near")]
    assert one[0].area_m2 == pytest.approx(7.5)


def test_a_space_with_stated_boundaries_is_left_alone():
    room, wall = box("room", (0, 0, 0), (4, 3, 2.5)), box("wall", (4, 0, 0), (4.2, 3, 2.5))
    stated = ElementRecord("wall", "IfcWall", relations=(Relation(RelationKind.BOUNDS, "room"),))
    records = {"room": ElementRecord("room", "IfcSpace"), "wall": stated}
    assert bounding_elements(records, MeshSet((room, wall))) == ()


def test_the_walls_and_slabs_of_a_real_model_are_those_that_it_states(models_dir):
    path = models_dir / "fzk_haus_ac20_ifc4.ifc"
    records = {record.global_id: record for record in read_model(path).records}
    stated = {
        (space, i)
        for i, record in records.items() if record.ifc_class.startswith(("IfcWall", "IfcSlab"))
        for space in record.targets(RelationKind.BOUNDS)
    }  # fmt: skip
    plain = {
        i: dataclasses.replace(r, relations=tuple(x for x in r.relations if x.kind is not RelationKind.BOUNDS))
        for i, r in records.items()
    }
    meshes, _ = mesh_file(path)
    derived = bounding_elements(plain, meshes)
    assert len(stated) == 41
    assert {(b.space, b.element) for b in derived} == stated
