"""The same text on a Bolt server: answers equal those of the embedded engine."""

import importlib.util
from pathlib import Path

import pytest

from graph import QUESTIONS, GraphUnavailable, KgliteStore, Neo4jStore, Scope, SpaceLink, ask, to_batch

pytestmark = [pytest.mark.bolt, pytest.mark.slow]

_spec = importlib.util.spec_from_file_location(
    "graph_building", Path(__file__).parents[2] / "unit" / "graph" / "conftest.py"
)
_building = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_building)
records = _building.records

SCOPE = Scope("112", "as-designed")
LINKS = tuple(
    SpaceLink(d, s, "geometry")
    for d, s in [("door1", "room1"), ("door1", "corridor"), ("door2", "room2"), ("door2", "corridor")]
)


def _given(question):
    known = {
        "space": "room1",
        "to": "room2",
        "storey": "storey",
        "element": "ahu",
        "system": "supply",
        "text": "tell",
    }
    return {parameter.name: known[parameter.name] for parameter in question.parameters}


def test_answers_equal_those_of_the_embedded_engine(bolt, records, tmp_path):
    adjacency = (SpaceLink("room1", "corridor", "geometry"),)
    batch = to_batch(SCOPE, 1, "content", records, adjacency=adjacency, door_links=LINKS)
    embedded, remote = KgliteStore(tmp_path / "g.kgl"), Neo4jStore(*bolt)
    try:
        first = embedded.replace(batch)
        assert remote.replace(batch) == first
        assert remote.replace(batch) == embedded.replace(batch)
        assert remote.loaded() == embedded.loaded()
        for question in QUESTIONS:
            mine = ask(embedded, SCOPE, question.name, _given(question))
            theirs = ask(remote, SCOPE, question.name, _given(question))
            assert [dict(row) for row in theirs.rows] == [dict(row) for row in mine.rows], question.name
    finally:
        embedded.close()
        remote.close()


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(GraphUnavailable):
        Neo4jStore("bolt://127.0.0.1:9", "neo4j", "x")
