"""A durable table of jobs and a small pool of threads that does them.

Rules that it keeps:
1. A job is in the table before it is acknowledged.
2. An attempt is counted before the work starts, so a job that kills the service is not tried for ever.
3. A job that a stopped process left running is taken up again at the next start, or failed if its attempts are used.
4. The heavy part of a job runs in a killable child process (`ifc.worker`); a thread here only waits for it.
"""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from twin.catalogue.tables import JOB
from twin.clock import Clock, rfc3339
from twin.errors import NotFound

MAX_ATTEMPTS = 2  # the first may have met a power cut; a second failure is the job's own fault
PROGRESS_INTERVAL_S = 0.1  # each report is a durable write; a bar that moves ten times a second looks smooth
FINAL = ("done", "failed")
STOPPING = "Stopping"  # label of a running job that was told to stop; it is not taken up again

Progress = Callable[[float, str], None]
Work = Callable[[Mapping[str, Any], Progress], Mapping[str, Any]]
Describe = Callable[[Exception], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    Attributes:
        job_id: Its name.
        kind: Which work it is.
        status: ``queued``, ``running``, ``done`` or ``failed``.
        progress: 0 to 1.
        label: What is being done, in words.
        created: RFC 3339 time, UTC.
        updated: RFC 3339 time, UTC, of the last change.
        result: What the work gave, once done.
        problem: Why it failed, as problem details (RFC 9457).
    """

    job_id: str
    kind: str
    status: str
    progress: float
    label: str
    created: str
    updated: str
    result: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None

    @property
    def over(self) -> bool:
        """Say whether the job has ended."""
        return self.status in FINAL


class _Stopped(Exception):  # noqa: N818 - not an error: somebody wanted it
    """Leaves the work of a job that was told to stop."""


class JobRunner:
    """Runs jobs of known kinds.

    Args:
        engine: The catalogue's engine.
        works: The function for each kind of job; takes the request and a progress function, gives the result.
        describe: Turns an exception into problem details.
        workers: How many jobs run at the same time.
        clock: Tells the time.
    """

    def __init__(
        self, engine: Engine, works: Mapping[str, Work], describe: Describe, workers: int, clock: Clock
    ) -> None:
        self._engine = engine
        self._works = works
        self._describe = describe
        self._clock = clock
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="kaksik-job")
        self._closing = threading.Event()
        self._stopped: set[str] = set()

    def resume(self) -> int:
        """Take up again what an earlier process left unfinished and return how many jobs that were."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(JOB).where(JOB.c.status.not_in(FINAL)).order_by(JOB.c.created)).all()
        for row in rows:
            if row.label == STOPPING:
                self._fail(row.job_id, _cancelled())
            elif row.attempts >= MAX_ATTEMPTS:
                self._fail(row.job_id, _interrupted())
            else:
                self._pool.submit(self._run, row.job_id)
        return len(rows)

    def submit(self, kind: str, request: Mapping[str, Any]) -> Job:
        """Store a job and start it when a worker is free.

        Raises:
            NotFound: (job-kind) there is no such work.
        """
        if kind not in self._works:
            raise NotFound("There is no such kind of job.", reason="job-kind", entity=kind)
        job_id, now = uuid.uuid4().hex, rfc3339(self._clock())
        with self._engine.begin() as connection:
            connection.execute(
                insert(JOB).values(
                    job_id=job_id, kind=kind, status="queued", progress=0.0, label="Waiting", attempts=0,
                    created=now, updated=now, request=dict(request),
                )
            )  # fmt: skip
        self._pool.submit(self._run, job_id)
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFound: (job) there is none of that name.
        """
        return _job(self._row(job_id))

    def cancel(self, job_id: str) -> Job:
        """Tell a job to stop and return it; one that waits fails at once, one that runs at its next report.

        Work that reports from a child process loses the child. A job that has ended stays as it is.

        Raises:
            NotFound: (job) there is none of that name.
        """
        job = self.get(job_id)
        if not job.over:
            self._stopped.add(job_id)
            if job.status == "queued":
                self._fail(job_id, _cancelled())
            else:
                self._update(job_id, label=STOPPING)
        return self.get(job_id)

    def wait(self, job_id: str, timeout_s: float) -> Job:
        """Return the job once it has ended, or as it is after `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while not (job := self.get(job_id)).over and time.monotonic() < deadline:
            time.sleep(0.05)
        return job

    def close(self) -> None:
        """Start nothing new and wait for what runs."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _row(self, job_id: str) -> Row[Any]:
        with self._engine.connect() as connection:
            row = connection.execute(select(JOB).where(JOB.c.job_id == job_id)).first()
        if row is None:
            raise NotFound("There is no such job.", reason="job", entity=job_id[:80])
        return row

    def _run(self, job_id: str) -> None:
        row = self._row(job_id)
        if row.status in FINAL:
            return  # cancelled while it waited
        self._update(job_id, status="running", attempts=row.attempts + 1, label="Starting")
        try:
            result = self._works[row.kind](row.request, self._reporter(job_id))
        except _Stopped:
            self._fail(job_id, _cancelled())
        except Exception as error:
            self._fail(job_id, self._describe(error))
        else:
            self._update(job_id, status="done", progress=1.0, label="Done", result=dict(result))

    def _reporter(self, job_id: str) -> Progress:
        last = 0.0

        def report(fraction: float, label: str) -> None:
            nonlocal last
            if job_id in self._stopped:
                raise _Stopped
            now = time.monotonic()
            if now - last >= PROGRESS_INTERVAL_S:
                last = now
                self._update(job_id, progress=min(max(fraction, 0.0), 1.0), label=label)

        return report

    def _fail(self, job_id: str, problem: Mapping[str, Any]) -> None:
        self._update(job_id, status="failed", label="Failed", problem=dict(problem))

    def _update(self, job_id: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                update(JOB).where(JOB.c.job_id == job_id).values(updated=rfc3339(self._clock()), **values)
            )


def _cancelled() -> Mapping[str, Any]:
    return {
        "title": "The work was cancelled",
        "detail": "Somebody told the job to stop; nothing of it is kept.",
        "reason": "cancelled",
        "hint": "Submit it again to start anew.",
    }


def _interrupted() -> Mapping[str, Any]:
    return {
        "title": "The work was interrupted",
        "detail": "The service stopped twice while it did this work.",
        "reason": "interrupted",
        "hint": "Look at the log of the service, then submit the file again.",
    }


def _job(row: Row[Any]) -> Job:
    return Job(
        row.job_id, row.kind, row.status, row.progress, row.label, row.created, row.updated, row.result, row.problem
    )
