"""Proof options, policies and the arithmetic of verdicts."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signatures import (
    CREDENTIALS_V2,
    AllOf,
    AnyIssuer,
    IssuerIs,
    KeySigner,
    NotAfter,
    NotBefore,
    Outcome,
    SignatureError,
    SignatureFacts,
    SignedBy,
    StepLog,
    Suite,
    Verdict,
    add_proof,
    parse_timestamp,
    pinned_contexts,
    proofs_of,
    timestamp,
    verify_proof,
)

CONTEXTS = pinned_contexts()
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ED = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32))
P256 = KeySigner(ec.derive_private_key(3, ec.SECP256R1()))
P384 = KeySigner(ec.derive_private_key(3, ec.SECP384R1()))
DOCUMENT = {
    "@context": [CREDENTIALS_V2],
    "type": ["VerifiableCredential"],
    "issuer": "did:example:1",
    "credentialSubject": {"id": "urn:x:1", "name": "Maja"},
}
FACTS = SignatureFacts("did:x:a", frozenset({"did:x:a", "did:x:b"}), (NOON - HOUR, NOON + HOUR))


@pytest.mark.parametrize("signer", [P256, P384], ids=["P-256", "P-384"])
def test_key_of_another_suite_is_refused(signer):
    with pytest.raises(SignatureError, match="fit"):
        add_proof(DOCUMENT, signer, suite=Suite.EDDSA_RDFC_2022, created=NOON, contexts=CONTEXTS)
    with pytest.raises(SignatureError, match="fit"):
        add_proof(DOCUMENT, ED, suite=Suite.ECDSA_JCS_2019, created=NOON, contexts=CONTEXTS)


def test_hash_of_another_curve_is_not_accepted():
    signed = add_proof(DOCUMENT, P256, suite=Suite.ECDSA_RDFC_2019, created=NOON, contexts=CONTEXTS)
    with pytest.raises(SignatureError, match="does not fit"):
        verify_proof(signed, proofs_of(signed)[0], P384.public_key, CONTEXTS)


def test_proof_set_keeps_every_signature_good_on_its_own():
    signed = add_proof(DOCUMENT, ED, suite=Suite.EDDSA_RDFC_2022, created=NOON, contexts=CONTEXTS)
    both = add_proof(signed, P384, suite=Suite.ECDSA_JCS_2019, created=NOON, contexts=CONTEXTS)
    first, second = proofs_of(both)
    verify_proof(both, first, ED.public_key, CONTEXTS)
    verify_proof(both, second, P384.public_key, CONTEXTS)
    with pytest.raises(SignatureError):
        verify_proof({**both, "issuer": "did:example:2"}, second, P384.public_key, CONTEXTS)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-2022"},
        {"cryptosuite": None},
        {"created": "2026-11-21"},
        {"created": "2026-13-41T99:99:99Z"},
        {"created": None},
        {"proofValue": None},
        {"proofValue": "z"},
        {"proofValue": "m" + "A" * 86},
        {"previousProof": "urn:x:0"},
        {"@context": {"created": "urn:x:other"}},
        {"undefined": "x"},
    ],
)
@pytest.mark.parametrize("suite", [Suite.EDDSA_RDFC_2022, Suite.EDDSA_JCS_2022])
def test_changed_proof_is_refused(change, suite):
    signed = add_proof(DOCUMENT, ED, suite=suite, created=NOON, contexts=CONTEXTS)
    proof = {**proofs_of(signed)[0], **change}
    with pytest.raises(SignatureError):
        verify_proof(signed, proof, ED.public_key, CONTEXTS)


def test_jcs_proof_without_the_prefix_of_the_contexts_is_refused():
    signed = add_proof(DOCUMENT, ED, suite=Suite.EDDSA_JCS_2022, created=NOON, contexts=CONTEXTS)
    moved = {**signed, "@context": ["urn:x:first", CREDENTIALS_V2]}
    with pytest.raises(SignatureError, match="contexts"):
        verify_proof(moved, proofs_of(moved)[0], ED.public_key, CONTEXTS)


@pytest.mark.parametrize("value", [None, [], "x", [1], 0])
def test_document_without_usable_proofs_is_refused(value):
    with pytest.raises(SignatureError):
        proofs_of({**DOCUMENT, "proof": value})


def test_timestamps_are_utc_and_whole_seconds():
    assert timestamp(NOON.astimezone()) == "2026-11-21T12:00:00Z"
    assert parse_timestamp(timestamp(NOON)) == NOON
    for text in ("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00.5Z", "2026-02-30T00:00:00Z", "now"):
        with pytest.raises(SignatureError):
            parse_timestamp(text)


@pytest.mark.parametrize(
    ("policy", "accepted"),
    [
        (AnyIssuer(), True),
        (IssuerIs(frozenset({"did:x:a"})), True),
        (IssuerIs(frozenset({"did:x:b"})), False),
        (IssuerIs(frozenset()), False),
        (SignedBy(frozenset({"did:x:a", "did:x:b"})), True),
        (SignedBy(frozenset({"did:x:a", "did:x:c"})), False),
        (NotBefore(NOON - HOUR), True),
        (NotBefore(NOON), False),
        (NotAfter(NOON + HOUR), True),
        (NotAfter(NOON), False),
        (AllOf((AnyIssuer(), NotAfter(NOON + HOUR))), True),
        (AllOf((AnyIssuer(), NotAfter(NOON))), False),
        (AllOf(()), False),
    ],
)
def test_policies(policy, accepted):
    assert (policy.refusal(FACTS) is None) is accepted


def test_nobody_is_not_anybody():
    assert AnyIssuer().refusal(SignatureFacts("did:x:a", frozenset(), FACTS.signed))


def _fail():
    raise SignatureError("Broken.", reason="proof", entity="here")


def test_failed_required_step_skips_the_rest_and_decides():
    log = StepLog()
    assert log.run("one", lambda: (1, "Fine.")) == 1
    assert log.run("two", _fail) is None
    assert log.run("three", lambda: (3, "Fine.")) is None
    assert [step.verdict for step in log.steps] == [Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED]
    assert [step.number for step in log.steps] == [1, 2, 3]
    assert log.steps[1].reason == "Broken. (here)"
    assert not Verdict(tuple(log.steps), {}).valid


def test_failed_optional_step_decides_nothing():
    log = StepLog()
    log.run("one", _fail, required=False)
    log.run("two", lambda: (2, "Fine."))
    assert Verdict(tuple(log.steps), {}).valid


def test_verdict_without_required_steps_is_not_valid():
    log = StepLog()
    log.skip("one", "Nothing given.", required=False)
    assert not Verdict(tuple(log.steps), {}).valid
    assert not Verdict((), {}).valid
