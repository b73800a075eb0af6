"""The gate: generated IDS files, auditing, running."""

from pathlib import Path

import ifcopenshell
import ifcopenshell.api
import ifcopenshell.guid
import pytest

from ifc import IfcReadError, Limits
from twin.errors import InvalidInput
from twin.gate import SCHEMAS, DesignStage, Status, audit_ids, data_rows, generate_ids, parse_ids, report_of, run_ids

LIMITS = Limits(60.0)
CODES = [("120679233", Status.PASS), ("20679233", Status.FAIL), ("", Status.FAIL)]


def model(schema="IFC4"):
    file = ifcopenshell.file(schema=schema)
    project = file.create_entity("IfcProject", ifcopenshell.guid.new(), Name="p")
    building = file.create_entity("IfcBuilding", ifcopenshell.guid.new(), Name="b")
    file.create_entity("IfcRelAggregates", ifcopenshell.guid.new(), RelatingObject=project, RelatedObjects=[building])
    return file, building


def put(file, element, name, **values):
    made = [
        file.create_entity("IfcPropertySingleValue", key.replace("__", "-"), None, file.create_entity(*value))
        for key, value in values.items()
    ]
    pset = file.create_entity("IfcPropertySet", ifcopenshell.guid.new(), Name=name, HasProperties=made)
    file.create_entity(
        "IfcRelDefinesByProperties",
        ifcopenshell.guid.new(),
        RelatedObjects=[element],
        RelatingPropertyDefinition=pset,
    )


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("stage", DesignStage)
def test_every_generated_file_is_valid(stage, schema):
    data = generate_ids(stage, schema)
    audit_ids(data)
    names = [item.name for item in parse_ids(data).specifications]
    assert names == [f"{row.property_set}.{row.property}" for row in data_rows(stage)]


def test_a_later_stage_asks_for_more():
    counts = [len(data_rows(stage)) for stage in DesignStage]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]
    sketch = {row.property for row in data_rows(DesignStage.SKETCH)}
    assert "040_Kõrgus" in sketch
    assert "700_EHR-kood" not in sketch


def test_another_schema_is_refused():
    with pytest.raises(InvalidInput) as caught:
        generate_ids(DesignStage.MAIN, "IFC4X3_ADD2")
    assert caught.value.reason == "ids-schema"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_missing_register_code_is_found_with_the_element(schema):
    file, building = model(schema)
    report = report_of(parse_ids(generate_ids(DesignStage.PRELIMINARY, schema)), file)
    by_name = {item.name: item for item in report.specifications}
    missing = by_name["AR_Hoone.700_EHR-kood"]
    assert missing.status is Status.FAIL
    assert [reason.global_id for reason in missing.reasons] == [building.GlobalId]
    assert by_name["AR_Uks.330_Tulekindlus"].status is Status.NOT_APPLICABLE
    assert by_name["AR_Ruum.110_Tüüp"].status is Status.FAIL  # a building without rooms


@pytest.mark.parametrize(
    ("code", "status"), [("120679233", Status.PASS), ("20679233", Status.FAIL), ("", Status.FAIL)]
)
def test_register_code_has_a_form(code, status):
    file, building = model()
    put(file, building, "AR_Hoone", **{"700_EHR__kood": ("IfcLabel", code)})
    report = report_of(parse_ids(generate_ids(DesignStage.PRELIMINARY, "IFC4")), file)
    assert {i.name: i.status for i in report.specifications}["AR_Hoone.700_EHR-kood"] is status


def test_a_number_as_text_is_found():
    file, building = model()
    put(file, building, "AR_Hoone", **{"040_Kõrgus": ("IfcLabel", "25.1")})
    report = report_of(parse_ids(generate_ids(DesignStage.SKETCH, "IFC4")), file)
    found = {i.name: i for i in report.specifications}["AR_Hoone.040_Kõrgus"]
    assert found.status is Status.FAIL
    assert "IfcLabel" in found.reasons[0].reason


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        (b"</ids>", b"", "ids-xml", None),
        (b"<title>", b"<titel>", "ids-xml", None),
        (b"ifcVersion=\"IFC4\"", b"ifcVersion=\"IFC9\"", "ids", 11),
        (b"IFCBUILDINGSTOREY", b"IFCSTOREY", "ids", None),
        (b"IFCLENGTHMEASURE", b"IFCLENGHTMEASURE", "ids", None),
        (b"<ids ", b"<!DOCTYPE ids [<!ENTITY a 'b'>]><ids ", "ids-xml", 1),
    ],
)  # fmt: skip
def test_an_invalid_file_is_refused_with_its_line(old, new, reason, line):
    data = generate_ids(DesignStage.SKETCH, "IFC4")
    assert old in data
    with pytest.raises(InvalidInput) as caught:
        audit_ids(data.replace(old, new))
    assert caught.value.reason == reason
    assert caught.value.line
    assert line is None or caught.value.line == line


def test_too_large_a_file_is_refused():
    with pytest.raises(InvalidInput) as caught:
        audit_ids(b" " * (8 * 2**20 + 1))
    assert caught.value.reason == "too-large"


def test_a_file_is_run_in_a_child(tmp_path):
    file, building = model()
    path = tmp_path / "model.ifc"
    file.write(str(path))
    report = run_ids(generate_ids(DesignStage.SKETCH, "IFC4"), path, LIMITS)
    assert not report.passed
    assert report.counts()["fail"] > 0
    assert report.to_json()["specifications"][0]["status"] in {"pass", "fail", "not_applicable"}
    assert any(r.global_id == building.GlobalId for item in report.specifications for r in item.reasons)


def test_an_unreadable_model_is_refused(tmp_path):
    path = Path(tmp_path / "model.ifc")
    path.write_text("this is no model")
    with pytest.raises(IfcReadError):
        run_ids(generate_ids(DesignStage.SKETCH, "IFC4"), path, LIMITS)


def test_a_senseless_file_is_refused_by_the_child(tmp_path):
    file, _ = model()
    file.write(str(tmp_path / "model.ifc"))
    senseless = generate_ids(DesignStage.SKETCH, "IFC4").replace(b"IFCBUILDINGSTOREY", b"IFCSTOREY")
    with pytest.raises(InvalidInput) as caught:
        run_ids(senseless, tmp_path / "model.ifc", LIMITS)
    assert (caught.value.reason, caught.value.entity) == ("ids", "AR_Korrus.060_Korruse-nimi")
    assert caught.value.line


def test_a_pattern_that_never_ends_is_stopped(tmp_path):
    file, _ = model()
    file.write(str(tmp_path / "model.ifc"))
    old = b"<simpleValue>IFCBUILDING</simpleValue>"
    new = b'<xs:restriction base="xs:string"><xs:pattern value="((([A-Z])+)+)+1"/></xs:restriction>'
    data = generate_ids(DesignStage.SKETCH, "IFC4").replace(old, new)
    with pytest.raises(IfcReadError):
        run_ids(data, tmp_path / "model.ifc", Limits(60.0, cpu_s=2.0))
