"""A remark on what the viewer shows, written as a BCF file for other programs; nothing is stored."""

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.context import ActorDep, TwinDep, VersionDep
from twin.bcf import BcfVersion, Camera, ClippingPlane, Project, Topic, View, guid_of, write_bcf
from twin.clock import rfc3339
from twin.errors import InvalidInput

CONFORMS_TO = ("https://standards.buildingsmart.org/BCF",)
PNG = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE = 12 * 2**20  # characters of base64: a picture of a large screen
MAX_WORDS = 4_000
MAX_SELECTED = 2_000
router = APIRouter(tags=["permit applications"])
Place = tuple[float, float, float]


class CameraIn(BaseModel):
    """Where the view is seen from; a perspective has an angle, a parallel projection a height."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    position: Place
    direction: Place
    up: Place
    field_of_view_deg: Annotated[float | None, Field(gt=0, lt=180)] = None
    height_m: Annotated[float | None, Field(gt=0)] = None
    aspect: Annotated[float, Field(gt=0, le=20)] = 1.5


class PlaneIn(BaseModel):
    """A plane that cuts; `direction` points to what is taken away."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    location: Place
    direction: Place


class RemarkIn(BaseModel):
    """What somebody remarks, and what they look at."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=MAX_WORDS)] = ""
    camera: CameraIn
    selection: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=MAX_SELECTED)] = []
    clipping: Annotated[list[PlaneIn], Field(max_length=12)] = []
    picture: Annotated[str, Field(max_length=MAX_PICTURE, description="PNG in base64")] = ""


@router.post(
    "/buildings/{building_id}/versions/{stage}/{number}/remark",
    summary="Write a remark on a view as BCF; nothing is stored",
    response_class=Response,
)
def remark(
    twin: TwinDep,
    version: VersionDep,
    actor: ActorDep,
    given: RemarkIn,
    form: Annotated[Literal["2.1", "3.0"], Query(alias="format")] = "3.0",
) -> Response:
    """Return a BCF file with one topic: words, camera, picture, selection and cuts."""
    time, name = rfc3339(twin.clock()), str(version.key)
    camera = given.camera
    if (camera.field_of_view_deg is None) == (camera.height_m is None):
        raise InvalidInput("A camera has either an angle or a height.", reason="bcf", entity="camera")
    view = View(
        Camera(**camera.model_dump()),
        _picture(given.picture),
        tuple(given.selection),
        clipping=tuple(ClippingPlane(plane.location, plane.direction) for plane in given.clipping),
    )
    guid = guid_of(f"{name} {time} {actor.name} {given.model_dump_json()}")
    topic = Topic(guid, given.title, given.text, "Remark", "Open", actor.name, time, views=(view,))
    key = version.key
    project = Project(key.building_id, key.building_id, version.file_name, version.project_id)
    headers = {"Content-Disposition": f'attachment; filename="{key.building_id}-remark.bcf"'}
    data = write_bcf([topic], project, BcfVersion(form))
    return Response(data, media_type="application/octet-stream", headers=headers)


def _picture(text: str) -> bytes | None:
    if not text:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise InvalidInput("The picture is no base64.", reason="bcf", entity="picture") from error
    if not data.startswith(PNG):
        raise InvalidInput("The picture is no PNG.", reason="bcf", entity="picture")
    return data
