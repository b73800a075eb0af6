"""Readings as Observations, page by page: only the part of a history that a page shows is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from twin.errors import InvalidInput
from twin.live.numbers import stream_number
from twin.live.points import Point
from twin.live.schema import time_to_us
from twin.live.sensorthings.entities import Entity, observation_of

MAX_LOOKED_AT = 250_000  # readings of all Datastreams for one answer; three seconds and 200 MB
ROOM = 1.2  # of the time in which a page should lie, by the interval of its point
FEWEST_READ = 1_000  # readings that are not worth another question
GROWTH = 4  # of a time in which too little was found
HOUR_S = 3_600.0
LONGEST_STEP_S = 366 * 24 * HOUR_S  # of a history
USUAL_INTERVAL_S = 900.0  # where nobody said how often a point speaks
PARTS = 500  # into which a long time is divided to find the page
FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # before any reading of a building
AHEAD = timedelta(days=2)  # a clock may be fast; what is later is refused at the door
STEP = timedelta(microseconds=1)

History = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """Times from `start` to before `end`."""

    start: datetime
    end: datetime


def span_of(low: datetime | None, high: datetime | None, now: datetime) -> Span:
    """Return the span of the times that a filter leaves, both ends included."""
    last = now + AHEAD
    start, end = min(max(low or FIRST, FIRST), last), min(high or last, last) + STEP
    return Span(start, max(end, start + STEP))


class Readings:
    """Reads Observations of points for one answer, and no more than an answer may cost.

    Args:
        history: `LiveWing.history`.
        now: The present.
        most: Readings that may be looked at in all.
    """

    def __init__(self, history: History, now: datetime, most: int = MAX_LOOKED_AT) -> None:
        self._history, self._now = history, now
        self._most = self._left = most

    def count(self, point: Point, span: Span) -> int:
        """Return how many readings lie in a span; texts are not counted."""
        step_s = min(max(1.0, (span.end - span.start).total_seconds()), LONGEST_STEP_S)
        return sum(item["n"] for item in self._parts(point, span, step_s))

    def everything(self, point: Point, span: Span, first: int | None = None) -> list[Entity]:
        """Return all readings of a span, or the `first` of them, oldest first.

        Raises:
            InvalidInput: (too-many-items) there are too many for one answer.
        """
        found = self._history(point.building_id, point.point_id, span.start, span.end, None, first)["items"]
        self._left -= len(found)
        if self._left < 0:
            raise InvalidInput(
                f"The answer would look at more than {self._most} Observations.",
                reason="too-many-items",
                hint="Narrow it by phenomenonTime in $filter, or ask Datastreams(id)/Observations.",
            )
        stream = stream_number(point.building_id, point.point_id)
        return [
            observation_of(stream, time_to_us(datetime.fromisoformat(item["t"])), item["t"], item["v"])
            for item in found
        ]

    def page(self, point: Point, span: Span, wanted: int, *, newest: bool) -> list[Entity]:
        """Return the first `wanted` readings of a span, and perhaps more, from its new or its old end on.

        Raises:
            InvalidInput: (too-many-items) there are too many for one answer.
        """
        if not newest:
            return self.everything(point, span, wanted)
        return self.everything(point, self._narrow(point, self._end_of(point, span, wanted), wanted))[::-1]

    def _end_of(self, point: Point, span: Span, wanted: int) -> Span:
        """Return a new end of the span that holds `wanted` readings, looking back ever further."""
        last = max(min(span.end, self._now), span.start)
        longest_s = (last - span.start).total_seconds()
        back_s = max(ROOM * wanted * (point.interval_s or USUAL_INTERVAL_S), HOUR_S)
        while back_s < longest_s:
            edge = Span(last - timedelta(seconds=back_s), span.end)
            if self.count(point, edge) >= wanted:
                return edge
            back_s *= GROWTH
        return span

    def _narrow(self, point: Point, span: Span, wanted: int) -> Span:
        """Return a new end of the span that holds `wanted` readings, and not many more."""
        step_s = max(1.0, (span.end - span.start).total_seconds() / PARTS)
        parts = self._parts(point, span, step_s)
        if sum(item["n"] for item in parts) <= max(GROWTH * wanted, FEWEST_READ) or step_s <= 1:
            return span
        seen = 0
        for item in reversed(parts):
            if seen + item["n"] >= wanted:
                begin = datetime.fromisoformat(item["t"])
                part = Span(begin, min(span.end, begin + timedelta(seconds=step_s)))
                return Span(self._narrow(point, part, wanted - seen).start, span.end)
            seen += item["n"]
        return span

    def _parts(self, point: Point, span: Span, step_s: float) -> list[dict[str, Any]]:
        found = self._history(point.building_id, point.point_id, span.start, span.end, step_s)
        items: list[dict[str, Any]] = found["items"]
        return items
