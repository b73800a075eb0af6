"""Every route answers what the interface says, about buildings whose truth is known."""

import json

import pytest

HOUSE = "120900101"
VERSION = f"/api/v1/buildings/{HOUSE}/versions/as-designed/latest"


@pytest.fixture(scope="module")
def truth(sample_district):
    return json.loads((sample_district / "truth.json").read_text())


def get(client, path, status=200, **kwargs):
    answer = client.get(path, **kwargs)
    assert answer.status_code == status, answer.text
    return answer


def test_health_and_conformance(client):
    health = get(client, "/api/v1/health").json()
    assert (health["status"], health["readings"]) == ("ok", {"engine": "embedded"})
    assert "https://w3id.org/bot" in get(client, "/api/v1/conformance").json()["conformsTo"]


def test_the_district_has_every_sample_building_in_its_place(client, truth):
    district = get(client, "/api/v1/district").json()
    shown = {b["building_id"]: b for b in district["buildings"]}
    for file in truth["files"].values():
        building = shown[file["building_id"]]
        assert building["name"] == file["name"]
        assert building["address"].startswith(file["address"])
        assert building["placement"]["easting_m"] == pytest.approx(file["placement"]["easting_m"], abs=0.001)
        assert building["ground_m"] == pytest.approx(file["ground_m"], abs=0.01)
        if file["stage"] == building["stage"]:
            assert building["height_m"] == pytest.approx(file["height_m"], abs=0.01)
    assert district["parcels"]["features"]
    assert district["plan_areas"]["features"]
    assert len(district["bounds"]) == 4


def test_a_building_lists_its_versions_by_stage(client):
    versions = get(client, f"/api/v1/buildings/{HOUSE}").json()["versions"]
    assert [v["stage"] for v in versions] == ["as-designed", "as-built", "as-maintained"]
    assert all(v["sealed"] for v in versions)


def test_a_version_says_what_was_read_and_what_was_not(client, truth):
    version = get(client, VERSION).json()
    expected = truth["files"][f"models/{HOUSE}_as-designed.ifc"]["counts"]
    assert {c: n for c, n in version["classes"].items() if c in expected} == expected
    assert version["not_understood"] == {}


def test_an_element_shows_what_was_measured_apart_from_what_was_stated(client, truth):
    space = truth["files"][f"models/{HOUSE}_as-designed.ifc"]["spaces"][0]
    found = get(client, f"{VERSION}/elements/{space['global_id']}").json()["derived"]
    assert found["kernel"] in ("ifclite", "hybrid")
    assert found["quantities"]["FloorArea"]["value"] == pytest.approx(space["floor_area_m2"], rel=0.005)
    assert found["quantities"]["FloorArea"]["unit"] == "m2"
    assert set(found["quantities"]) == {"Volume", "FloorArea", "FootprintArea", "Height", "ClearWidth"}


def test_the_scene_names_chunks_that_can_be_fetched(client):
    scene = get(client, VERSION + "/scene").json()
    rows = len(scene["elements"]["global_id"])
    assert sum(chunk["features"] for chunk in scene["chunks"]) == rows
    chunk = get(client, f"/api/v1/blobs/{scene['chunks'][0]['sha256']}.glb")
    assert chunk.content[:4] == b"glTF"
    assert "immutable" in chunk.headers["cache-control"]


def test_submitted_files_and_reports_are_not_given_out_as_chunks(client):
    version = get(client, VERSION).json()
    problem = get(client, f"/api/v1/blobs/{version['file_sha256']}.glb", 404).json()
    assert problem["reason"] == "blob"


def test_the_tree_reaches_every_space(client, truth):
    def spaces(node):
        own = [node["global_id"]] if node["ifc_class"] == "IfcSpace" else []
        return own + [s for child in node["children"] for s in spaces(child)]

    expected = {s["global_id"] for s in truth["files"][f"models/{HOUSE}_as-designed.ifc"]["spaces"]}
    assert set(spaces(get(client, VERSION + "/tree").json())) == expected


