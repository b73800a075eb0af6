"""Tasks that people named, done as a new user would; clicks and seconds are written beside the screenshots."""

import json
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = Path(__file__).parent / "shots"
COMPLETE = "() => window.kaksik && window.kaksik.ready && window.kaksik.state.complete !== false"
HOUSE, FLATS, OFFICE = "120900101", "120900102", "120900103"


class Person:
    """Somebody who clicks, types and chooses, and is counted.

    Args:
        page: What they look at.
        address: Where they begin.
    """

    def __init__(self, page, address):
        self.page = page
        self.clicks = self.words = 0
        page.goto(address + "/")
        page.wait_for_function(COMPLETE)
        self._start = time.monotonic()

    def click(self, what):
        self.page.locator(what).first.click()
        self.clicks += 1

    def type(self, where, text):
        self.click(where)
        self.page.locator(where).first.press_sequentially(text)
        self.words += 1

    def choose(self, where, label):
        self.page.locator(where).select_option(label=label)
        self.clicks += 2  # one opens the list, one chooses

    def done(self, task, answer):
        """Write down what it took, and return the number of clicks."""
        SHOTS.mkdir(exist_ok=True)
        file = SHOTS / "tasks.json"
        known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        seconds = round(time.monotonic() - self._start, 1)
        known[task] = {"clicks": self.clicks, "typed": self.words, "seconds": seconds, "answer": answer}
        file.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return self.clicks


@pytest.fixture
def person(page, demo):
    return Person(page, demo.address)


def test_which_buildings_on_this_street_are_class_e_or_worse(person, page):
    person.type("#search", "näidise")
    person.click("[data-key=mode-class]")
    found = {}
    for letter in ("E", "F", "G"):
        cards = page.locator("button.card[data-id]:visible").filter(has=page.locator(f"[data-class={letter}]"))
        assert page.locator(f".legend-entry[data-key={letter}] b").inner_text() == str(cards.count())
        found[letter] = sorted(text.partition(",")[0] for text in cards.locator(".card-sub").all_inner_texts())
    assert found == {
        "E": ["Näidise tänav 3", "Näidise tänav 4"],
        "F": ["Näidise tänav 1", "Näidise tänav 9"],
        "G": ["Näidise tänav 7"],
    }
    assert person.done("which buildings on this street are class E or worse", found) <= 2


def test_why_this_permit_was_refused(person, page):
    person.click(f"button.card[data-id='{FLATS}']")
    page.wait_for_function(COMPLETE)
    person.click("#tab-permit")
    decision = page.locator(".decision-refused")
    decision.wait_for()
    upheld = page.locator(".result:has(.ruling-upheld)")
    upheld.first.wait_for()
    assert upheld.count() >= 3
    person.click(".result:has(.ruling-upheld) .result-head")
    page.wait_for_function("() => window.kaksik.state.selected.length > 0")
    body = page.locator(".result.open .result-body").inner_text()
    assert "Clause:" in body
    assert "Limit" in body
    assert "What the officer decided" in body
    assert person.done("why was this permit refused", decision.inner_text()) <= 3


def test_whether_room_204_is_too_warm_now_and_was_last_night(person, page):
    person.click(f"button.card[data-id='{OFFICE}']")
    page.wait_for_function(COMPLETE)
    person.click("#tab-live")
    page.locator(".live-status").wait_for()
    person.type("#tree-search", "204")
    person.click(".found button:has-text('204'):has-text('Space')")
    room = page.locator(".room-card")
    warm = room.locator("li", has_text="Temperature").first
    warm.wait_for()
    now = page.request.get(page.url.partition("?")[0] + f"api/v1/buildings/{OFFICE}/state").json()["items"]
    item = next(i for i in now if i["point_id"] == "204-temp")
    wanted = (
        "high" if item["value"] > item["usual"]["high"] else "low" if item["value"] < item["usual"]["low"] else "in"
    )
    assert warm.get_attribute("data-judged") == wanted
    night = page.locator(".night")
    night.wait_for()
    assert "Last night" in night.inner_text()
    assert 5 < float(night.get_attribute("data-high")) < 45
    answer = [warm.inner_text().replace("\n", " "), night.inner_text()]
    assert person.done("is room 204 too warm now, and was it last night", answer) <= 4


def test_what_changed_on_the_second_storey_and_who_accepted_it(person, page):
    person.click(f"button.card[data-id='{HOUSE}']")
    page.wait_for_function(COMPLETE)
    person.click("#tab-history")
    person.click(".version:has-text('As built')")
    page.wait_for_function("() => window.kaksik.state.stage === 'as-built'")
    page.wait_for_function(COMPLETE)
    person.click("#compare")
    page.locator("#diff-storey").wait_for()
    person.choose("#diff-storey", "Storey 2")
    changes = page.locator(".change")
    accepted, still_open = (page.locator(f".change[data-accepted={word}]") for word in ("true", "false"))
    assert accepted.count() == 3
    assert changes.count() == accepted.count() + still_open.count()
    first = accepted.first.inner_text()
    for word in ("Otto Ametnik", "municipality", "Judged on the spot"):
        assert word in first
    assert "REI15" in still_open.first.inner_text()  # nobody has accepted the weaker wall
    answer = [text.partition("\n")[0] for text in changes.all_inner_texts()]
    assert person.done("what changed on the second storey, and who accepted it", answer) <= 6
