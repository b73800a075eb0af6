"""Releases of an installation: once, kept, and for everybody without a name."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from twin.catalogue import Building
from twin.errors import Conflict, InvalidInput, NotFound
from twin.live import Observation, Point, PointKind
from twin.releases import Releases, Subject
from twin.service import open_twin
from twin.settings import Settings

HOUSE, SHED = "tmp-house", "tmp-shed"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)  # a Monday, ten o'clock in Tallinn
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    opened = open_twin(Settings(home=tmp_path_factory.mktemp("open") / "home"), lambda: NOW)
    with opened.engine.begin() as connection:
        for name in (HOUSE, SHED):
            opened.catalogue._put_building(connection, Building(name, name, "", None), "2026-01-01T00:00:00Z")
    meters = [meter(HOUSE, n) for n in range(12)] + [meter(SHED, n) for n in range(3)]
    rooms = [
        Point(HOUSE, f"co2-{n}", "g", PointKind.SENSOR, "MoleFraction", "[ppm]", space=f"s{n}") for n in range(11)
    ]
    main = Point(HOUSE, "main", "g", PointKind.METER, "Energy", "kW.h")
    cellar = replace(main, point_id="cellar", space="s0")  # a main meter too: others count below it
    meters[1] = replace(meters[1], parent="cellar")
    opened.live.register_points([*meters, *rooms, main, cellar])
    readings = [
        Observation(p.building_id, p.point_id, START + timedelta(days=day), 1e6 + 100.0 * day, "kW.h")
        for p in [*meters, main, cellar]
        for day in (0, 3)
    ]
    readings += [
        Observation(HOUSE, p.point_id, START + timedelta(hours=hour), 900.0 if hour == 0 else 450.0, "[ppm]")
        for p in rooms
        for hour in range(4)
    ]
    assert opened.live.ingest_decoded(readings).refused == 0
    yield opened
    opened.close()


def meter(building, number):
    return Point(building, f"m{number}", "g", PointKind.METER, "Energy", "kW.h", space=f"s{number}")


def test_a_release_is_near_the_truth_of_groups_and_kept_when_readings_come_late(twin):
    made = twin.releases.make(Subject.CONSUMPTION, "2026-01")
    told = json.loads(made)
    assert [row["group"] for row in told["rows"]] == ["other"]  # the shed alone would be three meters
    truth = 15 * 300.0  # both main meters are left out
    assert told["rows"][0]["units_at_least"] == 15
    assert told["rows"][0]["values"][0] != truth
    assert abs(told["rows"][0]["values"][0] - truth) < 12 * told["rules"]["noise"] * told["rules"]["clip"]
    assert twin.releases.read(Subject.CONSUMPTION, "2026-01") == made
    late = [Observation(HOUSE, "m0", START + timedelta(days=9), 1e6 + 1400.0, "kW.h")]
    assert twin.live.ingest_decoded(late).stored == 1
    assert twin.releases.make(Subject.CONSUMPTION, "2026-01") == made
    assert twin.releases.index() == [{"subject": "consumption", "month": "2026-01"}]
    kept = twin.settings.home / "open-data"
    assert (kept / "noise.key").stat().st_mode & 0o077 == 0
    assert len((kept / "noise.key").read_bytes()) == 32


def test_occupancy_is_told_by_hour_of_workdays(twin):
    told = json.loads(twin.releases.make(Subject.OCCUPANCY, "2026-01"))
    (row,) = told["rows"]
    assert (row["group"], row["units_at_least"], len(row["values"]), told["cells"][10]) == (HOUSE, 10, 24, "10:00")
    exact = Releases(twin.settings.home / "exact", twin.catalogue, twin.live, lambda: NOW, k=5, noise=1e-9)
    (row,) = json.loads(exact.make(Subject.OCCUPANCY, "2026-01"))["rows"]
    assert row["values"][10] == pytest.approx(
        11 / 22, abs=0.06
    )  # one hour of 22 workdays in 11 rooms, in steps of 0.1
    assert sum(row["values"]) == row["values"][10]


def test_october_ends_with_the_hour_that_came_twice(twin):
    """The register rises by 100 a meter, most of it in the last half hour of October in Tallinn."""
    meters = [p for p in twin.live.points(HOUSE) if p.kind is PointKind.METER and p.point_id.startswith("m")]
    moments = {0.0: datetime(2025, 10, 1, 1, tzinfo=UTC), 100.0: datetime(2025, 10, 31, 21, 30, tzinfo=UTC)}
    readings = [
        Observation(HOUSE, p.point_id, moment, value, "kW.h") for p in meters for value, moment in moments.items()
    ]
    assert twin.live.ingest_decoded(readings).refused == 0
    exact = Releases(twin.settings.home / "october", twin.catalogue, twin.live, lambda: NOW, k=5, noise=1e-9)
    (row,) = json.loads(exact.make(Subject.CONSUMPTION, "2025-10"))["rows"]
    assert row["values"][0] == pytest.approx(100.0 * len([p for p in meters if p.point_id != "main"]), abs=110)


def test_what_is_not_over_not_released_or_no_month(twin):
    with pytest.raises(Conflict, match="cannot be released yet"):
        twin.releases.make(Subject.CONSUMPTION, "2026-02")
    with pytest.raises(NotFound):
        twin.releases.read(Subject.OCCUPANCY, "2025-01")
    for wrong in ("2026-13", "../../x", "2026", "20260-1"):
        with pytest.raises(InvalidInput):
            twin.releases.read(Subject.OCCUPANCY, wrong)
