"""Pages of Observations cost what they show, however long the history is."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.errors import InvalidInput
from twin.live import LiveWing, Point, PointKind, Series
from twin.live.sensorthings import Readings
from twin.live.sensorthings.readings import span_of

BUILDING, NOW, MINUTES = "101234567", datetime(2026, 3, 1, tzinfo=UTC), 30_000
POINT = Point(BUILDING, "t", "g", PointKind.SENSOR, "Temperature", "Cel", interval_s=60)
EVER = span_of(None, None, NOW)


class Watched:
    """A history that counts the readings it gives out."""

    def __init__(self, wing):
        self.wing, self.shown = wing, 0

    def __call__(self, building_id, point_id, start, end, step_s=None, first=None):
        found = self.wing.history(building_id, point_id, start, end, step_s, first)
        self.shown += len(found["items"]) if step_s is None else 0
        return found


@pytest.fixture(scope="module")
def wing(tmp_path_factory):
    made = LiveWing(tmp_path_factory.mktemp("wing") / "readings.sqlite", lambda: NOW)
    made.register_points([POINT])
    newest = int((NOW - timedelta(days=40)).timestamp())  # it fell silent long ago
    times = np.arange(newest - 60 * (MINUTES - 1), newest + 1, 60) * 1_000_000
    made.ingest_series(Series(BUILDING, "t", times, np.arange(MINUTES, dtype=float)))
    yield made
    made.stop()


@pytest.mark.parametrize(("newest", "first"), [(True, MINUTES - 1.0), (False, 0.0)])
def test_a_page_reads_little_more_than_it_shows(wing, newest, first):
    history = Watched(wing)
    page = Readings(history, NOW).page(POINT, EVER, 300, newest=newest)
    step = -1.0 if newest else 1.0
    assert [row["result"] for row in page[:300]] == [first + step * n for n in range(300)]
    assert history.shown <= 1_200


def test_an_answer_looks_at_no_more_than_it_may(wing):
    readings = Readings(wing.history, NOW, most=MINUTES + 100)
    assert len(readings.everything(POINT, EVER)) == MINUTES
    with pytest.raises(InvalidInput) as caught:
        readings.page(POINT, EVER, 101, newest=False)
    assert caught.value.reason == "too-many-items"
