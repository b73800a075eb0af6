"""A building whose clock and readings are set by hand."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from twin.live import LiveWing, Point, PointKind
from twin.live.rules import AlarmBook, Alarms, Outbox, rule_from_json

BUILDING = "101234567"
POINTS = [
    Point(BUILDING, "temp", "g-temp", PointKind.SENSOR, "Temperature", "Cel", interval_s=60, space="g-room"),
    Point(BUILDING, "co2", "g-co2", PointKind.SENSOR, "MoleFraction", "[ppm]", interval_s=60),
    *(Point(BUILDING, name, f"g-{name}", PointKind.METER, "Energy", "kW.h") for name in ("main", "sub-1", "sub-2")),
]
HOT = {
    "rule_id": "hot", "building_id": BUILDING, "kind": "threshold", "severity": "high", "title": "Too hot",
    "points": ["temp"], "above": 27, "hysteresis": 1,
}  # fmt: skip


class Plant:
    """A building whose clock and readings are set by hand."""

    def __init__(self, folder, senders=None):
        self.now = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
        self.folder, self.senders = folder, senders or {}
        self.wing = LiveWing(folder / "readings.sqlite", lambda: self.now)
        self.wing.register_points(POINTS)
        self.open()

    def open(self):
        book = AlarmBook(self.folder / "alarms.sqlite")
        clock = lambda: self.now  # noqa: E731
        self.alarms = Alarms(book, self.wing, Outbox(book, self.senders, clock), clock)

    def rule(self, **members):
        self.alarms.book.put_rule(rule_from_json({**HOT, **members}))

    def read(self, value, point="temp", unit="Cel", minutes=1):
        self.now += timedelta(minutes=minutes)
        payload = json.dumps({"t": self.now.isoformat(), "v": value, "u": unit}).encode()
        assert self.wing.ingest(f"kaksik/v1/{BUILDING}/{point}/obs", payload).stored == 1

    def look(self, value=None, **where):
        if value is not None:
            self.read(value, **where)
        return [(alarm.rule_id, alarm.state) for alarm in self.alarms.look()]

    def close(self):
        self.alarms.stop()
        self.wing.stop()


@pytest.fixture
def plant(tmp_path):
    made = Plant(tmp_path)
    yield made
    made.close()