def test_the_tree_holds_every_system_with_its_members(client):
    office = "/api/v1/buildings/120900103"
    groups = get(client, f"{office}/versions/as-designed/latest/tree").json()["groups"]
    asked = get(client, f"{office}/questions/systems?stage=as-designed").json()["rows"]
    assert {g["global_id"] for g in groups} == {row["system"] for row in asked}
    assert any(g["ifc_class"] == "IfcDistributionSystem" for g in groups)
    for group in groups:
        path = f"{office}/questions/members-of-system?stage=as-designed&system={group['global_id']}"
        members = {row["element"] for row in get(client, path).json()["rows"]}
        assert {e for found in group["elements"].values() for e in found} == members, group["name"]


def test_elements_page_and_filter(client):
    first = get(client, VERSION + "/elements?limit=5").json()
    second = get(client, VERSION + f"/elements?limit=5&offset={first['next']}").json()
    assert len(first["items"]) == len(second["items"]) == 5
    assert not {e["global_id"] for e in first["items"]} & {e["global_id"] for e in second["items"]}
    doors = get(client, VERSION + "/elements?ifc_class=IfcDoor").json()
    assert {e["ifc_class"] for e in doors["items"]} == {"IfcDoor"}


def test_an_element_shows_sets_type_relations_and_points(client):
    space = get(client, VERSION + "/elements?ifc_class=IfcSpace&q=101").json()["items"][0]
    shown = get(client, f"{VERSION}/elements/{space['global_id']}").json()
    assert shown["property_sets"]["AR_Ruum"]["115_Kategooria"]["value"] == "elutuba"
    areas = [v for s in shown["quantity_sets"].values() for k, v in s.items() if k == "NetFloorArea"]
    assert areas[0]["value"] == pytest.approx(25.2)
    assert areas[0]["unit"] == "m2"
    assert {r["direction"] for r in shown["relations"]} == {"in", "out"}
    assert shown["points"]
    door = get(client, VERSION + "/elements?ifc_class=IfcDoor").json()["items"][0]
    assert get(client, f"{VERSION}/elements/{door['global_id']}").json()["type"]["ifc_class"] == "IfcDoorType"


def test_stages_differ_by_the_deviations_that_were_built_in(client, truth):
    deviations = next(
        d for d in truth["deviations"] if (d["building_id"], d["from"], d["to"]) == (HOUSE, "as-designed", "as-built")
    )
    result = get(client, f"/api/v1/buildings/{HOUSE}/diff?from=as-designed/1&to=as-built/1").json()
    assert [e["global_id"] for e in result["added"]] == sorted(deviations["added"])
    assert [e["global_id"] for e in result["removed"]] == sorted(deviations["removed"])
    intended = {i["global_id"] for i in deviations["intended"]}
    named = {e["global_id"] for e in (*result["added"], *result["removed"], *result["changed"])}
    assert intended <= named
    (wall,) = [i["global_id"] for i in deviations["intended"] if i["kind"] == "wall_moved"]
    moved = next(e for e in result["changed"] if e["global_id"] == wall)
    assert any("moved by 1.000 m" in c["sentence"] for c in moved["changes"])


def test_permit_energy_and_seal_reports(client):
    permit = get(client, VERSION + "/permit").json()
    assert permit["counts"]["fail"] == 0
    assert permit["counts"]["pass"] > 10
    assert len({p["sha256"] for p in permit["packs"]}) == len(permit["packs"])
    energy = get(client, VERSION + "/energy").json()
    assert energy["class"] is None
    assert energy["class_reasons"]
    assert len(energy["need"]["monthly"]) == 12
    seal = get(client, VERSION + "/seal").json()
    assert seal["verdict"] == "valid"
    assert [s["number"] for s in seal["steps"]] == list(range(1, len(seal["steps"]) + 1))
    bundle = get(client, VERSION + "/seal/bundle")
    assert bundle.content[:2] == b"PK"
    assert "attachment" in bundle.headers["content-disposition"]


def test_questions_are_listed_and_answered(client, truth):
    names = {q["name"] for q in get(client, "/api/v1/questions").json()}
    assert {"adjacent-spaces", "rooms-served-by", "way-between-spaces"} <= names
    space = truth["files"][f"models/{HOUSE}_as-designed.ifc"]["spaces"][0]["global_id"]
    path = f"/api/v1/buildings/{HOUSE}/questions/doors-of-space?space={space}&stage=as-designed"
    assert get(client, path).json()["rows"]
    assert get(client, f"/api/v1/buildings/{HOUSE}/questions/nothing", 400).json()["reason"] == "question"


