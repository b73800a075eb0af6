"""Whatever is given to a verifier, it answers with a verdict; whatever is read, the error is our own."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from ifc import ElementRecord, MeshSet
from signatures import (
    AnyIssuer,
    ElementProof,
    KeySigner,
    SignatureError,
    canonicalize,
    jcs,
    parse_object,
    pinned_contexts,
    resolve_did_key,
)
from twin.errors import InvalidInput
from twin.sealing import disclose, record_of, seal, statements_of, verify_bundle, verify_disclosure
from twin.snapshot import Snapshot, Stage

ANY = AnyIssuer()
SECRET = bytes(32)
RECORD = ElementRecord("2O2Fr$t4X7Zf8NOew3FL01", "IfcWall", property_sets={"P": {"Fire": "REI 60"}})
SNAPSHOT = Snapshot("112233445", Stage.AS_BUILT, 1, "ab" * 32, {RECORD.global_id: RECORD}, MeshSet(()), None)
SEALED = seal(
    SNAPSHOT,
    KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(SECRET)),
    SECRET,
    None,
    datetime(2026, 1, 1, tzinfo=UTC),
)
FORM = json.loads(disclose(SNAPSHOT, SECRET, SEALED.credential, RECORD.global_id))
CONTEXTS = pinned_contexts()

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _paths(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


def _replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(_paths(FORM))), json_values)
def test_any_member_of_an_element_file_replaced(path, new):
    changed = _replaced(FORM, path, new)
    try:
        data = jcs(changed)
    except SignatureError:
        return
    assert verify_disclosure(data, policy=ANY).valid is (data == jcs(FORM))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_bundle_and_no_element(data):
    assert not verify_bundle(data, records=None, file_sha256=None, policy=ANY).valid
    assert not verify_bundle(b"PK\x03\x04" + data, records=None, file_sha256=None, policy=ANY).valid
    assert not verify_disclosure(data, policy=ANY).valid


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_readers_raise_only_their_own_error(data):
    with contextlib.suppress(SignatureError):
        form = parse_object(data)
        with contextlib.suppress(SignatureError):
            ElementProof.from_json(form)
        canonicalize({"@context": "urn:kaksik:context:lifecycle:v1", **form}, CONTEXTS)
    with contextlib.suppress(SignatureError):
        resolve_did_key("did:key:" + data.decode("latin-1"))


LINES = statements_of("112233445", RECORD)
segments = st.sampled_from(
    ["relation", "material", "!0", "!x", "propertySet", "placement", "detail", "reference", "a"]
)
objects = st.sampled_from(
    [
        '"x"',
        '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"inf"^^<http://www.w3.org/2001/XMLSchema#double>',
        '"1 m"^^<urn:kaksik:ns:measure/K>',
        '""^^<urn:kaksik:ns:emptyMap>',
        "<urn:x:y>",
        '"\\u0041"',
        '"\\q"',
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.lists(segments, min_size=1, max_size=4), objects), max_size=3), st.booleans())
def test_statements_of_a_hostile_issuer_are_a_record_or_refused(extra, keep):
    subject = LINES[0].split(" ")[0]
    lines = {f"{subject} <urn:kaksik:ns:{'/'.join(path)}> {value} ." for path, value in extra}
    lines |= set(LINES) if keep else set()
    try:
        record = record_of("112233445", sorted(lines))
    except InvalidInput:
        return
    assert set(statements_of("112233445", record)) == lines


def test_very_deep_statement_is_refused():
    path = "/".join(["attribute", *["a"] * 5000])
    line = f'{LINES[0].split(" ")[0]} <urn:kaksik:ns:{path}> "x" .'
    with pytest.raises(InvalidInput):
        record_of("112233445", [*LINES, line])
