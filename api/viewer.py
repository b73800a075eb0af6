"""The viewer's files, from the wheel or from the checkout, with a strict content security policy."""

import gzip
import hashlib
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response

from api.encoding import coded
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
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".css": "text/css",
    ".html": "text/html",
    ".txt": "text/plain",
}


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
    packed: dict[tuple[Path, int], tuple[str, bytes, bytes]] = {}  # a few dozen files, each packed once

    def read(file: Path) -> tuple[str, bytes, bytes]:
        key = (file, file.stat().st_mtime_ns)
        if key not in packed:
            content = file.read_bytes()
            packed[key] = (hashlib.sha256(content).hexdigest()[:32], content, gzip.compress(content, mtime=0))
        return packed[key]

    @app.get("/{path:path}", include_in_schema=False)
    def viewer_file(request: Request, path: str) -> Response:
        file = (root / (path or "index.html")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            raise NotFound("There is no such page.", reason="page", entity=path[:120])
        media_type = _MEDIA_TYPES.get(file.suffix)
        name, content, small = read(file)
        answer = coded(request, content, small, name, media_type or "application/octet-stream")
        answer.headers.update({"Cache-Control": "no-cache", **SECURITY_HEADERS})
        return answer
