"""Alarms by HTTP, on the sample buildings and their graph."""

import io
import zipfile

import pytest

from twin.bcf import read_bcf


@pytest.fixture(scope="module")
def served(client):
    """Return an element that feeds rooms, and its building."""
    for building in client.get("/api/v1/buildings").json()["items"]:
        name = building["building_id"]
        for point in client.get(f"/api/v1/buildings/{name}/points").json():
            found = client.get(
                f"/api/v1/buildings/{name}/questions/rooms-served-by", params={"element": point["global_id"]}
            )
            if found.json()["rows"]:
                return point, found.json()["rows"]
    pytest.fail("no point of any sample is bound to equipment that serves rooms")


def rule_for(point, **members):
    return {
        "building_id": point["building_id"], "kind": "missing", "severity": "critical", "title": "Air unit silent",
        "points": [point["point_id"]], "above": 1, **members,
    }  # fmt: skip


@pytest.fixture(scope="module")
def alarm(client, served):
    point, _ = served
    answer = client.put("/api/v1/alarm-rules/ahu-silent", json=rule_for(point))
    assert answer.status_code == 200, answer.text
    client.app.state.twin.alarms.look()
    found = client.get(f"/api/v1/buildings/{point['building_id']}/alarms").json()["items"]
    yield next(item for item in found if item["rule_id"] == "ahu-silent")
    assert client.delete("/api/v1/alarm-rules/ahu-silent").status_code == 204


def test_who_is_affected_is_what_the_graph_says(client, alarm, served):
    _, rooms = served
    answer = client.get(f"/api/v1/alarms/{alarm['alarm_id']}/affected").json()
    assert {room["space"] for room in rooms} <= {room["space"] for room in answer["rooms"]}
    assert answer["reason"] is None


def test_the_summary_counts_open_alarms(client, alarm):
    shown = client.get(f"/api/v1/buildings/{alarm['building_id']}").json()
    listed = client.get(f"/api/v1/buildings/{alarm['building_id']}/alarms").json()["items"]
    assert shown["alarms"] == len(listed) >= 1
    others = [b for b in client.get("/api/v1/buildings").json()["items"] if b["building_id"] != alarm["building_id"]]
    assert {b["alarms"] for b in others} == {0}


def test_people_deal_with_an_alarm_and_the_trail_knows(client, alarm):
    address = f"/api/v1/alarms/{alarm['alarm_id']}"
    assert client.post(f"{address}/assign", json={"assignee": "mari"}).json()["assignee"] == "mari"
    assert client.post(f"{address}/acknowledge", json={}).json()["state"] == "active-acknowledged"
    assert client.post(f"{address}/acknowledge", json={}).status_code == 409
    assert client.post(f"{address}/comment", json={"note": "belt torn"}).status_code == 200
    history = client.get(address).json()["history"]
    assert [(entry["what"], entry["actor"]) for entry in history][:3] == [
        ("raised", ""), ("assigned", "local"), ("acknowledged", "local"),
    ]  # fmt: skip


def test_a_work_order_is_a_bcf_topic_with_the_elements(client, alarm):
    data = client.get(f"/api/v1/alarms/{alarm['alarm_id']}/work-order").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (markup,) = [archive.read(name).decode() for name in archive.namelist() if name.endswith("markup.bcf")]
    assert "Air unit silent" in markup
    assert "Work order" in markup
    (topic,) = read_bcf(data)
    assert alarm["global_id"] in topic.elements


def test_the_wall_and_the_list_show_it(client, alarm):
    rows = client.get("/api/v1/district/alarms").json()["items"]
    assert any(row["building_id"] == alarm["building_id"] and row["severity"] == "critical" for row in rows)
    assert any(item["alarm_id"] == alarm["alarm_id"] for item in client.get("/api/v1/alarms").json()["items"])
    assert client.get("/api/v1/alarms/outbox").json() == {"items": []}


def test_what_cannot_be_is_refused_with_a_reason(client, served):
    point, _ = served
    for body, status, reason in (
        (rule_for(point, above=None), 422, "rule-invalid"),
        (rule_for(point, rule_id="other"), 422, "rule-invalid"),
        (rule_for(point, building_id="199999999"), 404, None),
    ):
        answer = client.put("/api/v1/alarm-rules/x", json=body)
        assert answer.status_code == status, answer.text
        assert reason in (None, answer.json()["reason"])
    assert client.get("/api/v1/alarms/999999").json()["reason"] == "alarm-unknown"
    assert client.delete("/api/v1/alarm-rules/none").status_code == 404
