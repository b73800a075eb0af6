"""What the panels of a building do: stages, permits, energy, readings, alarms."""

import re
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
HOUSE, FLATS, OFFICE = "120900101", "120900102", "120900103"
SMALL_HOUSE = "120900200"


def open_tab(page, demo, query):
    page.goto(f"{demo.address}/?{query}")
    page.wait_for_function(COMPLETE)
    page.wait_for_function("() => !document.querySelector('.tab-panel > .skeleton')")


def test_a_slider_walks_through_the_stages_by_keyboard(page, demo):
    open_tab(page, demo, f"building={HOUSE}&stage=as-designed&tab=history")
    slider = page.locator("#version-slider")
    slider.focus()
    for stage in ("as-built", "as-maintained"):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"() => window.kaksik.state.stage === '{stage}' && window.kaksik.state.complete")
        page.wait_for_function("() => document.activeElement.id === 'version-slider'")
    assert "As maintained v1" in slider.get_attribute("aria-valuetext")
    page.get_by_text("Sealed and valid").first.wait_for()
    page.locator(".seal summary").first.click()
    numbers = page.locator(".steps li").evaluate_all("(items) => items.map((item) => item.value)")
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 10


def test_an_officer_accepts_a_change_that_was_still_open(page, demo):
    open_tab(page, demo, f"building={OFFICE}&stage=as-built&tab=history&from=as-designed/1")
    tick = page.locator(".change[data-accepted=false] input[type=checkbox]").first
    tick.wait_for()
    wanted = tick.get_attribute("data-tick")
    colours = dict(page.evaluate("() => window.kaksik.state.legend.map((e) => [e.key, e.colour])"))
    assert colours == {"changed": 0xE69F00, "added": 0x1B8A6B, "removed": 0xC8321A} or len(colours) == 2
    tick.check()
    page.locator("summary", has_text="Accept deviations").click()
    page.locator("#accept-role").select_option("owner-supervision")
    page.locator("#accept-reason").fill("Seen on the site")
    page.get_by_role("button", name="Accept and sign").click()
    page.locator(f".change[data-gid='{wanted}'][data-accepted=true]", has_text="Seen on the site").wait_for()
    document = page.locator(".deviation[data-role='owner-supervision']").first
    assert "the signature holds" in document.inner_text()


@pytest.mark.expected_fault("409")
def test_an_application_from_draft_to_grant_with_two_submissions_compared(page, demo):
    open_tab(page, demo, f"building={HOUSE}&stage=as-designed&tab=permit")
    page.locator(".application-fold").evaluate("(part) => { part.open = true; }")
    page.locator("#open-application").click()
    part = page.locator(".application[open]")
    for submission in (1, 2):
        part.locator("[data-act=submit]").click()
        page.locator(".application[open][data-state=submitted]").wait_for(timeout=90_000)
        part.get_by_label("Message").fill("Please look again" if submission == 1 else "")
        act = "request_revision" if submission == 1 else "review"
        part.locator(f"[data-act={act}]").click()
        page.locator(
            f".application[data-state={'revision_requested' if submission == 1 else 'in_review'}]"
        ).wait_for()
    part.locator(".submission .result-head").first.click()
    part.locator("[data-form=justify] textarea").fill("An equal solution is shown in the fire report")
    part.locator("[data-form=justify] button").click()
    part.locator(".said", has_text="An equal solution is shown in the fire report").wait_for()
    part.locator("[data-form=rule] textarea").fill("It holds")
    part.locator("[data-form=rule] button").click()
    part.locator(".badge.ruling-accepted").first.wait_for()
    compare_submissions(part)
    grant(page, demo, part)


def compare_submissions(part):
    part.locator("summary", has_text="Before and after").click()
    part.locator("[data-act=difference]").click()
    still = part.locator(".before-after summary", has_text="Still open")
    still.wait_for()
    assert int(still.locator(".badge").inner_text()) >= 1
    assert [part.locator(".before-after summary").nth(i).locator(".badge").inner_text() for i in (0, 2)] == ["0", "0"]


