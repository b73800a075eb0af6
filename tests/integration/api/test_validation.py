"""The validation report of a version: made from the submitted file, kept, and told apart by rule."""

VERSION = "/api/v1/buildings/120900101/versions/as-designed/latest"


def test_a_sample_building_is_judged(client):
    report = client.get(VERSION + "/validation").json()

    assert report["counts"]["error"] == sum(item["severity"] == "error" for item in report["findings"])
    assert sum(report["rules"].values()) == len(report["findings"]) == sum(report["counts"].values())
    assert set(report["counts"]) == {"error", "warning", "info"}
    assert "validation.not-judged" not in report["rules"]
    for item in report["findings"]:
        assert item["message"]
        assert item["hint"]


def test_the_report_is_kept(client, monkeypatch):
    first = client.get(VERSION + "/validation").json()
    assert first["findings"]
    monkeypatch.setattr("twin.reports.validate_file", None)  # making it anew would now fail
    assert client.get(VERSION + "/validation").json() == first


def test_an_unknown_version_is_not_judged(client):
    response = client.get("/api/v1/buildings/120900101/versions/as-designed/99/validation")
    assert response.status_code == 404
    assert response.json()["reason"] == "version"