def test_readings_come_in_and_go_out(client):
    point = get(client, f"/api/v1/buildings/{HOUSE}/points").json()[0]
    topic = f"kaksik/v1/{HOUSE}/{point['point_id']}/obs"
    readings = [{"t": f"2026-01-01T12:0{i}:00Z", "v": 20 + i, "u": point["unit"]} for i in range(3)]
    messages = [{"topic": topic, "payload": readings}, {"topic": topic, "payload": {"v": "warm"}}]
    result = client.post("/api/v1/readings", json=messages).json()
    assert (result["stored"], result["refused"], result["reasons"]) == (3, 1, {"result-type": 1})
    assert client.post("/api/v1/readings", json=messages[:1]).json()["duplicates"] == 3
    silent = {b["building_id"]: b["silent"] for b in get(client, "/api/v1/buildings").json()["items"]}
    assert (silent[HOUSE], silent["120900103"]) == (1, 0)  # one fell silent; those that never spoke are none
    latest = get(client, f"/api/v1/buildings/{HOUSE}/latest").json()["items"]
    shown = next(i for i in latest if i["point_id"] == point["point_id"])
    assert shown["value"] == 22
    assert shown["stale"] is True
    window = "from=2026-01-01T12:00:00Z&to=2026-01-01T12:02:00Z"
    history = get(client, f"/api/v1/points/{HOUSE}/{point['point_id']}/history?{window}").json()
    assert [item["v"] for item in history["items"]] == [20, 21]
    assert get(client, "/api/v1/readings/refused").json()["reasons"]


def test_a_model_is_submitted_watched_and_shown(client, sample_district):
    file = next((sample_district / "models").glob("120900200_as-designed.ifc"))
    with file.open("rb") as stream:
        answer = client.post("/api/v1/buildings?stage=as-built", files={"file": ("row.ifc", stream)})
    assert answer.status_code == 202
    with client.stream("GET", answer.headers["location"] + "/events") as events:
        names = [line.partition(": ")[2] for line in events.iter_lines() if line.startswith("event:")]
    assert names[-1] == "done"
    job = get(client, answer.headers["location"]).json()
    assert job["result"] == {"building_id": "120900200", "stage": "as-built", "version": 1}
    assert get(client, "/api/v1/buildings/120900200/versions/as-built/1").json()["file_name"] == "row.ifc"


def test_a_layer_is_replaced_only_when_it_is_sound(client):
    before = get(client, "/api/v1/district").json()["parcels"]
    answer = client.put("/api/v1/district/parcels", files={"file": ("p.geojson", b'{"type": "FeatureCollection"')})
    assert answer.status_code == 422
    assert get(client, "/api/v1/district").json()["parcels"] == before


def test_the_viewer_is_served_with_a_strict_policy(client):
    page = get(client, "/")
    assert "text/html" in page.headers["content-type"]
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")


def test_the_description_is_openapi_with_a_summary_for_every_route(client):
    document = get(client, "/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op.get("summary") and op.get("tags") for op in operations)
    assert len({op["operationId"] for op in operations}) == len(operations)


@pytest.mark.models
def test_several_files_become_one_building(client, models_dir):
    names = ("pcert_building_architecture_4x3.ifc", "pcert_building_structural_4x3.ifc")
    files = [("file", (name, (models_dir / name).read_bytes())) for name in names]
    answer = client.post("/api/v1/buildings?building_id=federated", files=files)
    assert answer.status_code == 202
    with client.stream("GET", answer.headers["location"] + "/events") as events:
        assert [line for line in events.iter_lines() if line.startswith("event:")][-1] == "event: done"
    version = get(client, "/api/v1/buildings/federated/versions/as-designed/1").json()
    assert [file["file_name"] for file in version["files"]] == list(names)
    assert version["file_name"] == f"{names[0]} (+1)"
    assert "federation.duplicate" in [finding["rule"] for finding in version["findings_read"]]
