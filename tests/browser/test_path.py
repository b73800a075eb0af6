"""What a person does on the first day: look, ask, check, compare, watch, verify, add a model."""

import io
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]
READY = "() => window.kaksik && window.kaksik.ready"
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
HOUSE, FLATS, OFFICE = "120900101", "120900102", "120900103"


@pytest.fixture(scope="module")
def truth(sample_district):
    return json.loads((sample_district / "truth.json").read_text())


def open_building(page, demo, building, more=""):
    page.goto(f"{demo.address}/?building={building}{more}")
    page.wait_for_function(COMPLETE)


def canvas_colours(page):
    """Return how many clearly different colours the picture shows."""
    image = Image.open(io.BytesIO(page.locator("#canvas").screenshot())).convert("RGB").resize((160, 90))
    return len(np.unique(np.asarray(image).reshape(-1, 3) // 24, axis=0))


def test_the_district_shows_every_building_and_opens_one(page, demo):
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    cards = page.locator("button.card[data-id]")
    assert cards.count() == 13
    page.get_by_placeholder("Name, address or EHR code").fill("kaseke")
    page.wait_for_function("() => document.querySelectorAll('button.card[data-id]:not([hidden])').length === 1")
    page.locator(f"button.card[data-id='{FLATS}']").click()
    page.wait_for_url(re.compile(rf"building={FLATS}"))
    page.wait_for_function(COMPLETE)
    assert page.get_by_role("heading", name="Kortermaja Kaseke").first.is_visible()


def test_the_legend_of_the_district_counts_permits(page, demo):
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    page.locator("[data-key=mode-permit]").click()
    page.wait_for_function("() => window.kaksik.state.mode === 'permit'")
    buildings = page.request.get(f"{demo.address}/api/v1/district").json()["buildings"]
    failed = sum(1 for building in buildings if building["permit"] and building["permit"]["fail"] > 0)
    assert failed >= 3  # flats, the house outside its area, the house that is too high
    assert page.locator(".legend-entry b").first.inner_text() == str(failed)
    assert "mode=permit" in page.url


def test_a_click_picks_an_element_and_shows_its_properties(page, demo, truth):
    open_building(page, demo, HOUSE, "&stage=as-designed")
    wall = truth["files"][f"models/{HOUSE}_as-designed.ifc"]["walls"][0]
    page.goto(f"{demo.address}/?building={HOUSE}&stage=as-designed&element={wall['global_id']}")
    page.wait_for_function(COMPLETE)
    page.wait_for_function(f"() => window.kaksik.state.selected[0] === '{wall['global_id']}'")
    panel = page.locator("[role=tabpanel]:visible")
    panel.get_by_text("Pset_WallCommon").first.wait_for()
    assert "AR_Sein" in panel.inner_text()
    box = page.locator("#canvas").bounding_box()
    picked = page.evaluate("async ([x, y]) => await window.kaksik.pick(x, y)", [box["width"] / 2, box["height"] / 2])
    assert picked


def test_a_storey_is_isolated_by_keyboard(page, demo):
    open_building(page, demo, FLATS)
    storeys = page.locator("[data-storey]")
    assert storeys.count() >= 6
    third = storeys.filter(has_text="3").first
    third.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.kaksik.state.storey")


def test_a_planted_violation_is_listed_shown_and_explained(page, demo, truth):
    open_building(page, demo, FLATS, "&tab=permit")
    result = page.locator(".result[data-check='r85.room-area']").first
    result.wait_for()
    assert "at least 8 m²" in result.inner_text()
    result.locator("button, summary, h3, h4").first.click()
    room = next(v for v in truth["violations"] if v["check"] == "room_area")["elements"][0]
    page.wait_for_function(f"() => JSON.stringify(window.kaksik.state).includes('{room}')")
    assert "7.5" in page.locator("[role=tabpanel]:visible").inner_text()


def test_the_energy_need_is_shown_without_a_class(page, demo):
    open_building(page, demo, HOUSE, "&tab=energy")
    panel = page.locator("[role=tabpanel]:visible")
    panel.get_by_text("No energy class can be given yet").wait_for()
    assert "kWh/m²" in panel.inner_text()
    assert panel.locator("svg").count() >= 1


def test_live_readings_arrive_in_the_page(page, demo):
    open_building(page, demo, OFFICE, "&tab=live")
    panel = page.locator("[role=tabpanel]:visible")
    panel.get_by_text("°C").first.wait_for()
    panel.get_by_text(re.compile(r"[1-9]\d* readings? received")).wait_for(timeout=90_000)
    assert canvas_colours(page) > 5


def test_two_stages_are_compared_in_words(page, demo):
    open_building(page, demo, HOUSE, "&tab=history&stage=as-built")
    page.locator("#compare").wait_for()
    page.get_by_role("button", name="Show changes").click()
    page.get_by_text(re.compile(r"moved by 1\.000 m")).first.wait_for()


def test_the_seal_is_shown_downloaded_and_verified_offline(page, demo, tmp_path, sample_district):
    open_building(page, demo, HOUSE, "&tab=history&stage=as-designed")
    page.get_by_text("Sealed and valid").first.wait_for()
    with page.expect_download() as started:
        page.get_by_text("Download the offline bundle").click()
    bundle = tmp_path / "house.kaksik-seal"
    started.value.save_as(bundle)
    model = sample_district / "models" / f"{HOUSE}_as-designed.ifc"
    command = [sys.executable, "-c", "from api.cli import main; main()", "verify", str(bundle), "--ifc", str(model)]
    empty = {**os.environ, "KAKSIK_HOME": str(tmp_path / "nothing")}
    good = subprocess.run([*command, "--json"], env=empty, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["verdict"] == "valid"
    assert not (tmp_path / "nothing").exists()
    bundle.write_bytes(bundle.read_bytes().replace(b"as-designed", b"as-desigmed", 1))
    assert subprocess.run(command, env=empty, capture_output=True, check=False).returncode == 1


def test_a_question_is_asked_and_its_answer_leads_to_the_element(page, demo):
    open_building(page, demo, OFFICE, "&tab=ask&stage=as-designed")
    form = page.locator("form.ask")
    form.locator("select").first.select_option(label="Which rooms are the largest?")
    page.get_by_role("button", name="Ask", exact=True).click()
    table = page.locator("[role=tabpanel]:visible table")
    table.locator("tbody button, tbody a").first.click()
    page.wait_for_function("() => window.kaksik.state.selected.length === 1")
    form.locator("select").first.select_option(label="Which parts has this element?")
    table.wait_for(state="detached")  # an answer stands under its own question only
    page.locator("#param-element").fill("")
    page.locator("#tree-search").fill("204")
    page.locator(".found button").first.click()
    selected = page.evaluate("() => window.kaksik.state.selected")
    assert [page.locator("#param-element").input_value()] == selected


def test_a_model_is_added_in_the_browser(page, demo, sample_district):
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    page.locator("#add-model").click()
    page.locator("#up-file").set_input_files(str(sample_district / "models" / "120900201_as-designed.ifc"))
    page.locator("dialog.upload input[value='as-built']").check(force=True)
    page.locator("dialog.upload button[type=submit]").click()
    page.wait_for_url(re.compile(r"building=120900201"), timeout=60_000)
    page.wait_for_function(COMPLETE)
    assert "as-built" in page.url


@pytest.mark.expected_fault(r"415|422")
def test_a_file_that_is_no_model_is_explained(page, demo, tmp_path):
    bad = tmp_path / "notes.ifc"
    bad.write_text("Dear architect, the model follows tomorrow.")
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    page.locator("#add-model").click()
    page.locator("#up-file").set_input_files(str(bad))
    page.locator("dialog.upload button[type=submit]").click()
    outcome = page.locator("dialog.upload .outcome")
    outcome.get_by_text("STEP").first.wait_for()


@pytest.mark.parametrize(("code", "word"), [("et", "Piirkond"), ("fr", "Quartier")])
def test_the_viewer_speaks_three_languages(page, demo, code, word):
    page.goto(demo.address + "/")
    page.wait_for_function(READY)
    page.locator(f"#languages button[lang={code}]").click()
    page.get_by_role("heading", name=word).first.wait_for()
    assert page.locator("html").get_attribute("lang") == code


def test_a_building_without_a_place_is_listed_and_opens(browser, own_demo, models_dir):
    address = own_demo(models_dir / "duplex_arch_2x3.ifc")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(address + "/")
    page.get_by_text("No building has a place on the map yet").wait_for()
    page.locator("button.card[data-id]").click()
    page.wait_for_function(COMPLETE)
    assert page.get_by_role("heading", name="Duplex Apartment").first.is_visible()
    page.close()
