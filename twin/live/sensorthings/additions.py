"""What clients of SensorThings added to the points: entities of their own, and members they changed.

Everything else is a view of the points. A row holds one entity: created by a client as a whole, or only the members
that a client changed of an entity that stands for something in a model.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.errors import Conflict, InvalidInput, StorageError

MAX_ADDITIONS = 100_000  # entities of a large city's own register; kept in memory
MAX_ADDITION_BYTES = 64 * 1024  # a boundary of a thousand corners
_TABLE = (
    "CREATE TABLE IF NOT EXISTS addition"
    " (kind TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, number)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Addition:
    """One row.

    Attributes:
        created: Whether a client made the whole entity; else it only changed `members`.
        members: What the entity shows.
        links: Numbers of other entities by navigation name.
    """

    created: bool = False
    members: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return the row as JSON.

        Raises:
            InvalidInput: (entity-too-large).
        """
        text = json.dumps({"created": self.created, "members": dict(self.members), "links": dict(self.links)})
        if len(text) > MAX_ADDITION_BYTES:
            raise InvalidInput(f"An entity has at most {MAX_ADDITION_BYTES} bytes.", reason="entity-too-large")
        return text


def _addition(text: str) -> Addition:
    form = json.loads(text)
    links = {name: tuple(numbers) for name, numbers in form["links"].items()}
    return Addition(form["created"], form["members"], links)


class Additions:
    """Keeps additions in one SQLite file; safe to use from many threads.

    Args:
        path: The file; made if it is not there.

    Raises:
        StorageError: (store-damaged) it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(_TABLE)
            rows = self._connection.execute("SELECT kind, number, document FROM addition").fetchall()
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"The additions cannot be opened: {error}.", reason="store-damaged", entity=path.name
            ) from error
        self._known: dict[str, dict[int, Addition]] = {}
        for kind, number, document in rows:
            self._known.setdefault(kind, {})[number] = _addition(document)

    def of(self, kind: str) -> Mapping[int, Addition]:
        """Return the additions of a set by number, as they are now."""
        with self._lock:
            return dict(self._known.get(kind, {}))

    def put(self, rows: Iterable[tuple[str, int, Addition]]) -> None:
        """Store rows, durably, all or none.

        Raises:
            Conflict: (too-many-entities).
            InvalidInput: (entity-too-large).
            StorageError: (store-write).
        """
        chosen = [(kind, number, addition, addition.to_text()) for kind, number, addition in rows]
        with self._lock:
            if sum(map(len, self._known.values())) + len(chosen) > MAX_ADDITIONS:
                raise Conflict(f"More than {MAX_ADDITIONS} entities were added.", reason="too-many-entities")
            self._write(
                "INSERT OR REPLACE INTO addition VALUES (?, ?, ?)", [(k, n, text) for k, n, _, text in chosen]
            )
            for kind, number, addition, _ in chosen:
                self._known.setdefault(kind, {})[number] = addition

    def remove(self, kind: str, number: int) -> None:
        """Forget an addition."""
        with self._lock:
            self._write("DELETE FROM addition WHERE kind = ? AND number = ?", [(kind, number)])
            self._known.get(kind, {}).pop(number, None)

    def _write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        try:
            with self._connection:
                self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise StorageError(f"The entity could not be written: {error}.", reason="store-write") from error

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._connection.close()
