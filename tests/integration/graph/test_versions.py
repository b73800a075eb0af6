"""Questions as of any version, their differences, and points that follow the live state."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace

import pytest

from api.app import create_app
from graph import Scope, canonical_lines
from twin import projections
from twin.errors import NotFound
from twin.live import Point, PointKind
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

ROW = "120900200"


@pytest.fixture(scope="module")
def loaded_home(sample_district, tmp_path_factory):
    """A data folder with three versions of one stage of a building; each renames one living room."""
    home = tmp_path_factory.mktemp("versions")
    source = (sample_district / "models" / f"{ROW}_as-designed.ifc").read_bytes()
    twin = open_twin(Settings(home=home))
    for number in (1, 2, 3):
        path = home / f"{number}.ifc"
        path.write_bytes(source if number == 1 else _renamed(source, number))
        assert twin.load(path, Stage.AS_DESIGNED, ROW).key.number == number
    twin.close()
    return home


def _renamed(source, number):
    head, line, tail = source.partition(b"IFCSPACE(")
    row, end, rest = tail.partition(b");")
    name = row.split(b",")[2]
    return head + line + row.replace(name, b"'Saal %d'" % number, 1) + end + rest


@pytest.fixture
def twin(loaded_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(loaded_home, home)
    opened = open_twin(Settings(home=home))
    yield opened
    opened.close()


def names(twin, number=None):
    version = twin.catalogue.version(ROW, Stage.AS_DESIGNED, number)
    return {row["name"] for row in twin.questions.answer(version, "largest-spaces", {}).rows}


def test_each_version_answers_for_itself(twin):
    assert "Saal 2" in names(twin, 2)
    assert "Saal 3" in names(twin)
    assert not {"Saal 2", "Saal 3"} & names(twin, 1)
    assert names(twin, 3) == names(twin)
    scopes = set(twin.graph.loaded())
    assert scopes == {Scope(ROW, "as-designed", number) for number in (0, 1, 2)}


def test_asking_again_writes_nothing_and_the_number_kept_is_bounded(twin, monkeypatch):
    monkeypatch.setattr(projections, "KEPT_PAST", 1)
    first = names(twin, 1)
    held = twin.graph.held(Scope(ROW, "as-designed", 1))
    assert names(twin, 1) == first
    assert twin.graph.held(Scope(ROW, "as-designed", 1)) == held
    names(twin, 2)
    assert set(twin.graph.loaded()) == {Scope(ROW, "as-designed"), Scope(ROW, "as-designed", 2)}
    assert names(twin, 1) == first


def test_a_version_in_use_is_not_forgotten(twin, monkeypatch):
    monkeypatch.setattr(projections, "KEPT_PAST", 0)
    version = twin.catalogue.version(ROW, Stage.AS_DESIGNED, 1)
    with twin.projections.held(version) as scope:
        names(twin, 1)
        names(twin, 2)
        assert scope in twin.graph.loaded()
    assert scope not in twin.graph.loaded()


def test_rebuilding_takes_earlier_versions_out_and_they_come_back(twin):
    first = names(twin, 1)
    assert twin.reproject() == 0
    assert set(twin.graph.loaded()) == {Scope(ROW, "as-designed")}
    assert names(twin, 1) == first


def test_the_export_is_the_same_after_a_rebuild(twin):
    before = list(canonical_lines(twin.graph))
    assert len(before) > 100
    for scope in twin.graph.loaded():
        twin.graph.remove(scope)
    assert list(canonical_lines(twin.graph)) == []
    assert twin.reproject() == 1
    assert list(canonical_lines(twin.graph)) == before


def test_the_command_line_prints_the_graph(loaded_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(loaded_home, home)

    def dump(*arguments):
        command = [sys.executable, "-c", "from api.cli import main; main()", "dump", *arguments]
        environment = {**os.environ, "KAKSIK_HOME": str(home)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    lines = [json.loads(line) for line in dump().stdout.splitlines()]
    assert {line["node"] for line in lines if "node" in line} >= {"Building", "Storey", "Space", "Element", "Version"}
    assert dump("--building", ROW, "--stage", "as-designed").stdout == dump().stdout
    assert dump("--building", ROW).returncode == 3
    assert dump("--building", "none", "--stage", "as-built").returncode == 3


def test_points_follow_their_registration_in_every_version(twin):
    version = twin.catalogue.version(ROW, Stage.AS_DESIGNED, 1)
    spaces = [row["space"] for row in twin.questions.answer(version, "largest-spaces", {}).rows]

    def point(space):
        return Point(ROW, "t", space, PointKind.SENSOR, "Temperature", "Cel", space=space)

    def seen(space, number):
        asked = twin.catalogue.version(ROW, Stage.AS_DESIGNED, number)
        return [row["point"] for row in twin.questions.answer(asked, "points-of-space", {"space": space}).rows]

    twin.live.register_points([point(spaces[0])])
    assert seen(spaces[0], 1) == seen(spaces[0], 3) == ["t"]
    twin.live.register_points([point(spaces[1])])
    assert seen(spaces[0], 1) == seen(spaces[0], 3) == []
    assert seen(spaces[1], 1) == seen(spaces[1], 3) == ["t"]


def test_differences_and_free_queries_over_http(loaded_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(loaded_home, home)
    with TestClient(create_app(Settings(home=home, cypher=True)), base_url="http://127.0.0.1") as client:
        root = f"/api/v1/buildings/{ROW}/questions/largest-spaces"
        found = client.get(f"{root}/diff?from=as-designed/2&to=as-designed/latest").json()
        assert (found["from"], found["to"], found["added"], found["removed"]) == (
            "as-designed/2",
            "as-designed/3",
            [],
            [],
        )
        assert [(c["before"]["name"], c["after"]["name"]) for c in found["changed"]] == [("Saal 2", "Saal 3")]
        assert found["complete"]
        earlier = client.get(f"{root}?stage=as-designed&version=2").json()
        assert earlier["as_of"] == "as-designed/2"
        assert "Saal 2" in {row["name"] for row in earlier["rows"]}
        assert client.get(f"{root}?version=9").status_code == 404
        for name in ("nothing", client.get(f"{root}?version=2").json()["rows"][0]["space"]):
            unknown = client.get(
                f"/api/v1/buildings/{ROW}/questions/spaces-of-storey?storey={name}"
            )  # a room is none
            assert (unknown.status_code, unknown.json()["entity"]) == (404, name)
        around = f"/api/v1/buildings/{ROW}/questions/neighbours"  # the map has no versions
        assert client.get(f"{around}?version=2").json()["as_of"] is None
        refused = client.get(f"{around}/diff?from=as-designed/2&to=as-designed/latest")
        assert (refused.status_code, refused.json()["reason"]) == (400, "question-of-map")
        query = {"query": "MATCH (s:Space) RETURN s.name AS name ORDER BY name", "building_id": ROW,
                 "stage": "as-designed", "version": 2, "limit": 1}  # fmt: skip
        page = client.post("/api/v1/cypher", json=query).json()
        assert (page["as_of"], len(page["rows"]), page["next"]) == ("as-designed/2", 1, 1)
        everything = {**query, "query": "MATCH (v:Version) RETURN v.building AS b, v.version AS n", "limit": 9}
        alone = client.post("/api/v1/cypher", json=everything).json()
        assert alone["rows"] == [{"b": ROW, "n": 2}]  # though the graph of the service holds version 3 too
        assert client.post("/api/v1/cypher", json={**query, "limit": 1_001}).status_code == 422
        for bad in (
            "MATCH (n) DETACH DELETE n",
            "CALL db.labels() YIELD label RETURN label",
            "MATCH (a)-[*]->(b) RETURN b.id",
            "LOAD CSV FROM '/etc/hosts' AS r RETURN r",
        ):
            refused = client.post("/api/v1/cypher", json={**query, "query": bad})
            assert refused.status_code == 400
            assert refused.json()["hint"]


def test_a_building_without_a_place_is_not_said_to_stand_alone(twin):
    version = twin.catalogue.version(ROW, Stage.AS_DESIGNED, 1)
    elsewhere = replace(version, key=replace(version.key, building_id="tmp-nowhere"))
    with pytest.raises(NotFound) as caught:
        twin.questions.answer(elsewhere, "neighbours", {})
    assert (caught.value.reason, caught.value.entity) == ("building", "tmp-nowhere")
    assert twin.questions.answer(version, "neighbours", {}).rows == ()  # alone in this data, and on the map


def test_free_queries_are_off_unless_allowed(loaded_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(loaded_home, home)
    with TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1") as client:
        query = {"query": "MATCH (s:Space) RETURN s.name AS name", "building_id": ROW, "stage": "as-designed"}
        refused = client.post("/api/v1/cypher", json=query)
        assert (refused.status_code, refused.json()["reason"]) == (404, "cypher-off")


def test_questions_are_described_with_types_and_units(loaded_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(loaded_home, home)
    with TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1") as client:
        listed = {item["name"]: item for item in client.get("/api/v1/questions").json()}
    assert len(listed) >= 25
    assert (listed["neighbours"]["about"], listed["narrow-doors"]["about"]) == ("map", "version")
    narrow = listed["narrow-doors"]
    assert narrow["params"] == [{"name": "width_m", "kind": "number", "type": "number", "unit": "m", "default": 0.8}]
    assert {"name": "width_m", "type": "number", "unit": "m"} in narrow["columns"]
    assert {"name": "door", "type": "global_id"} in narrow["columns"]
