"""The registry: every sealed state, transition and day of the journals stands in an append-only log.

Rules that it keeps:
1. What belongs into the log is written into the catalogue in the same transaction that makes it true (`enlist`), and
   appended afterwards (`settle`). A crash between the two is made good by the next `settle`; nothing is logged twice.
2. The log holds the exact bytes of an entry. No personal data: an entry can never be removed.
"""

import fcntl
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from signatures import SignatureError, sha256_hex
from signatures.tlog import LogKey, TileLog
from twin.blobs import BlobStore
from twin.catalogue.tables import LOGGED
from twin.clock import Clock, rfc3339
from twin.errors import NotFound
from twin.keyring import KeyRing
from twin.witnesses import Cosigned, Witnesses

STATE, TRANSITION, JOURNALS, KEYS = "state", "transition", "journals", "keys"
BATCH = 1_000  # entries appended at once: bounds the memory of a first filling


@dataclass(slots=True)
class _Opened:
    """The log as this process last saw it."""

    log: TileLog | None = None  # opened, and so mended, by whoever holds the lock
    reader: TileLog | None = None  # reads what is on the disk at each question
    lock: threading.RLock = field(default_factory=threading.RLock)
    depth: int = 0
    stamp_problem: str = ""  # why the last checkpoint has no time-stamp


