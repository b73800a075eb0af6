"""Large scenes from nothing to numbers: cities of 5,000 and of 100,000 buildings, and a composed IFC file of 50 MB.

Each part has a service and a folder of its own below FOLDER: the scene is made and loaded once, opened in headless
Chromium, and leaves one line in `rows.jsonl`. A part that has its line is passed over, so a run that was broken off
goes on where it stopped. No part takes ten minutes on a machine of two idle cores. The city of 5,000 is also opened
as our 3D Tiles by CesiumJS, if `make .setup/tiles-readers` has brought it.

    python benchmarks/viewer_scenes.py FOLDER [city-5000 cesium-5000 city-100000 model-50mb …] [--model IFC] [--again]
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, sync_playwright
from viewer_wire import browser_cpu_s, fresh_page, long_tasks, open_browser

import viewer

ROOT = Path(__file__).resolve().parent.parent
CESIUM = ROOT / ".setup" / "tiles-readers" / "node_modules" / "cesium" / "Build" / "Cesium"
MODEL = ROOT.parent / "shared" / "models" / "janesville_restaurant_2x3.ifc"
CODE = 120_980_001  # register code that no sample uses
JOB_S = 540

Row = dict[str, Any]


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Run a service over a data folder and give its address."""
    home.mkdir(parents=True, exist_ok=True)
    child = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "KAKSIK_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert child.stdout is not None
        said = (re.search(r"is at (http://\S+?)/? ", line) for line in child.stdout)
        found = next((one for one in said if one), None)
        if found is None:
            raise SystemExit("The service did not start; it says why above.")
        yield found[1]
    finally:
        os.killpg(child.pid, signal.SIGINT)
        child.wait(30)


def post(address: str, path: str, file: Path) -> None:
    """Send a file to a route that starts a job, and wait for its end."""
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
    body = head.encode() + file.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/api/v1{path}", body, headers)) as answer:
        job = json.load(answer)["job_id"]
    deadline = time.monotonic() + JOB_S
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{address}/api/v1/jobs/{job}") as answer:
            state = json.load(answer)
        if state["status"] == "done":
            return
        if state["status"] == "failed":
            raise SystemExit(f"{file.name}: {state['problem']}")
        time.sleep(0.5)
    raise SystemExit(f"{file.name} was not loaded within {JOB_S} s")


def load_once(folder: Path, address: str, path: str, make: Callable[[Path], Path]) -> float | None:
    """Make a file and load it unless that was done; return the seconds that loading took."""
    done = folder / "loaded"
    if done.exists():
        return None
    started = time.monotonic()
    post(address, path, make(folder))
    done.touch()
    return round(time.monotonic() - started, 1)


def city(count: int) -> Callable[[Path], Path]:
    """Return what writes a city of `count` buildings into a folder."""

    def make(folder: Path) -> Path:
        path = folder / "city.city.jsonl"
        made = [sys.executable, "benchmarks/city.py", "--buildings", str(count), "--write", str(path)]
        subprocess.run(made, cwd=ROOT, check=True)
        return path

    return make


def composed(model: Path) -> Callable[[Path], Path]:
    """Return what writes two copies of `model` side by side into a folder."""

    def make(folder: Path) -> Path:
        path = folder / f"{model.stem}_x2.ifc"
        made = [sys.executable, "benchmarks/compose.py", str(model), "2", str(path)]
        subprocess.run(made, cwd=ROOT, check=True)
        return path

    return make


def open_city(folder: Path, count: int) -> Row:
    """Load a city and open its district."""
    with served(folder / "home") as address, sync_playwright() as playwright:
        loaded_s = load_once(folder, address, "/district/context", city(count))
        browser = open_browser(playwright)
        page, wire = fresh_page(browser)
        return {"loaded_s": loaded_s, **viewer.district(page, wire, address)}


def open_model(folder: Path, model: Path) -> Row:
    """Load a composed model, open it, and open and close it ten times."""
    with served(folder / "home") as address, sync_playwright() as playwright:
        path = f"/buildings?building_id={CODE}&stage=as-built"
        loaded_s = load_once(folder, address, path, composed(model))
        browser = open_browser(playwright)
        page, wire = fresh_page(browser)
        return {"loaded_s": loaded_s, **viewer.building(page, wire, address, str(CODE), 10)}


def open_cesium(folder: Path, count: int) -> Row:
    """Open the tiles of a loaded city with CesiumJS, its page standing at our own address."""
    if not CESIUM.is_dir():
        return {"skipped": "CesiumJS is not here: make .setup/tiles-readers"}
    with served(folder / "home") as address, sync_playwright() as playwright:
        load_once(folder, address, "/district/context", city(count))
        page, wire = fresh_page(open_browser(playwright))
        page.route(
            f"{address}/cesium.html", lambda route: route.fulfill(path=ROOT / "benchmarks/viewer_peers/cesium.html")
        )
        page.route(f"{address}/cesium/**", lambda route: _cesium_file(route, f"{address}/cesium/"))
        before = browser_cpu_s()
        page.goto(f"{address}/cesium.html")
        page.wait_for_function("() => window.failed || window.seen?.first_picture_ms", polling=50)
        first_cpu_s = round(browser_cpu_s() - before, 2)
        page.wait_for_function("() => window.failed || window.seen?.complete_ms", polling=50)
        found: Row = page.evaluate(
            "() => window.failed ? { failed: window.failed } : { ...window.seen, triangles: triangles() }"
        )
        found["first_picture_cpu_s"] = first_cpu_s
        found["wire"] = wire.take_by("/api/v1/")
        if "failed" not in found or not isinstance(found["failed"], str):
            found["orbit_ms"] = statistics.median(page.evaluate("() => orbit()") for _ in range(10))
            found["pick_ms"] = statistics.median(page.evaluate("() => pick()") for _ in range(10))
        return {**found, "heap_mb": wire.heap_mb(), "long_tasks_ms": long_tasks(page)}


def _cesium_file(route: Route, base: str) -> None:
    """Answer with a file of CesiumJS; bytes of its code are counted as such by the address."""
    path = CESIUM / route.request.url.removeprefix(base).partition("?")[0]
    route.fulfill(path=path) if path.is_file() else route.fulfill(status=404)


def main() -> None:
    """Run the parts that have no line yet."""
    parts: dict[str, Callable[[Path, argparse.Namespace], Row]] = {
        "city-5000": lambda folder, _: open_city(folder / "city-5000", 5_000),
        "cesium-5000": lambda folder, _: open_cesium(folder / "city-5000", 5_000),
        "city-100000": lambda folder, _: open_city(folder / "city-100000", 100_000),
        "model-50mb": lambda folder, options: open_model(folder / "model-50mb", options.model),
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(parts)}; default is all")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--again", action="store_true", help="measure parts that have a line, too")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = options.folder / "rows.jsonl"
    known = {json.loads(line)["part"] for line in rows.read_text().splitlines()} if rows.exists() else set()
    for name in options.parts or parts:
        if name in known and not options.again:
            continue
        started, load = time.monotonic(), os.getloadavg()[0]
        row = {"part": name, **parts[name](options.folder.resolve(), options), "load_before": load}
        row["part_s"] = round(time.monotonic() - started, 1)
        with rows.open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
