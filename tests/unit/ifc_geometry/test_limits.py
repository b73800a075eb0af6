"""What defeats a kernel, or both, costs itself and nothing else."""

import math
import time

import numpy as np
import pytest

from ifc import Kernel, Limits, mesh_file
from ifc.geometry import kernels, meshing
from ifc.geometry.gather import Reuse, gather, harvest
from ifc.geometry.lite import mesh_all

GOOD, OTHER, BOXED, LOST = "G" * 22, "K" * 22, "B" * 22, "L" * 22
CUTS = 80  # leaning cylinders cut from one block: each kernel computes for minutes


def sieve(author, cuts=CUTS):
    """Author a block of 4 x 3 x 2.5 m from which leaning cylinders that cross each other are cut one by one."""
    body = author.solid("4000.", "3000.", "2500.")
    for cut in range(cuts):
        angle, reach = cut * 2.399963, math.sqrt(cut / cuts)
        at = author.add(
            f"IFCCARTESIANPOINT(({1900 * reach * math.cos(angle):.4f},{1400 * reach * math.sin(angle):.4f},-500.))"
        )
        leaning = author.add(f"IFCDIRECTION(({0.3 * math.sin(cut):.5f},{0.3 * math.cos(cut):.5f},1.))")
        axes = author.add(f"IFCAXIS2PLACEMENT3D({at},{leaning},$)")
        circle = author.add("IFCCIRCLEPROFILEDEF(.AREA.,$,$,300.)")
        cylinder = author.add(f"IFCEXTRUDEDAREASOLID({circle},{axes},{author.up},4000.)")
        body = author.add(f"IFCBOOLEANRESULT(.DIFFERENCE.,{body},{cylinder})")
    return body


def boxed_shape(author, item):
    corner = author.add("IFCCARTESIANPOINT((-2000.,-1500.,0.))")
    box = author.add(f"IFCBOUNDINGBOX({corner},4000.,3000.,2500.)")
    stated = author.add(f"IFCSHAPEREPRESENTATION({author.context},'Box','BoundingBox',({box}))")
    body = author.add(f"IFCSHAPEREPRESENTATION({author.context},'Body','CSG',({item}))")
    return author.add(f"IFCPRODUCTDEFINITIONSHAPE($,$,({stated},{body}))")


@pytest.mark.slow
def test_a_file_that_defeats_both_kernels_keeps_the_rest(author, write, monkeypatch):
    for name, seconds in (("IFCLITE_BASE_S", 1.0), ("HYBRID_BASE_S", 1.9), ("PROBE_S", 0.9)):
        monkeypatch.setattr(meshing, name, seconds)
    author.box(0, 9000, 0, (1000, 1000, 1000), guid=GOOD)
    author.element(author.place("20000."), boxed_shape(author, sieve(author)), guid=BOXED)
    author.element(author.place("40000."), author.shape(sieve(author), kind="CSG"), guid=LOST)
    author.box(0, 20000, 0, (1000, 1000, 1000), guid=OTHER)
    started = time.monotonic()
    meshes, findings = mesh_file(write(author), Limits(wall_s=120.0))
    assert time.monotonic() - started < 120.0
    found = meshes.by_id()
    assert {key: mesh.kernel for key, mesh in found.items()} == {
        GOOD: Kernel.IFCLITE,
        OTHER: Kernel.IFCLITE,
        BOXED: Kernel.BOX,
    }
    np.testing.assert_allclose(found[BOXED].bounds(), [[18.0, -1.5, 0.0], [22.0, 1.5, 2.5]])
    told = {(finding.rule, finding.global_id) for finding in findings}
    assert told == {("geometry.box", BOXED), ("geometry.missing", LOST), ("geometry.kernel", None)}


@pytest.fixture
def meshed(author, write, tmp_path, monkeypatch):
    """Return a function that meshes three boxes and a sieve of one hole under limits of triangles."""

    def run(**limits):
        for name, value in limits.items():
            monkeypatch.setattr(kernels, name, value)
        author.box(0, 9000, 0, (1000, 1000, 1000), guid=GOOD)
        author.element(author.place(), author.shape(sieve(author, 1), kind="CSG"), guid=LOST)
        author.box(0, 20000, 0, (1000, 1000, 1000), guid=OTHER)
        out = tmp_path / "stream"
        mesh_all(write(author).read_bytes(), out, False)
        found = harvest(out)
        assert not found.missing()
        return gather(found, {}, frozenset(), Reuse())

    return run


def test_an_element_with_too_many_triangles_becomes_its_box(meshed):
    gathered = meshed(MAX_ELEMENT_TRIANGLES=20)
    found = gathered.meshes.by_id()
    assert {key: mesh.kernel for key, mesh in found.items()} == {
        GOOD: Kernel.IFCLITE,
        OTHER: Kernel.IFCLITE,
        LOST: Kernel.BOX,
    }
    np.testing.assert_allclose(found[LOST].bounds(), [[-2.0, -1.5, 0.0], [2.0, 1.5, 2.5]], atol=1e-6)
    (finding,) = gathered.findings
    assert (finding.rule, finding.global_id) == ("geometry.too-detailed", LOST)


def test_what_comes_after_the_limit_of_the_model_becomes_boxes(meshed):
    gathered = meshed(MAX_TRIANGLES=40)
    boxed = {mesh.global_id for mesh in gathered.meshes if mesh.kernel is Kernel.BOX}
    assert LOST in boxed
    assert {finding.global_id for finding in gathered.findings if finding.rule == "geometry.too-detailed"} == boxed
    assert len(gathered.meshes) == 3
