"""Months of single readings become hours, in one transaction: the gaps, the hours, and then the readings go.

The rules are those of `twin.live.archive_hours`, which does the same with files; here SQL does it in place.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from twin.live.engine import HOUR_US, RolledMonth
from twin.live.postgres.schema import TEXT
from twin.live.schema import begin_us, month_of, time_from_us

_FIRST = (
    "SELECT min(found.time_us) FROM point CROSS JOIN LATERAL (SELECT time_us FROM observation"  # noqa: S608 - a constant
    f" WHERE point = point.id AND kind <> {TEXT} AND time_us >= ? AND time_us < ? ORDER BY time_us LIMIT 1) found"
)
_MONTH = "point IN (SELECT id FROM point) AND time_us >= ? AND time_us < ?"
_GAPS = (
    "INSERT INTO gap WITH longest AS (SELECT * FROM unnest(?::int4[], ?::int8[]) asked (point, us)),"  # noqa: S608
    f" spoken AS (SELECT point, time_us FROM observation WHERE {_MONTH}),"
    " silence AS ("
    "SELECT point, lag(time_us, 1, ?::int8) OVER (PARTITION BY point ORDER BY time_us) AS begin_us, time_us AS end_us"
    " FROM spoken UNION ALL SELECT point, max(time_us), ?::int8 FROM spoken GROUP BY point"
    " UNION ALL SELECT point, ?::int8, ?::int8 FROM longest WHERE point NOT IN (SELECT point FROM spoken))"
    " SELECT point, begin_us, end_us FROM silence JOIN longest USING (point) WHERE end_us - begin_us > us"
    " ON CONFLICT DO NOTHING"
)
_HOURS = (
    f"INSERT INTO hour SELECT point, time_us / {HOUR_US}, sum(number), min(number), max(number),"  # noqa: S608
    " count(*), (array_agg(number ORDER BY time_us DESC))[1], max(time_us), min(kind)"
    f" FROM observation WHERE {_MONTH} AND kind <> {TEXT} GROUP BY 1, 2"
)
_COUNT = "SELECT count(*) FROM hour WHERE hour >= ? AND hour < ?"
_DELETE = f"DELETE FROM observation WHERE {_MONTH} AND kind <> {TEXT}"  # noqa: S608
_TEXTS = f"SELECT count(*) FROM observation WHERE {_MONTH}"  # noqa: S608


class _Runs(Protocol):
    def run(self, statement: str, *values: object) -> list[Any]:
        """Execute a statement; see `Tables`."""


def months_to_roll(session: _Runs, before: datetime) -> list[int]:
    """Return the months before that of `before` with single numbers or truth values."""
    limit, start = begin_us(month_of(before)), 0
    found: list[int] = []
    while (first := session.run(_FIRST, start, limit)[0][0]) is not None:
        found.append(month_of(time_from_us(first)))
        start = begin_us(found[-1] + 1)
    return found


def roll(session: _Runs, month: int, longest_us: Mapping[int, int]) -> RolledMonth:
    """Turn the single readings of a month into hours; texts stay.

    Args:
        session: The open transaction.
        month: One of `months_to_roll`.
        longest_us: Microseconds that each point, by row key, may be silent.
    """
    begin, end = span = begin_us(month), begin_us(month + 1)
    session.run(_GAPS, list(longest_us), list(longest_us.values()), *span, begin, end, begin, end)
    session.run(_HOURS, *span)
    ((hours,),) = session.run(
        "SELECT count(*) FROM hour WHERE hour >= ? AND hour < ?", begin // HOUR_US, end // HOUR_US
    )
    session.run(_DELETE, *span)
    ((texts,),) = session.run(_TEXTS, *span)
    session.run("INSERT INTO rolled VALUES (?, ?, ?)", month, hours, texts)
    return RolledMonth(month, "", hours, "", texts)
