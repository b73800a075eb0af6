"""Containers made with a real authority, and every known attack on them refused under its own name."""

import io
import re
import struct
import zipfile
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures import KeySigner, SignatureError
from signatures.asice import (
    ContainerFile,
    ContainerSigner,
    ServiceKind,
    SigningServices,
    TrustList,
    add_signature,
    create_container,
    timestamp_request,
    verify_container,
    verify_timestamp,
)
from signatures.asice.timestamps import token_of
from signatures.authority import Authority, AuthorityProcess, Profile
from signatures.authority.tokens import timestamp_response

NOW = datetime.now(UTC).replace(microsecond=0)  # an OCSP answer bears the real time, whatever else we choose
CLAIMED = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
FILES = (
    ContainerFile("mudel õ.ifc", "application/x-step", b"ISO-10303-21;\nHEADER;\n" * 40),
    ContainerFile("credential.json", "application/ld+json", b'{"a":1}'),
)
XML = "META-INF/signatures0.xml"


def services_of(authority, moment=NOW, ocsp_moment=None):
    """The services of an authority without a network, at a time of our choice."""

    def stamp(data):
        return token_of(authority.answer_timestamp(timestamp_request(data, 7), moment), data, 7)

    def status(certificate, issuer):
        builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
        request = builder.build().public_bytes(Encoding.DER)
        return authority.answer_ocsp(request, ocsp_moment or moment)

    return SigningServices(stamp, status)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), NOW - timedelta(days=5))


@pytest.fixture(scope="module")
def seal(authority):
    return authority.issue("Kaksik OÜ", NOW, role="designer")


@pytest.fixture(scope="module")
def container(authority, seal):
    return create_container(FILES, [seal], services_of(authority), NOW)


@pytest.fixture(scope="module")
def trust(authority):
    return authority.trust_list()


@pytest.fixture(scope="module")
def honest(container, trust):
    return verify_container(container, trust)


def entries_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def zipped(entries, comment=b""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)
        archive.comment = comment
    return buffer.getvalue()


def with_xml(data, change):
    """Return the container with the text of its signature changed."""
    new = [(name, change(body.decode()).encode() if name == XML else body) for name, body in entries_of(data)]
    assert new != entries_of(data), "the attack changed nothing"
    return zipped(new)


def refused(data, trust):
    verdict = verify_container(data, trust)
    assert not verdict.valid
    return verdict.code


def test_container_is_valid_and_says_who_when_and_as_what(container, trust):
    verdict = verify_container(container, trust)
    assert verdict.valid, verdict.reason
    assert verdict.files == {file.name: file.data for file in FILES}
    (signature,) = verdict.signatures
    assert (signature.signer, signature.roles, signature.stamped_at) == ("Kaksik OÜ", ("designer",), NOW)
    assert verify_container(zipped(entries_of(container)), trust).valid


def test_second_signer_comes_later(authority, container, trust):
    person = authority.issue("MARI MAASIKAS", NOW, profile=Profile.PERSON, role="owner-supervision")
    both = add_signature(container, person, services_of(authority), NOW)
    verdict = verify_container(both, trust)
    assert verdict.valid
    assert [signature.roles for signature in verdict.signatures] == [("designer",), ("owner-supervision",)]


def test_real_process_stamps_and_answers(tmp_path):
    with AuthorityProcess(tmp_path / "authority") as process:
        now = datetime.now(UTC)
        signer = process.authority.issue("Kaksik OÜ", now)
        good = create_container(FILES, [signer], process.services, now)
        trust = process.authority.trust_list()
        assert verify_container(good, trust).valid
        process.authority.revoke(signer.certificate, now)
        late = create_container(FILES, [signer], process.services, now)
        assert refused(late, trust) == "ocsp"
        assert verify_container(good, trust).valid


# ---- the container (trust.md 6.2, first part)


def _doubled(container, first, name=None):
    entries = entries_of(container)
    twin = (name or entries[1][0], b"other")
    return zipped([entries[0], twin, *entries[1:]] if first else [*entries, twin])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("first", [True, False])
def test_duplicate_entry_is_refused(container, trust, first):
    assert refused(_doubled(container, first), trust) == "container"


def test_entry_in_other_case_is_refused(container, trust):
    assert refused(_doubled(container, False, "CREDENTIAL.JSON"), trust) == "container"


def test_file_name_in_other_normal_form_is_refused(container, trust):
    assert refused(_doubled(container, False, "mudel o\u0303.ifc"), trust) == "container"


