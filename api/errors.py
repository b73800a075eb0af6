"""How the service answers an error: as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.problems import PROBLEM_BASE, problem_of
from api.uploads import too_large
from graph import GraphError
from ifc import IfcError
from signatures import SignatureError
from twin.errors import TwinError

PROBLEM_JSON = "application/problem+json"

_EXAMPLE = {
    "type": PROBLEM_BASE + "element",
    "title": "Not Found",
    "status": 404,
    "detail": "This version has no such element.",
    "reason": "element",
    "entity": "2QFZWdysnL2wc0PJ1d0IO5",
}
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused, with the reason", "content": {PROBLEM_JSON: {"example": _EXAMPLE}}},
}


def add_error_handlers(app: FastAPI) -> None:
    """Make `app` answer every error of the table as problem details."""
    for kind in (TwinError, IfcError, GraphError, SignatureError):
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _known)


def problem_response(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return `problem` as an HTTP answer."""
    return JSONResponse(dict(problem), int(problem["status"]), headers=dict(headers or {}), media_type=PROBLEM_JSON)


async def _known(_request: Request, error: Exception) -> JSONResponse:
    return problem_response(problem_of(error))


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    detail = "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults)
    return problem_response(
        {
            "type": PROBLEM_BASE + "request",
            "title": "The request is not understood",
            "status": 422,
            "detail": detail or "The request does not fit its description.",
            "reason": "request",
            "hint": "The description of the interface is at /api/v1/openapi.json.",
        }
    )


async def _http(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return problem_response(problem_of(too_large()))
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    detail = str(error.detail) if isinstance(error, HTTPException) else status.phrase
    reason = status.phrase.lower().replace(" ", "-")
    problem = {
        "type": PROBLEM_BASE + reason,
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "reason": reason,
    }
    return problem_response(problem, error.headers if isinstance(error, HTTPException) else None)
