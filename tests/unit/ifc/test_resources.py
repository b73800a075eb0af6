"""Instances without GlobalId: read as values of what refers to them, or on the list of what was not understood."""

import pytest

from ifc import Measure, read_model
from ifc.resources import _COUNTED, _READ, NESTED
from ifc.source import Source


def key(number: int) -> str:
    return str(number).rjust(22, "0")


def attributes(path, number: int):
    model = read_model(path)
    assert model.not_understood == {}
    return model.by_id()[key(number)].attributes


def test_the_axes_of_a_grid_are_named(step) -> None:
    body = (
        "#20=IFCGRID('0000000000000000000020',$,'G',$,$,$,$,(#21,#22),(#23),$,$);\n"
        "#21=IFCGRIDAXIS('A',#24,.T.);\n#22=IFCGRIDAXIS('B',#24,.F.);\n#23=IFCGRIDAXIS('1',#24,.T.);\n"
        "#24=IFCPOLYLINE((#5,#25));\n#25=IFCCARTESIANPOINT((1.,0.,0.));\n"
    )
    found = attributes(step(body), 20)
    assert [(axis["AxisTag"], axis["SameSense"]) for axis in found["UAxes"]] == [("A", True), ("B", False)]
    assert [axis["AxisTag"] for axis in found["VAxes"]] == ["1"]


def test_the_parameters_of_an_alignment_are_read_in_si(step) -> None:
    body = (
        "#20=IFCALIGNMENTSEGMENT('0000000000000000000020',$,'H1',$,$,$,$,#21);\n"
        "#21=IFCALIGNMENTHORIZONTALSEGMENT($,$,#22,0.5,0.,300000.,120000.,$,.CLOTHOID.);\n"
        "#22=IFCCARTESIANPOINT((0.,0.));\n"
    )
    found = attributes(step(body, "IFC4X3_ADD2"), 20)["DesignParameters"]
    assert found["class"] == "IfcAlignmentHorizontalSegment"
    assert found["PredefinedType"] == "CLOTHOID"
    assert found["SegmentLength"] == Measure(120.0, "m", "IfcNonNegativeLengthMeasure")
    assert found["EndRadiusOfCurvature"] == Measure(300.0, "m", "IfcLengthMeasure")
    assert found["StartDirection"] == Measure(0.5, "rad", "IfcPlaneAngleMeasure")


def test_tasks_costs_loads_and_actors_keep_what_they_say(step) -> None:
    body = (
        "#20=IFCTASK('0000000000000000000020',$,'T',$,$,$,$,$,$,.F.,$,#21,$);\n"
        "#21=IFCTASKTIME($,$,$,.WORKTIME.,'P5D','2026-01-02',$,$,$,$,$,$,$,$,$,$,$,$,$,$);\n"
        "#22=IFCCOSTITEM('0000000000000000000022',$,'C',$,$,$,$,(#23),$);\n"
        "#23=IFCCOSTVALUE('sum',$,IFCREAL(7.),$,$,$,$,$,.ADD.,(#24));\n#24=IFCCOSTVALUE('part',$,IFCREAL(3.),$,$,$,$,$,$,$);\n"
        "#25=IFCACTOR('0000000000000000000025',$,'A',$,$,#26);\n#26=IFCORGANIZATION($,'Ehitus AS',$,$,$);\n"
        "#27=IFCSTRUCTURALPOINTACTION('0000000000000000000027',$,'F',$,$,$,$,#28,.GLOBAL_COORDS.,$);\n"
        "#28=IFCSTRUCTURALLOADSINGLEFORCE('load',0.,0.,-5000.,$,$,$);\n"
    )
    records = read_model(step(body)).by_id()
    assert records[key(20)].attributes["TaskTime"]["ScheduleDuration"] == "P5D"
    (cost,) = records[key(22)].attributes["CostValues"]
    assert (cost["AppliedValue"], cost["Components"][0]["AppliedValue"]) == (7.0, 3.0)
    assert records[key(25)].attributes["TheActor"] == {"class": "IfcOrganization", "Name": "Ehitus AS"}
    assert records[key(27)].attributes["AppliedLoad"]["ForceZ"] == Measure(-5000.0, "N", "IfcForceMeasure")


def test_a_property_may_refer_to_a_table(step) -> None:
    body = (
        "#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,$,$);\n"
        "#21=IFCPROPERTYSET('0000000000000000000021',$,'S',$,(#22));\n"
        "#22=IFCPROPERTYREFERENCEVALUE('Curve',$,$,#23);\n"
        "#23=IFCTABLE('t',(#24),$);\n#24=IFCTABLEROW((IFCREAL(1.),IFCLENGTHMEASURE(2000.)),.F.);\n"
        "#25=IFCRELDEFINESBYPROPERTIES('0000000000000000000025',$,$,$,(#20),#21);\n"
    )
    model = read_model(step(body))
    table = model.by_id()[key(20)].property_sets["S"]["Curve"]
    assert table["Rows"][0]["RowCells"] == (1.0, Measure(2.0, "m", "IfcLengthMeasure"))
    assert model.not_understood == {}


def test_what_nothing_refers_to_is_counted(step) -> None:
    body = (
        "#21=IFCTABLEROW((IFCREAL(1.)),.F.);\n"
        "#22=IFCAPPROVAL($,'ok',$,$,$,$,$,$,$);\n#23=IFCRESOURCEAPPROVALRELATIONSHIP($,$,(#24),#22);\n"
        "#24=IFCORGANIZATION($,'o',$,$,$);\n#25=IFCTASKTIME($,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$);\n"
    )
    assert read_model(step(body)).not_understood == {
        "IfcApproval": 1,
        "IfcResourceApprovalRelationship": 1,
        "IfcTableRow": 1,
        "IfcTaskTime": 1,
    }


def test_a_cost_of_itself_ends(step) -> None:
    body = (
        "#22=IFCCOSTITEM('0000000000000000000022',$,'C',$,$,$,$,(#23),$);\n"
        "#23=IFCCOSTVALUE('sum',$,IFCREAL(7.),$,$,$,$,$,.ADD.,(#23));\n"
    )
    model = read_model(step(body))
    assert model.by_id()[key(22)].attributes["CostValues"][0]["AppliedValue"] == 7.0


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3_ADD2"])
def test_the_lists_name_classes_that_exist_and_do_not_contradict(schema: str) -> None:
    every = {name for s in ("IFC2X3", "IFC4", "IFC4X3_ADD2") for name in Source(None, s).classes}
    assert set(NESTED) | set(_COUNTED) | set(_READ) <= every
    source = Source(None, schema)
    counted, read = (frozenset().union(*map(source.family, names)) for names in (_COUNTED, _READ))
    assert not counted & read
