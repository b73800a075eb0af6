from pathlib import Path

import pytest

from ifc import IfcReadError, Limits, Reason, read_file, read_model


def test_header_is_read(step) -> None:
    header = read_model(step("")).header

    assert header.view == "ViewDefinition [CoordinationView]"
    assert (header.originating_system, header.preprocessor) == ("author 2", "exporter 1")
    assert header.time_stamp == "2026-01-02T03:04:05"
    assert header.length_unit_m == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("statement", "entity"),
    [
        ("#20=IFCWALL('0000000000000000000020',$,'W,$,$,$,$,$,$);\n", "#20 IFCWALL"),
        ("#20=IFCWALL('0000000000000000000020',$,'W,$,$,$,$,$,$);\n#21=IFCDOOR('x);\n", "#20 IFCWALL"),
        ("#20=IFCWALL(('0000000000000000000020',$,'W',$,$,$,$,$,$);\n", "#20 IFCWALL"),
        ("#20=IFCWALL('0000000000000000000020',$,'W;\n#21=IFCDOOR(');\n", "#20 IFCWALL"),
        ("#99999999999=IFCWALL('0000000000000000000020',$,$,$,$,$,$,$,$);\n", "#99999999999 IFCWALL"),
    ],
)
def test_a_bad_statement_is_named_with_its_line(step, statement: str, entity: str) -> None:
    with pytest.raises(IfcReadError) as caught:
        read_model(step(statement))

    assert caught.value.reason is Reason.SYNTAX
    assert (caught.value.entity, caught.value.line) == (entity, 17)
    assert caught.value.hint


def test_a_broken_escape_is_repaired_and_told(step) -> None:
    model = read_model(step("#20=IFCWALL('0000000000000000000020',$,'W\\X2\\00E\\X0\\x',$,$,$,$,$,$);\n"))

    assert model.by_id()["0000000000000000000020"].name == "W\ufffdx"
    assert ("encoding.escape", 17) in [(item.rule, item.line) for item in model.findings]


def test_a_file_without_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    path.write_text(
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\n"
        "FILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"
    )

    with pytest.raises(IfcReadError) as caught:
        read_model(path)

    assert caught.value.reason is Reason.NO_PROJECT


def test_a_model_without_spaces_says_so(step) -> None:
    assert "spaces.none" in {item.rule for item in read_model(step("")).findings}


def test_the_child_gives_the_same_model_and_progress(step) -> None:
    path, seen = step("#20=IFCWALL('0000000000000000000020',$,'W',$,$,$,$,$,$);\n"), list[tuple[float, str]]()

    model = read_file(path, Limits(wall_s=60), lambda fraction, label: seen.append((fraction, label)))

    assert model == read_model(path)
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert seen[-1][0] == 1.0


def test_a_refusal_crosses_the_border_of_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    path.write_bytes(b"%PDF")

    with pytest.raises(IfcReadError) as caught:
        read_file(path)

    assert caught.value.reason is Reason.NOT_STEP
