"""Every rule holds on a compliant model and finds what breaks it, by entity and line."""

import ast
from pathlib import Path

import ifcopenshell.guid
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ifc.quality
from ifc import Severity
from ifc.checks import valid_global_id
from ifc.quality.references import on_cycle

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
WALL2 = "#60=IFCWALL({id},$,'V',$,$,{at},#50,$,$);\n"


def wall(guid="'0000000000000000000060'", at="#43"):
    return WALL2.format(id=guid, at=at)


def contained(place="#24", number=61, what="#60"):
    return f"#{number}=IFCRELCONTAINEDINSPATIALSTRUCTURE('00000000000000000000{number}',$,$,$,({what}),{place});\n"


def storey(number, above="#22", guid=None):
    own = guid or f"00000000000000000000{number}"
    return (
        f"#{number}=IFCBUILDINGSTOREY('{own}',$,'2',$,$,#25,$,$,.ELEMENT.,3000.);\n"
        f"#{number + 1}=IFCRELAGGREGATES('00000000000000000000{number + 1}',$,$,$,{above},(#{number}));\n"
    )


UNITS = ("#3=IFCUNITASSIGNMENT((#6,#7,#8,#9));", "#3=IFCUNITASSIGNMENT((#61,#7,#8,#9));")


def foot(factor):
    return (
        f"#60=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE({factor}),#6);\n"
        "#61=IFCCONVERSIONBASEDUNIT(#62,.LENGTHUNIT.,'FOOT',#60);\n"
        "#62=IFCDIMENSIONALEXPONENTS(1,0,0,0,0,0,0);\n"
    )


