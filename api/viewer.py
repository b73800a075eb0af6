"""The viewer's files, from the wheel or from the checkout, with a strict content security policy.

The page is served with links to what its address needs first, so that code and answers come side by side.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response

from api.ahead import Ahead
from api.encoding import coded
from api.joined import FIRST, PICTURE, REST, joined
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
VENDOR = "vendor/vendor3d.js"
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
    files, ahead = _Files(folder.resolve()), Ahead()

    @app.get("/{path:path}", include_in_schema=False)
    def viewer_file(request: Request, path: str) -> Response:
        known, path = _without_state(path)
        if path in ("", "index.html"):
            answer = _page(request, files, ahead.asked(request))
            kept = "no-cache"
        else:
            file = files.find(known, path)
            answer = coded(request, file.content, file.small, file.name, file.media_type)
            kept = "private, max-age=31536000, immutable" if file.stays else "no-cache"
        answer.headers.update({"Cache-Control": kept, **SECURITY_HEADERS})
        return answer


def _page(request: Request, files: "_Files", first: Iterable[str]) -> Response:
    """Return the page with links to the files as they are now, and to the answers that it asks for first."""
    state = files.look()
    base = f"{STATE}/{state.name}"
    content = files.read("index.html").content
    linked = _LINKS.sub(lambda link: b'%b="%b"' % (link[1], _address(base, link[2].decode())), content)
    ahead = [f'<link rel="modulepreload" href="{base}/{name}">' for name in (FIRST, PICTURE, VENDOR)]
    answers = [f'<link rel="preload" as="fetch" crossorigin href="{escape(url)}">' for url in first]
    # Panels are asked for when the picture stands; the district is all in the rest.
    ahead += answers or [f'<link rel="modulepreload" href="{base}/{REST}" fetchpriority="low">']
    linked = linked.replace(b"</head>", "\n".join([*ahead, "</head>"]).encode(), 1)
    name = hashlib.sha256(linked).hexdigest()[:32]
    return coded(request, linked, gzip.compress(linked, mtime=0), name, "text/html")


def _address(base: str, name: str) -> bytes:
    return f"{base}/{FIRST if name == 'js/main.js' else name}".encode()


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is sent: its name for the cache, plain, packed, and whether its address never changes."""

    name: str
    content: bytes
    small: bytes
    media_type: str
    stays: bool = False


@dataclass(slots=True)
class _Files:
    """The files below a folder: a few dozen, each packed once; modules joined once for each state of all."""

    root: Path
    packed: dict[tuple[Path, int], _File] = field(default_factory=dict)
    state: "State | None" = None
    joined: dict[str, _File] = field(default_factory=dict)

    def look(self) -> "State":
        """Return the state as it is now: looked at again for each page, a file looks at itself only."""
        now = state_of(self.root)
        if self.state is None or now.name != self.state.name:
            self.state = now
            self.joined = {name: _packed(name, text.encode(), stays=True) for name, text in joined(self.root).items()}
        return now

    def find(self, known: str | None, path: str) -> _File:
        """Return the file at a path, of the state that its address names if that is the one of now.

        Raises:
            NotFound: (page) there is none.
        """
        state = self.look() if known is not None and (self.state is None or known != self.state.name) else self.state
        if known is not None and path in self.joined:
            kept = self.joined[path]
            return kept if state is not None and known == state.name else replace(kept, stays=False)
        file = self.read(path)
        return replace(file, stays=state is not None and known == state.name and state.holds(self.root / path))

    def read(self, path: str) -> _File:
        """Return the file at a path.

        Raises:
            NotFound: (page) there is none.
        """
        file = (self.root / path).resolve()
        if not file.is_relative_to(self.root) or not file.is_file():
            raise NotFound("There is no such page.", reason="page", entity=path[:120])
        key = (file, file.stat().st_mtime_ns)
        if key not in self.packed:
            self.packed[key] = _packed(file.name, file.read_bytes())
        return self.packed[key]


def _packed(name: str, content: bytes, *, stays: bool = False) -> _File:
    kind = _MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
    return _File(hashlib.sha256(content).hexdigest()[:32], content, gzip.compress(content, mtime=0), kind, stays)


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
