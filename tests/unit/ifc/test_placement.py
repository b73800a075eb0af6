import math
from pathlib import Path

import pytest

from ifc import read_model
from ifc.placement import Placements
from ifc.placement_columns import world_matrices
from ifc.step import StepText
from ifc.step_table import tabled

BASE = """#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#4,$);
#3=IFCUNITASSIGNMENT((#6,#7,#8,#9));
#4=IFCAXIS2PLACEMENT3D(#5,$,$);
#5=IFCCARTESIANPOINT((0.,0.,0.));
#6=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#7=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.);
#8=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
#9=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.KELVIN.);
"""

KEY = "0000000000000000000020"


def test_placements_compose_to_metres(step) -> None:
    record = read_model(
        step(
            "#20=IFCWALL('0000000000000000000020',$,'W',$,$,#30,$,$,$);\n"
            "#30=IFCLOCALPLACEMENT(#31,#34);\n"
            "#31=IFCLOCALPLACEMENT($,#32);\n"
            "#32=IFCAXIS2PLACEMENT3D(#33,#36,#37);\n"
            "#33=IFCCARTESIANPOINT((1000.,2000.,3000.));\n"
            "#34=IFCAXIS2PLACEMENT3D(#35,$,$);\n"
            "#35=IFCCARTESIANPOINT((500.,0.,0.));\n"
            "#36=IFCDIRECTION((0.,0.,1.));\n"
            "#37=IFCDIRECTION((0.,2.,0.));\n"
        )
    ).by_id()[KEY]

    assert record.placement == pytest.approx((0, -1, 0, 1.0, 1, 0, 0, 2.5, 0, 0, 1, 3.0, 0, 0, 0, 1))


def test_cyclic_placement_is_told_with_its_line(step) -> None:
    model = read_model(
        step(
            "#20=IFCWALL('0000000000000000000020',$,'W',$,$,#30,$,$,$);\n"
            "#30=IFCLOCALPLACEMENT(#31,#4);\n#31=IFCLOCALPLACEMENT(#30,#4);\n"
        )
    )

    (finding,) = [item for item in model.findings if item.rule == "placement.cyclic"]
    assert model.by_id()[KEY].placement is None
    assert (finding.global_id, finding.entity, finding.line) == (KEY, "#20 IfcWall", 17)


def test_a_chain_of_a_hundred_thousand_placements_is_composed() -> None:
    statements = {b"#%d" % n: b"IFCLOCALPLACEMENT(#%d,#0)" % (n - 1) for n in range(2, 100_001)}
    statements |= {b"#1": b"IFCLOCALPLACEMENT($,#0)", b"#0": b"IFCAXIS2PLACEMENT3D(#x,$,$)", b"#x": b"P((1.,0.,0.))"}

    matrix = Placements(statements, 1.0).metres(b"#100000")

    assert matrix is not None
    assert matrix[3] == pytest.approx(100_000)


@pytest.mark.parametrize(
    ("body", "axis"),
    [
        (b"IFCAXIS2PLACEMENT2D(#2,#3)", (0.0, 1.0, 0.0)),
        (b"IFCAXIS2PLACEMENT3D(#2,#3,#3)", (1.0, 0.0, 0.0)),
        (b"IFCAXIS2PLACEMENT3D(#2,#4,#4)", (0.0, 1.0, 0.0)),
        (b"IFCAXIS2PLACEMENT3D(#9,#9,#9)", (1.0, 0.0, 0.0)),
    ],
)
def test_axes_are_orthonormal_whatever_is_given(body: bytes, axis: tuple[float, ...]) -> None:
    statements = {b"#1": body, b"#2": b"P((0.,0.))", b"#3": b"D((0.,1.))", b"#4": b"D((1.,0.,0.))"}

    matrix = Placements(statements, 1.0).axes(b"#1")

    columns = [matrix[index::4] for index in range(3)]
    assert columns[0] == pytest.approx(axis)
    for one in range(3):
        for other in range(3):
            assert sum(map(math.prod, zip(columns[one], columns[other], strict=True))) == pytest.approx(
                float(one == other)
            )


def test_numbers_that_are_not_finite_give_no_placement() -> None:
    statements = {
        b"#1": b"IFCLOCALPLACEMENT($,#2)",
        b"#2": b"IFCAXIS2PLACEMENT3D(#3,$,$)",
        b"#3": b"P((1E999,0.,0.))",
    }

    assert Placements(statements, 1.0).metres(b"#1") is None


