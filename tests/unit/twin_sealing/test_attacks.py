"""Attacks on bundles and element files; each must be refused, at the step that is there for it."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from signatures import (
    ASSERTION,
    AnyIssuer,
    IssuerIs,
    Outcome,
    Suite,
    add_proof,
    controller_document,
    from_base58btc,
    jcs,
    pinned_contexts,
    to_base58btc,
)
from twin.sealing import Bundle, disclose, seal, verify_bundle, verify_disclosure

ANY = AnyIssuer()
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def _failed(verdict) -> list[str]:
    assert not verdict.valid
    return [step.name for step in verdict.steps if step.verdict is Outcome.FAILED]


def _check(bundle: bytes, policy=ANY, records=None) -> list[str]:
    return _failed(verify_bundle(bundle, records=records, file_sha256=None, policy=policy))


def _with_credential(sealed, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The bundle with a changed credential and everything that is computed made to fit."""
    credential = json.loads(sealed.credential)
    change(credential)
    return replace(Bundle.from_bytes(sealed.bundle), credential=jcs(credential)).to_bytes()


def _with_text(sealed, old: str, new: str) -> bytes:
    text = sealed.credential.decode()
    assert text.count(old) == 1
    changed = text.replace(old, new).encode()
    return replace(Bundle.from_bytes(sealed.bundle), credential=changed).to_bytes()


def _signed_again(sealed, signer, change: Callable[[dict[str, Any]], Any], purpose: str = ASSERTION) -> bytes:
    """The bundle with a changed credential, validly signed by `signer`."""
    credential = json.loads(sealed.credential)
    created = credential.pop("proof")["created"]
    change(credential)
    signed = add_proof(
        credential,
        signer,
        suite=Suite.EDDSA_RDFC_2022,
        created=datetime.fromisoformat(created),
        contexts=pinned_contexts(),
        purpose=purpose,
    )
    controller = jcs(controller_document(signer.public_key, signer.controller, signer.verification_method))
    bundle = Bundle.from_bytes(sealed.bundle)
    return replace(bundle, credential=jcs(signed), controller=controller).to_bytes()


def _subject(key: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda credential: credential["credentialSubject"].update({key: value})


def test_signing_again_without_a_change_is_a_valid_control(sealed, signer):
    bundle = _signed_again(sealed, signer, lambda credential: None)
    assert bundle == sealed.bundle


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lifecycleStage", "as-designed"),
        ("version", 2),
        ("merkleRoot", "00" * 32),
        ("leafCount", 6),
        ("ifcFileSha256", "00" * 32),
        ("buildingCode", "199999999"),
        ("saltSecretSha256", "00" * 32),
    ],
)
def test_tampered_value(sealed, key, value):
    assert _check(_with_credential(sealed, _subject(key, value))) == ["proof-signature"]


def test_tampered_evidence_issuer_and_date(sealed, stranger):
    assert _check(_with_credential(sealed, lambda c: c["evidence"][0].update(name="Other"))) == ["proof-signature"]
    assert _check(_with_credential(sealed, lambda c: c.pop("evidence"))) == ["proof-signature"]
    assert _check(_with_credential(sealed, lambda c: c.update(validFrom="2020-01-01T00:00:00Z"))) == [
        "proof-signature"
    ]
    assert _check(_with_credential(sealed, lambda c: c.update(issuer=stranger.controller))) == ["proof-key"]


def test_strangers_key_under_the_policy(sealed, signer, stranger):
    own = _signed_again(sealed, stranger, lambda c: c.update(issuer=stranger.controller))
    assert verify_bundle(own, records=None, file_sha256=None, policy=ANY).valid
    assert _check(own, IssuerIs(frozenset({signer.controller}))) == ["policy"]


def test_strangers_key_in_the_name_of_the_issuer(sealed, stranger):
    assert _check(_signed_again(sealed, stranger, lambda c: None)) == ["proof-key"]


