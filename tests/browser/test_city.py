"""A city without models in the browser: drawn, picked, coloured, filtered, searched, joined with a table."""

import json
import time

import pytest

from benchmarks.city import features, head

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNT = 1_500
CITY = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.city.complete"
STATUSES = ("pass", "fail", "")


@pytest.fixture(scope="module")
def city(own_demo, browser):
    """A page with a city of its own and register data of it, shared by the tests of this module."""
    address = own_demo()
    page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB")
    page.set_default_timeout(60_000)
    lines = [head(), *features(COUNT)]
    rows = [f"{100_000_000 + n};{'ABCDEFGH'[n % 8]};{STATUSES[n % 3]};{n % 300}" for n in range(COUNT)]
    files = (
        "".join(json.dumps(line) + "\n" for line in lines),
        "ehr_code;energy_class;permit;measured_kwh_m2\n" + "\n".join(rows),
    )
    for text in files:
        file = {"name": "city", "mimeType": "text/plain", "buffer": text.encode()}
        answer = page.request.post(f"{address}/api/v1/district/context", multipart={"file": file})
        job = answer.json()["job_id"]
        while (state := page.request.get(f"{address}/api/v1/jobs/{job}").json())["status"] not in ("done", "failed"):
            time.sleep(0.1)
        assert state["status"] == "done", state
    page.goto(address + "/")
    page.wait_for_function(CITY)
    yield page
    page.close()


def counts(page):
    return [int(text.replace(",", "")) for text in page.locator(".legend-entry b").all_inner_texts()]


def choose(page, mode):
    page.locator(f"[data-key=mode-{mode}]").press("Enter")
    page.wait_for_function(f"() => window.kaksik.state.mode === '{mode}'")


def test_all_buildings_of_a_city_are_drawn_and_one_is_picked(city):
    state = city.evaluate("() => window.kaksik.state.city")
    assert (state["count"], state["squares"] >= 2) == (COUNT, True)
    assert "1,500 of 1,500" in city.locator("#found").inner_text()
    city.locator("#search").fill("100000700")
    city.locator("button.card[data-row='700']").click()
    city.locator(".hover-card", has_text="Näidise tn 700").wait_for()
    city.wait_for_function("() => window.kaksik.screenPositionOf('#700')")
    place = city.evaluate("() => window.kaksik.screenPositionOf('#700')")
    assert city.evaluate("([x, y]) => window.kaksik.pickRow(x, y + 2)", [place["x"], place["y"]]) == 700
    city.locator("#search").fill("")


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("class", [188] * 4 + [187] * 4), ("permit", [500, 0, 0, 500, 500]), ("alarms", [0, 0, 0, COUNT])],
)
def test_every_class_of_a_city_is_counted_and_filters(city, mode, wanted):
    choose(city, mode)
    city.wait_for_function(f"() => document.querySelector('.legend-entry b').innerText === '{wanted[0]}'")
    assert [n for n in counts(city) if n] == [n for n in wanted if n]
    entry = city.locator(".legend-entry:enabled").first
    entry.press("Enter")
    city.wait_for_function(f"() => window.kaksik.state.shown === {max(wanted[0], 0) or COUNT}")
    city.locator(".legend-entry[aria-pressed=true]").press("Enter")


def test_the_measured_gap_is_told_where_both_needs_are_known(city):
    choose(city, "gap")
    city.wait_for_function("() => document.querySelectorAll('.legend-entry').length === 7")
    city.wait_for_function("() => document.querySelectorAll('.legend-entry:enabled').length > 3")
    assert sum(counts(city)) == COUNT


def test_a_table_is_joined_and_colours_by_its_numbers(city):
    rows = "".join(f"{100_000_000 + n};x;{n % 7}\n" for n in range(0, COUNT, 3))
    table = {"name": "radon.csv", "mimeType": "text/csv", "buffer": b"ehr_code;word;radon\n" + rows.encode()}
    city.locator("#table-file").set_input_files(table)
    city.locator(".legend h2", has_text="radon").wait_for()
    city.wait_for_function("() => document.querySelectorAll('.legend-entry:enabled').length === 4")
    assert (sum(counts(city)), counts(city)[-1]) == (COUNT, COUNT - len(range(0, COUNT, 3)))


def test_far_squares_are_roofs_and_near_ones_have_walls(city):
    city.locator("[data-key=city-whole]").press("Enter")
    city.wait_for_function("() => window.kaksik.state.city.walls === 0")
    city.locator("#search").fill("100000002")
    city.locator("button.card[data-row='2']").click()
    city.wait_for_function("() => window.kaksik.state.city.walls >= 1")
