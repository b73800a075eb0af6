"""What the writer does in PostgreSQL, in the open transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from twin.errors import StorageError
from twin.live.engine import ArchivedMonth, RolledMonth
from twin.live.observation import Observation, Refusal, RefusalReason
from twin.live.postgres.rolling import months_to_roll, roll
from twin.live.postgres.rows import COLUMNS, UNNEST, columns_of, storable, values_from
from twin.live.postgres.schema import Connection, Timescale, drop_chunks
from twin.live.schema import Stored, begin_us
from twin.live.tables import Tables
from twin.live.write import (
    MAX_QUARANTINED,
    QUARANTINED,
    Append,
    Newest,
    Outcome,
    Values,
    WriteResult,
    newest_of,
    result_of,
    values_of,
    without_late,
)

Key = tuple[int, int]
_INSERT = f"INSERT INTO observation ({COLUMNS}) SELECT * FROM {UNNEST} ON CONFLICT DO NOTHING"  # noqa: S608 - constants
_INSERT_TOLD = f"{_INSERT} RETURNING point, time_us"
_CONFLICTS = (
    f"SELECT count(*) FROM {UNNEST} asked ({COLUMNS}) JOIN observation o USING (point, time_us)"  # noqa: S608
    " WHERE (o.kind, o.number, o.text) IS DISTINCT FROM (asked.kind, asked.number, asked.text)"
)
_LATEST = (
    f"INSERT INTO latest ({COLUMNS}) SELECT * FROM {UNNEST} ON CONFLICT (point) DO UPDATE SET"  # noqa: S608
    " time_us = excluded.time_us, number = excluded.number, kind = excluded.kind, quality = excluded.quality,"
    " text = excluded.text WHERE excluded.time_us > latest.time_us"
)
_THERE = (
    f"SELECT {COLUMNS} FROM observation JOIN unnest(%b::int4[], %b::int8[]) asked (point, time_us)"  # noqa: S608
    " USING (point, time_us)"
)
_REFUSED = (
    "INSERT INTO refusal VALUES (%s, %s, %s, %s) ON CONFLICT (reason) DO UPDATE SET"
    " count = refusal.count + excluded.count, last_us = excluded.last_us, detail = excluded.detail"
)
_NAMES = "unnest(%s::text[], %s::text[], %s::int8[]) asked (building_id, point_id, count)"
_SEEN_AGAIN = (
    "UPDATE quarantine q SET count = q.count + asked.count, last_us = %s"  # noqa: S608
    f" FROM {_NAMES} WHERE q.building_id = asked.building_id AND q.point_id = asked.point_id"
)
_SEEN_FIRST = (
    f"INSERT INTO quarantine SELECT building_id, point_id, count, %s, %s FROM {_NAMES} WHERE NOT EXISTS"  # noqa: S608
    " (SELECT 1 FROM barred b WHERE b.building_id = asked.building_id AND b.point_id = asked.point_id)"
    " AND NOT EXISTS"
    " (SELECT 1 FROM quarantine q WHERE q.building_id = asked.building_id AND q.point_id = asked.point_id)"
    " LIMIT greatest(0, %s - (SELECT count(*) FROM quarantine))"
)
_OLDEST = (
    "SELECT min(found.time_us) FROM point CROSS JOIN LATERAL"
    " (SELECT time_us FROM observation WHERE point = point.id ORDER BY time_us LIMIT 1) found"
)
_REBUILD = (
    f"INSERT INTO latest ({COLUMNS}) SELECT found.* FROM point CROSS JOIN LATERAL (SELECT * FROM ("  # noqa: S608
    f"(SELECT {COLUMNS} FROM observation WHERE point = point.id ORDER BY time_us DESC LIMIT 1)"
    " UNION ALL (SELECT point, last_us, last, kind, 0::int2, NULL FROM hour WHERE point = point.id"
    " ORDER BY hour DESC LIMIT 1)) both_kinds ORDER BY time_us DESC LIMIT 1) found"
)


class PostgresSession(Tables):
    """The open transaction of the writer.

    Args:
        connection: In a transaction.
        extension: TimescaleDB, if it answers.
    """

    def __init__(self, connection: Connection, extension: Timescale | None) -> None:
        self._db, self._extension = connection, extension

    def run(self, statement: str, *values: object) -> list[Any]:
        """See `Tables`."""
        return rows_of(self._db, statement, values)

    def mark(self, text: str) -> None:
        """Name this transaction, so that `last_mark` tells after a lost connection whether it was committed."""
        self.run("INSERT INTO meta VALUES ('mark', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", text)

    def last_mark(self) -> str | None:
        """Return the name of the last transaction that was committed."""
        rows = self.run("SELECT value FROM meta WHERE key = 'mark'")
        return rows[0][0] if rows else None

    def latest(self) -> Newest:
        """See `Session`."""
        return {row[0]: row for row in values_from(self.run(f"SELECT {COLUMNS} FROM latest"))}  # noqa: S608

    # --- readings

    def write(self, appends: Sequence[Append], now_us: int) -> tuple[list[Outcome], Newest]:
        """See `Session`."""
        if any(rows for rows, _ in appends) and (kept_from_us := self.kept_from_us()) is not None:
            appends = [without_late(append, kept_from_us) for append in appends]
        values = [[values_of(row) for row in rows] for rows, _ in appends]
        refusals = [refusal for _, group in appends for refusal in group]
        first: dict[Key, Values] = {}
        for value in (value for group in values for value in group):
            first.setdefault(value[:2], value)
        new = self._insert_told(list(first.values()))
        if len(new) == sum(map(len, values)):
            outcome: list[Outcome] = [
                (result_of(len(rows), 0, refused), [row.observation for row in rows]) for rows, refused in appends
            ]
        else:
            there, waiting = self._there(first, new), set(new)
            outcome = [_outcome(*each, there, waiting, refusals) for each in zip(appends, values, strict=True)]
        newest = newest_of(first[key] for key in new)
        self.put_latest(list(newest.values()))
        self.count_refusals(refusals, now_us)
        return outcome, newest

    def _insert_told(self, values: Sequence[Values]) -> set[Key]:
        """Insert rows of different keys; return the keys that are new."""
        return set(self._db.execute(_INSERT_TOLD, columns_of(values)).fetchall()) if values else set()

    def put_latest(self, values: Sequence[Values]) -> None:
        """Store the newest rows of points, one each; an older one than there is changes nothing."""
        if values:
            self._db.execute(_LATEST, columns_of(values))

    def _there(self, first: Mapping[Key, Values], new: set[Key]) -> dict[Key, Stored]:
        """Return what was stored before for the keys that are not new."""
        old = [key for key in first if key not in new]
        rows = self._db.execute(_THERE, [[point for point, _ in old], [time_us for _, time_us in old]]).fetchall()
        return {row[:2]: row[2] for row in values_from(rows)}

    def write_series(self, rows: Sequence[Values]) -> WriteResult:
        """See `Session`."""
        new = self.insert(rows)
        self.put_latest(rows[-1:])
        if new == len(rows):
            return result_of(new, 0, ())
        ((conflicts,),) = self._db.execute(_CONFLICTS, columns_of(rows)).fetchall()
        return result_of(new, len(rows) - new - conflicts, (), conflicts)

    def insert(self, values: Sequence[Values]) -> int:
        """Insert rows into the history alone; return how many are new."""
        return self._db.execute(_INSERT, columns_of(values)).rowcount

    def copy(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Fill a table of ours, fast; a row that is there already is an error."""
        with self._db.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
            for row in rows:
                target.write_row(row)

    def kept_from_us(self) -> int | None:
        """See `Session`."""
        ((month,),) = self.run("SELECT max(month) FROM rolled")
        return None if month is None else begin_us(month + 1)

    def count_refusals(self, refusals: Sequence[Refusal], now_us: int) -> None:
        """See `Session`."""
        counts = Counter(refusal.reason for refusal in refusals)
        details = {refusal.reason: storable(refusal.detail) for refusal in refusals}
        for reason, count in counts.items():
            self._db.execute(_REFUSED, (reason.value, count, now_us, details[reason]))
        unknown = Counter(_names(refusals))
        if unknown:
            asked = ([name[0] for name in unknown], [name[1] for name in unknown], list(unknown.values()))
            self._db.execute(_SEEN_AGAIN, (now_us, *asked))
            self._db.execute(_SEEN_FIRST, (now_us, now_us, *asked, MAX_QUARANTINED))

    def rebuild_latest(self) -> None:
        """See `Session`."""
        self.run("DELETE FROM latest")
        self.run(_REBUILD)

    # --- upkeep

    def months_to_archive(self, before: datetime) -> list[int]:
        """Return none: the database keeps single readings until they become hours."""
        return []

    def archive_month(self, month: int) -> ArchivedMonth:
        """Refuse: no month is due here.

        Raises:
            StorageError: (no-files).
        """
        raise StorageError(
            "Readings in PostgreSQL do not move to files.",
            reason="no-files",
            hint="Set KAKSIK_KEEP_READINGS_DAYS to keep hours only.",
            entity=str(month),
        )

    def months_to_roll(self, before: datetime) -> list[int]:
        """See `Session`."""
        return months_to_roll(self, before)

    def roll_month(self, month: int, longest_us: Mapping[int, int]) -> RolledMonth:
        """See `Session`."""
        return roll(self, month, longest_us)

    def sweep(self) -> None:
        """Give the room of emptied chunks back, if there are chunks; else PostgreSQL's own vacuum finds it."""
        if self._extension is not None:
            ((oldest,),) = self.run(_OLDEST)
            if oldest is not None:
                drop_chunks(self._db, self._extension, oldest)


