"""The book of commands: one SQLite file; a command and its history change together or not at all."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twin.errors import NotFound, StorageError
from twin.live.commands.command import OPEN, Command, CommandStatus, command_from_json

SCHEMA_VERSION = 1
MAX_LISTED = 500  # commands in one answer; a day of a busy building
_TABLES = """
CREATE TABLE IF NOT EXISTS command (
    number INTEGER PRIMARY KEY, command_id TEXT NOT NULL UNIQUE, building_id TEXT NOT NULL, point_id TEXT NOT NULL,
    status TEXT NOT NULL, proposed REAL NOT NULL, document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS of_building ON command (building_id, number);
CREATE UNIQUE INDEX IF NOT EXISTS one_open ON command (building_id, point_id)
    WHERE status IN ('proposed', 'confirmed', 'sent');
CREATE TABLE IF NOT EXISTS step (
    command_id TEXT NOT NULL, number INTEGER NOT NULL, time TEXT NOT NULL, status TEXT NOT NULL, actor TEXT NOT NULL,
    note TEXT NOT NULL, PRIMARY KEY (command_id, number)
) WITHOUT ROWID;
"""


class CommandBook:
    """Keeps commands and their history; safe to use from many threads.

    Args:
        path: SQLite file; made if it is not there.

    Raises:
        StorageError: (commands-damaged, commands-newer).
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            self._db.executescript(_TABLES if version <= SCHEMA_VERSION else "")
            self._db.execute(f"PRAGMA user_version={max(version, SCHEMA_VERSION)}")
        except (sqlite3.Error, OSError) as error:
            raise _damaged(error) from error
        if version > SCHEMA_VERSION:
            self._db.close()
            raise StorageError("A newer program wrote the commands.", reason="commands-newer", entity=path.name)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the book for one change, on the disk as a whole at the end or not at all."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise _damaged(error) from error
                raise

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    def put(self, command: Command, actor: str, time: str, proposed_s: float) -> None:
        """Write a command as it is now, and the step that brought it there; call inside `change`."""
        row = (command.command_id, command.building_id, command.point_id, command.status.value, proposed_s)
        self._db.execute(
            "INSERT INTO command (command_id, building_id, point_id, status, proposed, document)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (command_id) DO UPDATE SET status = excluded.status,"
            " document = excluded.document",
            (*row, json.dumps(command.to_json())),
        )
        self._db.execute(
            "INSERT INTO step SELECT ?1, count(*) + 1, ?2, ?3, ?4, ?5 FROM step WHERE command_id = ?1",
            (command.command_id, time, command.status.value, actor, command.note),
        )

    def command(self, building_id: str, command_id: str) -> Command:
        """Return a command of a building.

        Raises:
            NotFound: (command-unknown).
        """
        query = "SELECT document FROM command WHERE building_id = ? AND command_id = ?"
        found = self._rows(query, (building_id, command_id))
        if not found:
            raise NotFound("There is no such command.", reason="command-unknown", entity=command_id[:64])
        return command_from_json(json.loads(found[0][0]))

    def commands(self, building_id: str) -> list[Command]:
        """Return the newest `MAX_LISTED` commands of a building, newest first."""
        query = "SELECT document FROM command WHERE building_id = ? ORDER BY number DESC LIMIT ?"
        return [command_from_json(json.loads(text)) for (text,) in self._rows(query, (building_id, MAX_LISTED))]

    def open(self) -> list[Command]:
        """Return all commands that have not ended, oldest first."""
        query = "SELECT document FROM command WHERE status IN (?, ?, ?) ORDER BY number"
        return [command_from_json(json.loads(text)) for (text,) in self._rows(query, [s.value for s in OPEN])]

    def open_of(self, building_id: str, point_id: str) -> str | None:
        """Return the id of the command of a point that has not ended, or None."""
        query = "SELECT command_id FROM command WHERE building_id = ? AND point_id = ? AND status IN (?, ?, ?)"
        found = self._rows(query, (building_id, point_id, *(status.value for status in OPEN)))
        return found[0][0] if found else None

    def since(self, building_id: str, point_id: str, proposed_s: float) -> int:
        """Return how many commands of a point were proposed after a time, those that were refused aside."""
        query = "SELECT count(*) FROM command WHERE building_id = ? AND point_id = ? AND proposed > ? AND status <> ?"
        arguments = (building_id, point_id, proposed_s, CommandStatus.REFUSED.value)
        return int(self._rows(query, arguments)[0][0])

    def history(self, command_id: str) -> list[dict[str, Any]]:
        """Return the steps of a command, in order."""
        names = ("number", "time", "status", "actor", "note")
        query = "SELECT number, time, status, actor, note FROM step WHERE command_id = ? ORDER BY number"
        return [dict(zip(names, row, strict=True)) for row in self._rows(query, (command_id,))]

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(query, tuple(values)).fetchall()
            except sqlite3.Error as error:
                raise _damaged(error) from error


def _damaged(error: Exception) -> StorageError:
    return StorageError(
        f"The book of commands cannot be used: {error}.",
        reason="commands-damaged",
        hint="Check the disk, or restore the file from a backup.",
        entity="commands",
    )
