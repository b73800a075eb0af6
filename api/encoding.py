"""Content coding of answers that never change: negotiated, with validators."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.encoders import jsonable_encoder

GZIP = "gzip"
GZIP_LEVEL = 6  # the usual one: higher levels cost more than they save
WORTH_PACKING_BYTES = 1_400  # below it an answer fits into one packet anyway


def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        name, _, rest = item.partition(";")
        weights[name.strip()] = _weight(rest)
    return weights.get(GZIP, weights.get("x-gzip", weights.get("*", 0.0))) > 0.0


def coded(request: Request, plain: bytes, packed: bytes | None, tag: str, media_type: str) -> Response:
    """Return an answer in the best coding that the reader takes, or 304 if the reader has it.

    Args:
        request: What was asked.
        plain: The content.
        packed: The content with gzip, or None if that is no gain.
        tag: Name of the content; each coding gets an entity tag of its own.
        media_type: Of the content.
    """
    use = packed is not None and accepts_gzip(request.headers.get("accept-encoding", ""))
    headers = {"Vary": "Accept-Encoding", "ETag": f'"{tag}-gzip"' if use else f'"{tag}"'}
    if _known(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if use and packed is not None:
        return Response(packed, media_type=media_type, headers={**headers, "Content-Encoding": GZIP})
    return Response(plain, media_type=media_type, headers=headers)


def coded_json(request: Request, answer: Mapping[str, Any]) -> Response:
    """Return an answer as JSON in the best coding that the reader takes, to be asked for again each time."""
    plain = jsonable_encoder(answer)
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return coded_body(request, text.encode())


def coded_body(request: Request, body: bytes) -> Response:
    """Return bytes of JSON in the best coding that the reader takes, to be asked for again each time."""
    packed = gzip.compress(body, GZIP_LEVEL, mtime=0) if len(body) > WORTH_PACKING_BYTES else None
    return asked_again(coded(request, body, packed, hashlib.sha256(body).hexdigest(), "application/json"))


def asked_again(answer: Response) -> Response:
    """Return `answer` to be kept, and to be asked for again each time: what is new comes, else a line of headers."""
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _weight(parameters: str) -> float:
    for item in parameters.split(";"):
        name, _, value = item.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _known(headers: Mapping[str, str], tag: str) -> bool:
    given = [item.strip().removeprefix("W/") for item in headers.get("if-none-match", "").split(",")]
    return tag in given or "*" in given
