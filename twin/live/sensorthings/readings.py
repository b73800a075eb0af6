"""Readings as Observations, page by page: only the part of a history that a page shows is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from twin.live.numbers import stream_number
from twin.live.points import Point
from twin.live.schema import time_to_us
from twin.live.sensorthings.entities import Entity, observation_of

MAX_READ = 20_000  # readings looked at for one page; half of what one question to the store may answer
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
    """Reads Observations of points.

    Args:
        history: `LiveWing.history`.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    def count(self, point: Point, span: Span) -> int:
        """Return how many readings lie in a span; texts are not counted."""
        return sum(item["n"] for item in self._parts(point, span)[1])

    def everything(self, point: Point, span: Span) -> list[Entity]:
        """Return all readings of a span, oldest first.

        Raises:
            InvalidInput: (too-many-items) there are too many for one answer.
        """
        items = self._history(point.building_id, point.point_id, span.start, span.end)["items"]
        stream = stream_number(point.building_id, point.point_id)
        return [
            observation_of(stream, time_to_us(datetime.fromisoformat(item["t"])), item["t"], item["v"])
            for item in items
        ]

    def page(self, point: Point, span: Span, wanted: int, *, newest: bool) -> list[Entity]:
        """Return at least the first `wanted` readings of a span, from its new or its old end, in that order."""
        found = self.everything(point, self._narrow(point, span, wanted, newest=newest))
        return found[::-1] if newest else found

    def _narrow(self, point: Point, span: Span, wanted: int, *, newest: bool) -> Span:
        """Return an end of the span that holds `wanted` readings, and not many more."""
        while True:
            step_s, parts = self._parts(point, span)
            total = sum(item["n"] for item in parts)
            if total <= max(wanted, MAX_READ) or step_s <= 1:
                return span
            seen, edge = 0, span
            for item in reversed(parts) if newest else parts:
                seen += item["n"]
                begin = datetime.fromisoformat(item["t"])
                edge = (
                    Span(begin, span.end)
                    if newest
                    else Span(span.start, min(span.end, begin + timedelta(seconds=step_s)))
                )
                if seen >= wanted:
                    break
            if edge == span or seen == total:
                return span
            span = edge

    def _parts(self, point: Point, span: Span) -> tuple[float, list[dict[str, Any]]]:
        step_s = max(1.0, (span.end - span.start).total_seconds() / PARTS)
        found = self._history(point.building_id, point.point_id, span.start, span.end, step_s)
        return step_s, found["items"]
