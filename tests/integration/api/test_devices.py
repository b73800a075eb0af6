"""Devices over HTTP: who they are, what they may write, and who waits in quarantine."""

import json
from dataclasses import replace

import pytest

HOUSE = "120900101"
API = "/api/v1"
PERSON = {"Authorization": "Bearer " + "m" * 32}


def reading(point: dict, value: float, second: int) -> dict:
    payload = {"t": f"2026-01-02T12:00:{second:02}Z", "v": value, "u": point["unit"]}
    return {"topic": f"kaksik/v1/{HOUSE}/{point['point_id']}/obs", "payload": payload}


def send(client, messages, status=200, **kwargs):
    answer = client.post(f"{API}/readings", json=messages, **kwargs)
    assert answer.status_code == status, answer.text
    return answer.json()


def device_of(name: str, point: dict) -> dict:
    return {"device_id": name, "building_id": HOUSE, "channels": {"value": {"point_id": point["point_id"]}}}


def put_devices(client, *devices):
    return client.put(f"{API}/devices", files={"file": ("d.json", json.dumps({"devices": devices}))})


@pytest.fixture(scope="module")
def points(client):
    return client.get(f"{API}/buildings/{HOUSE}/points").json()


def test_a_device_shows_its_secret_and_writes_its_own_points_only(client, points):
    own, other = points[0], points[1]
    assert put_devices(client, device_of("dev-a", own)).json() == {"registered": 1}
    assert put_devices(client, device_of("dev-b", own)).json()["reason"] == "point-taken"
    secret = client.post(f"{API}/devices/dev-a/secret").json()["secret"]
    both = [reading(own, 21.0, 1), reading(other, 22.0, 1)]
    sent = send(client, both, auth=("DEV-A", secret))
    assert (sent["stored"], sent["refused"]) == (1, 1)
    sent = send(client, [reading(own, 99.0, 2), reading(other, 22.0, 2)])  # somebody on the machine, who is no device
    assert (sent["stored"], sent["refused"]) == (1, 1)
    reasons = {item["reason"]: item["count"] for item in client.get(f"{API}/readings/refused").json()["reasons"]}
    assert reasons["not-own-point"] == 2
    (shown,) = client.get(f"{API}/devices?building_id={HOUSE}").json()
    assert (shown["device_id"], shown["has_secret"]) == ("dev-a", True)
    assert secret not in json.dumps(shown)


