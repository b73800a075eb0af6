"""Compute a whole city in child processes, durably: what was computed is not computed again.

Results of a run lie in one SQLite file named after everything that they depend on: engine, weather, package and each
block. A run that was killed goes on where it stopped; a run of the same inputs is read, not computed.
"""

import hashlib
import json
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from ifc import Call, Limits
from twin.energy.city.compute import Need, compute_part
from twin.energy.city.renovation import Package
from twin.energy.city.stock import StockBuilding
from twin.energy.climate import ClimateYear
from twin.energy.lumped import ENGINE_CITY, ENGINE_CITY_VERSION
from twin.errors import StorageError

FORMAT = 1
PART_BUILDINGS = 5_000  # ten seconds of work: what a kill can cost, and far more than a child costs to start
LEAST_PART = 500  # a child costs a second to start, in which it could compute as many
PART_LIMITS = Limits(wall_s=900.0, memory_bytes=8 * 1024**3)
MOST_PROCESSES = 64

KEPT_RUNS = 20  # about 20 MB each for a large city; older ones are computed again when they are asked for
YOUNG_S = 86_400.0  # a run of the last day may be at work, or be read

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did.

    Attributes:
        path: Where the results lie.
        computed: Buildings computed now.
        kept: Buildings that were there already.
    """

    path: Path
    computed: int
    kept: int


def run_name(climate: ClimateYear, package: Package | None, buildings: Sequence[StockBuilding]) -> str:
    """Return a digest of everything that the results depend on."""
    digest = hashlib.sha256(f"{FORMAT} {ENGINE_CITY} {ENGINE_CITY_VERSION} {climate.sha256}".encode())
    digest.update(json.dumps(None if package is None else package.to_json(), sort_keys=True).encode())
    for building in buildings:
        digest.update(json.dumps(building.to_json(), sort_keys=True).encode())
    return digest.hexdigest()


def recompute(
    folder: Path,
    climate: ClimateYear,
    buildings: Sequence[StockBuilding],
    package: Package | None = None,
    *,
    processes: int = 2,
    part_buildings: int = PART_BUILDINGS,
    progress: Progress = lambda _fraction, _label: None,
) -> Ran:
    """Compute all buildings that are not computed yet; what `progress` raises stops it, and what is done stays.

    Args:
        folder: Where results are kept.
        climate: The weather.
        buildings: The blocks.
        package: Measures, or None.
        processes: Child processes at the same time.
        part_buildings: How many at most a child computes; they are kept together.
        progress: Told how far the work is.

    Raises:
        IfcReadError: (timeout, memory, crash) a child was stopped or died.
        StorageError: (energy-results) the results cannot be kept.
    """
    path = folder / f"energy-{run_name(climate, package, buildings)[:32]}.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done = _prepare(path)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    waiting = [building for building in buildings if building.building_id not in done]
    kept = len(buildings) - len(waiting)
    size = min(part_buildings, max(math.ceil(len(waiting) / max(processes, 1)), LEAST_PART))
    parts = [waiting[at : at + size] for at in range(0, len(waiting), size)]
    finished = kept
    progress(finished / max(len(buildings), 1), _label(finished, len(buildings)))
    with closing(_in_children(parts, package, climate, min(max(processes, 1), MOST_PROCESSES))) as running:
        for found in running:
            _store(path, found)
            finished += len(found)
            progress(finished / len(buildings), _label(finished, len(buildings)))
    sweep(folder, path)
    return Ran(path, len(waiting), kept)


def sweep(folder: Path, latest: Path, now_s: float | None = None) -> tuple[Path, ...]:
    """Remove the oldest results beyond `KEPT_RUNS` and return them; what was used within a day stays.

    Args:
        folder: Where results are kept.
        latest: The run that was just used.
        now_s: Seconds since 1970; the clock if not given.
    """
    with suppress(OSError):
        os.utime(latest)
    limit = (time.time() if now_s is None else now_s) - YOUNG_S
    runs = []
    for path in folder.glob("energy-*.sqlite"):
        with suppress(OSError):
            runs.append((path.stat().st_mtime, path))
    old = [path for used, path in sorted(runs, reverse=True)[KEPT_RUNS:] if used < limit and path != latest]
    for path in old:
        with suppress(OSError):
            path.unlink()
    return tuple(old)


def results(path: Path) -> Iterator[Need]:
    """Yield the needs of a run in the order of building ids.

    Raises:
        StorageError: (energy-results) the file cannot be read.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            for (row,) in connection.execute("SELECT need FROM result ORDER BY building_id"):
                yield Need(**json.loads(row))
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _label(finished: int, total: int) -> str:
    return f"Computing buildings: {finished} of {total}"


def _prepare(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS result (building_id TEXT PRIMARY KEY, need TEXT NOT NULL) WITHOUT ROWID"
        )
        return {row[0] for row in connection.execute("SELECT building_id FROM result")}


def _store(path: Path, found: Sequence[Need]) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            rows = [(one.building_id, json.dumps(one.to_json())) for one in found]
            connection.executemany("INSERT OR REPLACE INTO result VALUES (?, ?)", rows)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> StorageError:
    return StorageError(
        f"The results of a city cannot be kept or read: {error}.",
        reason="energy-results",
        hint="Check the disk, or remove the file and compute again.",
        entity=path.name,
    )


def _in_children(
    parts: Sequence[Sequence[StockBuilding]],
    package: Package | None,
    climate: ClimateYear,
    processes: int,
) -> Generator[list[Need], None, None]:
    """Yield the results of parts as they are done; each runs in a killable child.

    No more parts are given out than processes run, so that a stop waits for none that has not begun.
    """
    stop = threading.Event()

    def beat(_fraction: float, _label: str) -> None:
        if stop.is_set():
            raise _Stopped

    def work(part: Sequence[StockBuilding]) -> list[Need]:
        return Call(compute_part).run(PART_LIMITS, beat, part, package, climate)

    queue = iter(parts)
    with ThreadPoolExecutor(processes, thread_name_prefix="kaksik-energy") as pool:
        running: set[Future[list[Need]]] = set()
        try:
            while True:
                for part in queue:
                    running.add(pool.submit(work, part))
                    if len(running) == processes:
                        break
                if not running:
                    return
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    yield future.result()
        finally:
            stop.set()


class _Stopped(Exception):  # noqa: N818 - not an error: somebody wanted it
    """Leaves a child whose results nobody waits for."""
