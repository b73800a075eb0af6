"""What one transaction of the readings store writes."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from twin.live.observation import Observation, Refusal, RefusalReason
from twin.live.schema import Stored, begin_us, quality_to_stored, result_to_stored, time_from_us, time_to_us

# An open broker must not fill the disk with invented names: about what one district has, then only the counter grows.
MAX_QUARANTINED = 10_000

# One statement for many rows: Python's module gives the interpreter lock away at every step, and a thread that
# decodes messages meanwhile gives it back late. Measured through a broker: about a fifth more readings a second.
ROWS_PER_STATEMENT = 500
_INSERT = "INSERT INTO observation VALUES {rows} ON CONFLICT DO NOTHING"
_INSERT_ONE = _INSERT.format(rows="(?, ?, ?, ?)")
UPSERT_LATEST = (
    "INSERT INTO latest VALUES {rows} ON CONFLICT (point) DO UPDATE SET time_us = excluded.time_us,"
    " result = excluded.result, quality = excluded.quality WHERE excluded.time_us > latest.time_us"
)
_UPSERT_REFUSAL = (
    "INSERT INTO refusal VALUES (?, ?, ?, ?) ON CONFLICT (reason) DO UPDATE SET"
    " count = count + excluded.count, last_us = excluded.last_us, detail = excluded.detail"
)
_UPDATE_QUARANTINE = "UPDATE quarantine SET count = count + ?, last_us = ? WHERE building_id = ? AND point_id = ?"
_INSERT_QUARANTINE = (
    f"INSERT INTO quarantine SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM quarantine) < {MAX_QUARANTINED}"  # noqa: S608
    " AND NOT EXISTS (SELECT 1 FROM barred WHERE building_id = ?1 AND point_id = ?2)"
)

QUARANTINED = (RefusalReason.POINT_UNKNOWN, RefusalReason.DEVICE_UNKNOWN)

Values = tuple[int, int, Stored, int]


class Row(NamedTuple):
    """An observation with the row key of its point."""

    point_key: int
    observation: Observation


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of one append.

    Attributes:
        stored: Readings that are new.
        duplicates: Readings that were stored before, with the same value.
        refused: Readings that were not stored, whatever the reason.
        reasons: How many of those for each reason, by the names of `RefusalReason`.
    """

    stored: int
    duplicates: int
    refused: int
    reasons: Mapping[str, int] = field(default_factory=dict, compare=False)


def result_of(stored: int, duplicates: int, refused: Sequence[Refusal], conflicts: int = 0) -> WriteResult:
    """Return what became of an append, with the reasons of what was refused before and of its conflicts."""
    reasons = Counter(refusal.reason.value for refusal in refused)
    if conflicts:
        reasons[RefusalReason.CONFLICT.value] += conflicts
    return WriteResult(stored, duplicates, len(refused) + conflicts, dict(reasons))


def total(results: Iterable[WriteResult]) -> WriteResult:
    """Return the sum of many appends."""
    chosen = tuple(results)
    reasons: Counter[str] = Counter()
    for item in chosen:
        reasons.update(item.reasons)
    return WriteResult(
        sum(item.stored for item in chosen),
        sum(item.duplicates for item in chosen),
        sum(item.refused for item in chosen),
        dict(reasons),
    )


Append = tuple[Sequence[Row], Sequence[Refusal]]
Outcome = tuple[WriteResult, Sequence[Observation]]
Newest = dict[int, Values]


def write_rows(
    connection: sqlite3.Connection, appends: Sequence[Append], now_us: int
) -> tuple[list[Outcome], Newest]:
    """Write appends in the open transaction.

    Args:
        connection: Of the writer, in a transaction.
        appends: Rows and refusals of each append.
        now_us: Microseconds since 1970, for the counters.

    Returns:
        For each append what became of it and its new observations; and the newest new row of each point.
    """
    if (kept_from_us := readings_kept_from_us(connection)) is not None:
        appends = [without_late(append, kept_from_us) for append in appends]
    values = [[values_of(row) for row in rows] for rows, _ in appends]
    flat = [value for group in values for value in group]
    refusals = [refusal for _, group in appends for refusal in group]
    connection.execute("SAVEPOINT fast")
    if _execute_rows(connection, _INSERT, flat) == len(flat):
        outcome: list[Outcome] = [
            (result_of(len(rows), 0, refused), [row.observation for row in rows]) for rows, refused in appends
        ]
        new = flat
    else:  # something was there already: go row by row, to know what
        connection.execute("ROLLBACK TO fast")
        new = []
        outcome = [
            _write_each(connection, append, group, refusals, new)
            for append, group in zip(appends, values, strict=True)
        ]
    connection.execute("RELEASE fast")
    newest = newest_of(new)
    _execute_rows(connection, UPSERT_LATEST, list(newest.values()))
    count_refusals(connection, refusals, now_us)
    return outcome, newest


