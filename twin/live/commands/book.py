"""The book of commands: one SQLite file; a command and its history change together or not at all."""

import json
from pathlib import Path
from typing import Any

from twin.errors import NotFound, StorageError
from twin.live.commands.command import OPEN, Command, CommandStatus, command_from_json
from twin.live.sqlite_book import SqliteBook

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


class CommandBook(SqliteBook):
    """Keeps commands and their history; safe to use from many threads.

    Args:
        path: SQLite file; made if it is not there.

    Raises:
        StorageError: (commands-damaged, commands-newer).
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _TABLES, SCHEMA_VERSION, "commands")

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
        found = self.rows(query, (building_id, command_id))
        if not found:
            raise NotFound("There is no such command.", reason="command-unknown", entity=command_id[:64])
        return command_from_json(json.loads(found[0][0]))

    def commands(self, building_id: str) -> list[Command]:
        """Return the newest `MAX_LISTED` commands of a building, newest first."""
        query = "SELECT document FROM command WHERE building_id = ? ORDER BY number DESC LIMIT ?"
        return [command_from_json(json.loads(text)) for (text,) in self.rows(query, (building_id, MAX_LISTED))]

    def open(self) -> list[Command]:
        """Return all commands that have not ended, oldest first."""
        query = "SELECT document FROM command WHERE status IN (?, ?, ?) ORDER BY number"
        return [command_from_json(json.loads(text)) for (text,) in self.rows(query, [s.value for s in OPEN])]

    def open_of(self, building_id: str, point_id: str) -> str | None:
        """Return the id of the command of a point that has not ended, or None."""
        query = "SELECT command_id FROM command WHERE building_id = ? AND point_id = ? AND status IN (?, ?, ?)"
        found = self.rows(query, (building_id, point_id, *(status.value for status in OPEN)))
        return found[0][0] if found else None

    def since(self, building_id: str, point_id: str, proposed_s: float) -> int:
        """Return how many commands of a point were proposed after a time, those that were refused aside."""
        query = "SELECT count(*) FROM command WHERE building_id = ? AND point_id = ? AND proposed > ? AND status <> ?"
        arguments = (building_id, point_id, proposed_s, CommandStatus.REFUSED.value)
        return int(self.rows(query, arguments)[0][0])

    def history(self, command_id: str) -> list[dict[str, Any]]:
        """Return the steps of a command, in order."""
        names = ("number", "time", "status", "actor", "note")
        query = "SELECT number, time, status, actor, note FROM step WHERE command_id = ? ORDER BY number"
        return [dict(zip(names, row, strict=True)) for row in self.rows(query, (command_id,))]

    def _damaged(self, error: Exception, name: str) -> StorageError:
        return StorageError(
            f"The book of commands cannot be used: {error}.",
            reason="commands-damaged",
            hint="Check the disk, or restore the file from a backup.",
            entity=name,
        )

    def _newer(self, name: str) -> StorageError:
        return StorageError("A newer program wrote the commands.", reason="commands-newer", entity=name)
