"""Everything that goes wrong is a problem document of one shape, and nothing is stored."""

import pytest

from api.app import create_app
from api.errors import problem_response
from api.problems import problem_of
from api.security import MIN_TOKEN_CHARACTERS, TokenFile, is_loopback
from twin.errors import InvalidInput
from twin.settings import Settings

SHAPE = {"type", "title", "status", "detail", "reason"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/buildings/none", 404),
        ("GET", "/api/v1/buildings/none/latest", 404),
        ("GET", "/api/v1/buildings/none/stream", 404),
        ("GET", "/api/v1/buildings/120900101/versions/as-designed/99", 404),
        ("GET", "/api/v1/buildings/120900101/versions/as-designed/0", 422),
        ("GET", "/api/v1/buildings/120900101/versions/as-designed/one", 422),
        ("GET", "/api/v1/buildings/120900101/versions/as-dreamt/1", 422),
        ("GET", "/api/v1/buildings/120900101/versions/as-designed/1/elements/none", 404),
        ("GET", "/api/v1/buildings/120900101/versions/as-designed/1/elements?limit=0", 422),
        ("GET", "/api/v1/buildings/120900101/diff?from=as-designed/1&to=nonsense", 422),
        ("GET", "/api/v1/buildings/120900101/diff", 422),
        ("GET", "/api/v1/buildings/120900200/versions/as-designed/1/nothing", 404),
        ("GET", "/api/v1/jobs/none", 404),
        ("GET", "/api/v1/jobs/none/events", 404),
        ("GET", "/api/v1/blobs/xyz.glb", 422),
        ("GET", "/api/v1/points/120900101/none/history", 404),
        ("GET", "/api/v1/points/120900101/none/history?from=yesterday", 422),
        ("POST", "/api/v1/readings", 422),
        ("POST", "/api/v1/buildings", 422),
        ("DELETE", "/api/v1/buildings/120900101", 405),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/%2e%2e/%2e%2e/pyproject.toml", 404),
    ],
)
def test_every_error_has_the_shape_of_a_problem(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= SHAPE
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"this is not IFC", "not-step"),
        (b"%PDF-1.7 ...", "not-step"),
        (b"ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n#1=IFCWALL(", "truncated"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(client, content, reason):
    before = client.get("/api/v1/buildings").json()
    answer = client.post("/api/v1/buildings", files={"file": ("x.ifc", content)})
    location = answer.headers["location"]
    with client.stream("GET", location + "/events") as events:
        assert [line for line in events.iter_lines() if line.startswith("event:")][-1] == "event: failed"
    problem = client.get(location).json()["problem"]
    assert problem.keys() >= SHAPE
    assert problem["reason"] == reason
    assert client.get("/api/v1/buildings").json() == before


def test_a_file_over_the_limit_is_refused_at_the_door(client):
    answer = client.post("/api/v1/buildings", files={"file": ("x.ifc", b"x" * 2_000_001)})
    assert answer.status_code == 413
    assert answer.json()["reason"] == "too-large"


@pytest.mark.parametrize("name", ["../../evil", "a b", "x" * 65])
def test_a_bad_building_id_is_refused_before_anything_is_stored(client, name):
    answer = client.post("/api/v1/buildings", params={"building_id": name}, files={"file": ("x.ifc", b"ISO")})
    assert answer.status_code == 422
    assert answer.json()["reason"] == "building-id"


def test_another_web_page_may_not_change_anything(client):
    answer = client.post("/api/v1/readings", json=[], headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "origin")
    assert client.post("/api/v1/readings", json=[], headers={"Origin": "http://127.0.0.1"}).status_code == 200


def test_a_name_that_is_not_ours_is_refused_on_loopback(client):
    answer = client.get("/api/v1/buildings", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["reason"]) == (421, "host")


def test_nothing_is_shown_without_a_token_where_one_is_wanted(guarded):
    assert guarded.get("/api/v1/health").status_code == 200
    for path in ("/api/v1/buildings", "/api/v1/district", "/api/v1/settings", "/api/v1/nothing"):
        answer = guarded.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.get("/api/v1/buildings", headers={"Authorization": "Bearer " + "x" * 32}).status_code == 401
    assert guarded.get("/api/v1/buildings", headers={"Authorization": "Bearer " + "m" * 32}).status_code == 200


def test_a_browser_signs_in_and_out(guarded):
    assert guarded.post("/api/v1/session", json={"token": "wrong"}).status_code == 422
    answer = guarded.post("/api/v1/session", json={"token": "j" * 32})
    assert answer.status_code == 204
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert guarded.get("/api/v1/buildings").status_code == 200
    cookie = guarded.cookies["kaksik_session"]
    assert guarded.delete("/api/v1/session").status_code == 204
    guarded.cookies.set("kaksik_session", cookie)
    assert guarded.get("/api/v1/buildings").status_code == 401


def test_no_other_address_without_a_way_to_sign_in(tmp_path):
    with pytest.raises(InvalidInput) as caught:
        create_app(Settings(home=tmp_path, host="0.0.0.0"))
    assert caught.value.reason == "no-sign-in"


@pytest.mark.parametrize("text", ["", "# only a remark\n", "no colon here\n", "mari:short\n"])
def test_a_bad_token_file_is_refused(tmp_path, text):
    file = tmp_path / "tokens"
    file.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        TokenFile(file)
    assert caught.value.reason == "token-file"
    assert "short" not in caught.value.message


def test_tokens_are_long_enough_to_matter():
    assert MIN_TOKEN_CHARACTERS >= 22


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("evil", False)],
)
def test_loopback_is_known(host, loopback):
    assert is_loopback(host) is loopback


def test_secrets_are_masked(tmp_path):
    settings = Settings(home=tmp_path, mqtt_url="mqtt://user:hunter2@127.0.0.1", key_passphrase="hunter2")
    assert "hunter2" not in str(settings.model_dump(mode="json"))


def test_half_a_character_that_an_error_cites_does_not_break_its_answer():
    error = InvalidInput("No \ud800 here.", reason="crs", entity="\ud800", hint="\ud800")
    assert problem_response(problem_of(error)).body.count(b"?") == 3


@pytest.mark.parametrize("told", [True, False], ids=["length", "chunks"])
def test_a_body_that_no_route_needs_is_refused_before_it_is_read(client, told):
    parts = [b"[" * (1 << 20)] * 9
    body = b"".join(parts) if told else iter(parts)
    answer = client.post("/api/v1/readings", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (413, "too-large")
    assert answer.json()["hint"]


def test_json_cannot_pass_for_a_file_and_files_have_an_end(client):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/api/v1/readings", content=b"x" * (9 << 20), headers=headers).status_code == 413
    claimed = {**headers, "content-length": str(2**40)}
    assert client.post("/api/v1/buildings", content=b"--x--", headers=claimed).status_code == 413
