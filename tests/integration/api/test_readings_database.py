"""A service whose readings lie in PostgreSQL: it says so, and says it clearly while the database is away."""

from datetime import UTC, datetime

import pytest

from api.app import create_app
from tests.integration.api.conftest import OWN, TestClient
from twin.live import Point, PointKind
from twin.settings import Settings

BUILDING = "101234567"
NOW = datetime.now(UTC)
HISTORY = f"/api/v1/points/{BUILDING}/p/history"


def reading(value):
    return [{"topic": f"kaksik/v1/{BUILDING}/p/obs", "payload": {"t": NOW.isoformat(), "v": value, "u": "Cel"}}]


@pytest.fixture
def service(tmp_path, postgres):
    settings = Settings(home=tmp_path / "home", readings_url=postgres.new_url())
    with TestClient(create_app(settings), base_url=OWN) as opened:
        point = Point(BUILDING, "p", "g", PointKind.SENSOR, "Temperature", "Cel")
        opened.app.state.twin.live.register_points([point])
        yield opened


def test_the_database_goes_and_comes_back(service, postgres, monkeypatch):
    monkeypatch.setattr(service.app.state.twin.live._engine, "_retry_s", 0.2)
    store = {"engine": "postgresql", "timescaledb": False}
    assert service.get("/api/v1/health").json()["readings"] == store
    postgres.kill()
    try:
        for answer in (
            service.get("/api/v1/health"),
            service.get(HISTORY),
            service.post("/api/v1/readings", json=reading(21.5)),
        ):
            problem = answer.json()
            assert (answer.status_code, problem["reason"]) == (503, "store-away"), problem
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["hint"]
            assert "Traceback" not in answer.text
            assert "kaksik-pg-" not in answer.text  # where it is concerns the operator
        latest = service.get(f"/api/v1/buildings/{BUILDING}/latest")
        assert latest.status_code in (200, 404)  # the newest readings are in memory
    finally:
        postgres.start()
    assert service.get("/api/v1/health").json()["readings"] == store
    assert service.post("/api/v1/readings", json=reading(21.5)).json()["stored"] == 1
    assert service.post("/api/v1/readings", json=reading(21.5)).json()["duplicates"] == 1
    assert [item["v"] for item in service.get(HISTORY).json()["items"]] == [21.5]
