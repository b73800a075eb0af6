import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from ifc import ElementRecord, IfcGeometryError, Kernel, Mesh, MeshSet, SurfaceKind, shell

EAST, NORTH = 540_000.0, 6_580_000.0  # models with map coordinates must close as well


def roof(global_id, ring, thickness=0.2):
    """Make the mesh of a roof slab whose upper side is the ring (counter-clockwise seen from above)."""
    top = np.array(ring, dtype=np.float64)
    below = top - (0.0, 0.0, thickness)
    count = len(ring)
    fan = [(0, at, at + 1) for at in range(1, count - 1)]
    sides = [(at, at + count, (at + 1) % count) for at in range(count)]
    sides += [(at + count, (at + 1) % count + count, (at + 1) % count) for at in range(count)]
    faces = [*fan, *((c + count, b + count, a + count) for a, b, c in fan), *sides]
    white = (1.0, 1.0, 1.0, 1.0)
    return Mesh(global_id, np.concatenate([top, below]), np.array(faces, dtype=np.uint32), white, Kernel.IFCLITE)


def moved(mesh, east=EAST, north=NORTH):
    return replace(mesh, vertices=mesh.vertices + np.array([east, north, 0.0]))


def records_of(*meshes):
    kinds = {"roof": ("IfcSlab", "ROOF"), "wall": ("IfcWall", ""), "chair": ("IfcFurniture", "")}
    found = {}
    for mesh in meshes:
        ifc_class, predefined = kinds[mesh.global_id.partition("-")[0]]
        found[mesh.global_id] = ElementRecord(mesh.global_id, ifc_class, predefined_type=predefined)
    return found


def build(*meshes, lod):
    shown = [moved(mesh) for mesh in meshes]
    return shell(records_of(*shown), MeshSet(tuple(shown)), lod)


def kinds(found):
    return Counter(surface.kind for surface in found.surfaces)


@pytest.fixture
def gable(box_mesh):
    """A house of 10 x 8 m, walls 3 m high, a gable roof of 45 degrees with its ridge along x and eaves of 0.5 m."""
    south = roof("roof-s", [(-0.5, -0.5, 2.5), (10.5, -0.5, 2.5), (10.5, 4.0, 7.0), (-0.5, 4.0, 7.0)])
    north = roof("roof-n", [(-0.5, 4.0, 7.0), (10.5, 4.0, 7.0), (10.5, 8.5, 2.5), (-0.5, 8.5, 2.5)])
    return box_mesh("wall", (0.0, 0.0, 0.0), (10.0, 8.0, 3.0)), south, north


def test_level_0_is_the_footprint_at_the_foot_of_the_body(gable):
    found = build(*gable, lod=0)
    (surface,) = found.surfaces
    assert (found.lod, found.ground_z_m, surface.kind) == (0, 0.0, SurfaceKind.GROUND)
    corners = np.array(surface.rings[0]) - (EAST, NORTH, 0.0)
    assert {tuple(corner) for corner in corners.round(3).tolist()} == {(0, 0, 0), (10, 0, 0), (10, 8, 0), (0, 8, 0)}


def test_level_1_reaches_the_median_of_the_roof_and_is_closed(gable):
    found = build(*gable, lod=1)
    assert kinds(found) == {SurfaceKind.GROUND: 1, SurfaceKind.ROOF: 1, SurfaceKind.WALL: 4}
    assert found.is_closed()
    assert found.volume_m3() == pytest.approx(10.0 * 8.0 * 5.0, rel=0.005)


def test_level_2_has_the_planes_of_the_roof_without_the_eaves(gable):
    found = build(*gable, lod=2)
    assert (found.lod, found.reason) == (2, "")
    assert kinds(found) == {SurfaceKind.GROUND: 2, SurfaceKind.ROOF: 2, SurfaceKind.WALL: 6}
    assert found.is_closed()
    assert found.volume_m3() == pytest.approx(10.0 * 8.0 * 5.0, abs=0.5)
    assert max(point[2] for surface in found.surfaces for point in surface.rings[0]) == pytest.approx(7.0, abs=0.01)


def test_a_roof_in_two_heights_gets_a_wall_between_them(box_mesh):
    walls = box_mesh("wall", (0.0, 0.0, 0.0), (10.0, 8.0, 3.0))
    low = roof("roof-1", [(0.0, 0.0, 3.2), (6.0, 0.0, 3.2), (6.0, 8.0, 3.2), (0.0, 8.0, 3.2)])
    high = roof("roof-2", [(6.0, 0.0, 6.0), (10.0, 0.0, 6.0), (10.0, 8.0, 6.0), (6.0, 8.0, 6.0)])
    found = build(walls, low, high, lod=2)
    assert found.lod == 2
    assert found.is_closed()
    assert found.volume_m3() == pytest.approx(6 * 8 * 3.2 + 4 * 8 * 6.0, rel=1e-6)
    assert kinds(found)[SurfaceKind.WALL] == 7


def test_a_courtyard_stays_open(box_mesh):
    sides = [
        box_mesh("wall-s", (0.0, 0.0, 0.0), (12.0, 3.0, 4.0)),
        box_mesh("wall-n", (0.0, 9.0, 0.0), (12.0, 12.0, 4.0)),
        box_mesh("wall-w", (0.0, 3.0, 0.0), (3.0, 9.0, 4.0)),
        box_mesh("wall-e", (9.0, 3.0, 0.0), (12.0, 9.0, 4.0)),
    ]
    found = build(*sides, lod=1)
    assert found.is_closed()
    assert found.volume_m3() == pytest.approx((144.0 - 36.0) * 4.0, rel=1e-6)
    assert kinds(found) == {SurfaceKind.GROUND: 1, SurfaceKind.ROOF: 1, SurfaceKind.WALL: 8}


def test_where_no_roof_of_planes_is_found_level_1_is_given_with_the_reason(box_mesh, gable):
    walls, south, _ = gable
    assert (build(walls, lod=2).lod, build(walls, lod=2).reason) == (1, "no roof elements")
    half = build(walls, south, lod=2)
    assert (half.lod, half.reason) == (1, "roof planes cover 50 % of the footprint")
    assert half.is_closed()


def test_planes_that_cross_over_an_edge_are_not_guessed(box_mesh):
    walls = box_mesh("wall", (0.0, 0.0, 0.0), (8.0, 8.0, 3.0))
    rising = roof("roof-1", [(0.0, 0.0, 3.0), (4.0, 0.0, 3.0), (4.0, 8.0, 7.0), (0.0, 8.0, 7.0)])
    falling = roof("roof-2", [(4.0, 0.0, 7.0), (8.0, 0.0, 7.0), (8.0, 8.0, 3.0), (4.0, 8.0, 3.0)])
    found = build(walls, rising, falling, lod=2)
    assert (found.lod, found.reason) == (1, "roof planes cross")
    assert found.is_closed()


@pytest.mark.parametrize("angle_deg", [7.0, 33.3, 81.0])
def test_a_turned_house_closes_too(gable, angle_deg):
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    turned = [replace(mesh, vertices=mesh.vertices @ turn.T) for mesh in gable]
    for lod in (1, 2):
        found = build(*turned, lod=lod)
        assert found.lod == lod
        assert found.is_closed()
        assert found.volume_m3() == pytest.approx(400.0, rel=0.005)


def test_a_model_without_anything_to_stand_on_is_an_error(box_mesh):
    with pytest.raises(IfcGeometryError) as caught:
        build(box_mesh("chair", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), lod=1)
    assert caught.value.reason == "empty"