def test_a_new_secret_ends_the_old_one_and_a_device_may_do_nothing_else(client, points):
    put_devices(client, device_of("dev-a", points[0]))
    old = client.post(f"{API}/devices/dev-a/secret").json()["secret"]
    new = client.post(f"{API}/devices/dev-a/secret").json()["secret"]
    refused = send(client, [], 401, auth=("dev-a", old))
    assert refused["reason"] == "device-secret"
    assert send(client, [reading(points[0], 20.0, 3)], auth=("dev-a", new))["stored"] == 1
    for method, path in (("GET", "/buildings"), ("POST", "/devices/dev-a/secret"), ("GET", "/readings")):
        answer = client.request(method, API + path, auth=("dev-a", new))
        assert (answer.status_code, answer.json()["reason"]) == (403, "device-writes-only")
    client.delete(f"{API}/devices/dev-a")
    assert send(client, [], 401, auth=("dev-a", new))
    assert client.post(f"{API}/devices/dev-a/secret").json()["reason"] == "device-unknown"


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic " + "A" * 5000, "Basic /w==", "Basic Og=="])
def test_whatever_is_no_name_and_secret_is_a_clean_401(client, header):
    answer = client.post(f"{API}/readings", json=[], headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_an_unknown_device_waits_and_is_accepted_or_refused_for_good(client, points):
    send(client, [], 401, auth=("meter-7", "guess"))
    send(client, [], 401, auth=("stranger", "guess"))
    unknown = {"topic": f"kaksik/v1/{HOUSE}/unheard-of/obs", "payload": {"v": 1, "u": "Cel"}}
    send(client, [unknown])
    waiting = client.get(f"{API}/quarantine").json()["waiting"]
    assert {item["point_id"] for item in waiting} >= {"meter-7", "stranger", "unheard-of"}
    wrong = {"device": device_of("meter-7", {"point_id": "nothing"})}
    assert client.post(f"{API}/quarantine/accept", json=wrong).json()["reason"] == "point-unknown"
    accepted = client.post(f"{API}/quarantine/accept", json={"device": device_of("meter-7", points[2])})
    assert accepted.json()["accepted"] == "meter-7"
    point = {**points[0], "point_id": "unheard-of", "unit": "Cel", "quantity_kind": "Temperature", "range": None}
    assert client.post(f"{API}/quarantine/accept", json={"point": point}).json()["findings"] == []
    assert send(client, [unknown])["stored"] == 1
    refuse = {"building_id": "", "name": "stranger"}
    assert client.post(f"{API}/quarantine/refuse", json=refuse).status_code == 204
    send(client, [], 401, auth=("stranger", "guess"))
    shown = client.get(f"{API}/quarantine").json()
    assert "stranger" not in {item["point_id"] for item in shown["waiting"]}
    assert [item["point_id"] for item in shown["refused"]] == ["stranger"]
    assert client.post(f"{API}/quarantine/refuse", json=refuse).json()["reason"] == "not-waiting"
    assert client.post(f"{API}/quarantine/readmit", json=refuse).status_code == 204
    send(client, [], 401, auth=("stranger", "guess"))
    send(client, [unknown])  # counted in its order, so the refusal before it is on the disk now
    assert "stranger" in {item["point_id"] for item in client.get(f"{API}/quarantine").json()["waiting"]}
    client.delete(f"{API}/devices/meter-7")


def test_with_sign_in_a_device_needs_no_token_of_a_person(guarded):
    assert guarded.post(f"{API}/readings", json=[]).status_code == 401
    assert guarded.post(f"{API}/readings", json=[], headers=PERSON).status_code == 200
    assert guarded.get(f"{API}/devices").status_code == 401


def test_where_only_devices_may_send_a_person_may_not(client, points):
    twin = client.app.state.twin
    strict = replace(twin, settings=twin.settings.model_copy(update={"readings_by_devices_only": True}))
    client.app.state.twin = strict
    try:
        assert send(client, [reading(points[3], 1.0, 5)], 403)["reason"] == "devices-only"
    finally:
        client.app.state.twin = twin


def test_a_release_is_made_by_a_person_and_read_by_everybody(guarded):
    wanted = {"subject": "consumption", "month": "2025-01"}
    assert guarded.post(f"{API}/releases", json=wanted).status_code == 401
    assert guarded.get(f"{API}/open-data/consumption/2025-01").json()["reason"] == "not-released"
    made = guarded.post(f"{API}/releases", json=wanted, headers=PERSON).json()
    assert made["rows"] == []  # nobody is there to hide among
    assert guarded.get(f"{API}/open-data/consumption/2025-01").json() == made
    assert guarded.get(f"{API}/open-data/").json() == [wanted]
    catalogue = guarded.get(f"{API}/dcat", headers=PERSON).json()
    assert any(item["@id"].endswith("/open-data/consumption/2025-01") for item in catalogue["dcat:dataset"])
    assert guarded.get(f"{API}/open-data/consumption/..%2F..").status_code in (404, 422)


def test_readings_are_downloaded_as_tables(client, points):
    path = f"{API}/buildings/{HOUSE}/readings"
    send(client, [reading(points[4], 20.5, second) for second in (1, 2)])
    asked = f"point={points[4]['point_id']}&from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z"
    answer = client.get(f"{path}/csv?{asked}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(answer.text.splitlines()) == 3
    assert client.get(f"{path}/parquet?{asked}").content[:4] == b"PAR1"
    assert client.get(f"{path}/csv?point=nobody").json()["reason"] == "point-unknown"
    assert client.get(f"{path}/xlsx").status_code == 422
