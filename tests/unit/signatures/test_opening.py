"""One statement, a presence, an absence: shown without the rest; and each forgery of them refused."""

from dataclasses import replace

import pytest

from signatures import (
    AbsenceProof,
    ElementProof,
    SignatureError,
    StatementProof,
    SubjectProof,
    commit,
    jcs,
    leaf_hash,
    node_hash,
    verify_absence,
    verify_element,
    verify_statement,
    verify_subject,
)

SECRET = bytes(range(32))
SUBJECTS = [f"urn:x:{number:03d}" for number in range(0, 40, 2)]
NAMES = ("area", "colour", "fire", "height", "load", "name", "width")


def _lines(subject, fire="REI 60"):
    return [f'<{subject}> <urn:p:{name}> "{fire if name == "fire" else name}" .' for name in NAMES]


@pytest.fixture(scope="module")
def commitment():
    return commit(((subject, _lines(subject)) for subject in SUBJECTS), SECRET)


@pytest.fixture(scope="module")
def fire(commitment):
    subject = SUBJECTS[6]
    return commitment.disclose_statement(subject, _lines(subject), _lines(subject)[2])


def _holds(proof, commitment):
    return verify_statement(proof, commitment.root, len(commitment))


def test_fire_rating_is_shown_without_the_rest(commitment, fire):
    assert _holds(fire, commitment)
    written = jcs(fire.to_json())
    assert b"REI 60" in written
    for name in set(NAMES) - {"fire"}:
        assert f'"{name}"'.encode() not in written
    assert StatementProof.from_json(fire.to_json()) == fire


@pytest.mark.parametrize("place", range(len(NAMES)))
def test_every_statement_of_every_place_proves_itself(commitment, place):
    for subject in SUBJECTS:
        line = _lines(subject)[place]
        assert _holds(commitment.disclose_statement(subject, _lines(subject), line), commitment)


def test_statement_changed_is_refused(commitment, fire):
    assert not _holds(replace(fire, statement=fire.statement.replace("60", "90")), commitment)


def test_statement_of_another_subject_is_refused(commitment, fire):
    other = SUBJECTS[7]
    assert not _holds(replace(fire, subject=other), commitment)
    assert not _holds(replace(fire, statement=_lines(other)[2]), commitment)
    assert not _holds(replace(fire, subject=other, statement=_lines(other)[2]), commitment)


def test_statement_at_another_place_is_refused(commitment, fire):
    for change in (
        {"statement_index": fire.statement_index + 1},
        {"statement_count": fire.statement_count + 1},
        {"index": fire.index + 1},
        {"statement_path": fire.statement_path[:-1]},
        {"statement_path": (*fire.statement_path, bytes(32))},
        {"path": fire.path[:-1]},
        {"path": (*fire.path, bytes(32))},
        {"salt": bytes(16)},
        {"salt": fire.salt[:-1]},
        {"statement_count": 0},
        {"statement_count": 2**40},
    ):
        assert not _holds(replace(fire, **change), commitment), change


