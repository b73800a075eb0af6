"""Coordinates of a map inside a model: the shapes come out right to a millimetre, wherever those numbers stand."""

import numpy as np
import pytest

from ifc import Kernel, mesh_file
from ifc.geometry import meshing
from ifc.geometry.far import commonest_far_point, nearer
from ifc.geometry.gather import harvest
from ifc.geometry.hybrid import run_hybrid
from ifc.geometry.solids import signed_volume_m3, volume_m3, weld

EAST, NORTH = 542_123_456.7, 6_589_654_321.3  # EPSG:3301, millimetres
SIZE = (4.0, 0.2, 2.5)
SWEPT_OF_THE_RAILWAY = 34  # elements with sections along an alignment: all are made anew or named
_QUADS = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))


def corners(east, north):
    return [(x + east, y + north, z) for z in (0.0, 2500.0) for x, y in ((0, 0), (4000, 0), (4000, 200), (0, 200))]


def point(author, *coordinates):
    return author.add(f"IFCCARTESIANPOINT(({','.join(map(repr, coordinates))}))")


def brep(author, east, north):
    points = [point(author, *corner) for corner in corners(east, north)]
    faces = []
    for quad in _QUADS:
        loop = author.add(f"IFCPOLYLOOP(({','.join(points[corner] for corner in quad)}))")
        faces.append(author.add(f"IFCFACE(({author.add(f'IFCFACEOUTERBOUND({loop},.T.)')}))"))
    shell = author.add(f"IFCCLOSEDSHELL(({','.join(faces)}))")
    return author.shape(author.add(f"IFCFACETEDBREP({shell})"), kind="Brep")


def site(author, east, north):
    return author.place(repr(east), repr(north))


def in_the_placement(author):
    author.element(author.place(parent=site(author, EAST, NORTH)), brep(author, 0.0, 0.0))


def in_the_points(author):
    author.element(author.place(), brep(author, EAST, NORTH))


def in_a_list_of_points(author):
    rows = ",".join(f"({x!r},{y!r},{z!r})" for x, y, z in corners(EAST, NORTH))
    triangles = [part for a, b, c, d in _QUADS for part in ((a, b, c), (a, c, d))]
    text = ",".join(f"({a + 1},{b + 1},{c + 1})" for a, b, c in triangles)
    points = author.add(f"IFCCARTESIANPOINTLIST3D(({rows}))")
    author.element(author.place(), author.shape(author.add(f"IFCTRIANGULATEDFACESET({points},$,.T.,({text}),$)")))


def in_the_position_of_a_solid(author):
    axes = author.add(f"IFCAXIS2PLACEMENT3D({point(author, EAST + 2000, NORTH + 100, 0.0)},$,$)")
    profile = author.add("IFCRECTANGLEPROFILEDEF(.AREA.,$,$,4000.,200.)")
    solid = author.add(f"IFCEXTRUDEDAREASOLID({profile},{axes},{author.up},2500.)")
    author.element(author.place(), author.shape(solid))


def profile_solid(author):
    points = [point(author, x, y) for x, y, _ in corners(EAST, NORTH)[:4]]
    line = author.add(f"IFCPOLYLINE(({','.join([*points, points[0]])}))")
    profile = author.add(f"IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,{line})")
    return author.shape(author.add(f"IFCEXTRUDEDAREASOLID({profile},{author.axes},{author.up},2500.)"))


def in_a_profile(author):
    author.element(author.place(), profile_solid(author))


def in_a_profile_and_taken_back_by_the_placement(author):
    author.element(site(author, -EAST, -NORTH), profile_solid(author))


def in_the_points_and_taken_back_by_the_placement(author):
    author.element(site(author, -EAST, -NORTH), brep(author, EAST, NORTH))


FAR = (EAST / 1000, NORTH / 1000, 0.0)
NEAR = (0.0, 0.0, 0.0)
CASES = {
    in_the_placement: FAR,
    in_the_points: FAR,
    in_a_list_of_points: FAR,
    in_the_position_of_a_solid: FAR,
    in_a_profile: FAR,
    in_a_profile_and_taken_back_by_the_placement: NEAR,
    in_the_points_and_taken_back_by_the_placement: NEAR,
}