def _execute_rows(connection: sqlite3.Connection, statement: str, values: Sequence[Values]) -> int:
    """Execute `statement` for all rows; return how many rows changed."""
    changed = 0
    for first in range(0, len(values), ROWS_PER_STATEMENT):
        part = values[first : first + ROWS_PER_STATEMENT]
        text = statement.format(rows=",".join(["(?, ?, ?, ?)"] * len(part)))
        changed += connection.execute(text, list(chain.from_iterable(part))).rowcount
    return changed


def values_of(row: Row) -> Values:
    """Return what is written for a row."""
    observation = row.observation
    return (
        row.point_key,
        time_to_us(observation.phenomenon_time),
        result_to_stored(observation.result),
        quality_to_stored(observation.quality),
    )


def _write_each(
    connection: sqlite3.Connection,
    append: Append,
    values: Sequence[Values],
    refusals: list[Refusal],
    new: list[Values],
) -> Outcome:
    rows, refused = append
    stored: list[Observation] = []
    conflicts = 0
    for row, value in zip(rows, values, strict=True):
        if connection.execute(_INSERT_ONE, value).rowcount == 1:
            stored.append(row.observation)
            new.append(value)
        elif not _same(connection, value):
            conflicts += 1
            building_id, point_id = row.observation.building_id, row.observation.point_id
            detail = "another value is stored for this point and time"
            refusals.append(Refusal(RefusalReason.CONFLICT, detail, building_id, point_id))
    duplicates = len(rows) - len(stored) - conflicts
    return result_of(len(stored), duplicates, refused, conflicts), stored


def _same(connection: sqlite3.Connection, value: Values) -> bool:
    query = "SELECT result FROM observation WHERE point = ? AND time_us = ?"
    (there,) = connection.execute(query, value[:2]).fetchone()
    return type(there) is type(value[2]) and there == value[2]


def write_series(connection: sqlite3.Connection, rows: Sequence[Values]) -> WriteResult:
    """Write rows of one point, in order of time, in the open transaction; a repetition changes nothing."""
    before = connection.total_changes
    connection.executemany(_INSERT_ONE, rows)
    stored = connection.total_changes - before
    connection.execute(UPSERT_LATEST.format(rows="(?, ?, ?, ?)"), rows[-1])
    if stored == len(rows):
        return result_of(stored, 0, ())
    span = (rows[0][0], rows[0][1], rows[-1][1])
    query = "SELECT time_us, result FROM observation WHERE point = ? AND time_us BETWEEN ? AND ?"
    there = dict(connection.execute(query, span))
    conflicts = sum(1 for row in rows if there[row[1]] != row[2])
    return result_of(stored, len(rows) - stored - conflicts, (), conflicts)


def newest_of(values: Iterable[Values]) -> Newest:
    """Return the row with the newest time of each point."""
    newest: Newest = {}
    for value in values:
        there = newest.get(value[0])
        if there is None or value[1] > there[1]:
            newest[value[0]] = value
    return newest


def readings_kept_from_us(connection: sqlite3.Connection) -> int | None:
    """Return the microsecond up to which only hours are kept; None if single readings are."""
    (month,) = connection.execute("SELECT max(month) FROM rolled").fetchone()
    return None if month is None else begin_us(month + 1)


def late(kept_from_us: int, building_id: str, point_id: str) -> Refusal:
    """Return the refusal of a reading of a time of which only hours are kept."""
    detail = f"before {time_from_us(kept_from_us):%Y-%m-%d} only hours are kept"
    return Refusal(RefusalReason.LATE, detail, building_id, point_id)


def without_late(append: Append, kept_from_us: int) -> Append:
    """Return an append with refusals for its readings of a time of which only hours are kept."""
    rows, refusals = append
    kept_from = time_from_us(kept_from_us)
    kept = [row for row in rows if row.observation.phenomenon_time >= kept_from]
    if len(kept) == len(rows):
        return append
    refused = [row.observation[:2] for row in rows if row.observation.phenomenon_time < kept_from]
    return kept, [*refusals, *(late(kept_from_us, *name) for name in refused)]


def count_refusals(connection: sqlite3.Connection, refusals: Sequence[Refusal], now_us: int) -> None:
    """Count refusals by reason in the open transaction; unknown points and devices go into the quarantine list."""
    counts = Counter(refusal.reason for refusal in refusals)
    details = {refusal.reason: refusal.detail for refusal in refusals}
    connection.executemany(
        _UPSERT_REFUSAL, [(reason.value, count, now_us, details[reason]) for reason, count in counts.items()]
    )
    unknown = Counter(
        (refusal.building_id or "", refusal.point_id)
        for refusal in refusals
        if refusal.reason in QUARANTINED and refusal.point_id  # who bears no name cannot be accepted either
    )
    for (building_id, point_id), count in unknown.items():
        if not connection.execute(_UPDATE_QUARANTINE, (count, now_us, building_id, point_id)).rowcount:
            connection.execute(_INSERT_QUARANTINE, (building_id, point_id, count, now_us, now_us))
