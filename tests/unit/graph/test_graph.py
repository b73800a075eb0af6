"""Mapping, the embedded store and the named questions on a building whose answers are known."""

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from graph import (
    CITY,
    QUESTIONS,
    Answer,
    ColumnKind,
    GraphError,
    KgliteStore,
    Label,
    Node,
    QueryRefused,
    Scope,
    SpaceLink,
    ask,
    diff_answers,
    first_load,
    question,
    to_batch,
)
from graph.errors import GraphUnavailable

_spec = importlib.util.spec_from_file_location("graph_building", Path(__file__).with_name("conftest.py"))
building = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(building)
SCOPE, batch_of, points_of = building.SCOPE, building.batch_of, building.points_of
PYTHON_TYPES = {
    ColumnKind.GLOBAL_ID: str,
    ColumnKind.TEXT: str,
    ColumnKind.NUMBER: (int, float),
    ColumnKind.INTEGER: int,
    ColumnKind.BOOLEAN: bool,
}


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


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    opened = KgliteStore(tmp_path_factory.mktemp("graph") / "graph.kgl")
    records = building.make_records()
    opened.replace(batch_of(records))
    opened.replace(points_of(records))
    opened.replace(building.city_of())
    yield opened
    opened.close()


def test_a_whole_number_that_no_engine_holds_is_kept_as_text(records, store):
    flat = records["room1"]
    sets = {"AR_Ruum": {**flat.property_sets["AR_Ruum"], "722_Eluruumi-number": 10**30}}
    store.replace(building.batch_of({**records, "room1": dataclasses.replace(flat, property_sets=sets)}))
    rows = store.query("MATCH (s:Space {global_id: 'room1'}) RETURN s.dwelling AS n", {}).rows
    assert rows == ({"n": str(10**30)},)


def test_what_the_engine_cannot_hold_is_an_error_of_ours(store):
    nodes = (Node(Label.PARCEL, "p", {"scope": str(CITY), "area_m2": 2**70}),)
    with pytest.raises(GraphError) as caught:
        store.replace(dataclasses.replace(building.city_of(), nodes=nodes, edges=()))
    assert caught.value.reason == "write"


def test_there_are_enough_questions_and_each_has_a_known_answer():
    names = [item.name for item in QUESTIONS]
    assert len(names) == len(set(names)) >= 25
    assert set(names) == set(building.ANSWERS)


@pytest.mark.parametrize("name", building.ANSWERS)
def test_a_question_gives_the_known_answer(loaded, name):
    given, columns, expected = building.ANSWERS[name]
    answer = ask(loaded, SCOPE, name, given)
    assert [tuple(row[column] for column in columns.split()) for row in answer.rows] == expected


@pytest.mark.parametrize("name", building.ANSWERS)
def test_columns_and_values_are_of_the_types_that_are_said(loaded, name):
    asked = question(name)
    answer = ask(loaded, SCOPE, name, building.ANSWERS[name][0])
    assert answer.columns == tuple(column.name for column in asked.columns)
    for row in answer.rows:
        assert tuple(row) == answer.columns
        for column in asked.columns:
            assert row[column.name] is None or isinstance(row[column.name], PYTHON_TYPES[column.kind])


