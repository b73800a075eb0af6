"""Measuring, section planes, plan, walk, storeys apart, and addresses that bring a view back."""

import io

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
STATE = "() => { const { legend, ...state } = window.kaksik.state; return state; }"
HOUSE, FLATS = "120900101", "120900102"


def open_building(page, demo, query):
    page.goto(f"{demo.address}/?{query}")
    page.wait_for_function(COMPLETE)


def state(page):
    return page.evaluate(STATE)


def drawn_share(page):
    """Return the share of the canvas that the building covers: what is darker than the sky and the floor."""
    image = Image.open(io.BytesIO(page.locator("#canvas").screenshot())).convert("L")
    return float((np.asarray(image) < 150).mean())


def wait_frames(page):
    page.evaluate("() => new Promise((done) => setTimeout(done, 500))")


def test_a_distance_and_an_area_are_measured_by_keyboard(page, demo):
    open_building(page, demo, f"building={HOUSE}&stage=as-designed")
    page.keyboard.press("m")
    page.locator("#canvas").focus()
    page.keyboard.press("Enter")
    page.get_by_text("First point taken").wait_for(state="attached")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.kaksik.state.marks.length === 1")
    page.locator("[data-key=measure-area]").press("Enter")
    page.locator("#canvas").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.kaksik.state.marks.length === 2")
    distance, area = state(page)["marks"]
    assert distance["kind"] == "distance"
    assert 0.05 < distance["value"] < 20
    assert area["value"] == pytest.approx(73.25, abs=0.2)  # half of the gable roof: 12.1 m eaves times 6.05 m slope
    assert "73.2" in page.locator(".marks").inner_text()
    page.locator("[data-key=mark-0]").press("Enter")
    page.wait_for_function("() => window.kaksik.state.marks.length === 1")
    page.keyboard.press("Escape")
    assert state(page)["measuring"] is None


def test_a_section_plane_takes_half_and_shows_caps(page, demo):
    open_building(page, demo, f"building={FLATS}")
    whole = drawn_share(page)
    page.keyboard.press("x")
    page.locator("[data-key=cut-x-on]").press("Enter")
    page.locator("[data-key=cut-x-flip]").press("Enter")
    page.locator("[data-key=cut-y-on]").press("Enter")
    wait_frames(page)
    assert state(page)["cuts"] == [
        {"axis": "x", "at": 13.5, "keep": "above"},
        {"axis": "y", "at": 7, "keep": "below"},
    ]
    assert drawn_share(page) < whole * 0.8
    slider = page.locator("#cut-x")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["cuts"][0]["at"] > 13.5
    assert slider.evaluate("(e) => document.activeElement === e")  # the slider outlives the redraw


def test_a_plan_is_cut_over_the_floor_and_cannot_be_turned(page, demo):
    open_building(page, demo, f"building={FLATS}")
    page.keyboard.press("p")
    page.wait_for_function("() => window.kaksik.state.plan && window.kaksik.state.clip === 1.2")
    above = state(page)["eye"]
    page.locator("#canvas").focus()
    page.keyboard.press("ArrowLeft")
    moved = state(page)["eye"]
    assert moved[2] == pytest.approx(above[2])
    assert moved[0] < above[0]
    page.locator("[data-storey]").filter(has_text="3").first.press("Enter")
    page.wait_for_function("() => Math.abs(window.kaksik.state.clip - 7.2) < 1e-6")
    page.keyboard.press("p")
    page.wait_for_function("() => !window.kaksik.state.plan && window.kaksik.state.clip === null")


def test_walking_keeps_the_eyes_over_the_floor(page, demo):
    open_building(page, demo, f"building={FLATS}")
    page.keyboard.press("w")
    page.wait_for_function("() => Math.abs(window.kaksik.state.eye[2] - 1.6) < 0.02")  # the floor is found
    start = state(page)["eye"]
    for key in ("w", "w", "d"):
        page.keyboard.press(key)
    end = state(page)["eye"]
    assert end[2] == pytest.approx(1.6, abs=0.05)
    ahead = [end[0] - start[0], end[1] - start[1]]  # along the longer side of the room: to the north or the east
    assert (ahead[1] >= 0.55 and ahead[0] >= 0.25) or (ahead[0] >= 0.55 and ahead[1] <= -0.25)
    page.keyboard.press("Escape")
    assert state(page)["walking"] is False


