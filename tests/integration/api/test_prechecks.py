"""The check of a model over HTTP before anything is filed: a report comes of it, and nothing stays."""

import json
import re

import pytest
from sqlalchemy import text

from twin.gate import DesignStage, generate_ids
from twin.precheck import fitting

HOUSE = "120900101"
PLACE = "542010,6587970,12.4,0"
BESIDE = ("fire.separation", "plan.overlap", "plan.buildings")


@pytest.fixture(scope="module")
def house(sample_district):
    return (sample_district / "models" / f"{HOUSE}_as-designed.ifc").read_bytes()


@pytest.fixture(scope="module")
def plan(sample_district):
    return (sample_district / "plan_areas.geojson").read_bytes()


def rows(client):
    tables = ("building", "version", "version_file", "report")
    with client.app.state.twin.engine.connect() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in tables}


def ask(client, place=None, **files):
    answer = client.post("/api/v1/prechecks", params={} if place is None else {"place": place}, files=files)
    assert answer.status_code == 202, answer.text
    return client.app.state.jobs.wait(answer.json()["job_id"], 120)


def result_of(client, **asked):
    job = ask(client, **asked)
    assert job.status == "done", job.problem
    return job.result


def test_a_model_is_checked_and_leaves_nothing(client, house, plan):
    before = rows(client)

    job = ask(client, file=house, plan=plan, ids=generate_ids(DesignStage.PRELIMINARY, "IFC4"))

    assert job.status == "done", job.problem
    assert sum(job.result["counts"].values()) == len(job.result["results"]) > 60
    assert job.result["mode"] == "pre-check"
    assert job.result["gate"]["specifications"]
    assert rows(client) == before


def verdicts(results, *checks):
    return {item["check_id"]: item["verdict"] for item in results if not checks or item["check_id"] in checks}


def test_the_answer_is_that_of_the_loaded_model_neighbours_included(client, house):
    path = f"/api/v1/buildings/{HOUSE}/versions/as-designed/latest/precheck"
    loaded = client.post(path).json()["results"]

    asked = result_of(client, file=house)

    assert verdicts(asked["results"]) == verdicts(loaded)
    assert asked["neighbours"] > 1
    beside = verdicts(asked["results"], *BESIDE)
    assert set(beside) == set(BESIDE)
    assert "data_missing" not in beside.values()


def unplaced(model):
    """Return the model without map conversion, latitude and longitude."""
    without = re.sub(rb"#\d+=IFCMAPCONVERSION\(.*?\);\n?", b"", model)
    return re.sub(rb"(=IFCSITE\(.*?),\(\d[^)]*\),\(\d[^)]*\)", rb"\1,$,$", without)


def test_a_model_without_a_place_is_not_checked_beside_neighbours_unless_the_asker_places_it(client, house):
    assert unplaced(house) != house

    bare = result_of(client, file=unplaced(house))
    told = result_of(client, file=unplaced(house), place=PLACE)

    assert bare["neighbours"] is None
    assert set(verdicts(bare["results"], *BESIDE).values()) == {"data_missing"}
    assert told["neighbours"] > 1
    assert "data_missing" not in verdicts(told["results"], *BESIDE).values()
    assert verdicts(told["results"], "geo.crs")["geo.crs"] == "data_missing"  # the file does not say it all the same
    (near,) = [item for item in told["results"] if item["check_id"] == "fire.separation"]
    assert "given with the request" in near["message"]


@pytest.mark.parametrize("place", ["a,b,c,d", "1,2,3", "6580000,540000,30,0", "nan,6580000,30,0"])
def test_a_place_that_is_none_is_refused(client, house, place):
    answer = client.post("/api/v1/prechecks", params={"place": place}, files={"file": house})

    assert answer.status_code == 422
    assert answer.json()["reason"] == "place"


def test_a_model_that_cannot_be_read_says_why(client):
    job = ask(client, file=b"%PDF-1.7")

    assert (job.status, job.problem["reason"]) == ("failed", "not-step")


@pytest.mark.parametrize(("part", "data"), [("plan", b"{"), ("ids", b"<ids/>")])
def test_what_comes_along_is_looked_at_before_anything_is_kept(client, house, part, data):
    answer = client.post("/api/v1/prechecks", files={"file": house, part: data})

    assert answer.status_code == 422
    assert answer.json()["reason"]
    assert answer.json()["hint"]


def test_results_that_do_not_fit_into_an_answer_are_left_out_and_counted():
    result = {"verdict": "pass", "elements": ["0" * 22] * 500, "message": "x" * 3_000}
    results = [{**result, "check_id": str(number)} for number in range(2_000)]
    results[-1]["verdict"] = "fail"
    told = fitting({"results": results, "counts": {}})
    assert len(json.dumps(told).encode()) < 10 * 2**20
    assert told["results"][0]["check_id"] == "1999"  # what asks for something comes first
    assert told["results_left_out"] == 2_000 - len(told["results"]) > 0
    assert {(len(r["elements"]), r["elements_total"]) for r in told["results"]} == {(200, 500)}
    few = fitting({"results": results[-3:], "counts": {}})
    assert ([r["check_id"] for r in few["results"]], few["results_left_out"]) == (["1997", "1998", "1999"], 0)
