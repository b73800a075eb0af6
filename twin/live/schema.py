"""Tables of the readings store, and how a value is written in them."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.errors import StorageError
from twin.live.observation import Quality

SCHEMA_VERSION = 4
BUSY_TIMEOUT_S = 30.0  # another process may be backing the file up
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUALITIES = tuple(Quality)  # stored as place in this tuple: append only, never reorder

_NUMBER_OF = {quality: number for number, quality in enumerate(_QUALITIES)}

# `result` has no declared type, so SQLite keeps what it is given: REAL a number, INTEGER a truth value, TEXT a text.
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS point (
    id INTEGER PRIMARY KEY, building_id TEXT NOT NULL, point_id TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (building_id, point_id)
);
CREATE TABLE IF NOT EXISTS observation (
    point INTEGER NOT NULL REFERENCES point (id), time_us INTEGER NOT NULL, result NOT NULL, quality INTEGER NOT NULL,
    PRIMARY KEY (point, time_us)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    point INTEGER PRIMARY KEY REFERENCES point (id), time_us INTEGER NOT NULL, result NOT NULL,
    quality INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS refusal (
    reason TEXT PRIMARY KEY, count INTEGER NOT NULL, last_us INTEGER NOT NULL, detail TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS quarantine (
    building_id TEXT NOT NULL, point_id TEXT NOT NULL, count INTEGER NOT NULL, first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL, PRIMARY KEY (building_id, point_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS barred (
    building_id TEXT NOT NULL, point_id TEXT NOT NULL, since_us INTEGER NOT NULL, PRIMARY KEY (building_id, point_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (device_id TEXT PRIMARY KEY, document TEXT NOT NULL, secret TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archived (
    month INTEGER PRIMARY KEY, file TEXT NOT NULL, readings INTEGER NOT NULL, sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rolled (
    month INTEGER PRIMARY KEY, file TEXT NOT NULL, hours INTEGER NOT NULL, sha256 TEXT NOT NULL,
    texts INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS gap (
    point INTEGER NOT NULL, begin_us INTEGER NOT NULL, end_us INTEGER NOT NULL, PRIMARY KEY (point, begin_us)
) WITHOUT ROWID;
"""

Stored = float | int | str


def time_to_us(moment: datetime) -> int:
    """Return microseconds since 1970 of an aware time."""
    span = moment - _EPOCH  # three members cost half of what a division of two spans costs
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def time_from_us(time_us: int) -> datetime:
    """Return the aware UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=time_us)


def month_of(moment: datetime) -> int:
    """Return the number of the month, in UTC, that a time is in: years times 12 plus months since January."""
    moment = moment.astimezone(UTC)
    return moment.year * 12 + moment.month - 1


def begin_us(month: int) -> int:
    """Return the first microsecond of a month since 1970."""
    return time_to_us(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC))


def result_to_stored(result: float | bool | str) -> Stored:
    """Return what is written for a result: a truth value as 0 or 1, a number always as a float."""
    if isinstance(result, bool):
        return int(result)
    return result if isinstance(result, str) else float(result)


def result_from_stored(stored: Stored) -> float | bool | str:
    """Return the result that was written as `stored`."""
    return bool(stored) if isinstance(stored, int) else stored


def quality_to_stored(quality: Quality) -> int:
    """Return the number that is written for a quality."""
    return _NUMBER_OF[quality]


def quality_from_stored(stored: int) -> Quality:
    """Return the quality that was written as `stored`."""
    return _QUALITIES[stored]


def open_writer(path: Path) -> sqlite3.Connection:
    """Open or create the store for writing: WAL, every commit on the disk before it returns.

    Raises:
        StorageError: (store-damaged) the file is not a readings store; (store-newer) a newer program wrote it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        _migrate(connection, path)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"The readings store cannot be opened: {error}.",
            reason="store-damaged",
            hint="Restore it from a backup, or move it away to start an empty one.",
            entity=path.name,
        ) from error
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        _refuse_newer(version, path)
        if version < SCHEMA_VERSION:  # tables are only ever added
            for statement in TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        connection.close()
        raise


def _refuse_newer(version: int, path: Path) -> None:
    if version > SCHEMA_VERSION:
        raise StorageError(
            "A newer program wrote the readings store.",
            reason="store-newer",
            hint="Start the newer program.",
            entity=path.name,
        )


def open_reader(path: Path) -> sqlite3.Connection:
    """Open an existing store for reading only; it never waits for the writer."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only=ON")
    return connection
