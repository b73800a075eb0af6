"""Independent verifiers of our containers: libdigidocpp, xmlsec1, openssl, rfc3161-client; each refuses tampering."""

import importlib.util
import io
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from signatures.asice import ContainerFile, ServiceKind, create_container, verify_container
from signatures.asice.timestamps import timestamp_request
from signatures.asice.xml import C14N_11, canonical, only, parse_xml
from signatures.authority import AuthorityProcess, Profile

XML = "META-INF/signatures0.xml"
DSIG, XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"


def tool(name, package):
    """Skip with a word when a program is not to be had."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (Debian package {package})")
    return name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a container, tampered copies, the authority's files, and the parts of the signature."""
    folder, now = tmp_path_factory.mktemp("independent"), datetime.now(UTC)
    with AuthorityProcess(folder / "authority") as process:
        authority = process.authority
        seal = authority.issue("Kaksik OÜ", now, role="designer")
        person = authority.issue("MARI MAASIKAS", now, profile=Profile.PERSON, role="owner-supervision")
        revoked = authority.issue("Revoked", now)
        authority.revoke(revoked.certificate, now - timedelta(minutes=1))
        files = [
            ContainerFile("mudel õ.ifc", "application/x-step", b"ISO-10303-21;\n" * 50),
            ContainerFile("credential.json", "application/ld+json", b'{"a":1}'),
        ]
        good = create_container(files, [seal, person], process.services, now)
        (folder / "good.asice").write_bytes(good)
        (folder / "revoked.asice").write_bytes(create_container(files, [revoked], process.services, now))
        _write_lists(folder / "lists", authority, now)
        pem = authority.certificate.public_bytes(Encoding.PEM)
        (folder / "ca.pem").write_bytes(pem)
        (folder / "seal.pem").write_bytes(seal.certificate.public_bytes(Encoding.PEM))
        (folder / "tsa.pem").write_bytes(_service(authority, ServiceKind.TSA).public_bytes(Encoding.PEM))
        (folder / "reply.tsr").write_bytes(authority.answer_timestamp(timestamp_request(b"data", 7), now))
        trust = authority.trust_list()
    changes = {
        "file": ("credential.json", lambda data: data.replace(b"1", b"2")),
        "role": (XML, lambda data: data.replace(b">designer<", b">municipality<")),
        "value": (XML, _flip_value),
    }
    for name, (entry, change) in changes.items():
        (folder / f"{name}.asice").write_bytes(_changed(good, entry, change))
    assert verify_container(good, trust).valid
    _unpack(folder)
    return folder


def _write_lists(folder, authority, now):
    folder.mkdir()
    (folder / "lotl.xml").write_bytes(authority.list_of_lists(now, "http://127.0.0.1:1/EE.xml"))
    (folder / "EE.xml").write_bytes(authority.country_list(now))
    (folder / "operator.der").write_bytes(authority.certificate.public_bytes(Encoding.DER))


def _service(authority, kind):
    return next(service.certificate for service in authority.trust_list().services if service.kind is kind)


def _flip_value(data):
    return re.sub(rb'(SignatureValue Id="S0-SIG">.)(.)', lambda m: m[1] + (b"B" if m[2] == b"A" else b"A"), data)


def _changed(data, entry, change):
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            body = old.read(info)
            new.writestr(info, change(body) if info.filename == entry else body)
    assert buffer.getvalue() != data
    return buffer.getvalue()


def _unpack(folder):
    for name in ("good", "file", "role", "value"):
        with zipfile.ZipFile(folder / f"{name}.asice") as archive:
            archive.extractall(folder / name)
    root = parse_xml((folder / "good" / XML).read_bytes())
    text = (folder / "good" / XML).read_text()
    (folder / "value.bin").write_bytes(canonical(only(root, "ds:Signature/ds:SignatureValue"), C14N_11))
    for tag, name in (("EncapsulatedTimeStamp", "token.der"), ("EncapsulatedOCSPValue", "ocsp.der")):
        (folder / name).write_bytes(b64decode(re.search(rf"<xades:{tag}[^>]*>(.*?)<", text)[1]))


