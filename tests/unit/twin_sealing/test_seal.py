"""Sealing, verifying and disclosing on the straight path."""

import json
import socket
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ifc import canonical_form
from signatures import AnyIssuer, IssuerIs, KeySigner, Outcome, SignatureError, jcs, sha256_hex
from twin.errors import Conflict, InvalidInput, NotFound
from twin.sealing import (
    disclose,
    public_bundle,
    seal,
    statements_of,
    verdict_json,
    verify_bundle,
    verify_disclosure,
)

ANY = AnyIssuer()


def _steps(verdict):
    return {step.name: step.verdict for step in verdict.steps}


def test_bundle_verifies_without_network(sealed, signer, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    verdict = verify_bundle(
        sealed.bundle, records=None, file_sha256=None, policy=IssuerIs(frozenset({signer.controller}))
    )
    assert verdict.valid
    assert [step.number for step in verdict.steps] == list(range(1, 18))
    assert verdict.facts["building_id"] == "112233445"
    assert verdict.facts["stage"] == "as-built"
    assert verdict.facts["merkle_root"] == sealed.merkle_root
    assert verdict.facts["evidence"][0]["sha256"] == "cd" * 32


def test_sealing_is_deterministic(snapshot, signer, make, evidence, sealed):
    shown = [make.wall(3).global_id]
    assert seal(snapshot, signer, make.secret, None, make.created, evidence, shown) == sealed


def test_original_file_has_both_identities(sealed, snapshot):
    verdict = verify_bundle(
        sealed.bundle, records=snapshot.records.values(), file_sha256=snapshot.file_sha256, policy=ANY
    )
    assert verdict.valid
    assert _steps(verdict)["file-bytes"] is Outcome.PASSED
    assert _steps(verdict)["building-content"] is Outcome.PASSED


def test_saved_again_file_has_other_bytes_and_the_same_content(sealed, snapshot):
    shuffled = list(snapshot.records.values())[::-1]
    verdict = verify_bundle(sealed.bundle, records=shuffled, file_sha256="00" * 32, policy=ANY)
    assert verdict.valid
    assert _steps(verdict)["file-bytes"] is Outcome.FAILED
    assert _steps(verdict)["building-content"] is Outcome.PASSED


def test_other_bytes_alone_are_refused(sealed):
    assert not verify_bundle(sealed.bundle, records=None, file_sha256="00" * 32, policy=ANY).valid


@pytest.mark.parametrize("change", ["moved", "fire", "missing", "added"])
def test_other_content_is_refused(sealed, snapshot, make, change):
    records = dict(snapshot.records)
    first = make.wall(1)
    if change == "missing":
        del records[first.global_id]
    elif change == "added":
        records["new"] = replace(first, global_id="2O2Fr$t4X7Zf8NOew3FL99")
    else:
        records[first.global_id] = make.wall(1, x=1.001) if change == "moved" else make.wall(1, fire="REI 30")
    verdict = verify_bundle(sealed.bundle, records=records.values(), file_sha256=None, policy=ANY)
    assert not verdict.valid
    assert _steps(verdict)["building-content"] is Outcome.FAILED
    assert _steps(verdict)["proof-signature"] is Outcome.PASSED


def test_model_with_nothing_in_it_is_refused(sealed):
    assert not verify_bundle(sealed.bundle, records=[], file_sha256=None, policy=ANY).valid


def test_public_bundle_proves_the_signature_and_refuses_to_compare(sealed, snapshot):
    public = public_bundle(sealed.bundle)
    alone = verify_bundle(public, records=None, file_sha256=snapshot.file_sha256, policy=ANY)
    assert alone.valid
    assert _steps(alone)["salt-secret"] is Outcome.SKIPPED
    compared = verify_bundle(public, records=snapshot.records.values(), file_sha256=None, policy=ANY)
    assert not compared.valid
    assert "salt secret" in compared.steps[-1].reason


def test_chain_of_states_names_the_digest_of_the_one_before(sealed, signer, make):
    later = make.snapshot([make.wall(1)], version=2)
    verdict = verify_bundle(
        seal(later, signer, make.secret, sealed.credential, make.created).bundle,
        records=None,
        file_sha256=None,
        policy=ANY,
    )
    assert verdict.valid
    assert verdict.facts["previous_state_sha256"] == sealed.credential_sha256 == sha256_hex(sealed.credential)
    assert verdict.facts["previous_state"] == "urn:kaksik:building:112233445:state:as-built:1"


def test_previous_state_of_another_building_or_of_itself_is_refused(sealed, signer, make):
    other = make.snapshot([make.wall(1)], building="199999999")
    with pytest.raises(Conflict, match="another building"):
        seal(other, signer, make.secret, sealed.credential, make.created)
    with pytest.raises(Conflict, match="predecessor"):
        seal(make.snapshot([make.wall(1)]), signer, make.secret, sealed.credential, make.created)
    with pytest.raises(InvalidInput):
        seal(make.snapshot([make.wall(1)], version=2), signer, make.secret, b"{}", make.created)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=["P-256", "P-384"])
