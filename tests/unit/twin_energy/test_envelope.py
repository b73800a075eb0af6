import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from ifc import Georeference, Measure, MeshSet, Relation, RelationKind
from twin.energy import Boundary, Grade, Kind, Source, build_envelope, reference_area
from twin.energy.rays import is_closed, sample, signed_volume, triangles_of

WITHIN = 0.01  # share: the mark for boxes


def rules(envelope) -> set[str]:
    return {finding.rule for finding in envelope.findings}


def finding(envelope, rule):
    return next(one for one in envelope.findings if one.rule == rule)


def test_areas_by_orientation(box_house):
    envelope = build_envelope(box_house)
    areas = {(part.orientation, part.kind): part.area_m2.value for part in envelope.parts}
    assert areas == {
        ("N", Kind.WALL): pytest.approx(29.7, rel=WITHIN),
        ("E", Kind.WALL): pytest.approx(18.0, rel=WITHIN),
        ("S", Kind.WALL): pytest.approx(29.7 - 6.0, rel=WITHIN),
        ("S", Kind.WINDOW): pytest.approx(6.0, rel=1e-9),
        ("W", Kind.WALL): pytest.approx(18.0, rel=WITHIN),
        ("roof", Kind.ROOF): pytest.approx(59.4, rel=WITHIN),
        ("ground", Kind.FLOOR): pytest.approx(59.4, rel=WITHIN),
    }
    assert envelope.grade is Grade.SPACES
    assert envelope.volume_m3.value == pytest.approx(178.2)
    assert envelope.inner_m2 == pytest.approx(18.0, rel=WITHIN)


def test_elements_values_and_sources(box_house):
    parts = {(part.orientation, part.kind): part for part in build_envelope(box_house).parts}
    south = parts["S", Kind.WINDOW]
    assert south.elements == ("window",)
    assert (south.u_w_m2k.value, south.u_w_m2k.source) == (1.1, Source.IFC)
    assert south.g is not None
    assert south.g.source is Source.DEFAULT
    assert south.area_m2.note == "outline"
    assert parts["ground", Kind.FLOOR].boundary is Boundary.GROUND
    assert parts["ground", Kind.FLOOR].elements == ("slab",)
    assert parts["N", Kind.WALL].elements == ("north",)
    assert not any("inner" in part.elements for part in parts.values())


@pytest.mark.parametrize(
    ("rotation", "expected"), [(0.0, "S"), (90.0, "E"), (-90.0, "W"), (45.0, "SE"), (180.0, "N")]
)
def test_true_azimuth_follows_the_georeference(box_house, rotation, expected):
    # Turning the model counter-clockwise by 90 degrees turns its south face to the east.
    where = Georeference("IfcMapConversion", "EPSG:3301", "EH2000", 542000.0, 6589000.0, 10.0, rotation)
    envelope = build_envelope(replace(box_house, georeference=where))
    assert [part.orientation for part in envelope.parts if part.kind is Kind.WINDOW] == [expected]
    assert "energy.north-unknown" not in rules(envelope)


