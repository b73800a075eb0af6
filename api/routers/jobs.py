"""Jobs: watch long work."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from api.context import ActorDep, JobsDep
from api.stream import event, event_stream
from twin.jobs import Job, JobRunner

CONFORMS_TO = ("https://html.spec.whatwg.org/multipage/server-sent-events.html",)
POLL_S = 0.15  # a bar that moves about seven times a second looks smooth
router = APIRouter(prefix="/jobs", tags=["jobs"])


def job_json(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    return asdict(job)


@router.get("/{job_id}", summary="Show a job")
def job(jobs: JobsDep, job_id: str) -> dict[str, Any]:
    """Return a job with its progress, its result or its problem."""
    return job_json(jobs.get(job_id))


@router.delete("/{job_id}", summary="Tell a job to stop", status_code=202)
def cancel(jobs: JobsDep, _actor: ActorDep, job_id: str) -> dict[str, Any]:
    """Stop a job; it fails with the reason `cancelled`, and one that has ended stays as it is."""
    return job_json(jobs.cancel(job_id))


@router.get("/{job_id}/events", summary="Follow a job", response_class=StreamingResponse)
def events(request: Request, jobs: JobsDep, job_id: str) -> StreamingResponse:
    """Return server-sent events `progress`, then `done` or `failed`."""
    jobs.get(job_id)
    return event_stream(_events(request, jobs, job_id))


async def _events(request: Request, jobs: JobRunner, job_id: str) -> AsyncIterator[bytes]:
    last: Job | None = None
    while not await request.is_disconnected():
        current = await asyncio.to_thread(jobs.get, job_id)
        if current.over:
            yield event(current.status, job_json(current))
            return
        if current != last:
            last = current
            yield event("progress", job_json(current))
        await asyncio.sleep(POLL_S)
