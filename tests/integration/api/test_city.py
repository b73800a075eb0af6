"""The city around the models over HTTP: import, match, neighbours, permit, thematic map, search for a site."""

import json
import re
import time

import pytest

HOUSE = "120900101"
API = "/api/v1"
CRS = "https://www.opengis.net/def/crs/EPSG/0/3301"
FACES = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]


def get(client, path, status=200, **kwargs):
    answer = client.get(API + path, **kwargs)
    assert answer.status_code == status, answer.text
    return answer.json()


def post(client, path, data, status=200, **kwargs):
    answer = client.post(API + path, files={"file": ("file", data)}, **kwargs)
    assert answer.status_code == status, answer.text
    return answer.json()


def take(client, data):
    """Import a file and return the job once it has ended."""
    job = post(client, "/district/context", data, 202)
    while job["status"] not in ("done", "failed"):
        time.sleep(0.05)
        job = get(client, f"/jobs/{job['job_id']}")
    return job


def taken(client, data):
    job = take(client, data)
    assert job["status"] == "done", job
    return job["result"]


def city(*boxes, crs=CRS):
    """Return CityJSON of blocks `(name, east0, north0, east1, north1, ground, top, attributes)`."""
    vertices, objects = [], {}
    for name, e0, n0, e1, n1, ground, top, attributes in boxes:
        shell = [[[i + len(vertices) for i in ring]] for ring in FACES]
        vertices += [[x, y, z] for z in (ground, top) for x, y in ((e0, n0), (e1, n0), (e1, n1), (e0, n1))]
        geometry = [{"type": "Solid", "lod": "1.2", "boundaries": [shell]}]
        objects[name] = {"type": "Building", "attributes": attributes, "geometry": geometry}
    whole = [[round(value * 1000) for value in vertex] for vertex in vertices]
    return json.dumps(
        {
            "type": "CityJSON", "version": "2.0", "metadata": {"referenceSystem": crs}, "CityObjects": objects,
            "transform": {"scale": [0.001] * 3, "translate": [0, 0, 0]}, "vertices": whole,
        }
    ).encode()  # fmt: skip


@pytest.fixture(scope="module")
def house(client):
    found = get(client, f"/buildings/{HOUSE}")
    ring = found["footprint"]["coordinates"][0]
    eastings, northings = zip(*ring, strict=True)
    return min(eastings), min(northings), max(eastings), max(northings)


@pytest.fixture(scope="module")
def imported(client, house):
    e0, n0, e1, n1 = house
    before = get(client, f"/buildings/{HOUSE}/versions/as-designed/1/permit")
    report = taken(
        client,
        city(
            ("same", e0, n0, e1, n1, 12.4, 20.0, {"ehr_gid": HOUSE}),
            ("shed", e1 + 2, n0, e1 + 7, n1, 12.0, 15.0, {"ehr_gid": "101018690"}),
            ("far", e0 - 3000, n0, e0 - 2990, n0 + 10, 10.0, 20.0, {}),
            ("lost", 1e9, 1e9, 1e9 + 5, 1e9 + 5, 0.0, 5.0, {}),
        ),
    )
    return before, report


def test_an_import_says_what_it_read_left_out_and_matched(imported):
    _, report = imported
    assert (report["kind"], report["read"], report["skipped"], report["matched"]) == ("city", 3, 1, 1)
    assert [(f["rule"], f["entity"]) for f in report["findings"]] == [("context.range", "lost")]


def test_the_district_shows_the_city_in_a_box_only_when_asked(client, imported, house):
    assert "context" not in get(client, "/district")
    whole = get(client, "/district?context=true")["context"]
    assert [b["id"] for b in whole["items"]] == ["same", "shed", "far"]
    assert whole["items"][0]["match"]["building_id"] == HOUSE
    assert whole["items"][0]["match"]["by"] == "register-code"
    box = ",".join(str(v) for v in (house[0] - 5, house[1] - 5, house[2] + 20, house[3] + 5))
    near = get(client, f"/district?context=true&bbox={box}&limit=1")["context"]
    assert ([b["id"] for b in near["items"]], near["complete"], near["total"]) == (["same"], False, 3)


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "5,5,1,1", "nan,0,1,1"])
def test_a_faulty_box_is_refused(client, box):
    assert get(client, f"/district?context=true&bbox={box}", 422)["reason"] == "bbox"


def test_a_neighbour_without_a_model_counts_in_the_permit_check(client, imported):
    before, _ = imported
    after = get(client, f"/buildings/{HOUSE}/versions/as-designed/1/permit")
    measured = {r["check_id"]: r["measured"] for r in before["results"]}
    changed = [r for r in after["results"] if r["measured"] != measured[r["check_id"]] and r["measured"]]
    assert any(abs(r["measured"]["value"] - 2.0) < 0.01 for r in changed), changed


