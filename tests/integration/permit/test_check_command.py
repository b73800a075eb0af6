"""`kaksik check` with every output at once, and the page that people have looked at."""

import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.app import build
from api.cli.files import snapshot_of
from twin.bcf import read_bcf
from twin.report import permit_page

GOLDEN = Path(__file__).parent / "golden"
TIME = re.compile(r"<dd>\d{4}-\d\d-\d\d \d\d:\d\d UTC</dd>")


def run(*arguments):
    return CliRunner().invoke(build(), ["check", *map(str, arguments)])


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("check")


@pytest.fixture(scope="module")
def checked(out, sample_district):
    """Check the sample building that is higher than its plan allows."""
    CliRunner().invoke(build(), ["ids", "EP", "--output", str(out / "a.ids")])
    done = run(
        sample_district / "models" / "120900204_as-designed.ifc",
        "--plan", sample_district / "plan_areas.geojson", "--parcels", sample_district / "parcels.geojson",
        "--pack", GOLDEN / "pack.json", "--ids", out / "a.ids",
        "--html", out / "a.html", "--bcf", out / "a.bcf", "--json",
    )  # fmt: skip
    assert done.exit_code == 1, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def model(sample_district):
    return snapshot_of(sample_district / "models" / "120900204_as-designed.ifc", quiet=True)


def test_every_output_tells_the_same(checked, out):
    verdicts = [result["verdict"] for result in checked["results"]]
    asking = [v for v in verdicts if v in ("fail", "needs_human", "data_missing")]
    assert len(read_bcf((out / "a.bcf").read_bytes())) == len(asking) > 0
    assert (out / "a.html").read_text(encoding="utf-8").count("<article") == len(asking)
    assert checked["gate"][0]["counts"]["pass"] > 20


@pytest.mark.parametrize("language", ["en", "et", "fr"])
def test_the_page_is_the_one_that_people_have_looked_at(checked, out, model, language):
    """After a wanted change, look at the page, then write it anew with KAKSIK_WRITE_GOLDEN=1."""
    if language == "en":
        page = (out / "a.html").read_text(encoding="utf-8")
    else:
        page = permit_page(checked, model, language, "2026-01-01T00:00:00Z", checked["gate"])
    page = TIME.sub("<dd>2026-01-01 00:00 UTC</dd>", page)
    golden = GOLDEN / f"report-{language}.html"
    if os.environ.get("KAKSIK_WRITE_GOLDEN"):
        golden.write_text(page, encoding="utf-8")
    assert page == golden.read_text(encoding="utf-8")


def test_the_table_speaks_the_language_that_is_asked_for(sample_district):
    done = run(
        sample_district / "models" / "120900204_as-designed.ifc", "--language", "et", "--pack", GOLDEN / "pack.json",
        "--plan", sample_district / "plan_areas.geojson", "--parcels", sample_district / "parcels.geojson",
    )  # fmt: skip
    assert done.exit_code == 1
    words = " ".join(done.stdout.replace("│", " ").split())
    assert "ei vasta" in words
    assert "planeering lubab 9,5 m" in words
    assert "Masin ei anna luba ega keeldu sellest." in words


def test_the_formal_check_lets_only_verified_sources_decide(sample_district):
    done = run(
        sample_district / "models" / "120900204_as-designed.ifc", "--formal", "--json",
        "--plan", sample_district / "plan_areas.geojson", "--parcels", sample_district / "parcels.geojson",
        "--pack", GOLDEN / "pack.json",
    )  # fmt: skip
    report = json.loads(done.stdout)
    height = next(result for result in report["results"] if result["check_id"] == "plan.height")
    assert (height["source_status"], height["verdict"], height["indication"]) == ("secondary", "needs_human", "fail")
    assert done.exit_code == 0


@pytest.mark.parametrize("option", ["--ids", "--plan", "--parcels", "--pack"])
def test_bad_input_is_refused_before_the_model_is_read(option, tmp_path):
    bad = tmp_path / "bad"
    bad.write_text("neither XML nor JSON")
    done = run(tmp_path / "no-model.ifc", option, bad)
    assert getattr(done.exception, "reason", None) in ("ids-xml", "json", "pack-json")
