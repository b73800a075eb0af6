"""What is due once a night is done once a night, at any hour and whenever the service was started."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from api.problems import problem_of
from benchmarks.city import features, head
from twin.nightly import NEVER, Nightly
from twin.service import open_twin
from twin.settings import Settings

START = datetime(2026, 3, 28, tzinfo=UTC)


@given(hour=st.integers(0, 23), begun=st.integers(0, 47), nights=st.integers(1, 5))
def test_it_is_done_once_a_night(hour, begun, nights):
    now, done = [START + timedelta(hours=begun)], []
    nightly = Nightly(hour, lambda: now[0], lambda: done.append(now[0]))

    assert not nightly.look()
    for _ in range(nights * 24 * 4):
        now[0] += timedelta(minutes=15)
        nightly.look()

    assert [moment.hour for moment in done] == [hour] * nights
    assert len({moment.date() for moment in done}) == nights


def test_what_failed_is_done_again_the_next_night_only():
    now, tries = [START], []

    def fail():
        tries.append(now[0])
        raise ValueError

    nightly = Nightly(2, lambda: now[0], fail)
    for hours in (3, 26):
        now[0] = START + timedelta(hours=hours)
        with pytest.raises(ValueError):
            nightly.look()
        assert not nightly.look()
    assert len(tries) == 2


def test_it_can_be_switched_off():
    now = [START]
    nightly = Nightly(NEVER, lambda: now[0], lambda: pytest.fail("nobody asked"))
    for _ in range(72):
        now[0] += timedelta(hours=1)
        assert not nightly.look()


def test_every_building_on_the_map_is_computed_by_night_and_an_empty_map_is_left_alone(tmp_path):
    now = [START + timedelta(hours=1)]
    twin = open_twin(Settings(home=tmp_path / "kaksik"), lambda: now[0])
    jobs = twin.job_runner(problem_of)
    try:
        nightly = twin.nightly(jobs)
        now[0] += timedelta(hours=1)
        assert nightly.look()
        assert submitted(twin) == []

        twin.city.take(twin.blobs.put("".join(json.dumps(line) + "\n" for line in [head(), *features(3)]).encode()))
        now[0] += timedelta(days=1)
        assert nightly.look()
        (job_id,) = submitted(twin)
        done = jobs.wait(job_id, 60.0)
    finally:
        jobs.close()
        twin.close()
    assert (done.kind, done.result["computed"]) == ("city-energy", 3)


def submitted(twin):
    with twin.engine.connect() as connection:
        return list(connection.execute(text("SELECT job_id FROM job")).scalars())