def test_extra_file_is_refused(container, trust):
    assert refused(_doubled(container, False, "extra.txt"), trust) == "container"


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../b", "a\\b", "x\n", "folder/"])
def test_name_that_leaves_the_container_is_refused(container, trust, name):
    assert refused(_doubled(container, False, name), trust) == "container"


def _manifest(container, old, new):
    return zipped([(n, d.replace(old, new) if n == "META-INF/manifest.xml" else d) for n, d in entries_of(container)])


def test_manifest_ghost_is_refused(container, trust):
    ghost = b'<manifest:file-entry manifest:full-path="ghost" manifest:media-type="a/b"/></manifest:manifest>'
    assert refused(_manifest(container, b"</manifest:manifest>", ghost), trust) == "container"


def test_media_type_changed_is_refused(container, trust):
    assert refused(_manifest(container, b"application/x-step", b"text/html"), trust) == "xades"


@pytest.mark.parametrize("case", ["missing", "wrong", "not-first"])
def test_mimetype_missing_wrong_or_not_first_is_refused(container, trust, case):
    first, second, *rest = entries_of(container)
    cases = {
        "missing": [second, *rest],
        "wrong": [("mimetype", b"application/zip"), second, *rest],
        "not-first": [second, first, *rest],
    }
    assert refused(zipped(cases[case]), trust) == "container"


def test_changed_file_is_refused(container, trust):
    entries = [(n, d.replace(b'"a":1', b'"a":2')) for n, d in entries_of(container)]
    assert refused(zipped(entries), trust) == "xades"


def test_removed_file_is_refused(container, trust):
    assert (
        refused(zipped([row for row in entries_of(container) if row[0] != "credential.json"]), trust) == "container"
    )


def test_no_signature_is_refused(trust):
    assert refused(create_container(FILES, [], None, NOW), trust) == "container"


def test_bytes_before_between_and_after_are_refused(container, trust):
    for data in (b"x" + container, container + b"x", zipped(entries_of(container), b"PK\x05\x06")):
        assert refused(data, trust) == "container"


def test_comment_with_the_name_of_a_program_is_let_through(container, trust):
    assert verify_container(zipped(entries_of(container), b"LIB DigiDocpp/4.3.0"), trust).valid
    assert refused(zipped(entries_of(container), b"x" * 300), trust) == "container"


def test_second_end_record_is_refused(container, trust):
    assert refused(container + container[-22:], trust) == "container"


def test_gap_and_overlap_between_entries_are_refused(container, trust):
    """A quoted overlap (Fifield) or hidden bytes: offsets must leave no room (CVE-2024-0450)."""
    at = container.index(b"PK\x01\x02")
    gap = container[:at] + b"hidden" + container[at:]
    end = gap[:-6] + struct.pack("<L", at + 6) + gap[-2:]
    assert refused(end, trust) == "container"
    second = container.index(b"PK\x01\x02", at + 4)
    overlap = bytearray(container)
    overlap[second + 42 : second + 46] = struct.pack("<L", 0)
    assert refused(bytes(overlap), trust) == "container"


@pytest.mark.parametrize(("offset", "mask"), [(6, 1), (8, 8), (30, 1), (14, 1), (22, 1)])
def test_local_header_that_contradicts_the_directory_is_refused(container, trust, offset, mask):
    at = container.index(b"PK\x03\x04", 4)
    changed = container[: at + offset] + bytes([container[at + offset] ^ mask]) + container[at + offset + 1 :]
    assert refused(changed, trust) == "container"


def test_encrypted_entry_and_entry_comment_are_refused(container, trust):
    at = container.index(b"PK\x01\x02")
    assert refused(container[: at + 8] + b"\x01" + container[at + 9 :], trust) == "container"
    assert refused(container[: at + 32] + b"\x01" + container[at + 33 :], trust) == "container"


def test_zip64_and_too_many_entries_are_refused(container, trust):
    assert refused(container[:-12] + b"\xff" * 8 + container[-4:], trust) == "container"
    many = [*entries_of(container), *((f"f{number}", b"") for number in range(1_001))]
    assert refused(zipped(many), trust) == "container"


def test_bomb_is_refused(container, trust):
    entries = [(n, bytes(30_000_000) if n.endswith("ifc") else d) for n, d in entries_of(container)]
    assert refused(zipped(entries), trust) == "container"
    assert verify_container(container, trust, max_bytes=100).code == "container"


