"""The check of a model over HTTP before anything is filed: a report comes of it, and nothing stays."""

import pytest
from sqlalchemy import text

from twin.gate import DesignStage, generate_ids

HOUSE = "120900101"


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


def ask(client, **files):
    answer = client.post("/api/v1/prechecks", files=files)
    assert answer.status_code == 202, answer.text
    return client.app.state.jobs.wait(answer.json()["job_id"], 120)


def test_a_model_is_checked_and_leaves_nothing(client, house, plan):
    before = rows(client)

    job = ask(client, file=house, plan=plan, ids=generate_ids(DesignStage.PRELIMINARY, "IFC4"))

    assert job.status == "done", job.problem
    assert sum(job.result["counts"].values()) == len(job.result["results"]) > 60
    assert job.result["mode"] == "pre-check"
    assert job.result["gate"]["specifications"]
    assert rows(client) == before


def test_the_answer_is_that_of_the_loaded_model_where_neighbours_do_not_matter(client, house):
    path = f"/api/v1/buildings/{HOUSE}/versions/as-designed/latest/precheck"
    loaded = client.post(path).json()["results"]

    asked = {item["check_id"]: item["verdict"] for item in ask(client, file=house).result["results"]}

    apart = {item["check_id"] for item in loaded if asked[item["check_id"]] != item["verdict"]}
    verdicts = {asked[check] for check in apart}
    assert verdicts <= {"data_missing", "needs_human"}, apart  # nobody told it of the neighbours


def test_a_model_that_cannot_be_read_says_why(client):
    job = ask(client, file=b"%PDF-1.7")

    assert (job.status, job.problem["reason"]) == ("failed", "not-step")


@pytest.mark.parametrize(("part", "data"), [("plan", b"{"), ("ids", b"<ids/>")])
def test_what_comes_along_is_looked_at_before_anything_is_kept(client, house, part, data):
    answer = client.post("/api/v1/prechecks", files={"file": house, part: data})

    assert answer.status_code == 422
    assert answer.json()["reason"]
    assert answer.json()["hint"]
