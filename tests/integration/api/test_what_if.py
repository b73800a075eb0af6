"""Measures tried on one building of the sample district."""

API = "/api/v1/buildings/120900101/versions/as-designed/latest/energy"


def test_measures_lower_the_need_from_what_the_report_says(client):
    asked = {"name": "deep", "wall_u_w_m2k": 0.1, "window_u_w_m2k": 0.6, "heat_recovery": 0.9}
    answer = client.post(f"{API}/what-if", json=asked)
    assert answer.status_code == 200, answer.text
    told, report = answer.json(), client.get(API).json()
    assert told["before"]["heating_kwh_m2"] == report["need"]["heating_kwh_m2"]
    assert told["after"]["heating_kwh_m2"] < 0.9 * told["before"]["heating_kwh_m2"]
    assert told["package"]["heat_recovery"] == 0.9
    assert told["climate"]["official"] is False


def test_a_measure_that_is_no_measure_is_refused(client):
    for asked in ({"name": "x"}, {"name": "x", "wall_u_w_m2k": -1}, {"name": "x", "roof": 1}):
        answer = client.post(f"{API}/what-if", json=asked)
        assert (answer.status_code, answer.json()["reason"]) == (422, "energy-package")