@pytest.mark.parametrize("name", ["meta-inf/signatures1.xml", "META-INF/ASiCManifest.xml", "META-INF/other.txt"])
def test_strange_meta_inf_is_refused(container, trust, name):
    assert refused(_doubled(container, False, name), trust) == "container"


def test_same_signature_twice_is_refused(container, trust):
    entries = entries_of(container)
    xml = dict(entries)[XML]
    assert refused(zipped([*entries, ("META-INF/signatures1.xml", xml)]), trust) == "container"


# ---- the signature (trust.md 6.2, second part)

CHANGES = {
    "reference-removed": lambda x: re.sub(r'<ds:Reference Id="S0-RefId1".*?</ds:Reference>', "", x),
    "reference-twice": lambda x: re.sub(r'(<ds:Reference Id="S0-RefId)1(".*?</ds:Reference>)', r"\1 1\2\g<1>2\2", x),
    "reference-to-host-file": lambda x: x.replace('URI="credential.json"', 'URI="file:///etc/passwd"'),
    "xslt-transform": lambda x: x.replace(
        'Algorithm="http://www.w3.org/2006/12/xml-c14n11"/></ds:Transforms>',
        'Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>',
    ),
    "properties-moved": lambda x: x.replace("<ds:Object>", "<ds:Object><wrap>", 1).replace(
        "</ds:Object>", "</wrap></ds:Object>"
    ),
    "properties-wrapped": lambda x: re.sub(
        r"(<xades:SignedProperties.*?</xades:SignedProperties>)",
        lambda m: m[1].replace("S0-SignedProperties", "other").replace("designer", "owner") + m[1],
        x,
    ),
    "second-object": lambda x: x.replace("</ds:Signature>", "<ds:Object/></ds:Signature>"),
    "id-twice": lambda x: x.replace('Id="S0-SIG"', 'Id="S0-SignedProperties"'),
    "target-of-another": lambda x: x.replace('Target="#S0"', 'Target="#S1"'),
    "time-changed": lambda x: x.replace(CLAIMED, "2026-03-01T12:00:01Z"),
    "role-changed": lambda x: x.replace(">designer<", ">municipality<"),
    "hmac-method": lambda x: x.replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256"),
    "rsa-method": lambda x: x.replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#rsa-sha256"),
    "sha1-label": lambda x: x.replace("xmlenc#sha256", "xmldsig#sha1"),
    "c14n-changed": lambda x: x.replace("xml-c14n11", "xml-c14n11#WithComments"),
    "value-changed": lambda x: re.sub(
        r'(<ds:SignatureValue Id="S0-SIG">.)(.)', lambda m: m[1] + "Ax"[m[2] == "A"], x
    ),
    "counter-signature": lambda x: x.replace(
        "<xades:UnsignedSignatureProperties>", "<xades:UnsignedSignatureProperties><xades:CounterSignature/>"
    ),
    "two-certificates": lambda x: re.sub(
        r"(<xades:SigningCertificateV2>.*?</xades:SigningCertificateV2>)", r"\1\1", x
    ),
    "no-timestamp": lambda x: re.sub(r"<xades:SignatureTimeStamp.*?</xades:SignatureTimeStamp>", "", x),
    "no-ocsp": lambda x: re.sub(r"<xades:RevocationValues>.*?</xades:RevocationValues>", "", x),
    "no-unsigned-properties": lambda x: re.sub(r"<xades:UnsignedProperties>.*?</xades:UnsignedProperties>", "", x),
    "media-type-changed": lambda x: x.replace(">application/x-step<", ">text/html<"),
    "doctype": lambda x: x.replace("<asic:", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><asic:', 1),
    "entities": lambda x: x.replace("<asic:", '<!DOCTYPE a [<!ENTITY b "c">]><asic:', 1),
    "comment-in-signed-text": lambda x: x.replace(">designer<", "><!-- x -->designer<"),
    "comment-in-digest": lambda x: x.replace("</ds:DigestValue>", "<!-- --></ds:DigestValue>", 1),
    "instruction": lambda x: x.replace("<ds:KeyInfo>", "<ds:KeyInfo><?x y?>"),
    "xml-attribute": lambda x: x.replace("<ds:SignedInfo ", '<ds:SignedInfo xml:base="x" '),
    "other-root": lambda x: x.replace("asic:XAdESSignatures", "asic:Other"),
    "huge-attribute": lambda x: x.replace('Target="#S0"', f'Target="{"x" * 10_000_000}"'),
    "deep": lambda x: x.replace("<ds:KeyInfo>", "<ds:KeyInfo>" + "<a>" * 200 + "</a>" * 200),
    "not-xml": lambda x: x[:-9],
    "not-base64": lambda x: x.replace('Id="S0-SIG">', 'Id="S0-SIG">!'),
}


@pytest.mark.parametrize("name", CHANGES)
def test_signature_attack_is_refused(container, trust, name):
    assert refused(with_xml(container, CHANGES[name]), trust) in {
        "xades",
        "signature",
        "too-large",
        "ocsp",
        "container",
    }


def _part(container, tag):
    return re.search(rf"<xades:{tag}[ >].*?</xades:{tag}>", dict(entries_of(container))[XML].decode(), re.DOTALL)[0]


@pytest.mark.parametrize("tag", ["SignatureTimeStamp", "RevocationValues"])
def test_timestamp_or_ocsp_of_another_signature_is_refused(authority, container, trust, tag):
    other = create_container(FILES, [authority.issue("Other", NOW)], services_of(authority), NOW)
    swapped = with_xml(container, lambda x: x.replace(_part(container, tag), _part(other, tag)))
    assert refused(swapped, trust) in {"timestamp", "ocsp"}


def test_certificate_swapped_for_another_of_the_same_key_is_refused(authority, seal, container, trust):
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), seal.signer.public_key.raw)
    other = authority.certify("Somebody else", key, NOW)
    old = b64encode(seal.certificate.public_bytes(Encoding.DER)).decode()
    new = b64encode(other.public_bytes(Encoding.DER)).decode()
    assert refused(with_xml(container, lambda x: x.replace(old, new, 1)), trust) == "xades"


