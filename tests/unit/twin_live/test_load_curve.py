"""Load curves of a meter operator."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.twin_live.conftest import BUILDING
from twin.errors import InvalidInput
from twin.live import CurveLayout, LiveWing, Observation, Refusal, WriteResult, read_load_curve

LAYOUT = CurveLayout("Mõõtepunkt", "Algus", "kWh")
METERS = {"38ZEE-00000001-Q": (BUILDING, "meter")}
NOW = datetime(2027, 1, 1, tzinfo=UTC)
HEAD = "Mõõtepunkt;Algus;kWh\n"


def read(*lines: str, layout: CurveLayout = LAYOUT) -> list[Observation | Refusal]:
    text = HEAD + "".join(f"38ZEE-00000001-Q;{line}\n" for line in lines)
    return list(read_load_curve(text.encode(), layout, METERS, NOW))


def ends(*lines: str) -> list[str]:
    return [item.phenomenon_time.strftime("%d %H:%M") for item in read(*lines) if isinstance(item, Observation)]


def test_a_quarter_hour_is_known_at_its_end_in_utc() -> None:
    (item,) = read("01.03.2026 12:00;1,25")
    assert item == Observation(BUILDING, "meter", datetime(2026, 3, 1, 10, 15, tzinfo=UTC), 1.25, "kW.h")


def test_the_hour_that_comes_twice_has_eight_quarters() -> None:
    quarters = [f"25.10.2026 03:{m:02};1,0" for m in (0, 15, 30, 45)]
    assert ends(*quarters, *quarters, "25.10.2026 04:00;1,0") == [
        "25 00:15", "25 00:30", "25 00:45", "25 01:00", "25 01:15", "25 01:30", "25 01:45", "25 02:00", "25 02:15",
    ]  # fmt: skip


def test_a_day_of_summer_time_has_23_hours_without_a_hole() -> None:
    start = datetime(2026, 3, 28, 22, tzinfo=UTC)
    zone = timedelta(hours=2)
    lines = []
    for n in range(92):
        moment = start + n * timedelta(minutes=15)
        offset = zone if moment < datetime(2026, 3, 29, 1, tzinfo=UTC) else timedelta(hours=3)
        lines.append(f"{(moment + offset).strftime('%d.%m.%Y %H:%M')};0,5")
    items = [item for item in read(*lines) if isinstance(item, Observation)]
    assert [item.phenomenon_time for item in items] == [start + (n + 1) * timedelta(minutes=15) for n in range(92)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("29.03.2026 03:15;1,0", "time"),  # summer time began
        ("2026-03-01 12:00;1,0", "time"),
        ("01.03.2026 12:00;1e999", "not-finite"),
        ("01.03.2026 12:00;nan", "result-type"),
        ("01.03.2026 12:00;", "result-type"),
        ("01.03.2026 12:00;=SUM(A1)", "result-type"),
        ("01.03.2036 12:00;1,0", "time-future"),
        ("01.03.1999 12:00;1,0", "time-unset"),
        ("01.03.2026 12:00", "result-type"),
    ],
)
def test_a_bad_line_is_refused_and_its_neighbours_stand(line: str, reason: str) -> None:
    before, bad, after = read("01.03.2026 10:00;1,0", line, "01.03.2026 10:15;1,0")
    assert isinstance(before, Observation)
    assert isinstance(after, Observation)
    assert isinstance(bad, Refusal)
    assert bad.reason == reason
    assert bad.detail.startswith("line 3: ")


@pytest.mark.parametrize(
    ("data", "layout", "reason"),
    [
        (b"\xff\xfe", LAYOUT, "encoding"),
        (b"a,b\n", LAYOUT, "curve-columns"),
        (b"", LAYOUT, "curve-columns"),
        (HEAD.encode(), CurveLayout("Mõõtepunkt", "Algus", "kWh", zone="../../etc/passwd"), "curve-layout"),
        (HEAD.encode(), CurveLayout("Mõõtepunkt", "Algus", "kWh", time_format="%B"), "curve-layout"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, layout: CurveLayout, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_load_curve(data, layout, METERS, NOW)
    assert caught.value.reason == reason


def test_a_file_sent_twice_is_stored_once(wing: LiveWing, clock: object) -> None:
    lines = "".join(f"38ZEE-00000001-Q;28.02.2026 {n // 4:02}:{n % 4 * 15:02};0,5\n" for n in range(96))
    data = (HEAD + lines + "stranger;28.02.2026 00:00;1\n").encode()
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert wing.ingest_decoded(read_load_curve(data, LAYOUT, METERS, now)) == WriteResult(96, 0, 1)
    assert wing.ingest_decoded(read_load_curve(data, LAYOUT, METERS, now)) == WriteResult(0, 96, 1)
    assert [item["point_id"] for item in wing.refusals()["quarantine"]] == ["stranger"]