def test_a_place_on_a_grid_or_along_an_alignment_is_told_as_approximate(step) -> None:
    model = read_model(
        step(
            "#20=IFCWALL('0000000000000000000020',$,'W',$,$,#30,$,$,$);\n"
            "#21=IFCWALL('0000000000000000000021',$,'V',$,$,#32,$,$,$);\n"
            "#22=IFCWALL('0000000000000000000022',$,'U',$,$,#33,$,$,$);\n"
            "#30=IFCLOCALPLACEMENT(#31,#4);\n#31=IFCLINEARPLACEMENT($,#99,$);\n"
            "#32=IFCLINEARPLACEMENT($,#99,#34);\n#33=IFCLOCALPLACEMENT($,#4);\n"
            "#34=IFCAXIS2PLACEMENT3D(#35,$,$);\n#35=IFCCARTESIANPOINT((5000.,0.,0.));\n",
            schema="IFC4X3_ADD2",
        )
    )

    assert [f.global_id for f in model.findings if f.rule == "placement.approximated"] == [KEY]
    assert model.by_id()["0000000000000000000021"].placement[3] == 5.0


def test_true_north_stands_in_the_project_where_the_file_says_it(step) -> None:
    base = BASE.replace("#4,$);", "#4,#98);") + "#98=IFCDIRECTION((-1.,1.));\n"

    (project,) = read_model(step("", base=base)).of_class("IfcProject")
    assert project.attributes["TrueNorth"].value == pytest.approx(math.pi / 4)
    (silent,) = read_model(step("")).of_class("IfcProject")
    assert "TrueNorth" not in silent.attributes


def test_presentation_layers_reach_the_products_also_through_maps(step) -> None:
    model = read_model(
        step(
            "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,#40,$,$);\n"
            "#21=IFCWALL('0000000000000000000021',$,'V',$,$,$,#50,$,$);\n"
            "#22=IFCWALL('0000000000000000000022',$,'U',$,$,$,#60,$,$);\n"
            "#40=IFCPRODUCTDEFINITIONSHAPE($,$,(#41));\n#41=IFCSHAPEREPRESENTATION(#2,'Body','Brep',(#42));\n"
            "#42=IFCFACETEDBREP(#43);\n#43=IFCCLOSEDSHELL(());\n"
            "#50=IFCPRODUCTDEFINITIONSHAPE($,$,(#51));\n#51=IFCSHAPEREPRESENTATION(#2,'Body','Map',(#52));\n"
            "#52=IFCMAPPEDITEM(#53,#54);\n#53=IFCREPRESENTATIONMAP(#4,#41);\n"
            "#54=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#5,$,$);\n"
            "#60=IFCPRODUCTDEFINITIONSHAPE($,$,(#61));\n#61=IFCSHAPEREPRESENTATION(#2,'Body','Brep',(#43));\n"
            r"#70=IFCPRESENTATIONLAYERASSIGNMENT('M\X2\00FC\X0\rid',$,(#41),$);"
            "#71=IFCPRESENTATIONLAYERASSIGNMENT('A',$,(#42),$);\n"
        )
    ).by_id()

    layers = [model[KEY[:-1] + last].attributes.get("PresentationLayers") for last in "012"]
    assert layers[0] == layers[1] == ("A", "M\u00fcrid")
    assert layers[2] is None


@pytest.mark.models
@pytest.mark.parametrize(
    "name", ["duplex_arch_2x3", "great_court_roof_2x3", "fzk_haus_ac20_ifc4", "acca_telecom_4x3"]
)
def test_all_placements_at_once_are_those_composed_one_by_one(models_dir: Path, name: str) -> None:
    text = StepText((models_dir / f"{name}.ifc").read_bytes())
    single = Placements(text.statements, 0.001)
    found = world_matrices(text.table, 0.001)

    assert len(found) == text.counts["IFCLOCALPLACEMENT"] or name.startswith("acca")
    assert found
    for number, matrix in found.items():
        assert matrix == pytest.approx(single.metres(b"#%d" % number), rel=1e-12, abs=1e-12)


def test_what_needs_thought_is_left_out() -> None:
    graph = {
        b"#1": b"IFCLOCALPLACEMENT(#2,#9)",
        b"#2": b"IFCLOCALPLACEMENT(#1,#9)",
        b"#3": b"IFCLOCALPLACEMENT(#4,#9)",
        b"#4": b"IFCGRIDPLACEMENT($,$)",
        b"#5": b"IFCLOCALPLACEMENT($,#10)",
        b"#6": b"IFCLOCALPLACEMENT($,$)",
        b"#7": b"IFCLOCALPLACEMENT($,#9)",
        b"#9": b"IFCAXIS2PLACEMENT2D(#11,$)",
        b"#10": b"IFCAXIS2PLACEMENT3D(#11,#12,#12)",
        b"#11": b"IFCCARTESIANPOINT((1000.,2000.))",
        b"#12": b"IFCDIRECTION((0.,0.,1.))",
    }

    assert world_matrices(tabled(graph), 0.001) == {7: (1, 0, 0, 1.0, 0, 1, 0, 2.0, 0, 0, 1, 0, 0, 0, 0, 1)}
