"""What readers ask of PostgreSQL, in one state of the database."""

from collections.abc import Sequence
from typing import Any

from twin.live.engine import HOUR_US, Hour, Span, Step
from twin.live.postgres.rows import COLUMNS, stored_of, values_from
from twin.live.postgres.schema import TEXT, Connection
from twin.live.postgres.session import rows_of
from twin.live.schema import Stored, begin_us, month_of, time_from_us
from twin.live.tables import Tables
from twin.live.write import Values

_NEWEST = (
    f"SELECT found.* FROM unnest(?::int4[]) asked (id) CROSS JOIN LATERAL (SELECT {COLUMNS} FROM observation"  # noqa: S608
    " WHERE point = asked.id AND time_us <= ? ORDER BY time_us DESC LIMIT 1) found"
)
_NEWEST_HOURS = (
    "SELECT found.* FROM unnest(?::int4[]) asked (id) CROSS JOIN LATERAL"
    " (SELECT point, last_us, last, kind, 0, NULL::text FROM hour"
    " WHERE point = asked.id AND hour <= ? AND last_us <= ? ORDER BY hour DESC LIMIT 1) found"
)
_RAW = (
    "SELECT time_us, number, kind, text FROM observation WHERE point = ? AND time_us >= ? AND time_us < ?"
    " ORDER BY time_us LIMIT ?"
)
_RAW_HOURS = (
    f"SELECT hour * {HOUR_US}, total, low, high, n FROM hour WHERE point = ? AND hour >= ? AND hour < ?"  # noqa: S608
    " ORDER BY hour LIMIT ?"
)
_STEPS = (
    "SELECT (time_us - ?) / ?, sum(number), min(number), max(number), count(*) FROM observation"  # noqa: S608
    f" WHERE point = ANY (?) AND time_us >= ? AND time_us < ? AND kind <> {TEXT} GROUP BY 1 ORDER BY 1 LIMIT ?"
)
_STEPS_OF_HOURS = (
    f"SELECT (hour * {HOUR_US} - ?) / ?, sum(total), min(low), max(high), sum(n)::int8 FROM hour"  # noqa: S608
    " WHERE point = ANY (?) AND hour >= ? AND hour < ? GROUP BY 1 ORDER BY 1 LIMIT ?"
)


class PostgresView(Tables):
    """One state of the database.

    Args:
        connection: In a transaction that sees one state.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def run(self, statement: str, *values: object) -> list[Any]:
        """See `Tables`."""
        return rows_of(self._db, statement, values)

    def newest(self, points: Sequence[int], until_us: int) -> dict[int, Values]:
        """See `View`."""
        keys = list(points)
        newest = {row[0]: row for row in values_from(self.run(_NEWEST, keys, until_us))}
        for row in values_from(self.run(_NEWEST_HOURS, keys, until_us // HOUR_US, until_us)):
            if row[0] not in newest or row[1] >= newest[row[0]][1]:
                newest[row[0]] = row
        return newest

    def single(self, point: int, start_us: int, end_us: int, limit: int) -> dict[int, Stored]:
        """See `View`."""
        return {row[0]: stored_of(*row[1:]) for row in self.run(_RAW, point, start_us, end_us, limit)}

    def hours(self, point: int, start_us: int, end_us: int, limit: int) -> list[Hour]:
        """See `View`."""
        return self.run(_RAW_HOURS, point, *_hours(start_us, end_us), limit)

    def steps(self, points: Sequence[int], span: Span, step_us: int, limit: int) -> dict[int, Step]:
        """See `View`."""
        keys, start = list(points), span[0]
        merged: dict[int, Step] = {row[0]: row[1:] for row in self.run(_STEPS, start, step_us, keys, *span, limit)}
        for number, *part in self.run(_STEPS_OF_HOURS, start, step_us, keys, *_hours(*span), limit):
            total, low, high, count = part
            if number in merged:
                one = merged[number]
                merged[number] = (one[0] + total, min(one[1], low), max(one[2], high), one[3] + count)
            else:
                merged[number] = (total, low, high, count)
        return merged

    def rolled(self, start_us: int, end_us: int) -> list[Span]:
        """See `View`."""
        if end_us <= start_us:
            return []
        months = (month_of(time_from_us(start_us)), month_of(time_from_us(end_us - 1)))
        rows = self.run("SELECT month FROM rolled WHERE month >= ? AND month <= ? ORDER BY month", *months)
        return [(begin_us(month), begin_us(month + 1)) for (month,) in rows]


def _hours(start_us: int, end_us: int) -> Span:
    """Return the first hour that begins at or after a time, and the first one at or after another."""
    return -(-start_us // HOUR_US), -(-end_us // HOUR_US)
