"""The same text on a Bolt server: answers equal those of the embedded engine."""

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from graph import (
    QUESTIONS,
    GraphUnavailable,
    KgliteStore,
    Neo4jStore,
    QueryRefused,
    Scope,
    ask,
    canonical_lines,
)

pytestmark = [pytest.mark.bolt, pytest.mark.slow, pytest.mark.timeout(600)]  # the first run may fetch a server

_spec = importlib.util.spec_from_file_location(
    "graph_building", Path(__file__).parents[2] / "unit" / "graph" / "conftest.py"
)
building = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(building)
SCOPE = building.SCOPE


@pytest.fixture
def stores(bolt, tmp_path):
    embedded, remote = KgliteStore(tmp_path / "g.kgl"), Neo4jStore(*bolt)
    yield embedded, remote
    for scope in remote.loaded():
        remote.remove(scope)
    embedded.close()
    remote.close()


def test_loads_are_idempotent_and_equal(stores):
    records = building.make_records()
    embedded, remote = stores
    for batch in (building.batch_of(records), building.points_of(records), building.city_of()):
        assert remote.replace(batch) == embedded.replace(batch)
        again = remote.replace(batch)
        assert (again.nodes_put, again.nodes_removed, again.edges_put, again.edges_removed) == (0, 0, 0, 0)
    assert remote.loaded() == embedded.loaded()
    assert remote.held(SCOPE) == embedded.held(SCOPE)
    assert remote.held(Scope("none", "as-built")) is None


def test_answers_equal_those_of_the_embedded_engine(stores):
    records = building.make_records()
    for store in stores:
        for batch in (building.batch_of(records), building.points_of(records), building.city_of()):
            store.replace(batch)
    for question in QUESTIONS:
        given, columns, expected = building.ANSWERS[question.name]
        mine, theirs = (ask(store, SCOPE, question.name, given) for store in stores)
        assert [dict(row) for row in theirs.rows] == [dict(row) for row in mine.rows], question.name
        assert [tuple(row[c] for c in columns.split()) for row in theirs.rows] == expected, question.name


def test_exports_are_equal_bit_for_bit_and_after_a_rebuild(stores):
    records = building.make_records()
    exports = []
    for store in stores:
        for _ in range(2):
            for batch in (building.batch_of(records), building.points_of(records), building.city_of()):
                store.replace(batch)
            exports.append("\n".join(canonical_lines(store)))
            for scope in store.loaded():
                store.remove(scope)
            assert list(canonical_lines(store)) == []
    assert exports[0].count("\n") > 90
    assert len(set(exports)) == 1


def test_constraints_and_indexes_stand(stores):
    for store in stores:
        names = {row["name"] for row in store.query("SHOW INDEXES", {}).rows}
        assert any("element" in name.lower() and "class" in name.lower() for name in names), names
        assert store.query("SHOW CONSTRAINTS", {}).rows


def test_a_query_that_writes_is_refused_and_undone(stores):
    _, remote = stores
    remote.replace(building.batch_of(building.make_records()))
    before = list(canonical_lines(remote))
    for text in ("CREATE (n:Space {id: 'x'})", "MATCH (n) DETACH DELETE n", "MATCH (n) SET n.x = 1", "no cypher"):
        with pytest.raises(QueryRefused):
            remote.query(text, {})
    assert list(canonical_lines(remote)) == before


def test_a_new_version_writes_only_what_differs(stores):
    records = building.make_records()
    changed = {k: v for k, v in records.items() if k != "terminal2"}
    changed["room1"] = dataclasses.replace(records["room1"], name="Köök")
    for store in stores:
        store.replace(building.batch_of(records))
        written = store.replace(building.batch_of(changed, version=2))
        assert (written.nodes_put, written.nodes_removed) == (1, 1)
        assert (written.edges_put, written.edges_removed) == (0, 1)


def test_an_endless_query_is_stopped_by_neo4j(neo4j_server):
    store = Neo4jStore(*neo4j_server)
    try:
        store.replace(building.batch_of(building.make_records()))
        text = "MATCH (a), (b), (c), (d), (e), (f) WHERE a.id + b.id + c.id + d.id + e.id = f.id RETURN count(*) AS n"
        with pytest.raises(QueryRefused) as caught:
            store.query(text, {}, timeout_s=0.5)
        assert caught.value.reason == "timeout"
        for scope in store.loaded():
            store.remove(scope)
    finally:
        store.close()


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(GraphUnavailable):
        Neo4jStore("bolt://127.0.0.1:9", "neo4j", "x")
