"""Several signers of one credential, each in a role; and keys that were revoked (attacks on proof sets)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signatures import (
    CREDENTIALS_V2,
    LIFECYCLE_V1,
    AllOf,
    AnyIssuer,
    ControllerVersion,
    CredentialRules,
    KeyHistory,
    KeySigner,
    Outcome,
    RolesSigned,
    SeparateRoles,
    SignatureError,
    StepLog,
    Suite,
    add_proof,
    credential_schema,
    jcs,
    key_document,
    new_credential,
    pinned_contexts,
    resolve_did_key,
    strict_object,
    verify_credential,
)

CONTEXTS, STORE = (CREDENTIALS_V2, LIFECYCLE_V1), pinned_contexts()
KIND, NOW = "BuildingLifecycleCredential", datetime(2026, 3, 1, tzinfo=UTC)
TEXT = {"type": "string", "maxLength": 99}
SCHEMA = credential_schema(
    contexts=CONTEXTS,
    kind=KIND,
    subject=strict_object({"id": TEXT, "type": {"const": "BuildingState"}, "buildingCode": TEXT}),
    evidence=strict_object({"id": TEXT}),
)
DESIGNER = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))
BUILDER = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
SUPERVISION = KeySigner(ec.derive_private_key(7, ec.SECP256R1()))
ROLES = (("designer", DESIGNER), ("builder", BUILDER), ("owner-supervision", SUPERVISION))
REQUIRED = {role: frozenset({signer.controller}) for role, signer in ROLES}


def _credential():
    subject = {"id": "urn:kaksik:s", "type": "BuildingState", "buildingCode": "112233445"}
    return new_credential(
        contexts=CONTEXTS,
        kind=KIND,
        identifier="urn:x:1",
        issuer=DESIGNER.controller,
        valid_from=NOW,
        subject=subject,
    )


def _sign(credential, signer, role, created=NOW):
    suite = Suite.ECDSA_RDFC_2019 if signer is SUPERVISION else Suite.EDDSA_RDFC_2022
    return add_proof(credential, signer, suite=suite, created=created, contexts=STORE, role=role)


@pytest.fixture(scope="module")
def signed():
    credential = _credential()
    for role, signer in ROLES:
        credential = _sign(credential, signer, role)
    return credential


def _verify(credential, policy=None, resolver=resolve_did_key, proved_at=None):
    log = StepLog()
    rules = CredentialRules(SCHEMA, STORE, resolver, policy or RolesSigned(REQUIRED), proved_at)
    verify_credential(jcs(credential), rules, log)
    return [step for step in log.steps if step.verdict is Outcome.FAILED]


def test_all_roles_signed_is_accepted(signed):
    assert _verify(signed) == []
    assert _verify(signed, AllOf((RolesSigned(REQUIRED), SeparateRoles()))) == []


@pytest.mark.parametrize("gone", range(3))
def test_removed_proof_of_a_role_is_refused(signed, gone):
    proofs = [proof for number, proof in enumerate(signed["proof"]) if number != gone]
    assert _verify({**signed, "proof": proofs})[0].name in {"policy", "proof-key"}


def test_role_changed_after_signing_is_refused(signed):
    proofs = [{**signed["proof"][0], "signerRole": "municipality"}, *signed["proof"][1:]]
    assert _verify({**signed, "proof": proofs}, AnyIssuer())[0].name == "proof-signature"


def test_role_removed_or_added_after_signing_is_refused(signed):
    bare = {key: value for key, value in signed["proof"][0].items() if key != "signerRole"}
    assert _verify({**signed, "proof": [bare, *signed["proof"][1:]]}, AnyIssuer())[0].name == "proof-signature"
    unnamed = _sign(_credential(), DESIGNER, None)
    added = {**unnamed, "proof": {**unnamed["proof"], "signerRole": "designer"}}
    assert _verify(added, AnyIssuer())[0].name == "proof-signature"


def test_proof_set_with_one_bad_proof_is_refused(signed):
    last = {**signed["proof"][2], "created": "2026-03-02T00:00:00Z"}
    assert _verify({**signed, "proof": [*signed["proof"][:2], last]})[0].name == "proof-signature"


def test_stranger_in_a_role_is_refused(signed):
    credential = _sign(_sign(_credential(), DESIGNER, "designer"), BUILDER, "owner-supervision")
    failed = _verify(credential, RolesSigned({"owner-supervision": REQUIRED["owner-supervision"]}))
    assert "may sign in the role" in failed[0].reason
    assert _verify(credential, RolesSigned({"owner-supervision": None})) == []


def test_one_person_in_two_roles_is_refused():
    credential = _sign(_sign(_credential(), DESIGNER, "designer"), DESIGNER, "owner-supervision")
    assert "more than one role" in _verify(credential, SeparateRoles())[0].reason
    assert _verify(credential, SeparateRoles(frozenset({"designer", "builder"}))) == []


@pytest.mark.parametrize("role", ["", "Designer", "a b", "x" * 300, 'designer"', "designer\n"])
def test_malformed_role_is_not_signed(role):
    with pytest.raises(SignatureError):
        _sign(_credential(), DESIGNER, role)


WEB = "did:web:registry.example"
METHOD = f"{WEB}#key-1"


class _Named:
    """A signer under a did:web."""

    public_key, controller, verification_method = DESIGNER.public_key, WEB, METHOD
    sign = staticmethod(DESIGNER.sign)


def _history(*versions):
    return KeyHistory(WEB, [ControllerVersion(document, since) for document, since in versions])


DOCUMENT = key_document(WEB, {METHOD: DESIGNER.public_key})
START, LATER = NOW - timedelta(days=9), NOW + timedelta(days=9)


@pytest.fixture(scope="module")
def by_web():
    return add_proof(
        {**_credential(), "issuer": WEB}, _Named(), suite=Suite.EDDSA_RDFC_2022, created=NOW, contexts=STORE
    )


def test_key_in_force_is_accepted(by_web):
    assert _verify(by_web, AnyIssuer(), _history((DOCUMENT, START))) == []


def test_created_after_key_revocation_is_refused(by_web):
    revoked = key_document(WEB, {METHOD: DESIGNER.public_key}, {METHOD: NOW - timedelta(days=1)})
    history = _history((DOCUMENT, START), (revoked, NOW))
    assert "revoked" in _verify(by_web, AnyIssuer(), history)[0].reason


def test_proof_dated_back_before_the_revocation_counts_only_if_shown(by_web):
    revoked = key_document(WEB, {METHOD: DESIGNER.public_key}, {METHOD: LATER})
    history = _history((DOCUMENT, START), (revoked, LATER))
    assert _verify(by_web, AnyIssuer(), history)[0].name == "proof-key"
    assert _verify(by_web, AnyIssuer(), history, LATER + timedelta(days=1))[0].name == "proof-key"
    assert _verify(by_web, AnyIssuer(), history, LATER - timedelta(days=1)) == []


def test_key_left_out_of_a_later_version_is_revoked_then(by_web):
    history = _history((DOCUMENT, START), (key_document(WEB, {}), LATER))
    assert history(METHOD).revoked == LATER
    again = _history((DOCUMENT, START), (key_document(WEB, {}), LATER), (DOCUMENT, LATER + timedelta(days=1)))
    assert again(METHOD).revoked == LATER
    assert _verify(by_web, AnyIssuer(), history)[0].name == "proof-key"


def test_proof_older_than_its_key_is_refused(by_web):
    assert "older" in _verify(by_web, AnyIssuer(), _history((DOCUMENT, LATER)))[0].reason


def test_expired_key_is_refused(by_web):
    expired = {
        **DOCUMENT,
        "verificationMethod": [{**DOCUMENT["verificationMethod"][0], "expires": "2026-02-01T00:00:00Z"}],
    }
    assert "expired" in _verify(by_web, AnyIssuer(), _history((expired, START)))[0].reason


def test_key_without_purpose_or_of_another_controller_is_refused(by_web):
    assert _verify(by_web, AnyIssuer(), _history(({**DOCUMENT, "assertionMethod": []}, START)))[0].name == "proof-key"
    for document in ({**DOCUMENT, "id": "did:web:other"}, {"id": WEB}, {**DOCUMENT, "verificationMethod": [3]}):
        with pytest.raises(SignatureError):
            _history((document, START))


def test_key_under_the_name_of_another_is_refused():
    with pytest.raises(SignatureError, match="name of another"):
        _history((DOCUMENT, START), (key_document(WEB, {METHOD: BUILDER.public_key}), LATER))
    with pytest.raises(SignatureError, match="never published"):
        _history((DOCUMENT, START))(f"{WEB}#key-2")


def test_verification_key_judges_times():
    key = replace(resolve_did_key(DESIGNER.verification_method), expires=NOW)
    assert key.refusal(NOW - timedelta(days=1), None) is None
    assert key.refusal(NOW - timedelta(days=1), NOW) is not None