def test_wrong_proof_purpose(sealed, signer):
    assert _check(_signed_again(sealed, signer, lambda c: None, "authentication")) == ["proof-purpose"]
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(proofPurpose="keyAgreement"))) == [
        "proof-purpose"
    ]


def test_other_suite_named(sealed):
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(cryptosuite="ecdsa-rdfc-2019"))) == [
        "proof-signature"
    ]
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(cryptosuite="eddsa-jcs-2022"))) == [
        "credential-schema"
    ]


@pytest.mark.parametrize(
    "context",
    [
        {"@vocab": "https://attacker.example/#"},
        {"merkleRoot": "urn:kaksik:ns:ifcFileSha256", "ifcFileSha256": "urn:kaksik:ns:merkleRoot"},
        "https://attacker.example/context.jsonld",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
)
def test_extra_context_even_if_signed(sealed, signer, context):
    assert _check(_with_credential(sealed, lambda c: c["@context"].append(context))) == ["credential-schema"]


def test_context_order_nested_context_and_missing_context(sealed):
    assert _check(_with_credential(sealed, lambda c: c["@context"].reverse())) == ["credential-schema"]
    nested = {"merkleRoot": "urn:kaksik:ns:ifcFileSha256"}
    assert _check(_with_credential(sealed, _subject("@context", nested))) == ["credential-schema"]
    assert _check(_with_credential(sealed, lambda c: c["@context"].pop())) == ["credential-schema"]


def test_undefined_term_added(sealed):
    assert _check(_with_credential(sealed, _subject("approved", "yes"))) == ["credential-schema"]
    assert _check(_with_credential(sealed, lambda c: c.update(approved="yes"))) == ["credential-schema"]
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(approved="yes"))) == ["credential-schema"]
    assert _check(_with_credential(sealed, lambda c: c["type"].append("Approved"))) == ["credential-schema"]


@pytest.mark.parametrize("value", [None, [], "7", [7], {"@value": 7}, 7.5, True])
def test_values_that_the_graph_alone_would_not_tell_apart(sealed, value):
    assert _check(_with_credential(sealed, _subject("leafCount", value))) == ["credential-schema"]


def test_other_spellings_of_the_same_json(sealed):
    assert _check(_with_text(sealed, '"leafCount":7', '"leafCount":7.0')) == ["credential-json"]
    assert _check(_with_text(sealed, '"leafCount":7', '"leafCount": 7')) == ["credential-json"]
    assert _check(_with_text(sealed, '"leafCount":7', '"leafCount":NaN')) == ["credential-json"]
    assert _check(_with_text(sealed, '"leafCount":7', '"leafCount":1e400')) == ["credential-json"]


def test_duplicate_json_key(sealed):
    assert _check(_with_text(sealed, '"leafCount":7', '"leafCount":9,"leafCount":7')) == ["credential-json"]


def test_proof_removed_and_emptied(sealed):
    assert _check(_with_credential(sealed, lambda c: c.pop("proof"))) == ["credential-schema"]
    assert _check(_with_credential(sealed, lambda c: c.update(proof=[]))) == ["credential-schema"]
    assert _check(_with_credential(sealed, lambda c: c["proof"].pop("proofValue"))) == ["credential-schema"]


def test_proof_set_with_one_bad_proof(sealed, signer, stranger):
    def add_bad(credential):
        good = credential["proof"]
        bad = {**good, "verificationMethod": stranger.verification_method}
        credential["proof"] = [good, bad]

    assert _check(_with_credential(sealed, add_bad)) == ["proof-signature"]


def test_proof_chain_member(sealed):
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(previousProof="urn:x:1"))) == [
        "credential-schema"
    ]


def test_signature_with_the_group_order_added(sealed):
    def malleate(credential):
        raw = from_base58btc(credential["proof"]["proofValue"])
        s = int.from_bytes(raw[32:], "little") + ED25519_ORDER
        credential["proof"]["proofValue"] = to_base58btc(raw[:32] + s.to_bytes(32, "little"))

    assert _check(_with_credential(sealed, malleate)) == ["proof-signature"]


