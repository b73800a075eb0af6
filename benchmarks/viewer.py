"""The viewer in a real browser: first picture, bytes, frames while orbiting, picks, long tasks, memory, recolouring.

It asks a service that is running and opens its buildings and its district in headless Chromium, one after the other.
Without a graphics card WebGL is drawn by the processor: frame times then say what a test machine can bear; bytes,
script times, long tasks and memory carry over. The load of the machine is printed beside the numbers.

    python benchmarks/viewer.py http://127.0.0.1:8000 --building 120900101 [--building …] [--district] [--cycles 10]
"""

import argparse
import json
import os
import statistics
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from viewer_wire import Wire, browser_cpu_s, fresh_page, long_tasks, open_browser

SHOWN = "() => window.kaksik && window.kaksik.state.shownAt > 0"
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
CITY = "() => window.kaksik && window.kaksik.state.city && window.kaksik.state.city.complete"
PICKS = """async ([x, y, w, h]) => {
  const times = [];
  for (let i = 0; i < 20; i += 1) {
    const start = performance.now();
    await window.kaksik.pick(x + w * (0.3 + 0.02 * i), y + h * 0.5);
    times.push(performance.now() - start);
  }
  return times;
}"""
ROUNDS = 6
TURN = """async () => {
  const start = performance.now();
  document.querySelector("#canvas").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
  await window.kaksik.drawn();
  return performance.now() - start;
}"""
MODES = ("stage", "permit", "class", "energy", "gap", "seal", "alarms", "age")


def ms(page: Page) -> float:
    """Return milliseconds since the navigation began."""
    return float(page.evaluate("() => performance.now()"))


def first_picture(page: Page, url: str) -> dict[str, Any]:
    """Open an address and return when its first picture stood, and what the browser had computed for it by then."""
    before = browser_cpu_s()
    page.goto(url)
    page.wait_for_function(SHOWN, polling="raf")
    cpu_s = round(browser_cpu_s() - before, 2)
    return {"first_picture_ms": page.evaluate("() => window.kaksik.state.shownAt"), "first_picture_cpu_s": cpu_s}


def orbit_ms(page: Page, turns: int = 10) -> float:
    """Return the median time from a key that turns the view to the finished picture."""
    page.evaluate(TURN)
    return float(statistics.median(page.evaluate(TURN) for _ in range(turns)))


def picks_ms(page: Page) -> float:
    """Return the median time of an id pick."""
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    return float(statistics.median(page.evaluate(PICKS, [box["x"], box["y"], box["width"], box["height"]])))


def building(page: Page, wire: Wire, address: str, name: str, cycles: int) -> dict[str, Any]:
    """Open a building cold and again, turn it, pick in it, and close it again and again."""
    url = f"{address}/?building={name}"
    found = {"building": name, **first_picture(page, url)}
    page.wait_for_function(COMPLETE)
    found |= {"complete_ms": ms(page), "wire": wire.take_by("/api/v1/")}
    found |= page.evaluate("() => ({ ...window.kaksik.state.chunks, ...window.kaksik.state.counts })")
    found |= {"orbit_ms": orbit_ms(page), "pick_ms": picks_ms(page), "long_tasks_ms": long_tasks(page)}
    page.goto("about:blank")
    wire.take()
    page.goto(url)
    page.wait_for_function(COMPLETE)
    found["second_open_bytes"] = wire.take()
    return found | {"closed": after_cycles(page, wire, cycles)}


def after_cycles(page: Page, wire: Wire, cycles: int) -> list[dict[str, Any]]:
    """Return heap and buffers on the district page after each opening and closing of the building."""
    seen = []
    for _ in range(cycles):
        page.locator("#home").click()
        page.wait_for_function("() => window.kaksik.state.page === 'district' && window.kaksik.ready")
        page.wait_for_timeout(1_500)
        seen.append({"heap_mb": wire.heap_mb(), **page.evaluate("() => window.kaksik.state.memory")})
        page.go_back()
        page.wait_for_function("() => window.kaksik.state.page === 'building' && window.kaksik.state.complete")
    return seen


def district(page: Page, wire: Wire, address: str) -> dict[str, Any]:
    """Open the district with all of its city, and colour it by every mode."""
    found = first_picture(page, address)
    page.wait_for_function(CITY)
    found |= {"city_ms": ms(page), "wire": wire.take_by("/api/v1/")}
    whole = page.locator("[data-key=city-whole]")
    if whole.count():
        whole.click()
        page.wait_for_timeout(3_000)
    found |= {"orbit_ms": orbit_ms(page), "pick_ms": picks_ms(page), "heap_mb": wire.heap_mb()}
    found |= {"recolour_ms": recolour_ms(page), "long_tasks_ms": long_tasks(page)}
    found |= page.evaluate("() => ({ city: window.kaksik.state.city, memory: window.kaksik.state.memory })")
    page.goto("about:blank")
    wire.take()
    page.goto(address)
    page.wait_for_function(CITY)
    return found | {"second_open_bytes": wire.take()}


def recolour_ms(page: Page) -> dict[str, dict[str, float]]:
    """Return for each mode the script time of sorting all buildings into classes, and of colouring them (medians)."""
    times: dict[str, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    for _ in range(ROUNDS):
        for mode in MODES:
            page.locator(f"[data-key=mode-{mode}]").click()
            page.wait_for_function(f"() => window.kaksik.state.mode === '{mode}'")
            page.wait_for_timeout(150)
            state = page.evaluate("() => window.kaksik.state.city")
            times[mode].append((state["classesMs"], state["paintMs"]))
    return {mode: _medians(rounds[1:]) for mode, rounds in times.items()}  # the first fetches columns, and warms up


def _medians(rounds: list[tuple[float, float]]) -> dict[str, float]:
    names = ("classes", "colours")
    return {
        name: round(statistics.median(column), 2)
        for name, column in zip(names, zip(*rounds, strict=True), strict=True)
    }


def main() -> None:
    """Measure and print one JSON line for each scene."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--building", action="append", default=[])
    parser.add_argument("--district", action="store_true")
    parser.add_argument("--cycles", type=int, default=10)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        for name in options.building:
            report(browser, lambda p, w, name=name: building(p, w, options.address, name, options.cycles))  # type: ignore[misc]
        if options.district:
            report(browser, lambda p, w: district(p, w, options.address))
        browser.close()


def report(browser: Browser, measure: Callable[[Page, Wire], dict[str, Any]]) -> None:
    """Measure in a context of its own, so that no cache is shared."""
    page, wire = fresh_page(browser)
    print(json.dumps({**measure(page, wire), "load": os.getloadavg()[0]}), flush=True)
    page.context.close()


if __name__ == "__main__":
    main()