def grant(page, demo, part):
    """Grant; what is not ruled on stands in the way first."""
    part.locator("[data-act=grant]").click()
    assert "wait for a ruling" in page.locator(".application-fold [role=alert]").inner_text()
    application = f"{demo.address}/api/v1/applications/{part.get_attribute('data-application')}"
    for finding in page.request.get(f"{application}/submissions/2/findings").json()["results"]:
        if finding["verdict"] in ("fail", "data_missing", "needs_human") and not finding["rulings"]:
            ruling = {"text": "Seen", "ruling": "accepted"}
            page.request.put(f"{application}/findings/{finding['finding_id']}/ruling", data=ruling)
    part.locator("[data-act=grant]").click()
    assert "Granted" in page.locator(".decision-granted").inner_text()


@pytest.mark.expected_fault("409|422")
def test_a_permit_is_refused_with_reasons_only(page, demo):
    made = page.request.post(f"{demo.address}/api/v1/applications", data={"building_id": SMALL_HOUSE}).json()
    path = f"{demo.address}/api/v1/applications/{made['application_id']}"
    sent = page.request.post(f"{path}/submissions", data={"version": "as-designed/1", "design_stage": "EP"})
    for _ in range(300):
        if page.request.get(f"{demo.address}/api/v1/jobs/{sent.json()['job_id']}").json()["status"] == "done":
            break
        page.wait_for_timeout(200)
    page.request.post(f"{path}/acts", data={"act": "review", "message": ""})
    open_tab(page, demo, f"building={SMALL_HOUSE}&stage=as-designed&tab=permit")
    part = page.locator(f".application[data-application='{made['application_id']}']")
    part.locator("[data-act=refuse]").click()
    refused = page.locator(".application-fold [role=alert]")
    assert "give its reasons" in refused.inner_text()
    assert 0 < refused.bounding_box()["y"] < page.viewport_size["height"] - 40  # seen without scrolling
    part.get_by_label("Message").fill("The stair is too narrow")
    part.locator("[data-act=refuse]").click()
    assert "The stair is too narrow" in part.locator(".decision-refused").inner_text()


