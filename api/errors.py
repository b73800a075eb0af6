"""Every error that can reach a client, in one table, as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from graph import GraphError, GraphUnavailable, QueryRefused
from ifc import IfcError, IfcReadError
from signatures import SignatureError
from twin.errors import Conflict, InvalidInput, NotFound, StorageError, TwinError

PROBLEM_JSON = "application/problem+json"
PROBLEM_BASE = "urn:kaksik:problem:"

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

STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TwinError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (IfcReadError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (IfcError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (QueryRefused, HTTPStatus.BAD_REQUEST),
    (GraphUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (GraphError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (SignatureError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
BY_REASON: Mapping[str, HTTPStatus] = {
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not-step": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "not-found": HTTPStatus.NOT_FOUND,
    "query-parameter": HTTPStatus.BAD_REQUEST,
    "x-road-header": HTTPStatus.BAD_REQUEST,
    "x-road-stream": HTTPStatus.NOT_ACCEPTABLE,
    "x-road-redirect": HTTPStatus.NOT_ACCEPTABLE,
    "answer-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "private": HTTPStatus.FORBIDDEN,
}


def problem_of(error: Exception) -> dict[str, Any]:
    """Return the problem details of an exception; of an unknown one without its text, which may hold secrets."""
    status = _status(error)
    if status is None:
        return {
            "type": PROBLEM_BASE + "internal",
            "title": "Something went wrong in the service",
            "status": 500,
            "detail": "The service met an error that it does not know. Its log says more.",
            "reason": "internal",
        }
    reason = str(getattr(error, "reason", "") or status.phrase.lower().replace(" ", "-"))
    return _details(error, status, reason)


def _details(error: Exception, status: HTTPStatus, reason: str) -> dict[str, Any]:
    optional = {key: getattr(error, key, None) for key in ("hint", "entity", "line")}
    members: Mapping[str, Any] = getattr(error, "members", None) or {}
    return {
        **members,
        "type": PROBLEM_BASE + reason,
        "title": status.phrase,
        "status": int(status),
        "detail": str(getattr(error, "message", "") or error),
        "reason": reason,
        **{key: value for key, value in optional.items() if value not in (None, "")},
    }


def _status(error: Exception) -> HTTPStatus | None:
    by_reason = BY_REASON.get(str(getattr(error, "reason", "")))
    for kind, status in STATUS:
        if isinstance(error, kind):
            return by_reason or status
    return None


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
