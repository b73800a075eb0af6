"""The book of rules, alarms and messages: one SQLite file, every change with its history and messages at once."""

import json
import sqlite3
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from twin.errors import Conflict, NotFound, StorageError
from twin.live.rules.alarm import Alarm, Happening
from twin.live.rules.rule import Rule, rule_from_json
from twin.live.sqlite_book import SqliteBook

SCHEMA_VERSION = 1
MAX_LISTED = 1_000  # alarms in one answer; more than that is one alarm: something in common failed
_ALARM = tuple(field.name for field in fields(Alarm))
_TABLES = """
CREATE TABLE IF NOT EXISTS rule (rule_id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarm (
    alarm_id INTEGER PRIMARY KEY, rule_id TEXT NOT NULL, building_id TEXT NOT NULL, point_id TEXT NOT NULL,
    global_id TEXT NOT NULL, space TEXT, kind TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL, value REAL,
    unit TEXT NOT NULL, above REAL, below REAL, raised TEXT NOT NULL, cleared TEXT, acknowledged_by TEXT,
    assignee TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS one_active ON alarm (rule_id, point_id) WHERE cleared IS NULL;
CREATE INDEX IF NOT EXISTS open_alarms ON alarm (building_id) WHERE cleared IS NULL OR acknowledged_by IS NULL;
CREATE TABLE IF NOT EXISTS event (
    alarm_id INTEGER NOT NULL REFERENCES alarm (alarm_id), number INTEGER NOT NULL, time TEXT NOT NULL,
    what TEXT NOT NULL, actor TEXT NOT NULL, note TEXT NOT NULL, value REAL, PRIMARY KEY (alarm_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    message INTEGER PRIMARY KEY, alarm_id INTEGER NOT NULL, number INTEGER NOT NULL, target TEXT NOT NULL,
    body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    problem TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS waiting ON outbox (due) WHERE state = 'waiting';
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history of an alarm."""

    time: str
    what: Happening
    actor: str = ""
    note: str = ""
    value: float | None = None


