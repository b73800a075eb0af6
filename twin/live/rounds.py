"""What the service does by itself now and then, in one thread."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twin.errors import TwinError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """One thing that is done again and again.

    Attributes:
        name: For the log.
        every_s: Seconds from one begin to the next.
        work: What is done.
    """

    name: str
    every_s: float
    work: Callable[[], object]


class Rounds:
    """Does its rounds in turn until it is stopped; one that fails is done again at its next time.

    Args:
        rounds: What is to be done.
    """

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = tuple(rounds)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with every round due at once."""
        self._thread = threading.Thread(target=self._run, name="rounds", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the round that is under way; safe to call twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        due = [0.0] * len(self._rounds)
        wait_s = 0.0
        while not self._stop.wait(wait_s):
            now = time.monotonic()
            for number, item in enumerate(self._rounds):
                if due[number] <= now and not self._stop.is_set():
                    due[number] = now + item.every_s
                    do_once(item)
            wait_s = max(0.0, min(due, default=now + 1.0) - time.monotonic())


def do_once(item: Round) -> bool:
    """Do one round now and say whether it went well; what went wrong stands in the log."""
    try:
        item.work()
    except TwinError as error:  # the next time may go better: a full disk is emptied, a file comes back
        _log.warning("%s: %s", item.name, error.message)
        return False
    except Exception:
        _log.exception("%s: a fault of this program; it is done again at its next time", item.name)
        return False
    return True
