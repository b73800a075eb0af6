"""A process that ingests into a file or a database; a file cannot grow beyond a limit until SIGUSR1 makes room."""

import resource
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.live import LiveWing


def main(where: str, url: str, limit_bytes: str, clock_jump_s: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit then fails as on a full disk
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGUSR1, lambda *_: resource.setrlimit(resource.RLIMIT_FSIZE, unlimited))
    jump = timedelta(seconds=float(clock_jump_s))
    begin = time.monotonic()
    # The clock of the service jumps too, back and forth every half second.
    store = where if where.startswith("postgresql:") else Path(where)
    wing = LiveWing(store, lambda: datetime.now(UTC) + (jump if (time.monotonic() - begin) % 1 < 0.5 else -jump))
    if int(limit_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit_bytes), unlimited[1]))
    print(wing.start_mqtt(url), flush=True)
    while True:
        time.sleep(60)


main(*sys.argv[1:])
