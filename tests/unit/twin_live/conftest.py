from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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


@pytest.fixture
def wing(tmp_path: Path, clock: SettableClock) -> Iterator[LiveWing]:
    with LiveWing(tmp_path / "readings.sqlite", clock) as wing:
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
