"""The service itself: health, conformance, settings, sessions."""

from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from api.context import ActorDep, TwinDep
from api.security import COOKIE, SESSION_S, Authenticator, Sessions
from twin.errors import InvalidInput

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc9457",)
router = APIRouter(tags=["service"])


@router.get("/health", summary="Say that the service runs, and where its readings lie")
def health(twin: TwinDep) -> dict[str, Any]:
    """Return the state and version of the service, and which store keeps its readings.

    Raises:
        StorageError: (store-away) the database of the readings cannot be reached.
    """
    return {"status": "ok", "version": version("kaksik"), "readings": twin.live.store_status()}


@router.get("/settings", summary="Show the settings, secrets masked")
def settings(twin: TwinDep, _actor: ActorDep) -> dict[str, Any]:
    """Return every setting."""
    return twin.settings.model_dump(mode="json")


@router.get("/conformance", summary="List what the interface conforms to")
def conformance(request: Request) -> dict[str, list[str]]:
    """Return the specifications that routes implement."""
    return {"conformsTo": list(request.app.state.conforms_to)}


@router.post("/session", summary="Sign in with a token; the answer sets a cookie", status_code=204)
def sign_in(request: Request, token: Annotated[str, Body(embed=True, max_length=4096)]) -> Response:
    """Open a browser session.

    Raises:
        InvalidInput: (token) nobody holds this token.
    """
    authenticator: Authenticator = request.app.state.authenticator
    sessions: Sessions = request.app.state.sessions
    actor = authenticator.token(token)
    if actor is None:
        raise InvalidInput("This token is not known.", reason="token", hint="Ask whoever runs the service for one.")
    answer = Response(status_code=204)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, sessions.open(actor), max_age=SESSION_S, httponly=True, samesite="lax", secure=secure)
    return answer


@router.delete("/session", summary="Sign out", status_code=204)
def sign_out(request: Request) -> Response:
    """Close the browser session."""
    sessions: Sessions = request.app.state.sessions
    sessions.close(request.cookies.get(COOKIE, ""))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE)
    return answer
