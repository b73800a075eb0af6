"""What a store of readings needs of its engine: one transaction at a time to write, one state at a time to read.

Two engines keep it: SQLite with Parquet beside it (`twin.live.embedded`) and PostgreSQL (`twin.live.postgres`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from twin.live.observation import Refusal
from twin.live.schema import Stored
from twin.live.write import Append, Newest, Outcome, Values, WriteResult

T = TypeVar("T")
Span = tuple[int, int]  # microseconds since 1970: from, to before
Step = tuple[float, float, float, int]  # sum, lowest, highest, count
Hour = tuple[int, float, float, float, int]  # begin in microseconds since 1970, then as in Step
HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    """A month in a file.

    Attributes:
        month: Years since 0 times 12 plus months since January.
        file: Its name in the folder of the archive.
        readings: How many it holds.
        sha256: Digest of the file.
    """

    month: int
    file: str
    readings: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RolledMonth:
    """A month in hours.

    Attributes:
        month: As in `ArchivedMonth`.
        file: Its name in the folder of the archive; empty if the engine keeps hours in a table.
        hours: How many rows it holds.
        sha256: Digest of the file; empty without one.
        texts: Single readings that stayed, because they are texts.
    """

    month: int
    file: str
    hours: int
    sha256: str
    texts: int


class Session(Protocol):
    """What the writer does in one transaction."""

    def points(self) -> list[tuple[int, str]]:
        """Return row key and document of all points, in order of registration."""

    def devices(self) -> list[tuple[str, str, str | None]]:
        """Return id, document and hashed secret of all devices."""

    def latest(self) -> Newest:
        """Return the newest row of each point."""

    def has_readings(self, point: int) -> bool:
        """Tell whether a point ever sent anything."""

    def put_point(self, building_id: str, point_id: str, document: str) -> None:
        """Store or replace a point."""

    def put_device(self, device_id: str, document: str) -> None:
        """Store or replace a device, which keeps its secret."""

    def remove_device(self, device_id: str) -> None:
        """Forget a device and its secret."""

    def put_secret(self, device_id: str, stored: str) -> None:
        """Keep the hash of a device's secret."""

    def dismiss(self, building_id: str, name: str) -> None:
        """Take a name off the quarantine list."""

    def bar(self, building_id: str, name: str, since_us: int) -> None:
        """Keep a name off the quarantine list."""

    def unbar(self, building_id: str, name: str) -> None:
        """Let a name come back to the quarantine list."""

    def meta(self, key: str, default: str) -> str:
        """Return a stored text, storing `default` if there is none."""

    def write(self, appends: Sequence[Append], now_us: int) -> tuple[list[Outcome], Newest]:
        """Write appends; return what became of each, with its new observations, and the newest new rows."""

    def write_series(self, rows: Sequence[Values]) -> WriteResult:
        """Write rows of one point, in order of time; a repetition changes nothing."""

    def kept_from_us(self) -> int | None:
        """Return the microsecond before which only hours are kept; None if single readings are."""

    def count_refusals(self, refusals: Sequence[Refusal], now_us: int) -> None:
        """Count refusals by reason; unknown points and devices go into the quarantine list."""

    def rebuild_latest(self) -> None:
        """Make the table of latest values anew from the history."""

    def months_to_archive(self, before: datetime) -> list[int]:
        """Return the months before that of `before` with readings that could move to files."""

    def archive_month(self, month: int) -> ArchivedMonth:
        """Move the readings of a month to its file."""

    def months_to_roll(self, before: datetime) -> list[int]:
        """Return the months before that of `before` whose single readings could become hours."""

    def roll_month(self, month: int, longest_us: Mapping[int, int]) -> RolledMonth:
        """Turn a month into hours; a point, by row key, that was silent for longer than it may has a gap marked."""

    def sweep(self) -> None:
        """Give back the room of what moved."""


class View(Protocol):
    """One state of the store, over as many questions as are asked of it."""

    def newest(self, points: Sequence[int], until_us: int) -> dict[int, Values]:
        """Return the newest row at or before a time of each of the points that has one."""

    def single(self, point: int, start_us: int, end_us: int, limit: int) -> dict[int, Stored]:
        """Return single readings by time in ``[start, end)``, at most somewhat more than `limit`."""

    def hours(self, point: int, start_us: int, end_us: int, limit: int) -> list[Hour]:
        """Return the hours that begin in ``[start, end)``, at most `limit`."""

    def steps(self, points: Sequence[int], span: Span, step_us: int, limit: int) -> dict[int, Step]:
        """Return sum, lowest, highest and count over all points by number of step; texts are left out."""

    def rolled(self, start_us: int, end_us: int) -> list[Span]:
        """Return the times, whole months that touch ``[start, end)``, of which only hours are kept."""

    def marked_gaps(self, point: int, start_us: int, end_us: int) -> list[Span]:
        """Return the gaps that were marked when readings became hours."""

    def refusals(self) -> list[tuple[str, int, int, str]]:
        """Return reason, count, last time and last detail, most frequent first."""

    def quarantine(self) -> list[tuple[str, str, int, int, int]]:
        """Return building, name, count, first and last time, latest first."""

    def barred(self) -> list[tuple[str, str, int]]:
        """Return building, name and time, latest first."""


class Engine(Protocol):
    """A place where readings lie."""

    def transact(self, run: Callable[[Session], T]) -> T:
        """Return what `run` returns, after all that it wrote is on the disk; called by one thread at a time.

        `run` may be called again from its start if the connection is lost, so it changes nothing but the session.

        Raises:
            StorageError: (store-write) nothing was written; (store-away) the database cannot be reached.
        """

    def view(self) -> AbstractContextManager[View]:
        """Return one state of the store to read; from any thread, beside the writer.

        Raises:
            StorageError: (store-read, store-closed, store-away).
        """

    def status(self) -> dict[str, Any]:
        """Return ``engine`` and what else tells this store from others, without names or secrets.

        Raises:
            StorageError: (store-closed, store-away).
        """

    def close(self) -> None:
        """Close what is open for writing and reading; safe to call twice."""