def test_foreign_authority_of_the_same_name_is_refused(container, tmp_path):
    foreign = Authority(tmp_path / "foreign", NOW - timedelta(days=5))
    verdict = verify_container(container, foreign.trust_list())
    assert (verdict.valid, verdict.code) == (False, "timestamp")


def test_foreign_authority_with_trusted_timestamps_is_refused(authority, trust, tmp_path):
    foreign = Authority(tmp_path / "foreign", NOW - timedelta(days=5))
    signer = foreign.issue("Kaksik OÜ", NOW)
    mixed = SigningServices(services_of(authority).timestamper, services_of(foreign).ocsp)
    assert refused(create_container(FILES, [signer], mixed, NOW), trust) == "certificate"


def test_revoked_signer_is_refused(authority, trust):
    signer = authority.issue("Revoked", NOW)
    authority.revoke(signer.certificate, NOW - timedelta(hours=1))
    assert refused(create_container(FILES, [signer], services_of(authority), NOW), trust) == "ocsp"


def test_ocsp_before_the_stamp_is_refused(authority, seal, trust):
    services = services_of(authority, NOW, NOW - timedelta(hours=1))
    assert refused(create_container(FILES, [seal], services, NOW), trust) == "ocsp"


def test_ocsp_a_day_after_the_stamp_is_refused(authority, trust):
    early = NOW - timedelta(hours=25)
    seal = authority.issue("Early", early)
    services = services_of(authority, early, NOW)
    verdict = verify_container(create_container(FILES, [seal], services, early), trust)
    assert (verdict.code, "more than a day" in verdict.reason) == ("ocsp", True)


@pytest.mark.parametrize("hours", [-30, 1])
def test_claimed_time_far_from_the_stamp_is_refused(authority, seal, trust, hours):
    claimed = NOW + timedelta(hours=hours)
    assert refused(create_container(FILES, [seal], services_of(authority), claimed), trust) == "timestamp"


@pytest.mark.parametrize("profile", [Profile.TIMESTAMPS, Profile.RESPONDER, Profile.AUTHORITY])
def test_certificate_not_for_documents_is_refused(authority, trust, profile):
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.certify("Wrong use", key.public_key(), NOW, profile)
    signer = ContainerSigner(KeySigner(key), certificate, authority.certificate)
    assert refused(create_container(FILES, [signer], services_of(authority), NOW), trust) == "certificate"


def test_certificate_issued_by_a_signer_is_refused(authority, seal, container, trust):
    """A path through a certificate that is no authority, though its key signed the other one."""
    services = [replace(s, certificate=seal.certificate) for s in trust.services if s.kind is ServiceKind.CA]
    others = [s for s in trust.services if s.kind is not ServiceKind.CA]
    assert refused(container, TrustList((*services, *others))) == "certificate"


