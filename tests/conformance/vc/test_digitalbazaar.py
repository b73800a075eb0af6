"""@digitalbazaar/vc (Node) verifies our credentials, with one proof or several in roles, and none tampered with."""

import copy
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signatures import (
    CREDENTIALS_V2,
    LIFECYCLE_V1,
    KeySigner,
    Suite,
    add_proof,
    new_credential,
    pinned_contexts,
)

HERE = Path(__file__).parent
CONTEXT = HERE.parents[2] / "signatures" / "contexts" / "lifecycle-v1.jsonld"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SIGNERS = {
    "ed25519": (KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))), Suite.EDDSA_RDFC_2022),
    "p256": (KeySigner(ec.derive_private_key(7, ec.SECP256R1())), Suite.ECDSA_RDFC_2019),
    "p384": (KeySigner(ec.derive_private_key(7, ec.SECP384R1())), Suite.ECDSA_RDFC_2019),
}


def credential(issuer):
    subject = {
        "id": "urn:kaksik:building:112233445:state:as-built:1",
        "type": "BuildingState",
        "buildingCode": "112233445",
        "lifecycleStage": "as-built",
        "version": 1,
        "merkleRoot": "ab" * 32,
        "semanticDigest": "cd" * 32,
    }
    return new_credential(
        contexts=(CREDENTIALS_V2, LIFECYCLE_V1),
        kind="BuildingLifecycleCredential",
        identifier="urn:kaksik:seal:1",
        issuer=issuer,
        valid_from=NOW,
        subject=subject,
    )


def signed(*names, roles=()):
    document = credential(SIGNERS[names[0]][0].controller)
    for number, name in enumerate(names):
        signer, suite = SIGNERS[name]
        role = roles[number] if roles else None
        document = add_proof(document, signer, suite=suite, created=NOW, contexts=pinned_contexts(), role=role)
    return document


def tampered(document):
    """Yield copies with a value, the stage, a proof option or a role changed."""
    for path, value in (
        (("credentialSubject", "merkleRoot"), "ac" * 32),
        (("credentialSubject", "lifecycleStage"), "as-designed"),
        (("credentialSubject", "version"), 2),
        (("validFrom",), "2026-02-28T00:00:00Z"),
    ):
        changed = copy.deepcopy(document)
        inner = changed
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        yield changed
    for member, value in (("created", "2026-02-28T00:00:00Z"), ("signerRole", "municipality")):
        changed = copy.deepcopy(document)
        proof = changed["proof"][0] if isinstance(changed["proof"], list) else changed["proof"]
        proof[member] = value
        yield changed


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """A function that returns the verifier's verdict on each document."""
    if shutil.which("node") is None or not (HERE / "node_modules").is_dir():
        pytest.skip("@digitalbazaar/vc is not installed (make conformance installs it)")
    folder = tmp_path_factory.mktemp("credentials")

    def verdicts(*documents):
        files = []
        for number, document in enumerate(documents):
            files.append(folder / f"{number}.json")
            files[-1].write_text(json.dumps(document))
        command = ["node", HERE / "verify.mjs", CONTEXT, *files]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [line == "true" for line in done.stdout.split()]

    return verdicts


@pytest.mark.parametrize("name", SIGNERS)
def test_single_proof(ask, name):
    good = signed(name)
    bad = list(tampered(good))
    assert ask(good, *bad) == [True] + [False] * len(bad)


def test_proof_set_with_roles(ask):
    good = signed("ed25519", "p256", "p384", roles=("designer", "owner-supervision", "municipality"))
    bad = list(tampered(good))
    verdicts = ask(good, *bad)
    assert verdicts[0]
    assert not any(verdicts[1:])
