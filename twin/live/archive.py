"""Old readings as monthly Parquet files, read by DuckDB.

Rules the archive keeps:
1. A month is written to a new file, flushed, renamed, named with its digest in the store, and only then deleted from
   SQLite, in the transaction that names it. A crash leaves a month here or there, never in neither and never in both.
2. A reading of an archived month that comes late is written to SQLite and joins the file at the next archiving. One
   that is in the file already is left out then, and until then wherever single readings are answered. One of a month
   that lies in hours is refused before it comes here.
3. Rows are sorted by point and time, so one point of one month is read without the rest.
"""

import hashlib
import os
import sqlite3
import tempfile
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from twin.errors import StorageError
from twin.live.engine import ArchivedMonth
from twin.live.schema import begin_us, month_of, time_from_us
from twin.live.write import UPSERT_LATEST, Values

ROWS_PER_FETCH = 50_000  # about 10 MB in memory at a time
ROW_GROUP = 61_440  # DuckDB reads whole groups; smaller ones find a point faster, larger ones compress better
MEMORY_LIMIT = "512MB"  # of DuckDB; a month of 10,000 sensors at 15 minutes sorts within it
THREADS = 1  # archiving stands behind the service, not before it
_SCHEMA = "point BIGINT, time_us BIGINT, kind TINYINT, number DOUBLE, text VARCHAR, quality TINYINT, late BOOLEAN"
LAST_TIME_US = 2**62  # after every time that a reading can have
Duck = duckdb.DuckDBPyConnection
NUMBER, TRUTH, TEXT = range(3)  # `kind`: which of the columns holds the result
# The key of the table begins with the point: by point, a month is found without reading all other months.
_OF_MONTH = "FROM observation WHERE point IN (SELECT id FROM point) AND time_us >= ? AND time_us < ?"
_FIRST = (
    "SELECT min((SELECT min(time_us) FROM observation WHERE point = point.id AND time_us >= ?1 AND time_us < ?2))"
    " FROM point"
)


