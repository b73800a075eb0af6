"""SIGKILL at random points of loads: afterwards the graph is that of a whole version, and loading goes on."""

import importlib.util
import multiprocessing
import random
import time
from pathlib import Path

import pytest

from graph import KgliteStore, Neo4jStore, canonical_lines

_spec = importlib.util.spec_from_file_location("graph_two_versions", Path(__file__).with_name("two_versions.py"))
two_versions = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(two_versions)


def _load_for_ever(where, told):
    store = _opened(where)
    told.send("ready")
    while True:
        for number in (1, 2):
            store.replace(two_versions.batch(number))
            told.send("loaded")


def _opened(where):
    return KgliteStore(Path(where[0])) if len(where) == 1 else Neo4jStore(*where)


def _kill_while_loading(where, delay_s):
    """Start loads, kill the process after `delay_s`, and return how many loads it had finished."""
    forked = multiprocessing.get_context("fork")
    hears, tells = forked.Pipe(duplex=False)
    child = forked.Process(target=_load_for_ever, args=(where, tells), daemon=True)
    child.start()
    tells.close()
    assert hears.recv() == "ready"
    time.sleep(delay_s)
    child.kill()
    child.join()
    finished = 0
    try:
        while hears.recv() == "loaded":
            finished += 1
    except (EOFError, OSError):
        return finished
    finally:
        hears.close()


def _exports(store):
    exports = []
    for number in (1, 2):
        store.replace(two_versions.batch(number))
        exports.append(list(canonical_lines(store)))
    store.remove(two_versions.SCOPE)
    return exports


def _rounds(where, rounds, longest_s):
    chance, finished, seen = random.Random(20), 0, set()
    store = _opened(where)
    whole = [[], *_exports(store)]
    store.close()
    for _ in range(rounds):
        finished += _kill_while_loading(where, chance.uniform(0, longest_s))
        store = _opened(where)
        try:
            found = list(canonical_lines(store))
            assert found in whole
            seen.add(whole.index(found))
        finally:
            store.close()
    store = _opened(where)
    try:
        store.replace(two_versions.batch(1))
        assert list(canonical_lines(store)) == whole[1]
        store.remove(two_versions.SCOPE)
    finally:
        store.close()
    return finished, seen


@pytest.mark.slow
def test_a_killed_load_leaves_the_old_or_the_new_version_in_the_embedded_engine(tmp_path):
    finished, seen = _rounds([str(tmp_path / "graph.kgl")], rounds=20, longest_s=0.6)
    assert finished >= 20
    assert len(seen) >= 2


@pytest.mark.bolt
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_load_leaves_the_old_or_the_new_version_on_a_server(bolt):
    finished, seen = _rounds(list(bolt), rounds=4, longest_s=6.0)
    assert finished >= 1
    assert seen
