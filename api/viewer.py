"""The viewer's files, from the wheel or from the checkout, with a strict content security policy."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
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
LATER = ("js/tabs/", "js/live/")  # panels: no picture waits for them
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
    state = state_of(root)  # looked at again for each page; a file of it looks at itself only

    def read(file: Path) -> tuple[str, bytes, bytes]:
        key = (file, file.stat().st_mtime_ns)
        if key not in packed:
            content = file.read_bytes()
            packed[key] = (hashlib.sha256(content).hexdigest()[:32], content, gzip.compress(content, mtime=0))
        return packed[key]

    @app.get("/{path:path}", include_in_schema=False)
    def viewer_file(request: Request, path: str) -> Response:
        nonlocal state
        known, path = _without_state(path)
        file = (root / (path or "index.html")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            raise NotFound("There is no such page.", reason="page", entity=path[:120])
        media_type = _MEDIA_TYPES.get(file.suffix)
        is_page = file.name == "index.html"
        if is_page or known not in (None, state.name):
            state = state_of(root)
        name, content, small = _page(root, state.name, *read(file)[:2]) if is_page else read(file)
        answer = coded(request, content, small, name, media_type or "application/octet-stream")
        kept = "private, max-age=31536000, immutable" if known == state.name and state.holds(file) else "no-cache"
        answer.headers.update({"Cache-Control": kept, **SECURITY_HEADERS})
        return answer


@dataclass(frozen=True, slots=True)
class State:
    """All files at one moment.

    Attributes:
        name: Digest of their names, sizes and times; a changed file gives all of them a new address.
        files: Size and time of each, nanoseconds.
    """

    name: str
    files: Mapping[Path, tuple[int, int]]

    def holds(self, file: Path) -> bool:
        """Say whether a file is still as it was."""
        return self.files.get(file) == _size_and_time(file)


def state_of(root: Path) -> State:
    """Return the state of all files below a folder."""
    files = {file: _size_and_time(file) for file in sorted(root.rglob("*"))}
    lines = [f"{file.relative_to(root)}|{size}|{time_ns}\n" for file, (size, time_ns) in files.items()]
    return State(hashlib.sha256("".join(lines).encode()).hexdigest()[:16], files)


def _size_and_time(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns


def _without_state(path: str) -> tuple[str | None, str]:
    """Return the state that an address names, and the path without it."""
    parts = path.split("/", 2)
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == STATE else (None, path)


def _page(root: Path, state: str, name: str, content: bytes) -> tuple[str, bytes, bytes]:
    """Return the page with links to the files as they are now: nothing of them is asked for twice."""
    linked = _LINKS.sub(rf'\1="{STATE}/{state}/\2"'.encode(), content)
    linked = linked.replace(b"</head>", _ahead(root, f"{STATE}/{state}").encode() + b"</head>", 1)
    return f"{name}-{state}", linked, gzip.compress(linked, mtime=0)


def _ahead(root: Path, base: str) -> str:
    """Return links to all modules: the browser fetches them side by side, what the first picture needs first."""
    modules = [file for folder in ("vendor", "js") for file in sorted((root / folder).rglob("*.js"))]
    names = [file.relative_to(root).as_posix() for file in modules if "workers" not in file.parts]
    return "".join(f'<link rel="modulepreload" href="{base}/{name}"{_haste(name)}>\n' for name in names)


def _haste(name: str) -> str:
    return ' fetchpriority="low"' if name.startswith(LATER) else ""
