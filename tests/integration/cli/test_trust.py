"""The commands around trust, with a real witness, a monitor and containers."""

import contextlib
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from api.cli.app import build
from signatures.asice import verify_timestamp
from signatures.authority import AuthorityProcess
from twin.file_signatures import file_signatures
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage

HOUSE = ("120900101", "as-designed", "1")
WALL = "1gfMP3pkjV3B_0aREHFJ5F"


@pytest.fixture
def run(home, monkeypatch, tmp_path):
    monkeypatch.setenv("KAKSIK_HOME", str(home))
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        result = CliRunner().invoke(build(), [*map(str, arguments), "--json"], catch_exceptions=False)
        return result.exit_code, json.loads(result.stdout)

    return invoke


@contextlib.contextmanager
def witness(vkey, folder):
    command = [sys.executable, "-c", "from api.cli import main; main()", "witness", "--log", vkey, "--port", "0"]
    process = subprocess.Popen(
        [*command, "--name", "w.test", "--folder", str(folder), "--json"], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    try:
        text = ""
        while not text.rstrip().endswith("}"):
            text += process.stdout.readline()
        yield json.loads(text)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_show_one_statement_and_check_it(run):
    code, made = run("disclose", WALL, *HOUSE, "--statement", "Pset_WallCommon/FireRating", "-o", "wall.kaksik-proof")
    assert (code, made["bytes"] < 4096) == (0, True)
    code, verdict = run("verify", "wall.kaksik-proof")
    assert (code, verdict["facts"]["statement"]["value"]) == (0, "REI30")
    assert [step["reason"] != "" for step in verdict["steps"]].count(False) == 0
    code, _ = run("disclose", "0000000000000000000000", *HOUSE, "--absent", "-o", "no.kaksik-proof")
    assert run("verify", "no.kaksik-proof")[1]["facts"]["absent"] == "0000000000000000000000"
    Path("wall.kaksik-proof").write_bytes(Path("wall.kaksik-proof").read_bytes()[:-1])
    assert run("verify", "wall.kaksik-proof")[0] == 1


def test_byte_identity_is_told_from_semantic_identity(run, home):
    run("seal", *HOUSE, "-o", "house.kaksik-seal")
    model = home / "samples" / "models" / "120900101_as-designed.ifc"
    again = Path("again.ifc")
    again.write_bytes(model.read_bytes().replace(b"ENDSEC;\n", b"ENDSEC;\n\n\n", 1))
    for given, same_bytes in ((model, "passed"), (again, "failed")):
        code, verdict = run("verify", "house.kaksik-seal", "--ifc", given)
        steps = {step["name"]: step["verdict"] for step in verdict["steps"]}
        assert (code, steps["building-content"], steps["file-bytes"]) == (0, "passed", same_bytes)


def test_transition_on_the_command_line(run, tmp_path):
    other = ("120900102", "as-designed", "1")
    paper = tmp_path / "diploma.pdf"
    paper.write_bytes(b"diploma")
    code, shown = run("transition", "submit", *other, "--evidence", f"designer-qualification={paper}")
    assert (code, shown["pending"]["to"]) == (1, "S4")
    code, shown = run("transition", "submit", *other, "--role", "designer")
    assert (code, shown["status"]) == (0, "S4")
    assert run("status", *other)[1]["history"][0]["to"] == "S4"


def test_a_witness_cosigns_and_a_monitor_replays(run, home, monkeypatch, tmp_path):
    twin = open_twin(Settings(home=home))
    vkey = twin.trust.registry.vkey
    twin.close()
    with witness(vkey, tmp_path / "witness") as one:
        policy = tmp_path / "policy.txt"
        both = f"witness w {one['vkey']} {one['address']}\nwitness pq {one['ml_dsa_44']} {one['address']}\n"
        policy.write_text(f"{both}group both all w pq\nquorum both\n")
        monkeypatch.setenv("KAKSIK_LOG_POLICY_FILE", str(policy))
        code, verdict = run("seal", "120900104", "as-designed", "--role", "owner", "-o", "office.kaksik-seal")
        assert code == 0
    step = next(step for step in verdict["steps"] if step["name"] == "log")
    assert "seen by 2 witnesses" in step["reason"]
    trusted = tmp_path / "trusted.txt"
    trusted.write_text(f"log {vkey}\nwitness w {one['vkey']}\nquorum w\n")
    assert run("verify", "office.kaksik-seal", "--log-policy", trusted)[0] == 0
    alone = tmp_path / "alone.txt"
    alone.write_text(f"log {vkey}\nwitness x {one['vkey'].replace('w.test', 'x.test')}\nquorum x\n")
    code, found = run("monitor", home / "log", "--policy", trusted, "--state", "seen.json")
    assert (code, found["findings"], found["read"]) == (0, [], found["size"])
    assert run("monitor", home / "log", "--policy", trusted, "--state", "seen.json")[1]["read"] == 0
    forged = tmp_path / "forged"
    shutil.copytree(home / "log", forged)
    for bundle in (forged / "tile" / "entries").rglob("*"):
        if bundle.is_file():
            bundle.write_bytes(bundle.read_bytes().replace(b"120900104", b"120900103"))
    code, found = run("monitor", forged, "--policy", trusted, "--state", "new.json")
    assert code == 1
    assert found["findings"]


def test_a_revoked_seal_and_a_revoked_key(run, home, monkeypatch, tmp_path):
    home = shutil.copytree(home, tmp_path / "home")  # others go on with the key that is revoked here
    monkeypatch.setenv("KAKSIK_HOME", str(home))
    house = ("120900103", "as-designed", "1")
    run("seal", *house, "-o", "house.kaksik-seal")
    twin = open_twin(Settings(home=home))
    try:
        version = twin.catalogue.version("120900103", Stage.AS_DESIGNED, 1)
        form, standing = twin.seals.form(version), twin.trust.standing
        for name, act in (("before", lambda: None), ("after", lambda: twin.seals.revoke(version, "test", "test"))):
            act()
            (tmp_path / name).write_bytes(standing.list_for(form))
        assert twin.seals.verdict(version)["verdict"] == "invalid"
    finally:
        twin.close()
    assert run("verify", "house.kaksik-seal", "--status-list", tmp_path / "before")[0] == 0
    assert run("verify", "house.kaksik-seal", "--status-list", tmp_path / "after")[0] == 1
    other = ("120900102", "as-designed", "1")
    run("seal", *other, "-o", "other.kaksik-seal")
    code, made = run("revoke-seal", *other, "--reason", "another model was meant")
    assert (code, made["entry"].rpartition("#")[2].isdigit()) == (0, True)
    code, fresh = run("rotate-key", "--revoke")
    assert (code, fresh["issuer"] != form["issuer"]) == (0, True)
    twin = open_twin(Settings(home=home))
    (tmp_path / "keys").write_text(json.dumps(twin.trust.standing.histories()))
    twin.close()
    assert run("verify", "house.kaksik-seal", "--keys", tmp_path / "keys")[0] == 1
    assert run("verify", "house.kaksik-seal")[0] == 0


def test_a_container_of_a_sealed_state(run, home, monkeypatch, tmp_path):
    with AuthorityProcess(tmp_path / "authority") as process:
        services = [service.certificate for service in process.authority.trust_list().services]
        made = process.authority.issue("Registry of buildings", datetime.now(UTC))
        files = {
            "KEY": made.signer.to_pem("correct horse battery"),
            "CERTIFICATE": made.certificate.public_bytes(Encoding.PEM) + made.issuer.public_bytes(Encoding.PEM),
        }
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
            monkeypatch.setenv(f"KAKSIK_CONTAINER_{name}", str(tmp_path / name))
        monkeypatch.setenv("KAKSIK_CONTAINER_PASSPHRASE", "correct horse battery")
        monkeypatch.setenv("KAKSIK_TIMESTAMP_URL", f"{process.url}/tsa")
        monkeypatch.setenv("KAKSIK_OCSP_URL", f"{process.url}/ocsp")
        monkeypatch.setenv("KAKSIK_LOG_TIMESTAMP_URL", f"{process.url}/tsa")
        sealed = run("seal", "120900205", "as-designed", "--role", "owner", "--container", "-o", "state.asice")
        assert sealed[0] == 0
        (stamp,) = (home / "log" / "checkpoints").rglob("*.tsr")
        checkpoint = (home / "log" / "checkpoint").read_bytes()
        assert verify_timestamp(stamp.read_bytes(), checkpoint, process.authority.trust_list()) <= datetime.now(UTC)
    trust = tmp_path / "trust.pem"
    trust.write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in services))
    code, verdict = run("verify", "state.asice", "--trust", trust)
    assert code == 0, verdict["steps"]
    assert [step["name"] for step in verdict["steps"]] == ["container", "signature-1", "state"]
    assert "Registry of buildings" in verdict["facts"]["signers"][0]["signer"]
    assert run("verify", "state.asice")[0] == 1  # nobody is trusted
    with zipfile.ZipFile("state.asice") as old, zipfile.ZipFile("changed.asice", "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(b"merkleRoot", b"merkleRood"))
    assert run("verify", "changed.asice", "--trust", trust)[0] == 1


def test_without_a_key_no_container(run):
    result = CliRunner().invoke(build(), ["seal", "120900205", "as-designed", "--container"])
    assert result.exception.reason == "no-container-key"


@pytest.mark.conformance
def test_signatures_inside_files_are_judged_on_entry(run, conformance_dir, tmp_path, monkeypatch):
    for path in sorted((conformance_dir / "ifc-signatures").glob("*.ifc")):
        wanted = {"pass": "valid", "fail": "invalid", "na": "none"}[path.name.partition("_")[0]]
        found = file_signatures(path)
        assert found["verdict"] == wanted, path.name
        assert all(signature["reason"] for signature in found["signatures"])
        packed = tmp_path / f"{path.stem}.ifczip"
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(path, path.name)
        assert file_signatures(packed) == found
    signed = conformance_dir / "ifc-signatures" / "pass_valid_signature.ifc"
    monkeypatch.setenv("KAKSIK_HOME", str(tmp_path / "home"))
    code, loaded = run("load", signed, "--building", "signed")
    assert (code, loaded[0]["file_signature"]) == (0, "valid")
