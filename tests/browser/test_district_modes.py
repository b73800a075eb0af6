"""Colours of the district, its legend as a filter, search by GlobalId, and neighbours around an open building."""

import io

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFFICE = "120900103"
READY = "() => window.kaksik && window.kaksik.ready"


def test_legends_count_all_and_filter_and_any_number_can_be_the_colour(page, demo):
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    for mode in ("class", "age", "alarms"):
        page.locator(f"[data-key=mode-{mode}]").press("Enter")
        page.wait_for_function(f"() => window.kaksik.state.mode === '{mode}'")
        counts = [int(text) for text in page.locator(".legend-entry b").all_inner_texts()]
        assert sum(counts) == 13
        entry = page.locator(".legend-entry:enabled").first
        count = int(entry.locator("b").inner_text())
        entry.press("Enter")
        page.wait_for_function(f"() => window.kaksik.state.shown === {count}")
        assert f"mode={mode}" in page.url
        named = "[...document.querySelectorAll('#labels .label')].filter((l) => l.style.visibility === 'visible')"
        page.wait_for_function(f"() => {{ const n = {named}.length; return n > 0 && n <= {count}; }}")
    page.get_by_label("Number…").select_option("n:height_m")
    page.wait_for_function("() => window.kaksik.state.mode === 'n:height_m'")
    assert "Height, m" in page.locator(".legend h2").inner_text()
    assert sum(int(text) for text in page.locator(".legend-entry b").all_inner_texts()) == 13


def test_a_globalid_leads_to_its_element_from_the_district(page, demo):
    items = (
        f"{demo.address}/api/v1/buildings/120900103/versions/as-maintained/latest/elements?ifc_class=IfcDoor&limit=1"
    )
    wanted = page.request.get(items).json()["items"][0]["global_id"]
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    page.locator("#search").fill(wanted)
    page.locator("#search").press("Enter")
    page.wait_for_function(f"() => window.kaksik.state.selected?.[0] === '{wanted}'")
    assert "building=120900103" in page.url


def test_neighbours_stand_around_an_open_building(page, demo):
    page.goto(f"{demo.address}/?building=120900101")
    page.wait_for_function("() => window.kaksik && window.kaksik.state.complete")
    page.keyboard.press("n")
    page.wait_for_function("() => window.kaksik.state.neighbours >= 3")
    page.keyboard.press("n")
    page.wait_for_function("() => window.kaksik.state.neighbours === 0")


def test_parcels_and_plan_areas_are_the_ground_and_heights_are_eh2000(page, demo):
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    page.wait_for_function("() => window.kaksik.state.shownAt > 0")
    page.evaluate("() => window.kaksik.drawn()")
    picture = np.asarray(Image.open(io.BytesIO(page.locator("#canvas").screenshot())).convert("RGB")).astype(int)
    floor, parcel, plan = (236, 238, 230), (226, 232, 220), (138, 111, 192)
    planned = [
        tuple(0.87 * low + 0.13 * high for low, high in zip(below, plan, strict=True)) for below in (floor, parcel)
    ]
    shares = [(np.abs(picture - colour).max(axis=2) <= 2).mean() for colour in (floor, parcel, *planned)]
    assert shares[0] > 0.01
    assert shares[1] > 0.005
    assert shares[2] + shares[3] > 0.003  # small beside the floor of the whole district
    known = page.request.get(f"{demo.address}/api/v1/buildings/{OFFICE}").json()
    spot = page.evaluate(f"() => window.kaksik.state.screenPositionOf('{OFFICE}')")
    page.mouse.move(spot["x"], spot["y"] + 12)  # and rests there
    card = page.locator(".hover-card")
    card.get_by_text(known["name"]).wait_for()
    height = card.locator("dt", has_text="Ground height (EH2000), m").locator("+ dd").inner_text()
    assert float(height) == pytest.approx(known["ground_m"], abs=0.05)
