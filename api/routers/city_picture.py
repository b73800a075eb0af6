"""The whole city for a viewer: outlines once, then one small answer for each attribute that colours it."""

import gzip
import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.context import TwinDep
from api.encoding import accepts_gzip, coded
from twin.city_picture import CityPicture
from twin.service import Twin

CONFORMS_TO = ()
GZIP_LEVEL = 6
BINARY = "application/octet-stream"
router = APIRouter(tags=["district"])


def _picture(twin: Twin) -> CityPicture:
    return CityPicture(twin.settings.home / "district", twin.city, twin.blobs)


@router.get("/district/city", summary="Say how many simple buildings there are, and what is known of them")
def summary(request: Request, twin: TwinDep) -> Response:
    """Return the number of buildings, their attributes, and the rows of those that have a model."""
    return _asked_again(request, json.dumps(_picture(twin).summary()).encode(), "application/json")


@router.get(
    "/district/city/{digest}/outlines", summary="Get the outlines of all simple buildings", response_class=Response
)
def outlines(request: Request, twin: TwinDep, digest: Annotated[str, Path(pattern=r"^[0-9a-f]{16,64}$")]) -> Response:
    """Return outlines and heights in columns; the digest names the content, so that it may be kept for ever.

    Raises:
        NotFound: (city) it is not the city of today.
    """
    packed = _picture(twin).outlines(digest)
    plain = b"" if accepts_gzip(request.headers.get("accept-encoding", "")) else gzip.decompress(packed)
    answer = coded(request, plain, packed, digest, BINARY)
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@router.get("/district/city/columns", summary="Get one attribute of every building", response_class=Response)
def column(
    request: Request,
    twin: TwinDep,
    name: Annotated[str, Query(max_length=200, description="Attribute, or column of the table")],
    table: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="SHA-256 of a joined table")] = None,
) -> Response:
    """Return a header with the values of the models, and the values of the city row by row.

    Raises:
        NotFound: (column) nothing has it.
        InvalidInput: (column-words) it is a text with too many different words.
    """
    return _asked_again(request, _picture(twin).column(name, table), BINARY)


@router.get("/district/city/buildings/{row}", summary="Show one simple building")
def building(twin: TwinDep, row: Annotated[int, Path(ge=0, le=10_000_000)]) -> dict[str, Any]:
    """Return name, register code, address, heights and attributes.

    Raises:
        NotFound: (city, building) there is no city or no such row.
    """
    return _picture(twin).building(row)


@router.get("/district/city/search", summary="Find simple buildings by name, register code or address")
def search(
    twin: TwinDep,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words that all must stand there")],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Return the first buildings that hold every word, and how many there are."""
    return _picture(twin).search(q, limit)


def _asked_again(request: Request, body: bytes, media_type: str) -> Response:
    """Return an answer that is kept and asked for again: what is new comes, else a line of headers."""
    packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
    answer = coded(request, body, packed, hashlib.sha256(body).hexdigest(), media_type)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
