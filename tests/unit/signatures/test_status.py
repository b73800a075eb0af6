"""Bitstring status lists: set, read, and every wrong list refused."""

import gzip
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from signatures import SignatureError, StatusList, check_status, status_credential, status_entry
from signatures.status import MAX_BYTES, MIN_ENTRIES

URL, ISSUER = "https://registry.example/status/1", "did:web:registry.example"
ENTRY = status_entry(URL, 94567)


def _listed(*indices):
    bits = StatusList()
    for index in indices:
        bits = bits.with_status(index)
    return status_credential(URL, ISSUER, bits, datetime(2026, 1, 1, tzinfo=UTC))


def _packed(data):
    return "u" + urlsafe_b64encode(gzip.compress(data)).rstrip(b"=").decode()


def test_bits_stand_where_they_were_set():
    bits = StatusList().with_status(0).with_status(9).with_status(MIN_ENTRIES - 1)
    again = StatusList.from_encoded(bits.encoded)
    assert [index for index in range(len(again)) if again[index]] == [0, 9, MIN_ENTRIES - 1]


def test_first_bit_is_the_leftmost():
    assert StatusList(b"\x80" + bytes(MIN_ENTRIES // 8 - 1))[0]


def test_good_credential_passes_and_revoked_one_does_not():
    check_status(ENTRY, _listed(94566, 94568), ISSUER)
    with pytest.raises(SignatureError) as caught:
        check_status(ENTRY, _listed(94567), ISSUER)
    assert caught.value.reason.value == "revoked"


@pytest.mark.parametrize(
    ("entry", "listed", "issuer"),
    [
        (ENTRY, _listed(), "did:web:other"),
        ({**ENTRY, "statusPurpose": "suspension"}, _listed(), ISSUER),
        ({**ENTRY, "statusListCredential": f"{URL}0"}, _listed(), ISSUER),
        ({**ENTRY, "statusListIndex": str(MIN_ENTRIES)}, _listed(), ISSUER),
        ({**ENTRY, "statusListIndex": "-1"}, _listed(), ISSUER),
        ({**ENTRY, "statusListIndex": "٣"}, _listed(), ISSUER),
        (ENTRY, {**_listed(), "credentialSubject": None}, ISSUER),
        (ENTRY, {**_listed(), "credentialSubject": {"statusPurpose": "revocation"}}, ISSUER),
    ],
    ids=["issuer", "purpose", "address", "past-the-end", "negative", "other-digits", "no-subject", "no-list"],
)
def test_wrong_list_is_refused(entry, listed, issuer):
    with pytest.raises(SignatureError) as caught:
        check_status(entry, listed, issuer)
    assert caught.value.reason.value == "status"


@pytest.mark.parametrize(
    "text",
    ["", "zabc", "u", "u!!!", "uAAAA", _packed(b"short"), _packed(bytes(MAX_BYTES + 1))],
    ids=["empty", "base58", "nothing", "alphabet", "no-gzip", "short", "bomb"],
)
def test_unusable_lists_are_refused(text):
    with pytest.raises(SignatureError) as caught:
        StatusList.from_encoded(text)
    assert caught.value.reason.value == "status"
