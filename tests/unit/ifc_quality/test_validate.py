"""The whole validation: children, schema, syntax, bounds, and what cannot be judged."""

import random
import subprocess
import sys

import pytest

from ifc import IfcReadError, Limits, Reason, Severity, validate_file
from ifc.checks import MAX_FINDINGS_PER_RULE
from ifc.gate import admit
from ifc.quality.validate import schema_findings

LIMITS = Limits(wall_s=60)


def by_rule(findings):
    found = {}
    for item in findings:
        found.setdefault(item.rule, []).append(item)
    return found


def line_of(path, start):
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if line.startswith(start))


def test_a_compliant_model_has_no_findings(model) -> None:
    assert validate_file(model(), LIMITS, express_rules=True) == ()


def test_progress_is_told(model) -> None:
    seen = []
    validate_file(model(), LIMITS, lambda fraction, label: seen.append((fraction, label)))
    assert "Judging rules" in {label for _, label in seen}


@pytest.mark.parametrize(
    ("rule", "statement", "entity", "says"),
    [
        ("schema.required", "#60=IFCWALL($,$,'V',$,$,#43,#50,$,$);", "#60 IfcWall", "IfcWall.GlobalId"),
        ("schema.type", "#60=IFCCARTESIANPOINT(('a','b'));", "#60 IfcCartesianPoint", "Coordinates"),
        (
            "schema.abstract",
            "#60=IFCBSPLINECURVE(1,(#5,#5),.UNSPECIFIED.,.F.,.F.);",
            "#60 IfcBSplineCurve",
            "abstract",
        ),
        ("schema.arguments", "#60=IFCCARTESIANPOINT((0.,0.),$,$);", "#60 IfcCartesianPoint", "wrong number"),
        ("schema.unknown-class", "#60=IFCFLYINGCARPET('x');", "#60 IFCFLYINGCARPET", "IFCFLYINGCARPET"),
        (
            "schema.inverse",
            "#60=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000060',$,$,$,(#42),#22);",
            "#42 IfcWall",
            "ContainedInStructure",
        ),
        (
            "schema.value",
            "#60=IFCWALL('0000000000000000000060',$,'V',$,$,#43,#50,$,.ROUND.);",
            "#60 IFCWALL",
            "ROUND",
        ),
    ],
)
def test_the_schema_is_judged(model, rule, statement, entity, says) -> None:
    path = model(add=statement + "\n")

    found = by_rule(validate_file(path, LIMITS))[rule]

    assert entity in {item.entity for item in found}
    own = next(item for item in found if item.entity == entity)
    assert own.severity is Severity.ERROR
    assert says in own.message
    assert own.hint
    assert path.read_text().splitlines()[own.line - 1].startswith(entity.split()[0] + "=")


def test_the_header_is_judged(model) -> None:
    found = by_rule(validate_file(model(("('a'),('o')", "(),('o')")), LIMITS))["header.value"]
    assert (found[0].entity, found[0].severity) == ("FILE_NAME", Severity.WARNING)
    assert "author" in found[0].message


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3"])
def test_where_rules_are_judged_without_pytest(model, schema) -> None:
    """In a fresh interpreter that has no pytest, as an installation for use has none."""
    path = model(("#54,2700.);", "#54,-2700.);"), ("('IFC4')", f"('{schema}')"))
    code = (
        "import sys\n"
        "sys.modules['pytest'] = sys.modules['_pytest'] = None\n"
        "from pathlib import Path\n"
        "from ifc.quality.express import express_findings\n"
        "copy = Path(sys.argv[1])\n"
        "for item in express_findings(copy, rules=True):\n"
        "    print(item.rule, item.entity, item.line, item.message)\n"
    )
    admitted = path.with_name("admitted.ifc")
    admitted.write_bytes(admit(path).data)

    done = subprocess.run([sys.executable, "-c", code, str(admitted)], capture_output=True, text=True, check=True)

    expected = f"schema.rule.IfcPositiveLengthMeasure.WR1 #52 IfcExtrudedAreaSolid {line_of(path, '#52=')}"
    assert expected in done.stdout
    assert "SELF > 0" in done.stdout
    assert "validation.not-judged" not in done.stdout


