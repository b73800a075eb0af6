"""BCF files that others made: what they say, and where the viewer shows what they look at."""

import base64
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, File, Query, UploadFile

from api.context import ActorDep, TwinDep, VersionDep
from api.formats import paged
from api.uploads import read_upload
from twin.bcf import Topic, Vector, View, bearing, read_bcf
from twin.catalogue import VersionKey
from twin.snapshot import Snapshot

CONFORMS_TO = ("https://standards.buildingsmart.org/BCF",)
MAX_BCF_BYTES = 64 * 2**20  # some thousand topics with snapshots
MAX_PAGE = 500
PNG = b"\x89PNG"
router = APIRouter(tags=["permit applications"])
Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Pictures = Annotated[bool, Query(description="Send the snapshots, too, as data: addresses")]
Upload = Annotated[UploadFile, File(description="BCF 2.1 or 3.0")]


@router.post("/bcf", summary="Read a BCF file; nothing is stored")
def read(
    _actor: ActorDep, file: Upload, offset: Offset = 0, limit: Limit = 100, pictures: Pictures = False
) -> dict[str, Any]:
    """Return a page of the topics: comments, related topics, and views with camera, selection and cuts."""
    topics = read_bcf(read_upload(file, MAX_BCF_BYTES))
    shown = [_topic(topic, pictures=pictures) for topic in topics[offset : offset + limit]]
    return _page(topics, shown, offset)


@router.post("/buildings/{building_id}/versions/{stage}/{number}/bcf", summary="Read a BCF file beside a model")
def read_beside(
    twin: TwinDep,
    _actor: ActorDep,
    version: VersionDep,
    file: Upload,
    offset: Offset = 0,
    limit: Limit = 100,
    pictures: Pictures = False,
) -> dict[str, Any]:
    """Return a page of the topics; a view tells where the viewer shows it and which elements the model lacks.

    Nothing is stored. `address` is the query of the viewer's page; what it cannot say stands in `left_out`.
    """
    topics = read_bcf(read_upload(file, MAX_BCF_BYTES))
    snapshot = twin.snapshots.read(version)
    shown = []
    for topic in topics[offset : offset + limit]:
        made = _topic(topic, pictures=pictures)
        places = [_place(view, version.key, snapshot) for view in topic.views]
        views = [{**view, **place} for view, place in zip(made["views"], places, strict=True)]
        shown.append({**made, "views": views})
    return _page(topics, shown, offset)


def _page(topics: tuple[Topic, ...], shown: list[dict[str, Any]], offset: int) -> dict[str, Any]:
    page = paged({"topics": shown}, "topics", 0, len(shown) or 1)
    reached = offset + len(page["topics"])
    return {**page, "total": len(topics), "next": reached if reached < len(topics) else None}


def _topic(topic: Topic, *, pictures: bool) -> dict[str, Any]:
    made = topic.to_json()
    if pictures:
        for view, shown in zip(topic.views, made["views"], strict=True):
            shown["snapshot"] = _data_address(view.snapshot)
    return made


def _data_address(picture: bytes | None) -> str | None:
    if picture is None:
        return None
    kind = "png" if picture.startswith(PNG) else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _place(view: View, key: VersionKey, snapshot: Snapshot) -> dict[str, Any]:
    found = bearing(view, (key.building_id, key.stage.value, key.number), snapshot.records, _middle(view, snapshot))
    return {"address": found.address, "unknown": found.unknown, "left_out": found.left_out}


def _middle(view: View, snapshot: Snapshot) -> Vector:
    """Return the middle of what a view picks out, else of the whole model."""
    chosen = snapshot.meshes.by_id()
    boxes = [chosen[name].bounds() for name in view.selection if name in chosen]
    boxes = boxes or [mesh.bounds() for mesh in snapshot.meshes]
    if not boxes:
        return (0.0, 0.0, 0.0)
    low, high = np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0)
    x, y, z = (float(value) for value in (low + high) / 2)
    return x, y, z
