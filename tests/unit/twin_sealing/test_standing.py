"""States and keys that are trusted no more: status lists, rotation, revocation."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from signatures import AnyIssuer, KeyHistories
from twin.catalogue import Journal, open_database
from twin.errors import Conflict, NotFound
from twin.keyring import KeyRing
from twin.registry import Registry
from twin.sealing import read_credential, seal, verify_bundle
from twin.sealing.bundle import Bundle
from twin.standing import Standing
from twin.witnesses import Witnesses

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Hours:
    """A clock that a test turns."""

    def __init__(self):
        self.now = BEGIN

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Hours()


@pytest.fixture
def standing(tmp_path, clock):
    from twin.blobs import FileBlobStore

    engine, keys = open_database(tmp_path / "c.sqlite"), KeyRing(tmp_path / "keys", None)
    blobs, journal = FileBlobStore(tmp_path / "blobs"), Journal(engine, clock)
    registry = Registry(tmp_path / "log", "log.example/log", keys, engine, blobs, Witnesses(), clock)
    yield Standing(keys, journal, registry, "https://log.example/log/status", clock)
    engine.dispose()


@pytest.fixture
def sealed(standing, clock, snapshot):
    entry = standing.allot("urn:kaksik:x")
    state = seal(snapshot, standing.issuer(), bytes(32), None, clock(), status=entry)
    return state.bundle


def steps(bundle, **given):
    verdict = verify_bundle(bundle, records=None, file_sha256=None, policy=AnyIssuer(), **given)
    return verdict.valid, {step.name: step.verdict for step in verdict.steps}


def test_a_revoked_state_is_refused_once_the_list_is_brought(standing, sealed):
    form = read_credential(Bundle.from_bytes(sealed).credential)
    assert steps(sealed)[1]["status"] == "skipped"
    assert steps(sealed, status_list=standing.list_for(form)) == (True, steps(sealed)[1] | {"status": "passed"})
    standing.revoke(form, "wrong model", "test")
    valid, found = steps(sealed, status_list=standing.list_for(form))
    assert (valid, found["status"]) == (False, "failed")
    with pytest.raises(Conflict):
        standing.revoke(form, "again", "test")


def test_a_status_list_that_was_changed_or_is_of_another_is_refused(standing, sealed):
    form = read_credential(Bundle.from_bytes(sealed).credential)
    listed = json.loads(standing.list_for(form))
    for member, value in (("issuer", "did:key:z6MkfakefakeF"), ("validFrom", "2031-01-01T00:00:00Z")):
        assert not steps(sealed, status_list=json.dumps({**listed, member: value}).encode())[0]
    standing.rotate(revoke=False)
    other = standing.listed(standing.allot("urn:kaksik:y")["statusListCredential"].rpartition("/")[2])
    assert not steps(sealed, status_list=other)[0]
    with pytest.raises(NotFound):
        standing.listed("zzzzzzzzzzzz-1")


def test_a_rotated_key_stays_good_and_still_signs_its_status_list(standing, sealed, clock):
    before = standing.issuer().controller
    clock.now += timedelta(hours=1)
    after = standing.rotate(revoke=False)
    assert before != after
    assert standing.issuers() == {before, after}
    form = read_credential(Bundle.from_bytes(sealed).credential)
    assert steps(sealed, resolver=standing.resolver(), status_list=standing.list_for(form))[0]


def test_what_a_revoked_key_signed_counts_only_if_it_is_shown_to_be_older(standing, sealed, clock):
    clock.now += timedelta(hours=2)
    standing.rotate(revoke=True)
    resolver = KeyHistories.from_json(json.loads(json.dumps(standing.histories())))
    assert steps(sealed, resolver=resolver)[1]["proof-key"] == "failed"
    assert steps(sealed, resolver=resolver, proved_at=BEGIN + timedelta(hours=3))[1]["proof-key"] == "failed"
    assert steps(sealed, resolver=resolver, proved_at=BEGIN + timedelta(hours=1))[0]
    form = read_credential(Bundle.from_bytes(sealed).credential)
    assert standing.list_for(form) is None


def test_entries_of_a_list_are_given_once(standing):
    given = [standing.allot("urn:kaksik:x")["statusListIndex"] for _ in range(300)]
    assert len(set(given)) == len(given)