NO_BUILDING = [
    ("#31=IFCRELAGGREGATES('0000000000000000000031',$,$,$,#20,(#22));\n", ""),
    ("#22=IFCBUILDING(", "#22=IFCBUILDINGELEMENTPROXY("),
    (",$,$,.ELEMENT.,$,$,$);\n#23", ",$,$,$);\n#23"),
]
SECOND_ROOM = (
    "#60=IFCSPACE('0000000000000000000060',$,'101',$,$,#41,#50,$,.ELEMENT.,.INTERNAL.,$);\n"
    "#61=IFCRELAGGREGATES('0000000000000000000061',$,$,$,#24,(#60));\n"
)
MAPPED = ("542000.,6589000.,12.5,1.,0.,", "0.,0.,12.5,1.,0.,")
CASES = [  # (rule, changes, statements added, entity of the first finding, severity)
    ("header.view", [("ViewDefinition [ReferenceView_V1.2]", "no view")], "", "FILE_DESCRIPTION", "warning"),
    ("header.level", [("'2;1'", "'2;x'")], "", "FILE_DESCRIPTION", "warning"),
    ("header.time-stamp", [("2026-01-02T03:04:05", "yesterday")], "", "FILE_NAME", "warning"),
    ("header.tool", [("'author 2'", "' '")], "", "FILE_NAME", "warning"),
    ("header.tool", [("'exporter 1'", "''")], "", "FILE_NAME", "warning"),
    ("guid.invalid", [("0000000000000000000042", "short")], "", "#42 IfcWall", "error"),
    (
        "guid.invalid",
        [("0000000000000000000044", "z000000000000000000044")],
        "",
        "#44 IfcRelContainedInSpatialStructure",
        "error",
    ),
    ("guid.invalid", [("0000000000000000000047", "00000000000000000000-7")], "", "#47 IfcPropertySet", "error"),
    ("guid.duplicate", [], wall("'0000000000000000000042'") + contained(), "#60 IfcWall", "error"),
    ("guid.duplicate", [], wall("'0000000000000000000047'") + contained(), "#60 IfcWall", "error"),
    ("reference.dangling", [("#48=", "#480=")], "", "#47 IFCPROPERTYSET", "error"),
    (
        "reference.cyclic",
        [],
        "#60=IFCBOOLEANRESULT(.UNION.,#52,#61);\n#61=IFCBOOLEANRESULT(.UNION.,#60,#52);\n",
        "#60 IFCBOOLEANRESULT",
        "error",
    ),
    ("reference.cyclic", [], "#60=IFCCOMPLEXPROPERTY('#60',$,'x',(#60));\n", "#60 IFCCOMPLEXPROPERTY", "error"),
    (
        "project.several",
        [],
        "#60=IFCPROJECT('0000000000000000000060',$,'Q',$,$,$,$,(#2),#3);\n",
        "#60 IfcProject",
        "error",
    ),
    ("units.missing-kind", [("(#6,#7,#8,#9)", "(#6,#7,#9)")], "", "IfcUnitAssignment", "warning"),
    ("units.missing-kind", [("(#6,#7,#8,#9)", "(#7,#8,#9)")], "", "IfcUnitAssignment", "error"),
    ("units.repeated", [("(#6,#7,#8,#9)", "(#6,#7,#8,#9,#11)")], "", "#11 IfcSIUnit", "error"),
    ("units.conversion", [UNITS], foot("0."), "#61 IfcConversionBasedUnit", "error"),
    ("units.conversion", [UNITS], foot("-304.8"), "#61 IfcConversionBasedUnit", "error"),
    ("units.kind", [(".MILLI.,.METRE.", "$,.SECOND.")], "", "#6 IfcSIUnit", "error"),
    ("structure.building", NO_BUILDING, "", "IfcBuilding", "error"),
    (
        "structure.parent",
        [("#30=IFCRELAGGREGATES('0000000000000000000030',$,$,$,#1,(#20));\n", "")],
        "",
        "#20 IfcSite",
        "error",
    ),
    ("structure.parent", [], storey(60, above="#20"), "#60 IfcBuildingStorey", "error"),
    (
        "structure.parent",
        [],
        "#60=IFCRELAGGREGATES('0000000000000000000060',$,$,$,#20,(#24));\n",
        "#24 IfcBuildingStorey",
        "error",
    ),
    ("containment.several", [], storey(60) + contained("#60", 62, "#42"), "#42 IfcWall", "error"),
    (
        "containment.part",
        [],
        wall() + contained() + "#62=IFCRELAGGREGATES('0000000000000000000062',$,$,$,#60,(#42));\n",
        "#42 IfcWall",
        "warning",
    ),
    ("containment.missing", [], wall(), "#60 IfcWall", "warning"),
    ("storey.elevation", [(".ELEMENT.,3000.", ".ELEMENT.,3100.")], "", "#24 IfcBuildingStorey", "warning"),
    ("space.name", [("'101'", "$")], "", "#40 IfcSpace", "warning"),
    (
        "space.geometry",
        [("#41,#50,$,.ELEMENT.,.INTERNAL.", "#41,$,$,.ELEMENT.,.INTERNAL.")],
        "",
        "#40 IfcSpace",
        "warning",
    ),
    ("space.number", [], SECOND_ROOM, "#40 IfcSpace", "info"),
    (
        "placement.container",
        [("#43=IFCLOCALPLACEMENT(#25", "#43=IFCLOCALPLACEMENT(#21")],
        "",
        "#42 IfcWall",
        "warning",
    ),
    ("placement.container", [("#43=IFCLOCALPLACEMENT(#25", "#43=IFCLOCALPLACEMENT($")], "", "#42 IfcWall", "warning"),
    ("placement.cyclic", [("#43=IFCLOCALPLACEMENT(#25", "#43=IFCLOCALPLACEMENT(#43")], "", "#42 IfcWall", "error"),
    ("coordinates.far", [("(0.,0.,3000.)", "(0.,1000001.,3000.)")], "", "#24 IfcBuildingStorey", "warning"),
    ("coordinates.far", [], "#60=IFCCARTESIANPOINT((0.,-1000001.,0.));\n", "#60 IfcCartesianPoint", "warning"),
    ("georeference.blank", [MAPPED], "", "#12 IfcMapConversion", "warning"),
    ("georeference.direction", [("12.5,1.,0.,", "12.5,0.,0.,")], "", "#12 IfcMapConversion", "error"),
    ("georeference.site-location", [("(59,26,14,0)", "(95,26,14,0)")], "", "#20 IfcSite", "warning"),
    (
        "georeference.site-location",
        [("(59,26,14,0),(24,44,43,0)", "(0,0,0,0),(0,0,0,0)")],
        "",
        "#20 IfcSite",
        "warning",
    ),
    ("georeference.crs-name", [("'EPSG:3301'", "'L-EST97'")], "", "#10 IfcProjectedCRS", "warning"),
    ("georeference.crs-name", [("'EPSG:3301'", "''")], "", "#10 IfcProjectedCRS", "warning"),
    ("georeference.range", [("542000.", "1542000.")], "", None, "error"),
    ("property-set.empty", [("$,(#48));", "$,());")], "", "#47 IfcPropertySet", "warning"),
    ("property-set.name", [("'Pset_WallCommon'", "''")], "", "#47 IfcPropertySet", "warning"),
    (
        "type.unused",
        [("#46=IFCRELDEFINESBYTYPE('0000000000000000000046',$,$,$,(#42),#45);\n", "")],
        "",
        "#45 IfcWallType",
        "info",
    ),
    ("type.missing", [], wall() + contained(), "#60 IfcWall", "info"),
    (
        "class.proxy",
        [],
        wall().replace("IFCWALL", "IFCBUILDINGELEMENTPROXY") + contained(),
        "#60 IfcBuildingElementProxy",
        "warning",
    ),
]


