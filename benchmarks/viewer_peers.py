"""The same models in our viewer, in @thatopen/fragments and in web-ifc: first picture and bytes, in one browser run.

Every model is sent to a running service (unless a building stands for it already), converted to .frag by node, and
given as it is to web-ifc. Each viewer opens each model in a context of its own without any cache, in turn. Bytes of
models and of code are counted apart; files of the peers travel with gzip as ours do, .frag being packed already.
Needs node and `npm ci` in benchmarks/viewer_peers.

    python benchmarks/viewer_peers.py http://127.0.0.1:8000 MODEL.ifc … [--repeat 3] [--tiles]
"""

import argparse
import gzip
import http.server
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from viewer_wire import fresh_page, long_tasks, open_browser

from viewer import SHOWN, orbit_ms, picks_ms

HERE = Path(__file__).resolve().parent / "viewer_peers"
FIRST_CODE = 120_980_001  # register codes that no sample uses
SHOWN_THERE = "() => window.firstMs > 0 || window.failed"
JOB_S = 900


class Files(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, with gzip where that saves bytes."""

    def do_GET(self) -> None:  # name of the standard library
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = _packed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if data[:2] == b"\x1f\x8b":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def _packed(path: Path) -> bytes:
    """Return a file with gzip, packed once, or as it is if that is no gain."""
    beside = path.with_suffix(path.suffix + ".gz")
    if not beside.exists():
        beside.write_bytes(gzip.compress(path.read_bytes(), 6))
    return min(beside.read_bytes(), path.read_bytes(), key=len)


def serve(folder: Path) -> str:
    """Serve a folder and return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def send(address: str, model: Path, code: int) -> str | None:
    """Send a model unless a building stands for it; return why it was refused, or None."""
    api = f"{address}/api/v1"
    try:
        with urllib.request.urlopen(f"{api}/buildings/{code}"):
            return None
    except urllib.error.HTTPError:
        pass
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{model.name}"\r\n\r\n'
    body = head.encode() + model.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    asked = urllib.request.Request(f"{api}/buildings?building_id={code}&stage=as-built", body, headers)
    with urllib.request.urlopen(asked) as answer:
        job = json.load(answer)["job_id"]
    for _ in range(JOB_S):
        with urllib.request.urlopen(f"{api}/jobs/{job}") as answer:
            state = json.load(answer)
        if state["status"] in ("done", "failed"):
            return None if state["status"] == "done" else str(state["problem"]["reason"])
        time.sleep(1)
    return "too slow"


def warm(address: str, code: int) -> None:
    """Ask once for what an open building asks for, as files of the peers are packed once before they are timed."""
    version = f"{address}/api/v1/buildings/{code}/versions/as-built/latest"
    with urllib.request.urlopen(f"{version}/scene") as answer:
        chunks = json.load(answer)["chunks"]
    blobs = [f"{address}/api/v1/blobs/{chunk['sha256']}.glb" for chunk in chunks]
    for url in (f"{address}/api/v1/buildings/{code}", version, f"{version}/tree", *blobs):
        with urllib.request.urlopen(url) as answer:
            answer.read()


def ours(browser: Browser, url: str) -> dict[str, Any]:
    """Open a building in our viewer."""
    page, wire = fresh_page(browser)
    page.goto(url)
    page.wait_for_function(SHOWN, polling=20)
    found = {"first_ms": page.evaluate("() => window.kaksik.state.shownAt")}
    page.wait_for_function("() => window.kaksik.state.complete")
    found |= {"complete_ms": page.evaluate("() => performance.now()"), **wire.take_by("/api/v1/")}
    found |= {"orbit_ms": orbit_ms(page, 4), "pick_ms": picks_ms(page), "long": long_tasks(page)[:3]}
    page.context.close()
    return found


def theirs(browser: Browser, url: str) -> dict[str, Any]:
    """Open a model in a page of `viewer_peers`."""
    page, wire = fresh_page(browser)
    page.goto(url)
    page.wait_for_function(SHOWN_THERE, polling=20)
    failed = page.evaluate("() => window.failed")
    if failed:
        page.context.close()
        return {"failed": str(failed)[:200]}
    found = {"first_ms": page.evaluate("() => window.firstMs"), **wire.take_by("/models/")}
    found |= {"triangles": page.evaluate("() => window.bench.triangles()")}
    found |= {"orbit_ms": _median(page, "window.bench.orbit(0.12)", 4), "pick_ms": _median(page, PICK, 5)}
    found |= {"long": long_tasks(page)[:3]}
    page.context.close()
    return found


PICK = "window.bench.pick(640, 360)"


def _median(page: Page, script: str, times: int) -> float:
    return float(statistics.median(page.evaluate(f"() => {script}") for _ in range(times)))


def best(measure: Callable[[], dict[str, Any]], repeat: int) -> dict[str, Any]:
    """Return the run with the median first picture."""
    runs = sorted((measure() for _ in range(repeat)), key=lambda run: run.get("first_ms", 1e9))
    return runs[len(runs) // 2]


def compare(browser: Browser, address: str, peers: str, model: Path, code: int, repeat: int) -> dict[str, Any]:
    """Open one model everywhere, with a service and files that were asked for once."""
    refused = send(address, model, code)
    if not refused:
        warm(address, code)
    row: dict[str, Any] = {"model": model.stem, "ifc_bytes": model.stat().st_size, "load": os.getloadavg()[0]}
    row["ours"] = (
        {"failed": refused} if refused else best(lambda: ours(browser, f"{address}/?building={code}"), repeat)
    )
    frag = f"{peers}/fragments.html?model=models/{model.stem}.frag"
    row["fragments"] = best(lambda: theirs(browser, frag), repeat)
    row["web_ifc"] = best(lambda: theirs(browser, f"{peers}/web-ifc.html?model=models/{model.name}"), repeat)
    return row


def tiles(browser: Browser, address: str, peers_folder: Path) -> dict[str, Any]:
    """Open our 3D Tiles with 3d-tiles-renderer, its page standing at our own address."""
    page, _ = fresh_page(browser)
    for name in ("tiles.html", "tiles.js"):
        body = (peers_folder / name).read_bytes()
        kind = "text/html" if name.endswith("html") else "text/javascript"
        page.route(
            f"{address}/{name}*", lambda route, body=body, kind=kind: route.fulfill(body=body, content_type=kind)
        )
    page.goto(f"{address}/tiles.html?tileset=/api/v1/tiles/tileset.json")
    page.wait_for_function("() => window.seen || window.failed")
    found: dict[str, Any] = page.evaluate("() => window.seen ?? { failed: window.failed }")
    page.context.close()
    return found


def main() -> None:
    """Compare and print one JSON line for each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("models", type=Path, nargs="*")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--first-code", type=int, default=FIRST_CODE)
    parser.add_argument("--folder", type=Path, help="Keep pages and converted models here")
    parser.add_argument("--tiles", action="store_true", help="Open our tileset with 3d-tiles-renderer, too")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="viewer-peers-"))
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    for model in options.models:
        if not (models / model.name).exists():
            (models / model.name).write_bytes(model.read_bytes())
    new = [str(model) for model in options.models if not (models / f"{model.stem}.frag").exists()]
    subprocess.run(["node", "build.mjs", str(folder), *new], cwd=HERE, check=True)
    peers = serve(folder)
    for file in (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".gz"):
        _packed(file)
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        if options.tiles:
            print(json.dumps({"tiles": tiles(browser, options.address, folder)}), flush=True)
        for model in options.models[:1]:  # whoever comes first pays for the start of the graphics process
            theirs(browser, f"{peers}/fragments.html?model=models/{model.stem}.frag")
        for number, model in enumerate(options.models):
            row = compare(browser, options.address, peers, model, options.first_code + number, options.repeat)
            print(json.dumps(row), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
