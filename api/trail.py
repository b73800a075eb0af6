"""What goes into the audit trail: every question through X-Road, and whatever anyone changes."""

import re
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.security import Actor
from twin.service import Twin

READING = ("GET", "HEAD", "OPTIONS")
NOT_NOTED = frozenset({"/api/v1/readings", "/api/v1/session"})  # readings have a store of their own
_BUILDING = re.compile(r"/buildings/([^/]{1,64})")


async def note(request: Request, status: int, actor: Actor | None) -> None:
    """Write a request into the audit trail before it is answered, if it belongs there.

    Raises:
        StorageError: it cannot be written; the request is not answered then.
    """
    if actor is None or not request.url.path.startswith("/api/"):
        return
    if actor.xroad is None and (request.method in READING or request.url.path in NOT_NOTED):
        return
    twin: Twin = request.app.state.twin
    path = request.url.path[:300]
    building = _BUILDING.search(path)
    detail: dict[str, Any] = {"status": status, "query": request.url.query[:500]}
    if actor.xroad is not None:
        detail["xroad"] = actor.xroad.to_json()
    subject = building[1] if building else ""
    await run_in_threadpool(twin.trust.audit.record, actor.name, f"{request.method} {path}", subject, detail)
