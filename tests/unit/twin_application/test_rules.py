"""What may be done to an application, in which order, by whom."""

import pytest

from twin.application import AFTER, Act, Ruling, State, difference, fold_all, named, open_findings, require
from twin.errors import Conflict, NotFound

ANNE, OTTO = "anne", "otto"
FINDING = "0123456789abcdef"


def submission(number, findings=(FINDING,)):
    return {
        "number": number, "version": "120900001/as-designed/1", "content_sha256": "a" * 64, "plan_sha256": None,
        "parcels_sha256": None, "packs": [], "frozen_sha256": "b" * 64, "open_findings": list(findings),
    }  # fmt: skip


def told(*acts):
    """Return the application after acts, each (act, actor) or (act, actor, content)."""
    numbers = iter(range(1, 99))
    entries = [("x", "2026-01-01T00:00:00Z", {"act": "open", "actor": ANNE, "building_id": "120900001"})]
    for act, actor, *more in acts:
        content = {"act": act.value, "actor": actor, **(more[0] if more else {})}
        if act is Act.SUBMIT:
            content["submission"] = submission(next(numbers))
        entries.append(("x", "2026-01-02T00:00:00Z", content))
    return fold_all(entries)["x"]


REVIEWED = ((Act.SUBMIT, ANNE), (Act.REVIEW, OTTO))
RULED = {"submission": 1, "finding": FINDING, "message": "judged", "ruling": "accepted"}


def test_the_whole_way():
    application = told(
        *REVIEWED,
        (Act.REQUEST_REVISION, OTTO),
        (Act.SUBMIT, ANNE),
        (Act.REVIEW, OTTO),
        (Act.DECIDE, OTTO, {**RULED, "submission": 2}),
        (Act.GRANT, OTTO),
    )
    assert application.state is State.GRANTED
    assert [item.number for item in application.submissions] == [1, 2]
    assert [item["act"] for item in application.history][-1] == "grant"
    assert application.undecided == ()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", [Act.SUBMIT, Act.REVIEW, Act.REQUEST_REVISION, Act.GRANT, Act.REFUSE])
def test_what_is_not_in_the_table_is_refused(state, act):
    ways = {
        State.DRAFT: (),
        State.SUBMITTED: ((Act.SUBMIT, ANNE),),
        State.IN_REVIEW: REVIEWED,
        State.REVISION_REQUESTED: (*REVIEWED, (Act.REQUEST_REVISION, OTTO)),
        State.GRANTED: (*REVIEWED, (Act.DECIDE, OTTO, RULED), (Act.GRANT, OTTO)),
        State.REFUSED: (*REVIEWED, (Act.REFUSE, OTTO)),
    }
    application = told(*ways[state])
    assert application.state is state
    actor = ANNE if act is Act.SUBMIT else OTTO
    if (state, act) in AFTER and act is not Act.GRANT:
        require(application, act, actor)
        return
    with pytest.raises(Conflict) as caught:
        require(application, act, actor)
    assert caught.value.reason == ("findings-open" if (state, act) in AFTER else "transition")


@pytest.mark.parametrize(
    ("act", "actor"),
    [(Act.SUBMIT, OTTO), (Act.JUSTIFY, OTTO), (Act.REVIEW, ANNE), (Act.DECIDE, ANNE), (Act.GRANT, ANNE)],
)
def test_each_party_keeps_to_its_part(act, actor):
    ways = {Act.SUBMIT: (), Act.REVIEW: ((Act.SUBMIT, ANNE),)}
    with pytest.raises(Conflict) as caught:
        require(told(*ways.get(act, REVIEWED)), act, actor, FINDING if act in (Act.JUSTIFY, Act.DECIDE) else None)
    assert caught.value.reason == "party"


def test_an_unknown_finding_is_refused():
    with pytest.raises(NotFound) as caught:
        require(told(*REVIEWED), Act.DECIDE, OTTO, "f" * 16)
    assert caught.value.reason == "finding"


def test_an_upheld_finding_stands_in_the_way_of_a_grant():
    upheld = told(*REVIEWED, (Act.DECIDE, OTTO, {**RULED, "ruling": "upheld"}))
    with pytest.raises(Conflict):
        require(upheld, Act.GRANT, OTTO)
    overruled = told(*REVIEWED, (Act.DECIDE, OTTO, {**RULED, "ruling": "upheld"}), (Act.DECIDE, OTTO, RULED))
    require(overruled, Act.GRANT, OTTO)
    assert [said.ruling for said in overruled.rulings[1, FINDING]] == [Ruling.UPHELD, Ruling.ACCEPTED]


def test_a_ruling_of_an_earlier_submission_does_not_count():
    again = told(
        *REVIEWED, (Act.DECIDE, OTTO, RULED), (Act.REQUEST_REVISION, OTTO), (Act.SUBMIT, ANNE), (Act.REVIEW, OTTO)
    )
    assert again.undecided == (FINDING,)


def report(*results):
    words = {"et": "", "en": "", "fr": ""}
    made = [
        {
            "check_id": check, "pack_id": "p", "pack_sha256": "c" * 64, "title": words, "act": "", "clause": "",
            "verdict": verdict, "source_status": "verified", "messages": words, "advices": words,
            "elements": list(elements),
        }
        for check, verdict, elements in results
    ]  # fmt: skip
    return named({"building_id": "b", "stage": "as-designed", "version": 1, "mode": "formal", "results": made})


def test_findings_have_names_that_outlive_a_revision():
    first, second = report(("r", "fail", ["e"])), report(("q", "pass", []), ("r", "fail", ["e"]))
    assert open_findings(first) == open_findings(second)
    twice = report(("r", "fail", ["e"]), ("r", "needs_human", ["e"]))
    assert len(set(open_findings(twice))) == 2


def test_difference_of_two_submissions():
    first = report(("a", "fail", ["1"]), ("b", "fail", ["2"]), ("c", "pass", []))
    second = report(("a", "pass", ["1"]), ("b", "fail", ["2"]), ("c", "data_missing", []))
    found = {word: [item["check_id"] for item in items] for word, items in difference(first, second).items()}
    assert found == {"fixed": ["a"], "still_open": ["b"], "new": ["c"]}
