"""The log's text formats, policy, proofs, witness and monitor; every attack on them is a test of its own name."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures import MerkleTree, SignatureError, leaf_hash, verify_consistency
from signatures.tlog import (
    Checkpoint,
    LogKey,
    LogPolicy,
    LogProof,
    MonitorState,
    NoteKey,
    NoteSignature,
    SignedNote,
    TileLog,
    Witness,
    WitnessFolder,
    WitnessKey,
    monitor,
    parse_checkpoint,
    verify_log_proof,
    witness_request,
)
from signatures.tlog.tiles import TileTree, number_path, tile_path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = "kaksik.example/log"
EXAMPLE = (  # C2SP signed-note.md
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3"
    "ZekRwNtIc=\n"
)


def _private(number):
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number] * 32))


LOG_KEY = LogKey(ORIGIN, _private(1))
WITNESSES = (
    WitnessKey("w1.example", _private(2)),
    WitnessKey("w2.example", _private(3)),
    WitnessKey("w3.example", mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32))),
)
POLICY = LogPolicy.parse(
    f"log {LOG_KEY.key.vkey}\n"
    + "".join(f"witness w{number} {key.key.vkey}\n" for number, key in enumerate(WITNESSES, start=1))
    + "group all-three 2 w1 w2 w3\nquorum all-three\n"
)
ENTRIES = [f"entry {number}".encode() * (1 + number % 5) for number in range(700)]


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A log of 700 entries whose head three witnesses cosigned."""
    folder = tmp_path_factory.mktemp("log")
    log, at = TileLog(folder / "log", LOG_KEY), 0
    for size in (1, 2, 253, 1, 300, 143):
        log.append(ENTRIES[at : at + size])
        at += size
    witness = Witness(WITNESSES, [LOG_KEY.key], WitnessFolder(folder / "witness"), lambda: NOW)
    answer = witness.add_checkpoint(witness_request(0, [], log.checkpoint()))
    assert log.add_cosignatures(log.size, answer.body, [key.key for key in WITNESSES]) == 3
    return log


@pytest.fixture(scope="module")
def proof(log):
    return log.proof(300)


@pytest.fixture
def witness(tmp_path):
    return Witness(WITNESSES[:1], [LOG_KEY.key], WitnessFolder(tmp_path / "witness"), lambda: NOW)


def _note(checkpoint, *signers, now=NOW):
    return SignedNote(checkpoint.text, tuple(signer.sign(checkpoint, now) for signer in signers)).to_bytes()


def _refused(entry, proof, policy=POLICY, now=NOW):
    with pytest.raises(SignatureError) as caught:
        verify_log_proof(entry, proof, policy, now)
    return caught.value.reason.value


def test_published_note_is_read_and_written_again():
    note = SignedNote.parse(EXAMPLE.encode())
    assert note.signatures[0].name == "quasimodo.example/salvatore"
    assert note.to_bytes() == EXAMPLE.encode()


def test_tree_of_the_tiles_is_that_of_the_entries(log):
    tree = MerkleTree([leaf_hash(entry) for entry in ENTRIES])
    tiles = TileTree(log.read, log.size)
    assert tiles.root == tree.root == log.root
    assert [tiles.inclusion_proof(index) for index in range(0, 700, 41)] == [
        tree.inclusion_proof(index) for index in range(0, 700, 41)
    ]
    assert [log.consistency(old) for old in range(1, 701)] == [tree.consistency_proof(old) for old in range(1, 701)]


def test_entries_come_back(log):
    assert log.entries(0, 700) == ENTRIES
    assert log.entries(250, 260) == ENTRIES[250:260]
    assert log.entry(699) == ENTRIES[699]
    assert log.find(ENTRIES[300]) == 300
    assert log.find(b"never") is None
    for start, stop in ((-1, 2), (5, 4), (0, 701)):
        with pytest.raises(SignatureError):
            log.entries(start, stop)


def test_paths_are_those_of_the_standard():
    assert number_path(1234067) == "x001/x234/067"
    assert tile_path(0, 5) == "tile/0/005"
    assert tile_path("entries", 1000, 17) == "tile/entries/x001/000.p/17"


