"""Strict JSON and its one spelling."""

import pytest

from signatures import Reason, SignatureError, from_base58btc, jcs, parse_canonical, parse_object, to_base58btc


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":2}', Reason.DUPLICATE_KEY),
        (b'{"a":{"b":1,"\\u0062":2}}', Reason.DUPLICATE_KEY),
        (b'{"a":NaN}', Reason.JSON),
        (b'{"a":Infinity}', Reason.JSON),
        (b'{"a":1e400}', Reason.JSON),
        (b'{"a":9007199254740993}', Reason.JSON),
        (b'{"a":"\\ud800"}', Reason.JSON),
        (b'{"a":"\xff"}', Reason.JSON),
        (b'\xef\xbb\xbf{"a":1}', Reason.JSON),
        (b'{"a":1} {}', Reason.JSON),
        (b"[1]", Reason.JSON),
        (b"", Reason.JSON),
        (b'{"a":' * 40 + b"1" + b"}" * 40, Reason.JSON),
        (b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", Reason.JSON),
        (b'{"a":' + b"9" * 5000 + b"}", Reason.JSON),
        (b'{"a":"' + b"x" * 70_000 + b'"}', Reason.TOO_LARGE),
    ],
)
def test_what_is_not_plain_json_is_refused(data, reason):
    with pytest.raises(SignatureError) as caught:
        parse_object(data)
    assert caught.value.reason is reason


def test_error_names_the_line():
    with pytest.raises(SignatureError) as caught:
        parse_object(b'{\n"a": 1,\n}')
    assert caught.value.line == 3


@pytest.mark.parametrize("data", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1.0}', b'{"a":"\\u00e4"}', b'{"a":1}\n'])
def test_other_spelling_is_refused(data):
    assert parse_object(data)
    with pytest.raises(SignatureError, match="canonical"):
        parse_canonical(data)


def test_members_are_ordered_by_utf16_as_rfc_8785_asks():
    form = {"\uff5e": 1, "\U0001f303": 2, "a": 3}
    assert list(parse_canonical(jcs(form))) == ["a", "\U0001f303", "\uff5e"]


def test_foreign_types_are_refused():
    with pytest.raises(SignatureError):
        jcs({"a": object()})


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", "z"), (b"\0\0\x01", "z112"), (b"Hello World!", "z2NEpo7TZRRrLZSi2U"), (bytes(32), "z" + "1" * 32)],
)
def test_base58btc_both_ways(data, text):
    assert to_base58btc(data) == text
    assert from_base58btc(text) == data


@pytest.mark.parametrize("text", ["", "u12", "z0", "zl", "z" + "2" * 600])
def test_what_is_not_base58btc_is_refused(text):
    with pytest.raises(SignatureError):
        from_base58btc(text)
