"""Go's own checksum database libraries (golang-golang-x-mod-dev) accept our log proofs, none tampered with."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from signatures.tlog import LogKey, TileLog, Witness, WitnessFolder, WitnessKey, witness_request

pytestmark = pytest.mark.long  # the first build compiles the Go library
GOPATH = Path("/usr/share/gocode")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def verifier(tmp_path_factory):
    """The compiled verifier."""
    go = shutil.which("go")
    if go is None or not (GOPATH / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("Go and golang-golang-x-mod-dev are not installed (Debian packages)")
    folder = tmp_path_factory.mktemp("go")
    shutil.copy(Path(__file__).with_name("main.go"), folder)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": ""}
    command = [go, "build", "-o", "verify", "main.go"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "verify"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A log with cosignatures, an entry and its proof."""
    folder = tmp_path_factory.mktemp("log")
    key = LogKey("kaksik.example/log", ed25519.Ed25519PrivateKey.generate())
    log = TileLog(folder / "log", key)
    log.append([f"entry {number}".encode() for number in range(600)])
    keys = [WitnessKey("w1.example", ed25519.Ed25519PrivateKey.generate())]
    keys.append(WitnessKey("w2.example", mldsa.MLDSA44PrivateKey.generate()))
    witness = Witness(keys, [key.key], WitnessFolder(folder / "witness"), lambda: NOW)
    answer = witness.add_checkpoint(witness_request(0, [], log.checkpoint()))
    log.add_cosignatures(600, answer.body, [item.key for item in keys])
    return log.proof(411), key.key.vkey


def accepts(verifier, folder, proof, entry, vkey):
    (folder / "proof").write_bytes(proof)
    (folder / "entry").write_bytes(entry)
    done = subprocess.run([verifier, folder / "proof", folder / "entry", vkey], capture_output=True, check=False)
    return done.returncode == 0


def test_go_accepts_our_proof(verifier, made, tmp_path):
    assert accepts(verifier, tmp_path, made[0], b"entry 411", made[1])


def test_go_refuses_tampered_copies(verifier, made, tmp_path):
    proof, vkey = made
    other = LogKey("kaksik.example/log", ed25519.Ed25519PrivateKey.generate()).key.vkey
    for forged, entry, key in (
        (proof, b"entry 412", vkey),
        (proof.replace(b"index 411", b"index 412"), b"entry 411", vkey),
        (proof.replace(b"\n600\n", b"\n601\n"), b"entry 411", vkey),
        (proof, b"entry 411", other),
    ):
        assert not accepts(verifier, tmp_path, forged, entry, key)
