"""Every error that can reach a person or a program, in one table, as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from graph import GraphError, GraphUnavailable, QueryRefused
from ifc import IfcError, IfcReadError
from signatures import SignatureError
from twin.errors import Conflict, InvalidInput, NotFound, StorageError, TwinError

PROBLEM_BASE = "urn:kaksik:problem:"
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
    "filter": HTTPStatus.BAD_REQUEST,
    "filter-function": HTTPStatus.NOT_IMPLEMENTED,  # OData: what a service does not offer
    "x-road-header": HTTPStatus.BAD_REQUEST,
    "x-road-stream": HTTPStatus.NOT_ACCEPTABLE,
    "x-road-redirect": HTTPStatus.NOT_ACCEPTABLE,
    "answer-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "private": HTTPStatus.FORBIDDEN,
    "device-writes-only": HTTPStatus.FORBIDDEN,
    "devices-only": HTTPStatus.FORBIDDEN,
    "commands-off": HTTPStatus.FORBIDDEN,
    "command-not-allowed": HTTPStatus.FORBIDDEN,
    "command-same-person": HTTPStatus.FORBIDDEN,
    "command-rate": HTTPStatus.TOO_MANY_REQUESTS,
    "many-queries": HTTPStatus.TOO_MANY_REQUESTS,
}


def is_known(error: Exception) -> bool:
    """Return whether the table has this kind of error, so that its text may be shown."""
    return _status(error) is not None


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
    optional = {key: _mended(getattr(error, key, None)) for key in ("hint", "entity", "line")}
    members: Mapping[str, Any] = getattr(error, "members", None) or {}
    return {
        **members,
        "type": PROBLEM_BASE + reason,
        "title": status.phrase,
        "status": int(status),
        "detail": _mended(str(getattr(error, "message", "") or error)),
        "reason": reason,
        **{key: value for key, value in optional.items() if value not in (None, "")},
    }


def _mended(value: Any) -> Any:
    """Return a text of an error so that UTF-8 can hold it: what is cited from a file may hold half a character."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _status(error: Exception) -> HTTPStatus | None:
    by_reason = BY_REASON.get(str(getattr(error, "reason", "")))
    for kind, status in STATUS:
        if isinstance(error, kind):
            return by_reason or status
    return None