class Registry:
    """The transparency log of one installation.

    Args:
        folder: Where the log lies; its files are what is served.
        origin: Name of the log, a schema-less URL.
        keys: Give the log's key.
        engine: The catalogue's engine.
        blobs: Where the bytes of entries wait until they are logged.
        witnesses: Who cosigns checkpoints.
        clock: Tells the time.
        timestamper: Stamps every new checkpoint (RFC 3161), or None.
    """

    def __init__(
        self,
        folder: Path,
        origin: str,
        keys: KeyRing,
        engine: Engine,
        blobs: BlobStore,
        witnesses: Witnesses,
        clock: Clock,
        timestamper: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._timestamper = timestamper
        self._folder = folder
        self._origin = origin
        self._keys = keys
        self._engine = engine
        self._blobs = blobs
        self._witnesses = witnesses
        self._clock = clock
        self._opened = _Opened()

    @property
    def vkey(self) -> str:
        """The verifier key of the log, as the text of C2SP signed-note."""
        return self._key().key.vkey

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep every other thread and process from sealing and logging while the body runs; may be nested."""
        opened = self._opened
        with opened.lock:
            if opened.depth:
                opened.depth += 1
                try:
                    yield
                finally:
                    opened.depth -= 1
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder.parent / f"{self._folder.name}.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                opened.depth = 1
                try:
                    yield
                finally:
                    opened.depth = 0
                    opened.log = None  # another process may append before we come back

    def enlist(self, connection: Connection, kind: str, entry: bytes) -> None:
        """Note in a running transaction that `entry` belongs into the log; one that is noted already stays one."""
        row = {"sha256": sha256_hex(entry), "kind": kind, "created": rfc3339(self._clock())}
        connection.execute(upsert(LOGGED).values(**row).on_conflict_do_nothing())

    def note(self, kind: str, entry: bytes) -> None:
        """Keep `entry` and log it."""
        self._blobs.put(entry)
        with self._engine.begin() as connection:
            self.enlist(connection, kind, entry)
        self.settle()

    def settle(self) -> int:
        """Append what waits, have the checkpoint cosigned, and return how many entries that were."""
        with self.exclusive():
            count = 0
            while batch := self._waiting():
                self._append(batch)
                count += len(batch)
            if count:
                self._cosign()
                self._stamp()
            return count

    def logged_at(self, entry: bytes) -> datetime | None:
        """Return when an entry was enlisted for the log, by our own clock; None if it is not there."""
        with self._engine.connect() as connection:
            query = select(LOGGED.c.created).where(LOGGED.c.sha256 == sha256_hex(entry))
            found = connection.scalar(query.where(LOGGED.c.position.is_not(None)))
        return None if found is None else datetime.fromisoformat(found)

    def position(self, entry: bytes) -> int | None:
        """Return the place of an entry in the log, or None if it is not there."""
        with self._engine.connect() as connection:
            query = select(LOGGED.c.position).where(LOGGED.c.sha256 == sha256_hex(entry))
            return connection.scalar(query)

    def proof(self, entry: bytes) -> bytes | None:
        """Return the proof (tlog-proof@v1) that `entry` is in the log, or None if it is not there."""
        position = self.position(entry)
        if position is None:
            return None
        return self._reader().proof(position)

    def policy(self) -> str:
        """Return the policy of this log (tlog-policy): its own key and its witnesses."""
        return self._witnesses.policy(self.vkey)

    def state(self) -> dict[str, Any]:
        """Return name, key, size and root of the log, what waits for it, and what each witness said last."""
        with self._engine.connect() as connection:
            waiting = connection.scalar(select(func.count()).select_from(LOGGED).where(LOGGED.c.position.is_(None)))
        log = self._reader()
        return {
            "origin": self._origin,
            "vkey": self.vkey,
            "size": log.size,
            "root": log.root.hex(),
            "waiting": waiting or 0,
            "witnesses": [cosigned.to_json() for cosigned in self._witnesses.last],
            "policy": self.policy(),
            "stamped": log.stamp(log.size) is not None,
            "stamp_problem": self._opened.stamp_problem,
        }

    def entries(self, start: int, limit: int) -> list[dict[str, Any]]:
        """Return entries of the log from `start`, each with its place, kind, digest and content."""
        with self._engine.connect() as connection:
            query = select(LOGGED).where(LOGGED.c.position >= start).order_by(LOGGED.c.position).limit(limit)
            rows = connection.execute(query).all()
        log = self._reader()
        return [
            {
                "position": row.position,
                "kind": row.kind,
                "created": row.created,
                "sha256": row.sha256,
                "entry": json.loads(log.entry(row.position)),
            }
            for row in rows
        ]

    def file(self, path: str) -> bytes:
        """Return a published file of the log, such as ``checkpoint`` or ``tile/0/000``.

        Raises:
            NotFound: (log-file) there is none of that name.
        """
        self._reader()  # an empty log has a checkpoint too
        known = path == "checkpoint" or path.startswith(("tile/", "checkpoints/"))
        place = self._folder / path
        if not known or ".." in path or not place.is_file():
            raise NotFound("The log has no such file.", reason="log-file", entity=path[:120])
        return place.read_bytes()

    def _waiting(self) -> Sequence[tuple[int, str]]:
        with self._engine.connect() as connection:
            query = select(LOGGED.c.number, LOGGED.c.sha256).where(LOGGED.c.position.is_(None))
            rows = connection.execute(query.order_by(LOGGED.c.number).limit(BATCH)).all()
        return [(row[0], row[1]) for row in rows]

    def _append(self, batch: Sequence[tuple[int, str]]) -> None:
        """Append what of `batch` a crash did not leave in the log already, and note every place."""
        log = self._log()
        places = self._unnoted(log)
        missing = [sha256 for _, sha256 in batch if sha256 not in places]
        if missing:
            added = log.append([self._blobs.get(sha256) for sha256 in missing])
            places |= dict(zip(missing, added, strict=True))
        with self._engine.begin() as connection:
            for number, sha256 in batch:
                wanted = update(LOGGED).where(LOGGED.c.number == number)
                connection.execute(wanted.values(position=places[sha256]))

    def _unnoted(self, log: TileLog) -> dict[str, int]:
        """Return the places, by digest, of the entries at the end of the log that the catalogue does not know of."""
        with self._engine.connect() as connection:
            last = connection.scalar(select(func.max(LOGGED.c.position)))
        start = 0 if last is None else last + 1
        return {sha256_hex(entry): start + at for at, entry in enumerate(log.entries(start, log.size))}

    def _cosign(self) -> None:
        log = self._log()
        keys = self._witnesses.keys(self.vkey)
        for cosigned in self._witnesses.ask(log):
            if cosigned.lines:
                try:
                    log.add_cosignatures(cosigned.size, cosigned.lines, keys)
                except SignatureError as error:
                    cosigned.problem = error.message

    def _stamp(self) -> None:
        """Have the newest checkpoint time-stamped; a service that does not answer delays no seal for long."""
        if self._timestamper is None:
            return
        log = self._log()
        try:
            log.add_stamp(log.size, self._timestamper(log.checkpoint()))
            self._opened.stamp_problem = ""
        except (SignatureError, OSError) as error:
            self._opened.stamp_problem = str(error)

    def _log(self) -> TileLog:
        if self._opened.log is None:
            self._opened.log = TileLog(self._folder, self._key())
        return self._opened.log

    def _reader(self) -> TileLog:
        with self._opened.lock:
            if self._opened.reader is None:
                with self.exclusive():
                    self._opened.reader = self._log()
            return self._opened.reader

    def _key(self) -> LogKey:
        return LogKey(self._origin, self._keys.ed25519("log"))


def journal_entry(day: str, heads: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """Return the entry that anchors the journals at the beginning of a day."""
    books = {book: {"entries": number, "chain": chain} for book, (number, chain) in heads.items()}
    return {"format": "kaksik-journals/1", "day": day, "books": books}


__all__ = ["JOURNALS", "KEYS", "STATE", "TRANSITION", "Cosigned", "Registry", "journal_entry"]
