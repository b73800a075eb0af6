"""The gate and the private graph for queries of strangers."""

import importlib.util
from pathlib import Path

import pytest

from graph import QUESTIONS, PrivateGraph, QueryRefused
from graph.questions import parse_parameters
from graph.readonly import check_read_only

_spec = importlib.util.spec_from_file_location("graph_building", Path(__file__).with_name("conftest.py"))
building = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(building)


@pytest.fixture(scope="module")
def private():
    records = building.make_records()
    return PrivateGraph([building.batch_of(records), building.points_of(records), building.city_of()])


@pytest.mark.parametrize("item", QUESTIONS, ids=lambda item: item.name)
def test_every_named_question_passes_the_gate_and_answers_the_same(private, item):
    given, columns, expected = building.ANSWERS[item.name]
    answer = private.query(item.text, parse_parameters(item, building.SCOPE, given))
    assert [tuple(row[c] for c in columns.split()) for row in answer.rows] == expected


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (n:Space {id: 'x'})",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n) SET n.x = 1",
        "MATCH (n) REMOVE n.name",
        "MERGE (n:Space {id: 'x'}) RETURN n.id",
        "MATCH (n) FOREACH (x IN [1] | SET n.y = x)",
        "CALL { CREATE (n:Space) }",
        "DROP INDEX element_scope",
        "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
        "load /* c */ csv with headers from '/etc/passwd' as row return row",
        "MATCH (n) CALL { LOAD CSV FROM '/etc/passwd' AS row RETURN row } RETURN row",
        "CALL db.labels() YIELD label RETURN label",
        "CALL pagerank() YIELD node RETURN node",
        "RETURN size(range(1, 1000000000)) AS n",
        "RETURN `range`(1, 5) AS n",
        "RETURN {a: range(1, 5)} AS n",
        "RETURN apoc.load.json('file:///etc/passwd') AS n",
        "USE other MATCH (n) RETURN n.id",
        "SHOW INDEXES",
        "PROFILE MATCH (n) RETURN n.id",
        "FOR VALID_TIME AS OF '2020-01-01' MATCH (n) RETURN n.id",
        "MATCH (n) RETURN n.id; MATCH (n) RETURN n.id",
        "MATCH (n {name: 'open}) RETURN n.id",
        "not cypher at all",
        "",
        "RETURN " + "1 + " * 4000 + "1",
    ],
)
def test_what_does_more_than_read_is_refused(private, text):
    before = private.query("MATCH (n) RETURN count(n) AS n", {}).rows
    with pytest.raises(QueryRefused):
        private.query(text, {})
    assert private.query("MATCH (n) RETURN count(n) AS n", {}).rows == before


@pytest.mark.parametrize(
    "path",
    ["-[*]->", "-[:FEEDS*]->", "-[:FEEDS*2..]-", "<-[r:FEEDS*..]-", "-[:FEEDS*1..31]->", "-[:FEEDS* {q: 1}]->"],
)
def test_a_path_without_bound_is_refused_with_a_hint(path):
    with pytest.raises(QueryRefused) as caught:
        check_read_only(f"MATCH (a:Element){path}(b) RETURN b.id")
    assert caught.value.reason == "unbounded-path"
    assert "*1..5" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (a)-[:FEEDS*1..5]->(b) RETURN b.id AS id",
        "MATCH (a)-[:FEEDS*3]-(b) RETURN b.id AS id",
        "MATCH (a:Element) WHERE a.name CONTAINS 'CREATE (x) LOAD CSV *' RETURN a.name AS name // SET",
        "MATCH (a:Element) RETURN a.`set` AS x, a.create AS y, [1, 2][0] * 3 AS z LIMIT 3",
        "CALL { MATCH (a:Space) RETURN a.name AS name } RETURN name ORDER BY name",
        "MATCH (a:Space) RETURN a.name AS x UNION MATCH (b:Storey) RETURN b.name AS x",
    ],
)
def test_what_only_reads_passes(private, text):
    private.query(text, {})


def test_an_endless_query_is_stopped(private):
    text = "MATCH (a), (b), (c), (d), (e), (f), (g), (h) RETURN count(*) AS n"
    with pytest.raises(QueryRefused):
        private.query(text, {}, timeout_s=0.2)


def test_pages_follow_each_other(private):
    text = "MATCH (e:Element) RETURN e.name AS name ORDER BY name"
    whole = [row["name"] for row in private.query(text, {}).rows]
    pages, offset, more = [], 0, True
    while more:
        page = private.query(text, {}, limit=5, offset=offset)
        pages += [row["name"] for row in page.rows]
        offset, more = offset + len(page.rows), page.truncated
    assert pages == whole
    assert len(whole) == len(set(whole)) == 13


def test_parameters_are_values_and_never_text(private):
    hostile = "x' RETURN 1 //"
    assert not private.query("MATCH (e {name: $n}) RETURN e.id AS id", {"n": hostile}).rows
