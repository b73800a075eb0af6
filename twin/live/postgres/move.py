"""The way from the embedded engine to PostgreSQL: everything, in one transaction, or nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from twin.errors import Conflict, NotFound, StorageError
from twin.live.archive import ROWS_PER_FETCH, Archive, open_engine
from twin.live.archive_hours import HourArchive
from twin.live.postgres.address import parse_readings_url
from twin.live.postgres.engine import PostgresEngine
from twin.live.postgres.rows import values_from
from twin.live.postgres.session import PostgresSession
from twin.live.schema import open_reader
from twin.live.write import Values

# Tables that are alike in both engines.
_ALIKE = {
    "point": "id, building_id, point_id, document",
    "device": "device_id, document, secret",
    "gap": "point, begin_us, end_us",
    "refusal": "reason, count, last_us, detail",
    "quarantine": "building_id, point_id, count, first_us, last_us",
    "barred": "building_id, point_id, since_us",
    "rolled": "month, hours, texts",
}
_HOUR = "point, hour, total, low, high, n, last, last_us, kind"
_COUNTS = "SELECT (SELECT count(*) FROM point), (SELECT count(*) FROM observation), (SELECT count(*) FROM hour)"
_NEXT_POINT = (
    "SELECT setval(pg_get_serial_sequence('point', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM point), false)"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied.

    Attributes:
        points: Registered points.
        readings: Single readings, those of files included.
        hours: Hours of which single readings are gone.
    """

    points: int
    readings: int
    hours: int


def move_readings(path: Path, url: str) -> Moved:
    """Copy everything that a file of readings and the folder beside it hold into an empty schema of PostgreSQL.

    Nobody may write to the file meanwhile; it stays as it is. If it fails, the database holds nothing of it.

    Raises:
        NotFound: (no-readings) there is no such file.
        Conflict: (store-not-empty) the schema holds points already.
        InvalidInput: (readings-url).
        StorageError: (archive-damaged, store-damaged, store-away, store-in-use, store-write).
    """
    if not path.is_file():
        raise NotFound("There is no file of readings to copy.", reason="no-readings", entity=path.name)
    engine = PostgresEngine(parse_readings_url(url))
    try:
        return engine.transact(partial(_copy, path))
    except sqlite3.Error as error:
        raise StorageError(
            f"The file of readings cannot be read: {error}.",
            reason="store-damaged",
            hint="Restore it from a backup.",
            entity=path.name,
        ) from error
    except duckdb.Error as error:
        raise StorageError(
            "The archive cannot be read.", reason="archive-damaged", hint="Restore it from a backup."
        ) from error
    finally:
        engine.close()


def _copy(path: Path, session: PostgresSession) -> Moved:
    if session.points():
        raise Conflict(
            "The schema holds readings already.",
            reason="store-not-empty",
            hint="Name another one: ?schema=name in the address.",
        )
    archive = Archive(path.with_suffix(".archive"))
    with closing(open_reader(path)) as file:
        file.execute("BEGIN")
        for table, columns in _ALIKE.items():
            session.copy(table, columns, file.execute(f"SELECT {columns} FROM {table}"))  # noqa: S608 - constants
        session.run(_NEXT_POINT)
        for key, value in file.execute("SELECT key, value FROM meta").fetchall():
            session.meta(key, value)
        session.put_latest(file.execute("SELECT point, time_us, result, quality FROM latest").fetchall())
        months = [archive.checked(month) for month in archive.months(file)]
        for batch in chain(*map(_batches_of, months), _batches(file)):  # what is in both comes once
            session.insert(batch)
        for rolled in HourArchive(archive).months(file):
            for rows in _fetched(archive.folder / rolled.file, _HOUR.replace(" n,", " n::BIGINT,")):
                session.copy("hour", _HOUR, rows)
    session.run("ANALYZE observation, hour, latest")
    ((points, readings, hours),) = session.run(_COUNTS)
    return Moved(points, readings, hours)


def _batches(file: sqlite3.Connection) -> Iterator[list[Values]]:
    rows = file.execute("SELECT point, time_us, result, quality FROM observation")
    while batch := rows.fetchmany(ROWS_PER_FETCH):
        yield batch


def _batches_of(month: Path) -> Iterator[list[Values]]:
    for rows in _fetched(month, "point, time_us, number, kind, quality, text"):
        yield values_from(rows)


def _fetched(path: Path, columns: str) -> Iterator[list[Any]]:
    with open_engine() as duck:
        rows = duck.execute(f"SELECT {columns} FROM read_parquet(?)", [str(path)])  # noqa: S608 - constants
        while batch := rows.fetchmany(ROWS_PER_FETCH):
            yield batch