def test_neighbours_of_a_model_are_of_both_kinds_and_never_itself(client, imported):
    found = get(client, f"/district/neighbours?building_id={HOUSE}&within_m=60")["items"]
    ids = [item["building_id"] for item in found]
    assert ids[0] == "shed"
    assert found[0]["distance_m"] == pytest.approx(2.0, abs=0.01)
    assert {item["source"] for item in found} == {"model", "context"}
    assert not {"same", HOUSE} & set(ids)
    back = get(client, "/district/neighbours?building_id=shed&within_m=3")["items"]
    assert [item["building_id"] for item in back] == [HOUSE]


def test_the_horizon_names_what_hides_the_sky(client, imported):
    facades = get(client, f"/district/horizon?building_id={HOUSE}")["facades"]
    east = [f for f in facades if abs(f["azimuth_deg"] - 90) < 1]
    assert any("shed" in f["hidden_by"] for f in east)
    assert get(client, "/district/horizon?building_id=none", 404)["reason"] == "building"


def test_register_data_describes_buildings_of_the_city(client, imported):
    report = taken(client, f"EHR kood;Aasta\n101018690;1968\n{HOUSE};2025\nx;1\n".encode())
    assert (report["kind"], report["read"], report["skipped"], report["matched"]) == ("register", 2, 1, 1)
    shed = next(b for b in get(client, "/district?context=true")["context"]["items"] if b["id"] == "shed")
    assert shed["attributes"]["year"] == 1968


def test_a_refused_file_changes_nothing(client, imported):
    before = get(client, "/district?context=true")["context"]
    assert take(client, b'{"type":"CityJSON","version":"9"}')["problem"]["reason"] == "version"
    assert take(client, b"no table")["problem"]["reason"] == "column"
    assert get(client, "/district?context=true")["context"] == before


def test_the_index_is_made_anew_when_it_is_lost(client, imported, home):
    before = get(client, "/district?context=true")["context"]
    for file in (home / "district").iterdir():
        file.unlink()
    assert get(client, "/district?context=true")["context"] == before


def test_a_table_becomes_a_map_with_a_legend(client, imported):
    text = f"ehr_code,kwh\n{HOUSE},100\n120900102,200\n101018690,300\n109999999,400\n120900103,?\n"
    answer = post(client, "/district/thematic?column=kwh&method=equal&classes=3", text.encode())
    classes = {f["id"]: f["properties"]["class"] for f in answer["features"]}
    assert classes == {HOUSE: 0, "120900102": 1, "101018690": 2}
    assert answer["unmatched"] == ["109999999"]
    assert answer["unreadable"] == ["120900103"]
    assert [c["buildings"] for c in answer["legend"]["classes"]] == [1, 1, 1]
    assert answer["crs"]["properties"]["name"].endswith("3301")


def test_sites_are_found_by_rules_and_scored_with_reasons(client, imported):
    query = {"min_height_m": 12, "criteria": [{"name": "max_height_m", "weight": 2, "worst": 0, "best": 20}]}
    answer = client.post(API + "/district/site-search", json=query)
    assert answer.status_code == 200, answer.text
    sites = answer.json()["features"]
    assert sites
    assert all(site["properties"]["max_height_m"] >= 12 for site in sites)
    scores = [site["properties"]["score"] for site in sites]
    assert scores == sorted(scores, reverse=True)
    (reason,) = (score["reason"] for score in sites[0]["properties"]["scores"])
    assert re.fullmatch(r"The height that the plan allows is [\d.]+ m; 0 scores 0 and 20 scores 1\.", reason)
    wrong = client.post(API + "/district/site-search", json={"criteria": [{"name": "x", "worst": 0, "best": 1}]})
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "criterion")


def test_an_odd_file_is_imported_with_its_doubts_and_breaks_no_answer(client, imported, house):
    e0, n0, e1, n1 = house
    odd = "yard/7 ?#õ"
    data = city(
        (odd, e1 + 2, n0, e1 + 7, n1, 12.0, 15.0, {"year": "@", "nimi": "kuur"}),
        ("elsewhere", e0 - 3000, n0, e0 - 2990, n0 + 10, 10.0, 20.0, {"ehr_gid": HOUSE}),
    )
    report = taken(client, data.replace(b'"@"', b"1e999"))
    assert [(f["rule"], f["entity"]) for f in report["findings"]] == [
        ("context.match", "elsewhere"),
        ("context.value", odd),
    ]
    assert get(client, "/district?context=true")["context"]["items"][0]["id"] == odd
    features = get(client, "/ogc/collections/buildings/items?nimi=kuur")["features"]
    assert [feature["id"] for feature in features] == [odd]
    single = get(client, "/ogc/collections/buildings/items/yard%2F7%20%3F%23%C3%B5")
    assert (single["id"], single["properties"].get("year")) == (odd, None)
    own = next(link["href"] for link in single["links"] if link["rel"] == "self")
    assert client.get(own).json() == single
    assert {row["building"] for row in get(client, f"/buildings/{HOUSE}/questions/neighbours")["rows"]} >= {odd}
