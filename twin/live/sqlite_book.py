"""A book: one SQLite file whose changes come as a whole or not at all."""

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twin.errors import StorageError


class SqliteBook(ABC):
    """Keeps tables in one file; safe to use from many threads.

    Args:
        path: The file; made if it is not there.
        tables: Statements that make the tables where they are missing.
        version: Of the tables.
        what: What the book keeps, such as ``alarms``; errors after the opening name it.

    Raises:
        StorageError: the file is damaged, or a newer program wrote it.
    """

    def __init__(self, path: Path, tables: str, version: int, what: str) -> None:
        self._lock, self._what = threading.RLock(), what
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            (found,) = self._db.execute("PRAGMA user_version").fetchone()
            self._db.executescript(tables if found <= version else "")
            self._db.execute(f"PRAGMA user_version={max(found, version)}")
        except (sqlite3.Error, OSError) as error:
            raise self._damaged(error, path.name) from error
        if found > version:
            self._db.close()
            raise self._newer(path.name)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Hold the book for one change, on the disk as a whole at the end or not at all."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise self._damaged(error, self._what) from error
                raise

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of a query of this package."""
        with self._lock:
            try:
                return self._db.execute(query, tuple(values)).fetchall()
            except sqlite3.Error as error:
                raise self._damaged(error, self._what) from error

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    @abstractmethod
    def _damaged(self, error: Exception, name: str) -> StorageError:
        """Return the error that says that the file cannot be used."""

    @abstractmethod
    def _newer(self, name: str) -> StorageError:
        """Return the error that says that a newer program wrote the file."""
