"""Readings come by one connection, however many tabs look at them."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABS = 8  # a browser opens six connections to a host
FOLLOW = """async ([url, worker]) => {
  if (!worker) delete globalThis.SharedWorker;
  const { follow } = await import("/js/live/stream.js");
  globalThis.seen = { items: 0, open: false };
  const onItems = (items) => { globalThis.seen.items += items.length; };
  const onState = (open) => { globalThis.seen.open = open; };
  globalThis.end = follow(new URL(url), { onItems, onGap: () => {}, onState });
}"""
ANSWERS = "async () => (await (await fetch('/api/v1/health', { cache: 'no-store' })).json()).status"


@pytest.mark.parametrize("worker", [True, False], ids=["shared worker", "leader"])
def test_eight_tabs_share_one_stream(context, demo, worker):
    stream = f"{demo.address}/api/v1/buildings/120900103/stream"
    pages = []
    for _ in range(TABS):
        page = context.new_page()
        page.goto(f"{demo.address}/icon.svg")  # a page of the same origin with nothing of its own
        page.evaluate(FOLLOW, [stream, worker])
        pages.append(page)
    for page in pages:
        page.wait_for_function("() => globalThis.seen.items > 0", timeout=60_000)
    assert pages[-1].evaluate(ANSWERS) == "ok"
    pages[0].close()  # the one that held the connection, where a tab does
    before = pages[-1].evaluate("() => globalThis.seen.items")
    pages[-1].wait_for_function(f"() => globalThis.seen.items > {before}", timeout=60_000)
    for page in pages[1:]:
        page.close()
