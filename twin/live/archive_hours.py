"""Old readings as hours: single readings of a month end as one row an hour, with the gaps marked.

Rules that are kept:
1. An hour holds sum, lowest, highest and count of its numbers and truth values, and the last of them with its time.
2. Texts cannot be added up: they stay single readings in the file of the month.
3. A gap, longer than a point may be silent, is written down exactly before the readings around it are gone.
4. What waits in SQLite joins the file of the month first, in the same transaction. From then on readings of before
   the end of the month are refused as late, since nothing could tell whether they are in their hour already.
5. The file of hours is flushed and renamed; one transaction names it, names what is left of the month, and writes the
   gaps. A crash leaves the readings or the hours, never neither.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

import duckdb

from twin.errors import StorageError
from twin.live.archive import (
    ROW_GROUP,
    TEXT,
    Archive,
    Duck,
    flushed_digest,
    open_engine,
    quoted,
)
from twin.live.engine import HOUR_US, ArchivedMonth, RolledMonth
from twin.live.schema import begin_us, month_of
from twin.live.write import Values

_HOURS = (
    "SELECT point, time_us // 3600000000 AS hour, sum(number) AS total, min(number) AS low, max(number) AS high,"
    " count(*) AS n, arg_max(number, time_us) AS last, max(time_us) AS last_us, any_value(kind) AS kind"
    " FROM read_parquet($1) WHERE kind <> 2 GROUP BY ALL"
)
_TOGETHER = (
    "SELECT point, hour, sum(total) AS total, min(low) AS low, max(high) AS high, sum(n) AS n,"
    " arg_max(last, last_us) AS last, max(last_us) AS last_us, any_value(kind) AS kind FROM made GROUP BY ALL"
)
_GAPS = (
    "WITH spoken AS (SELECT point, time_us FROM read_parquet($1)), silence AS (SELECT point,"
    " lag(time_us, 1, $2) OVER (PARTITION BY point ORDER BY time_us) AS begin, time_us AS end FROM spoken"
    " UNION ALL SELECT point, max(time_us), $3 FROM spoken GROUP BY point"
    " UNION ALL SELECT point, $2, $3 FROM longest WHERE point NOT IN (SELECT point FROM spoken))"
    " SELECT point, begin, silence.end FROM silence JOIN longest USING (point) WHERE silence.end - begin > longest.us"
)


class HourArchive:
    """The hours of one store.

    Args:
        archive: The files of single readings beside them.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def months(self, connection: sqlite3.Connection) -> list[RolledMonth]:
        """Return the months that lie in hours, oldest first."""
        rows = connection.execute("SELECT month, file, hours, sha256, texts FROM rolled ORDER BY month")
        return [RolledMonth(*row) for row in rows]

    def due(self, connection: sqlite3.Connection, before: datetime) -> list[int]:
        """Return the archived months before the month of `before` that have single numbers."""
        known = {item.month: item.texts for item in self.months(connection)}
        archived = self._archive.months(connection)
        limit = month_of(before)
        return [item.month for item in archived if item.month < limit and item.readings > known.get(item.month, 0)]

    def roll(self, connection: sqlite3.Connection, month: int, longest_us: Mapping[int, int]) -> RolledMonth:
        """Turn the single readings of an archived month into hours, in the open transaction.

        Args:
            connection: Of the writer.
            month: One that is `due`.
            longest_us: Microseconds that each point, by row key, may be silent.

        Raises:
            StorageError: (archive-write) the file cannot be written; (archive-damaged) one that is there is not what
                was written.
        """
        if self._archive.has_waiting(connection, month):
            self._archive.write_month(connection, month)
        source = next(item for item in self._archive.months(connection) if item.month == month)
        before = next((item for item in self.months(connection) if item.month == month), None)
        path = str(self._archive.checked(source))
        try:
            with open_engine() as engine:
                engine.execute(f"CREATE TABLE made AS {_HOURS}", [path])
                if before is not None:
                    old = self._archive.checked(ArchivedMonth(month, before.file, before.hours, before.sha256))
                    engine.execute("INSERT INTO made SELECT * FROM read_parquet($1)", [str(old)])
                made = self._write(engine, month)
                texts = self._keep_texts(connection, engine, source, path)
                gaps = _gaps(engine, path, month, longest_us)
        except (duckdb.Error, OSError) as error:
            raise StorageError(
                f"A month could not be turned into hours: {error}.",
                reason="archive-write",
                hint="Check the space of the disk.",
            ) from error
        rolled = RolledMonth(*made, texts)
        connection.execute(
            "INSERT OR REPLACE INTO rolled VALUES (?, ?, ?, ?, ?)",
            (rolled.month, rolled.file, rolled.hours, rolled.sha256, rolled.texts),
        )
        connection.executemany("INSERT OR IGNORE INTO gap VALUES (?, ?, ?)", gaps if before is None else [])
        return rolled

    def _write(self, engine: Duck, month: int) -> tuple[int, str, int, str]:
        stem = f"{month // 12:04}-{month % 12 + 1:02}-hours"
        part = self._archive.folder / f"{stem}.part"
        engine.execute(
            f"COPY (SELECT * FROM ({_TOGETHER}) ORDER BY point, hour) TO '{quoted(part)}'"  # noqa: S608 - a path of ours
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        (count,) = engine.execute("SELECT count(*) FROM read_parquet($1)", [str(part)]).fetchone() or (0,)
        digest = flushed_digest(part)
        path = part.with_name(f"{stem}-{digest[:16]}.parquet")
        part.replace(path)
        return month, path.name, int(count), digest

    def _keep_texts(self, connection: sqlite3.Connection, engine: Duck, source: ArchivedMonth, path: str) -> int:
        """Write the texts of a month into a file of their own, name it instead of the old one, and count them."""
        query = f"SELECT * FROM read_parquet($1) WHERE kind = {TEXT} ORDER BY point, time_us"  # noqa: S608
        engine.execute(f"CREATE TABLE words AS {query}", [path])
        (count,) = engine.execute("SELECT count(*) FROM words").fetchone() or (0,)
        if not count:
            connection.execute("DELETE FROM archived WHERE month = ?", (source.month,))
            return 0
        part = self._archive.folder / f"{source.month // 12:04}-{source.month % 12 + 1:02}.part"
        engine.execute(f"COPY words TO '{quoted(part)}' (FORMAT parquet, COMPRESSION zstd)")
        digest = flushed_digest(part)
        target = part.with_name(f"{part.stem}-{digest[:16]}.parquet")
        part.replace(target)
        row = (source.month, target.name, int(count), digest)
        connection.execute("INSERT OR REPLACE INTO archived VALUES (?, ?, ?, ?)", row)
        return int(count)

    # --- answers

    def rows(
        self, months: list[RolledMonth], point: int, start_us: int, end_us: int, limit: int
    ) -> list[tuple[int, float, float, float, int]]:
        """Return begin, sum, lowest, highest and count of each hour that begins in ``[start, end)``."""
        query = (
            f"SELECT hour * {HOUR_US} AS begin_us, total, low, high, n::BIGINT FROM read_parquet($1) WHERE point = $2"  # noqa: S608
            " AND begin_us >= $3 AND begin_us < $4 ORDER BY hour LIMIT $5"
        )
        return self._archive.query(query, [month.file for month in months], point, start_us, end_us, limit)

    def steps(
        self, months: list[RolledMonth], points: list[int], start_us: int, end_us: int, step_us: int
    ) -> dict[int, tuple[float, float, float, int]]:
        """Return sum, minimum, maximum and count over all points by number of step, of hours that begin in it."""
        query = (
            f"SELECT (hour * {HOUR_US} - $3) // $5 AS step, sum(total), min(low), max(high), sum(n)::BIGINT"  # noqa: S608
            " FROM read_parquet($1) WHERE point IN (SELECT unnest($2))"
            f" AND hour * {HOUR_US} >= $3 AND hour * {HOUR_US} < $4 GROUP BY step"
        )
        files = [month.file for month in months]
        return {row[0]: row[1:] for row in self._archive.query(query, files, points, start_us, end_us, step_us)}

    def newest(self, months: list[RolledMonth], points: list[int], until_us: int) -> dict[int, Values]:
        """Return the last number of the newest hour that ended its numbers at or before a time, by point."""
        query = (
            "SELECT DISTINCT ON (point) point, last_us, last, kind FROM read_parquet($1)"
            " WHERE list_contains($2, point) AND last_us <= $3 ORDER BY point, last_us DESC"
        )
        found = self._archive.query(query, [month.file for month in months], points, until_us)
        return {row[0]: (row[0], row[1], int(row[2]) if row[3] == 1 else float(row[2]), 0) for row in found}


def _gaps(engine: Duck, path: str, month: int, longest_us: Mapping[int, int]) -> list[tuple[int, int, int]]:
    engine.execute("CREATE TABLE longest (point BIGINT, us BIGINT)")
    if not longest_us:
        return []
    engine.executemany("INSERT INTO longest VALUES (?, ?)", list(longest_us.items()))
    return engine.execute(_GAPS, [path, begin_us(month), begin_us(month + 1)]).fetchall()