def test_ecdsa_signer_seals_too(make, curve):
    signer = KeySigner(ec.derive_private_key(7, curve))
    bundle = seal(make.snapshot([make.wall(1)]), signer, make.secret, None, make.created).bundle
    assert verify_bundle(bundle, records=[make.wall(1)], file_sha256=None, policy=ANY).valid


def test_salts_of_two_states_differ_for_the_same_element(signer, make):
    files = []
    for version in (1, 2):
        snapshot = make.snapshot([make.wall(1), make.wall(2)], version=version)
        sealed = seal(snapshot, signer, make.secret, None, make.created)
        files.append(json.loads(disclose(snapshot, make.secret, sealed.credential, make.wall(1).global_id)))
    assert files[0]["proof"]["statements"] == files[1]["proof"]["statements"]
    assert files[0]["proof"]["salt"] != files[1]["proof"]["salt"]


def test_one_element_is_shown_and_nothing_else(sealed, snapshot, make):
    wall = make.wall(5)
    data = disclose(snapshot, make.secret, sealed.credential, wall.global_id)
    verdict = verify_disclosure(data, policy=ANY)
    assert verdict.valid
    assert verdict.facts["element"] == canonical_form(wall)
    assert all(make.wall(other).global_id.encode() not in data for other in (1, 2, 3, 4, 6, 7))
    assert len(jcs(json.loads(data)["proof"])) < 4096


def test_disclosure_needs_the_sealed_state_and_an_element_of_it(sealed, snapshot, make):
    with pytest.raises(NotFound):
        disclose(snapshot, make.secret, sealed.credential, "absent")
    with pytest.raises(Conflict):
        disclose(snapshot, bytes(32), sealed.credential, make.wall(1).global_id)
    with pytest.raises(Conflict):
        disclose(make.snapshot([make.wall(1)]), make.secret, sealed.credential, make.wall(1).global_id)


def test_verdict_for_the_service_is_plain_json(sealed, signer):
    form = verdict_json(verify_bundle(sealed.bundle, records=None, file_sha256=None, policy=ANY))
    assert json.loads(json.dumps(form)) == form
    assert form["verdict"] == "valid"
    assert form["issuer"] == signer.controller
    assert form["leaf_count"] == 7
    assert verdict_json(None)["verdict"] == "unsealed"
    assert set(form["steps"][0]) == {"number", "name", "verdict", "reason", "required"}


def test_unusable_input_is_refused_with_a_reason(signer, make):
    empty = make.snapshot([])
    with pytest.raises(SignatureError, match="nothing"):
        seal(empty, signer, make.secret, None, make.created)
    with pytest.raises(InvalidInput, match="32 bytes"):
        seal(make.snapshot([make.wall(1)]), signer, b"short", None, make.created)
    with pytest.raises(SignatureError, match="time zone"):
        seal(make.snapshot([make.wall(1)]), signer, make.secret, None, make.created.replace(tzinfo=None))
    broken = replace(make.wall(1), name="\ud800")
    with pytest.raises(SignatureError, match="Unicode"):
        seal(make.snapshot([broken]), signer, make.secret, None, make.created)
    infinite = replace(make.wall(1), placement=(float("nan"),) * 16)
    with pytest.raises(InvalidInput) as caught:
        statements_of("112233445", infinite)
    assert caught.value.entity == infinite.global_id


def test_composed_and_decomposed_names_are_different_content(make):
    composed, decomposed = (replace(make.wall(1), name=name) for name in ("\u00f5", "o\u0303"))
    assert statements_of("112233445", composed) != statements_of("112233445", decomposed)
