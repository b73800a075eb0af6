"""SIGKILL at random points of loads: a few kills each run; `python -m benchmarks.graph_kills` does a hundred."""

import random

import pytest

from benchmarks.graph_kills import rounds


def _seen(where, kills):
    seed = random.SystemRandom().randrange(10_000)
    print(f"seed {seed}")  # shown when the test fails
    found = rounds(where, kills, seed)
    assert found["found_nothing"] + found["found_first"] + found["found_second"] == kills
    return found


@pytest.mark.slow
def test_a_killed_load_leaves_the_old_or_the_new_version_in_the_embedded_engine(tmp_path):
    assert _seen([str(tmp_path / "graph.kgl")], 12)["loads_finished"] >= 1


@pytest.mark.bolt
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_load_leaves_the_old_or_the_new_version_on_a_server(bolt_at_length):
    _seen(list(bolt_at_length), 4)
