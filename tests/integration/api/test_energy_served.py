"""Band, certificate, page, measures and contracts of one building, over a socket and a real server."""

import httpx
import pytest

from api.app import create_app
from tests.serving import serving
from twin.settings import Settings

HOUSE = "/api/v1/buildings/120900101"
ENERGY = f"{HOUSE}/versions/as-designed/latest/energy"


@pytest.fixture(scope="module")
def served(home):
    """Serve a copy of the demo's data on a free port and return a client of it."""
    with (
        serving(create_app(Settings(home=home))) as host,
        httpx.Client(base_url=f"http://{host}", timeout=120.0) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def report(served):
    answer = served.get(ENERGY)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_band_holds_the_need_and_names_what_is_in_doubt(served, report):
    answer = served.get(f"{ENERGY}/band")
    assert answer.status_code == 200, answer.text
    band = answer.json()
    assert band["low_kwh_m2"] < report["need"]["heating_kwh_m2"] < band["high_kwh_m2"]
    assert band["sensitivities"]
    assert all(row["sentence"] and row["low_kwh_m2"] != row["high_kwh_m2"] for row in band["sensitivities"])


def test_the_certificate_has_the_names_of_the_register_and_no_class(served, report):
    made = served.get(f"{ENERGY}/certificate").json()
    assert made["ehrKood"] == "120900101"
    assert made["energiaKlass"] is None
    assert made["energiaPuudumisePohjus"]
    assert made["etaKekVal"] == report["indicator"]["value_kwh_m2"]
    assert made["arvutus"]["kliimaaastaAmetlik"] is False
    carriers = {row["energiakandja"]: row["tarnEn"] for row in made["energiakandjad"]}
    assert carriers == report["indicator"]["delivered_kwh"]


def test_uses_and_photovoltaics_are_declared_for_a_certificate(served, report):
    area = report["area_m2"]
    uses = [{"group": "office", "area_m2": 0.6 * area}, {"group": "trade", "area_m2": 0.4 * area}]
    field = {"peak_kw": 5.0, "azimuth_deg": 180.0, "tilt_deg": 35.0}
    asked = {"uses": uses, "photovoltaics": [field], "matching_step": "hour", "export_credit": 0.0}
    hour, year = (
        served.post(f"{ENERGY}/certificate", json=asked | {"matching_step": step}).json() for step in ("hour", "year")
    )
    assert [use["ruhm"] for use in hour["arvutus"]["kasutusotstarbed"]] == ["office", "trade"]
    assert hour["arvutus"]["klassiPiirid"] == {"A": 124.0, "B": 154.0}  # 0.6 × 100 + 0.4 × 160, 0.6 × 130 + 0.4 × 190
    assert "matching step and export credit by the asker" in hour["arvutus"]["reeglid"]
    assert "performance ratio" in hour["energiaPuudumisePohjus"]
    assert "Nobody declared the use" not in hour["energiaPuudumisePohjus"]
    assert any("Nobody declared the use" in reason for reason in report["class_reasons"])
    power = [
        next(row for row in made["energiakandjad"] if row["energiakandja"] == "electricity") for made in (hour, year)
    ]
    assert power[0]["eksportEnergia"] > power[1]["eksportEnergia"] >= 0.0
    assert year["etaKekVal"] < hour["etaKekVal"] < report["indicator"]["value_kwh_m2"]
    whole = served.post(f"{ENERGY}/certificate", json=asked | {"export_credit": 1.0}).json()
    assert whole["etaKekVal"] < hour["etaKekVal"]
    assert served.get(f"{ENERGY}/certificate").json()["etaKekVal"] == report["indicator"]["value_kwh_m2"]  # not kept


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"uses": [{"group": "castle", "area_m2": 100}]}, "energy-use"),
        ({"uses": [{"group": "office", "area_m2": 1}]}, "energy-use-area"),
        ({"uses": {}}, "energy-declaration"),
        ({"pv": []}, "energy-declaration"),
        ({"photovoltaics": [{"peak_kw": -1, "azimuth_deg": 0, "tilt_deg": 0}]}, "energy-declaration"),
        ({"photovoltaics": [{"peak_kw": 10**400, "azimuth_deg": 0, "tilt_deg": 0}]}, "energy-declaration"),
        ({"photovoltaics": [{"peak_kw": True, "azimuth_deg": 0, "tilt_deg": 0}]}, "energy-declaration"),
        ({"photovoltaics": [{"peak_kw": 1}] * 51}, "energy-declaration"),
        ({"matching_step": "week"}, "energy-declaration"),
        ({"export_credit": 1.5}, "energy-declaration"),
        ({"systems": {"heating": {"carrier": "coal dust", "efficiency": 1}}}, "energy-carrier"),
        ({"systems": {"heating": {"carrier": "wood", "efficiency": 0}}}, "energy-efficiency"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(served, asked, reason):
    answer = served.post(f"{ENERGY}/certificate", json=asked)
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)


def test_the_page_is_for_printing_and_runs_nothing(served, report):
    answer = served.get(f"{ENERGY}/page")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in answer.text
    assert answer.text.count("<svg") == 2
    assert f"{report['need']['heating_kwh_m2']:.1f}" in answer.text


def test_measures_lower_the_need_from_what_the_report_says(served, report):
    asked = {"name": "deep", "wall_u_w_m2k": 0.1, "window_u_w_m2k": 0.6, "heat_recovery": 0.9, "roof_u_w_m2k": 3.0}
    answer = served.post(f"{ENERGY}/what-if", json=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["before"]["heating_kwh_m2"] == report["need"]["heating_kwh_m2"]
    assert told["after"]["heating_kwh_m2"] < 0.9 * told["before"]["heating_kwh_m2"]
    assert told["package"]["heat_recovery"] == 0.9
    assert told["without_effect"] == ["roof_u_w_m2k"]  # the roof is better already
    assert told["climate"]["official"] is False


def test_a_measure_that_is_no_measure_is_refused(served):
    wall = "wall_u_w_m2k"
    wrong = [{"name": "x"}, {"name": "x", "roof": 1}, {"name": "x", "window_g": 0.4}, {"name": "x" * 201, wall: 0.2}]
    for asked in wrong + [{"name": "x", wall: value} for value in (-1, True, "0.2", 10**400)]:
        answer = served.post(f"{ENERGY}/what-if", json=asked)
        assert (answer.status_code, answer.json()["reason"]) == (422, "energy-package")


def test_a_contract_without_its_meter_is_refused(served):
    asked = {
        "meter": "none", "outdoor": "none", "promised_share": 0.3,
        "before_from": "2024-01-01T00:00:00Z", "before_to": "2024-06-01T00:00:00Z",
        "after_from": "2024-06-01T00:00:00Z", "after_to": "2025-01-01T00:00:00Z",
    }  # fmt: skip
    answer = served.get(f"{HOUSE}/energy/contract", params=asked)
    assert (answer.status_code, answer.json()["reason"]) == (404, "point-unknown")
    promised = served.get(f"{HOUSE}/energy/contract", params={**asked, "promised_share": 2})
    assert promised.status_code == 422


@pytest.mark.parametrize("what", ["/band", "/certificate", "/page"])
def test_a_version_that_is_not_there_has_no_energy(served, what):
    answer = served.get(f"{HOUSE}/versions/as-designed/99/energy{what}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
