"""Every known attack on a signed credential, by the number and name that the list of attacks gives it.

Each is tried against the full rules, and, where the graph alone must refuse it, against rules without a schema too.
"""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signatures import (
    CREDENTIALS_V2,
    LIFECYCLE_V1,
    AllOf,
    AnyIssuer,
    CanonicalizationCostError,
    CredentialRules,
    IssuerIs,
    KeySigner,
    NotAfter,
    Outcome,
    SignatureError,
    StepLog,
    Suite,
    add_proof,
    canonicalize,
    canonicalize_dataset,
    credential_schema,
    from_base58btc,
    jcs,
    new_credential,
    parse_object,
    pinned_contexts,
    resolve_did_key,
    strict_object,
    to_base58btc,
    verify_credential,
)

STORE, NOW = pinned_contexts(), datetime(2026, 3, 1, tzinfo=UTC)
CONTEXTS, KIND = (CREDENTIALS_V2, LIFECYCLE_V1), "BuildingLifecycleCredential"
ISSUER = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))
STRANGER = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([5] * 32)))
ELLIPTIC = KeySigner(ec.derive_private_key(7, ec.SECP256R1()))
TEXT, ORDER_ED25519 = {"type": "string", "maxLength": 99}, 2**252 + 27742317777372353535851937790883648493
STRICT = credential_schema(
    contexts=CONTEXTS,
    kind=KIND,
    subject=strict_object(
        {"id": TEXT, "type": {"const": "BuildingState"}, "buildingCode": TEXT, "version": {"type": "integer"}}
    ),
    evidence=strict_object({"id": TEXT}),
)
ANYTHING = {"type": "object"}


def made(signer=ISSUER, suite=Suite.EDDSA_RDFC_2022, issuer=None, **options):
    """A signed credential."""
    subject = {"id": "urn:kaksik:s", "type": "BuildingState", "buildingCode": "Tänav 5", "version": 3}
    unsigned = new_credential(
        contexts=CONTEXTS,
        kind=KIND,
        identifier="urn:kaksik:c",
        issuer=issuer or signer.controller,
        valid_from=NOW,
        subject=subject,
    )
    return add_proof(unsigned, signer, suite=suite, created=NOW, contexts=STORE, **options)


GOOD = made()


def failed(credential, schema=STRICT, policy=None):
    """Return the name of the step that refuses `credential`; None if it is accepted."""
    data = credential if isinstance(credential, bytes) else jcs(credential)
    log = StepLog()
    verify_credential(data, CredentialRules(schema, STORE, resolve_did_key, policy or AnyIssuer()), log)
    return next((step.name for step in log.steps if step.verdict is Outcome.FAILED), None)


def changed(path, value, document=GOOD):
    """Return `document` with one member replaced."""
    copied = copy.deepcopy(document)
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copied


def test_untouched_credential_is_accepted():
    assert failed(GOOD) is None
    assert failed(GOOD, ANYTHING) is None


SWAP = {"version": "urn:kaksik:ns:buildingCode", "buildingCode": "urn:kaksik:ns:version"}
GRAPH_ATTACKS = {
    "01-inline-context-swaps-terms": changed(("@context",), [*CONTEXTS, SWAP]),
    "02-nested-context-swaps-terms": changed(("credentialSubject", "@context"), SWAP),
    "03-undefined-property-added": changed(("credentialSubject", "unheardOf"), "x"),
    "04-undefined-object-added": changed(("unheardOf",), {"id": "urn:x:1"}),
    "05-undefined-type-added": changed(("type",), ["VerifiableCredential", KIND, "Unheard"]),
    "06-relative-iri-added": changed(("credentialSubject", "id"), "relative"),
    "11-value-changed": changed(("credentialSubject", "buildingCode"), "Tänav 6"),
    "13-purpose-changed": changed(("proof", "proofPurpose"), "authentication"),
    "15-suite-name-changed": changed(("proof", "cryptosuite"), "eddsa-jcs-2022"),
    "16-undefined-member-in-the-proof": changed(("proof", "unheardOf"), "x"),
    "remote-context": changed(("@context",), [*CONTEXTS, "https://attacker.example/v1"]),
    "context-left-out": changed(("@context",), [CREDENTIALS_V2]),
    "keyword-graph": changed(("credentialSubject", "@graph"), []),
    "keyword-reverse": changed(("credentialSubject", "@reverse"), {}),
    "did-key-fragment-of-another-key": changed(
        ("proof", "verificationMethod"), f"{ISSUER.controller}#{STRANGER.public_key.multibase}"
    ),
    "verification-method-of-another-key": changed(("proof", "verificationMethod"), STRANGER.verification_method),
    "issuer-changed": changed(("issuer",), STRANGER.controller),
    "name-in-other-normal-form": changed(("credentialSubject", "buildingCode"), "Ta\u0308nav 5"),
    "control-character-in-a-text": changed(("credentialSubject", "buildingCode"), "Tänav\u0007 5"),
    "chain-smuggled-in": changed(("proof", "previousProof"), "urn:x:1"),
    "no-proof": {key: value for key, value in GOOD.items() if key != "proof"},
    "empty-proof-set": changed(("proof",), []),
}


@pytest.mark.parametrize("name", GRAPH_ATTACKS)
def test_attack_is_refused_by_the_graph_alone(name):
    assert failed(GRAPH_ATTACKS[name]) is not None
    assert failed(GRAPH_ATTACKS[name], ANYTHING) is not None


