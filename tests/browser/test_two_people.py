"""A set-point is changed by two people, each of them signed in with a token of their own."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
OFFICE = "120900103"


def set_points_of(context, demo, token):
    """Sign in as a person does, and open the part of the panel with the set-points."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{demo.address}/?building={OFFICE}&tab=live")
    page.locator("#token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_function(COMPLETE)
    page.locator("summary", has_text="Change a set-point").click()
    return page


def test_one_proposes_and_another_confirms(browser, guarded_demo, tokens):
    both = [browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB") for _ in tokens]
    mari, jaan = (
        set_points_of(context, guarded_demo, token) for context, token in zip(both, tokens.values(), strict=True)
    )
    mari.reload()
    mari.wait_for_function(COMPLETE)
    mari.locator("summary", has_text="Change a set-point").click()
    mari.locator("#command-value").fill("20.5")
    mari.locator("#command-reason").fill("Rooms upstairs are too cold")
    mari.get_by_role("button", name="Propose").click()
    own = mari.locator("[data-command][data-status=proposed]")
    own.locator("[data-act=confirm]").click()
    refused = mari.locator(".command [role=alert]")
    refused.wait_for()
    assert "Who proposed a command may not confirm it." in refused.inner_text()
    proposed = jaan.locator("[data-command][data-status=proposed]")
    proposed.wait_for()
    assert "mari: Rooms upstairs are too cold" in proposed.inner_text()
    proposed.locator("[data-act=confirm]").click()
    answer = jaan.locator("[data-command]").first
    jaan.wait_for_function("() => !document.querySelector('[data-command]').matches('[data-status=proposed]')")
    assert answer.get_attribute("data-status") in ("confirmed", "sent", "obeyed")
    told = jaan.request.get(f"{guarded_demo.address}/api/v1/buildings/{OFFICE}/commands").json()["items"][0]
    assert (told["proposed_by"], told["confirmed_by"], told["value"]) == ("mari", "jaan", 20.5)
    for context in both:
        context.close()
