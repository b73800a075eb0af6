import time

import numpy as np
import pytest

from ifc import IfcGeometryError, IfcReadError, Kernel, Limits, derive_quantities, mesh_file, mesh_uncut
from ifc.geometry.gather import harvest
from ifc.geometry.hybrid import run_hybrid
from ifc.geometry.meshing import _Run, _search

LIMITS = Limits(wall_s=8.0)
MICRO = 1e-6  # the first kernel counts in single precision


def rules(findings):
    return {finding.rule for finding in findings}


def test_boxes_have_exact_corners_and_volumes_in_metres(author, write):
    author.box(1000, 2000, 300, (4000, 200, 2500), guid="W" * 22)
    author.box(0, 0, 0, (3000, 2000, 2600), ifc_class="IFCSPACE", guid="S" * 22)
    meshes, findings = mesh_file(write(author))
    assert not findings
    wall, space = meshes.by_id()["W" * 22], meshes.by_id()["S" * 22]
    np.testing.assert_allclose(wall.bounds(), [[1.0, 2.0, 0.3], [5.0, 2.2, 2.8]], atol=MICRO)
    np.testing.assert_allclose(space.bounds(), [[0.0, 0.0, 0.0], [3.0, 2.0, 2.6]], atol=MICRO)
    quantities = derive_quantities(meshes, {})
    assert quantities["W" * 22].volume_m3 == pytest.approx(4.0 * 0.2 * 2.5, rel=MICRO)
    assert quantities["S" * 22].volume_m3 == pytest.approx(3.0 * 2.0 * 2.6, rel=MICRO)
    assert {mesh.kernel for mesh in meshes} == {Kernel.IFCLITE}


def wall_with_opening(author):
    wall = author.box(0, 0, 0, (4000, 200, 2500), guid="W" * 22)
    opening = author.box(1000, -100, 0, (1000, 400, 2000), ifc_class="IFCOPENINGELEMENT", guid="O" * 22)
    author.add(f"IFCRELVOIDSELEMENT('{author.guid('R')}',$,'it''s; a #1 (name)',$,{wall},{opening})")


def test_openings_are_cut_and_not_meshed(author, write):
    wall_with_opening(author)
    meshes, _ = mesh_file(write(author))
    assert set(meshes.by_id()) == {"W" * 22}
    assert derive_quantities(meshes, {})["W" * 22].volume_m3 == pytest.approx(0.2 * (4.0 * 2.5 - 2.0), rel=MICRO)


def test_uncut_meshes_keep_the_wall_whole_and_hold_the_opening(author, write):
    wall_with_opening(author)
    meshes, findings = mesh_uncut(write(author))
    quantities = derive_quantities(meshes, {})
    assert not findings
    assert quantities["W" * 22].volume_m3 == pytest.approx(4.0 * 0.2 * 2.5, rel=MICRO)
    assert quantities["O" * 22].volume_m3 == pytest.approx(1.0 * 0.4 * 2.0, rel=MICRO)


def test_a_wall_that_its_opening_takes_away_is_named_empty(author, write):
    wall = author.box(0, 0, 0, (1000, 200, 2000), guid="W" * 22)
    opening = author.box(-100, -100, -100, (1200, 400, 2200), ifc_class="IFCOPENINGELEMENT")
    author.add(f"IFCRELVOIDSELEMENT('{author.guid('R')}',$,$,$,{wall},{opening})")
    meshes, findings = mesh_file(write(author))
    assert not len(meshes)
    assert [(finding.rule, finding.global_id) for finding in findings] == [("geometry.empty", "W" * 22)]


def test_repeated_global_ids_keep_both_shapes_apart(author, write):
    author.box(0, 0, 0, (1000, 1000, 1000), guid="W" * 22)
    author.box(5000, 0, 0, (2000, 1000, 1000), guid="W" * 22)
    meshes, findings = mesh_file(write(author))
    assert set(meshes.by_id()) == {"W" * 22, "W" * 22 + "~2"}
    assert [(finding.rule, finding.global_id) for finding in findings] == [("geometry.ambiguous-id", "W" * 22 + "~2")]


def test_an_element_with_only_a_stated_box_is_shown_as_that_box(author, write):
    corner = author.add("IFCCARTESIANPOINT((0.,0.,0.))")
    box = author.add(f"IFCBOUNDINGBOX({corner},1000.,2000.,3000.)")
    author.element(author.place("10000."), author.shape(box, "Box", "BoundingBox"), guid="B" * 22)
    meshes, findings = mesh_file(write(author))
    (mesh,) = meshes
    assert mesh.kernel is Kernel.BOX
    np.testing.assert_allclose(mesh.bounds(), [[10.0, 0.0, 0.0], [11.0, 2.0, 3.0]], atol=MICRO)
    assert rules(findings) == {"geometry.box"}


def test_an_element_with_only_an_axis_needs_no_mesh(author, write):
    points = [author.add(f"IFCCARTESIANPOINT(({x}.,0.))") for x in (0, 1)]
    line = author.add(f"IFCPOLYLINE(({','.join(points)}))")
    author.element(author.place(), author.shape(line, "Axis", "Curve2D"))
    meshes, findings = mesh_file(write(author))
    assert not len(meshes)
    assert not findings