def test_proof_is_accepted_and_says_who_saw_it(log, proof):
    logged = verify_log_proof(ENTRIES[300], proof, POLICY, NOW)
    assert (logged.index, logged.checked.checkpoint.size) == (300, 700)
    assert logged.checked.witnesses == {"w1", "w2", "w3"}
    assert logged.checked.cosigned_at == NOW
    assert LogProof.parse(log.proof(300, extra=b"x")).extra == b"x"


def test_entry_changed_is_refused(proof):
    assert _refused(ENTRIES[300] + b" ", proof) == "log"
    assert _refused(ENTRIES[301], proof) == "log"


def test_index_changed_is_refused(proof):
    assert _refused(ENTRIES[300], proof.replace(b"index 300\n", b"index 301\n")) == "log"


def test_index_with_leading_zero_is_refused(proof):
    assert _refused(ENTRIES[300], proof.replace(b"index 300\n", b"index 0300\n")) == "note"


@pytest.mark.parametrize("change", ["longer", "shorter", "other"])
def test_proof_of_another_length_is_refused(proof, change):
    read = LogProof.parse(proof)
    paths = {"longer": (*read.path, bytes(32)), "shorter": read.path[:-1], "other": (*read.path[:-1], bytes(32))}
    assert _refused(ENTRIES[300], replace(read, path=paths[change]).to_bytes()) == "log"


def test_empty_log_proves_nothing():
    head = Checkpoint(ORIGIN, 0, MerkleTree([]).root)
    empty = LogProof(0, (), _note(head, LOG_KEY, *WITNESSES)).to_bytes()
    assert _refused(ENTRIES[0], empty) == "log"


def test_root_of_another_size_is_refused(log, proof):
    root = TileTree(log.read, 700).root
    other = LogProof.parse(proof)
    for size in (300, 301, 1400):
        head = _note(Checkpoint(ORIGIN, size, root), LOG_KEY, *WITNESSES)
        assert _refused(ENTRIES[300], replace(other, checkpoint=head).to_bytes()) == "log"


def _swapped(proof, *signers, now=NOW, text=None):
    head, _ = parse_checkpoint(LogProof.parse(proof).checkpoint)
    return replace(LogProof.parse(proof), checkpoint=_note(text or head, *signers, now=now)).to_bytes()


def test_unknown_log_key_of_the_same_name_is_refused(proof):
    assert _refused(ENTRIES[300], _swapped(proof, LogKey(ORIGIN, _private(9)), *WITNESSES)) == "log"


def test_bad_signature_of_a_known_key_beside_good_ones_is_refused(proof):
    read = LogProof.parse(proof)
    note = SignedNote.parse(read.checkpoint)
    for key in (LOG_KEY.key, WITNESSES[0].key, WITNESSES[2].key):
        good = next(row for row in note.signatures if key.made(row))
        bad = NoteSignature(key.name, key.id, good.signature[:-1] + bytes([good.signature[-1] ^ 1]))
        mixed = SignedNote(note.text, (*note.signatures, bad)).to_bytes()
        assert _refused(ENTRIES[300], replace(read, checkpoint=mixed).to_bytes()) == "signature"


def test_too_few_witnesses_are_refused(proof):
    assert _refused(ENTRIES[300], _swapped(proof, LOG_KEY, WITNESSES[0])) == "log"


def test_witness_counted_twice_is_refused(proof):
    twice = _swapped(proof, LOG_KEY, WITNESSES[0], WITNESSES[0])
    assert _refused(ENTRIES[300], twice) == "log"
    head, _ = parse_checkpoint(LogProof.parse(proof).checkpoint)
    later = WITNESSES[0].sign(head, NOW - timedelta(hours=1))
    note = SignedNote.parse(LogProof.parse(twice).checkpoint).with_signatures((later,))
    assert _refused(ENTRIES[300], replace(LogProof.parse(proof), checkpoint=note.to_bytes()).to_bytes()) == "log"


def test_cosignature_from_the_future_does_not_count(proof):
    future = _swapped(proof, LOG_KEY, *WITNESSES, now=NOW + timedelta(hours=1))
    assert _refused(ENTRIES[300], future) == "log"
    assert verify_log_proof(ENTRIES[300], future, POLICY, NOW + timedelta(hours=1))


