"""Who may talk to the service.

On a loopback address without a token file everybody on the machine may. On any other address a token file is needed.
An `Authenticator` is the door through which another way to sign in (OIDC) comes in.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fastapi import Request

from api.xroad import XRoadCall
from twin.errors import Conflict, InvalidInput

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
    """

    name: str
    xroad: XRoadCall | None = None


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


def who(request: Request, authenticator: Authenticator, sessions: Sessions) -> Actor | None:
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
