"""The graph of the sample district and of real models against their truth: doors, ways, bounds, and the city."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from benchmarks.city import features, head
from graph import CITY, QUESTIONS, EdgeType, PrivateGraph, Scope, ask, canonical_lines
from twin import projection_city, projection_touching
from twin.projection import project
from twin.projection_city import CityProjection
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage

HOUSE = "120900101"

_REPROJECT = """
import sys
from pathlib import Path
from twin.projections import Projections
from twin.service import open_twin
from twin.settings import Settings
plain = Projections.replace
def told(self, batch):
    plain(self, batch)
    print(batch.scope, flush=True)
Projections.replace = told
open_twin(Settings(home=Path(sys.argv[1])))
"""


def _edges(twin, scope, kind):
    names = "a.global_id AS a, b.global_id AS b, r.source AS source"
    text = f"MATCH (a)-[r:{kind}]->(b) WHERE a.scope = $scope RETURN {names}"
    return list(twin.graph.query(text, {"scope": str(scope)}, limit=10_000).rows)


def _latest(sample_district):
    truth = json.loads((sample_district / "truth.json").read_text())
    return [(Scope(file["building_id"], file["stage"]), file) for file in truth["files"].values()]


def test_doors_of_every_sample_lead_where_they_were_put(twin, sample_district):
    checked = 0
    for scope, file in _latest(sample_district):
        expected = {(d["global_id"], room) for d in file["doors"] for room in (d["from"], d["to"]) if room}
        assert {(row["a"], row["b"]) for row in _edges(twin, scope, "CONNECTS")} == expected, scope
        checked += len(expected)
    assert checked > 300


def test_one_walks_through_doors_wherever_the_truth_says_so(twin, sample_district):
    file = dict(_latest(sample_district))[Scope(HOUSE, "as-designed")]
    version = twin.catalogue.version(HOUSE, Stage.AS_DESIGNED)
    for door in (d for d in file["doors"] if d["from"] and d["to"]):
        way = twin.questions.answer(version, "way-between-spaces", {"space": door["from"], "to": door["to"]})
        assert [row["element"] for row in way.rows][::2] == [door["from"], door["to"]]
    start = next(d["from"] for d in file["doors"] if d["to"] is None)
    heated = [s["global_id"] for s in file["spaces"] if s["heated"] and s["global_id"] != start]
    for room in heated:
        assert twin.questions.answer(version, "way-between-spaces", {"space": start, "to": room}).rows, room


def test_bounds_of_models_without_boundaries_come_from_geometry(twin, sample_district):
    file = dict(_latest(sample_district))[Scope(HOUSE, "as-designed")]
    bounds = _edges(twin, Scope(HOUSE, "as-designed"), "ADJACENT_ELEMENT")
    assert {row["source"] for row in bounds} == {"geometry"}
    pairs = {(row["a"], row["b"]) for row in bounds}
    doors = {(room, d["global_id"]) for d in file["doors"] for room in (d["from"], d["to"]) if room}
    walls = {(room, d["wall"]) for d in file["doors"] for room in (d["from"], d["to"]) if room}
    assert doors <= pairs
    assert walls <= pairs
    assert {a for a, _ in pairs} == {space["global_id"] for space in file["spaces"]}


def test_in_the_duplex_one_walks_inside_a_dwelling_and_never_through_the_party_wall(empty_twin, models_dir):
    version = empty_twin.load(models_dir / "duplex_arch_2x3.ifc", Stage.AS_BUILT, "tmp-duplex")
    scope, snapshot = Scope("tmp-duplex", "as-built"), empty_twin.snapshots.read(version)
    stated = {
        (record.global_id, space)
        for record in snapshot.records.values() if record.ifc_class == "IfcDoor"
        for space in record.targets("bounds")
    }  # fmt: skip
    doors = {(row["a"], row["b"]) for row in _edges(empty_twin, scope, "CONNECTS")}
    assert stated <= doors
    rooms = {r.name: r.global_id for r in snapshot.records.values() if r.ifc_class == "IfcSpace"}

    def way(a, b):
        given = {"space": rooms[a], "to": rooms[b]}
        return empty_twin.questions.answer(version, "way-between-spaces", given).rows

    for unit, other in (("A", "B"), ("B", "A")):
        for number in ("102", "103", "201", "202", "203", "204"):
            assert way(f"{unit}101", f"{unit}{number}"), f"{unit}{number}"
            assert not way(f"{unit}101", f"{other}{number}")


def test_the_city_in_the_graph_agrees_with_the_map(twin):
    assert CITY not in twin.graph.loaded()
    models = {body.building_id: body for body in twin.city.bodies()}
    parcels = {parcel.cadastral_number: parcel for parcel in twin.layers.parcels()}
    assert len(models) > 10
    for building in twin.catalogue.buildings():
        version = twin.catalogue.version(building.building_id, building.furthest)
        body = models[building.building_id]
        found = twin.questions.answer(version, "neighbours", {"distance_m": "30"}).rows
        assert {row["building"] for row in found} == {b.building_id for b in twin.city.surroundings(body, 30.0)}
        taller = twin.questions.answer(version, "taller-neighbours", {"distance_m": "30"}).rows
        assert {row["building"] for row in taller} == {
            row["building"] for row in found if models[row["building"]].height_m > body.height_m
        }
        for row in twin.questions.answer(version, "parcels-of-building", {}).rows:
            share = parcels[row["parcel"]].shape.intersection(body.shape).area / body.shape.area
            assert row["share"] == pytest.approx(share, abs=1e-3)
    held = twin.graph.held(CITY)
    assert twin.reproject() == 0
    assert twin.graph.held(CITY) == held


def test_what_is_around_one_building_is_the_same_without_the_city_in_the_graph(twin, monkeypatch):
    city = CityProjection(twin.graph, twin.city, twin.layers, twin.catalogue)
    scopes = [Scope(building.building_id, "as-designed") for building in twin.catalogue.buildings()]
    local = [item.name for item in QUESTIONS if item.of_one_place]
    assert len(local) == 5
    city.drop()
    monkeypatch.setattr(projection_city, "AT_ONCE", -1)
    found = {}
    for scope in [*scopes, Scope("nowhere", "as-designed")]:
        around = city.around(scope.building_id)
        assert isinstance(around, PrivateGraph)
        found |= {(scope, name): ask(around, scope, name, {}).rows for name in local}
    assert twin.graph.held(CITY) is None  # nothing was written for it
    assert city.ensure()
    assert city.around(HOUSE) is twin.graph
    assert {key: ask(twin.graph, *key, {}).rows for key in found} == found
    assert sum(map(len, found.values())) > 50


def _street(twin, houses, chance):
    """Import a street of houses of which some touch the next; return their ids."""
    lines = [{**head(), "transform": {"scale": [0.001] * 3, "translate": [560_000, 6_590_000, 0.0]}}]
    east = 0
    for number in range(houses):
        made = next(features(1, seed=number))
        width = max(vertex[0] for vertex in made["vertices"])
        made["vertices"] = [[x + east, y, z] for x, y, z in made["vertices"]]
        east += width + chance.choice((0, 0, 60, 2_000))
        name = f"k{number}"
        made["CityObjects"] = {name: next(iter(made["CityObjects"].values()))}
        attributes = made["CityObjects"][name]["attributes"]
        attributes |= {"ehr_gid": "", "aadress": f"Kivi tn {number % 7}"}
        lines.append({**made, "id": name})
    twin.city.take(twin.blobs.put("".join(json.dumps(line) + "\n" for line in lines).encode()))


def test_what_touches_a_taller_one_is_the_same_from_the_tables(empty_twin, monkeypatch):
    twin, chance, name, scope = empty_twin, random.Random(3), "touching-a-taller-one", Scope("none", "as-built")
    _street(twin, 60, chance)
    city = CityProjection(twin.graph, twin.city, twin.layers, twin.catalogue)
    asked = [{"text": text} for text in ("", "kivi tn 3", "TN", "nowhere")]
    monkeypatch.setattr(projection_city, "AT_ONCE", -1)
    monkeypatch.setattr(projection_touching, "FIRST_LOOKED_AT", 4)
    found = [ask(city.touching(given["text"], 1_000), scope, name, given) for given in asked]
    first = ask(city.touching("", 5), scope, name, asked[0], limit=5)
    assert twin.graph.held(CITY) is None
    assert city.ensure()
    assert [ask(twin.graph, scope, name, given) for given in asked] == found
    assert ask(twin.graph, scope, name, asked[0], limit=5) == first
    assert len(found[0].rows) > 20
    assert first.truncated


def test_a_projection_that_was_killed_goes_on_where_it_stopped(home, twin, tmp_path):
    expected = list(canonical_lines(twin.graph))
    scopes = len([scope for scope in twin.graph.loaded() if scope != CITY])
    copy = tmp_path / "home"
    _copy_without_graph(home, copy)
    command = [sys.executable, "-c", _REPROJECT, str(copy)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "KAKSIK_HOME": str(copy)})
    done = [child.stdout.readline() for _ in range(4)]
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert all(done)
    finished = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    assert 1 <= len(finished.stdout.splitlines()) <= scopes - 4, finished.stderr
    resumed = open_twin(Settings(home=copy))
    try:
        assert resumed.reproject() == 0
        models = [line for line in expected if f'"{CITY}' not in line]
        assert list(canonical_lines(resumed.graph)) == models
    finally:
        resumed.close()


def _copy_without_graph(source, target):
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("graph"))


def test_a_projection_of_equal_records_is_the_same_batch(twin):
    version = twin.catalogue.version(HOUSE, Stage.AS_DESIGNED)
    one, two = (project(twin.snapshots.read(version), "content") for _ in range(2))
    assert one == two
    assert any(edge.type is EdgeType.OPEN_TO for edge in one.edges)