@pytest.mark.parametrize("method", ["did:web:example.org#key-1", "https://example.org/key", "did:key:zAAAA#zAAAA"])
def test_key_that_cannot_be_found_offline(sealed, method):
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(verificationMethod=method))) == ["proof-key"]


def test_did_key_with_the_fragment_of_another_key(sealed, signer, stranger):
    mixed = f"{signer.controller}#{stranger.public_key.multibase}"
    assert _check(_with_credential(sealed, lambda c: c["proof"].update(verificationMethod=mixed))) == ["proof-key"]


def test_issuer_who_contradicts_himself(sealed, signer):
    lie = _signed_again(sealed, signer, _subject("buildingCode", "199999999"))
    assert _check(lie) == ["identifiers"]
    other_id = _signed_again(sealed, signer, lambda c: c.update(id="urn:kaksik:other"))
    assert _check(other_id) == ["identifiers"]


@pytest.mark.parametrize("count", [6, 8, 2**40])
def test_leaf_count_lie_of_the_issuer(sealed, signer, snapshot, count):
    lie = replace(Bundle.from_bytes(_signed_again(sealed, signer, _subject("leafCount", count))), elements=())
    assert _check(lie.to_bytes(), records=snapshot.records.values()) == ["building-content"]


def test_replaced_salt_secret(sealed):
    bundle = replace(Bundle.from_bytes(sealed.bundle), salt_secret=bytes(32)).to_bytes()
    assert _check(bundle) == ["salt-secret"]


def test_replaced_context_and_key_document(sealed, stranger):
    bundle = Bundle.from_bytes(sealed.bundle)
    contexts = {name: data.replace(b"merkleRoot", b"merkleRoof") for name, data in bundle.contexts.items()}
    assert _check(replace(bundle, contexts=contexts).to_bytes()) == ["contexts"]
    foreign = controller_document(stranger.public_key, stranger.controller, stranger.verification_method)
    assert _check(replace(bundle, controller=jcs(foreign)).to_bytes()) == ["identifiers"]


def test_shown_element_changed_foreign_or_twice(sealed, snapshot, signer, make):
    bundle = Bundle.from_bytes(sealed.bundle)
    (proof,) = bundle.elements
    softer = tuple(line.replace("REI 60", "REI 30") for line in proof.statements)
    for elements in ([replace(proof, statements=softer)], [proof, proof], [replace(proof, index=proof.index + 1)]):
        assert _check(replace(bundle, elements=tuple(elements)).to_bytes()) == ["shown-elements"]


def _disclosed(sealed, snapshot, make) -> dict[str, Any]:
    return json.loads(disclose(snapshot, make.secret, sealed.credential, make.wall(5).global_id))


def _check_disclosure(form: dict[str, Any]) -> list[str]:
    return _failed(verify_disclosure(jcs(form), policy=ANY))


def test_element_statement_changed_left_out_added_repeated_or_unsorted(sealed, snapshot, make):
    form = _disclosed(sealed, snapshot, make)
    lines = form["proof"]["statements"]
    variants = [
        [line.replace("REI 60", "REI 90") for line in lines],
        [line for line in lines if "330_Tulekindlus" not in line],
        sorted([*lines, '<urn:kaksik:ns:description> "Extra" .']),
        sorted([*lines, lines[0]]),
        lines[::-1],
        [],
    ]
    for variant in variants:
        assert variant != lines
        assert _check_disclosure({**form, "proof": {**form["proof"], "statements": variant}}) == ["element-proof"]


def test_element_under_another_subject_index_salt_or_path(sealed, snapshot, make):
    form = _disclosed(sealed, snapshot, make)
    proof = form["proof"]
    for change in (
        {"subject": proof["subject"].replace("05", "04")},
        {"index": proof["index"] + 1},
        {"index": -1},
        {"salt": "00" * 16},
        {"path": proof["path"][:-1]},
        {"path": [*proof["path"], "00" * 32]},
        {"path": proof["path"][::-1]},
    ):
        assert _check_disclosure({**form, "proof": {**proof, **change}}) == ["element-proof"]


