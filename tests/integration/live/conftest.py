import importlib.util
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.live import Broker, LiveWing, Point, PointKind, start_broker

BUILDING = "101234567"
POINTS = tuple(
    Point(BUILDING, f"p{n}", f"g{n}", PointKind.SENSOR, "Temperature", "Cel", interval_s=60) for n in range(20)
)


def has_mosquitto() -> bool:
    return bool(shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin"))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Any broker: Mosquitto, else iotcore."""
    if not has_mosquitto() and importlib.util.find_spec("iotcore") is None:
        pytest.skip("no MQTT broker: install the Debian package mosquitto")
    running = start_broker(tmp_path / "broker")
    yield running
    running.stop()


@pytest.fixture
def broker_folder(tmp_path: Path) -> Path:
    """A folder for a broker that must keep its sessions over a restart."""
    if not has_mosquitto():
        pytest.skip("only Mosquitto keeps sessions over a restart: install the Debian package mosquitto")
    return tmp_path / "broker"


@pytest.fixture
def wing(tmp_path: Path) -> Iterator[LiveWing]:
    with LiveWing(tmp_path / "readings.sqlite", lambda: datetime.now(UTC)) as wing:
        wing.register_points(POINTS)
        yield wing


def wait_until(condition: Callable[[], bool], timeout_s: float = 20.0) -> float:
    """Wait until `condition` holds; return how long it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < timeout_s, "it did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - start
