"""Reading the store: latest values, history and state at a time, beside the writer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from twin.errors import InvalidInput
from twin.live.engine import Engine
from twin.live.observation import Quality
from twin.live.schema import quality_from_stored, result_from_stored, time_from_us, time_to_us
from twin.live.write import Values

MAX_HISTORY_ITEMS = 50_000  # a month of minutes; about 2 MB of JSON, and no screen shows more
STALE_AFTER_INTERVALS = 3.0  # one lost reading is normal, two are bad luck, three are silence


@dataclass(frozen=True, slots=True)
class Reading:
    """A stored value.

    Attributes:
        phenomenon_time: When it was so, aware UTC.
        result: Number in the unit of the point, truth value or text.
        quality: How far it may be trusted.
    """

    phenomenon_time: datetime
    result: float | bool | str
    quality: Quality


def reading_of(values: Values) -> Reading:
    """Return the reading in a stored row."""
    _, time_us, result, quality = values
    return Reading(time_from_us(time_us), result_from_stored(result), quality_from_stored(quality))


class Reader:
    """Answers questions from the store; safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state_at(self, points: Sequence[int], moment: datetime) -> dict[int, Reading]:
        """Return the newest reading at or before `moment`, aware, of each of the points, by row key."""
        with self._engine.view() as view:
            newest = view.newest(points, time_to_us(moment))
        return {key: reading_of(row) for key, row in newest.items()}

    def raw(self, point_key: int, start: datetime, end: datetime, first: int | None = None) -> list[dict[str, Any]]:
        """Return the readings of a point in ``[start, end)``, in order of time; or only the `first` of them.

        Where only hours are left, an item is the mean of one, at its begin, with ``min``, ``max`` and count ``n``.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS`.
        """
        span = (time_to_us(start), time_to_us(end))
        with self._engine.view() as view:
            most = min(first or MAX_HISTORY_ITEMS + 1, MAX_HISTORY_ITEMS + 1)
            results = view.single(point_key, *span, most)
            hours = view.hours(point_key, *span, most)
        items = [(at, {"v": result_from_stored(result)}) for at, result in results.items()]
        items += [(at, _mean(total, low, high, n)) for at, total, low, high, n in hours]
        shown = _limited(sorted(items, key=lambda item: item[0])[:first])
        return [{"t": format_time(time_from_us(at)), **item} for at, item in shown]

    def steps(
        self, point_keys: Sequence[int], start: datetime, end: datetime, step: timedelta
    ) -> list[dict[str, Any]]:
        """Return mean, minimum, maximum and count per step from `start`; steps without a reading are left out.

        The mean is that of all readings of all points, not weighted by time. Texts are left out; a truth value counts
        as 0 or 1. An hour whose readings are gone counts in the step in which it begins.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS` steps.
        """
        step_us = step // timedelta(microseconds=1)
        span = (time_to_us(start), time_to_us(end))
        with self._engine.view() as view:
            merged = view.steps(point_keys, span, step_us, MAX_HISTORY_ITEMS + 1)
        return [
            {"t": format_time(time_from_us(span[0] + n * step_us)), **_mean(*members)}
            for n, members in _limited(sorted(merged.items()))
        ]

    def gaps(self, point_key: int, start: datetime, end: datetime, longest_s: float) -> list[dict[str, Any]]:
        """Return the times in ``[start, end)`` longer than `longest_s` without a reading, as ``from`` and ``to``.

        Where only hours are left, they are those that were marked when the readings went.

        Raises:
            InvalidInput: (too-many-items) more than `MAX_HISTORY_ITEMS` readings.
        """
        span = (time_to_us(start), time_to_us(end))
        with self._engine.view() as view:
            times = sorted(_limited(list(view.single(point_key, *span, MAX_HISTORY_ITEMS + 1))))
            rolled = view.rolled(*span)
            marked = view.marked_gaps(point_key, *span)
        longest_us = int(longest_s * 1e6)
        found = [(max(begin, span[0]), min(stop, span[1])) for begin, stop in marked]
        for begin, stop in _outside(rolled, *span):
            marks = [begin, *(at for at in times if begin <= at < stop), stop]
            found += [(before, after) for before, after in pairwise(marks) if after - before > longest_us]
        return [
            {"from": format_time(time_from_us(begin)), "to": format_time(time_from_us(stop))}
            for begin, stop in _touching(sorted(found))
        ]

    def refusals(self) -> list[dict[str, Any]]:
        """Return how often readings were refused, by reason, most frequent first."""
        with self._engine.view() as view:
            rows = view.refusals()
        return [
            {"reason": reason, "count": count, "last": format_time(time_from_us(last)), "detail": detail}
            for reason, count, last, detail in rows
        ]

    def quarantine(self) -> list[dict[str, Any]]:
        """Return the unknown points that tried to write, latest first."""
        with self._engine.view() as view:
            rows = view.quarantine()
        return [
            {
                "building_id": building_id,
                "point_id": point_id,
                "count": count,
                "first": format_time(time_from_us(first)),
                "last": format_time(time_from_us(last)),
            }
            for building_id, point_id, count, first, last in rows
        ]

    def barred(self) -> list[dict[str, Any]]:
        """Return the names that the operator refused, latest first."""
        with self._engine.view() as view:
            rows = view.barred()
        return [
            {"building_id": building_id, "point_id": point_id, "since": format_time(time_from_us(since))}
            for building_id, point_id, since in rows
        ]


def _outside(spans: Sequence[tuple[int, int]], start_us: int, end_us: int) -> Iterator[tuple[int, int]]:
    """Yield what of a time lies in none of the spans, which are in order and do not overlap."""
    for begin, stop in spans:
        if begin > start_us:
            yield start_us, begin
        start_us = max(start_us, stop)
    if end_us > start_us:
        yield start_us, end_us


def _touching(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans in order, those that touch as one."""
    waiting: tuple[int, int] | None = None
    for begin, stop in spans:
        if waiting is not None and begin <= waiting[1]:
            waiting = (waiting[0], max(waiting[1], stop))
            continue
        if waiting is not None:
            yield waiting
        waiting = (begin, stop)
    if waiting is not None:
        yield waiting


def _mean(total: float, low: float, high: float, count: int) -> dict[str, Any]:
    return {"v": total / count, "min": low, "max": high, "n": count}


def _limited(rows: list[Any]) -> list[Any]:
    if len(rows) > MAX_HISTORY_ITEMS:
        raise InvalidInput(
            f"The answer has more than {MAX_HISTORY_ITEMS} items.",
            reason="too-many-items",
            hint="Ask for a shorter time, or give a longer step_s.",
        )
    return rows


def format_time(moment: datetime) -> str:
    """Return RFC 3339 in UTC with ``Z``, with fractions of a second only where there are any."""
    return moment.isoformat().replace("+00:00", "Z")


def is_stale(age_s: float | None, interval_s: float | None) -> bool | None:
    """Tell whether a point is silent; None if nobody said how often it should speak.

    Args:
        age_s: Seconds since its newest reading, None if it never sent one.
        interval_s: Expected seconds between readings.
    """
    if age_s is None:
        return True
    return None if interval_s is None else age_s > STALE_AFTER_INTERVALS * interval_s


Clock = Callable[[], datetime]
