"""Which engine keeps the readings: a path names a file, a URL a PostgreSQL."""

from pathlib import Path
from typing import TYPE_CHECKING

from twin.live.embedded import EmbeddedEngine
from twin.live.engine import Engine

if TYPE_CHECKING:
    from twin.live.postgres import Moved


def open_engine(where: Path | str) -> Engine:
    """Open the store of readings.

    Args:
        where: SQLite file, made if it is not there; or
            ``postgresql://[user[:password]@]host[:port]/database[?schema=kaksik]`` with any option of libpq.

    Raises:
        InvalidInput: (readings-url) the address cannot be read.
        StorageError: (store-damaged, store-newer, store-in-use, store-away).
    """
    if isinstance(where, Path):
        return EmbeddedEngine(where)
    from twin.live.postgres import PostgresEngine, parse_readings_url  # its driver is slow to load

    return PostgresEngine(parse_readings_url(where))


def move_readings(path: Path, url: str) -> "Moved":
    """Copy a file of readings, and the months beside it, into an empty schema of PostgreSQL: all of it or nothing.

    Nobody may write to the file meanwhile; it stays as it is.

    Args:
        path: SQLite file of the readings.
        url: As in `open_engine`.

    Raises:
        NotFound: (no-readings) there is no such file.
        Conflict: (store-not-empty) the schema holds points already.
        InvalidInput: (readings-url).
        StorageError: (archive-damaged, store-damaged, store-away, store-in-use, store-write).
    """
    from twin.live.postgres import move_readings as move  # its driver is slow to load

    return move(path, url)
