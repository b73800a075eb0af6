"""Occupancy, meters and use of a sample building over HTTP."""

import json

HOUSE = "120900101"


def get(client, path, status=200):
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def send(client, point, readings):
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
    assert {(f["code"], f["point_id"]) for f in tree["findings"]} == {
        ("meter-residual", "meter-electricity"), ("meter-no-readings", heat["point_id"]),
    }  # fmt: skip
    rows = get(client, f"/buildings/{HOUSE}/use?{span}")["items"]
    energy = next(row for row in rows if row["unit"] == "kW.h")
    assert (energy["group"], energy["used"], energy["unknown"]) == (HOUSE, 50.0, 1)
    storeys = get(client, f"/buildings/{HOUSE}/use?by=storey&{span}")["items"]
    assert sum(row["used"] for row in storeys) == 30.0  # what stands somewhere and has no parts
    assert any(row["group"] == HOUSE for row in get(client, f"/district/use?{span}")["items"])
    spaces = get(client, f"/buildings/{HOUSE}/occupancy?at=2026-01-02T00:00:00Z")["items"]
    (room,) = [space for space in spaces if space["occupied"] is not None]
    assert (room["occupied"], room["method"], room["points"]) == (True, "co2-threshold", [co2["point_id"]])
    (floor,) = [
        row
        for row in get(client, f"/buildings/{HOUSE}/occupancy?by=storey&at=2026-01-02T00:00:00Z")["items"]
        if row["occupied"]
    ]
    assert floor["occupied"] == 1
    assert isinstance(get(client, "/district/occupancy")["items"], list)
    means = get(client, f"/buildings/{HOUSE}/means?quantity_kind=MoleFraction&{span}")
    assert means["items"][0]["v"] == 1200.0
    assert get(client, f"/buildings/{HOUSE}/occupancy?by=room", 422)["reason"] == "group"
    assert get(client, f"/buildings/{HOUSE}/meters?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 422)[
        "reason"
    ] == ("time-range")
