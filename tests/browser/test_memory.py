"""What is opened is freed: ten models one after the other leave nothing behind."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPLETE = "() => window.kaksik?.state.page === 'building' && window.kaksik.ready && window.kaksik.state.complete"
OPEN = "(id) => { history.pushState(null, '', '?building=' + id); dispatchEvent(new PopStateEvent('popstate')); }"
MODELS = ["120900101", "120900102", "120900103", "120900104", "120900200"] * 2
MEGABYTE = 1 << 20


def held(session, page):
    """Return the script heap after a collection, and the buffers and textures on the graphics card."""
    page.evaluate("() => window.kaksik.drawn()")
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    memory = page.evaluate("() => window.kaksik.state.memory")
    return heap, memory["geometries"], memory["textures"]


def test_ten_models_leave_nothing_behind(page, demo):
    page.goto(f"{demo.address}/?building={MODELS[0]}")
    page.wait_for_function(COMPLETE)
    session = page.context.new_cdp_session(page)
    first = held(session, page)
    for name in [*MODELS[1:], MODELS[0]]:
        page.evaluate(OPEN, name)
        page.wait_for_function(f"() => window.kaksik.state.building === '{name}'")
        page.wait_for_function(COMPLETE)
    last = held(session, page)
    assert all(now <= before for now, before in zip(last[1:], first[1:], strict=True)), (first, last)
    assert last[0] < first[0] + 6 * MEGABYTE
