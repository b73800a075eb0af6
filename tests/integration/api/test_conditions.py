"""State of a storey on the sample buildings."""

import json
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture(scope="module")
def spoken(client):
    """Let the temperature points of one building speak; return building and what was said by point."""
    for building in client.get("/api/v1/buildings").json()["items"]:
        name = building["building_id"]
        points = [
            p for p in client.get(f"/api/v1/buildings/{name}/points").json() if p["unit"] == "Cel" and p["space"]
        ]
        if len(points) > 2:
            break
    twin = client.app.state.twin
    now = datetime.now(UTC).replace(microsecond=0)
    said = {point["point_id"]: 18.0 + n for n, point in enumerate(points)}
    for point_id, value in said.items():
        for moment, shown in ((now - timedelta(hours=5), value - 1), (now, value)):
            payload = json.dumps({"t": moment.isoformat(), "v": shown, "u": "Cel"}).encode()
            twin.live.ingest(f"kaksik/v1/{name}/{point_id}/obs", payload)
    return name, said, now


def storeys_of(client, building_id):
    twin = client.app.state.twin
    version = twin.catalogue.version(building_id, twin.catalogue.building(building_id).furthest)
    return [r.global_id for r in twin.catalogue.records(version.key) if r.ifc_class == "IfcBuildingStorey"], version


def test_each_storey_shows_the_points_of_its_rooms_as_the_graph_has_them(client, spoken):
    building_id, said, _ = spoken
    storeys, version = storeys_of(client, building_id)
    shown = {}
    for storey in storeys:
        items = client.get(f"/api/v1/buildings/{building_id}/state", params={"storey": storey}).json()["items"]
        answer = client.app.state.twin.questions.answer(version, "spaces-of-storey", {"storey": storey})
        rooms = {row["space"] for row in answer.rows}
        assert {item["space"] for item in items if item["space"]} <= rooms
        shown |= {item["point_id"]: item for item in items}
    assert {point: shown[point]["value"] for point in said} == said
    assert all(shown[point]["unit"] == "Cel" and shown[point]["age_s"] is not None for point in said)


def test_the_state_at_a_time_is_what_it_was_then(client, spoken):
    building_id, said, now = spoken
    at = (now - timedelta(hours=1)).isoformat()
    items = client.get(f"/api/v1/buildings/{building_id}/state", params={"at": at}).json()["items"]
    found = {item["point_id"]: item["value"] for item in items}
    assert {point: found[point] for point in said} == {point: value - 1 for point, value in said.items()}


def test_the_building_has_mean_and_extremes(client, spoken):
    building_id, said, _ = spoken
    for path in (f"/api/v1/buildings/{building_id}/aggregates?by=building", "/api/v1/district/aggregates"):
        rows = client.get(path).json()["items"]
        (row,) = [r for r in rows if r["group"] == building_id and r["unit"] == "Cel"]
        assert row["min"] <= min(said.values())
        assert row["points"] + row["silent"] >= len(said)
    by_storey = client.get(f"/api/v1/buildings/{building_id}/aggregates?by=storey").json()["items"]
    assert {row["group"] for row in by_storey} <= set(storeys_of(client, building_id)[0])
    assert by_storey


def test_what_cannot_be_asked_is_refused(client, spoken):
    building_id, _, _ = spoken
    path = f"/api/v1/buildings/{building_id}"
    assert client.get(f"{path}/aggregates?by=colour").json()["reason"] == "group"
    assert client.get(f"{path}/state?storey=nothing").status_code == 404
    assert client.get(f"{path}/state?at=2026-01-01T00:00:00").json()["reason"] == "time-range"


def test_people_and_use_are_told_by_storey(client, spoken):
    building_id, _, now = spoken
    twin = client.app.state.twin
    storeys = set(storeys_of(client, building_id)[0])
    point = next(p for p in twin.live.points(building_id) if p.quantity_kind == "MoleFraction" and p.space)
    meter = next(p for p in twin.live.points(building_id) if p.kind.value == "meter")
    for name, unit, hours, value in (
        (point.point_id, point.unit, 0, 1200.0),
        (meter.point_id, meter.unit, 5, 100.0),
        (meter.point_id, meter.unit, 0, 130.0),
    ):
        payload = json.dumps({"t": (now - timedelta(hours=hours)).isoformat(), "v": value, "u": unit}).encode()
        twin.live.ingest(f"kaksik/v1/{building_id}/{name}/obs", payload)
    at = {"by": "storey", "at": now.isoformat()}
    rows = client.get(f"/api/v1/buildings/{building_id}/occupancy", params=at).json()["items"]
    assert {row["group"] for row in rows} <= storeys
    assert sum(row["occupied"] for row in rows) == 1
    span = {"by": "storey", "from": (now - timedelta(hours=6)).isoformat(), "to": now.isoformat()}
    used = client.get(f"/api/v1/buildings/{building_id}/use", params=span).json()["items"]
    assert {row["group"] for row in used} <= storeys
    assert sum(row["used"] for row in used) == 30.0
