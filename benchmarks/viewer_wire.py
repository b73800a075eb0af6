"""What both viewer benchmarks ask a browser: bytes on the wire, the script heap, tasks that held up the page."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

# Without --ignore-gpu-blocklist every picture is copied through the page's own thread, which no graphics card does.
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ type: "longtask", buffered: true });
}"""
SIZE = {"width": 1280, "height": 720}
TIMEOUT_MS = 240_000


class Wire:
    """Bytes that come over the network, counted by the browser."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.addresses: dict[str, str] = {}
        self.sizes: list[tuple[str, int]] = []
        self.session.on("Network.requestWillBeSent", self._named)
        self.session.on("Network.loadingFinished", self._add)

    def _named(self, event: dict[str, Any]) -> None:
        self.addresses[event["requestId"]] = event["request"]["url"]

    def _add(self, event: dict[str, Any]) -> None:
        address = self.addresses.get(event["requestId"], "")
        self.sizes.append((address, max(0, int(event["encodedDataLength"]))))

    def take(self) -> int:
        """Return the bytes since the last call."""
        return sum(self.take_by("").values())

    def take_by(self, part: str) -> dict[str, int]:
        """Return the bytes since the last call: `data` from addresses with a part of text in them, and `code`."""
        data = sum(size for address, size in self.sizes if part in address)
        code = sum(size for _, size in self.sizes) - data
        self.sizes.clear()
        return {"data": data, "code": code}

    def heap_mb(self) -> float:
        """Return the script heap after a collection."""
        self.session.send("HeapProfiler.collectGarbage")
        return round(float(self.session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6, 1)


def open_browser(playwright: Playwright) -> Browser:
    """Return a headless Chromium that draws WebGL on the processor."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)


def fresh_page(browser: Browser) -> tuple[Page, Wire]:
    """Return a page without any cache, and what counts its bytes; close its context afterwards."""
    page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(TIMEOUT_MS)
    page.add_init_script(f"({WATCH})()")
    return page, Wire(page)


def browser_cpu_s() -> float:
    """Return the computing of all browsers that this process started, seconds: a clock tells less under a load."""
    rows = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue  # it ended meanwhile
        name, _, fields = rest.rpartition(") ")
        rows[int(number)] = (name, fields.split())
    own = {os.getpid()}
    while more := {number for number, (_, fields) in rows.items() if int(fields[1]) in own} - own:
        own |= more
    ticks = sum(int(rows[number][1][at]) for number in own if "chrom" in rows[number][0] for at in (11, 12))
    return round(ticks / os.sysconf("SC_CLK_TCK"), 2)


def long_tasks(page: Page) -> list[int]:
    """Return the tasks over 100 ms, longest first, milliseconds."""
    return sorted((round(t) for t in page.evaluate("() => window.longTasks") if t > 100), reverse=True)