def test_element_of_another_state_or_malformed(sealed, snapshot, signer, make):
    form = _disclosed(sealed, snapshot, make)
    later = make.snapshot([make.wall(number) for number in range(1, 8)], version=2)
    other = seal(later, signer, make.secret, None, make.created)
    assert _check_disclosure({**form, "credential": json.loads(other.credential)}) == ["element-proof"]
    assert _check_disclosure({**form, "extra": 1}) == ["disclosure"]
    assert _check_disclosure({**form, "credential": "x"}) == ["disclosure"]
    assert _check_disclosure({**form, "proof": {}}) == ["element-proof"]
    assert _check_disclosure({**form, "proof": {**form["proof"], "index": True}}) == ["element-proof"]
    assert _failed(verify_disclosure(b"\xff", policy=ANY)) == ["disclosure"]


# Containers


def _entries(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def _zip(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, method
            archive.writestr(info, data)
        archive.comment = comment
    return buffer.getvalue()


def test_packing_again_the_same_way_is_a_valid_control(sealed):
    assert _zip(_entries(sealed.bundle)) == sealed.bundle


@pytest.mark.parametrize("part", [0, 1, 3, 10, 100])
def test_truncated_zip(sealed, part):
    assert _check(sealed.bundle[: len(sealed.bundle) * part // 101]) == ["container"]


def test_bytes_around_and_comment(sealed):
    assert _check(b"MZ" + sealed.bundle) == ["container"]
    assert _check(sealed.bundle + b"\0") == ["container"]
    assert _check(_zip(_entries(sealed.bundle), comment=b"hello")) == ["container"]


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "META-INF/x", "a\\b", "extra.json", "elements/../x.json", "elements/000009.json"],
)
def test_extra_entry_and_path_escape(sealed, name):
    entries = _entries(sealed.bundle)
    assert _check(_zip([*entries, (name, b"{}")])) == ["container"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_entry_reordered_and_missing(sealed):
    entries = _entries(sealed.bundle)
    credential = next(entry for entry in entries if entry[0] == "credential.json")
    assert _check(_zip([*entries, credential])) == ["container"]
    assert _check(_zip([credential, *entries])) == ["container"]
    assert _check(_zip(entries[::-1])) == ["container"]
    for missing in entries:
        if missing[0].startswith(("elements/", "salt-")):
            continue
        assert _check(_zip([entry for entry in entries if entry is not missing])) == ["container"]


def test_entry_removed_without_the_manifest(sealed):
    entries = [entry for entry in _entries(sealed.bundle) if not entry[0].startswith("elements/")]
    assert _check(_zip(entries)) == ["container"]


def test_compressed_entries_and_zip_bomb(sealed):
    entries = _entries(sealed.bundle)
    assert _check(_zip(entries, zipfile.ZIP_DEFLATED)) == ["container"]
    bomb = _zip([*entries, ("elements/000002.json", bytes(100_000_000))], zipfile.ZIP_DEFLATED)
    assert len(bomb) < 200_000
    assert _check(bomb) == ["container"]


def test_too_many_entries_and_other_files(sealed):
    crowd = _zip([(f"elements/{number:06d}.json", b"") for number in range(5000)])
    assert _check(crowd) == ["container"]
    for data in (b"", b"PK\x05\x06" + bytes(18), b"%PDF-1.7", b"ISO-10303-21;", bytes(1000)):
        assert _check(data) == ["container"]


def test_manifest_that_lies(sealed):
    entries = dict(_entries(sealed.bundle))
    manifest = json.loads(entries["manifest.json"])
    manifest["format"] = "kaksik-seal/9"
    assert _check(_zip([*{**entries, "manifest.json": jcs(manifest)}.items()])) == ["container"]
