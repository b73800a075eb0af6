"""Which engine keeps the readings: a path names a file, a URL a PostgreSQL."""

from pathlib import Path

from twin.live.embedded import EmbeddedEngine
from twin.live.engine import Engine


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
