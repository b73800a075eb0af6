import math

import pytest

from ifc import read_model
from ifc.placement import Placements

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