def test_where_rules_may_be_left_out(model) -> None:
    path = model(("#54,2700.);", "#54,-2700.);"))
    found = {express: by_rule(validate_file(path, LIMITS, express_rules=express)) for express in (True, False)}
    assert "schema.rule.IfcPositiveLengthMeasure.WR1" in found[True]
    assert "schema.rule.IfcPositiveLengthMeasure.WR1" not in found[False]


def test_a_rule_that_breaks_down_is_not_passed_and_not_failed(model) -> None:
    """The rule computes a cross product with a direction of length zero, and stops there."""
    add = (
        "#60=IFCDIRECTION((0.,0.,0.));\n#61=IFCDIRECTION((1.,0.,0.));\n#62=IFCAXIS2PLACEMENT3D(#5,#60,#61);\n"
        "#63=IFCLOCALPLACEMENT($,#62);\n"
    )
    found = by_rule(validate_file(model(add=add), LIMITS))

    (broken,) = found["validation.not-judged"]
    assert "IfcAxis2Placement3D.AxisToRefDirPosition" in broken.message
    assert broken.hint
    assert "schema.rule.IfcAxis2Placement3D.AxisToRefDirPosition" not in found
    assert found["schema.rule.IfcDirection.MagnitudeGreaterZero"][0].entity == "#60 IfcDirection"


def test_every_line_that_breaks_the_syntax_is_found(model) -> None:
    path = model(add="#60=IFCWALL(((;\n#61=IFCWALL(NAN);\nDear reader;\n")

    found = validate_file(path, LIMITS)

    lines = path.read_text().splitlines()
    assert {item.rule for item in found} == {"syntax"}
    assert [lines[item.line - 1][:3] for item in found] == ["#60", "#61", "Dea"]


def test_a_number_out_of_range_is_found(model) -> None:
    path = model(("IFCBOOLEAN(.T.)", "IFCREAL(1.E400)"))
    (found,) = validate_file(path, LIMITS)
    place = (found.entity, found.line)
    assert (found.rule, *place) == ("syntax", "#48 IFCPROPERTYSINGLEVALUE", line_of(path, "#48="))


def test_what_is_no_ifc_file_is_refused(tmp_path) -> None:
    path = tmp_path / "a.ifc"
    path.write_bytes(random.Random(1).randbytes(1000))
    with pytest.raises(IfcReadError) as caught:
        validate_file(path, LIMITS)
    assert caught.value.reason is Reason.NOT_STEP


def test_a_rule_that_never_ends_says_how_often_it_broke(model) -> None:
    many = MAX_FINDINGS_PER_RULE + 50
    add = "".join(
        f"#{1000 + n}=IFCCARTESIANPOINT(('a'));\n#{5000 + n}=IFCWALL('x{n}',$,$,$,$,$,$,$,$);\n" for n in range(many)
    )

    found = by_rule(validate_file(model(add=add), LIMITS))

    for rule in ("schema.type", "guid.invalid"):
        assert len(found[rule]) == MAX_FINDINGS_PER_RULE + 1
        assert any(item.message == "50 more of the same kind." for item in found[rule])


def test_a_schema_that_cannot_be_judged_in_time_is_not_passed(model) -> None:
    schema, rules = schema_findings(model(), Limits(wall_s=0.01), express_rules=True)

    for found, words in ((schema, "EXPRESS"), (rules, "WHERE")):
        assert (found.rule, found.severity) == ("validation.not-judged", Severity.WARNING)
        assert words in found.message
        assert found.hint


def test_errors_come_first(model) -> None:
    found = validate_file(model(("'101'", "$"), ("(#6,#7,#8,#9)", "(#6,#7,#8,#9,#11)")), LIMITS)
    severities = [item.severity for item in found]
    assert severities == sorted(severities, key=list(Severity).index)
    assert {Severity.ERROR, Severity.WARNING} <= set(severities)