@pytest.mark.parametrize("profile", [Profile.SEAL, Profile.RESPONDER])
def test_timestamp_by_a_certificate_without_the_critical_usage_is_refused(authority, trust, profile):
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.certify("No time-stamps", key.public_key(), NOW, profile)
    token = token_of(timestamp_response(timestamp_request(b"data", 7), key, certificate, NOW), b"data", 7)
    with pytest.raises(SignatureError, match="for time-stamps only"):
        verify_timestamp(token, b"data", trust)


def test_timestamp_of_an_expired_unit_is_refused(authority, seal, trust):
    late = NOW + timedelta(days=4000)
    assert refused(create_container(FILES, [seal], services_of(authority, late), late), trust) == "timestamp"


def test_timestamp_flipped_or_over_other_data_is_refused(authority, trust):
    token = services_of(authority).timestamper(b"data")
    assert verify_timestamp(token, b"data", trust) == NOW
    with pytest.raises(SignatureError, match="other data"):
        verify_timestamp(token, b"other", trust)
    for position in range(0, len(token), 7):
        flipped = token[:position] + bytes([token[position] ^ 1]) + token[position + 1 :]
        try:
            moment = verify_timestamp(flipped, b"data", trust)
        except SignatureError:
            continue
        assert moment == NOW, "an uncovered byte of the token changed what it says"


def test_answer_to_another_nonce_is_refused(authority):
    answer = authority.answer_timestamp(timestamp_request(b"data", 8), NOW)
    with pytest.raises(SignatureError, match="another question"):
        token_of(answer, b"data", 7)


@pytest.mark.parametrize("kind", list(ServiceKind))
def test_service_withdrawn_before_the_signature_is_refused(container, trust, kind):
    gone = [replace(s, withdrawn=NOW - timedelta(hours=1)) if s.kind is kind else s for s in trust.services]
    verdict = verify_container(container, TrustList(tuple(gone)))
    # The responder's certificate is also delegated by the authority itself, so its own entry is not needed.
    assert verdict.valid is (kind is ServiceKind.OCSP)
    later = [replace(s, granted=NOW + timedelta(hours=1)) if s.kind is kind else s for s in trust.services]
    assert verify_container(container, TrustList(tuple(later))).valid is (kind is ServiceKind.OCSP)
    after = [replace(s, withdrawn=NOW + timedelta(hours=1)) if s.kind is kind else s for s in trust.services]
    assert verify_container(container, TrustList(tuple(after))).valid


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_byte_flipped_is_refused_or_changes_no_word_of_the_verdict(container, trust, honest, data):
    position = data.draw(st.integers(0, len(container) - 1))
    flipped = bytearray(container)
    flipped[position] ^= 1 << data.draw(st.integers(0, 7))
    verdict = verify_container(bytes(flipped), trust)
    if verdict.valid:
        # Not covered: times and attributes of ZIP entries, and spare bits of its headers.
        assert verdict == honest


# Not covered by any signature: names of unsigned parts, copies of certificates that the trusted list has itself, and
# the envelopes of time-stamp and OCSP answer, whose own signatures cover what counts in them.
UNCOVERED = (
    rb"<\?xml.*?\?>",
    rb' Id="[^"]*"',
    rb"<xades:CertificateValues>.*?</xades:CertificateValues>",
    rb"<xades:EncapsulatedTimeStamp>.*?</xades:EncapsulatedTimeStamp>",
    rb"<xades:EncapsulatedOCSPValue.*?</xades:EncapsulatedOCSPValue>",
)


def test_nothing_in_a_signature_can_be_changed_unnoticed(container, trust, honest):
    """Bytes of the XML: refused, or the verdict is the same and the byte is one of those listed as not covered."""
    entries = entries_of(container)
    xml = dict(entries)[XML]
    spans = [match.span() for pattern in UNCOVERED for match in re.finditer(pattern, xml, re.DOTALL)]
    for position in range(0, len(xml), 37):
        flipped = xml[:position] + bytes([xml[position] ^ 1]) + xml[position + 1 :]
        verdict = verify_container(zipped([(n, flipped if n == XML else d) for n, d in entries]), trust)
        if verdict.valid:
            assert verdict == honest
            assert any(start <= position < stop for start, stop in spans), xml[position - 60 : position + 20]
