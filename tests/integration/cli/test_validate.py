"""`kaksik inspect --validate`: grouped by rule, exit code 1 only for errors, 3 for what is no IFC file."""

import json
import os
import subprocess
import sys

import pytest

from tests.hostile.sheet import Sheet


@pytest.fixture
def validate(tmp_path):
    """Return a function that validates a text and checks the exit code."""

    def run(text, *options, code):
        path = tmp_path / "model.ifc"
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", "from api.cli import main; main()", "inspect", str(path), "--validate", *options],
            env={**os.environ, "KAKSIK_HOME": str(tmp_path), "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


def test_warnings_alone_are_no_reason_to_fail(validate) -> None:
    said = validate(Sheet().text(), code=0).stdout
    assert "warning: georeference.none (1)" in said
    assert "error 0, warning 1, info 1." in said


def test_errors_are_grouped_by_rule_with_line_and_advice(validate) -> None:
    sheet = Sheet()
    sheet.add("IFCPROJECT('short',$,'Q',$,$,$,$,$,#99999)")
    line = sheet.text().splitlines().index(sheet.lines[-1]) + 1

    said = validate(sheet.text(), code=1).stdout

    for rule in ("project.several", "guid.invalid", "reference.dangling"):
        assert f"error: {rule} (1)" in said
    assert f"{line} " in said
    assert "→ The file was cut or edited: export the whole model again." in said


def test_json_says_the_same(validate) -> None:
    sheet = Sheet()
    sheet.add("IFCPROJECT('short',$,'Q',$,$,$,$,$,#99999)")
    report = json.loads(validate(sheet.text(), "--json", code=1).stdout)
    assert report["rules"]["project.several"] == 1
    assert report["counts"]["error"] == sum(f["severity"] == "error" for f in report["findings"])


def test_where_rules_unless_left_out(validate) -> None:
    sheet = Sheet()
    sheet.element("IFCWALL", sheet.shape(sheet.extrusion(sheet.polygon((0, 0), (1, 0), (1, 1), (0, 0)), -1)))
    rule = "schema.rule.IfcPositiveLengthMeasure.WR1"
    assert json.loads(validate(sheet.text(), "--json", code=1).stdout)["rules"][rule] == 1
    said = validate(sheet.text(), "--json", "--no-where-rules", code=0).stdout
    assert rule not in json.loads(said)["rules"]


def test_broken_syntax_is_told_line_by_line(validate) -> None:
    said = validate(Sheet().text().replace("((0.0,0.0,0.0))", "((0.0,NAN,0.0))"), code=1).stdout
    assert "error: syntax" in said
    assert "IFCCARTESIANPOINT" in said


def test_what_is_no_ifc_file_is_refused(validate) -> None:
    assert "not an IFC file" in validate("%PDF-1.7", code=3).stderr
