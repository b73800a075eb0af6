"""Judge one value against the limits of a rule: hysteresis and delay, without a clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from twin.live.rules.rule import Rule

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values all is well; None is no limit."""

    above: float | None
    below: float | None

    def broken(self, value: float, margin: float = 0.0) -> bool:
        """Tell whether `value` is beyond a limit, each drawn in by `margin`."""
        high = self.above is not None and value > self.above - margin
        return high or (self.below is not None and value < self.below + margin)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands with one point.

    Attributes:
        active: Whether there is an alarm.
        since: When a limit was first broken without a break, while there is no alarm yet.
    """

    active: bool = False
    since: datetime | None = None


def judge(standing: Standing, rule: Rule, limits: Limits, value: float | None, now: datetime) -> Standing:
    """Return how the rule stands after `value`.

    An alarm clears only when the value is back inside by the hysteresis. No value changes nothing: silence is not
    health, and a rule of kind ``missing`` speaks of it.
    """
    if value is None:
        return standing
    if standing.active:
        return standing if limits.broken(value, rule.hysteresis) else Standing()
    if not limits.broken(value):
        return Standing()
    since = standing.since or now
    return Standing(active=(now - since).total_seconds() >= rule.delay_s, since=since)


def rate_per_hour(readings: Sequence[tuple[datetime, float]], window_s: float) -> float | None:
    """Return the change in an hour from first to last reading, or None if they span less than half the window."""
    if len(readings) < 2:
        return None
    (start, first), (end, last) = readings[0], readings[-1]
    span_s = (end - start).total_seconds()
    return (last - first) / span_s * HOUR_S if span_s >= window_s / 2 else None


def unexplained(main: float | None, parts: Sequence[float | None]) -> float | None:
    """Return which share of `main` its parts do not add up to, sign apart; None where one is not known."""
    known = [part for part in parts if part is not None]
    if main is None or len(known) < len(parts):
        return None
    missing = abs(main - sum(known))
    if main <= 0:
        return 0.0 if missing == 0 else 1.0
    return missing / main


def starts_per_hour(readings: Sequence[tuple[datetime, float]], window_s: float) -> float | None:
    """Return how often in an hour the value rose through the middle of its range, None as in `rate_per_hour`."""
    if len(readings) < 2:
        return None
    span_s = (readings[-1][0] - readings[0][0]).total_seconds()
    if span_s < window_s / 2:
        return None
    values = [value for _, value in readings]
    middle = (max(values) + min(values)) / 2
    starts = sum(1 for before, after in pairwise(values) if before <= middle < after)
    return starts / span_s * HOUR_S


def least_use(registers: Sequence[float]) -> float | None:
    """Return the least difference between two readings of a register that follow each other."""
    return min((after - before for before, after in pairwise(registers)), default=None)
