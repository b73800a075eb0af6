"""Meters, contracts, carbon and the city through the interface, on a copy of the demo's data."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from benchmarks.city import features, head
from twin.energy import Options, build_envelope, build_model, reference_area, simulate, synthetic_tallinn
from twin.energy.operated import designed_operation, operated
from twin.snapshot import Stage

API = "/api/v1"
HOUSE = "120900101"
VERSION = f"{API}/buildings/{HOUSE}/versions/as-designed/latest"
ZONE = timezone(timedelta(hours=2))
START = datetime(2024, 1, 1, tzinfo=ZONE)  # a leap year: 29 February has readings and no place in a model
TIMES = {"from": START.isoformat(), "to": (START + timedelta(days=366, hours=2)).isoformat()}
CITY = 120


def payloads(name, values):
    """Yield the readings of a point in messages of a fortnight."""
    unit = "MW.h" if name == "x-heat" else "Cel"
    times = [(START + timedelta(hours=place)).astimezone(UTC).isoformat() for place in range(len(values))]
    rows = [{"t": t, "v": float(v), "u": unit} for t, v in zip(times, values, strict=True)]
    for first in range(0, len(rows), 336):
        yield json.dumps(rows[first : first + 336]).encode()


def with_leap_day(values):
    table = values.reshape(365, 24)
    return np.insert(table, 59, table[58], axis=0).ravel()


@pytest.fixture(scope="module")
def own_model(client):
    twin = client.app.state.twin
    snapshot = twin.snapshots.read(twin.catalogue.version(HOUSE, Stage.AS_DESIGNED))
    envelope = build_envelope(snapshot)
    return snapshot, build_model(HOUSE, envelope, reference_area(snapshot, envelope).area_m2)


@pytest.fixture(scope="module")
def readings(client, own_model):
    """A year of a heat meter, an outdoor thermometer and a room, 2.5 degrees warmer than designed."""
    twin = client.app.state.twin
    snapshot, model = own_model
    room = next(r.global_id for r in snapshot.records.values() if r.ifc_class == "IfcSpace")
    known = {"building_id": HOUSE, "global_id": room, "kind": "sensor", "name": "", "interval_s": 3600}
    warm = {"quantity_kind": "Temperature", "unit": "Cel"}
    points = [
        {**known, "kind": "meter", "point_id": "x-heat", "quantity_kind": "Energy", "unit": "MW.h"},
        {**known, **warm, "point_id": "x-outdoor"},
        {**known, **warm, "point_id": "x-room"},
    ]
    assert twin.bind_points(json.dumps({"points": points}).encode())[0] == 3
    climate = synthetic_tallinn()
    designed = designed_operation(model, 30.0 * model.zone.floor_area_m2.value / 365.0)
    truth = replace(designed, set_point_c=designed.set_point_c + 2.5)
    year = simulate(operated(model, truth), climate, Options(sub_steps=1))
    made = {"heat": year.hourly[:, 0], "x-room": year.air_c, "x-outdoor": climate.dry_bulb_c}
    days = {name: with_leap_day(values) for name, values in made.items()}
    hourly = days.pop("heat") / 1e6 + truth.hot_water_kwh_d / 24.0 / 1000.0
    days["x-heat"] = 500.0 + np.concatenate([[0.0], np.cumsum(hourly)])
    for name, values in days.items():
        messages = [(f"kaksik/v1/{HOUSE}/{name}/obs", rows) for rows in payloads(name, values)]
        assert twin.live.ingest_batch(messages).stored == len(values)
    return designed, truth


def get(client, path, status=200, **kwargs):
    answer = client.get(path, **kwargs)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_warmer_house_is_explained_from_the_sensor_store(client, readings):
    designed, truth = readings
    asked = {"meter": "x-heat", "outdoor": "x-outdoor", "rooms": "x-room", **TIMES}
    found = get(client, f"{VERSION}/energy/operated", params=asked)
    assert found["reasons"] == []
    assert found["days"] == found["known_days"] == 366
    assert found["calibration"]["calibrated"]["daily"]["cvrmse"] < 10.0
    assert found["calibration"]["calibrated"]["verdict"] == "pass"
    values = {row["name"]: row for row in found["calibration"]["values"]}
    assert values["set-point"]["operated"] == pytest.approx(truth.set_point_c, abs=0.4)
    assert values["set-point"]["designed"] == pytest.approx(designed.set_point_c)
    assert found["attribution"]["leading"] == "set-point"
    shown = client.get(f"{API}/buildings/{HOUSE}").json()["measured"]
    told = {"gap_share": found["attribution"]["gap_share"], "meter": "x-heat", "days": 366}
    assert shown == told | {"stage": "as-designed", "version": 1}
    assert found["normalised"]["official"] is False
    assert found["normalised"]["normalised_kwh"] == pytest.approx(found["measured_kwh"], rel=0.02)
    rated = found["kek"]
    area = client.get(f"{VERSION}/energy").json()["area_m2"]
    assert (rated["kind"], rated["class"]) == ("KEK", None)
    assert rated["value_kwh_m2"] == pytest.approx(0.9 * found["normalised"]["normalised_kwh"] / area, abs=0.1)
    assert "one meter" in rated["class_reasons"][0]


def test_without_weather_nothing_is_normalised(client, readings):
    found = get(client, f"{VERSION}/energy/operated", params={"meter": "x-heat", **TIMES})
    assert found["measured_kwh"] > 0.0
    assert found["kek"] is found["normalised"] is found["calibration"] is found["attribution"] is None
    assert "Not normalised" in found["reasons"][0]
    hours = {"from": "2024-03-03T01:00:00Z", "to": "2024-03-03T20:00:00Z"}
    known = get(client, f"{VERSION}/energy/operated", params={"meter": "x-heat", **hours})
    assert (known["known_days"], known["measured_kwh"]) == (0, None)  # nothing known is not nothing used
    wrong = client.get(f"{VERSION}/energy/operated", params={"meter": "x-heat", "carrier": "coal dust", **TIMES})
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "energy-carrier")


def test_points_that_are_no_meters_are_refused(client, readings):
    assert (
        get(client, f"{VERSION}/energy/operated", 404, params={"meter": "none", **TIMES})["reason"] == "point-unknown"
    )
    wrong = get(client, f"{VERSION}/energy/operated", 422, params={"meter": "x-room", **TIMES})
    assert wrong["reason"] == "unit-dimension"


def test_a_promise_that_nothing_was_done_for_is_missed(client, readings):
    half = START + timedelta(days=183)
    asked = {
        "meter": "x-heat", "outdoor": "x-outdoor", "before_from": TIMES["from"], "before_to": half.isoformat(),
        "after_from": half.isoformat(), "after_to": TIMES["to"], "promised_share": 0.5,
    }  # fmt: skip
    found = get(client, f"{API}/buildings/{HOUSE}/energy/contract", params=asked)
    assert found["verdict"] == "missed"
    assert found["band_kwh"][0] < found["measured_kwh"] < found["band_kwh"][1] < found["promised_kwh"]


def test_carbon_counts_what_a_person_confirmed_and_keeps_every_word(client):
    before = get(client, f"{VERSION}/gwp")
    assert before["a1_a3"]["kg_co2e"] is None
    material = next(row for row in before["materials"] if row["material"])["material"]
    said = client.post(
        f"{VERSION}/gwp/mapping", json={"material": material, "factor_id": "concrete", "note": "drawing 7"}
    )
    assert said.status_code == 201, said.text
    after = get(client, f"{VERSION}/gwp")
    row = next(row for row in after["materials"] if row["material"] == material)
    assert row["kg_co2e"] == pytest.approx(250.0 * row["volume_m3"], rel=1e-4)
    assert 0.0 < after["a1_a3"]["covered_share"] <= 1.0
    client.post(f"{VERSION}/gwp/mapping", json={"material": material, "factor_id": None})
    assert get(client, f"{VERSION}/gwp")["a1_a3"]["kg_co2e"] is None
    words = get(client, f"{API}/buildings/{HOUSE}/gwp/mapping")["items"]
    assert [word["factor_id"] for word in words] == ["concrete", None]
    assert all(word["person"] and word["time"] for word in words)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"material": "unobtainium", "factor_id": "concrete"}, 404, "gwp-material"),
        ({"material": "unobtainium", "factor_id": "nothing"}, 422, "gwp-factor"),
    ],
)
def test_words_that_mean_nothing_are_refused(client, body, status, reason):
    answer = client.post(f"{VERSION}/gwp/mapping", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


@pytest.fixture(scope="module")
def city(client, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_CACHE_DIR", str(tmp_path_factory.mktemp("numba")))  # all children compile once
        yield computed(client)


def computed(client):
    text = "".join(json.dumps(line) + "\n" for line in [head(), *features(CITY)]).encode()
    answer = client.post(f"{API}/district/context", files={"file": ("city", text)})
    assert ended(client, answer.json()["job_id"])["status"] == "done"
    package = {"name": "walls", "wall_u_w_m2k": 0.15, "window_u_w_m2k": 0.9}
    wrong = client.post(f"{API}/district/energy", json={"package": {"name": "x", "wall_u_w_m2k": "thin"}})
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "energy-package")
    answer = client.post(f"{API}/district/energy", json={"package": package})
    assert answer.status_code == 202, answer.text
    job = ended(client, answer.json()["job_id"])
    assert job["status"] == "done", job["problem"]
    return job["result"]


def ended(client, job_id, timeout_s=120.0):
    deadline = time.monotonic() + timeout_s
    while (job := client.get(f"{API}/jobs/{job_id}").json())["status"] not in ("done", "failed"):
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
    return job


def test_the_city_is_computed_and_its_table_is_a_thematic_map(client, city):
    assert city["total"]["buildings"] + city["left_out_total"] >= CITY
    assert sum(row["buildings"] for row in city["histogram"]) == city["total"]["buildings"]
    assert sum(row["buildings"] for row in city["districts"]) == city["total"]["buildings"]
    saved = city["total"]["package"]
    assert 0.0 < saved["saved_share"] < 1.0
    assert saved["class_shift"] is None
    assert saved["class_reasons"]
    layer = get(client, f"{API}/district/thematic/{city['table']}", params={"column": "heating_kwh_m2", "classes": 4})
    assert layer["total"] >= CITY
    assert len(layer["legend"]["classes"]) == 4


def test_the_same_city_is_not_computed_twice(client, city):
    package = {"name": "walls", "wall_u_w_m2k": 0.15, "window_u_w_m2k": 0.9}
    again = ended(client, client.post(f"{API}/district/energy", json={"package": package}).json()["job_id"])["result"]
    assert (again["run"], again["computed"], again["kept"]) == (city["run"], 0, city["total"]["buildings"])
    assert again["total"] == city["total"]


def test_a_selection_of_nothing_fails_with_its_reason(client, city):
    job = client.post(f"{API}/district/energy", json={"selection": {"built_from": 2199}}).json()
    assert ended(client, job["job_id"])["problem"]["reason"] == "city-empty"


def test_energy_poverty_takes_groups_only(client, city):
    district = max(city["districts"], key=lambda row: row["buildings"])
    head_line = "district,households,median_income_eur,heated_m2_per_household\n"

    def ask(text, run=city["run"]):
        return client.post(f"{API}/district/energy/poverty", data={"run": run}, files={"file": ("g.csv", text)})

    (row,) = ask(f"{head_line}{district['district']},200,9000,60\n").json()["items"]
    assert row["share_of_income"] == pytest.approx(0.09 * row["heating_kwh_m2"] * 60.0 / 9000.0, abs=1e-3)
    small = ask(f"{head_line}{district['district']},9,9000,60\n")
    assert (small.status_code, small.json()["reason"]) == (422, "poverty-group-too-small")
    assert ask(f"{head_line}A,20,9000,60\n", "x" * 32).json()["reason"] == "energy-run"
