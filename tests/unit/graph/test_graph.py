"""Mapping, the embedded store and the named questions on a building whose answers are known."""

import dataclasses

import pytest

from graph import QUESTIONS, KgliteStore, QueryRefused, Scope, SpaceLink, ask, to_batch
from graph.errors import GraphUnavailable

SCOPE = Scope("112", "as-designed")
ADJACENT = (SpaceLink("room1", "corridor", "geometry"), SpaceLink("room2", "corridor", "geometry"))
DOORS = (
    SpaceLink("door1", "room1", "geometry"),
    SpaceLink("door1", "corridor", "geometry"),
    SpaceLink("door2", "room2", "geometry"),
    SpaceLink("door2", "corridor", "geometry"),
)


def batch_of(records, version=1, scope=SCOPE):
    return to_batch(scope, version, f"content-{version}", records, adjacency=ADJACENT, door_links=DOORS)


@pytest.fixture
def store(tmp_path):
    opened = KgliteStore(tmp_path / "graph.kgl")
    yield opened
    opened.close()


def column(answer, name):
    return [row[name] for row in answer.rows]


def test_every_edge_ends_at_nodes_of_the_batch(records):
    batch = batch_of(records)
    ids = {node.id for node in batch.nodes}
    assert len(ids) == len(batch.nodes)
    assert all(edge.source in ids and edge.target in ids for edge in batch.edges)


def test_facts_of_a_type_reach_its_occurrences(records, store):
    store.replace(batch_of(records))
    assert column(ask(store, SCOPE, "fire-rated", {}), "fire_rating") == ["EI30"]


@pytest.mark.parametrize(
    ("name", "given", "key", "expected"),
    [
        ("spaces-of-storey", {"storey": "storey"}, "space", ["corridor", "room1", "room2"]),
        ("elements-in-space", {"space": "corridor"}, "element", ["ahu"]),
        ("adjacent-spaces", {"space": "corridor"}, "space", ["room1", "room2"]),
        ("adjacent-spaces", {"space": "room1"}, "space", ["corridor"]),
        ("doors-of-space", {"space": "corridor"}, "door", ["door1", "door2"]),
        (
            "way-between-spaces",
            {"space": "room1", "to": "room2"},
            "element",
            ["room1", "door1", "corridor", "door2", "room2"],
        ),
        ("rooms-served-by", {"element": "ahu"}, "space", ["room1"]),
        ("fed-by", {"element": "terminal1"}, "element", ["duct", "ahu"]),
        ("members-of-system", {"system": "supply"}, "element", ["ahu"]),
        ("elements-of-material", {"text": "TELL"}, "element", ["wall"]),
        ("largest-spaces", {}, "area_m2", [12.5]),
        ("storeys", {}, "spaces", [3]),
        ("materials", {}, "elements", [1]),
    ],
)
def test_a_question_gives_the_known_answer(records, store, name, given, key, expected):
    store.replace(batch_of(records))
    assert column(ask(store, SCOPE, name, given), key) == expected


def test_every_question_runs(records, store):
    store.replace(batch_of(records))
    for question in QUESTIONS:
        given = {parameter.name: "room1" for parameter in question.parameters}
        ask(store, SCOPE, question.name, given)


def test_loading_again_writes_nothing(records, store):
    first = store.replace(batch_of(records))
    again = store.replace(batch_of(records))
    assert first.nodes_put > 0
    assert (again.nodes_put, again.nodes_removed, again.edges_put, again.edges_removed) == (0, 0, 0, 0)


def test_a_new_version_writes_only_what_differs(records, store):
    store.replace(batch_of(records))
    changed = {k: v for k, v in records.items() if k != "terminal2"}
    changed["room1"] = dataclasses.replace(records["room1"], name="Köök")
    written = store.replace(batch_of(changed, version=2))
    assert (written.nodes_put, written.nodes_removed) == (1, 1)
    assert store.loaded()[SCOPE].version == 2
    assert "Köök" in column(ask(store, SCOPE, "spaces-of-storey", {"storey": "storey"}), "name")


def test_scopes_do_not_see_each_other(records, store):
    other = Scope("113", "as-built")
    store.replace(batch_of(records))
    store.replace(batch_of({k: v for k, v in records.items() if k != "room2"}, scope=other))
    assert column(ask(store, SCOPE, "storeys", {}), "spaces") == [3]
    assert column(ask(store, other, "storeys", {}), "spaces") == [2]
    store.remove(other)
    assert set(store.loaded()) == {SCOPE}


def test_the_graph_survives_closing(records, tmp_path):
    first = KgliteStore(tmp_path / "g.kgl")
    first.replace(batch_of(records))
    first.close()
    second = KgliteStore(tmp_path / "g.kgl")
    assert second.loaded()[SCOPE].content_sha256 == "content-1"
    second.close()


def test_a_second_process_is_told_that_the_graph_is_in_use(store, tmp_path):
    with pytest.raises(GraphUnavailable) as caught:
        KgliteStore(tmp_path / "graph.kgl")
    assert caught.value.reason == "in-use"


@pytest.mark.parametrize(
    "text", ["CREATE (n:Space {id: 'x'})", "MATCH (n) DETACH DELETE n", "MATCH (n) SET n.x = 1", "not cypher at all"]
)
def test_a_query_that_writes_or_is_malformed_is_refused(records, store, text):
    store.replace(batch_of(records))
    with pytest.raises(QueryRefused):
        store.query(text, {})
    assert column(ask(store, SCOPE, "storeys", {}), "spaces") == [3]


def test_rows_are_limited_and_it_is_said(records, store):
    store.replace(batch_of(records))
    answer = store.query("MATCH (n:Element) RETURN n.name AS name ORDER BY name", {}, limit=2)
    assert len(answer.rows) == 2
    assert answer.truncated


def test_an_endless_query_is_stopped(records, store):
    store.replace(batch_of(records))
    text = "MATCH (a), (b), (c), (d), (e), (f), (g), (h) RETURN count(*) AS n"
    with pytest.raises(QueryRefused) as caught:
        store.query(text, {}, timeout_s=0.2)
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("no-such", {}),
        ("adjacent-spaces", {}),
        ("storeys", {"x": "1"}),
        ("elements-of-material", {"text": "x" * 201}),
    ],
)
def test_a_wrong_question_is_refused(store, name, given):
    with pytest.raises(QueryRefused):
        ask(store, SCOPE, name, given)
