"""Append-only books of what happened: transitions, deviations, the audit trail.

Rules that a journal keeps:
1. An entry is never changed or removed; the database itself refuses it.
2. The entries of a book are numbered from 1 without a gap, and each carries a digest over all before it, so the last
   digest stands for the whole book.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Connection, Engine, Row, insert, select

from twin.catalogue.tables import JOURNAL
from twin.clock import Clock, rfc3339
from twin.errors import StorageError

EMPTY_CHAIN = "0" * 64  # the chain before the first entry


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a book.

    Attributes:
        book: Which book.
        number: Its place, from 1.
        time: RFC 3339 time, UTC.
        subject: What it is looked up by, such as a building id.
        content: What happened, as JSON.
        chain: SHA-256 (hex) over the chain of the entry before and over this entry.
    """

    book: str
    number: int
    time: str
    subject: str
    content: Mapping[str, Any]
    chain: str


class Journal:
    """The books on one SQL engine.

    Args:
        engine: The catalogue's engine.
        clock: Tells the time.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def append(self, book: str, subject: str, content: Mapping[str, Any]) -> Entry:
        """Write an entry and return it; it is on the disk when this returns."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the number is read before it is written
            return self.append_in(connection, book, subject, content)

    def append_in(self, connection: Connection, book: str, subject: str, content: Mapping[str, Any]) -> Entry:
        """Write an entry as part of a transaction that holds the write lock already, and return it."""
        number, chain = self._head(connection, book)
        time, form = rfc3339(self._clock()), rfc8785.dumps(dict(content))
        link = chain_link(chain, book, number + 1, time, subject, form)
        row = {"book": book, "entry": number + 1, "time": time, "subject": subject, "content": form, "chain": link}
        connection.execute(insert(JOURNAL).values(**row))
        return Entry(book, number + 1, time, subject, json.loads(form), link)

    def entries(
        self, book: str, subject: str | None = None, *, after: int = 0, limit: int | None = None
    ) -> list[Entry]:
        """Return the entries of a book in their order, of one subject if given, beginning after a number."""
        query = select(JOURNAL).where(JOURNAL.c.book == book, JOURNAL.c.entry > after)
        if subject is not None:
            query = query.where(JOURNAL.c.subject == subject)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query.order_by(JOURNAL.c.entry).limit(limit))]

    def heads(self) -> dict[str, tuple[int, str]]:
        """Return the number and chain of the last entry of every book."""
        with self._engine.connect() as connection:
            books = connection.scalars(select(JOURNAL.c.book).distinct().order_by(JOURNAL.c.book)).all()
            return {book: self._head(connection, book) for book in books}

    def last_subject(self, book: str) -> str | None:
        """Return the subject of the last entry of a book, or None if it has none."""
        with self._engine.connect() as connection:
            query = select(JOURNAL.c.subject).where(JOURNAL.c.book == book).order_by(JOURNAL.c.entry.desc())
            return connection.scalar(query.limit(1))

    def check(self, book: str) -> int:
        """Follow the chain of a book from its first entry and return how many entries it has.

        Raises:
            StorageError: (journal) an entry is missing or was changed behind the database's back.
        """
        chain, number = EMPTY_CHAIN, 0
        with self._engine.connect() as connection:
            query = select(JOURNAL).where(JOURNAL.c.book == book).order_by(JOURNAL.c.entry)
            for row in connection.execute(query):
                number += 1
                chain = chain_link(chain, book, number, row.time, row.subject, row.content)
                if (row.entry, row.chain) != (number, chain):
                    raise StorageError(
                        "An entry of the journal is missing or was changed.",
                        reason="journal",
                        entity=f"{book}/{number}",
                        hint="Compare the file with a backup; the daily anchors in the log say which one is true.",
                    )
        return number

    @staticmethod
    def _head(connection: Connection, book: str) -> tuple[int, str]:
        query = select(JOURNAL.c.entry, JOURNAL.c.chain).where(JOURNAL.c.book == book)
        row = connection.execute(query.order_by(JOURNAL.c.entry.desc()).limit(1)).first()
        return (0, EMPTY_CHAIN) if row is None else (row.entry, row.chain)


def chain_link(before: str, book: str, number: int, time: str, subject: str, content: bytes) -> str:
    """Return the chain of an entry: SHA-256 over the chain before and the canonical JSON of the entry."""
    form: list[str | int] = [before, book, number, time, subject, hashlib.sha256(content).hexdigest()]
    return hashlib.sha256(rfc8785.dumps(form)).hexdigest()


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.book, row.entry, row.time, row.subject, json.loads(row.content), row.chain)