def test_storeys_apart_stand_higher(page, demo):
    open_building(page, demo, f"building={FLATS}")
    before = state(page)["eye"]
    page.keyboard.press("e")
    page.wait_for_function("() => window.kaksik.state.exploded")
    assert state(page)["eye"][2] > before[2] + 5  # farther, so that all of it is in the picture
    page.keyboard.press("e")
    assert state(page)["exploded"] is False


@pytest.mark.parametrize("look", ["", "&look=plan", "&look=exploded", "&look=walk"])
def test_an_address_brings_the_view_back(page, demo, look):
    open_building(page, demo, f"building={FLATS}&stage=as-designed{look}")
    page.locator("#canvas").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("x")
    page.locator("[data-key=cut-y-on]").press("Enter")
    page.wait_for_function("() => location.search.includes('eye=') && location.search.includes('cut=')")
    wait_frames(page)
    kept = ("eye", "cuts", "clip", "storey", "exploded", "plan", "walking", "stage")
    before, address = state(page), page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function(COMPLETE)
    after = state(page)
    assert {k: after[k] for k in kept[1:]} == {k: before[k] for k in kept[1:]}
    assert after["eye"] == pytest.approx(before["eye"], abs=0.06)


def test_an_isolated_element_is_alone_again_after_its_address_is_opened(page, demo):
    open_building(page, demo, f"building={FLATS}&stage=as-designed&tab=model")
    page.locator("#tree-search").fill("IfcStair")
    page.locator(".found button").first.click()
    page.wait_for_function("() => window.kaksik.state.selected.length > 0")
    page.keyboard.press("i")
    page.wait_for_function("() => location.search.includes('only=')")
    alone, address = state(page)["isolated"], page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function(COMPLETE)
    assert state(page)["isolated"] == alone > 0


def test_a_relation_of_the_graph_leads_to_the_next_element(page, demo):
    open_building(page, demo, "building=120900103&stage=as-designed")
    page.locator("#tree-search").fill("IfcDoor")
    page.locator(".found button").first.click()
    page.wait_for_function("() => window.kaksik.state.selected.length === 1")
    first = state(page)["selected"][0]
    panel = page.locator("[role=tabpanel]:visible")
    panel.locator(".relations").wait_for()
    assert "fills" in panel.locator(".relations").inner_text()
    panel.locator(".relations li", has_text="located in").locator("button, a").first.click()
    page.wait_for_function(f"() => window.kaksik.state.selected[0] !== '{first}'")


def test_what_is_chosen_stands_among_ghosts(page, demo):
    open_building(page, demo, f"building={FLATS}&stage=as-designed&tab=model")
    page.locator("#tree-search").fill("IfcStair")
    page.locator(".found button").first.click()
    page.wait_for_function("() => window.kaksik.state.selected.length > 0")
    page.keyboard.press("g")
    page.wait_for_function("() => window.kaksik.state.counts.ghosts > 100")
    assert state(page)["counts"]["hidden"] == 120  # the volumes of rooms would only be fog
    page.keyboard.press("w")
    page.wait_for_function("() => window.kaksik.state.counts.ghosts === 0")  # nobody walks among ghosts


def test_a_system_in_the_tree_selects_its_members(page, demo):
    asked = page.request.get(f"{demo.address}/api/v1/buildings/120900103/versions/as-designed/latest/tree").json()
    system = next(group for group in asked["groups"] if group["ifc_class"] == "IfcDistributionSystem")
    members = {one for found in system["elements"].values() for one in found}
    open_building(page, demo, "building=120900103&stage=as-designed")
    page.locator(f"[data-node='{asked['global_id']}/systems'] [data-twist]").click()
    page.locator(f"[data-node='system/{system['global_id']}'] .tree-label").click()
    page.wait_for_function("() => window.kaksik.state.selected.length > 0")
    assert set(state(page)["selected"]) == members
