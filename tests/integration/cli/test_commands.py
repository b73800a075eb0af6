"""The commands as a person or a script runs them: data, exit codes, refusals."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROW = "120900200"


@pytest.fixture(scope="module")
def models(sample_district):
    return sample_district / "models"


@pytest.fixture(scope="module")
def own_home(tmp_path_factory):
    return tmp_path_factory.mktemp("cli") / "kaksik"


@pytest.fixture(scope="module")
def kaksik(own_home):
    """Return a function that runs the command line and checks its exit code."""

    def run(*arguments, code=0, cwd=None):
        done = subprocess.run(
            [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)],
            env={**os.environ, "KAKSIK_HOME": str(own_home), "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            cwd=cwd,
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


def as_json(done):
    return json.loads(done.stdout)


def test_help_names_every_command_and_the_exit_codes(kaksik):
    text = kaksik("--help").stdout
    for name in [
        "load",
        "inspect",
        "check",
        "energy",
        "seal",
        "verify",
        "diff",
        "serve",
        "demo",
        "rebuild",
        "settings",
        "doctor",
    ]:
        assert name in text
    assert "3 input refused" in text


def test_inspect_shows_what_is_in_a_model(kaksik, models):
    data = as_json(kaksik("inspect", models / f"{ROW}_as-designed.ifc", "--json"))
    assert (data["building_id"], data["schema"], data["classes"]["IfcSpace"]) == (ROW, "IFC4", 2)
    assert data["findings"] == []
    assert data["not_understood"] == {}
    assert (
        sum(data["geometry"][kernel] for kernel in ("ifclite", "hybrid") if kernel in data["geometry"])
        == data["meshes"]
    )
    assert sum(storey["spaces"] for storey in data["storeys"]) == 2
    areas = [item["FloorArea"]["value"] for item in data["derived"].values()]
    assert sum(storey["floor_area_m2"] for storey in data["storeys"]) == pytest.approx(sum(areas), abs=0.01)
    assert data["materials"]
    assert data["property_sets"]["AR_Hoone"] == 1
    said = kaksik("inspect", models / f"{ROW}_as-designed.ifc").stdout
    for words in ("IfcSpace", "Storeys", "Materials", "Floor m² (derived)", "Not understood: nothing"):
        assert words in said


def test_inspect_lists_what_was_lost(kaksik, models, tmp_path):
    lossy = tmp_path / "lossy.ifc"
    text = (models / f"{ROW}_as-designed.ifc").read_text()
    series = (
        "#9999990=IFCIRREGULARTIMESERIES('lost',$,'2026-01-01T00:00:00','2026-01-02T00:00:00',.CONTINUOUS.,.MEASURED.,"
        "$,$,(#9999991));\n#9999991=IFCIRREGULARTIMESERIESVALUE('2026-01-01T00:00:00',(IFCREAL(1.)));\n"
        "ENDSEC;\nEND-ISO"
    )
    lossy.write_text(series.join(text.rsplit("ENDSEC;\nEND-ISO", 1)))
    lost = {"IfcIrregularTimeSeries": 1, "IfcIrregularTimeSeriesValue": 1}
    assert as_json(kaksik("inspect", lossy, "--json"))["not_understood"] == lost
    assert "IfcIrregularTimeSeriesValue" in kaksik("inspect", lossy).stdout


def test_check_finds_the_building_that_is_too_high(kaksik, models, sample_district):
    arguments = ["check", models / "120900204_as-designed.ifc", "--plan", sample_district / "plan_areas.geojson"]
    report = as_json(kaksik(*arguments, "--parcels", sample_district / "parcels.geojson", "--json", code=1))
    failed = [r for r in report["results"] if r["verdict"] == "fail"]
    assert [r["check_id"] for r in failed] == ["plan.height"]
    assert "9.5" in kaksik(*arguments, code=1).stdout


def test_check_passes_a_compliant_building(kaksik, models):
    assert as_json(kaksik("check", models / f"{ROW}_as-designed.ifc", "--json"))["counts"]["fail"] == 0


def test_energy_prints_a_need_and_no_class(kaksik, models, tmp_path):
    done = kaksik("energy", models / f"{ROW}_as-designed.ifc", "--json", code=1)
    assert as_json(done)["need"]["heating_kwh_m2"] > 10
    declared = tmp_path / "declared.json"
    declared.write_text('{"photovoltaics": [{"peak_kw": 3, "azimuth_deg": 180, "tilt_deg": 35}]}', encoding="utf-8")
    shown = kaksik("energy", models / f"{ROW}_as-designed.ifc", "--declared", declared, code=1).stdout
    assert "No energy class" in shown
    assert "performance ratio" in shown


def test_diff_tells_stages_apart_and_equal_files_equal(kaksik, models):
    house = [models / f"120900101_as-{stage}.ifc" for stage in ("designed", "built")]
    assert as_json(kaksik("diff", *house, "--json", code=1))["changed"]
    assert "moved by 1.000 m" in kaksik("diff", *house, code=1).stdout
    equal = as_json(kaksik("diff", house[0], house[0], "--json"))
    assert (equal["added"], equal["removed"], equal["changed"]) == ([], [], [])


def test_load_seal_verify_and_rebuild(kaksik, models, tmp_path):
    loaded = as_json(kaksik("load", models / f"{ROW}_as-designed.ifc", "--json"))
    assert (loaded[0]["building_id"], loaded[0]["version"]) == (ROW, 1)
    again = as_json(kaksik("load", models / f"{ROW}_as-designed.ifc", "--json"))
    assert again[0]["version"] == 1
    bundle, public = tmp_path / "b.kaksik-seal", tmp_path / "p.kaksik-seal"
    sealed = as_json(kaksik("seal", ROW, "as-designed", "-o", bundle, "--json"))
    assert sealed["verdict"] == "valid"
    verdict = as_json(kaksik("verify", bundle, "--ifc", models / f"{ROW}_as-designed.ifc", "--json"))
    assert verdict["facts"]["building_id"] == ROW
    kaksik("verify", bundle, "--issuer", sealed["issuer"])
    kaksik("verify", bundle, "--issuer", "did:key:z6Mkstranger", code=1)
    kaksik("verify", bundle, "--ifc", models / "120900201_as-designed.ifc", code=1)
    kaksik("seal", ROW, "as-designed", "--public", "-o", public)
    assert public.stat().st_size < bundle.stat().st_size
    kaksik("verify", public)
    assert as_json(kaksik("rebuild", "graph", "--json"))["count"] == 1
    assert as_json(kaksik("rebuild", "geometry", "--json"))["count"] == 1
    kaksik("rebuild", "latest")


def test_points_are_bound_and_faulty_files_refused(kaksik, sample_district, tmp_path):
    everything = json.loads((sample_district / "points.json").read_text())["points"]
    mine = [point for point in everything if point["building_id"] == ROW]
    file = tmp_path / "points.json"
    file.write_text(json.dumps({"points": mine}))
    assert as_json(kaksik("points", file, "--json")) == {"registered": len(mine), "findings": []}
    mine[0]["global_id"] = "0000000000000000000000"
    file.write_text(json.dumps({"points": mine}))
    assert as_json(kaksik("points", file, "--json", code=1))["findings"]
    file.write_text("{}")
    kaksik("points", file, code=3)


def test_a_refused_file_does_not_stop_the_others(kaksik, models, tmp_path):
    bad = tmp_path / "bad.ifc"
    bad.write_text("nothing")
    results = as_json(kaksik("load", bad, models / "120900202_as-designed.ifc", "--json", code=3))
    assert results[0]["problem"]["reason"] == "not-step"
    assert results[1]["building_id"] == "120900202"


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect", "no-such-file.ifc"],
        ["check", "no-such-file.ifc"],
        ["verify", "no-such-file"],
        ["seal", "none", "as-built"],
        ["serve", "--host", "0.0.0.0"],
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(kaksik, arguments):
    done = kaksik(*arguments, code=3)
    assert done.stderr.startswith("Refused:")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["load"],
        ["load", "x.ifc", "--stage", "dreamt"],
        ["energy", "x.ifc", "--year", "20255"],
        ["rebuild", "rome"],
    ],
)
def test_wrong_usage_has_its_own_exit_code(kaksik, arguments):
    kaksik(*arguments, code=2)


def test_a_bad_plan_names_its_feature(kaksik, models, tmp_path):
    swapped = tmp_path / "plan.geojson"
    swapped.write_text('{"type":"FeatureCollection","features":[]')
    done = kaksik("check", models / f"{ROW}_as-designed.ifc", "--plan", swapped, code=3)
    assert "Refused:" in done.stderr


def test_settings_and_doctor(kaksik, own_home):
    assert as_json(kaksik("settings", "--json"))["home"] == str(own_home)
    assert "KAKSIK_HOME" in kaksik("settings").stdout
    found = {item["what"]: item["ok"] for item in as_json(kaksik("doctor", "--json"))}
    assert found["Python"]
    assert found["Packages"]


def test_a_setting_that_cannot_be_used_is_named(kaksik, monkeypatch):
    monkeypatch.setenv("KAKSIK_PORT", "harbour")
    done = kaksik("settings", code=2)
    assert "KAKSIK_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_answers_and_stops_when_told(own_home):
    child = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", "--json"],
        env={**os.environ, "KAKSIK_HOME": str(own_home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        printed = ""
        while "}" not in printed:
            printed += child.stdout.readline()
        address = json.loads(printed)["address"]
        with urllib.request.urlopen(address + "api/v1/health", timeout=20) as answer:
            assert json.load(answer)["status"] == "ok"
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(20)
        child.stdout.close()


def test_a_second_process_is_told_that_the_graph_is_in_use(own_home, kaksik, models):
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(own_home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "open\n"
        done = kaksik("load", models / f"{ROW}_as-designed.ifc", code=3)
        assert "in use" in done.stderr
    finally:
        holder.communicate("done\n", timeout=20)


_HOLDER = """
import sys
from pathlib import Path
from twin.service import open_twin
from twin.settings import Settings
twin = open_twin(Settings(home=Path(sys.argv[1])))
print("open", flush=True)
sys.stdin.readline()
twin.close()
"""


def test_names_with_markup_are_printed_as_they_are(kaksik, models, tmp_path):
    source = Path(models / f"{ROW}_as-designed.ifc").read_text(encoding="latin-1")
    marked = tmp_path / "marked.ifc"
    marked.write_text(source.replace("'Eluruum'", "'[bold]<b>Elu</b>[/bold]'"), encoding="latin-1")
    shown = kaksik("diff", models / f"{ROW}_as-designed.ifc", marked, code=1).stdout
    assert "[bold]<b>Elu</b>[/bold]" in shown
