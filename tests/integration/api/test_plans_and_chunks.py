"""Plans of storeys, and the codings of chunks, over HTTP."""

import hashlib
import json
import re

import pytest
import shapely

HOUSE = "120900101"
VERSION = f"/api/v1/buildings/{HOUSE}/versions/as-designed/latest"


@pytest.fixture(scope="module")
def house(sample_district):
    return json.loads((sample_district / "truth.json").read_text())["files"][f"models/{HOUSE}_as-designed.ifc"]


def test_the_plan_of_each_storey_holds_its_spaces_with_their_true_areas(client, house):
    for storey in house["storeys"]:
        plan = client.get(f"{VERSION}/plans/{storey['global_id']}.json").json()
        expected = {s["global_id"]: s["floor_area_m2"] for s in house["spaces"] if s["storey"] == storey["global_id"]}
        assert {s["global_id"]: s["area_m2"] for s in plan["spaces"]} == pytest.approx(expected, rel=0.005)
        for space in plan["spaces"]:
            assert shapely.geometry.shape(space["shape"]).area == pytest.approx(space["area_m2"], abs=0.001)
        assert plan["doors"]
        assert all(door["operation"] for door in plan["doors"])
        drawing = client.get(f"{VERSION}/plans/{storey['global_id']}.svg")
        assert drawing.headers["content-type"].startswith("image/svg+xml")
        assert all(f'data-id="{item}"' in drawing.text for item in expected)


@pytest.mark.parametrize(("path", "status"), [("nothing.svg", 404), ("nothing.json?cut_height_m=1", 404)])
def test_an_unknown_storey_is_not_found(client, path, status):
    answer = client.get(f"{VERSION}/plans/{path}")
    assert answer.status_code == status
    assert answer.json()["reason"] == "storey"


def test_a_cut_beyond_reason_is_refused(client, house):
    storey = house["storeys"][0]["global_id"]
    assert client.get(f"{VERSION}/plans/{storey}.svg?cut_height_m=1e9").status_code == 422


def test_chunks_travel_packed_and_are_what_their_name_says(client):
    chunks = client.get(f"{VERSION}/scene").json()["chunks"]
    chunk = max(chunks, key=lambda item: item["bytes"])
    path = f"/api/v1/blobs/{chunk['sha256']}.glb"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == "Accept-Encoding"
    assert hashlib.sha256(packed.content).hexdigest() == chunk["sha256"] == hashlib.sha256(plain.content).hexdigest()
    again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("part", ["scene", "tree"])
def test_the_scene_and_the_tree_are_asked_again_for_a_line(client, part):
    first = client.get(f"{VERSION}/{part}", headers={"Accept-Encoding": "gzip"})

    assert first.status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "private, no-cache"
    known = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    again = client.get(f"{VERSION}/{part}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(f"{VERSION}/{part}", headers={"Accept-Encoding": "identity"})
    assert plain.json() == first.json()


def first_answers(client, address):
    return re.findall(r'<link rel="preload" as="fetch" crossorigin href="([^"]+)">', client.get(address).text)


def test_the_page_of_a_building_names_the_answers_that_it_asks_for_first(client):
    scene, *blobs = first_answers(client, f"/?building={HOUSE}")  # its stage is in that address: nobody asks for it
    assert scene.startswith(f"api/v1/buildings/{HOUSE}/versions/")
    chunks = client.get(f"/{scene}").json()["chunks"]
    assert blobs
    assert len(blobs) == min(4, len(chunks))
    assert all(client.get(f"/{blob}").status_code == 200 for blob in blobs)
    assert {chunk["sha256"] for chunk in chunks if chunk["band"] == "structure"} & {blob[13:77] for blob in blobs}
    stage, number = scene.split("/")[5:7]
    (same,) = (url for url in first_answers(client, f"/?building={HOUSE}&stage={stage}") if url.endswith("scene"))
    assert (same, number) == (scene, "latest")


@pytest.mark.parametrize("query", ["", "?building=nobody", "?building=%3Cscript%3E", "?building=112&stage=odd"])
def test_the_page_of_nothing_names_no_answers(client, query):
    assert first_answers(client, f"/{query}") == []


def test_the_page_tells_a_stranger_nothing(client, guarded, monkeypatch):
    monkeypatch.setattr(guarded.app.state, "twin", client.app.state.twin)
    assert first_answers(client, f"/?building={HOUSE}")
    assert first_answers(guarded, f"/?building={HOUSE}") == []