class Archive:
    """The monthly files of one store.

    Args:
        folder: Where they lie; made when the first month is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def months(self, connection: sqlite3.Connection) -> list[ArchivedMonth]:
        """Return the months that lie in files, oldest first."""
        rows = connection.execute("SELECT month, file, readings, sha256 FROM archived ORDER BY month")
        return [ArchivedMonth(*row) for row in rows]

    def due(self, connection: sqlite3.Connection, before: datetime) -> list[int]:
        """Return the months with readings in SQLite that end before or with the month of `before`."""
        limit = begin_us(month_of(before))
        found: list[int] = []
        start = -LAST_TIME_US
        while (first := connection.execute(_FIRST, (start, limit)).fetchone()[0]) is not None:
            found.append(month_of(time_from_us(first)))
            start = begin_us(found[-1] + 1)
        return found

    def has_waiting(self, connection: sqlite3.Connection, month: int) -> bool:
        """Tell whether readings of a month lie in SQLite."""
        query = f"SELECT 1 {_OF_MONTH} LIMIT 1"
        return connection.execute(query, (begin_us(month), begin_us(month + 1))).fetchone() is not None

    def write_month(self, connection: sqlite3.Connection, month: int) -> ArchivedMonth:
        """Move a month from SQLite into its file, in the open transaction.

        The old file of the month, if there was one, stays until `sweep`.

        Raises:
            StorageError: (archive-write) the file cannot be written; (archive-damaged) the old file is not what was
                written.
        """
        span = (begin_us(month), begin_us(month + 1))
        old = next((item for item in self.months(connection) if item.month == month), None)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            written = self._write(connection, month, span, old)
        except (duckdb.Error, OSError) as error:
            raise StorageError(
                f"A month could not be archived: {error}.",
                reason="archive-write",
                hint="Check the space of the disk.",
            ) from error
        connection.execute(
            "INSERT OR REPLACE INTO archived VALUES (?, ?, ?, ?)",
            (written.month, written.file, written.readings, written.sha256),
        )
        connection.execute(f"DELETE {_OF_MONTH}", span)
        return written

    def _write(
        self, connection: sqlite3.Connection, month: int, span: tuple[int, int], old: ArchivedMonth | None
    ) -> ArchivedMonth:
        part = self.folder / f"{month // 12:04}-{month % 12 + 1:02}.part"
        with open_engine() as engine:
            engine.execute(f"CREATE TABLE reading ({_SCHEMA})")
            if old is not None:
                engine.execute("INSERT INTO reading SELECT *, false FROM read_parquet(?)", [str(self.checked(old))])
            query = f"SELECT point, time_us, result, quality {_OF_MONTH} ORDER BY point, time_us"
            rows = connection.execute(query, span)
            while batch := rows.fetchmany(ROWS_PER_FETCH):
                _insert(engine, batch)
            once = "" if old is None else "DISTINCT ON (point, time_us)"  # a key may be in both
            engine.execute(
                f"COPY (SELECT {once} * EXCLUDE (late) FROM reading ORDER BY point, time_us, late) TO"  # noqa: S608
                f" '{quoted(part)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
            )
            (count,) = engine.execute("SELECT count(*) FROM read_parquet(?)", [str(part)]).fetchone() or (0,)
        digest = flushed_digest(part)
        path = part.with_name(f"{part.stem}-{digest[:16]}.parquet")
        part.replace(path)
        return ArchivedMonth(month, path.name, int(count), digest)

    def checked(self, month: ArchivedMonth) -> Path:
        """Return the file of a month.

        Raises:
            StorageError: (archive-damaged) it is not there, or not what was written.
        """
        path = self.folder / month.file
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            digest = ""
        if digest != month.sha256:
            raise StorageError(
                "A file of the archive is missing or was changed.",
                reason="archive-damaged",
                hint="Restore it from a backup.",
                entity=month.file,
            )
        return path

    def sweep(self, connection: sqlite3.Connection) -> int:
        """Remove files that no month names any more; return how many."""
        named = {name for (name,) in connection.execute("SELECT file FROM archived UNION SELECT file FROM rolled")}
        stray = [path for path in self.folder.glob("*") if path.suffix in (".parquet", ".part")]
        stray = [path for path in stray if path.name not in named and path.is_file()]
        for path in stray:
            path.unlink()
        return len(stray)

    def rows(self, months: list[ArchivedMonth], point: int, start_us: int, end_us: int, limit: int) -> list[Values]:
        """Return at most `limit` archived rows of a point in ``[start, end)``, in order of time."""
        query = (
            "SELECT point, time_us, number, text, kind, quality FROM read_parquet(?)"
            " WHERE point = ? AND time_us >= ? AND time_us < ? ORDER BY time_us LIMIT ?"
        )
        found = self._query(query, months, point, start_us, end_us, limit)
        return [(row[0], row[1], _stored(*row[2:5]), row[5]) for row in found]

    def newest(self, months: list[ArchivedMonth], points: list[int], until_us: int) -> dict[int, Values]:
        """Return the newest archived row at or before a time of each of the points that has one."""
        query = (
            "SELECT DISTINCT ON (point) point, time_us, number, text, kind, quality FROM read_parquet(?)"
            " WHERE list_contains(?, point) AND time_us <= ? ORDER BY point, time_us DESC"
        )
        found = self._query(query, months, points, until_us)
        return {row[0]: (row[0], row[1], _stored(*row[2:5]), row[5]) for row in found}

    def steps(
        self, months: list[ArchivedMonth], points: list[int], start_us: int, end_us: int, step_us: int
    ) -> dict[int, tuple[float, float, float, int]]:
        """Return sum, minimum, maximum and count over all points by number of step; texts are left out."""
        query = (
            "SELECT (time_us - $3) // $5 AS n, sum(number), min(number), max(number), count(*) FROM read_parquet($1)"
            " WHERE point IN (SELECT unnest($2)) AND time_us >= $3 AND time_us < $4 AND kind <> 2 GROUP BY n"
        )
        if len(points) == 1:  # found by the statistics of the file, where a list is not
            query = query.replace("IN (SELECT unnest($2))", "= $2[1]")
        return {row[0]: row[1:] for row in self._query(query, months, points, start_us, end_us, step_us)}

    def _query(self, query: str, months: list[ArchivedMonth], *arguments: object) -> list[Any]:
        return self.query(query, [month.file for month in months], *arguments)

    def query(self, query: str, files: list[str], *arguments: object) -> list[Any]:
        """Return the rows of a query over files of the archive, which are its first argument; none without files.

        Raises:
            StorageError: (archive-damaged) a file is missing or no Parquet.
        """
        if not files:
            return []
        paths = [str(self.folder / name) for name in files]
        try:
            with open_engine() as engine:
                return engine.execute(query, [paths, *arguments]).fetchall()
        except (duckdb.Error, OSError) as error:
            raise StorageError(
                "The archive cannot be read.", reason="archive-damaged", hint="Restore it from a backup."
            ) from error


def rebuild_latest(connection: sqlite3.Connection, archive: Archive) -> None:
    """Make the table of latest values anew from the history, archived months included, in the open transaction."""
    connection.execute("DELETE FROM latest")
    connection.execute(
        "INSERT INTO latest SELECT o.point, o.time_us, o.result, o.quality FROM observation o JOIN"
        " (SELECT point, max(time_us) AS time_us FROM observation GROUP BY point) USING (point, time_us)"
    )
    keys = [key for (key,) in connection.execute("SELECT id FROM point")]
    archived = archive.newest(archive.months(connection), keys, LAST_TIME_US)
    connection.executemany(UPSERT_LATEST.format(rows="(?, ?, ?, ?)"), archived.values())


def _stored(number: float | None, text: str | None, kind: int) -> float | int | str:
    if kind == TEXT:
        return text or ""
    return int(number or 0) if kind == TRUTH else float(number or 0.0)


def open_engine() -> Duck:
    """Return a DuckDB that keeps within its limits of memory and threads."""
    spill = Path(
        tempfile.gettempdir(), f"kaksik-duckdb-{uuid.uuid4().hex}"
    )  # made if needed, else in the folder we run in
    return duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": THREADS, "temp_directory": str(spill)})


def quoted(path: Path) -> str:
    """Return a path as it stands between quotes in SQL."""
    return str(path).replace("'", "''")


def _insert(engine: Duck, batch: list[Values]) -> None:
    import numpy as np  # noqa: PLC0415, RUF100 - only here, and slow to load

    points, times, results, qualities = zip(*batch, strict=True)
    columns = {
        "point": np.array(points, dtype=np.int64),
        "time_us": np.array(times, dtype=np.int64),
        "quality": np.array(qualities, dtype=np.int8),
    }
    if set(map(type, results)) == {float}:  # nearly always, and much faster
        columns |= {"number": np.array(results, dtype=np.float64)}
        selected = f"{NUMBER}, number, NULL"
    else:
        kinds = [TEXT if isinstance(item, str) else TRUTH if isinstance(item, int) else NUMBER for item in results]
        columns |= {
            "kind": np.array(kinds, dtype=np.int8),
            "number": np.array([0.0 if isinstance(item, str) else float(item) for item in results]),
            "text": np.array([item if isinstance(item, str) else None for item in results], dtype=object),
        }
        selected = "kind, number, text"
    engine.register("batch", columns)
    engine.execute(f"INSERT INTO reading SELECT point, time_us, {selected}, quality, true FROM batch")  # noqa: S608
    engine.unregister("batch")


def flushed_digest(path: Path) -> str:
    """Bring a file to the disk and return its digest."""
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest
