"""What live state costs, beside a peer or a limit in the same run: ingest, answers meanwhile, many points, a year.

Run: `python -m benchmarks.live` for all of it (some minutes), or one part: `--ingest`, `--points 10000`, `--year`,
`--streams 1000`. `--growth 1000000 10000000` fills stores of those sizes instead.
"""

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import live_ingest, live_streams
from benchmarks.live_growth import grow, latest_of_many
from twin.live import LiveWing, Point, PointKind, Series

GOAL_RATIO = 0.5  # of the bare subscriber's rate
GOAL_P99_MS = 20.0  # of the latest of 500 points while ingesting
SEEN_WITHIN_MS = 1_000.0  # a reading, by every reader of a stream
FEW, MANY = 500, 10_000
READERS = 1_000
HOUR_S = 3600.0
NOW = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
YEAR = timedelta(days=365)
YEAR_READINGS = 105_120  # one every five minutes
REPEATS = 5
Row = dict[str, object]


def row(what: str, measured: float, limit: str, *, met: bool | None, **more: object) -> Row:
    """Return a row of the table: what was measured, what it is held to, and whether it is met."""
    return {"what": what, "measured": measured, "held to": limit, "met": met, **more}


def ingest(messages: int, rounds: int) -> Iterator[Row]:
    """Yield the rate on the disk, and how long the latest of 500 points takes meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        found = live_ingest.run(messages, rounds, Path(folder))
    ratio, p99 = float(str(found["ratio"])), float(str(found["latest_500_points_p99_ms"]))
    peer = f"at least {GOAL_RATIO} of a subscriber that drops all"
    yield row("durable rate / bare rate", ratio, peer, met=ratio >= GOAL_RATIO, **found)
    idle = found["latest_500_points_idle_p99_ms"]
    limit = f"under {GOAL_P99_MS:.0f} ms; without ingest {idle} ms"
    yield row("latest of 500 points while ingesting, p99 ms", p99, limit, met=p99 < GOAL_P99_MS)


def many_points(count: int) -> Iterator[Row]:
    """Yield what the latest of many points costs, beside that of 500: it should grow no faster than they do."""
    cost: dict[int, float] = {}
    for number in (FEW, count):
        with tempfile.TemporaryDirectory() as folder:
            cost[number] = float(str(latest_of_many(number, Path(folder))["latest ms"]))
    growth = cost[count] / cost[FEW]
    allowed = 1.25 * count / FEW
    limit = f"at most {allowed:.0f} times that of {FEW}, which is {cost[FEW]} ms"
    yield row(f"latest of {count} points, cpu ms", cost[count], limit, met=growth <= allowed, ratio=round(growth, 1))


def year() -> Iterator[Row]:
    """Yield what a year of hourly means of one point costs, beside the bare query of its database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.sqlite"
        with LiveWing(path, lambda: NOW) as wing:
            point = Point("101234567", "p", "g", PointKind.SENSOR, "Temperature", "Cel", interval_s=300)
            wing.register_points([point])
            first, step = int((NOW - YEAR).timestamp() * 1e6), int(YEAR.total_seconds() * 1e6 / YEAR_READINGS)
            times = first + np.arange(YEAR_READINGS) * step
            values = np.round(21.0 + 2.0 * np.sin(times / 86_400e6 * 2 * np.pi), 2)
            wing.ingest_series(Series("101234567", "p", times, values))
            ours = median_ms(lambda: wing.history("101234567", "p", NOW - YEAR, NOW, HOUR_S))
            bare = median_ms(lambda: bare_hours(path))
    limit = f"at most 3 times the bare query, {bare} ms"
    yield row(
        "a year of hourly means, one point every five minutes, cpu ms", ours, limit,
        met=ours <= 3 * bare, ratio=round(ours / bare, 2),
    )  # fmt: skip


def bare_hours(path: Path) -> int:
    """Ask the database itself for the hourly means of all that it holds; return how many there are."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    rows = connection.execute(
        "SELECT time_us / 3600000000, avg(result), min(result), max(result), count(*) FROM observation GROUP BY 1"
    ).fetchall()
    connection.close()
    return len(rows)


def median_ms(ask: Callable[[], object]) -> float:
    """Return the middle processor time of some questions."""
    found = []
    for _ in range(REPEATS):
        begin = time.process_time()
        ask()
        found.append(1000 * (time.process_time() - begin))
    return round(statistics.median(found), 1)


def streams(readers: int) -> Iterator[Row]:
    """Yield how late a reading is at many readers, and whether each got all."""
    found = live_streams.run(readers)
    late, complete = float(str(found["delay p99 ms"])), found["complete and in order"] == readers
    limit = f"under {SEEN_WITHIN_MS:.0f} ms, all {readers} complete and in order"
    yield row(f"delay at {readers} readers, p99 ms", late, limit, met=complete and late < SEEN_WITHIN_MS, **found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--messages", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ingest", action="store_true", help="only ingest and the answers meanwhile")
    parser.add_argument("--points", type=int, default=0, help="only the latest of so many points")
    parser.add_argument("--year", action="store_true", help="only a year of hourly means")
    parser.add_argument("--streams", type=int, default=0, help="only so many streams")
    parser.add_argument("--growth", type=int, nargs="*", help="fill stores to so many readings instead")
    chosen = parser.parse_args()
    if chosen.growth is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(grow(chosen.growth or [1_000_000], Path(folder)), indent=1))
        return
    everything = not (chosen.ingest or chosen.points or chosen.year or chosen.streams)
    parts: list[tuple[bool, Callable[[], Iterator[Row]]]] = [
        (everything or chosen.ingest, lambda: ingest(chosen.messages, chosen.rounds)),
        (everything or bool(chosen.points), lambda: many_points(chosen.points or MANY)),
        (everything or chosen.year, year),
        (everything or bool(chosen.streams), lambda: streams(chosen.streams or READERS)),
    ]
    for wanted, part in parts:
        if not wanted:
            continue
        begin = time.perf_counter()
        for found in part():
            print(json.dumps(found), flush=True)
        seconds = round(time.perf_counter() - begin)
        print(f"{seconds} s, load {os.getloadavg()[0]:.0f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
