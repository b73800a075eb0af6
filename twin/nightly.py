"""What is done once a night: due at an hour of the day, and not again before the next."""

from collections.abc import Callable
from datetime import date, timedelta

from twin.clock import Clock

LOOK_EVERY_S = 60.0  # nobody waits for it: a minute late is in time
NEVER = -1


class Nightly:
    """Tells when the hour has passed; who starts after it waits for the next night.

    Args:
        hour: Of the day, UTC; `NEVER` switches it off.
        clock: Tells the time.
        work: What is done.
    """

    def __init__(self, hour: int, clock: Clock, work: Callable[[], object]) -> None:
        self._hour = hour
        self._clock = clock
        self._work = work
        self._done = self._night()

    def look(self) -> bool:
        """Do the work if the hour has passed since the last time, and say whether that was now."""
        night = self._night()
        if self._hour == NEVER or night <= self._done:
            return False
        self._done = night  # also if it fails: it is not tried again all night long
        self._work()
        return True

    def _night(self) -> date:
        """Return the day whose hour was the last to pass."""
        now = self._clock()
        return now.date() if now.hour >= self._hour else now.date() - timedelta(days=1)
