"""Bindings over HTTP: one from the viewer, those of the model, and what no longer holds."""

import json

import pytest

from twin.live import Point, PointKind
from twin.snapshot import Stage

HOUSE = "120900101"
API = f"/api/v1/buildings/{HOUSE}/points"


@pytest.fixture(scope="module")
def twin_of_client(client):
    return client.app.state.twin


def element(client, ifc_class: str) -> str:
    path = f"/api/v1/buildings/{HOUSE}/versions/as-built/latest/elements?ifc_class={ifc_class}&limit=1"
    return client.get(path).json()["items"][0]["global_id"]


def test_a_binding_from_the_viewer_is_checked_before_it_is_stored(client):
    space, wall = element(client, "IfcSpace"), element(client, "IfcWall")
    good = {"global_id": space, "kind": "sensor", "quantity_kind": "Temperature", "unit": "Cel"}
    made = client.put(f"{API}/new-temp", json=good).json()
    assert made["findings"] == []
    assert (made["point"]["space"], made["point"]["building_id"]) == (space, HOUSE)
    before = client.get(API).json()
    for change, reason, rule in (
        ({"global_id": "1" * 22}, "binding-refused", "point.orphan"),
        ({"global_id": wall, "kind": "meter", "quantity_kind": "Energy", "unit": "kW.h"}, "binding-refused",
         "point.wrong-element"),
        ({"unit": "kW"}, "unit-dimension", None),
        ({"unit": "furlong"}, "unit-unknown", None),
        ({"kind": "thing"}, "point-invalid", None),
    ):  # fmt: skip
        answer = client.put(f"{API}/new-temp", json=good | change)
        assert (answer.status_code in (409, 422), answer.json()["reason"]) == (True, reason)
        assert [finding["rule"] for finding in answer.json().get("findings", [])] == ([rule] if rule else [])
    assert client.get(API).json() == before
    assert client.put("/api/v1/buildings/tmp-nothing/points/p", json=good).status_code == 404


def test_a_file_may_bind_what_does_not_hold_and_the_findings_stay(client):
    orphan = {"point_id": "lost", "building_id": HOUSE, "global_id": "1" * 22, "kind": "sensor",
              "quantity_kind": "Temperature", "unit": "Cel"}  # fmt: skip
    unbound = {**orphan, "point_id": "loose", "global_id": ""}
    data = json.dumps({"points": [orphan, unbound]})
    told = client.put("/api/v1/points", files={"file": ("points.json", data)}).json()
    assert (told["registered"], [f["rule"] for f in told["findings"]]) == (2, ["point.orphan", "point.unbound"])
    shown = client.get(f"{API}/findings").json()
    assert [(f["rule"], f["entity"]) for f in shown][:2] == [("point.orphan", "lost"), ("point.unbound", "loose")]


def test_what_another_version_lacks_is_an_orphan(client, twin_of_client):
    stages = (Stage.AS_DESIGNED, Stage.AS_BUILT)
    versions = [twin_of_client.catalogue.version(HOUSE, stage) for stage in stages]
    first, second = (twin_of_client.snapshots.read(version) for version in versions)
    for old, new, version in ((first, second, versions[1]), (second, first, versions[0])):
        for gid in old.records.keys() - new.records.keys():
            point = Point(HOUSE, f"on-{gid}", gid, PointKind.SENSOR, "Dimensionless", "1")
            if twin_of_client.live.register_points([point], old) == ():
                told = twin_of_client.bindings.recheck(version)
                assert point.point_id in {f.entity for f in told if f.rule == "point.orphan"}
                return
    raise AssertionError("the two versions hold the same elements")


def test_what_the_model_declares_is_shown_until_it_is_bound(client):
    assert client.get(f"{API}/declared").json() == {"points": [], "findings": []}  # the demo binds all
    known = {point["point_id"]: point for point in client.get(API).json()}
    loose = [known[name] | {"global_id": "", "space": None} for name in ("101-temp", "meter-heat")]
    client.put("/api/v1/points", files={"file": ("points.json", json.dumps({"points": loose}))})
    shown = {point["point_id"]: point for point in client.get(f"{API}/declared").json()["points"]}
    assert shown.keys() == {"101-temp", "heat"}  # as the model names them
    taken = client.post(f"{API}/declared").json()["points"]
    assert [(point["point_id"], point["global_id"]) for point in taken] == [
        ("heat", known["meter-heat"]["global_id"])
    ]  # the other name is the name of a point already
    assert {point["point_id"] for point in client.get(API).json()} == known.keys() | {"heat"}
    assert [point["point_id"] for point in client.get(f"{API}/declared").json()["points"]] == ["101-temp"]
    for method in (client.get, client.post):
        assert method("/api/v1/buildings/tmp-nothing/points/declared").status_code == 404