def test_cosignature_as_log_signature_is_refused(proof):
    """A witness must not be able to speak for the log, nor the log for a witness, even with one name."""
    assert _refused(ENTRIES[300], _swapped(proof, WitnessKey(ORIGIN, _private(1)), *WITNESSES)) == "log"
    assert _refused(ENTRIES[300], _swapped(proof, LOG_KEY, LogKey("w1.example", _private(2)), WITNESSES[1])) == "log"


def test_ml_dsa_cosignature_of_another_name_is_refused(proof):
    quantum = mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    head, note = parse_checkpoint(LogProof.parse(proof).checkpoint)
    renamed = WitnessKey("other.example", quantum).sign(head, NOW)
    forged = NoteSignature("w3.example", WITNESSES[2].key.id, renamed.signature)
    read = replace(LogProof.parse(proof), checkpoint=SignedNote(note.text, (*note.signatures[:2], forged)).to_bytes())
    assert _refused(ENTRIES[300], read.to_bytes()) == "signature"


def test_extension_lines_are_signed_by_the_log(log, proof):
    head, note = parse_checkpoint(log.checkpoint())
    extended = replace(head, extensions=("extra",))
    assert parse_checkpoint(_note(extended, LOG_KEY))[0] == extended
    moved = SignedNote(extended.text, note.signatures).to_bytes()
    assert _refused(ENTRIES[300], replace(LogProof.parse(proof), checkpoint=moved).to_bytes()) == "signature"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n700\n", b"\n0700\n"),
        lambda text: text.replace(b"\n700\n", b"\n+700\n"),
        lambda text: text.replace(b"\n700\n", b"\n700 \n"),
        lambda text: text.replace(b"\n700\n", b"\n\xd9\xa7\xd9\xa0\xd9\xa0\n"),
        lambda text: text[:-1],
        lambda text: text + b"\n",
        lambda text: text.replace(ORIGIN.encode(), ORIGIN.encode() + b"\x07", 1),
        lambda text: text.replace(b"\n700\n", b"\r\n700\n"),
        lambda text: text + b"\xff",
        lambda text: text.replace("—".encode(), b"-"),
        lambda text: text.split(b"\n\n")[0] + b"\n",
        lambda text: b"\n\n".join([*text.split(b"\n\n"), text.split(b"\n\n")[1]]),
        lambda text: text + text.split(b"\n\n")[1] * 100,
    ],
)
def test_malformed_checkpoint_is_refused(log, change):
    with pytest.raises(SignatureError):
        POLICY.check(change(log.checkpoint()), NOW)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_our_error(data):
    for read in (SignedNote.parse, LogProof.parse, lambda raw: POLICY.check(raw, NOW)):
        with pytest.raises(SignatureError):
            read(data)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_any_bit_flipped_in_a_proof_is_refused_or_a_cosignature_is_lost(log, data):
    proof = log.proof(300)
    position, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 7))
    flipped = proof[:position] + bytes([proof[position] ^ 1 << bit]) + proof[position + 1 :]
    try:
        logged = verify_log_proof(ENTRIES[300], flipped, POLICY, NOW)
    except SignatureError:
        return
    # Not covered by any signature: the name and id by which a line says whose it is. Then the line counts no more.
    assert len(logged.checked.witnesses) == 2
    assert logged.checked.checkpoint == verify_log_proof(ENTRIES[300], proof, POLICY, NOW).checked.checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum w1\n",
        "quorum none\nquorum none\n",
        f"log {LOG_KEY.key.vkey}\nlog {LOG_KEY.key.vkey}\nquorum none\n",
        f"log {WITNESSES[0].key.vkey}\nquorum none\n",
        f"witness a {LOG_KEY.key.vkey}\nquorum none\n",
        f"witness none {WITNESSES[0].key.vkey}\nquorum none\n",
        f"witness a {WITNESSES[0].key.vkey}\nwitness b {WITNESSES[0].key.vkey}\nquorum none\n",
        f"witness a {WITNESSES[0].key.vkey}\ngroup g 2 a\nquorum g\n",
        f"witness a {WITNESSES[0].key.vkey}\ngroup g 0 a\nquorum g\n",
        f"witness a {WITNESSES[0].key.vkey}\ngroup g 2 a a\nquorum g\n",
        f"witness a {WITNESSES[0].key.vkey}\ngroup g 1 a\ngroup h 1 a\nquorum h\n",
        "group g any g\nquorum g\n",
        "vote none\n",
        LOG_KEY.key.vkey,
    ],
)
def test_malformed_policy_is_refused(text):
    with pytest.raises(SignatureError):
        LogPolicy.parse(text)


