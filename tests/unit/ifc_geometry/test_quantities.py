from dataclasses import replace

import numpy as np
import pytest

from ifc import (
    AdjacencySource,
    ElementRecord,
    Kernel,
    Limits,
    Measure,
    MeshSet,
    Relation,
    RelationKind,
    compare_quantities,
    comparisons,
    derive_quantities,
    footprint,
    outline,
    section,
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
    (finding,) = compare_quantities(meshes, records)
    assert (finding.rule, finding.global_id, finding.entity) == ("quantity.differs", "b", "IfcWall")
    assert "NetVolume is stated as 1.030 m3" in finding.message
    assert "measures 1.000 m3 (derived)" in finding.message
    assert finding.hint
    assert compare_quantities(meshes, by_id(record("a", "IfcWall"))) == ()


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


BEAD = (  # corners (mm) and triangles of a glazing bead of a real file, one sliver short of closed
    [(0, 0, 0), (0, 0, 25.8), (0, 14, 0), (0, 14, 6), (0, 85, 6), (0, 85, 38), (409.02, 0, 25.8), (1274, 0, 0),
     (1274, 0, 25.8), (1274, 14, 0), (1274, 14, 6), (1274, 85, 6), (1274, 85, 38)],
    [(11, 12, 10), (12, 8, 10), (8, 7, 10), (7, 9, 10), (2, 3, 10), (2, 10, 9), (4, 5, 12), (4, 12, 11), (10, 3, 4),
     (10, 4, 11), (7, 0, 2), (7, 2, 9), (12, 5, 6), (5, 1, 6), (8, 12, 6), (8, 1, 0), (8, 0, 7), (2, 0, 3), (0, 1, 3),
     (1, 5, 3), (5, 4, 3)],
)  # fmt: skip


def test_a_surface_that_kills_the_solid_kernel_has_no_volume(box_mesh):
    mesh = replace(
        box_mesh("w", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        vertices=np.array(BEAD[0]) / 1000.0,
        faces=np.array(BEAD[1], dtype=np.uint32),
    )
    found = derive_quantities(MeshSet((mesh,)), {})["w"]
    assert (found.volume_m3, found.volume_reason) == (None, "open shell")
    assert section(mesh, 0.003).area == pytest.approx(1.274 * 0.014, rel=0.01)


def stated(**values):
    units = {"Volume": "m3", "Area": "m2"}
    return {
        "Qto": {
            name: Measure(value, next((u for end, u in units.items() if end in name), "m"), "IfcReal")
            for name, value in values.items()
        }
    }


@pytest.mark.parametrize(
    ("ifc_class", "values", "differing"),
    [
        ("IfcSpace", {"NetVolume": 24.0, "NetFloorArea": 12.0, "Height": 2.0}, []),
        ("IfcSpace", {"NetVolume": 23.0, "GrossVolume": 24.1}, []),  # the nearest of both counts
        ("IfcSpace", {"GSA BIM Area": 13.0, "Height": 2.7}, ["GSA BIM Area", "Height"]),
        ("IfcWall", {"GrossVolume": 30.0}, []),  # openings and layers are not in it
        ("IfcWall", {"Height": 2.5, "NetFootprintArea": 11.0}, ["NetFootprintArea", "Height"]),
        ("IfcSlab", {"NetArea": 0.0, "NetVolume~2": 20.0}, ["NetVolume", "NetArea"]),
        ("IfcDoor", {"Width": 3.5, "Height": 2.0, "NetVolume": 9.0}, ["Width"]),
        ("IfcWindow", {"Width": 4.0, "Height": 2.0}, []),
        ("IfcBeam", {"NetVolume": 24.0, "Width": 9.0}, []),
    ],
)
def test_what_means_the_same_is_compared(box_mesh, ifc_class, values, differing):
    meshes = MeshSet((box_mesh("e", (0.0, 0.0, 0.0), (4.0, 3.0, 2.0)),))
    records = by_id(record("e", ifc_class, quantity_sets=stated(**values)))
    found = [item.name for item in comparisons(meshes, records) if not item.agrees]
    assert sorted(found) == sorted(differing)


def test_the_area_of_a_sloping_plate_and_a_box_are_not_compared(box_mesh):
    mesh = box_mesh("e", (0.0, 0.0, 0.0), (4.0, 3.0, 0.2))
    sloping = mesh.vertices.copy()
    sloping[:, 2] += sloping[:, 0]
    records = by_id(record("e", "IfcSlab", quantity_sets=stated(NetArea=99.0, NetVolume=99.0)))
    assert [item.name for item in comparisons(MeshSet((replace(mesh, vertices=sloping),)), records)] == ["NetVolume"]
    assert not list(comparisons(MeshSet((replace(mesh, kernel=Kernel.BOX),)), records))
    only_box = derive_quantities(MeshSet((replace(mesh, kernel=Kernel.BOX),)), records)["e"]
    assert (only_box.volume_m3, only_box.volume_reason) == (None, "only a box")
    assert list(only_box.measures()) == ["Height"]


def test_a_comparison_that_is_stopped_is_not_passed(box_mesh):
    meshes = MeshSet((box_mesh("e", (0.0, 0.0, 0.0), (4.0, 3.0, 2.0)),))
    records = by_id(record("e", "IfcBeam", quantity_sets=stated(NetVolume=24.0)))
    (found,) = compare_quantities(meshes, records, Limits(wall_s=0.0))
    assert found.rule == "quantity.not-judged"
    assert found.hint


def door(box_mesh, *parts):
    """A door of the given boxes, turned by 30 degrees and moved away from the origin."""
    boxes = [box_mesh("d", low, high) for low, high in parts]
    local = np.concatenate([box.vertices for box in boxes])
    faces = np.concatenate([box.faces + 8 * at for at, box in enumerate(boxes)]).astype(np.uint32)
    cos, sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, (100.0, 50.0, 3.0)
    mesh = replace(boxes[0], vertices=local @ turn.T + matrix[:3, 3], faces=faces)
    return MeshSet((mesh,)), by_id(record("d", "IfcDoor", placement=tuple(matrix.reshape(-1).tolist())))


LEFT, RIGHT = ((0.0, 0.0, 0.0), (0.06, 0.1, 2.1)), ((0.95, 0.0, 0.0), (1.0, 0.1, 2.1))
LINTEL = ((0.06, 0.0, 2.04), (0.95, 0.1, 2.1))


@pytest.mark.parametrize(
    ("leaf", "clear"),
    [
        (((0.07, 0.02, 0.01), (0.94, 0.06, 2.03)), 0.89),  # closed
        (((0.06, 0.1, 0.01), (0.1, 1.0, 2.03)), 0.85),  # drawn open: it stands in the way with its thickness
    ],
)
def test_the_clear_width_of_a_door_is_what_its_jambs_leave(box_mesh, leaf, clear):
    found = derive_quantities(*door(box_mesh, LEFT, RIGHT, LINTEL, leaf))["d"]
    assert found.clear_width_m == pytest.approx(clear, abs=1e-6)
    assert found.width_m == pytest.approx(1.0, abs=1e-6)
    assert found.height_m == pytest.approx(2.1, abs=1e-6)
    assert found.measures()["ClearWidth"] == Measure(pytest.approx(clear, abs=1e-6), "m", "derived")


def test_a_door_without_jambs_has_no_clear_width(box_mesh):
    found = derive_quantities(*door(box_mesh, ((0.0, 0.0, 0.0), (1.0, 0.1, 2.1))))["d"]
    assert found.clear_width_m is None
    assert "ClearWidth" not in found.measures()


def test_the_clear_width_of_a_room_is_its_largest_circle(box_mesh):
    found = derive_quantities(MeshSet((box_mesh("s", (0, 0, 0), (6.0, 1.2, 2.5)),)), by_id(record("s", "IfcSpace")))
    assert found["s"].clear_width_m == pytest.approx(1.2, abs=0.002)
