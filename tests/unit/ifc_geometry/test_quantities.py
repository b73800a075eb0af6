from dataclasses import replace

import numpy as np
import pytest

from ifc import (
    AdjacencySource,
    ElementRecord,
    Measure,
    MeshSet,
    Relation,
    RelationKind,
    compare_quantities,
    derive_quantities,
    footprint,
    outline,
    space_adjacency,
    space_floor_polygon,
)
from ifc.geometry.clean import MAX_COORDINATE_M, clean


def record(global_id, ifc_class, *bounds, **more):
    relations = tuple(Relation(RelationKind.BOUNDS, target, dict(detail)) for target, detail in bounds)
    return ElementRecord(global_id, ifc_class, relations=relations, **more)


def by_id(*records):
    return {item.global_id: item for item in records}


def without(mesh, face):
    return replace(mesh, faces=np.delete(mesh.faces, face, axis=0))


def test_a_box_far_from_the_origin_is_measured_exactly(box_mesh):
    mesh = box_mesh("s", (542_000.0, 6_589_000.0, 12.0), (542_004.0, 6_589_003.0, 14.5))
    found = derive_quantities(MeshSet((mesh,)), by_id(record("s", "IfcSpace")))["s"]
    assert found.volume_m3 == pytest.approx(30.0, abs=1e-6)
    assert found.footprint_area_m2 == pytest.approx(12.0, abs=1e-3)
    assert found.floor_area_m2 == pytest.approx(12.0, abs=1e-3)
    assert found.height_m == pytest.approx(2.5)
    assert found.bbox[:3] == (542_000.0, 6_589_000.0, 12.0)


def test_an_inside_out_box_has_the_same_volume_and_floor(box_mesh):
    mesh = box_mesh("s", (0.0, 0.0, 0.0), (4.0, 3.0, 2.5))
    turned = replace(mesh, faces=mesh.faces[:, ::-1])
    found = derive_quantities(MeshSet((turned,)), by_id(record("s", "IfcSpace")))["s"]
    assert (found.volume_m3, found.floor_area_m2) == pytest.approx((30.0, 12.0))


def test_a_shell_with_a_hole_has_no_volume_but_a_reason(box_mesh):
    mesh = without(box_mesh("w", (0.0, 0.0, 0.0), (4.0, 3.0, 2.5)), 3)
    found = derive_quantities(MeshSet((mesh,)), {})["w"]
    assert found.volume_m3 is None
    assert found.volume_reason == "open shell"
    assert found.footprint_area_m2 == pytest.approx(12.0)


def test_overlapping_parts_count_once(box_mesh):
    one, two = box_mesh("w", (0.0, 0.0, 0.0), (2.0, 1.0, 1.0)), box_mesh("w", (1.0, 0.0, 0.0), (3.0, 1.0, 1.0))
    both = replace(
        one,
        vertices=np.concatenate([one.vertices, two.vertices]),
        faces=np.concatenate([one.faces, two.faces + 8]).astype(np.uint32),
    )
    assert derive_quantities(MeshSet((both,)), {})["w"].volume_m3 == pytest.approx(3.0)


def test_a_floor_in_two_levels_counts_both(box_mesh):
    low = box_mesh("s", (0.0, 0.0, 0.0), (2.0, 2.0, 3.0))
    high = box_mesh("s", (2.0, 0.0, 0.5), (5.0, 2.0, 3.0))
    both = replace(
        low,
        vertices=np.concatenate([low.vertices, high.vertices]),
        faces=np.concatenate([low.faces, high.faces + 8]).astype(np.uint32),
    )
    assert space_floor_polygon(both).area == pytest.approx(10.0)


def test_footprint_counts_the_building_and_nothing_else(box_mesh):
    meshes = MeshSet(
        (
            box_mesh("chair", (50.0, 0.0, 0.0), (51.0, 1.0, 1.0)),
            box_mesh("footing", (-1.0, -1.0, -1.0), (11.0, 9.0, -0.5)),
            box_mesh("garden", (-30.0, -30.0, -0.5), (30.0, 30.0, 0.0)),
            box_mesh("slab", (0.0, 0.0, 0.0), (10.0, 8.0, 0.2)),
            box_mesh("wall", (10.005, 0.0, 0.0), (10.205, 8.0, 3.0)),
        )
    )
    records = by_id(
        record("chair", "IfcFurniture"),
        record("footing", "IfcFooting"),
        record("garden", "IfcSite"),
        record("slab", "IfcSlab"),
        record("wall", "IfcWallStandardCase"),
    )
    outline = footprint(meshes, records)
    assert outline.geom_type == "Polygon"
    assert outline.area == pytest.approx(10.205 * 8.0, abs=1e-3)
    assert footprint(meshes.only(["garden"]), records).is_empty


def test_authored_quantities_are_compared_with_a_tolerance(box_mesh):
    meshes = MeshSet((box_mesh("a", (0, 0, 0), (1.0, 1.0, 1.0)), box_mesh("b", (0, 0, 0), (1.0, 1.0, 1.0))))

    def volume(value):
        return {"Qto_WallBaseQuantities": {"NetVolume": Measure(value, "m3", "IfcVolumeMeasure")}}

    records = by_id(
        record("a", "IfcWall", quantity_sets=volume(1.015)), record("b", "IfcWall", quantity_sets=volume(1.03))
    )
    (finding,) = compare_quantities(derive_quantities(meshes, records), records)
    assert (finding.rule, finding.global_id) == ("quantity.differs", "b")
    assert "1.030 m3" in finding.message
    assert "1.000 m3" in finding.message


