"""The signature fixtures of buildingSMART's validation service: our verdict is theirs on every file."""

import pytest

from signatures import EmbeddedVerdict, embedded_signatures

VERDICTS = {
    "pass_valid_signature.ifc": (EmbeddedVerdict.VALID, 1),
    "pass_multiple_signatures.ifc": (EmbeddedVerdict.VALID, 2),
    "fail_invalid_signature.ifc": (EmbeddedVerdict.INVALID, 1),
    "fail_truncated_signature.ifc": (EmbeddedVerdict.INVALID, 1),
    "na_no_signature.ifc": (EmbeddedVerdict.NONE, 0),
}


@pytest.fixture
def folder(conformance_dir):
    return conformance_dir / "ifc-signatures"


def test_every_fixture_is_known(folder):
    assert {file.name for file in folder.glob("*.ifc")} == VERDICTS.keys()


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict_is_that_of_the_validation_service(folder, name):
    report = embedded_signatures((folder / name).read_bytes())
    assert (report.verdict, len(report.signatures)) == VERDICTS[name]


@pytest.mark.parametrize(
    "name", [name for name, (verdict, _) in VERDICTS.items() if verdict is EmbeddedVerdict.VALID]
)
def test_any_printable_byte_changed_is_refused(folder, name):
    data = (folder / name).read_bytes()
    end = data.index(b"/*SIGNATURE;")
    for position in range(0, end, 11):
        if data[position] >= 0x20:
            changed = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
            assert embedded_signatures(changed).verdict is not EmbeddedVerdict.VALID


def test_line_ends_do_not_matter(folder):
    data = (folder / "pass_valid_signature.ifc").read_bytes()
    assert embedded_signatures(data.replace(b"\n", b"\r\n")).verdict is EmbeddedVerdict.VALID


@pytest.mark.parametrize("tail", [b"#1=IFCWALL();", b"/*SIGNATURE;\nAAAA\nENDSEC;*/", b"/*SIGNATURE;\nAAAA"])
def test_anything_after_the_last_signature_is_refused(folder, tail):
    data = (folder / "pass_valid_signature.ifc").read_bytes()
    assert embedded_signatures(data + tail).verdict is EmbeddedVerdict.INVALID


def test_first_of_two_signatures_removed_is_refused(folder):
    data = (folder / "pass_multiple_signatures.ifc").read_bytes()
    first, second = data.index(b"/*SIGNATURE;"), data.rindex(b"/*SIGNATURE;")
    assert embedded_signatures(data[:first] + data[second:]).verdict is EmbeddedVerdict.INVALID