@pytest.mark.parametrize("large", CASES, ids=lambda case: case.__name__)
def test_numbers_of_a_map_come_out_right(author, write, large):
    large(author)
    (mesh,), findings = mesh_file(write(author))
    assert not findings
    assert mesh.kernel is Kernel.IFCLITE
    np.testing.assert_allclose(mesh.bounds(), [CASES[large], np.add(CASES[large], SIZE)], atol=1e-3)
    volume, why = volume_m3(mesh)
    assert volume == pytest.approx(2.0, rel=1e-3), why


def test_a_near_element_beside_far_ones_is_right_too(author, write):
    in_the_points(author)
    author.element(author.place("9000."), brep(author, 0.0, 0.0))
    meshes, findings = mesh_file(write(author))
    assert not findings
    lows = sorted(tuple(mesh.bounds()[0]) for mesh in meshes)
    np.testing.assert_allclose(lows, [(9.0, 0.0, 0.0), FAR], atol=1e-3)


def test_only_points_about_the_centre_are_moved():
    text = (
        b"#1=IFCCARTESIANPOINT((542100.25,6589600.5,3.));#2=IFCCARTESIANPOINT((1.,2.));#3=IFCDIRECTION((542100.,1.));"
        b"#4=IFCCARTESIANPOINTLIST3D(((540001.,6590002.,3.),(0.,0.,0.)));#5=IFCWALL('IFCCARTESIANPOINT((540000.,6590000.))');"
    )
    assert commonest_far_point(text, 1.0) == (540_000.0, 6_590_000.0)
    assert nearer(text, (540_000.0, 6_590_000.0)) == (
        b"#1=IFCCARTESIANPOINT((2100.250000000,-399.500000000,3.));#2=IFCCARTESIANPOINT((1.,2.));"
        b"#3=IFCDIRECTION((542100.,1.));"
        b"#4=IFCCARTESIANPOINTLIST3D(((1.000000000,2.000000000,3.),(0.,0.,0.)));"
        b"#5=IFCWALL('IFCCARTESIANPOINT((540000.,6590000.))');"
    )
    assert nearer(text, (0.0, 0.0)) == text


@pytest.mark.slow
@pytest.mark.models
def test_a_railway_in_map_coordinates_agrees_with_the_second_kernel(models_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(meshing, "UNSURE_ELEMENT_S", 0.0)  # four seconds confirm some of the swept sections
    path = models_dir / "acca_telecom_4x3.ifc"
    meshes, findings = mesh_file(path)
    (coarse,) = [finding for finding in findings if finding.rule == "geometry.imprecise"]
    assert coarse.entity.endswith("IfcAlignment")  # thirty kilometres long
    by_id = meshes.by_id()
    unconfirmed = {finding.global_id for finding in findings if finding.rule == "geometry.unconfirmed"}
    confirmed = {mesh.global_id for mesh in meshes if mesh.kernel is Kernel.HYBRID}
    assert not unconfirmed & confirmed
    assert len(unconfirmed | confirmed) == SWEPT_OF_THE_RAILWAY
    steps = {12632, 12650}  # faceted bodies; the kernels read the sections swept along an alignment differently
    run_hybrid(path, tmp_path / "stream", frozenset(steps), False)
    reference = harvest(tmp_path / "stream")
    assert reference.raw.keys() == steps
    for step_id, expected in reference.raw.items():
        mesh = by_id[reference.products[step_id].global_id]
        box = np.stack([expected.vertices.min(axis=0), expected.vertices.max(axis=0)])
        np.testing.assert_allclose(mesh.bounds(), box, atol=5e-3)
        volumes = [abs(signed_volume_m3(*weld(part.vertices - box[0], part.faces))) for part in (mesh, expected)]
        assert volumes[0] == pytest.approx(volumes[1], rel=0.01)