def cyclic_placement(author):
    first, second = author.place(), author.place()
    author.lines[int(first[1:]) - 1] = author.lines[int(first[1:]) - 1].replace("($", f"({second}")
    author.lines[int(second[1:]) - 1] = author.lines[int(second[1:]) - 1].replace("($", f"({first}")
    author.element(first, author.shape(author.solid("1000.", "1000.", "1000.")), guid="H" * 22)


def cyclic_boolean(author):
    box = author.solid("1000.", "1000.", "1000.")
    own = f"#{len(author.lines) + 1}"
    item = author.add(f"IFCBOOLEANRESULT(.DIFFERENCE.,{own},{box})")
    author.element(author.place(), author.shape(item, kind="CSG"), guid="H" * 22)


def cyclic_mapped_item(author):
    origin = author.add("IFCCARTESIANPOINT((0.,0.,0.))")
    target = author.add(f"IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,{origin},$,$)")
    number = len(author.lines)
    mapped = author.add(f"IFCMAPPEDITEM(#{number + 3},{target})")
    body = author.add(f"IFCSHAPEREPRESENTATION({author.context},'Body','MappedRepresentation',({mapped}))")
    author.add(f"IFCREPRESENTATIONMAP({author.axes},{body})")
    shape = author.add(f"IFCPRODUCTDEFINITIONSHAPE($,$,({body}))")
    author.element(author.place(), shape, guid="H" * 22)


def nan_coordinate(author):
    author.element(author.place("NAN"), author.shape(author.solid("1000.", "1000.", "1000.")), guid="H" * 22)


def extreme_coordinate(author):
    author.element(author.place("1.E300"), author.shape(author.solid("1000.", "1000.", "1000.")), guid="H" * 22)


def zero_height(author):
    author.element(author.place(), author.shape(author.solid("1000.", "1000.", "0.")), guid="H" * 22)


def dangling_reference(author):
    author.element(author.place(), author.shape("#999999"), guid="H" * 22)


@pytest.mark.parametrize(
    "harm",
    [
        cyclic_placement,
        cyclic_boolean,
        cyclic_mapped_item,
        nan_coordinate,
        extreme_coordinate,
        zero_height,
        dangling_reference,
    ],
    ids=lambda harm: harm.__name__,
)
def test_a_hostile_element_costs_itself_and_nothing_else(author, write, harm):
    author.box(0, 0, 0, (1000, 1000, 1000), guid="G" * 22)
    harm(author)
    started = time.monotonic()
    meshes, findings = mesh_file(write(author), LIMITS)
    assert time.monotonic() - started < LIMITS.wall_s + 3.0
    found = meshes.by_id()
    assert "G" * 22 in found
    assert all(np.isfinite(mesh.vertices).all() for mesh in meshes)
    named = {finding.global_id for finding in findings}
    assert "H" * 22 in found or "H" * 22 in named, (list(found), findings)


def test_a_truncated_file_is_refused_at_the_gate(author, write):
    author.box(0, 0, 0, (1000, 1000, 1000))
    text = author.text()
    with pytest.raises(IfcReadError) as caught:
        mesh_file(write(text[: len(text) // 2]))
    assert caught.value.reason == "truncated"


def test_no_time_at_all_is_a_typed_error(author, write):
    author.box(0, 0, 0, (1000, 1000, 1000))
    with pytest.raises(IfcGeometryError) as caught:
        mesh_file(write(author), Limits(wall_s=1e-3))
    assert caught.value.reason == "timeout"


def test_progress_reaches_the_caller(author, write):
    author.box(0, 0, 0, (1000, 1000, 1000))
    seen: list[tuple[float, str]] = []
    mesh_file(write(author), on_progress=lambda fraction, label: seen.append((fraction, label)))
    assert seen
    assert all(0.0 <= fraction <= 1.0 and label for fraction, label in seen)


def test_an_outlier_does_not_cost_the_others_their_precision(author, write):
    author.box(0, 0, 0, (1000, 1000, 1000), guid="G" * 22)
    author.box(1.0e8, 0, 0, (1000, 1000, 1000), guid="F" * 22)
    meshes, findings = mesh_file(write(author), LIMITS)
    assert not findings
    sizes = [np.ptp(mesh.bounds(), axis=0) for mesh in meshes]
    np.testing.assert_allclose(sizes, [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], atol=1e-4)


def test_the_search_for_bad_elements_meshes_the_good_ones(author, write, tmp_path):
    walls = [author.box(3000 * number, 0, 0, (1000, 200, 2500)) for number in range(4)]
    ids = frozenset(int(wall[1:]) for wall in walls)
    run = _Run(write(author), tmp_path / "stream", False, LIMITS.memory_bytes, time.monotonic() + 20.0, None)
    _search(run, ids)
    assert run.probes == 1
    assert harvest(run.out).shaped() == ids


def test_a_kernel_that_computes_for_too_long_is_stopped_by_its_budget(author, write, tmp_path):
    cyclic_boolean(author)
    run = _Run(write(author), tmp_path / "stream", False, LIMITS.memory_bytes, time.monotonic() + 60.0, None)
    failure = run.attempt(run_hybrid, 1.0, run.source, run.out, None, False)
    assert failure is not None
    assert failure.reason == "timeout"
