"""Trees, element proofs, absence proofs, and forged ones."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures import (
    MerkleTree,
    SignatureError,
    commit,
    leaf_hash,
    node_hash,
    verify_absence,
    verify_consistency,
    verify_element,
    verify_inclusion,
)

SECRET = bytes(range(32))
SUBJECTS = [f"urn:x:{number:03d}" for number in range(0, 26, 2)]


def _lines(subject):
    return [f'<{subject}> <urn:p:fire> "REI 60" .', f'<{subject}> <urn:p:name> "{subject}" .']


@pytest.fixture(scope="module")
def commitment():
    return commit(((subject, _lines(subject)) for subject in reversed(SUBJECTS)), SECRET)


def _proof(commitment, subject):
    return commitment.disclose(subject, _lines(subject))


def _recursive_root(leaves):
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(_recursive_root(leaves[:split]), _recursive_root(leaves[split:]))


@given(st.integers(0, 70))
def test_tree_is_that_of_the_definition(size):
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    tree = MerkleTree(leaves)
    assert tree.root == _recursive_root(leaves)
    for index in range(size):
        assert verify_inclusion(leaves[index], index, size, tree.inclusion_proof(index), tree.root)
    for old in range(1, size + 1):
        assert verify_consistency(old, size, tree.consistency_proof(old), _recursive_root(leaves[:old]), tree.root)


@given(st.integers(2, 40), st.data())
def test_rewritten_history_is_not_consistent(size, data):
    old = data.draw(st.integers(1, size - 1))
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    forged = [leaf_hash(b"forged"), *leaves[1:old]]
    proof = MerkleTree(leaves).consistency_proof(old)
    assert not verify_consistency(old, size, proof, _recursive_root(forged), _recursive_root(leaves))


def test_every_element_proves_itself(commitment):
    for subject in SUBJECTS:
        proof = _proof(commitment, subject)
        assert verify_element(proof, commitment.root, len(commitment))
        assert type(proof).from_json(proof.to_json()) == proof


def test_order_of_arrival_does_not_matter(commitment):
    assert commit(((subject, _lines(subject)[::-1]) for subject in SUBJECTS), SECRET).root == commitment.root


def test_secret_changes_root_and_every_salt(commitment):
    other = commit(((subject, _lines(subject)) for subject in SUBJECTS), bytes(32))
    assert other.root != commitment.root
    assert _proof(other, SUBJECTS[0]).salt != _proof(commitment, SUBJECTS[0]).salt


def test_forged_statements_are_refused(commitment):
    proof = _proof(commitment, SUBJECTS[4])
    first, second = proof.statements
    foreign = f'<{SUBJECTS[5]}> <urn:p:name> "x" .'
    for statements in (
        (),
        (first,),
        (first.replace("60", "90"), second),
        (second, first),
        (first, first, second),
        (first, second, foreign),
        (f"{first}\n{second}",),
        (first + " ", second),
        ("\ud800", second),
    ):
        assert not verify_element(replace(proof, statements=statements), commitment.root, len(commitment))


def test_leaf_count_lie_is_refused(commitment):
    proof = _proof(commitment, SUBJECTS[-1])
    for count in (0, 1, len(commitment) - 1, 2 * len(commitment), 2**40):
        assert not verify_element(proof, commitment.root, count)


def test_node_is_not_taken_for_a_leaf(commitment):
    left, right = (_proof(commitment, subject) for subject in SUBJECTS[:2])
    node = node_hash(right.path[0], left.path[0])
    assert node == left.path[1] or verify_inclusion(node, 0, (len(SUBJECTS) + 1) // 2, left.path[1:], commitment.root)
    forged_data = right.path[0] + left.path[0]
    assert leaf_hash(forged_data) != node
    assert not verify_inclusion(leaf_hash(forged_data), 0, len(SUBJECTS), left.path[1:], commitment.root)


def test_hashes_of_other_lengths_are_refused(commitment):
    proof = _proof(commitment, SUBJECTS[0])
    assert not verify_element(
        replace(proof, path=(proof.path[0][:-1], *proof.path[1:])), commitment.root, len(commitment)
    )
    assert not verify_element(replace(proof, salt=b"short"), commitment.root, len(commitment))
    assert not verify_element(proof, commitment.root[:-1], len(commitment))


@pytest.mark.parametrize("absent", ["urn:x:", "urn:x:001", "urn:x:013", "urn:x:999"])
def test_absence_is_shown_by_neighbours(commitment, absent):
    left, right = (
        None if subject is None else _proof(commitment, subject) for subject in commitment.neighbours(absent)
    )
    assert verify_absence(absent, left, right, commitment.root, len(commitment))
    assert not verify_absence(absent, None, None, commitment.root, len(commitment))
    assert not verify_absence("urn:x:004", left, right, commitment.root, len(commitment))


def test_absence_of_something_present_cannot_be_shown(commitment):
    with pytest.raises(SignatureError):
        commitment.neighbours(SUBJECTS[3])
    left, right = _proof(commitment, SUBJECTS[2]), _proof(commitment, SUBJECTS[4])
    assert not verify_absence(SUBJECTS[3], left, right, commitment.root, len(commitment))
    assert not verify_absence(SUBJECTS[3], left, None, commitment.root, len(commitment))
    assert not verify_absence(SUBJECTS[3], None, right, commitment.root, len(commitment))


def test_unusable_input_is_refused(commitment):
    with pytest.raises(SignatureError, match="twice"):
        commit([("urn:x:1", ["a"]), ("urn:x:1", ["b"])], SECRET)
    with pytest.raises(SignatureError, match="nothing"):
        commit([], SECRET)
    with pytest.raises(SignatureError, match="32 bytes"):
        commit([("urn:x:1", ["a"])], b"")
    with pytest.raises(SignatureError, match="Unicode"):
        commit([("urn:x:1", ["\ud800"])], SECRET)
    with pytest.raises(SignatureError, match="not in"):
        commitment.disclose("urn:x:absent", [])
    with pytest.raises(SignatureError, match="Other statements"):
        commitment.disclose(SUBJECTS[0], _lines(SUBJECTS[1]))
