"""What comes along with a request: how large it may be, and files."""

from collections.abc import Mapping

from fastapi import APIRouter, UploadFile
from fastapi.params import File
from fastapi.routing import APIRoute

from twin.errors import InvalidInput

MAX_BODY_BYTES = 8 * 1024 * 1024  # of JSON, which takes fifteen times that in memory; the longest list of ids has 6


def small_bodies(router: APIRouter) -> APIRouter:
    """Return a router whose routes take no more than `MAX_BODY_BYTES`, save those that take files."""
    for route in router.routes:
        if isinstance(route, APIRoute) and not (route.body_field and isinstance(route.body_field.field_info, File)):
            route.max_body_size = MAX_BODY_BYTES
    return router


def told_too_large(headers: Mapping[str, str]) -> bool:
    """Return whether a request says of itself that it is larger than any without files may be."""
    length, kind = headers.get("content-length", ""), headers.get("content-type", "")
    return length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES and not kind.lower().startswith("multipart/")


def too_large() -> InvalidInput:
    """Return the refusal of a body that is larger than its route takes."""
    return InvalidInput(
        "The body is larger than is taken here.",
        reason="too-large",
        hint=f"Without files it has at most {MAX_BODY_BYTES} bytes; send less at a time.",
    )


def read_upload(file: UploadFile, most_bytes: int) -> bytes:
    """Return the bytes of an upload.

    Raises:
        InvalidInput: (too-large) it has more than `most_bytes`.
    """
    data = file.file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidInput(f"The file is larger than {most_bytes} bytes.", reason="too-large")
    return data
