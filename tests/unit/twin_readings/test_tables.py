"""Readings as a table, read again by an implementation that we did not write."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pyarrow.csv
import pyarrow.parquet
import pytest

from twin.errors import InvalidInput, NotFound
from twin.live import LiveWing, Observation, Point, PointKind
from twin.readings import COLUMNS, Wanted, csv_table, write_parquet

BUILDING = "101234567"
START = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 500


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with LiveWing(tmp_path_factory.mktemp("live") / "readings.sqlite", lambda: START + timedelta(days=40)) as wing:
        wing.register_points(
            [
                Point(BUILDING, "temp", "g1", PointKind.SENSOR, "Temperature", "Cel"),
                Point(BUILDING, "door", "g2", PointKind.SENSOR, "Dimensionless", "1"),
                Point(BUILDING, "silent", "g3", PointKind.SENSOR, "Temperature", "Cel"),
            ]
        )
        temps = [Observation(BUILDING, "temp", moment(n), 20 + n / 7, "Cel") for n in range(COUNT)]
        door = [
            Observation(BUILDING, "door", moment(n), value) for n, value in enumerate((True, 'say "no", or', 2.5))
        ]
        assert wing.ingest_decoded([*temps, *door]).stored == COUNT + 3
        yield wing


def moment(n):
    return START + timedelta(minutes=n if n < COUNT // 2 else 40_000 + n)  # a gap of a month, which a window crosses


def wanted(*points, step_s=None, end=START + timedelta(days=30)):
    return Wanted(BUILDING, points, START, end, step_s)


def rows(live, asked):
    return list(csv.DictReader(io.StringIO(b"".join(csv_table(live, asked)).decode())))


def test_every_reading_is_a_line_whatever_the_size_of_the_parts(live, monkeypatch):
    whole = rows(live, wanted("temp"))
    assert [float(row["value"]) for row in whole] == [20 + n / 7 for n in range(COUNT)]
    assert [datetime.fromisoformat(row["time"]) for row in whole] == [moment(n) for n in range(COUNT)]
    monkeypatch.setattr("twin.live.queries.MAX_HISTORY_ITEMS", 40)
    assert rows(live, wanted("temp")) == whole


def test_texts_and_truth_values_have_their_columns(live):
    assert [(row["value"], row["text"]) for row in rows(live, wanted("door"))] == [
        ("1.0", ""),
        ("", 'say "no", or'),
        ("2.5", ""),
    ]
    assert rows(live, wanted("silent")) == []


def test_steps_are_means_with_their_ends(live):
    steps = rows(live, wanted("temp", step_s=3600.0))
    first = [20 + n / 7 for n in range(60)]
    assert float(steps[0]["value"]) == pytest.approx(sum(first) / 60)
    assert (float(steps[0]["min"]), float(steps[0]["max"]), steps[0]["n"]) == (first[0], first[-1], "60")
    assert sum(int(row["n"]) for row in steps) == COUNT


def test_parquet_says_the_same_to_another_reader(live, tmp_path):
    asked = wanted()
    write_parquet(live, asked, tmp_path / "r.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "r.parquet")
    assert table.column_names == list(COLUMNS)
    again = pyarrow.csv.read_csv(io.BytesIO(b"".join(csv_table(live, asked))))
    assert table.num_rows == again.num_rows == COUNT + 3
    assert table["value"].to_pylist()[:COUNT] == again["value"].to_pylist()[:COUNT]
    assert [t.astimezone(UTC) for t in table["time"].to_pylist()[:COUNT]] == [moment(n) for n in range(COUNT)]
    assert table["text"].to_pylist()[COUNT + 1] == 'say "no", or'
    assert [file.name for file in tmp_path.iterdir()] == ["r.parquet"]
    write_parquet(live, wanted("silent"), tmp_path / "empty.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "empty.parquet").num_rows == 0


def test_too_much_and_unknown_is_refused_before_the_first_line(live, monkeypatch):
    with pytest.raises(NotFound):
        csv_table(live, wanted("nobody"))
    with pytest.raises(InvalidInput, match="ends before"):
        csv_table(live, wanted("temp", end=START - timedelta(days=1)))
    with pytest.raises(InvalidInput, match="rows"):
        csv_table(live, wanted("temp", step_s=1.0))
    monkeypatch.setattr("twin.readings.MAX_ROWS", COUNT)
    assert csv_table(live, wanted("temp"))
    with pytest.raises(InvalidInput, match="rows"):
        csv_table(live, wanted())
    monkeypatch.setattr("twin.readings.MAX_POINTS", 2)
    with pytest.raises(InvalidInput, match="points"):
        csv_table(live, wanted())
