"""PostgreSQL as the place of readings: one connection writes, as many as needed read, and each may be lost.

Rules the engine keeps:
1. A transaction is on the disk before it returns (`synchronous_commit`), and it bears a mark. If the connection is
   lost, the mark tells whether it was committed; if not, it is done again. So nothing is lost and nothing is doubled,
   counts of refusals included.
2. One service writes: it holds an advisory lock of the schema, because its memory is what the database has.
3. While the database is away, whoever writes waits `RETRY_S` at most and is told so; then one attempt is made for
   each batch, until it is back.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from secrets import token_hex
from typing import Any

import psycopg

from twin.errors import StorageError, TwinError
from twin.live.engine import T, View
from twin.live.postgres.address import ReadingsAddress
from twin.live.postgres.schema import Connection, Timescale, prepare, timescale_of
from twin.live.postgres.session import PostgresSession
from twin.live.postgres.view import PostgresView

RETRY_S = 5.0  # a restart of the server takes about that long; a person waits no longer for an answer
PAUSE_S = 0.1  # between two attempts to connect
LOCK_WAIT_S = 10.0  # a writer that was killed or cut off keeps its lock until its server has noticed
MAX_IDLE_READERS = 8  # each is a process of the server
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('kaksik-readings-' || %s, 0))"
# Shut down, crashed, starting, all connections taken, and read-only: another server may be the first one now.
_GOING = ("57P01", "57P02", "57P03", "53300", "25006")
_log = logging.getLogger(__name__)


class PostgresEngine:
    """Keeps readings in one schema of a database.

    Args:
        address: Where.
        retry_s: Longest that a transaction is tried again after the connection is lost.

    Raises:
        StorageError: (store-away) it cannot be reached; (store-in-use) another service writes there; (store-newer).
    """

    def __init__(self, address: ReadingsAddress, retry_s: float = RETRY_S) -> None:
        self._address, self._retry_s = address, retry_s
        self._names = (f"{token_hex(8)}-{number}" for number in count())
        self._writer: Connection | None = None
        self._extension: Timescale | None = None
        self._away = self._closed = self._told = False
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._patiently(lambda _first: self._open_writer())

    # --- writing

    def transact(self, run: Callable[[PostgresSession], T]) -> T:
        """See `Engine`."""
        mark = next(self._names)
        results: list[T] = []

        def attempt(first: bool) -> T:
            connection = self._open_writer()
            session = PostgresSession(connection, self._extension)
            # The lock of the connection before is free, so its commit was done or will never be.
            if not first and results and session.last_mark() == mark:
                return results[-1]  # the answer was lost, not the commit
            with connection.transaction():
                results.append(run(session))
                session.mark(mark)
            return results[-1]

        return self._patiently(attempt)

    def _patiently(self, attempt: Callable[[bool], T]) -> T:
        """Return what `attempt` returns, called again while the connection is lost."""
        deadline = time.monotonic() + (0.0 if self._away else self._retry_s)
        first = True
        while True:
            try:
                result = attempt(first)
            except psycopg.Error as error:
                if not _is_lost(error):
                    raise _refused(error) from error
                self._drop_writer()
                if time.monotonic() >= deadline or self._closed:
                    self._away = True
                    raise self._unreachable(error) from error
                first = False
                time.sleep(PAUSE_S)
            else:
                self._away = self._told = False
                return result

    def _open_writer(self) -> Connection:
        if self._writer is None:
            connection = self._connect()
            try:
                self._be_the_only_one(connection)
                prepare(connection, self._address.schema)
                self._extension = timescale_of(connection)
                connection.execute("SET synchronous_commit = on")
            except BaseException:
                connection.close()
                raise
            self._writer = connection
        return self._writer

    def _connect(self) -> Connection:
        return psycopg.connect(self._address.conninfo, autocommit=True)

    def _be_the_only_one(self, connection: Connection) -> None:
        deadline = time.monotonic() + LOCK_WAIT_S
        while True:
            (held,) = connection.execute(_LOCK, (self._address.schema,)).fetchone() or (False,)
            if held:
                return
            if time.monotonic() >= deadline:
                raise StorageError(
                    "Another service writes readings to this schema of the database.",
                    reason="store-in-use",
                    hint="Stop it, or give each service a schema: ?schema=name in the address.",
                    entity=self._address.schema,
                )
            time.sleep(PAUSE_S)

    def _drop_writer(self) -> None:
        if self._writer is not None:
            with suppress(psycopg.Error):
                self._writer.close()
            self._writer = None

    # --- reading

    @contextmanager
    def view(self) -> Iterator[View]:
        """See `Engine`."""
        connection = self._reader()
        try:
            yield PostgresView(connection)
            connection.execute("COMMIT")
        except psycopg.Error as error:
            if _is_lost(error):
                raise self._unreachable(error) from error
            raise StorageError(f"The readings could not be read: {_said(error)}.", reason="store-read") from error
        finally:
            self._give_back(connection)

    def _reader(self) -> Connection:
        """Return a connection in a transaction of its own; those that the server has forgotten are thrown away."""
        while True:
            with self._lock:
                if self._closed:
                    raise StorageError("The readings store is closed.", reason="store-closed")
                connection = self._idle.pop() if self._idle else None
            fresh = connection is None
            try:
                if connection is None:
                    connection = self._connect()
                    connection.execute("SELECT set_config('search_path', %s, false)", (self._address.schema,))
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            except psycopg.Error as error:
                if connection is not None:
                    connection.close()
                if fresh:
                    raise self._unreachable(error) from error
            else:
                return connection

    def _give_back(self, connection: Connection) -> None:
        idle = psycopg.pq.TransactionStatus.IDLE
        with self._lock:
            usable = not connection.closed and connection.info.transaction_status == idle
            if usable and not self._closed and len(self._idle) < MAX_IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def status(self) -> dict[str, Any]:
        """See `Engine`."""
        with self.view() as view:
            view.rolled(0, 1)
        return {"engine": "postgresql", "timescaledb": self._extension is not None}

    def close(self) -> None:
        """See `Engine`; readers that are in use close when they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        self._drop_writer()

    def _unreachable(self, error: psycopg.Error) -> StorageError:
        """Return what a stranger may know; the log says where and why, once."""
        if not self._told:
            _log.warning("PostgreSQL at %s: %s", self._address.server, str(error).strip() or type(error).__name__)
        self._told = True
        return StorageError(
            "The database of the readings cannot be reached.",
            reason="store-away",
            hint="It is tried again with each request. The log says why; look at KAKSIK_READINGS_URL and the server.",
        )


def _is_lost(error: psycopg.Error) -> bool:
    """Tell whether the connection is gone, so that another one may succeed."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate.startswith("08") or error.sqlstate in _GOING


def _refused(error: psycopg.Error) -> TwinError:
    return StorageError(
        f"The readings could not be written: {_said(error)}.",
        reason="store-write",
        hint="Check the space of the database's disk and the rights of its user.",
    )


def _said(error: psycopg.Error) -> str:
    """Return what the server says in one line, without the values that it may quote below."""
    return error.diag.message_primary or type(error).__name__