def test_a_house_turned_in_its_own_coordinates_keeps_its_areas(box_house):
    angle = np.radians(30.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    far = np.array([1000.0, -500.0, 30.0])
    meshes = [replace(mesh, vertices=mesh.vertices @ turn.T + far) for mesh in box_house.meshes]
    envelope = build_envelope(replace(box_house, meshes=MeshSet(tuple(meshes))))
    walls = {name: envelope.area_m2(Kind.WALL, name) for name in ("NW", "SW", "SE", "NE")}
    assert walls == {
        "NW": pytest.approx(29.7, rel=WITHIN),
        "SW": pytest.approx(18.0, rel=WITHIN),
        "SE": pytest.approx(23.7, rel=WITHIN),
        "NE": pytest.approx(18.0, rel=WITHIN),
    }
    window = next(part for part in envelope.parts if part.kind is Kind.WINDOW)
    assert window.azimuth_deg == pytest.approx(150.0, abs=0.6)


def test_without_a_georeference_north_is_doubtful(box_house):
    assert "energy.north-unknown" in rules(build_envelope(box_house))


def test_a_neighbour_space_through_a_wall_is_inner_but_not_across_a_street(box_house, build):
    far = build.box("space-2", (20.05, 0, 0), (25, 6, 3))
    meshes = [far if mesh.global_id == "space-2" else mesh for mesh in box_house.meshes]
    envelope = build_envelope(replace(box_house, meshes=MeshSet(tuple(meshes))))
    assert envelope.inner_m2 == 0.0
    assert "energy.hole" in rules(envelope)
    assert finding(envelope, "energy.hole").elements == ("space-2",)


def test_behind_a_junction_of_inner_walls_there_is_no_outside(box_house, build):
    # A second inner wall meets the first one in the middle: 0.2 m of the latter have no room behind them.
    parts = {"space-2": ((5.05, 0, 0), (10, 2.9, 3)), "space-3": ((5.05, 3.1, 0), (10, 6, 3))}
    records = [*box_house.records.values(), build.record("space-3", "IfcSpace")]
    records.append(build.record("meeting", "IfcWall", 2.0, external=False))
    meshes = [mesh for mesh in box_house.meshes if mesh.global_id != "space-2"]
    meshes += [build.box(name, *corners) for name, corners in parts.items()]
    meshes.append(build.box("meeting", (5.05, 2.9, 0), (10, 3.1, 3)))
    envelope = build_envelope(build.snapshot(records, meshes))
    assert not any({"inner", "meeting"} & set(part.elements) for part in envelope.parts)
    assert envelope.area_m2(Kind.WALL, "E") == pytest.approx(5.8 * 3, rel=WITHIN)
    found = finding(envelope, "energy.junction")
    assert found.elements == ("inner",)
    assert "0.6 m²" in found.message


def test_an_overhang_is_a_floor_over_air(box_house, build):
    records = {**box_house.records, "bay": build.record("bay", "IfcSpace")}
    meshes = [*box_house.meshes, build.box("bay", (0, 0, 3.3), (10, 9, 6.3))]
    snap = build.snapshot(list(records.values()), meshes)
    below = [part for part in build_envelope(snap).parts if part.orientation == "below"]
    # The first 0.3 m beyond the north face lie on the north wall: a junction, not outside air.
    assert sum(part.area_m2.value for part in below) == pytest.approx(10 * 2.7, rel=0.02)
    assert {part.boundary for part in below} == {Boundary.OUTSIDE}


def test_a_window_larger_than_its_wall_is_named_and_not_believed(box_house, build):
    snap = build.changed(box_house, "window", attributes={"OverallWidth": 40.0, "OverallHeight": 1.5})
    envelope = build_envelope(snap)
    found = finding(envelope, "energy.window-larger-than-wall")
    assert found.elements == ("window",)
    assert envelope.area_m2(Kind.WINDOW) == pytest.approx(6.0, rel=0.02)


def test_a_window_without_size_is_named_and_measured(box_house, build):
    snap = build.changed(box_house, "window", attributes={"OverallWidth": 0.0, "OverallHeight": 1.5})
    envelope = build_envelope(snap)
    assert finding(envelope, "energy.area-zero").elements == ("window",)
    assert envelope.area_m2(Kind.WINDOW) == pytest.approx(6.0, rel=1e-6)


def test_a_window_that_fills_its_side_and_more_is_named(box_house, build):
    # All of the side is glass to the rays (29.7 m2); the author says a tenth more, which no wall holds.
    snap = build.changed(
        box_house, "south", ifc_class="IfcWindow", attributes={"OverallWidth": 9.9, "OverallHeight": 3.3}
    )
    envelope = build_envelope(snap)
    assert "south" in finding(envelope, "energy.window-larger-than-wall").elements
    assert envelope.area_m2(Kind.WINDOW) == pytest.approx(29.7, rel=0.02)


@pytest.mark.parametrize(
    ("global_id", "sets"),
    [
        ("space-1", {"quantity_sets": {"Qto_SpaceBaseQuantities": {"NetFloorArea": 0.0}}}),
        ("space-2", {"property_sets": {"AR_Ruum": {"120_Pindala": -3.0}}}),
        ("space-2", {"property_sets": {"AR_Ruum": {"721_Ruumitemperatuuriga-pind": -3.0}}}),
        (
            "north",
            {"quantity_sets": {"Qto_WallBaseQuantities": {"NetSideArea": Measure(0.0, "m2", "IfcAreaMeasure")}}},
        ),
    ],
)
def test_a_declared_area_of_zero_or_less_is_named_and_not_used(box_house, build, global_id, sets):
    envelope = build_envelope(build.changed(box_house, global_id, **sets))
    assert finding(envelope, "energy.area-zero").elements == (global_id,)
    assert reference_area(build.changed(box_house, global_id, **sets), envelope).area_m2.value > 59.0


def test_a_negative_u_value_is_named_and_not_used(box_house, build):
    bad = build.record("north", "IfcWall", -0.2)
    envelope = build_envelope(replace(box_house, records={**box_house.records, "north": bad}))
    assert finding(envelope, "energy.u-unusable").elements == ("north",)
    north = next(part for part in envelope.parts if part.orientation == "N")
    assert north.u_w_m2k.source is Source.DEFAULT
    assert north.u_w_m2k.value > 0.0


def test_an_open_space_is_named(box_house):
    opened = [
        replace(mesh, faces=mesh.faces[2:]) if mesh.global_id == "space-1" else mesh for mesh in box_house.meshes
    ]
    envelope = build_envelope(replace(box_house, meshes=MeshSet(tuple(opened))))
    assert finding(envelope, "energy.space-open").elements == ("space-1",)


def test_a_space_without_body_is_named(box_house, build):
    records = [*box_house.records.values(), build.record("ghost", "IfcSpace")]
    envelope = build_envelope(build.snapshot(records, list(box_house.meshes)))
    assert finding(envelope, "energy.space-empty").elements == ("ghost",)


def test_a_space_turned_inside_out_is_turned_back(box_house):
    turned = [
        replace(mesh, faces=mesh.faces[:, ::-1]) if mesh.global_id == "space-1" else mesh for mesh in box_house.meshes
    ]
    envelope = build_envelope(replace(box_house, meshes=MeshSet(tuple(turned))))
    assert envelope.volume_m3.value == pytest.approx(178.2)
    assert envelope.area_m2(Kind.WALL, "N") == pytest.approx(29.7, rel=WITHIN)


def test_flags_are_compared_in_the_dimensions_of_the_rooms(box_house):
    # The slabs reach under the walls, 10.6 x 6.6 = 69.96 m2, and 59.4 m2 of them face rooms.
    envelope = build_envelope(box_house)
    assert len(envelope.quality) == 7
    assert all(one.flags_m2 == pytest.approx(one.rays_m2, rel=WITHIN) for one in envelope.quality)
    assert not any(rule.startswith("energy.spread") for rule in rules(envelope))


def test_a_declared_area_that_is_not_that_of_the_body_spreads(box_house, build):
    wrong = {"Qto_WallBaseQuantities": {"NetSideArea": Measure(60.0, "m2", "IfcAreaMeasure")}}  # the body has 31.8
    found = finding(build_envelope(build.changed(box_house, "north", quantity_sets=wrong)), "energy.spread-wall")
    assert "N: rays 29.7" in found.message
    assert found.elements == ("north",)


def test_a_wall_that_the_author_forgot_spreads(box_house, build):
    unmarked = build.changed(box_house, "north", property_sets={})
    found = finding(build_envelope(unmarked), "energy.spread-wall")
    assert "N: rays 29.7, flags 0.0 m²" in found.message
    assert found.elements == ("north",)


def test_what_is_marked_and_faces_no_room_is_told_apart(box_house, build):
    porch = build.record("porch", "IfcSlab", 0.3)
    extended = build.snapshot(
        [*box_house.records.values(), porch], [*box_house.meshes, build.box("porch", (2, -5, -0.3), (6, -3, 0))]
    )
    envelope = build_envelope(extended)
    assert finding(envelope, "energy.flags-elsewhere").elements == ("porch",)
    assert not any(rule.startswith("energy.spread") for rule in rules(envelope))


def test_boundaries_of_the_space_outside_are_not_counted_again(box_house, build):
    def bound(space, m2):
        area = Measure(m2, "m2", "IfcAreaMeasure")
        return Relation(RelationKind.BOUNDS, space, {"level": 2, "external": "EXTERNAL", "area": area})

    rooms = (bound("space-1", 14.85), bound("space-2", 14.85), bound("air", 31.8))
    snap = build.changed(box_house, "north", relations=rooms)
    air = build.record("air", "IfcExternalSpatialElement")
    envelope = build_envelope(replace(snap, records={**snap.records, "air": air}))
    north = next(one for one in envelope.quality if (one.orientation, one.kind) == ("N", Kind.WALL))
    assert north.boundaries_m2 == pytest.approx(29.7)


def test_no_flags_are_said_once(box_house):
    unmarked = {key: replace(one, property_sets={}) for key, one in box_house.records.items()}
    envelope = build_envelope(replace(box_house, records=MappingProxyType(unmarked)))
    assert "energy.flags-missing" in rules(envelope)
    assert not any(rule.startswith("energy.spread-wall") for rule in rules(envelope))


def test_without_spaces_the_hull_is_measured_and_said(box_house, build):
    envelope = build_envelope(build.without(box_house, "space-1", "space-2"))
    assert envelope.grade is Grade.HULL
    assert "energy.no-spaces" in rules(envelope)
    assert envelope.area_m2(Kind.ROOF) == pytest.approx(10.6 * 6.6, rel=0.02)
    assert envelope.area_m2(Kind.FLOOR) == pytest.approx(10.6 * 6.6, rel=0.02)
    assert envelope.area_m2(Kind.WINDOW) == pytest.approx(6.0, rel=0.02)
    outer_walls = 2 * (10.6 + 6.6) * 3.6 - 6.0
    assert envelope.area_m2(Kind.WALL) == pytest.approx(outer_walls, rel=0.05)
    assert envelope.volume_m3.value == pytest.approx(10.6 * 6.6 * 3.6, rel=0.02)


def test_samples_carry_the_area_and_lie_in_their_triangles(build):
    part = triangles_of(build.box("b", (0, 0, 0), (2, 3, 4)), np.zeros(3))
    rays = sample([part], 25.0)
    assert rays.weights.sum() == pytest.approx(52.0)
    assert ((rays.points >= -1e-9) & (rays.points <= [2 + 1e-9, 3 + 1e-9, 4 + 1e-9])).all()
    assert np.linalg.norm(rays.normals, axis=1) == pytest.approx(1.0)
    assert signed_volume(part) == pytest.approx(24.0)
    for axis in range(3):
        for sign in (1.0, -1.0):
            side = rays.weights[sign * rays.normals[:, axis] > 0.9].sum()
            assert side == pytest.approx(24.0 / (2, 3, 4)[axis])


def test_closedness(build):
    whole = build.box("b", (0, 0, 0), (1, 1, 1))
    assert is_closed(whole)
    assert not is_closed(replace(whole, faces=whole.faces[1:]))
    assert math.isclose(signed_volume(triangles_of(whole, np.zeros(3))), 1.0)