def rows_of(connection: Connection, statement: str, values: Sequence[object]) -> list[Any]:
    """Execute a statement whose parameters are question marks; return its rows, if it has any."""
    found = connection.execute(statement.replace("?", "%s"), values)
    return found.fetchall() if found.description is not None else []


def _names(refusals: Iterable[Refusal]) -> Iterable[tuple[str, str]]:
    """Yield building and name of who is to wait for the operator; who bears no name cannot be accepted either."""
    for refusal in refusals:
        if refusal.reason in QUARANTINED and refusal.point_id:
            yield storable(refusal.building_id or ""), storable(refusal.point_id)


def _outcome(
    append: Append, values: Sequence[Values], there: dict[Key, Stored], new: set[Key], refusals: list[Refusal]
) -> Outcome:
    """Return what became of an append; what is new is taken from `new`, and known in `there` from then on."""
    rows, refused = append
    stored: list[Observation] = []
    conflicts = 0
    for row, value in zip(rows, values, strict=True):
        key, result = value[:2], value[2]
        if key in new:
            new.discard(key)
            there[key] = result
            stored.append(row.observation)
        elif type(there[key]) is not type(result) or there[key] != result:
            conflicts += 1
            name = row.observation[:2]
            refusals.append(Refusal(RefusalReason.CONFLICT, "another value is stored for this point and time", *name))
    duplicates = len(rows) - len(stored) - conflicts
    return result_of(len(stored), duplicates, refused, conflicts), stored
