"""Data Integrity proofs against the W3C vectors of vc-di-eddsa and vc-di-ecdsa (without the "employ" ones)."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signatures import (
    CREDENTIALS_V2,
    ContextStore,
    HashData,
    KeySigner,
    SignatureError,
    Suite,
    add_proof,
    from_base58btc,
    hash_data,
    pinned_contexts,
    proofs_of,
    resolve_did_key,
    verify_proof,
)

pytestmark = pytest.mark.conformance

CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"


@dataclass(frozen=True)
class Vectors:
    folder: str
    suffix: str
    suite: Suite
    keys: str


VECTORS = [
    Vectors("vc-di-eddsa/eddsa-rdfc-2022", "DataInt", Suite.EDDSA_RDFC_2022, "vc-di-eddsa/keyPair.json"),
    Vectors("vc-di-eddsa/eddsa-jcs-2022", "JCS", Suite.EDDSA_JCS_2022, "vc-di-eddsa/keyPair.json"),
    Vectors("vc-di-ecdsa/ecdsa-rdfc-2019-p256", "ECDSAP256", Suite.ECDSA_RDFC_2019, "vc-di-ecdsa/p256KeyPair.json"),
    Vectors("vc-di-ecdsa/ecdsa-rdfc-2019-p384", "ECDSAP384", Suite.ECDSA_RDFC_2019, "vc-di-ecdsa/p384KeyPair.json"),
    Vectors("vc-di-ecdsa/ecdsa-jcs-2019-p256", "JCSECDSAP256", Suite.ECDSA_JCS_2019, "vc-di-ecdsa/p256KeyPair.json"),
    Vectors("vc-di-ecdsa/ecdsa-jcs-2019-p384", "JCSECDSAP384", Suite.ECDSA_JCS_2019, "vc-di-ecdsa/p384KeyPair.json"),
]
IDS = [vectors.folder.split("/")[1] for vectors in VECTORS]


@pytest.fixture(scope="module")
def contexts() -> ContextStore:
    v2 = json.loads(pinned_contexts().canonical_bytes(CREDENTIALS_V2))
    examples = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    return ContextStore({CREDENTIALS_V2: v2, EXAMPLES_V2: examples})


def _signer(keys: dict) -> KeySigner:
    data = from_base58btc(keys.get("privateKeyMultibase") or keys["secretKeyMultibase"])[2:]
    if len(data) == 32 and keys["publicKeyMultibase"].startswith("z6Mk"):
        return KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(data))
    curve = ec.SECP256R1() if len(data) == 32 else ec.SECP384R1()
    return KeySigner(ec.derive_private_key(int.from_bytes(data), curve))


def _text(folder: Path, name: str, suffix: str) -> str:
    return (folder / f"{name}{suffix}.txt").read_text()


def _load(conformance_dir: Path, vectors: Vectors) -> tuple[Path, dict, dict]:
    folder = conformance_dir / vectors.folder
    signed = json.loads((folder / f"signed{vectors.suffix}.json").read_text())
    return folder, signed, json.loads((conformance_dir / vectors.keys).read_text())


@pytest.mark.parametrize("vectors", VECTORS, ids=IDS)
def test_canonical_forms_and_hashes_are_the_published_ones(vectors, conformance_dir, contexts):
    folder, signed, keys = _load(conformance_dir, vectors)
    configuration = json.loads((folder / f"proofConfig{vectors.suffix}.json").read_text())
    data = hash_data(signed, configuration, _signer(keys).public_key.kind, contexts)
    assert data == HashData(
        document=_text(folder, "canonDoc", vectors.suffix).encode(),
        configuration=_text(folder, "proofCanon", vectors.suffix).encode(),
        data=bytes.fromhex(_text(folder, "combinedHash", vectors.suffix)),
    )
    halves = _text(folder, "proofHash", vectors.suffix) + _text(folder, "docHash", vectors.suffix)
    assert data.data.hex() == halves


@pytest.mark.parametrize("vectors", VECTORS, ids=IDS)
def test_published_signature_verifies_and_is_made_again(vectors, conformance_dir, contexts):
    folder, signed, keys = _load(conformance_dir, vectors)
    proof = proofs_of(signed)[0]
    verify_proof(signed, proof, resolve_did_key(proof["verificationMethod"]).key, contexts)
    unsigned = {key: value for key, value in signed.items() if key != "proof"}
    signer = _signer(keys)
    assert signer.public_key.multibase == keys["publicKeyMultibase"]
    assert add_proof(unsigned, signer, suite=vectors.suite, created=CREATED, contexts=contexts) == signed
    assert from_base58btc(proof["proofValue"]).hex() == _text(folder, "sigHex", vectors.suffix)
    assert proof["proofValue"] == _text(folder, "sigBTC58", vectors.suffix)


@pytest.mark.parametrize("vectors", VECTORS, ids=IDS)
def test_changed_document_is_refused(vectors, conformance_dir, contexts):
    _, signed, _ = _load(conformance_dir, vectors)
    proof = proofs_of(signed)[0]
    key = resolve_did_key(proof["verificationMethod"]).key
    with pytest.raises(SignatureError, match="does not fit"):
        verify_proof({**signed, "name": "Another"}, proof, key, contexts)
    with pytest.raises(SignatureError, match="does not fit"):
        verify_proof(signed, {**proof, "created": "2023-02-24T23:36:39Z"}, key, contexts)


@pytest.mark.parametrize("name", ["signedProofSet1", "signedProofSet2"])
def test_every_proof_of_a_published_set_verifies(name, conformance_dir, contexts):
    signed = json.loads((conformance_dir / "vc-di-eddsa" / "proof-set-chain" / f"{name}.json").read_text())
    for proof in proofs_of(signed):
        verify_proof(signed, proof, resolve_did_key(proof["verificationMethod"]).key, contexts)


def test_proof_chains_are_refused_not_ignored(conformance_dir, contexts):
    signed = json.loads((conformance_dir / "vc-di-eddsa" / "proof-set-chain" / "signedProofChain1.json").read_text())
    chained = [proof for proof in proofs_of(signed) if "previousProof" in proof]
    assert chained
    for proof in chained:
        with pytest.raises(SignatureError, match="chains"):
            verify_proof(signed, proof, resolve_did_key(proof["verificationMethod"]).key, contexts)