SPELLINGS = {
    "07-null-property-added": changed(("credentialSubject", "transition"), None),
    "08-empty-array-added": changed(("evidence",), []),
    "context-order": changed(("@context",), list(CONTEXTS[::-1])),
    "10-number-as-text": changed(("credentialSubject", "version"), "3"),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_other_json_of_the_same_graph_is_refused_by_the_schema(name):
    assert failed(SPELLINGS[name]) == "credential-schema"


def test_09_number_with_a_fraction_is_refused_by_its_bytes():
    assert failed(jcs(GOOD).replace(b'"version":3', b'"version":3.0')) == "credential-json"


def test_12_valid_signature_of_a_stranger_is_refused():
    forged = made(STRANGER, issuer=ISSUER.controller)
    assert failed(forged) == "proof-key"
    assert failed(made(STRANGER), policy=IssuerIs(frozenset({ISSUER.controller}))) == "policy"


def test_14_authentication_proof_is_no_assertion():
    assert failed(made(purpose="authentication")) == "proof-purpose"


def test_17_ed25519_signature_with_s_plus_the_order_is_refused():
    raw = from_base58btc(GOOD["proof"]["proofValue"])
    large = int.from_bytes(raw[32:], "little") + ORDER_ED25519
    forged = to_base58btc(raw[:32] + large.to_bytes(32, "little"))
    assert failed(changed(("proof", "proofValue"), forged)) == "proof-signature"


def test_18_other_ecdsa_signature_of_the_same_key_verifies_so_it_names_nothing():
    """(r, n - s) is as good as (r, s): what a document is called must not depend on its signature's bytes."""
    good = made(ELLIPTIC, Suite.ECDSA_RDFC_2019)
    raw = from_base58btc(good["proof"]["proofValue"])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    assert failed(changed(("proof", "proofValue"), to_base58btc(other), good)) is None


@pytest.mark.parametrize("value", ["", "z", "z1", "u" + "A" * 86, "z" + "1" * 90])
def test_proof_value_of_another_form_is_refused(value):
    assert failed(changed(("proof", "proofValue"), value), ANYTHING) is not None


def test_20_poison_graph_is_refused():
    """A clique of ten blank nodes."""
    names = [f"_:b{number}" for number in range(10)]
    quads = [
        {
            "subject": {"type": "blank node", "value": one},
            "predicate": {"type": "IRI", "value": "urn:x:knows"},
            "object": {"type": "blank node", "value": other},
        }
        for one in names
        for other in names
        if one != other
    ]
    with pytest.raises(CanonicalizationCostError):
        canonicalize_dataset({"@default": quads})


@pytest.mark.parametrize(
    "data",
    [
        jcs(GOOD).replace(b'"version":3', b'"version":3,"version":4'),
        jcs(GOOD).replace(b'"version":3', b'"version":NaN'),
        jcs(GOOD).replace(b'"version":3', b'"version":9007199254740993'),
        jcs(GOOD).replace(b'"version":3', b'"version":1e400'),
        jcs(GOOD).replace("Tänav 5".encode(), b"\\ud800"),
        json.dumps(GOOD, indent=1).encode(),
        b"\xef\xbb\xbf" + jcs(GOOD),
        jcs(GOOD) + b"\n",
    ],
    ids=[
        "duplicate-key",
        "nan",
        "past-2^53",
        "1e400",
        "lone-surrogate",
        "re-formatted",
        "byte-order-mark",
        "newline",
    ],
)
def test_21_other_readings_of_the_json_are_refused(data):
    assert failed(data) == "credential-json"


def test_proof_dated_in_the_future_is_refused():
    assert failed(GOOD, policy=AllOf((AnyIssuer(), NotAfter(NOW - timedelta(days=1))))) == "policy"
    assert failed(GOOD, policy=NotAfter(NOW)) is None


def test_end_before_the_beginning_is_refused():
    ended = {key: value for key, value in GOOD.items() if key != "proof"} | {"validUntil": "2026-02-01T00:00:00Z"}
    signed = add_proof(ended, ISSUER, suite=Suite.EDDSA_RDFC_2022, created=NOW, contexts=STORE)
    assert failed(signed) == "dates"


def test_proof_set_in_which_a_proof_covers_another_document_is_refused():
    other = made(STRANGER, issuer=ISSUER.controller)
    foreign = changed(("credentialSubject", "buildingCode"), "x", other)["proof"]
    mixed = {**GOOD, "proof": [GOOD["proof"], {**foreign, "created": "2026-03-02T00:00:00Z"}]}
    assert failed(mixed) == "proof-signature"


def test_too_many_proofs_are_refused():
    assert failed({**GOOD, "proof": [GOOD["proof"]] * 9}) == "credential-schema"


def test_deep_or_large_document_is_refused():
    deep = b'{"a":' * 40 + b"1" + b"}" * 40
    for data in (deep, b'{"a":"' + b"x" * 70_000 + b'"}'):
        with pytest.raises(SignatureError):
            parse_object(data)


def test_expired_key_document_of_a_resolver_is_refused():
    def resolver(method):
        return replace(resolve_did_key(method), expires=NOW - timedelta(days=1))

    log = StepLog()
    verify_credential(jcs(GOOD), CredentialRules(STRICT, STORE, resolver, AnyIssuer()), log)
    assert next(step.name for step in log.steps if step.verdict is Outcome.FAILED) == "proof-key"


def test_texts_are_ordered_by_code_point_beyond_the_basic_plane():
    """U+FF5E before U+1F303: UTF-16 order, which a common canonicaliser uses, gives another digest."""
    document = {"@context": list(CONTEXTS), "id": "urn:x:1", "type": "BuildingState"}
    lines = canonicalize({**document, "buildingCode": ["\U0001f303", "\uff5e"]}, STORE).splitlines()
    assert next(line for line in lines if "\uff5e" in line or "\U0001f303" in line).count("\uff5e") == 1