class AlarmBook(SqliteBook):
    """Keeps rules, alarms, history and outbox; safe to use from many threads.

    Args:
        path: SQLite file; made if it is not there.

    Raises:
        StorageError: (alarms-damaged, alarms-newer).
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _TABLES, SCHEMA_VERSION, "alarms")
        self._rules: tuple[Rule, ...] | None = None

    # --- rules

    def put_rule(self, rule: Rule) -> None:
        """Store or replace a rule.

        Raises:
            Conflict: (rule-elsewhere) another building has a rule of that name, which this one would end.
        """
        with self.change() as db:
            for (document,) in db.execute("SELECT document FROM rule WHERE rule_id = ?", (rule.rule_id,)):
                if (owner := json.loads(document)["building_id"]) != rule.building_id:
                    raise Conflict(
                        f"Building {owner} has a rule of that name.",
                        reason="rule-elsewhere",
                        hint="Give the rule another name.",
                        entity=rule.rule_id,
                    )
            db.execute("INSERT OR REPLACE INTO rule VALUES (?, ?)", (rule.rule_id, json.dumps(rule.to_json())))
            self._rules = None

    def remove_rule(self, rule_id: str) -> None:
        """Forget a rule; its alarms stay.

        Raises:
            NotFound: (rule-unknown).
        """
        with self.change() as db:
            if not db.execute("DELETE FROM rule WHERE rule_id = ?", (rule_id,)).rowcount:
                raise NotFound("There is no such rule.", reason="rule-unknown", entity=rule_id[:64])
            self._rules = None

    def rules(self) -> tuple[Rule, ...]:
        """Return all rules by name."""
        with self._lock:
            if self._rules is None:  # asked for every second, changed some times a year
                found = self.rows("SELECT document FROM rule ORDER BY rule_id")
                self._rules = tuple(rule_from_json(json.loads(document)) for (document,) in found)
            return self._rules

    # --- alarms

    def alarm(self, alarm_id: int) -> Alarm:
        """Return an alarm.

        Raises:
            NotFound: (alarm-unknown).
        """
        found = self.rows(f"SELECT {', '.join(_ALARM)} FROM alarm WHERE alarm_id = ?", (alarm_id,))  # noqa: S608
        if not found:
            raise NotFound("There is no such alarm.", reason="alarm-unknown", entity=str(alarm_id))
        return Alarm(*found[0])

    def alarms(self, building_id: str | None = None, *, closed: bool = False, active: bool = False) -> list[Alarm]:
        """Return the newest `MAX_LISTED` alarms, newest first.

        Args:
            building_id: Of one building only.
            closed: With those that are cleared and acknowledged.
            active: Only those that last.
        """
        wanted = "cleared IS NULL" if active else "1" if closed else "(cleared IS NULL OR acknowledged_by IS NULL)"
        query = (
            f"SELECT {', '.join(_ALARM)} FROM alarm WHERE {wanted}"  # noqa: S608 - names of columns of ours
            " AND (?1 IS NULL OR building_id = ?1) ORDER BY alarm_id DESC LIMIT ?2"
        )
        return [Alarm(*row) for row in self.rows(query, (building_id, MAX_LISTED))]

    def active(self) -> dict[tuple[str, str], int]:
        """Return the numbers of all alarms that last, by rule and point."""
        return {
            (r, p): n for r, p, n in self.rows("SELECT rule_id, point_id, alarm_id FROM alarm WHERE cleared IS NULL")
        }

    def counts(self) -> list[dict[str, Any]]:
        """Return how many alarms are open in each building, by severity and state of acknowledgement."""
        query = (
            "SELECT building_id, severity, count(*), sum(cleared IS NULL), sum(acknowledged_by IS NULL), min(raised)"
            " FROM alarm WHERE cleared IS NULL OR acknowledged_by IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
        )
        names = ("building_id", "severity", "open", "active", "unacknowledged", "oldest")
        return [dict(zip(names, row, strict=True)) for row in self.rows(query)]

    def open_by_building(self) -> dict[str, int]:
        """Return how many alarms last or wait to be acknowledged, by building."""
        query = "SELECT building_id, count(*) FROM alarm WHERE cleared IS NULL OR acknowledged_by IS NULL GROUP BY 1"
        return dict(self.rows(query))

    def history(self, alarm_id: int) -> list[dict[str, Any]]:
        """Return what happened to an alarm, in order."""
        query = "SELECT number, time, what, actor, note, value FROM event WHERE alarm_id = ? ORDER BY number"
        names = ("number", "time", "what", "actor", "note", "value")
        return [dict(zip(names, row, strict=True)) for row in self.rows(query, (alarm_id,))]

    def _damaged(self, error: Exception, name: str) -> StorageError:
        return StorageError(
            f"The book of alarms cannot be used: {error}.",
            reason="alarms-damaged",
            hint="Check the disk, or restore the file from a backup.",
            entity=name,
        )

    def _newer(self, name: str) -> StorageError:
        return StorageError("A newer program wrote the alarms.", reason="alarms-newer", entity=name)


def insert_alarm(db: sqlite3.Connection, alarm: Alarm) -> int:
    """Write a new alarm and return its number."""
    names = _ALARM[1:]
    marks = ", ".join("?" * len(names))
    values = [getattr(alarm, name) for name in names]
    cursor = db.execute(f"INSERT INTO alarm ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608
    return int(cursor.lastrowid or 0)


def insert_entry(db: sqlite3.Connection, alarm_id: int, entry: Entry) -> int:
    """Write what happened and return its number in the history of the alarm."""
    (number,) = db.execute("SELECT count(*) + 1 FROM event WHERE alarm_id = ?", (alarm_id,)).fetchone()
    row = (alarm_id, number, entry.time, entry.what.value, entry.actor, entry.note, entry.value)
    db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return int(number)
