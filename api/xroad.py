"""Behind an X-Road Security Server: whose headers are believed, what they must look like, what an answer may be.

Rules (X-Road message protocol for REST 1.0.4, verified):
1. `X-Road-Client` is the one mandatory header; a repeated header counts by its last value.
2. The headers are worth something only from the Security Server; from anyone else they are not looked at.
3. Redirects are not followed and answers must fit into the message log, so none is larger than 10 MiB.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import unquote

from fastapi import Request, Response
from starlette.datastructures import Headers

from twin.errors import InvalidInput, TwinError
from twin.settings import Settings

MAX_ANSWER_BYTES = 10 * 1024 * 1024  # the Estonian message log takes no larger bodies; secondary source
CLIENT = "x-road-client"
_PART = r"(?:[A-Za-z0-9'()+,.=?_~-]|%(?!2[Ff]|5[Cc]|00)[0-9A-Fa-f]{2})+"
_CLIENT = re.compile(rf"{_PART}(?:/{_PART}){{2,3}}")
_PARTY = re.compile(rf"(?:{_PART}/)?{_PART}")
_USER = re.compile(r"[A-Z]{2}[A-Za-z0-9-]{1,60}")
_TOKEN = re.compile(r"[!-~]{1,200}")
_ISSUE = re.compile(r"[\x20-\x7e]{1,200}")
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    CLIENT: (_CLIENT, "instance/class/member[/subsystem], each part percent-encoded"),
    "x-road-id": (_TOKEN, "a UUID or another token without spaces"),
    "x-road-userid": (_USER, "country and code, such as EE12345678901"),
    "x-road-issue": (_ISSUE, "a reference to a case or document"),
    "x-road-represented-party": (_PARTY, "[class/]member"),
}


@dataclass(frozen=True, slots=True)
class XRoadCall:
    """Who asks through X-Road, as the Security Server says.

    Attributes:
        client: Identifier of the asking subsystem or member.
        message_id: Of the message, or None.
        user_id: Person behind the question, or None.
        issue: Case or document, or None.
        represented_party: On whose behalf, or None.
    """

    client: str
    message_id: str | None
    user_id: str | None
    issue: str | None
    represented_party: str | None

    def to_json(self) -> dict[str, str]:
        """Return what was said, for the audit trail."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def call_of(request: Request, settings: Settings) -> XRoadCall | None:
    """Return who asks through X-Road; None if the request is not from the Security Server or names no client.

    Raises:
        InvalidInput: (x-road-header) a header of the Security Server is malformed.
    """
    if not from_security_server(request, settings) or CLIENT not in request.headers:
        return None
    return read_headers(request.headers)


def from_security_server(request: Request, settings: Settings) -> bool:
    """Say whether the Security Server sends `request`: by its certificate if one is set, else by its address."""
    if settings.xroad_certificate is not None:
        return request.url.scheme == "https"  # no connection comes about without that certificate
    return (
        settings.xroad_server is not None
        and request.client is not None
        and (request.client.host == settings.xroad_server)
    )


def read_headers(headers: Headers) -> XRoadCall:
    """Return what the X-Road headers say.

    Raises:
        InvalidInput: (x-road-header) one is missing or malformed.
    """
    found: dict[str, str | None] = {}
    for name, (form, hint) in _FORMS.items():
        values = headers.getlist(name)
        value = values[-1].strip() if values else None
        if (value is not None and not form.fullmatch(value)) or (value is None and name == CLIENT):
            raise InvalidInput(
                "A header of X-Road is missing or malformed.", reason="x-road-header", entity=name, hint=hint
            )
        found[name] = value
    client, *others = (None if value is None else unquote(value) for value in found.values())
    return XRoadCall(client or "", *others)


async def bounded(response: Response) -> Response:
    """Return an answer whole, if X-Road can carry it.

    Raises:
        TwinError: (x-road-stream, answer-too-large, x-road-redirect) it cannot.
    """
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        raise _refused("X-Road carries no streams.", "x-road-stream", "Ask for the job, or for the latest values.")
    if 300 <= response.status_code < 400 and response.status_code != 304:
        raise _refused("X-Road follows no redirect.", "x-road-redirect", "Ask for the address itself.")
    body = bytearray()
    async for part in response.body_iterator:  # type: ignore[attr-defined]
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise _refused(
                f"The answer is larger than {MAX_ANSWER_BYTES} bytes.",
                "answer-too-large",
                "Ask for a page (limit, offset), or for the file by its digest outside X-Road.",
            )
    answer = Response(bytes(body), response.status_code)
    answer.raw_headers = [pair for pair in response.raw_headers if pair[0] not in (b"content-length",)]
    answer.headers["Content-Length"] = str(len(body))
    return answer


def _refused(message: str, reason: str, hint: str) -> TwinError:
    return TwinError(message, reason=reason, hint=hint)
