"""Behind a Security Server: who is believed, what is written down, what an answer may be."""

import warnings
from datetime import UTC, datetime

import pytest

from api import xroad
from api.app import create_app
from twin.service import open_twin
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

API = "/api/v1"
SERVER = "192.0.2.7"
ASKING = {
    "X-Road-Client": "EE/GOV/70000562/ehr",
    "X-Road-Id": "6209d61b-6ab5-4443-a09a-b8d2a7c491b2",
    "X-Road-UserId": "EE12345678901",
    "X-Road-Issue": "2212271/04567",
    "X-Road-Represented-Party": "COM/12345678",
}
DAYS = [datetime(2026, 5, day, 8, tzinfo=UTC) for day in (4, 4, 5, 6)]


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = DAYS[0]

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service(tmp_path, clock):
    tokens = tmp_path / "tokens"
    tokens.write_text("mari:" + "m" * 32 + "\n")
    settings = Settings(home=tmp_path / "home", token_file=tokens, xroad_server=SERVER)

    def opened(address):
        app = create_app(settings, lambda given: open_twin(given, clock))
        return TestClient(app, base_url="http://127.0.0.1", client=(address, 50000))

    return opened


def test_headers_count_only_from_the_security_server(service):
    with service(SERVER) as client:
        assert client.get(f"{API}/buildings", headers=ASKING).status_code == 200
        assert client.get(f"{API}/buildings").status_code == 401
    with service("192.0.2.8") as client:
        assert client.get(f"{API}/buildings", headers=ASKING).status_code == 401
        known = {"Authorization": "Bearer " + "m" * 32}
        malformed = {**known, "X-Road-Client": "///"}
        assert client.get(f"{API}/buildings", headers=malformed).status_code == 200  # not looked at
        written = client.get(f"{API}/audit", headers=known).json()["items"]
    assert [(entry["actor"], entry["detail"]["status"]) for entry in written] == [("EE/GOV/70000562/ehr", 200)]
    assert written[0]["detail"]["xroad"]["user_id"] == "EE12345678901"
    assert written[0]["detail"]["xroad"]["issue"] == "2212271/04567"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Road-Client", "EE/GOV"),
        ("X-Road-Client", "EE/GOV/700/a/b/c"),
        ("X-Road-Client", "EE/GOV/7000%2F0562"),
        ("X-Road-Client", "EE//7000"),
        ("X-Road-UserId", "12345678901"),
        ("X-Road-UserId", "EE" + "1" * 100),
        ("X-Road-Id", "two words"),
        ("X-Road-Issue", "x" * 201),
        ("X-Road-Represented-Party", "a/b/c"),
    ],
)
def test_malformed_headers_are_refused(service, name, value):
    with service(SERVER) as client:
        answer = client.get(f"{API}/buildings", headers={**ASKING, name: value})
    assert answer.status_code == 400
    assert (answer.json()["reason"], answer.json()["entity"]) == ("x-road-header", name.lower())
    assert answer.json()["hint"]


def test_the_last_of_repeated_headers_counts(service):
    with service(SERVER) as client:
        headers = [*ASKING.items(), ("X-Road-Client", "EE/COM/10000001/other")]
        assert client.get(f"{API}/buildings", headers=headers).status_code == 200
        known = {"Authorization": "Bearer " + "m" * 32}
        assert client.get(f"{API}/audit", headers=known).json()["items"][0]["actor"] == "EE/COM/10000001/other"


def test_the_audit_trail_is_not_given_out_through_it(service):
    with service(SERVER) as client:
        answer = client.get(f"{API}/audit", headers=ASKING)
    assert (answer.status_code, answer.json()["reason"]) == (403, "private")


def test_the_trail_is_anchored_in_the_log_once_a_day(service, clock):
    with service(SERVER) as client:
        for now in DAYS:
            clock.now = now
            client.get(f"{API}/buildings", headers=ASKING)
        logged = client.get(f"{API}/log/entries").json()["items"]
        known = {"Authorization": "Bearer " + "m" * 32}
        checked = client.get(f"{API}/audit/check", headers=known).json()
    days = [(entry["entry"]["day"], entry["entry"]["books"]["audit"]["entries"]) for entry in logged]
    assert days == [("2026-05-04", 1), ("2026-05-05", 2), ("2026-05-06", 3)]
    assert checked["contradicted"] == []
    assert checked["entries"]["audit"] == 4


def test_an_answer_that_x_road_cannot_carry_is_refused(service, monkeypatch):
    with service(SERVER) as client:
        monkeypatch.setattr(xroad, "MAX_ANSWER_BYTES", 100)
        answer = client.get(f"{API}/openapi.json", headers=ASKING)
        assert (answer.status_code, answer.json()["reason"]) == (413, "answer-too-large")
        monkeypatch.undo()
        assert client.get(f"{API}/openapi.json", headers=ASKING).status_code == 200


def test_no_route_redirects(service):
    with service(SERVER) as client:
        paths = client.get(f"{API}/openapi.json", headers=ASKING).json()["paths"]
        for path in paths:
            for wanted in (path, path + "/"):
                filled = wanted.replace("{", "").replace("}", "")
                if "/events" in filled or "/stream" in filled:
                    continue
                answer = client.get(filled, headers=ASKING, follow_redirects=False)
                assert not 300 <= answer.status_code < 400, filled


def test_both_descriptions_name_no_address_of_ours(service):
    with service(SERVER) as client:
        new = client.get(f"{API}/openapi.json").json()
        old = client.get(f"{API}/openapi-3.0.json").json()
    assert new["openapi"].startswith("3.1")
    assert old["openapi"].startswith("3.0")
    assert {path.removeprefix(API) for path in new["paths"]} == set(old["paths"])
    assert [server["url"] for server in old["servers"]] == [API]
    assert "127.0.0.1" not in str(old) + str(new.get("servers", ""))


def test_what_can_grow_comes_in_parts(client):
    home = "/api/v1/buildings"
    every, found, at = client.get(home).json()["items"], [], 0
    while at is not None:
        page = client.get(home, params={"limit": 3, "offset": at}).json()
        found, at = [*found, *page["items"]], page["next"]
    assert found == every
    version = f"{home}/120900101/versions/as-designed/1"
    scene, rows, at = client.get(f"{version}/scene").json(), [], 0
    while at is not None:
        part = client.get(f"{version}/scene", params={"first": at, "count": 17}).json()
        rows, at = [*rows, *part["elements"]["global_id"]], part["next"]
    assert rows == scene["elements"]["global_id"]
    assert part["chunks"] == scene["chunks"]
    tree = client.get(f"{version}/tree").json()
    top = client.get(f"{version}/tree", params={"depth": 0}).json()
    assert (top["global_id"], top["children"]) == (tree["global_id"], [])
    below = tree["children"][0]
    assert client.get(f"{version}/tree", params={"root": below["global_id"]}).json() == below
    assert client.get(f"{version}/tree", params={"root": "x"}).status_code == 404