def test_policy_reads_what_it_writes():
    assert LogPolicy.parse(POLICY.to_text()) == POLICY
    assert LogPolicy.parse("# nobody\n\n \t quorum\tnone \n").quorum == "none"


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        "a b+00000000+AQ==",
        f"x{LOG_KEY.key.vkey}",
        LOG_KEY.key.vkey[:-4],
        "a+00000000+" + b64encode(b"\x09" * 33).decode(),
    ],
)
def test_malformed_key_is_refused(vkey):
    with pytest.raises(SignatureError):
        NoteKey.from_vkey(vkey)


def _grown(log, tmp_path, count=3):
    """Return another log with the same entries and some more."""
    grown = TileLog(tmp_path / "grown", LOG_KEY)
    grown.append(ENTRIES)
    grown.append([b"more"] * count)
    return grown


def _first(witness, log):
    assert witness.add_checkpoint(witness_request(0, [], log.checkpoint())).status == 200


def test_witness_cosigns_what_continues(witness, log, tmp_path):
    _first(witness, log)
    grown = _grown(log, tmp_path)
    answer = witness.add_checkpoint(witness_request(700, grown.consistency(700), grown.checkpoint()))
    assert answer.status == 200
    assert grown.add_cosignatures(703, answer.body, [WITNESSES[0].key]) == 1
    assert witness.add_checkpoint(witness_request(703, [], grown.checkpoint())).status == 200


def test_witness_refuses_rollback(witness, log, tmp_path):
    grown = _grown(log, tmp_path)
    _first(witness, grown)
    assert witness.add_checkpoint(witness_request(703, [], log.checkpoint())).status == 400
    stale = witness.add_checkpoint(witness_request(700, [], log.checkpoint()))
    assert (stale.status, stale.body, stale.content_type) == (409, b"703\n", "text/x.tlog.size")


def test_witness_refuses_rewritten_history(witness, log, tmp_path):
    _first(witness, log)
    forged = TileLog(tmp_path / "forged", LOG_KEY)
    forged.append([b"forged", *ENTRIES[1:], b"more"])
    assert witness.add_checkpoint(witness_request(700, forged.consistency(700), forged.checkpoint())).status == 422


def test_witness_refuses_split_view(witness, log, tmp_path):
    _first(witness, log)
    other = TileLog(tmp_path / "other", LOG_KEY)
    other.append([*ENTRIES[:-1], b"other"])
    assert witness.add_checkpoint(witness_request(700, [], other.checkpoint())).status == 409


def test_witness_refuses_unknown_log_and_wrong_key(witness, log):
    head, note = parse_checkpoint(log.checkpoint())
    stranger = replace(head, origin="other.example/log")
    unknown = _note(stranger, LogKey("other.example/log", _private(1)))
    assert witness.add_checkpoint(witness_request(0, [], unknown)).status == 404
    assert witness.add_checkpoint(witness_request(0, [], _note(head, LogKey(ORIGIN, _private(9))))).status == 403
    assert witness.add_checkpoint(witness_request(0, [bytes(32)], note.to_bytes())).status == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"old 0", b"old 00\n\n", b"new 0\n\n", b"old 0\n!!\n\n", b"old 0\n" + b"AA==\n" * 64 + b"\n", b"\xff\n\n"],
)
def test_witness_refuses_malformed_requests(witness, body):
    assert witness.add_checkpoint(body).status == 400


def test_witness_does_not_forget(log, tmp_path):
    def awake():
        return Witness(WITNESSES[:1], [LOG_KEY.key], WitnessFolder(tmp_path / "memory"), lambda: NOW)

    _first(awake(), log)
    assert awake().add_checkpoint(witness_request(0, [], log.checkpoint())).status == 409