@pytest.mark.parametrize("name", building.ANSWERS)
def test_the_key_of_a_question_tells_its_rows_apart(loaded, name):
    answer = ask(loaded, SCOPE, name, building.ANSWERS[name][0])
    keys = [tuple(row[column] for column in question(name).key) for row in answer.rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("item", QUESTIONS, ids=lambda item: item.name)
def test_every_question_has_three_languages_and_bounded_paths(item):
    assert set(item.title) == {"en", "et", "fr"}
    assert all(item.title.values())
    assert "*]" not in item.text
    assert "..]" not in item.text
    assert "$scope" in item.text or "$city" in item.text or "{id: $" in item.text


def test_points_move_without_the_version(records, store):
    store.replace(batch_of(records))
    store.replace(points_of(records))
    again = store.replace(points_of(records))
    assert (again.nodes_put, again.edges_put, again.edges_removed) == (0, 0, 0)
    moved = dataclasses.replace(building.POINTS[0], space="room2")
    written = store.replace(points_of(records, points=(moved,)))
    assert (written.nodes_put, written.nodes_removed, written.edges_put, written.edges_removed) == (0, 2, 1, 3)
    assert column(ask(store, SCOPE, "points-of-space", {"space": "room2"}), "point") == ["t1"]
    assert column(ask(store, SCOPE, "points-of-space", {"space": "room1"}), "point") == []


def test_a_new_version_leaves_the_points_that_hold(records, store):
    store.replace(batch_of(records))
    store.replace(points_of(records))
    changed = {k: v for k, v in records.items() if k != "terminal1"}
    store.replace(batch_of(changed, version=2))
    store.replace(points_of(changed))
    assert column(ask(store, SCOPE, "points-of-space", {"space": "room1"}), "point") == ["co2", "t1"]
    assert column(ask(store, SCOPE, "points-of-element", {"element": "terminal1"}), "point") == []
    store.remove(SCOPE)
    assert store.query("MATCH (p) RETURN count(p) AS n", {}).rows[0]["n"] == 0


def test_the_difference_of_two_versions(records, store):
    earlier = Scope("112", "as-designed", 1)
    store.replace(batch_of(records, scope=earlier))
    changed = {k: v for k, v in records.items() if k != "room2"}
    changed["room1"] = dataclasses.replace(records["room1"], name="Saal")
    changed["hall"] = dataclasses.replace(records["corridor"], global_id="hall", name="hall")
    store.replace(batch_of(changed, version=2))
    before, after = (ask(store, s, "spaces-of-storey", {"storey": "storey"}) for s in (earlier, SCOPE))
    found = diff_answers(question("spaces-of-storey"), before, after)
    assert [row["space"] for row in found.added] == ["hall"]
    assert [row["space"] for row in found.removed] == ["room2"]
    assert [(c.before["name"], c.after["name"], c.columns) for c in found.changed] == [("room1", "Saal", ("name",))]
    assert (found.unchanged, found.complete) == (1, True)


def test_rows_with_the_same_key_are_told_apart_by_their_order():
    asked = question("adjacent-spaces")
    row = {"space": "a", "name": "A", "long_name": None, "source": "geometry"}
    twice = Answer(tuple(row), (row, {**row, "source": "boundary"}))
    found = diff_answers(asked, Answer(tuple(row), (row,)), twice)
    assert [r["source"] for r in found.added] == ["boundary"]
    assert found.unchanged == 1


def test_a_new_city_writes_only_what_differs(store):
    first = store.replace(building.city_of())
    again = store.replace(building.city_of("city-2"))
    assert (first.nodes_put, first.edges_put) == (5, 5)
    assert (again.nodes_put, again.nodes_removed, again.edges_put, again.edges_removed) == (0, 0, 0, 0)
    fewer = store.replace(building.city_of("city-3", (building.HERE, building.FAR, building.LAND)))
    assert (fewer.nodes_put, fewer.nodes_removed, fewer.edges_put, fewer.edges_removed) == (0, 2, 0, 3)
    assert store.held(CITY).content_sha256 == "city-3"
    store.remove(CITY)
    assert store.query("MATCH (n) RETURN count(n) AS n", {}).rows[0]["n"] == 0


def test_bounds_say_how_they_are_known_and_what_the_file_states_wins(records, store):
    derived = dataclasses.replace(
        building.DERIVED,
        bounds=(SpaceLink("room1", "wall", "geometry"), SpaceLink("corridor", "parting", "geometry")),
    )
    store.replace(to_batch(SCOPE, 1, "content", records, derived))
    sources = {
        space: [(row["element"], row["source"]) for row in ask(store, SCOPE, "boundaries-of-space", given).rows]
        for space in ("room1", "corridor")
        for given in ({"space": space},)
    }
    assert sources["corridor"] == [("parting", "geometry")]
    assert sources["room1"] == [("parting", "boundary"), ("wall", "boundary")]


def test_a_new_version_is_one_statement_for_a_server_that_knows_it(records):
    batch = batch_of(records)
    for agent in ("Neo4j/5.26.0", "Neo4j/5.23.0-drop02", "Neo4j/2025.01.0"):
        assert first_load.fits(batch, agent), agent
    for agent in ("Neo4j/5.22.0", "Neo4j/dev", "ArcadeDB/26.1.1", ""):
        assert not first_load.fits(batch, agent), agent
    assert not any(first_load.fits(other, "Neo4j/5.26.0") for other in (points_of(records), building.city_of()))
    ((text, given),) = first_load.plan_of(batch).statements
    ((same, rest),) = first_load.plan_of(dataclasses.replace(batch, nodes=batch.nodes[:0], edges=())).statements
    assert text == same
    assert sum(map(len, given.values())) - sum(map(len, rest.values())) == len(batch.nodes) + len(batch.edges)


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
    assert column(ask(store, SCOPE, "storeys", {}), "spaces") == [3, 1]
    assert column(ask(store, other, "storeys", {}), "spaces") == [2, 1]
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
    assert column(ask(store, SCOPE, "storeys", {}), "spaces") == [3, 1]


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
        ("narrow-doors", {"width_m": "wide"}),
        ("narrow-doors", {"width_m": "inf"}),
    ],
)
def test_a_wrong_question_is_refused(store, name, given):
    with pytest.raises(QueryRefused):
        ask(store, SCOPE, name, given)
