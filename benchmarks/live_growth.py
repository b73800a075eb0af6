"""What a store of readings costs as it grows: bytes, latest values, a year of hourly means, before and after upkeep.

A year of 500 points is written, month by month and point by point, at each size; 50 million readings are one every
five minutes. Processor time is the steadier figure on a shared machine. Run by `benchmarks/live.py --growth`, or
`python -m benchmarks.live_growth URL SIZE...` for a PostgreSQL on this machine: its processor time counts too.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from twin.live import LiveWing, Observation, Point, PointKind, Retention, Series

BUILDING = "101234567"
POINTS = 500
NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
REPEATS = 5


def points(count: int, interval_s: float) -> list[Point]:
    """Return thermometers, as many as wanted, that speak as often as they say: else each pause would be a gap."""
    kind, quantity = PointKind.SENSOR, "Temperature"
    return [Point(BUILDING, f"p{n}", f"g{n}", kind, quantity, "Cel", interval_s=interval_s) for n in range(count)]


def grow(sizes: list[int], folder: Path) -> list[dict[str, object]]:
    """Return what each size costs: in SQLite, in files of readings, and in files of hours."""
    rows: list[dict[str, object]] = []
    for size in sizes:
        path = folder / f"{size}.sqlite"
        with LiveWing(path, lambda: NOW) as wing:
            wing.register_points(points(POINTS, YEAR.total_seconds() * POINTS / size))
            written = _fill(wing, size)
            _add(rows, {"readings": size, "kept as": "SQLite", **written, **_questions(wing), **_bytes(path)})
            for name, retention in (
                ("files of readings", Retention(timedelta(days=1))),
                ("files of hours", Retention(timedelta(days=1), timedelta(days=1))),
            ):
                begin = time.process_time()
                wing.upkeep(retention)
                made = {"made in cpu s": round(time.process_time() - begin, 1)}
                _vacuum(wing, path)
                _add(rows, {"readings": size, "kept as": name, **made, **_questions(wing), **_bytes(path)})
        for file in [*folder.glob(f"{size}.*"), *folder.glob(f"{size}.archive/*")]:
            if file.is_file():
                file.unlink()
    return rows


def grow_in_database(sizes: list[int], url: str) -> list[dict[str, object]]:
    """Return what each size costs in PostgreSQL: readings, and then hours."""
    rows: list[dict[str, object]] = []
    for size in sizes:
        schema = f"growth_{size}"
        with (
            psycopg.connect(url, autocommit=True) as database,
            LiveWing(f"{url}&schema={schema}", lambda: NOW) as wing,
        ):
            cpu = cpu_of(database)
            wing.register_points(points(POINTS, YEAR.total_seconds() * POINTS / size))
            written = _fill(wing, size, cpu)
            for name in ("PostgreSQL", "PostgreSQL, hours"):
                begin = cpu()
                if name != "PostgreSQL":
                    wing.upkeep(Retention(keep_readings=timedelta(days=1)))
                    written = {"made in cpu s": round(cpu() - begin, 1)}
                begin = cpu()
                for table in ("observation", "hour", "latest"):  # what autovacuum does in its time
                    full = "FULL, " if name != "PostgreSQL" else ""
                    database.execute(f"VACUUM ({full}ANALYZE) {schema}.{table}")
                vacuumed = {"vacuum cpu s": round(cpu() - begin, 1), "mb": _megabytes(database, schema)}
                _add(rows, {"readings": size, "kept as": name, **written, **_questions(wing, cpu), **vacuumed})
            database.execute(f"DROP SCHEMA {schema} CASCADE")
    return rows


def cpu_of(database: psycopg.Connection[Any]) -> Callable[[], float]:
    """Return what tells the processor seconds of this process and of all processes of its PostgreSQL."""
    parent = int(Path(f"/proc/{database.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    ticks = os.sysconf("SC_CLK_TCK")

    def cpu() -> float:
        found = [database.execute("SELECT pid FROM pg_stat_activity").fetchall(), [(parent,)]]
        stats = {pid: Path(f"/proc/{pid}/stat") for part in found for (pid,) in part}
        used = 0
        for pid, path in stats.items():
            if path.exists():
                members = path.read_text().rsplit(")", 1)[1].split()
                used += sum(map(int, members[11 : 15 if pid == parent else 13]))  # of its dead children too
        return time.process_time() + used / ticks

    return cpu


def _megabytes(database: psycopg.Connection[Any], schema: str) -> float:
    query = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = %s"
    (size,) = database.execute(query, (schema,)).fetchone() or (0,)
    return round(float(size) / 1e6, 1)


def _add(rows: list[dict[str, object]], row: dict[str, object]) -> None:
    rows.append(row)
    print(json.dumps(row), file=sys.stderr, flush=True)  # a run takes long, and may be stopped


def _fill(wing: LiveWing, size: int, used: Callable[[], float] = time.process_time) -> dict[str, object]:
    each = size // POINTS
    times = (int((NOW - YEAR).timestamp() * 1e6) + np.arange(each) * int(YEAR.total_seconds() * 1e6 / each)).astype(
        int
    )
    noise = np.random.default_rng(1)
    wall, cpu = time.perf_counter(), used()
    for part in np.array_split(np.arange(each), 12):
        daily = 21.0 + 2.0 * np.sin(times[part] / 86_400e6 * 2 * np.pi)
        for number in range(POINTS):
            values = np.round(daily + noise.normal(0.0, 0.2, len(part)), 2)
            wing.ingest_series(Series(BUILDING, f"p{number}", times[part], values))
    wall, cpu = time.perf_counter() - wall, used() - cpu
    return {"write cpu us": round(1e6 * cpu / size, 2), "written per s": round(size / wall)}


def _questions(wing: LiveWing, used: Callable[[], float] = time.process_time) -> dict[str, object]:
    start = NOW - YEAR
    return {
        "latest 500 ms": _median_ms(lambda: wing.latest(BUILDING), 20, used),
        "year, one point ms": _median_ms(lambda: wing.history(BUILDING, "p7", start, NOW, 3600.0), REPEATS, used),
        "year, building ms": _median_ms(lambda: wing.means(BUILDING, "Temperature", start, NOW, 3600.0), 1, used),
    }


def _median_ms(ask: Callable[[], object], repeats: int, used: Callable[[], float] = time.process_time) -> float:
    """Return the middle of some; of a server, which counts in hundredths of a second, the mean."""
    if used is not time.process_time:
        begin = used()
        for _ in range(repeats):
            ask()
        return round(1000 * (used() - begin) / repeats, 1)
    found = []
    for _ in range(repeats):
        begin = time.process_time()
        ask()
        found.append(1000 * (time.process_time() - begin))
    return round(statistics.median(found), 2 if repeats > REPEATS else 1)


def _bytes(path: Path) -> dict[str, object]:
    files = [path, path.with_name(path.name + "-wal"), *path.with_suffix(".archive").glob("*.parquet")]
    return {"mb": round(sum(file.stat().st_size for file in files if file.exists()) / 1e6, 1)}


def _vacuum(wing: LiveWing, path: Path) -> None:
    """Give the pages of what was moved back to the disk, so that bytes can be compared."""
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    wing.latest(BUILDING)


def latest_of_many(count: int, folder: Path) -> dict[str, object]:
    """Return what the latest state of many points costs."""
    with LiveWing(folder / "many.sqlite", lambda: NOW) as wing:
        wing.register_points(points(count, 300.0))
        moment = NOW - timedelta(minutes=1)
        wing.ingest_decoded(Observation(BUILDING, f"p{number}", moment, 21.0, "Cel") for number in range(count))
        return {"points": count, "latest ms": _median_ms(lambda: wing.latest(BUILDING), 20)}


if __name__ == "__main__":
    print(json.dumps(grow_in_database([int(size) for size in sys.argv[2:]] or [1_000_000], sys.argv[1]), indent=1))
