import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres import PostgresServer
from twin.live import LiveWing, Point, PointKind

BUILDING = "101234567"


class SettableClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(params=["embedded"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A new store; a test of the store itself asks for it in both engines, see `on_both`."""
    if request.param == "embedded":
        return tmp_path / "readings.sqlite"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_url()


on_both = pytest.mark.parametrize("where", ["embedded", "postgresql"], indirect=True)


def execute(where: Path | str, statement: str) -> list[Any]:
    """Execute a statement behind the back of the service, in SQLite or PostgreSQL."""
    if isinstance(where, Path):
        with closing(sqlite3.connect(where)) as file, file:
            return file.execute(statement).fetchall()
    database, _, schema = where.rpartition("&schema=")
    with psycopg.connect(database, options=f"-csearch_path={schema}") as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else []


@pytest.fixture
def wing(where: Path | str, clock: SettableClock) -> Iterator[LiveWing]:
    with LiveWing(where, clock) as wing:
        wing.register_points(
            [
                Point(
                    BUILDING,
                    "112-temp",
                    "g-temp",
                    PointKind.SENSOR,
                    "Temperature",
                    "Cel",
                    range=(-30, 60),
                    interval_s=60,
                ),
                Point(BUILDING, "112-motion", "g-motion", PointKind.SENSOR, "Dimensionless", "1"),
                Point(BUILDING, "meter", "g-meter", PointKind.METER, "Energy", "kW.h", interval_s=900),
                Point("tmp-two", "112-temp", "g-temp", PointKind.SENSOR, "Temperature", "Cel", interval_s=60),
            ]
        )
        yield wing
