"""Jobs are durable, end once, and are not tried for ever."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from api.problems import problem_of
from twin.catalogue import open_database
from twin.catalogue.tables import JOB
from twin.errors import InvalidInput, NotFound
from twin.jobs import JobRunner


def clock():
    return datetime.now(UTC)


@pytest.fixture
def engine(tmp_path):
    opened = open_database(tmp_path / "catalogue.sqlite")
    yield opened
    opened.dispose()


def runner(engine, **works):
    return JobRunner(engine, works, problem_of, 2, clock)


def test_a_job_gives_its_result_and_its_progress(engine):
    half, go_on = threading.Event(), threading.Event()

    def work(request, progress):
        progress(0.5, "Half")
        half.set()
        go_on.wait(5)
        return {"double": request["n"] * 2}

    jobs = runner(engine, double=work)
    job = jobs.submit("double", {"n": 21})
    assert half.wait(5)
    seen = jobs.get(job.job_id)
    assert (seen.status, seen.progress, seen.label) == ("running", 0.5, "Half")
    go_on.set()
    done = jobs.wait(job.job_id, 5)
    assert (done.status, done.progress, done.result) == ("done", 1.0, {"double": 42})
    jobs.close()


def test_a_failed_job_says_why(engine):
    def work(_request, _progress):
        raise InvalidInput("No.", reason="no", hint="Yes.", entity="#7", line=3)

    jobs = runner(engine, fail=work)
    job = jobs.wait(jobs.submit("fail", {}).job_id, 5)
    assert job.status == "failed"
    assert (job.problem["reason"], job.problem["hint"], job.problem["entity"], job.problem["line"]) == (
        "no",
        "Yes.",
        "#7",
        3,
    )
    jobs.close()


def test_an_unknown_error_does_not_leak_its_text(engine):
    def work(_request, _progress):
        raise RuntimeError("secret in here")

    jobs = runner(engine, fail=work)
    job = jobs.wait(jobs.submit("fail", {}).job_id, 5)
    assert job.status == "failed"
    assert "secret" not in str(job.problem)
    jobs.close()


def test_unknown_kinds_and_names_are_not_found(engine):
    jobs = runner(engine)
    with pytest.raises(NotFound):
        jobs.submit("nothing", {})
    with pytest.raises(NotFound):
        jobs.get("nothing")
    jobs.close()


def test_what_a_stopped_process_left_is_taken_up_and_at_last_given_up(engine):
    first = runner(engine, work=lambda _request, _progress: {"ok": True})
    again, often = first.submit("work", {}).job_id, first.submit("work", {}).job_id
    first.wait(again, 5)
    first.wait(often, 5)
    first.close()
    with engine.begin() as connection:
        connection.execute(update(JOB).where(JOB.c.job_id == again).values(status="running", attempts=1, result=None))
        connection.execute(update(JOB).where(JOB.c.job_id == often).values(status="running", attempts=2, result=None))
    second = runner(engine, work=lambda _request, _progress: {"ok": True})
    assert second.resume() == 2
    assert second.wait(again, 5).status == "done"
    assert second.wait(often, 5).problem["reason"] == "interrupted"
    second.close()
