"""The viewer's files, from the wheel or from the checkout, with a strict content security policy."""

import gzip
import hashlib
import re
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
STATE = "_"  # folder of addresses that hold the state of all files: what lies there never changes
_LINKS = re.compile(rb'(href|src)="(app\.css|panels\.css|icon\.svg|js/main\.js)"')
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
        known, path = _without_state(path)
        file = (root / (path or "index.html")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            raise NotFound("There is no such page.", reason="page", entity=path[:120])
        media_type = _MEDIA_TYPES.get(file.suffix)
        name, content, small = _page(root, *read(file)[:2]) if file.name == "index.html" else read(file)
        answer = coded(request, content, small, name, media_type or "application/octet-stream")
        kept = "private, max-age=31536000, immutable" if known == state_of(root) else "no-cache"
        answer.headers.update({"Cache-Control": kept, **SECURITY_HEADERS})
        return answer


def state_of(root: Path) -> str:
    """Return a digest of names, sizes and times of all files; a changed file gives all of them a new address."""
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*")):
        about = file.stat()
        digest.update(f"{file.relative_to(root)}|{about.st_size}|{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _without_state(path: str) -> tuple[str | None, str]:
    """Return the state that an address names, and the path without it."""
    parts = path.split("/", 2)
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == STATE else (None, path)


def _page(root: Path, name: str, content: bytes) -> tuple[str, bytes, bytes]:
    """Return the page with links to the files as they are now: nothing of them is asked for twice."""
    state = state_of(root)
    linked = _LINKS.sub(rf'\1="{STATE}/{state}/\2"'.encode(), content)
    linked = linked.replace(b"</head>", _ahead(root, f"{STATE}/{state}").encode() + b"</head>", 1)
    return f"{name}-{state}", linked, gzip.compress(linked, mtime=0)


def _ahead(root: Path, base: str) -> str:
    """Return links to all modules: the browser fetches them side by side, not one after the other finds it."""
    modules = [file for folder in ("vendor", "js") for file in sorted((root / folder).rglob("*.js"))]
    names = [file.relative_to(root).as_posix() for file in modules if "workers" not in file.parts]
    return "".join(f'<link rel="modulepreload" href="{base}/{name}">\n' for name in names)
