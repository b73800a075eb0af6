"""The import of a city as a job: all or nothing, cancelled, refused, swept; answers in pages."""

import json
import time
import warnings

import pytest

from api.app import create_app
from benchmarks.city import features, head
from twin.errors import InvalidInput
from twin.service import open_twin
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

API = "/api/v1"
COUNT = 3_000


def text(count, seed=1):
    lines = [head(), *features(count, seed)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def ended(client, job_id, timeout_s=60.0):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        job = client.get(f"{API}/jobs/{job_id}").json()
        if job["status"] in ("done", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def submit(client, data):
    answer = client.post(f"{API}/district/context", files={"file": ("city", data)})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{API}/jobs/{answer.json()['job_id']}"
    return answer.json()["job_id"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("city") / "home"


@pytest.fixture(scope="module")
def client(home):
    with TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1") as opened:
        job = ended(opened, submit(opened, text(COUNT)))
        assert (job["status"], job["result"]["read"], job["result"]["skipped"]) == ("done", COUNT, 0)
        yield opened


def total(client):
    return client.get(f"{API}/ogc/collections/buildings/items?limit=1").json()["numberMatched"]


def test_a_cancelled_import_leaves_the_old_city(client, home):
    job_id = submit(client, text(30_000, seed=2))
    while client.get(f"{API}/jobs/{job_id}").json()["progress"] == 0.0:
        time.sleep(0.02)
    assert client.delete(f"{API}/jobs/{job_id}").status_code == 202
    job = ended(client, job_id)
    assert (job["status"], job["problem"]["reason"]) == ("failed", "cancelled")
    assert total(client) == COUNT
    assert client.delete(f"{API}/jobs/{job_id}").json()["status"] == "failed"
    assert client.delete(f"{API}/jobs/none").status_code == 404


def test_a_faulty_file_is_refused_with_its_reason_and_leaves_the_old_city(client):
    job = ended(client, submit(client, text(0)))
    assert (job["status"], job["problem"]["reason"]) == ("failed", "empty")
    assert total(client) == COUNT


@pytest.mark.parametrize(("path", "size"), [
    ("/ogc/collections/buildings/items?limit=1000", "features"),
    ("/ogc/collections/buildings/items?limit=700&bbox=24.4,59.2,24.9,59.5", "features"),
])  # fmt: skip
def test_following_next_gives_every_building_once(client, path, size):
    seen, url = [], API + path
    while url:
        page = client.get(url).json()
        seen += [feature["id"] for feature in page[size]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == page["numberMatched"] == COUNT


def test_the_district_gives_the_city_page_by_page(client):
    seen, offset = [], 0
    while offset is not None:
        page = client.get(f"{API}/district?context=true&limit=1300&offset={offset}").json()["context"]
        seen += [b["id"] for b in page["items"]]
        offset = page["next"]
    assert len(seen) == len(set(seen)) == COUNT


def test_a_thematic_map_goes_on_where_its_first_page_ends(client):
    table = "ehr_code,kwh\n" + "".join(f"{100_000_000 + n},{n}\n" for n in range(COUNT)) + "199999999,1\n"
    query = "column=kwh&method=equal&classes=4&limit=1100"
    page = client.post(f"{API}/district/thematic?{query}", files={"file": ("t.csv", table.encode())}).json()
    seen = [f["id"] for f in page["features"]]
    assert (page["total"], page["unmatched"], page["unmatched_total"]) == (COUNT, ["199999999"], 1)
    assert sum(c["buildings"] for c in page["legend"]["classes"]) == COUNT
    while page["next"] is not None:
        page = client.get(f"{API}/district/thematic/{page['table']}?{query}&offset={page['next']}").json()
        seen += [f["id"] for f in page["features"]]
    assert len(seen) == len(set(seen)) == COUNT


def test_every_building_is_in_one_tile(client):
    seen = 0
    root = client.get(f"{API}/tiles/tileset.json").json()
    for square in root["root"]["children"]:
        inner = client.get(f"{API}/tiles/{square['content']['uri']}").json()
        for child in inner["root"]["children"]:
            data = client.get(f"{API}/tiles/{child['content']['uri']}").content
            document = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
            seen += document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]["count"]
    assert seen == COUNT


def test_sight_is_asked_over_http(client):
    first = client.get(f"{API}/ogc/collections/buildings/items/100000001").json()["properties"]
    top = first["ground_m"] + first["height_m"]
    line = "eye=530035,6575005,{0}&mark=530085,6575005,{0}"
    low = client.get(f"{API}/district/sight?" + line.format(first["ground_m"] + 1)).json()
    assert low["visible"] is False
    hidden = {o["building_id"]: o["above_m"] for o in low["obstacles"]}
    assert hidden["100000001"] == pytest.approx(first["height_m"] - 1, abs=0.01)
    assert client.get(f"{API}/district/sight?" + line.format(200)).json()["visible"] is True
    seen = client.get(f"{API}/district/sight?eye=530035,6575005,200&landmark=100000001").json()
    assert (seen["visible"], seen["mark"][2]) == (True, pytest.approx(top))
    for query in ("eye=1,2,3", "eye=a&mark=1,2,3", "eye=530035,6575005,1&mark=530035,6575005,9", "mark=1,2,3"):
        assert client.get(f"{API}/district/sight?{query}").json()["reason"] == "sight"
    assert client.get(f"{API}/district/sight?eye=530035,6575005,9&landmark=none").status_code == 404


def test_faulty_parcels_are_named_and_the_rest_is_kept(client):
    def feature(number, *ring):
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        return {"type": "Feature", "properties": {"cadastral_number": number}, "geometry": shape}

    e, n = 530_000.0, 6_575_000.0
    good = feature("78401:118:0001", [e, n], [e + 9, n], [e + 9, n + 9], [e, n + 9])
    crossing = feature("78401:118:0002", [e, n], [e + 9, n + 9], [e + 9, n], [e, n + 9])
    far = feature("78401:118:0003", [1e9, 1e9], [1e9 + 9, 1e9], [1e9 + 9, 1e9 + 9])
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3301"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": [crossing, good, far, good]}
    answer = client.put(f"{API}/district/parcels", files={"file": ("p.geojson", json.dumps(document).encode())})
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["read"], report["skipped"]) == (1, 3)
    assert [f["rule"] for f in report["findings"]] == ["parcel.geometry", "parcel.range", "parcel.duplicate"]
    assert "78401:118:0002" in report["findings"][0]["entity"]
    shown = client.get(f"{API}/district").json()
    assert [f["properties"]["cadastral_number"] for f in shown["parcels"]["features"]] == ["78401:118:0001"]
    del document["crs"]
    refused = client.put(f"{API}/district/parcels", files={"file": ("p.geojson", json.dumps(document).encode())})
    assert (refused.status_code, refused.json()["reason"]) == (422, "crs")
    assert client.get(f"{API}/district").json()["parcels"] == shown["parcels"]


def test_indexes_of_old_cities_are_swept_and_the_one_in_force_stays(tmp_path):
    twin = open_twin(Settings(home=tmp_path))
    try:
        for seed in (1, 2):
            twin.city.take(twin.blobs.put(text(20, seed)))
        (tmp_path / "district" / "city-2-dead.1.part").write_bytes(b"half")
        assert len(list((tmp_path / "district").iterdir())) == 3
        assert twin.sweep().indexes == 0  # an hour's quiet
        assert twin.sweep(quiet_s=0).indexes == 2
        assert twin.city.listed(1, 0)[1] == 20
        assert len(list((tmp_path / "district").iterdir())) == 1
    finally:
        twin.close()


def test_an_import_that_fails_writes_nothing(tmp_path):
    twin = open_twin(Settings(home=tmp_path))
    try:
        with pytest.raises(InvalidInput) as caught:
            twin.city.take(twin.blobs.put(b'{"type":"CityJSON","version":"3"}'))
        assert caught.value.reason == "version"
        assert list((tmp_path / "district").glob("*")) == []
        assert twin.city.index() is None
    finally:
        twin.close()