@pytest.fixture
def rooms(box_mesh):
    """Four rooms: b right of a behind a wall of 0.2 m, c above a over a slab of 0.3 m, d behind 0.9 m."""
    return MeshSet(
        (
            box_mesh("a", (0.0, 0.0, 0.0), (4.0, 3.0, 2.5)),
            box_mesh("b", (4.2, 0.0, 0.0), (8.0, 3.0, 2.5)),
            box_mesh("c", (0.0, 0.0, 2.8), (4.0, 3.0, 5.0)),
            box_mesh("d", (8.9, 0.0, 0.0), (12.0, 3.0, 2.5)),
        )
    )


SPACES = tuple(record(name, "IfcSpace") for name in "abcd")


def test_geometry_finds_neighbours_beside_and_above(rooms):
    found = space_adjacency(by_id(*SPACES), rooms)
    assert [(item.a, item.b, item.source, item.stacked) for item in found] == [
        ("a", "b", AdjacencySource.GEOMETRY, False),
        ("a", "c", AdjacencySource.GEOMETRY, True),
    ]
    assert [item.area_m2 for item in found] == pytest.approx([7.5, 12.0])


def test_a_shared_wall_alone_makes_no_neighbours(rooms):
    wall = record("wall", "IfcWall", ("a", {}), ("b", {}), ("d", {}))
    found = {(item.a, item.b): item.source for item in space_adjacency(by_id(*SPACES, wall), rooms)}
    assert found[("a", "b")] is AdjacencySource.BOUNDARY
    assert ("a", "d") not in found
    assert ("b", "d") not in found


def test_a_door_and_a_corresponding_boundary_need_no_geometry(rooms):
    door = record("door", "IfcDoor", ("b", {}), ("d", {}))
    wall = record("wall", "IfcWall", ("c", {"corresponding_space": "d"}))
    found = {(item.a, item.b): item for item in space_adjacency(by_id(*SPACES, door, wall), rooms)}
    assert found[("b", "d")].source is AdjacencySource.BOUNDARY
    assert found[("b", "d")].area_m2 is None
    assert found[("c", "d")].source is AdjacencySource.BOUNDARY_PAIR


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300, 2 * MAX_COORDINATE_M])
def test_cleaning_drops_what_is_no_place(box_mesh, bad):
    mesh = box_mesh("w", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    vertices = mesh.vertices.copy()
    vertices[6, 1] = bad
    touching = int((mesh.faces == 6).any(axis=1).sum())
    cleaned = clean(vertices, mesh.faces)
    assert (cleaned.invalid, cleaned.collapsed) == (touching, 0)
    assert len(cleaned.faces) == 12 - touching
    assert len(cleaned.vertices) == 7
    assert np.isfinite(cleaned.vertices).all()


def test_cleaning_drops_collapsed_and_dangling_triangles(box_mesh):
    mesh = box_mesh("w", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    faces = np.concatenate([mesh.faces, [[0, 0, 1], [1, 2, 99]]]).astype(np.uint32)
    cleaned = clean(mesh.vertices, faces)
    assert (cleaned.invalid, cleaned.collapsed, len(cleaned.faces)) == (1, 1, 12)
    np.testing.assert_array_equal(cleaned.vertices[cleaned.faces], mesh.vertices[mesh.faces])


def test_the_outline_of_a_lattice_of_small_members_is_exact(box_mesh):
    """Bars of 0.1 m width every metre in both directions, cut into pieces that overlap at the crossings."""
    bars = 20
    pieces = [
        box_mesh(f"{axis}{line}-{piece}", (*low[::step], 0.0), (*high[::step], 0.2))
        for axis, step in (("x", 1), ("y", -1))
        for line in range(bars + 1)
        for piece in range(bars)
        for low, high in [((float(piece), float(line)), (piece + 1.1, line + 0.1))]
    ]
    shape = outline(pieces)
    side = bars + 0.1
    assert shape.area == pytest.approx(side * side - bars * bars * 0.9 * 0.9, abs=1e-4)
    assert len(shape.interiors) == bars * bars
    assert outline(pieces, gap_m=0.91).area == pytest.approx(side * side, abs=1e-4)


def test_the_outline_far_from_the_origin_closes_joints_but_not_passages(box_mesh):
    east, north = 542_000.0, 6_589_000.0
    left = box_mesh("a", (east, north, 0.0), (east + 1.0, north + 1.0, 1.0))
    joint = box_mesh("b", (east + 1.015, north, 0.0), (east + 2.0, north + 1.0, 1.0))
    passage = box_mesh("c", (east + 1.03, north, 0.0), (east + 2.0, north + 1.0, 1.0))
    assert outline([left, joint]).area == pytest.approx(2.0, abs=1e-4)
    assert outline([left, passage]).area == pytest.approx(1.97, abs=1e-4)


def test_a_surface_turned_anyhow_covers_the_same(box_mesh):
    mesh = box_mesh("w", (0.0, 0.0, 0.0), (4.0, 3.0, 2.5))
    faces = mesh.faces.copy()
    faces[::3] = faces[::3, ::-1]
    assert outline([replace(mesh, faces=faces)]).area == pytest.approx(12.0, abs=1e-6)
    assert outline([replace(mesh, faces=mesh.faces[2:4])]).area == pytest.approx(12.0, abs=1e-6)
    assert outline([]).is_empty
