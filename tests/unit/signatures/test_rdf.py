"""Linked data that would lose a part on the way to the signature is refused."""

import json
import socket

import pytest

from signatures import (
    CREDENTIALS_V2,
    LIFECYCLE_V1,
    PINS,
    ContextStore,
    Reason,
    SignatureError,
    canonicalize,
    pinned_contexts,
    sha256_hex,
)
from signatures.context_store import _checked

CONTEXTS = pinned_contexts()


def _document(**changes):
    document = {
        "@context": [CREDENTIALS_V2, LIFECYCLE_V1],
        "id": "urn:x:1",
        "type": ["VerifiableCredential", "BuildingLifecycleCredential"],
        "issuer": "did:example:1",
        "credentialSubject": {"id": "urn:x:2", "type": "BuildingState", "leafCount": 3},
    }
    return {**document, **changes}


def _subject(**changes):
    return _document(credentialSubject={**_document()["credentialSubject"], **changes})


def test_every_member_of_a_good_document_becomes_a_statement():
    lines = canonicalize(_document(), CONTEXTS).splitlines()
    assert len(lines) == 6
    assert '<urn:x:2> <urn:kaksik:ns:leafCount> "3"^^<http://www.w3.org/2001/XMLSchema#integer> .' in lines


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (_document(unknown="x"), Reason.DATA_LOSS),
        (_subject(unknown="x"), Reason.DATA_LOSS),
        (_document(type=["VerifiableCredential", "Unknown"]), Reason.DATA_LOSS),
        (_document(id="relative/path"), Reason.DATA_LOSS),
        (_document(id=""), Reason.DATA_LOSS),
        (_document(id="#fragment"), Reason.DATA_LOSS),
        (_document(id="//host/path"), Reason.DATA_LOSS),
        (_document(id="../../.."), Reason.DATA_LOSS),
        (_document(issuer="no iri"), Reason.DATA_LOSS),
        (_subject(id="urn:x:a b"), Reason.DATA_LOSS),
        (_subject(building="urn:x:<>"), Reason.DATA_LOSS),
        (_document(id="_:b0"), Reason.DATA_LOSS),
        (_document(name="bell\x07"), Reason.DATA_LOSS),
        (_document(name="form\x0cfeed"), Reason.DATA_LOSS),
        (_subject(**{"@context": {"leafCount": "urn:x:other"}}), Reason.CONTEXT),
        (_subject(**{"@reverse": {"issuer": "urn:x:3"}}), Reason.CONTEXT),
        (_document(**{"@graph": []}), Reason.CONTEXT),
        (_document(**{"@context": [CREDENTIALS_V2, {"leafCount": "urn:x:other"}]}), Reason.CONTEXT),
        (_document(**{"@context": [CREDENTIALS_V2, "https://attacker.example/c"]}), Reason.CONTEXT),
        (_document(**{"@context": None}), Reason.CONTEXT),
        (_document(name=["x"] * 1001), Reason.TOO_LARGE),
    ],
)
def test_loss_and_foreign_contexts_are_refused(document, reason, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    with pytest.raises(SignatureError) as caught:
        canonicalize(document, CONTEXTS)
    assert caught.value.reason is reason


def test_values_are_ordered_by_code_point():
    lines = canonicalize(_document(name=["\U0001f303", "\uff5e"]), CONTEXTS).splitlines()
    names = [line for line in lines if "schema.org/name" in line]
    assert "\uff5e" in names[0]
    assert "\U0001f303" in names[1]


def test_contexts_equal_their_pins():
    for url, pin in PINS.items():
        assert sha256_hex(CONTEXTS.canonical_bytes(url)) == pin


def test_changed_context_under_a_known_url_is_refused():
    changed = CONTEXTS.canonical_bytes(CREDENTIALS_V2).replace(b"schema.org/name", b"schema.org/nam3")
    with pytest.raises(SignatureError, match="pinned"):
        _checked(CREDENTIALS_V2, changed)


def test_stores_share_nothing():
    swapped = json.loads(CONTEXTS.canonical_bytes(LIFECYCLE_V1))
    swapped["@context"]["BuildingState"]["@context"]["leafCount"]["@id"] = "urn:x:other"
    other = ContextStore(
        {CREDENTIALS_V2: json.loads(CONTEXTS.canonical_bytes(CREDENTIALS_V2)), LIFECYCLE_V1: swapped}
    )
    assert "urn:x:other" in canonicalize(_document(), other)
    assert "urn:x:other" not in canonicalize(_document(), CONTEXTS)


def test_two_nodes_that_look_alike_keep_one_canonical_form():
    evidence = [{"type": "DigestEvidence", "name": name} for name in ("b", "a")]
    one = canonicalize(_document(evidence=evidence), CONTEXTS)
    assert one == canonicalize(_document(evidence=evidence[::-1]), CONTEXTS)
