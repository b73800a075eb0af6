"""Old months in files: the same answers before and after, and no reading lost or doubled on the way."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.twin_live.conftest import BUILDING, SettableClock
from tests.unit.twin_live.test_hours import END, KEEP, OLD, START, TEMP, rounded, send, sums
from twin.errors import StorageError
from twin.live import LiveWing, WriteResult
from twin.live.archive import open_engine


def answers(wing: LiveWing) -> list[object]:
    moment = datetime(2025, 12, 24, 18, 30, tzinfo=UTC)
    return [
        wing.history(BUILDING, "112-temp", START, END),
        wing.history(BUILDING, "112-motion", START, END),
        wing.history(BUILDING, "112-temp", START + timedelta(hours=1), END, 86_400.0),
        wing.history(BUILDING, "112-motion", START, END, 86_400.0),
        wing.state_at(BUILDING, moment),
        wing.state_at(BUILDING, END),
        wing.latest(BUILDING),
    ]


def test_answers_are_the_same_when_months_lie_in_files(wing: LiveWing, tmp_path: Path, clock: SettableClock) -> None:
    count = send(wing, timedelta(hours=1))
    before = answers(wing)
    moved = wing.archive(KEEP)
    assert [month.file[:7] for month in moved] == ["2025-11", "2025-12"]
    assert (
        sum(month.readings for month in moved) == (datetime(2026, 1, 1, tzinfo=UTC) - START) // timedelta(hours=1) + 2
    )
    assert rounded(answers(wing)) == rounded(before)
    assert wing.archive(KEEP) == ()
    assert len(wing.history(BUILDING, "112-temp", START, END)["items"]) == count
    wing.rebuild_latest()
    assert rounded(answers(wing)) == rounded(before)
    wing.stop()
    with LiveWing(tmp_path / "readings.sqlite", clock) as again:
        assert rounded(answers(again)) == rounded(before)


def test_late_and_repeated_readings_join_the_file(wing: LiveWing, tmp_path: Path) -> None:
    send(wing, timedelta(hours=6))
    wing.archive(KEEP)
    before = wing.history(BUILDING, "112-temp", START, END)["items"]
    late = b'[{"t":"2025-12-24T03:00:00Z","v":-9.5,"u":"Cel"},{"t":"2025-11-20T00:00:00Z","v":-99,"u":"Cel"}]'
    assert wing.ingest(TEMP, late) == WriteResult(2, 0, 0)
    after = wing.history(BUILDING, "112-temp", START, END)["items"]
    assert [item for item in after if item not in before] == [{"t": "2025-12-24T03:00:00Z", "v": -9.5}]
    assert [month.file[:7] for month in wing.archive(KEEP)] == ["2025-11", "2025-12"]
    assert wing.history(BUILDING, "112-temp", START, END)["items"] == after
    assert len(list((tmp_path / "readings.archive").iterdir())) == 2  # the old file is swept


def test_a_month_that_cannot_be_written_stays(wing: LiveWing, tmp_path: Path) -> None:
    send(wing, timedelta(hours=6))
    before = wing.history(BUILDING, "112-temp", START, END)
    (tmp_path / "readings.archive").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        wing.archive(KEEP)
    assert caught.value.reason == "archive-write"
    assert wing.history(BUILDING, "112-temp", START, END) == before


def test_a_changed_file_is_not_built_upon(wing: LiveWing, tmp_path: Path) -> None:
    send(wing, timedelta(hours=6))
    (first, _) = wing.archive(KEEP)
    path = tmp_path / "readings.archive" / first.file
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StorageError) as caught:
        wing.history(BUILDING, "112-temp", START, END)
    assert caught.value.reason == "archive-damaged"
    wing.ingest(TEMP, b'{"t":"2025-11-24T03:10:00Z","v":1,"u":"Cel"}')
    with pytest.raises(StorageError) as caught:
        wing.archive(KEEP)
    assert caught.value.reason == "archive-damaged"


def test_upkeep_that_fails_loses_nothing_and_is_done_again(wing: LiveWing, tmp_path: Path) -> None:
    send(wing, timedelta(hours=1))
    before = rounded(sums(wing, 86_400.0))
    wing.archive(KEEP)
    folder = tmp_path / "readings.archive"
    (folder / "2025-11-hours.part").mkdir()
    with pytest.raises(StorageError) as caught:
        wing.upkeep(OLD)
    assert caught.value.reason == "archive-write"
    assert rounded(sums(wing, 86_400.0)) == before
    (folder / "2025-11-hours.part").rmdir()
    assert len(wing.upkeep(OLD).rolled) == 1
    assert rounded(sums(wing, 86_400.0)) == before


def test_what_does_not_fit_into_memory_is_spilled_beside_other_temporary_files() -> None:
    with open_engine() as engine:
        engine.execute("SET memory_limit = '24MB'")
        engine.execute("COPY (SELECT hash(i) AS h FROM range(3_000_000) t(i) ORDER BY h) TO '/dev/null' (FORMAT csv)")
        (folder,) = engine.execute("SELECT current_setting('temp_directory')").fetchone() or ("",)

    assert Path(folder).parent == Path(tempfile.gettempdir())
    assert not Path(folder).exists()
    assert not Path(".tmp").exists()
