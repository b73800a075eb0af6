"""Open the catalogue database with the durability that the source of truth needs."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from twin.catalogue.tables import META, METADATA
from twin.errors import StorageError

LAYOUT = 1  # raised with every change of the tables; an older program refuses a newer file
BUSY_TIMEOUT_MS = 30_000  # a load of a large model holds the write lock for seconds, not for half a minute


def open_database(path: Path) -> Engine:
    """Open or make the SQLite catalogue at `path` (WAL, every commit on the disk before it returns).

    Raises:
        StorageError: (newer) the file was written by a newer program; (damaged) it is no such database.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _pragmas)
    try:
        METADATA.create_all(engine)
        _check_layout(engine)
    except DatabaseError as error:
        engine.dispose()
        raise StorageError(
            "The catalogue file is not a readable database.",
            reason="damaged",
            entity=path.name,
            hint="Restore it from a backup; the stored IFC files under `blobs` can be loaded again.",
        ) from error
    return engine


def _pragmas(connection: Any, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _check_layout(engine: Engine) -> None:
    with engine.begin() as connection:
        found = connection.scalar(select(META.c.value).where(META.c.key == "layout"))
        if found is None:
            connection.execute(insert(META).values(key="layout", value=str(LAYOUT)))
        elif int(found) > LAYOUT:
            raise StorageError(
                f"The catalogue has layout {found}; this program knows layouts up to {LAYOUT}.",
                reason="newer",
                hint="Install the newer Kaksik that wrote it.",
            )
