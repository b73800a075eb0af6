"""The viewer in a real browser: first frame, bytes, frames while orbiting, picks, long tasks, memory, recolouring.

It asks a service that is running and opens its buildings and its district in headless Chromium, one after the other.
Without a graphics card WebGL is drawn by the processor: frame times then say what a test machine can bear; bytes,
script times, long tasks and memory carry over. The load of the machine is printed beside the numbers.

    python benchmarks/viewer.py http://127.0.0.1:8000 --building 120900101 [--building …] [--district] [--cycles 10]
"""

import argparse
import json
import os
import shutil
import statistics
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ type: "longtask", buffered: true });
}"""
FIRST = "() => window.kaksik && (window.kaksik.state.chunks?.loaded > 0 || window.kaksik.state.drawn > 0)"
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
PICKS = """([x, y, w, h]) => Array.from({ length: 20 }, (_, i) => {
  const start = performance.now();
  window.kaksik.pick(x + w * (0.3 + 0.02 * i), y + h * 0.5);
  return performance.now() - start;
})"""
RECOLOUR = """async (count) => {
  const { fillState, stateSize } = await import("./js/core/ids.js");
  const { width, height } = stateSize(count);
  const state = new Uint8Array(width * height * 4);
  const colours = new Map(Array.from({ length: count }, (_, i) => [i, i * 37 % 0xffffff]));
  return Array.from({ length: 9 }, () => {
    const start = performance.now();
    fillState(state, count, { colours });
    return performance.now() - start;
  });
}"""


class Wire:
    """Bytes that come over the network, counted by the browser."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.total = 0
        self.session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.total += max(0, int(event["encodedDataLength"]))

    def take(self) -> int:
        """Return the bytes since the last call."""
        taken, self.total = self.total, 0
        return taken

    def heap_mb(self) -> float:
        """Return the script heap after a collection."""
        self.session.send("HeapProfiler.collectGarbage")
        return float(self.session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def ms(page: Page) -> float:
    """Return milliseconds since the navigation began."""
    return float(page.evaluate("() => performance.now()"))


def orbit_ms(page: Page, turns: int = 10) -> float:
    """Return the time of a frame while the arrow keys turn the view."""
    page.locator("#canvas").focus()
    page.keyboard.press("ArrowLeft")
    start = time.perf_counter()
    for _ in range(turns):
        before = page.evaluate("() => window.kaksik.state.frames")
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(f"() => window.kaksik.state.frames > {before}", polling="raf")
    return (time.perf_counter() - start) / turns * 1000


def picks_ms(page: Page) -> float:
    """Return the median time of an id pick."""
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    return statistics.median(page.evaluate(PICKS, [box["x"], box["y"], box["width"], box["height"]]))


def building(page: Page, wire: Wire, address: str, name: str, cycles: int) -> dict[str, Any]:
    """Open a building cold and again, turn it, pick in it, and close it again and again."""
    url = f"{address}/?building={name}"
    page.goto(url)
    page.wait_for_function(FIRST, polling="raf")
    first = ms(page)
    page.wait_for_function(COMPLETE)
    found: dict[str, Any] = {
        "building": name,
        "first_frame_ms": first,
        "complete_ms": ms(page),
        "wire_bytes": wire.take(),
    }
    found |= page.evaluate("() => ({ ...window.kaksik.state.chunks, ...window.kaksik.state.counts })")
    found |= {"orbit_ms": orbit_ms(page), "pick_ms": picks_ms(page)}
    page.wait_for_timeout(3_000)  # outlines are found in idle moments
    found["long_tasks_ms"] = sorted(
        (round(t) for t in page.evaluate("() => window.longTasks") if t > 100), reverse=True
    )
    page.goto("about:blank")
    wire.take()
    page.goto(url)
    page.wait_for_function(COMPLETE)
    found["second_open_bytes"] = wire.take()
    return found | {"heap_mb": heap_of_cycles(page, wire, cycles)}


def heap_of_cycles(page: Page, wire: Wire, cycles: int) -> list[float]:
    """Return the heap on the district page after each opening and closing of the building."""
    heaps = []
    for _ in range(cycles):
        page.locator("#home").click()
        page.wait_for_function("() => window.kaksik.state.page === 'district' && window.kaksik.ready")
        page.wait_for_timeout(500)
        heaps.append(round(wire.heap_mb(), 1))
        page.go_back()
        page.wait_for_function("() => window.kaksik.state.page === 'building' && window.kaksik.state.complete")
    return heaps


def district(page: Page, wire: Wire, address: str) -> dict[str, Any]:
    """Open the district, and stream its city until nothing more comes."""
    page.goto(address)
    page.wait_for_function(FIRST, polling="raf")
    found: dict[str, Any] = {"first_frame_ms": ms(page), "first_bytes": wire.take()}
    shown, quiet = -1, 0
    while quiet < 3:
        page.wait_for_timeout(2_000)
        now = page.evaluate("() => window.kaksik.state.context.shown")
        quiet, shown = (quiet + 1 if now == shown else 0), now
    found |= {"streamed_ms": ms(page) - 6_000, "context": page.evaluate("() => window.kaksik.state.context")}
    found |= {
        "wire_bytes": wire.take(),
        "orbit_ms": orbit_ms(page),
        "pick_ms": picks_ms(page),
        "heap_mb": wire.heap_mb(),
    }
    found["long_tasks_ms"] = sorted(
        (round(t) for t in page.evaluate("() => window.longTasks") if t > 100), reverse=True
    )
    recolour = page.evaluate(RECOLOUR, 100_000)
    return found | {"recolour_100000_ms": statistics.median(recolour)}


def main() -> None:
    """Measure and print one JSON line for each scene."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--building", action="append", default=[])
    parser.add_argument("--district", action="store_true")
    parser.add_argument("--cycles", type=int, default=10)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name in options.building:
            report(browser, lambda p, w, name=name: building(p, w, options.address, name, options.cycles))  # type: ignore[misc]
        if options.district:
            report(browser, lambda p, w: district(p, w, options.address))
        browser.close()


def report(browser: Any, measure: Any) -> None:
    """Measure in a context of its own, so that no cache is shared."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(f"({WATCH})()")
    print(json.dumps({**measure(page, Wire(page)), "load": os.getloadavg()[0]}), flush=True)
    context.close()


if __name__ == "__main__":
    main()
