"""Ways out: a version as a download."""

import re
import tempfile
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.context import TwinDep, VersionDep
from api.routers.versions import PREFIX
from twin.export import Format, media_type, suffix, write

CONFORMS_TO = (
    "https://www.cityjson.org/specs/2.0.1/",
    "https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html",
    "https://www.rfc-editor.org/rfc/rfc4180",
    "https://parquet.apache.org/docs/file-format/",
)
router = APIRouter(tags=["versions"])


@router.get(PREFIX + "/export/{form}", summary="Download a version in another format", response_class=FileResponse)
def export(twin: TwinDep, version: VersionDep, form: Format) -> FileResponse:
    """Return the submitted file (ifc), tables (csv, parquet, as zip), one GLB, or CityJSON 2.0."""
    source = twin.exports.of(version)
    folder = tempfile.TemporaryDirectory(prefix="kaksik-export-")
    key = version.key
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{key.building_id}-{key.stage.value}-{key.number}") + suffix(form, source)
    target = Path(folder.name, name)
    try:
        write(source, form, target)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        target,
        media_type=media_type(form, len(source.files)),
        filename=name,
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(folder.cleanup),
    )
