"""Readings as a download."""

import re
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask

from api.context import BuildingId, Moment, TwinDep
from api.routers.live import DEFAULT_HISTORY
from twin.readings import MAX_POINTS, MEDIA, Form, Wanted, csv_table, write_parquet

CONFORMS_TO = ("https://www.rfc-editor.org/rfc/rfc4180", "https://parquet.apache.org/docs/file-format/")
router = APIRouter(tags=["live"])


@router.get(
    "/buildings/{building_id}/readings/{form}", summary="Download readings as a table", response_class=Response
)
def download(
    twin: TwinDep,
    building_id: BuildingId,
    form: Form,
    point: Annotated[
        list[str] | None, Query(max_length=MAX_POINTS, description="Points, one for each; default all")
    ] = None,
    start: Annotated[Moment | None, Query(alias="from", description="RFC 3339; default a day before the end")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="RFC 3339; default now")] = None,
    step_s: Annotated[float | None, Query(ge=1, description="Means over steps of this many seconds")] = None,
) -> Response:
    """Return CSV line by line, or Parquet; one row a reading, or a step with mean, minimum, maximum and count."""
    twin.catalogue.building(building_id)
    until = end or twin.clock()
    wanted = Wanted(building_id, tuple(point or ()), start or until - DEFAULT_HISTORY, until, step_s)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{building_id}-readings") + f".{form.value}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    if form is Form.CSV:
        return StreamingResponse(csv_table(twin.live, wanted), media_type=MEDIA[form], headers=headers)
    folder = tempfile.TemporaryDirectory(prefix="kaksik-readings-")
    target = Path(folder.name, name)
    try:
        write_parquet(twin.live, wanted, target)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(target, media_type=MEDIA[form], headers=headers, background=BackgroundTask(folder.cleanup))
