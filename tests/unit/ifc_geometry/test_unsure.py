"""Sections along a curve: the second kernel makes them; where it does not, a finding says so."""

import numpy as np
import pytest

from ifc import Kernel, mesh_file
from ifc.geometry import meshing
from ifc.geometry.unsure import unsure_ids

SWEPT, PLAIN = "S" * 22, "P" * 22
ASIDE_MM = 1000.0


def station(author, curve, along, aside):
    where = author.add(f"IFCPOINTBYDISTANCEEXPRESSION(IFCLENGTHMEASURE({along}),{aside},$,$,{curve})")
    return author.add(f"IFCAXIS2PLACEMENTLINEAR({where},$,$)")


@pytest.fixture
def railway(author, write):
    """A kerb along 10 m of the x axis, five metres to the left in its profile and one in its place; and a box."""
    ends = [author.add(f"IFCCARTESIANPOINT(({x},0.,0.))") for x in ("0.", "20000.")]
    curve = author.add(f"IFCPOLYLINE(({','.join(ends)}))")
    middle = author.add("IFCCARTESIANPOINT((5000.,0.))")
    axes = author.add(f"IFCAXIS2PLACEMENT2D({middle},$)")
    profile = author.add(f"IFCRECTANGLEPROFILEDEF(.AREA.,$,{axes},200.,100.)")
    places = ",".join(station(author, curve, along, ASIDE_MM) for along in ("5000.", "15000."))
    swept = author.add(f"IFCSECTIONEDSOLIDHORIZONTAL({curve},({profile},{profile}),({places}))")
    author.element(author.place(), author.shape(swept, kind="AdvancedSweptSolid"), guid=SWEPT)
    author.box(0, 9000, 0, (1000, 1000, 1000), guid=PLAIN)
    return write(author.text().replace("('IFC4')", "('IFC4X3_ADD2')"))


def test_a_section_along_a_curve_is_made_by_the_second_kernel(railway):
    meshes, findings = mesh_file(railway)
    found = meshes.by_id()
    assert not findings
    assert {key: mesh.kernel for key, mesh in found.items()} == {SWEPT: Kernel.HYBRID, PLAIN: Kernel.IFCLITE}
    np.testing.assert_allclose(found[SWEPT].bounds()[:, :2], [[5.0, 5.9], [15.0, 6.1]], atol=1e-3)


def test_without_the_second_kernel_the_shape_stays_and_is_called_unconfirmed(railway, monkeypatch):
    for name in ("FEW_BASE_S", "FEW_PER_MB_S", "UNSURE_ELEMENT_S"):
        monkeypatch.setattr(meshing, name, 0.0)
    meshes, findings = mesh_file(railway, shape_keys={SWEPT: "swept", PLAIN: "plain"})
    found = meshes.by_id()
    assert {mesh.kernel for mesh in meshes} == {Kernel.IFCLITE}
    assert found[SWEPT].bounds()[1, 1] < 0.0  # the reason for all this: the profile is mirrored
    (finding,) = [item for item in findings if item.rule == "geometry.unconfirmed"]
    assert finding.global_id == SWEPT
    assert finding.entity.endswith("IfcWall")
    assert finding.hint
    assert not found[SWEPT].shape_key  # a later version tries again
    assert found[PLAIN].shape_key


def test_all_that_is_built_upon_such_a_body_is_unsure():
    text = (
        b"#1=IFCSECTIONEDSOLIDHORIZONTAL(#9,(#8),(#7));#2=IFCSHAPEREPRESENTATION(#9,'Body','',(#1));"
        b"#3=IFCREPRESENTATIONMAP(#8,#2);#4=IFCMAPPEDITEM(#3,#8);#5=IFCSHAPEREPRESENTATION(#9,'Body','',(#4));"
        b"#6=IFCPRODUCTDEFINITIONSHAPE($,$,(#5));#10=IFCWALL('0',$,'; #1 ''',$,$,#8,#6,$);"
        b"#11=IFCWALL('#1',$,$,$,$,#8,$,$);"
    )
    assert unsure_ids(text) == {1, 2, 3, 4, 5, 6, 10}
    assert unsure_ids(text.replace(b"IFCSECTIONEDSOLIDHORIZONTAL", b"IFCEXTRUDEDAREASOLID")) == frozenset()
