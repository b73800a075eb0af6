"""The viewer's files, from the wheel or from the checkout, with a strict content security policy."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response

from twin.errors import NotFound

CSP = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' blob:; "
    "img-src 'self' data: blob:; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_MEDIA_TYPES = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".css": "text/css"}


def viewer_folder() -> Path:
    """Return the folder of the viewer's files.

    Raises:
        NotFound: (viewer) they are neither in the package nor beside it.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "_viewer", here.parent / "viewer" / "static"):
        if (folder / "index.html").is_file():
            return folder
    raise NotFound("The viewer's files are missing.", reason="viewer", hint="Install Kaksik again.")


def add_viewer(app: FastAPI, folder: Path) -> None:
    """Serve the viewer at ``/``."""
    root = folder.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    def viewer_file(path: str) -> Response:
        file = (root / (path or "index.html")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            raise NotFound("There is no such page.", reason="page", entity=path[:120])
        media_type = _MEDIA_TYPES.get(file.suffix)
        return FileResponse(file, media_type=media_type, headers={"Cache-Control": "no-cache", **SECURITY_HEADERS})