def test_the_compliant_model_keeps_every_rule(judge) -> None:
    assert judge() == {}


@pytest.mark.parametrize(("rule", "changes", "add", "entity", "severity"), CASES)
def test_what_breaks_a_rule_is_found(judge, model, rule, changes, add, entity, severity) -> None:
    found = judge(*changes, add=add)

    assert rule in found
    first = found[rule][0]
    assert (first.entity, first.severity) == (entity, Severity(severity))
    assert first.message
    assert first.hint
    if entity and entity.startswith("#"):
        lines = model(*changes, add=add).read_text().splitlines()
        assert lines[first.line - 1].startswith(entity.split()[0] + "=")
    elif entity and entity.startswith("FILE"):
        assert first.line in (3, 4)


def test_a_model_without_site_and_storeys_says_so(judge) -> None:
    gone = "#24=IFCBUILDINGSTOREY('0000000000000000000024',$,'1',$,$,#25,$,$,.ELEMENT.,3000.);"
    zone = "#24=IFCSPATIALZONE('0000000000000000000024',$,'1',$,$,#25,$,$,$);"
    site = "#20=IFCSITE('0000000000000000000020',$,'Site',$,$,#21,$,$,.ELEMENT.,(59,26,14,0),(24,44,43,0),$,$,$);"
    plot = "#20=IFCSPATIALZONE('0000000000000000000020',$,'Site',$,$,#21,$,$,$);"

    found = judge((gone, zone), (site, plot))

    assert found["structure.storey"][0].severity is Severity.ERROR
    assert found["structure.site"][0].severity is Severity.WARNING


def test_near_and_just_within_is_fine(judge) -> None:
    assert "coordinates.far" not in judge(add="#60=IFCCARTESIANPOINT((0.,-999999.,0.));\n")
    assert "storey.elevation" not in judge((".ELEMENT.,3000.", ".ELEMENT.,3009."))
    in_room = ("(#42),#24);", "(#42),#40);")
    assert "placement.container" not in judge(in_room)
    assert "placement.container" in judge(in_room, ("#43=IFCLOCALPLACEMENT(#25", "#43=IFCLOCALPLACEMENT(#23"))
    assert "containment.part" not in judge(
        add=wall() + "#62=IFCRELAGGREGATES('0000000000000000000062',$,$,$,#42,(#60));\n"
    )


@pytest.mark.parametrize(
    "name", ["EPSG:3301", "epsg:25832", "urn:ogc:def:crs:EPSG::3301", "urn:ogc:def:crs:EPSG:9.9:3301"]
)
def test_a_registered_reference_system_is_fine(judge, name) -> None:
    assert "georeference.crs-name" not in judge(("'EPSG:3301'", f"'{name}'"))


def test_every_rule_has_a_case() -> None:
    """The rules are read from the code: a rule that nobody breaks in a test is not believed."""
    tested = {case[0] for case in CASES} | {"structure.site", "structure.storey"}
    written = set()
    for name in ("header", "identity", "references", "structure", "place", "content"):
        tree = ast.parse((Path(ifc.quality.__file__).parent / f"{name}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                head = node.value.partition(".")[0]
                if " " not in node.value and head in {rule.partition(".")[0] for rule in tested}:
                    written.add(node.value)
    assert written
    assert written <= tested


def test_what_leads_to_or_from_a_circle_is_not_cyclic() -> None:
    graph = {b"a": [b"b"], b"b": [b"c", b"x"], b"c": [b"b", b"d"], b"d": [b"e"], b"e": [], b"f": [b"f", b"a"]}
    assert on_cycle(graph) == [b"a", b"b", b"c", b"f"]  # a lies between two circles


def test_boundaries_that_name_each_other_are_no_circle(judge) -> None:
    boundary = (
        "IFCRELSPACEBOUNDARY2NDLEVEL('0000000000000000000060',$,'2ndLevel','2a',#40,#42,$,.PHYSICAL.,.INTERNAL.,$,"
    )
    other = boundary.replace("060'", "061'")
    assert judge(add=f"#60={boundary}#61);\n#61={other}#60);\n") == {}


def test_a_reference_in_a_text_is_none(judge) -> None:
    assert judge(add="#60=IFCPERSON($,'see #60 and #999',$,$,$,$,$,$);\n") == {}


@given(st.text(alphabet=ALPHABET, min_size=22, max_size=22))
def test_a_global_id_is_valid_if_its_compression_is_stable(text: str) -> None:
    stable = ifcopenshell.guid.compress(ifcopenshell.guid.expand(text)) == text if text[0] in "0123" else False
    assert valid_global_id(text) == stable
