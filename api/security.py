"""Who may talk to the service.

On a loopback address without a token file everybody on the machine may. On any other address a token file is needed.
An `Authenticator` is the door through which another way to sign in (OIDC) comes in. A device signs in with its own
name and secret (Basic, RFC 7617), the same as at the broker, and may send readings and nothing else.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from starlette.requests import HTTPConnection

from api.problems import PROBLEM_BASE
from api.xroad import XRoadCall
from twin.errors import Conflict, InvalidInput
from twin.settings import Settings

# Where a device may send, with POST: readings in the native form, and Observations of SensorThings.
DEVICE_PATHS = re.compile(
    r"/api/v1/(readings|sta/v1\.1/(Datastreams\(\d{1,15}\)/)?(Observations|CreateObservations))"
)
MAX_BASIC_CHARACTERS = 512  # of the header; a name has 64 and a secret 128 characters at most
COOKIE = "kaksik_session"
SESSION_S = 12 * 3600  # a working day: long enough not to interrupt, short enough for a forgotten browser
MIN_TOKEN_CHARACTERS = 24  # 24 random base64 characters hold 144 bits
MAX_SESSIONS = 10_000  # bounds the memory that sign-ins can take


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking.

    Attributes:
        name: Of the person or program; of a caller through X-Road its client identifier.
        xroad: What the Security Server says of the call, or None.
        device: Whether it is a registered device, which may write its own points.
    """

    name: str
    xroad: XRoadCall | None = None
    device: bool = False


class Authenticator(Protocol):
    """Knows who is asking."""

    def token(self, token: str) -> Actor | None:
        """Return who holds `token`, or None."""


class Everybody:
    """Lets everybody in; used on loopback addresses only."""

    def token(self, token: str) -> Actor | None:
        """Return the one actor that there is."""
        return Actor("local")


class TokenFile:
    """Bearer tokens from a file, one ``name:token`` a line; kept as digests only.

    Args:
        path: The file.

    Raises:
        InvalidInput: (token-file) it is missing, empty or holds a line that is no ``name:token``.
    """

    def __init__(self, path: Path) -> None:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise _bad_token_file("The token file cannot be read.", path) from error
        self._names: dict[bytes, str] = {}
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                self._add(line.strip(), number, path)
        if not self._names:
            raise _bad_token_file("The token file holds no token.", path)

    def _add(self, line: str, number: int, path: Path) -> None:
        name, _, token = line.partition(":")
        if not name or len(token) < MIN_TOKEN_CHARACTERS:
            raise _bad_token_file(
                f"A line must be name:token with at least {MIN_TOKEN_CHARACTERS} characters of token.", path, number
            )
        self._names[_digest(token)] = name

    def token(self, token: str) -> Actor | None:
        """Return who holds `token`, or None; takes the same time for every wrong token."""
        given = _digest(token)
        found = [name for digest, name in self._names.items() if hmac.compare_digest(digest, given)]
        return Actor(found[0]) if found else None


@dataclass(slots=True)
class Sessions:
    """Browser sessions: a random cookie stands for an actor for a limited time."""

    _actors: dict[bytes, tuple[Actor, float]] = field(default_factory=dict)

    def open(self, actor: Actor) -> str:
        """Return a new session cookie for `actor`."""
        now = time.monotonic()
        self._actors = {key: value for key, value in self._actors.items() if value[1] > now}
        while len(self._actors) >= MAX_SESSIONS:
            del self._actors[next(iter(self._actors))]
        cookie = secrets.token_urlsafe(32)
        self._actors[_digest(cookie)] = (actor, now + SESSION_S)
        return cookie

    def actor(self, cookie: str) -> Actor | None:
        """Return whose session `cookie` is, or None."""
        actor, end = self._actors.get(_digest(cookie), (None, 0.0))
        return actor if end > time.monotonic() else None

    def close(self, cookie: str) -> None:
        """End a session."""
        self._actors.pop(_digest(cookie), None)


class SignInError(Exception):
    """A device did not show its secret."""


def device_of(request: HTTPConnection, sign_in: Callable[[str, str], bool]) -> Actor | None:
    """Return the device that sends `request`, or None if no device's name and secret come with it.

    Args:
        request: With ``Authorization: Basic``, or without.
        sign_in: Tells whether a device has shown its secret.

    Raises:
        SignInError: the name or the secret is wrong.
        Conflict: (device-writes-only) a device asks for something else than to send readings.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        given = base64.b64decode(text[:MAX_BASIC_CHARACTERS], validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise SignInError from error
    name, _, secret = given.partition(":")
    name = name.lower()  # a DevEUI is written in either case
    if not sign_in(name, secret):
        raise SignInError
    if request.scope.get("method") != "POST" or not DEVICE_PATHS.fullmatch(request.url.path):
        raise Conflict(
            "A device may send readings and nothing else.",
            reason="device-writes-only",
            hint="Ask with the token of a person or a program.",
            entity=name[:64],
        )
    return Actor(name, device=True)


def who(request: HTTPConnection, authenticator: Authenticator, sessions: Sessions) -> Actor | None:
    """Return who sends `request` (bearer token, else session cookie), or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return authenticator.token(token.strip())
    if isinstance(authenticator, Everybody):
        return authenticator.token("")
    return sessions.actor(request.cookies.get(COOKIE, ""))


def refuse_xroad(actor: Actor) -> None:
    """Refuse what is for the operator's own people to a caller through X-Road.

    Raises:
        Conflict: (private) the caller comes through X-Road.
    """
    if actor.xroad is not None:
        raise Conflict("This is not given out through X-Road.", reason="private", hint="Ask the operator.")


def same_origin(headers: Mapping[str, str]) -> bool:
    """Say whether a request that changes something comes from our own pages or from no browser at all."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def refused_by_address(request: HTTPConnection, settings: Settings) -> dict[str, object] | None:
    """Return why a request by another name than our own is refused while everybody may come in, or None."""
    host = (request.headers.get("host") or "").rsplit(":", 1)[0].strip("[]")
    if settings.token_file is None and not is_loopback(host):
        return refusal(421, "The service is asked by a name that is not its own.", "host")
    return None


def refusal(status: int, detail: str, reason: str, hint: str = "") -> dict[str, object]:
    """Return the problem details of what is refused before any route sees it."""
    titles = {401: "Unauthorized", 403: "Forbidden", 421: "Misdirected Request"}
    problem: dict[str, object] = {
        "type": PROBLEM_BASE + reason,
        "title": titles[status],
        "status": status,
        "detail": detail,
        "reason": reason,
    }
    return {**problem, "hint": hint} if hint else problem


SIGN_IN_FIRST = refusal(401, "Sign in first.", "sign-in", "Send Authorization: Bearer, or POST /api/v1/session.")


def is_loopback(host: str) -> bool:
    """Say whether `host` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def authenticator_for(host: str, token_file: Path | None) -> Authenticator:
    """Return the way to sign in.

    Raises:
        InvalidInput: (no-sign-in) `host` can be reached from other machines and there is no token file.
    """
    if token_file is not None:
        return TokenFile(token_file)
    if is_loopback(host):
        return Everybody()
    raise InvalidInput(
        f"The service does not listen on {host} while everybody could come in.",
        reason="no-sign-in",
        hint="Name a token file with KAKSIK_TOKEN_FILE, or listen on 127.0.0.1.",
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _bad_token_file(message: str, path: Path, line: int | None = None) -> InvalidInput:
    return InvalidInput(
        message, reason="token-file", entity=path.name, line=line, hint="One `name:token` a line, # for remarks."
    )
