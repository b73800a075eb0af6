"""Keys in a real token (SoftHSM2) sign what any verifier accepts, and never come out."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signatures import (
    CREDENTIALS_V2,
    KeyKind,
    Pkcs11Signer,
    SignatureError,
    Suite,
    add_proof,
    new_credential,
    pinned_contexts,
    proofs_of,
    resolve_did_key,
    verify_proof,
)
from twin.errors import Conflict
from twin.keyring import KeyRing, Token

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
CURVES = {"p256": bytes.fromhex("06082a8648ce3d030107"), "p384": bytes.fromhex("06052b81040022")}
ED25519 = bytes.fromhex("06032b6570")
PIN = "4711-demo"


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    """The library of a token `kaksik` that holds three key pairs."""
    pkcs11 = pytest.importorskip("pkcs11", reason="the extra pkcs11 is not installed")
    library = next((path for path in MODULES if Path(path).exists()), None)
    if library is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM2 is not installed (Debian package softhsm2)")
    folder = tmp_path_factory.mktemp("token")
    (folder / "conf").write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "kaksik", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    with pkcs11.lib(library).get_token(token_label="kaksik").open(user_pin=PIN, rw=True) as session:
        for label, parameters in CURVES.items():
            _generate(pkcs11, session, pkcs11.KeyType.EC, label, parameters)
        _generate(pkcs11, session, pkcs11.KeyType.EC_EDWARDS, "ed25519", ED25519)
    return library


def _generate(pkcs11, session, kind, label, parameters):
    domain = session.create_domain_parameters(kind, {pkcs11.Attribute.EC_PARAMS: parameters}, local=True)
    mechanism = pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN if label == "ed25519" else None
    domain.generate_keypair(store=True, label=label, mechanism=mechanism)


def test_an_installation_may_keep_its_key_in_a_token(module, tmp_path):
    ring = KeyRing(tmp_path / "keys", None, Token(Path(module), "kaksik", "p256", PIN))
    signer = ring.signer()
    assert signer.public_key.verify(signer.sign(b"state"), b"state")
    assert ring.signer("owner").controller != signer.controller
    assert not (tmp_path / "keys" / "issuer.pem").exists()
    with pytest.raises(Conflict):
        ring.retire()


@pytest.mark.parametrize(
    ("label", "kind", "suite"),
    [
        ("p256", KeyKind.P256, Suite.ECDSA_RDFC_2019),
        ("p384", KeyKind.P384, Suite.ECDSA_RDFC_2019),
        ("ed25519", KeyKind.ED25519, Suite.EDDSA_RDFC_2022),
    ],
)
def test_key_in_a_token_proves_a_credential(module, label, kind, suite):
    signer = Pkcs11Signer(module, "kaksik", label, PIN)
    assert signer.public_key.kind is kind
    contexts, now = pinned_contexts(), datetime(2026, 1, 1, tzinfo=UTC)
    credential = new_credential(
        contexts=(CREDENTIALS_V2,),
        kind="VerifiableCredential",
        identifier="urn:x:1",
        issuer=signer.controller,
        valid_from=now,
        subject={"id": "urn:x:2"},
    )
    credential["type"] = ["VerifiableCredential"]
    signed = add_proof(credential, signer, suite=suite, created=now, contexts=contexts)
    proof = proofs_of(signed)[0]
    key = resolve_did_key(proof["verificationMethod"]).key
    verify_proof(signed, proof, key, contexts)
    with pytest.raises(SignatureError, match="does not fit"):
        verify_proof({**signed, "id": "urn:x:3"}, proof, key, contexts)


def test_private_key_does_not_come_out(module):
    import pkcs11

    with pkcs11.lib(module).get_token(token_label="kaksik").open(user_pin=PIN) as session:
        key = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label="p256")
        assert key[pkcs11.Attribute.SENSITIVE]
        assert not key[pkcs11.Attribute.EXTRACTABLE]
        with pytest.raises(pkcs11.PKCS11Error):
            _ = key[pkcs11.Attribute.VALUE]


@pytest.mark.parametrize(
    ("token", "label", "pin"), [("other", "p256", PIN), ("kaksik", "none", PIN), ("kaksik", "p256", "wrong")]
)
def test_wrong_token_key_or_pin_is_our_error(module, token, label, pin):
    with pytest.raises(SignatureError) as caught:
        Pkcs11Signer(module, token, label, pin)
    assert caught.value.reason.value == "token"
    assert pin not in str(caught.value)


def test_missing_library_is_our_error():
    pytest.importorskip("pkcs11", reason="the extra pkcs11 is not installed")
    with pytest.raises(SignatureError, match="cannot be used"):
        Pkcs11Signer("/nowhere/module.so", "kaksik", "p256", PIN)