def test_a_remark_goes_out_as_bcf_and_brings_the_camera_back(page, demo, tmp_path):
    open_tab(page, demo, f"building={FLATS}&stage=as-designed&tab=permit")
    result = page.locator(".findings .result[data-check='r85.room-area'] .result-head").first
    result.click()
    page.wait_for_function("() => window.kaksik.state.overlay >= 0 && window.kaksik.state.selected.length === 1")
    page.wait_for_timeout(900)  # until the flight has ended
    looked = page.evaluate("() => [window.kaksik.state.eye, window.kaksik.state.selected]")
    page.locator("summary", has_text="Remarks (BCF)").click()
    file = save_remark(page, "This room is too small", tmp_path / "remark.bcf")
    page.locator("#canvas").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    page.locator("#bcf-file").focus()
    assert page.evaluate("() => document.scrollingElement.scrollTop") == 0  # the page stays where it is
    page.locator("#bcf-file").set_input_files(str(file))
    topic = page.locator(".topic", has_text="This room is too small")
    topic.locator("[data-view]").click()
    page.wait_for_function(f"() => window.kaksik.state.selected[0] === '{looked[1][0]}'")
    assert page.evaluate("() => window.kaksik.state.eye") == pytest.approx(looked[0], abs=0.1)
    assert page.evaluate("() => window.kaksik.state.isolated") == 1  # the walls before it are ghosts again
    assert topic.locator("img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 300
    shows_a_plan_again(page, tmp_path / "plan.bcf")


def save_remark(page, title, file):
    page.locator("#remark-title").fill(title)
    with page.expect_download() as started:
        page.get_by_role("button", name="Save as BCF").click()
    started.value.save_as(file)
    return file


def shows_a_plan_again(page, file):
    looked = "() => { const { plan, storey, clip } = window.kaksik.state; return [plan, storey, clip]; }"
    page.locator("[data-storey]").nth(2).click()
    page.locator("#canvas").press("p")
    page.wait_for_function("() => window.kaksik.state.plan")
    before = page.evaluate(looked)
    save_remark(page, "The plan of this storey", file)
    page.locator("#canvas").press("p")
    page.locator("#bcf-file").set_input_files(str(file))
    page.locator(".topic", has_text="The plan of this storey").locator("[data-view]").click()
    page.wait_for_function("() => window.kaksik.state.plan")
    assert page.evaluate(looked) == before


def test_heat_flows_and_measures_are_tried(page, demo):
    open_tab(page, demo, f"building={HOUSE}&stage=as-designed&tab=energy")
    rows = page.locator(".flows tbody").all_inner_texts()
    gains, losses = (int(re.search(r": ([\d,]+) kWh", text)[1].replace(",", "")) for text in rows)
    assert gains > 1000
    assert gains == pytest.approx(losses, rel=0.001)
    assert page.locator(".sankey [data-flow]").count() >= 5
    page.locator("summary", has_text="What if").click()
    page.locator("[data-package=deep]").click()
    saved = page.locator(".saved")
    saved.wait_for()
    assert 5 < float(saved.get_attribute("data-share")) < 95
    now = page.locator(".bar-before .bar").evaluate("(b) => b.firstChild.offsetWidth / b.offsetWidth")
    assert now == pytest.approx(1, abs=0.01)  # the larger need fills its bar
    page.locator("#measure-wall_u_w_m2k").fill("0.01")
    page.get_by_role("button", name="Calculate").click()
    assert page.locator("#measure-wall_u_w_m2k").evaluate("(input) => input.validity.rangeUnderflow")
    assert page.locator(".registered").inner_text().startswith("A")


def test_a_meter_is_compared_with_the_model(page, demo):
    start = datetime(2026, 1, 10, tzinfo=UTC)  # a counter that rises by 10 kWh an hour, long before the demo's own
    rows = [(start + timedelta(hours=hour), 5_000 + 10 * hour) for hour in range(24 * 20)]
    items = [{"t": moment.isoformat(), "v": value, "u": "kW.h"} for moment, value in rows]
    sent = [{"topic": f"kaksik/v1/{OFFICE}/meter-heat/obs", "payload": items[i : i + 240]} for i in (0, 240)]
    answer = page.request.post(f"{demo.address}/api/v1/readings", data=sent)
    assert answer.json()["stored"] == len(items), answer.text()
    open_tab(page, demo, f"building={OFFICE}&stage=as-maintained&tab=energy")
    page.locator("summary", has_text="Measured against calculated").click()
    page.locator("#measured-from").fill("2026-01-11")
    page.locator("#measured-to").fill("2026-01-29")
    page.get_by_role("button", name="Compare", exact=True).click()
    measured, calculated = (page.locator(f".measured .bar-{name}") for name in ("value", "calculated"))
    measured.wait_for()
    assert float(measured.get_attribute("data-kwh")) == pytest.approx(240 * 18, rel=0.06)
    assert float(calculated.get_attribute("data-kwh")) > 1000
    assert "days are known" in page.locator(".measured").inner_text()
    few = [{"t": f"2025-03-01T{hour}:00:00Z", "v": hour, "u": "kW.h"} for hour in (10, 11)]  # no whole day
    topic = f"kaksik/v1/{OFFICE}/meter-electricity/obs"
    page.request.post(f"{demo.address}/api/v1/readings", data=[{"topic": topic, "payload": few}])
    page.locator("#measured-meter").select_option("meter-electricity")
    page.locator("#measured-from").fill("2025-03-01")
    page.locator("#measured-to").fill("2025-03-03")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("The meter gave no readings for these days").wait_for()
    assert page.locator(".measured .bar-value").count() == 0


def test_rooms_are_coloured_on_the_floor_map_now_and_in_the_past(page, demo):
    open_tab(page, demo, f"building={OFFICE}&tab=live")
    page.locator("#heat-storey").select_option(label="2")
    room = page.locator(".room[data-gid]", has_text="204")
    room.wait_for()
    assert re.match(r"204 [\d.]+ °C, Kabinet", room.get_attribute("aria-label"))
    assert room.get_attribute("data-colour") != "#ffffff"
    slider = page.locator("#heat-time")
    slider.focus()
    with page.expect_response(lambda answer: "/state?at=" in answer.url):
        page.keyboard.press("PageDown")
    page.wait_for_function("() => !document.querySelector('.heat output').textContent.startsWith('Now')")
    room.focus()
    page.keyboard.press("Enter")
    page.locator(".room-card h3", has_text="204").wait_for()


def test_what_is_stale_is_seen_to_be_stale(page, demo):
    known = page.request.get(f"{demo.address}/api/v1/buildings").json()["items"]
    building = next(
        b["building_id"] for b in known if b["silent"]
    )  # the demo always has a sensor that is silent by day
    answer = page.request.get(f"{demo.address}/api/v1/buildings/{building}/state").json()["items"]
    old = next(item for item in answer if item["stale"] and item["value"] is not None)
    open_tab(page, demo, f"building={building}&tab=live")
    page.locator("#live-kind").select_option(old["quantity_kind"])
    row = page.locator(f"tr.stale[data-point='{old['point_id']}']")
    row.wait_for()
    assert "stale" in row.inner_text()
    assert "line-through" in row.locator("b").evaluate("(b) => getComputedStyle(b).textDecorationLine")
    entry = page.locator(".legend-entry", has_text="Stale reading")
    assert int(entry.locator("b").inner_text()) >= 1


def test_an_alarm_is_seen_assigned_and_leads_to_its_room(page, demo):
    rule = {
        "building_id": OFFICE, "kind": "threshold", "severity": "high", "title": "Test of the limit",
        "points": ["204-temp"], "above": -40.0, "hysteresis": 0.1, "delay_s": 0,
    }  # fmt: skip
    answer = page.request.put(f"{demo.address}/api/v1/alarm-rules/test-limit", data=rule)
    assert answer.ok, answer.text()
    open_tab(page, demo, f"building={OFFICE}&tab=live")
    alarm = page.locator(".alarm-item", has_text="Test of the limit").first
    alarm.wait_for()
    alarm.locator("[data-ack]").press("Enter")
    alarm.get_by_text("Seen by local").wait_for()
    alarm.locator(".alarm-head").press("Enter")
    alarm.get_by_label("Who sees to it").fill("Mari Meister")
    alarm.get_by_role("button", name="Assign").press("Enter")
    alarm.get_by_text("with Mari Meister").wait_for()
    alarm.get_by_role("button", name="Show where").press("Enter")
    page.wait_for_function("() => window.kaksik.state.selected.length === 1")
    page.locator(".room-card h3", has_text="204").wait_for()
    page.request.delete(f"{demo.address}/api/v1/alarm-rules/test-limit")


@pytest.mark.expected_fault(r"409|403")
def test_a_set_point_is_proposed_and_the_answer_is_said(page, demo):
    open_tab(page, demo, f"building={OFFICE}&tab=live")
    page.locator("summary", has_text="Change a set-point").press("Enter")
    page.locator("#command-value").fill("19")
    page.locator("#command-reason").fill("Rooms upstairs are too warm")
    page.get_by_role("button", name="Propose").press("Enter")
    refused = page.locator(".command [role=alert]")
    refused.wait_for()  # the demo lets nobody command
    assert "Commands are switched off" in refused.inner_text()
