"""Served to a Security Server by its certificate: with it one is believed, without it there is no connection."""

import datetime as dt
import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from api.cli.service import tls_options
from twin.errors import InvalidInput
from twin.settings import Settings

CLIENT = {"X-Road-Client": "EE/GOV/70000562/ehr", "X-Road-UserId": "EE12345678901"}


def pair(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / f"{name}.crt", folder / f"{name}.key"


def ask(address, trusted, own=None):
    context = ssl.create_default_context(cafile=trusted)
    if own is not None:
        context.load_cert_chain(*own)
    request = urllib.request.Request(f"{address}api/v1/buildings", headers=CLIENT)
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:
        return answer.status


def test_only_the_certificate_of_the_security_server_connects(tmp_path):
    ours, security_server, stranger = (pair(tmp_path, name) for name in ("ours", "server", "stranger"))
    (tmp_path / "tokens").write_text("mari:" + "m" * 32)
    environment = {
        **os.environ, "KAKSIK_HOME": str(tmp_path / "home"), "KAKSIK_TLS_CERTIFICATE": str(ours[0]),
        "KAKSIK_TLS_KEY": str(ours[1]), "KAKSIK_XROAD_CERTIFICATE": str(security_server[0]),
        "KAKSIK_TOKEN_FILE": str(tmp_path / "tokens"),
    }  # fmt: skip
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[3]
    )
    try:
        text = ""
        while not text.rstrip().endswith("}"):
            text += process.stdout.readline()
        address = json.loads(text)["address"].replace("127.0.0.1", "localhost")
        assert address.startswith("https://")
        assert ask(address, ours[0], security_server) == 200
        for other in (None, stranger):
            with pytest.raises((urllib.error.URLError, OSError)):
                ask(address, ours[0], other)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_a_certificate_without_key_is_refused(tmp_path):
    with pytest.raises(InvalidInput) as caught:
        tls_options(Settings(xroad_certificate=tmp_path / "server.crt"))
    assert caught.value.reason == "tls"
    assert tls_options(Settings()) == {}