def test_monitor_replays_and_goes_on(log, tmp_path):
    seen = []
    policy = LogPolicy.parse(f"log {LOG_KEY.key.vkey}\nquorum none\n")
    first = monitor(policy, log.read, MonitorState(), NOW, lambda index, entry: seen.append((index, entry)))
    assert (first.read, first.findings, first.state.root) == (700, (), log.root)
    assert seen == list(enumerate(ENTRIES))
    again = monitor(policy, _grown(log, tmp_path).read, MonitorState.from_json(first.state.to_json()), NOW)
    assert (again.read, again.findings, again.state.size) == (3, (), 703)


def _monitored(log, changed, state=None):
    """Return the findings of a monitor to whom some files are shown changed."""
    policy = LogPolicy.parse(f"log {LOG_KEY.key.vkey}\nquorum none\n")
    report = monitor(policy, lambda path: changed.get(path) or log.read(path), state or MonitorState(), NOW)
    return " ".join(report.findings)


def test_monitor_finds_a_changed_tile(log):
    tile = log.read("tile/0/000")
    assert "tile of hashes 0" in _monitored(log, {"tile/0/000": bytes(32) + tile[32:]})
    upper = log.read("tile/1/000.p/2")
    assert "level 1" in _monitored(log, {"tile/1/000.p/2": bytes(32) + upper[32:]})


def test_monitor_finds_a_changed_entry(log):
    bundle = log.read("tile/entries/001")
    assert "rewritten" in _monitored(log, {"tile/entries/001": bundle.replace(b"entry 300", b"entry 301")})


def test_monitor_finds_a_rollback(log):
    state = MonitorState(701, (bytes(32),))
    assert "went back" in _monitored(log, {}, state)


def test_monitor_finds_rewritten_history(log, tmp_path):
    forged = TileLog(tmp_path / "forged", LOG_KEY)
    forged.append([b"forged", *ENTRIES[1:]])
    known = monitor(LogPolicy.parse(f"log {LOG_KEY.key.vkey}\nquorum none\n"), forged.read, MonitorState(), NOW).state
    grown = _grown(log, tmp_path)
    assert "rewritten" in _monitored(grown, {}, known)


def test_monitor_refuses_a_tile_wider_than_the_tree(log):
    bundle = log.read("tile/entries/002.p/188")
    with pytest.raises(SignatureError, match="too many"):
        _monitored(log, {"tile/entries/002.p/188": bundle + b"\x00\x01x"})
    with pytest.raises(SignatureError, match="another length"):
        TileTree(lambda path: log.read(path) + bytes(32), 700).inclusion_proof(699)


def test_folder_of_another_key_or_damaged_is_refused(log, tmp_path):
    grown = _grown(log, tmp_path)
    with pytest.raises(SignatureError, match="another key"):
        TileLog(tmp_path / "grown", LogKey(ORIGIN, _private(9)))
    (tmp_path / "grown" / "tile/0/002.p/191").write_bytes(bytes(191 * 32))
    with pytest.raises(SignatureError, match="damaged"):
        TileLog(tmp_path / "grown", LOG_KEY)
    assert grown.size == 703


def test_entry_of_65536_bytes_is_refused(tmp_path):
    log = TileLog(tmp_path / "log", LOG_KEY)
    log.append([bytes(65_535)])
    with pytest.raises(SignatureError) as caught:
        log.append([b"", bytes(65_536)])
    assert caught.value.reason.value == "too-large"
    assert log.size == 1


def test_stamps_lie_beside_their_head(log):
    assert log.stamp(700) is None
    log.add_stamp(700, b"token")
    assert log.stamp(700) == b"token"
    with pytest.raises(SignatureError):
        log.add_stamp(699, b"token")


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
@settings(max_examples=12, deadline=None)
def test_any_growth_gives_the_tree_of_the_definition(tmp_path_factory, sizes):
    log, entries = TileLog(tmp_path_factory.mktemp("grow") / "log", LOG_KEY), []
    for size in sizes:
        more = [f"{len(entries) + number}".encode() for number in range(size)]
        assert log.append(more) == range(len(entries), len(entries) + size)
        entries += more
    tree = MerkleTree([leaf_hash(entry) for entry in entries])
    assert (log.size, log.root, log.entries(0, log.size)) == (len(entries), tree.root, entries)
    old = sizes[0]
    root = MerkleTree([leaf_hash(entry) for entry in entries[:old]]).root
    assert verify_consistency(old, log.size, log.consistency(old), root, log.root)