def test_node_of_statements_is_not_taken_for_a_statement(commitment, fire):
    node = node_hash(leaf_hash(fire.salt + fire.statement.encode()), fire.statement_path[0])
    assert leaf_hash(fire.salt + fire.statement.encode()) != node
    shorter = replace(fire, statement_path=fire.statement_path[1:], statement_index=fire.statement_index // 2)
    assert not _holds(replace(shorter, statement_count=(fire.statement_count + 1) // 2), commitment)


def test_statement_that_was_never_made_cannot_be_disclosed(commitment):
    subject = SUBJECTS[0]
    with pytest.raises(SignatureError, match="not committed"):
        commitment.disclose_statement(subject, _lines(subject), f'<{subject}> <urn:p:fire> "REI 90" .')
    with pytest.raises(SignatureError, match="Other statements"):
        commitment.disclose_statement(subject, _lines(subject, "REI 90"), _lines(subject, "REI 90")[2])


@pytest.mark.parametrize("absent", ["urn:x:", "urn:x:001", "urn:x:013", "urn:x:999"])
def test_absence_shows_two_names_and_nothing_of_them(commitment, absent):
    proof = commitment.prove_absence(absent)
    assert proof.verify(commitment.root, len(commitment))
    assert b"REI" not in jcs(proof.to_json())
    assert AbsenceProof.from_json(proof.to_json()) == proof


def test_absence_of_something_present_is_refused(commitment):
    with pytest.raises(SignatureError, match="is in"):
        commitment.prove_absence(SUBJECTS[3])
    honest = commitment.prove_absence("urn:x:005")
    for name in (SUBJECTS[2], SUBJECTS[3], "urn:x:001", "urn:x:099"):
        assert not replace(honest, subject=name).verify(commitment.root, len(commitment))


def test_absence_with_a_gap_or_one_neighbour_is_refused(commitment):
    one, other = commitment.prove_absence("urn:x:005"), commitment.prove_absence("urn:x:009")
    root, count = commitment.root, len(commitment)
    assert not verify_absence("urn:x:007", one.left, other.right, root, count)
    assert not verify_absence("urn:x:005", one.left, None, root, count)
    assert not verify_absence("urn:x:005", None, one.right, root, count)
    assert not verify_absence("urn:x:005", one.right, one.left, root, count)


def test_leaf_count_lie_is_refused(commitment, fire):
    last = commitment.prove_absence("urn:x:999").left
    for count in (0, 1, len(commitment) - 1, len(commitment) * 2, 2**40):
        assert not verify_subject(last, commitment.root, count)
    for count in (0, 1, 6, len(commitment) // 2, len(commitment) * 2, 2**40):
        assert not verify_statement(fire, commitment.root, count)


def test_next_state_keeps_what_did_not_change(commitment):
    changed = SUBJECTS[4]
    revised = commitment.revise(
        [(changed, _lines(changed, "REI 90")), ("urn:x:777", _lines("urn:x:777"))], [SUBJECTS[9]]
    )
    content = {subject: _lines(subject) for subject in SUBJECTS if subject != SUBJECTS[9]}
    content |= {changed: _lines(changed, "REI 90"), "urn:x:777": _lines("urn:x:777")}
    assert revised.root == commit(content.items(), SECRET).root
    assert revised.root != commitment.root
    assert verify_element(revised.disclose(changed, _lines(changed, "REI 90")), revised.root, len(revised))
    with pytest.raises(SignatureError, match="was not there"):
        commitment.revise([], ["urn:x:001"])


def test_salt_is_never_used_for_two_contents(commitment):
    """Salt reuse between states: knowing the salts of the old content must not help to guess the new one."""
    subject = SUBJECTS[4]
    revised = commitment.revise([(subject, _lines(subject, "REI 90"))])
    old = [commitment.disclose_statement(subject, _lines(subject), line).salt for line in _lines(subject)]
    lines = _lines(subject, "REI 90")
    new = [revised.disclose_statement(subject, lines, line).salt for line in lines]
    assert not set(old) & set(new)
    assert len(set(old)) == len(old)


def test_same_content_of_two_subjects_has_different_salts(commitment):
    salts = {commitment.disclose_statement(one, _lines(one), _lines(one)[0]).salt for one in SUBJECTS}
    assert len(salts) == len(SUBJECTS)


@pytest.mark.parametrize("lines", [[], ["a\nb"], ["\ud800"]])
def test_unusable_statements_are_refused(lines):
    with pytest.raises(SignatureError) as caught:
        commit([("urn:x:1", lines)], SECRET)
    assert caught.value.reason.value == "statement"


@pytest.mark.parametrize("kind", [StatementProof, SubjectProof, AbsenceProof, ElementProof])
@pytest.mark.parametrize(
    "form", [{}, {"subject": 1}, {"subject": "urn:x:1", "left": 3, "right": None, "index": True}]
)
def test_malformed_proofs_are_our_error(kind, form):
    with pytest.raises(SignatureError) as caught:
        kind.from_json(form)
    assert caught.value.reason.value == "commitment"


def test_another_spelling_of_a_proof_is_refused(fire):
    form = fire.to_json()
    for changed in (
        {**form, "extra": 1},
        {**form, "salt": form["salt"].upper() + " "},
        {**form, "index": float(form["index"])},
        {**form, "path": form["path"] + "="},
    ):
        with pytest.raises(SignatureError):
            StatementProof.from_json(changed)
