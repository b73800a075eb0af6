"""Occupancy, meters, use and commands of sample buildings over HTTP, by people who have signed in."""

import json
import warnings

import pytest

from api.app import create_app
from twin.catalogue import Building
from twin.live import Point, PointKind
from twin.service import open_twin
from twin.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client announces the next name of the library it stands on
    from fastapi.testclient import TestClient

HOUSE, OFFICE = "tmp-house", "tmp-office"
POINTS = [
    Point(OFFICE, "ahu-supply-setpoint", "g-ahu", PointKind.SETPOINT, "Temperature", "Cel", range=(10.0, 30.0)),
    Point(OFFICE, "ahu-fan-speed", "g-fan", PointKind.ACTUATOR, "DimensionlessRatio", "%", range=(0.0, 100.0)),
    Point(HOUSE, "meter-electricity", "g-e", PointKind.METER, "Energy", "kW.h"),
    Point(HOUSE, "meter-heat", "g-h", PointKind.METER, "Energy", "kW.h"),
    Point(HOUSE, "101-co2", "g-c", PointKind.SENSOR, "MoleFraction", "[ppm]", interval_s=60, space="g-101"),
]
TOKENS = {name: f"{name}-" + "x" * 32 for name in ("mari", "jaan", "liis")}
COMMAND = {"point_id": "ahu-supply-setpoint", "value": 17.0, "unit": "Cel", "reason": "warm upstairs"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operating")
    home, file = folder / "home", folder / "tokens"
    twin = open_twin(Settings(home=home))
    with twin.engine.begin() as connection:
        for name in (HOUSE, OFFICE):
            twin.catalogue._put_building(connection, Building(name, "A house", "", None), "2026-01-01T00:00:00Z")
    twin.live.register_points(POINTS)
    twin.close()
    file.write_text("\n".join(f"{name}:{token}" for name, token in TOKENS.items()))
    settings = Settings(
        home=home, token_file=file, commands=True, command_proposers=("mari",), command_confirmers=("mari", "jaan")
    )
    with TestClient(create_app(settings), base_url="http://127.0.0.1", headers=as_user("mari")) as opened:
        yield opened


def as_user(name):
    return {"Authorization": f"Bearer {TOKENS[name]}"}


def post(client, user, path, body=None):
    answer = client.post(f"/api/v1/buildings/{OFFICE}/commands{path}", json=body, headers=as_user(user))
    return answer.status_code, answer.json()


def test_a_command_needs_two_people_and_is_in_the_trail(client):
    assert post(client, "jaan", "", COMMAND)[1]["reason"] == "command-not-allowed"
    status, command = post(client, "mari", "", COMMAND)
    assert (status, command["status"], command["proposed_by"]) == (201, "proposed", "mari")
    address = f"/{command['command_id']}"
    assert post(client, "mari", f"{address}/confirm")[0] == 403
    assert post(client, "liis", f"{address}/confirm")[1]["reason"] == "command-not-allowed"
    status, confirmed = post(client, "jaan", f"{address}/confirm")
    assert (status, confirmed["status"]) == (200, "confirmed")  # there is no broker: it is sent when one is there
    assert post(client, "mari", "", COMMAND)[1]["reason"] == "command-open"
    assert post(client, "mari", f"{address}/withdraw")[1]["status"] == "withdrawn"
    assert post(client, "jaan", f"{address}/confirm")[1]["reason"] == "command-status"
    listed = get(client, f"/buildings/{OFFICE}/commands")["items"]
    withdrawn = next(item for item in listed if item["command_id"] == command["command_id"])
    assert [step["status"] for step in withdrawn["history"]] == ["proposed", "confirmed", "withdrawn"]
    trail = [entry["action"] for entry in client.app.state.twin.trust.audit.entries(0, 1000)]
    assert {"command proposed", "command confirmed", "command withdrawn"} <= set(trail)


@pytest.mark.parametrize(
    ("members", "status", "reason"),
    [
        ({"value": 31.0}, 422, "command-limit"),
        ({"unit": "kW"}, 422, "unit-dimension"),
        ({"point_id": "ahu-fan-speed"}, 422, "command-no-setpoint"),
        ({"point_id": "nothing"}, 404, "point-unknown"),
        ({"expires_s": 1}, 422, "command-invalid"),
        ({"value": "NaN"}, 422, "request"),
        ({"reason": ""}, 422, "command-invalid"),
    ],
)
def test_what_may_not_be_commanded_is_refused(client, members, status, reason):
    assert (status, reason) == (lambda answer: (answer[0], answer[1]["reason"]))(
        post(client, "mari", "", {**COMMAND, **members})
    )


def test_commands_are_off_by_default():
    assert Settings().commands is False


def get(client, path, status=200):
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def send(client, point, readings):
    readings = list(readings)
    payload = [{"t": t, "v": v, "u": point["unit"]} for t, v in readings]
    message = {"topic": f"kaksik/v1/{HOUSE}/{point['point_id']}/obs", "payload": payload}
    assert client.post("/api/v1/readings", json=[message]).json()["stored"] == len(readings)


def test_meters_and_people_of_a_house(client):
    points = get(client, f"/buildings/{HOUSE}/points")
    main, heat = (next(p for p in points if p["point_id"] == name) for name in ("meter-electricity", "meter-heat"))
    child = {**main, "point_id": "meter-kitchen", "parent": "meter-electricity", "name": "Kitchen"}
    file = {"file": ("points.json", json.dumps({"points": [child]}).encode())}
    assert client.put("/api/v1/points", files=file).json()["registered"] == 1
    send(client, main, [("2026-01-01T00:00:00Z", 100.0), ("2026-01-02T00:00:00Z", 150.0)])
    send(client, child, [("2026-01-01T06:00:00Z", 5.0), ("2026-01-02T00:00:00Z", 35.0)])
    co2 = next(p for p in points if p["quantity_kind"] == "MoleFraction")
    send(client, co2, [("2026-01-01T23:59:30Z", 1200.0)])
    span = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
    tree = get(client, f"/buildings/{HOUSE}/meters?{span}")
    (root,) = [meter for meter in tree["meters"] if meter["point_id"] == "meter-electricity"]
    assert (root["used"], root["parts"][0]["used"], root["residual"]) == (50.0, 30.0, 20.0)
    assert root["since"] == "2026-01-01T00:00:00Z"
    assert root["parts"][0]["since"] >= "2026-01-01T05:57:00Z"  # it began to speak later
    assert {(f["code"], f["point_id"]) for f in tree["findings"]} == {
        ("meter-residual", "meter-electricity"), ("meter-no-readings", heat["point_id"]),
    }  # fmt: skip
    rows = get(client, f"/buildings/{HOUSE}/use?{span}")["items"]
    energy = next(row for row in rows if row["unit"] == "kW.h")
    assert (energy["group"], energy["used"], energy["unknown"], energy["partial"]) == (HOUSE, 50.0, 1, 0)
    later = get(client, f"/buildings/{HOUSE}/use?from=2026-01-03T00:00:00Z&to=2026-01-04T00:00:00Z")["items"]
    assert [(row["used"], row["unknown"]) for row in later if row["unit"] == "kW.h"] == [(0, 2)]  # nobody spoke
    longer = get(client, f"/buildings/{HOUSE}/use?from=2024-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")["items"]
    assert [(row["used"], row["partial"]) for row in longer if row["unit"] == "kW.h"] == [(50.0, 1)]
    assert any(row["group"] == HOUSE for row in get(client, f"/district/use?{span}")["items"])
    spaces = get(client, f"/buildings/{HOUSE}/occupancy?at=2026-01-02T00:00:00Z")["items"]
    (room,) = [space for space in spaces if space["occupied"] is not None]
    assert (room["occupied"], room["method"], room["points"]) == (True, "co2-threshold", [co2["point_id"]])
    (whole,) = get(client, f"/buildings/{HOUSE}/occupancy?by=building&at=2026-01-02T00:00:00Z")["items"]
    assert (whole["group"], whole["occupied"]) == (HOUSE, 1)
    assert get(client, f"/buildings/{HOUSE}/use?by=storey&{span}")["items"] == []  # there is no model that says where
    assert isinstance(get(client, "/district/occupancy")["items"], list)
    means = get(client, f"/buildings/{HOUSE}/means?quantity_kind=MoleFraction&{span}")
    assert means["items"][0]["v"] == 1200.0
    assert get(client, f"/buildings/{HOUSE}/means?quantity_kind=Energy&{span}", 422)["detail"].startswith("Meters")
    assert get(client, f"/buildings/{HOUSE}/means?quantity_kind=Nothing&{span}", 422)["detail"].startswith("No point")
    assert get(client, f"/buildings/{HOUSE}/occupancy?by=room", 422)["reason"] == "group"
    assert get(client, f"/buildings/{HOUSE}/meters?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 422)[
        "reason"
    ] == ("time-range")


def test_a_register_that_fell_is_unknown_and_takes_nothing_from_the_others(client):
    points = get(client, f"/buildings/{HOUSE}/points")
    one, other = (next(p for p in points if p["point_id"] == name) for name in ("meter-electricity", "meter-heat"))
    days = [f"2025-03-{day:02}T00:00:00Z" for day in (1, 2, 3, 4)]
    send(client, one, zip(days, [900.0, 950.0, 3.0, 1000.0], strict=True))  # replaced, and soon above its first value
    send(client, other, zip(days, [10.0, 12.0, 15.0, 17.0], strict=True))
    span = f"from={days[0]}&to={days[-1]}"
    tree = get(client, f"/buildings/{HOUSE}/meters?{span}")
    assert ("meter-went-back", "meter-electricity") in {(f["code"], f["point_id"]) for f in tree["findings"]}
    rows = get(client, f"/buildings/{HOUSE}/use?{span}")["items"]
    assert [(row["used"], row["unknown"]) for row in rows if row["unit"] == "kW.h"] == [(7.0, 1)]


HISTORY = f"points/{HOUSE}/101-co2/history"
TIMES = (
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59",
    "2999-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "2026-01-01T00:00:00", "nan", "inf", "1e300", "",
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [f"buildings/{OFFICE}/state?at=", f"buildings/{OFFICE}/occupancy?at=", f"buildings/{HOUSE}/use?to=",
     f"buildings/{HOUSE}/meters?from=", f"{HISTORY}?to=", f"{HISTORY}?from=", f"{HISTORY}?step_s=",
     f"points/{HOUSE}/101-co2/comfort?to=", f"buildings/{HOUSE}/readings?from=", "district/use?from="],
)  # fmt: skip
def test_no_time_is_a_fault_of_the_service(client, path):
    """The ends of the calendar have no week before or after, and no time in another zone."""
    for time in TIMES:
        answer = client.get(f"/api/v1/{path}{time}")
        assert answer.status_code < 500, f"{time}: {answer.text}"