def _run(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_libdigidocpp_opens_ours_and_refuses_tampered_ones(made):
    if importlib.util.find_spec("pydigidoc") is None:
        pytest.skip("pydigidoc (libdigidocpp) is not installed")
    names = ("good", "file", "role", "value", "revoked")
    script = Path(__file__).with_name("digidoc.py")
    done = _run(sys.executable, script, made / "lists", *(made / f"{name}.asice" for name in names))
    assert done.returncode == 0, done.stderr
    verdicts = dict(zip(names, done.stdout.splitlines(), strict=True))
    assert verdicts.pop("good") == "VALID 2"
    assert all(text.startswith("INVALID") for text in verdicts.values()), verdicts
    assert "revoked" in verdicts["revoked"]


def test_ours_accepts_what_libdigidocpp_made_and_refuses_it_changed(tmp_path):
    if importlib.util.find_spec("pydigidoc") is None:
        pytest.skip("pydigidoc (libdigidocpp) is not installed")
    now, lists, path = datetime.now(UTC), tmp_path / "lists", tmp_path / "foreign.asice"
    with AuthorityProcess(tmp_path / "authority") as process:
        _write_lists(lists, process.authority, now)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = process.authority.certify("Foreign", key.public_key(), now)
        store = pkcs12.serialize_key_and_certificates(
            b"x", key, certificate, None, BestAvailableEncryption(b"secret")
        )
        (lists / "seal.p12").write_bytes(store)
        script = Path(__file__).with_name("digidoc.py")
        done = _run(sys.executable, script, lists, "--make", f"{process.url}/tsa", path)
        assert done.returncode == 0, done.stderr
        trust = process.authority.trust_list()
    verdict = verify_container(path.read_bytes(), trust)
    assert verdict.valid, verdict.reason
    assert (verdict.files, verdict.signatures[0].signer) == ({"a.txt": b"hello"}, "Foreign")
    changed = _changed(path.read_bytes(), "a.txt", lambda data: data.upper())
    assert verify_container(changed, trust).code == "xades"


@pytest.mark.parametrize(("name", "good"), [("good", True), ("file", False), ("role", False), ("value", False)])
def test_xmlsec1_agrees(made, name, good):
    tool("xmlsec1", "xmlsec1")
    ids = [f"--id-attr:Id {DSIG}:Signature", f"--id-attr:Id {XADES}:SignedProperties"]
    options = [part for pair in ids for part in pair.split(" ")]
    command = ("xmlsec1", "--verify", *options, "--trusted-pem", made / "ca.pem", XML)
    done = _run(*command, cwd=made / name)
    assert (done.returncode == 0) is good, done.stderr


def test_openssl_ts_accepts_our_token_and_no_other_data(made):
    tool("openssl", "openssl")
    checked = ("openssl", "ts", "-verify", "-token_in", "-in", made / "token.der", "-CAfile", made / "ca.pem")
    assert _run(*checked, "-data", made / "value.bin").returncode == 0
    assert _run(*checked, "-data", made / "ca.pem").returncode != 0
    token = (made / "token.der").read_bytes()
    (made / "bad.der").write_bytes(token[:-5] + bytes([token[-5] ^ 1]) + token[-4:])
    bad = [made / "bad.der" if part == made / "token.der" else part for part in checked]
    assert _run(*bad, "-data", made / "value.bin").returncode != 0


def test_openssl_ocsp_accepts_our_answer_and_not_a_changed_one(made):
    tool("openssl", "openssl")
    options = ("-issuer", made / "ca.pem", "-cert", made / "seal.pem", "-CAfile", made / "ca.pem", "-no_nonce")
    done = _run("openssl", "ocsp", "-respin", made / "ocsp.der", *options)
    assert "Response verify OK" in done.stderr, done.stderr
    assert "good" in done.stdout
    answer = (made / "ocsp.der").read_bytes()
    at = answer.index(b"\x18\x0f") + 4  # a digit of the time
    (made / "bad-ocsp.der").write_bytes(answer[:at] + b"1" + answer[at + 1 :])
    assert "Response verify OK" not in _run("openssl", "ocsp", "-respin", made / "bad-ocsp.der", *options).stderr


def test_rfc3161_client_accepts_our_answer_and_no_other_data(made):
    client = pytest.importorskip("rfc3161_client", reason="rfc3161-client is not installed")
    from cryptography import x509

    certificates = [x509.load_pem_x509_certificate((made / f"{name}.pem").read_bytes()) for name in ("ca", "tsa")]
    builder = client.VerifierBuilder().add_root_certificate(certificates[0]).tsa_certificate(certificates[1])
    verifier = builder.nonce(7).build()
    answer = client.decode_timestamp_response((made / "reply.tsr").read_bytes())
    assert verifier.verify_message(answer, b"data")
    with pytest.raises(client.VerificationError):
        verifier.verify_message(answer, b"other")
