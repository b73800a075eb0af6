"""Letting in a few at once, and a few more to wait: for work that takes much of the machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets in some at once; some more wait for their turn, and the rest is sent away.

    Args:
        at_once: How many work at the same time.
        waiting: How many wait; each keeps a thread from those who want something else.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self.room = at_once + waiting
        self._inside = threading.Semaphore(self.room)
        self._working = threading.Semaphore(at_once)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Run the block in turn with True; or at once with False, when there is no room to wait in."""
        if not self._inside.acquire(blocking=False):
            yield False
            return
        try:
            with self._working:
                yield True
        finally:
            self._inside.release()
