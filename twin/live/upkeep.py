"""What becomes of readings with time: months to files, single readings to hours, as the operator wants it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import methodcaller

from twin.live.engine import ArchivedMonth, RolledMonth
from twin.live.queries import STALE_AFTER_INTERVALS
from twin.live.store import ReadingStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long readings stay as they are; None is for ever.

    Attributes:
        archive_after: Age at which whole months move from SQLite to files; PostgreSQL keeps them.
        keep_readings: Age at which whole months of single readings end as hours; they move to files first.
    """

    archive_after: timedelta | None = None
    keep_readings: timedelta | None = None

    @property
    def moves_after(self) -> timedelta | None:
        """Return the age at which months move to files."""
        ages = [age for age in (self.archive_after, self.keep_readings) if age is not None]
        return min(ages) if ages else None


@dataclass(frozen=True, slots=True)
class Kept:
    """What one round did.

    Attributes:
        archived: Months that moved to files.
        rolled: Months whose single readings became hours.
    """

    archived: tuple[ArchivedMonth, ...] = ()
    rolled: tuple[RolledMonth, ...] = ()


class Upkeep:
    """Does what is due at a time; nothing if nothing is. A crash in between is mended by the next round.

    Args:
        store: The readings.
        clock: Tells the time.
    """

    def __init__(self, store: ReadingStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def run(self, retention: Retention) -> Kept:
        """Move and roll up what is old enough now.

        Raises:
            StorageError: (archive-write, archive-damaged, store-write) the months before the failure are done.
        """
        now = self._clock()
        archived: tuple[ArchivedMonth, ...] = ()
        rolled: tuple[RolledMonth, ...] = ()
        if retention.moves_after is not None:
            archived = self.archive(now - retention.moves_after)
        if retention.keep_readings is not None:
            longest_us = {
                key: int(STALE_AFTER_INTERVALS * point.interval_s * 1e6)
                for key, point in self._store.known.values()
                if point.interval_s is not None
            }
            rolled = self._roll(now - retention.keep_readings, longest_us)
        if archived or rolled:
            _log.info("Upkeep: %d months to files, %d months to hours", len(archived), len(rolled))
        return Kept(archived, rolled)

    def archive(self, before: datetime) -> tuple[ArchivedMonth, ...]:
        """Move the months that ended before the month of `before` to files, each in a transaction of its own.

        Raises:
            StorageError: (archive-write, archive-damaged, store-write) the months before the failure are moved.
        """
        due = self._store.do(lambda session: session.months_to_archive(before))
        moved = [self._store.do(methodcaller("archive_month", month)) for month in due]
        self._store.do(lambda session: session.sweep())
        return tuple(moved)

    def _roll(self, before: datetime, longest_us: Mapping[int, int]) -> tuple[RolledMonth, ...]:
        due = self._store.do(lambda session: session.months_to_roll(before))
        rolled = [self._store.do(methodcaller("roll_month", month, longest_us)) for month in due]
        if rolled:
            self._store.do(lambda session: session.sweep())
        return tuple(rolled)
