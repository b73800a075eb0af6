"""Keys in files, as text, and wrong ones."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from signatures import (
    KeyKind,
    KeySigner,
    PublicKey,
    Reason,
    SignatureError,
    controller_document,
    did_key,
    resolve_did_key,
    to_base58btc,
)

PASSPHRASE = "correct horse battery"
SIGNERS = {
    KeyKind.ED25519: KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)),
    KeyKind.P256: KeySigner(ec.derive_private_key(11, ec.SECP256R1())),
    KeyKind.P384: KeySigner(ec.derive_private_key(11, ec.SECP384R1())),
}


@pytest.mark.parametrize("kind", KeyKind)
def test_key_goes_to_an_encrypted_file_and_back(kind):
    pem = SIGNERS[kind].to_pem(PASSPHRASE)
    assert b"ENCRYPTED PRIVATE KEY" in pem
    assert KeySigner.from_pem(pem, PASSPHRASE).public_key == SIGNERS[kind].public_key


@pytest.mark.parametrize("kind", KeyKind)
def test_signature_is_deterministic_raw_and_of_one_key(kind):
    signer = SIGNERS[kind]
    signature = signer.sign(b"message")
    assert signature == signer.sign(b"message")
    assert len(signature) == (96 if kind is KeyKind.P384 else 64)
    assert signer.public_key.verify(signature, b"message")
    assert not signer.public_key.verify(signature, b"messagf")
    assert not signer.public_key.verify(signature[:-1], b"message")
    assert not signer.public_key.verify(bytes(len(signature)), b"message")


def test_file_is_refused_without_its_passphrase():
    pem = SIGNERS[KeyKind.ED25519].to_pem(PASSPHRASE)
    for passphrase in ("wrong passphrase", ""):
        with pytest.raises(SignatureError) as caught:
            KeySigner.from_pem(pem, passphrase)
        assert caught.value.reason is Reason.PASSPHRASE
    with pytest.raises(SignatureError, match="characters"):
        SIGNERS[KeyKind.ED25519].to_pem("short")


def _pem(key, encryption):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def test_open_foreign_and_broken_key_files_are_refused():
    secret = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    files = [
        _pem(ed25519.Ed25519PrivateKey.generate(), serialization.NoEncryption()),
        _pem(rsa.generate_private_key(65537, 2048), secret),
        _pem(ec.generate_private_key(ec.SECP521R1()), secret),
        b"no key",
        b"",
    ]
    for data in files:
        with pytest.raises(SignatureError) as caught:
            KeySigner.from_pem(data, PASSPHRASE)
        assert caught.value.reason is Reason.KEY


@pytest.mark.parametrize(("kind", "prefix"), [("Ed25519", "z6Mk"), ("P-256", "zDn"), ("P-384", "z82")])
def test_did_key_has_the_registered_prefix_and_resolves(kind, prefix):
    signer = SIGNERS[KeyKind(kind)]
    assert signer.controller == did_key(signer.public_key)
    assert signer.controller.startswith(f"did:key:{prefix}")
    resolved = resolve_did_key(signer.verification_method)
    assert (resolved.key, resolved.controller) == (signer.public_key, signer.controller)


def test_wrong_verification_methods_are_refused():
    one, other = (SIGNERS[kind].public_key.multibase for kind in (KeyKind.ED25519, KeyKind.P256))
    for method in (
        f"did:key:{one}",
        f"did:key:{one}#{other}",
        f"did:web:{one}#{one}",
        "did:key:z#z",
        "did:key:z6Mk#z6Mk",
        f"did:key:{to_base58btc(b'abc')}#{to_base58btc(b'abc')}",
        "",
    ):
        with pytest.raises(SignatureError):
            resolve_did_key(method)


def test_bytes_that_are_no_point_are_refused():
    with pytest.raises(SignatureError):
        PublicKey.from_multibase(to_base58btc(b"\x80\x24" + b"\x02" + b"\xff" * 32))
    with pytest.raises(SignatureError):
        PublicKey.from_multibase(to_base58btc(b"\xed\x01" + bytes(31)))


def test_controller_document_publishes_the_key_for_assertion():
    signer = SIGNERS[KeyKind.ED25519]
    document = controller_document(signer.public_key, signer.controller, signer.verification_method)
    assert document["assertionMethod"] == [document["verificationMethod"][0]["id"]] == [signer.verification_method]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == signer.public_key.multibase
