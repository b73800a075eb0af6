"""The audit trail: who asked for what, when, on whose behalf; anchored in the log at the beginning of each day."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from signatures import jcs
from twin.catalogue import Entry, Journal
from twin.clock import Clock
from twin.registry import JOURNALS, Registry, journal_entry

BOOK = "audit"


class AuditTrail:
    """Writes what happened and anchors it.

    Args:
        journal: Where entries are written.
        registry: The log that anchors them.
        clock: Tells the time.
    """

    def __init__(self, journal: Journal, registry: Registry, clock: Clock) -> None:
        self._journal = journal
        self._registry = registry
        self._clock = clock

    def record(self, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> Entry:
        """Write an entry and return it; the first of a day anchors all before it first.

        Args:
            actor: Who.
            action: What, such as ``POST /buildings``.
            subject: About which thing.
            detail: What else is to be kept.
        """
        self.anchor()
        return self._journal.append(BOOK, subject, {"actor": actor, "action": action, "detail": dict(detail)})

    def anchor(self) -> bool:
        """Put the heads of all journals into the log, once a day (UTC), and say whether that was now."""
        day = self._clock().astimezone(UTC).date().isoformat()
        heads = self._journal.heads()
        if not heads or self._journal.last_subject(JOURNALS) == day:
            return False
        with self._registry.exclusive():
            if self._journal.last_subject(JOURNALS) == day:
                return False
            entry = journal_entry(day, {book: head for book, head in heads.items() if book != JOURNALS})
            self._registry.note(JOURNALS, jcs(entry))
            self._journal.append(JOURNALS, day, entry)
            return True

    def entries(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Return entries from a number on."""
        return [
            {"entry": e.number, "time": e.time, "subject": e.subject, "chain": e.chain, **e.content}
            for e in self._journal.entries(BOOK, after=after, limit=limit)
        ]

    def check(self) -> dict[str, Any]:
        """Follow the chain of every journal, compare it with the anchors in the log, and return what was found.

        Raises:
            StorageError: (journal) an entry is missing or was changed.
        """
        counts = {book: self._journal.check(book) for book in self._journal.heads()}
        wrong = [
            f"{book} of {anchor.subject}"
            for anchor in self._journal.entries(JOURNALS)
            for book, head in anchor.content["books"].items()
            if not self._anchored(anchor, book, head)
        ]
        return {"entries": counts, "anchors": counts.get(JOURNALS, 0), "contradicted": wrong}

    def _anchored(self, anchor: Entry, book: str, head: Mapping[str, Any]) -> bool:
        entries = self._journal.entries(book, after=head["entries"] - 1, limit=1)
        logged = self._registry.position(jcs(dict(anchor.content))) is not None
        return logged and bool(entries) and entries[0].chain == head["chain"]
