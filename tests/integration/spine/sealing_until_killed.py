"""Seal and append until killed: forks a worker, kills it at a random moment, forks a checker; again and again.

Run as a program: ``python sealing_until_killed.py HOME ROUNDS SEED``; prints a JSON object, exits with 1 on a fault.
One operation is a seal, a proof in a role, or an entry of the audit trail (of which the first of a day is anchored).
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ifc import ElementRecord, Header, MeshSet, digested
from signatures import AnyIssuer, parse_canonical, sha256_hex
from signatures.tlog import LogPolicy, MonitorState, monitor
from twin.blobs import FileBlobStore
from twin.catalogue import Building, Catalogue, ElementRow, Version, VersionKey, content_digest, open_database
from twin.sealing import verify_bundle
from twin.settings import Settings
from twin.snapshot import Stage
from twin.snapshots import SnapshotReader
from twin.trust import open_trust

LONGEST_S = 0.8  # some operations fit into it: the kill falls into any step of any of them
ROLES = ("designer", "builder", "owner")
START = datetime(2026, 1, 1, tzinfo=UTC)


def opened(home, clock):
    engine = open_database(home / "catalogue.sqlite")
    blobs, catalogue = FileBlobStore(home / "blobs"), Catalogue(engine)
    trust = open_trust(Settings(home=home), engine, blobs, catalogue, SnapshotReader(catalogue, blobs), {}, clock)
    trust.recover()
    return catalogue, blobs, trust


def add_version(catalogue, blobs, number):
    records = [ElementRecord(f"{n:022d}", "IfcWall", f"Wall {n} of {number}") for n in range(5)]
    forms = list(digested(records))
    catalogue.store_records(dict(forms))
    digests = {record.global_id: name for record, (name, _) in zip(records, forms, strict=True)}
    empty = blobs.put(MeshSet(()).to_bytes())
    version = Version(
        key=VersionKey("120000001", Stage.AS_DESIGNED, 0), created="2026-01-01T00:00:00.000Z", file_name="a.ifc",
        file_sha256=f"{number:064x}", content_sha256=content_digest(digests),
        header=Header("IFC4", "IFC4", "", "", 1.0),
        project_id=records[0].global_id, georeference=None, findings=(), not_understood={}, facts={}, elements=5,
        spaces=0, meshes_sha256=empty, scene_sha256=empty,
    )  # fmt: skip
    rows = [(ElementRow(r.global_id, r.ifc_class, r.name, None), digests[r.global_id]) for r in records]
    return catalogue.add_version(Building("120000001", "House", "", "120000001"), version, rows)


def work(home, seed, tell):
    """Do operations until killed; tell of each that returned."""
    chance = random.Random(seed)
    moment = START + timedelta(hours=seed)
    catalogue, blobs, trust = opened(home, lambda: moment)
    tell({"ready": True})
    while True:
        versions = catalogue.versions("120000001")
        what = chance.choice(("seal", "role", "audit"))
        if what == "audit":
            entry = trust.audit.record("somebody", "POST /something", "120000001", {"seed": seed})
            tell({"audit": entry.number})
            continue
        version = versions[-1] if versions else None
        if what == "seal" or version is None or not trust.seals.sealed(version):
            version = add_version(catalogue, blobs, len(versions) + 1)
            trust.seals.seal(version, "somebody")
        else:
            signed = {s["role"] for s in trust.seals.verdict(version)["signers"]}
            free = [role for role in ROLES if role not in signed]
            if not free:
                continue
            trust.seals.seal(version, "somebody", role=free[0])
        tell({"sealed": version.key.number, "credential": sha256_hex(trust.seals.credential(version))})


def warm(home):
    """Do one operation of each kind elsewhere, so that forks have everything loaded."""
    catalogue, blobs, trust = opened(home, lambda: START)
    version = add_version(catalogue, blobs, 1)
    trust.seals.seal(version, "somebody", role="owner")
    trust.audit.record("somebody", "POST /something", "120000001", {})
    verify_bundle(trust.seals.bundle(version), records=None, file_sha256=None, policy=AnyIssuer())
    trust.seals.verdict(version)


def check(home, seed, told, seen):
    """Return what is wrong after a restart, and what the monitor has seen."""
    catalogue, _, trust = opened(home, lambda: START + timedelta(hours=seed, minutes=1))
    faults = []
    state = trust.registry.state()
    listed = [row for start in range(0, state["size"], 500) for row in trust.registry.entries(start, 500)]
    digests = [row["sha256"] for row in listed]
    if state["waiting"] or [row["position"] for row in listed] != list(range(state["size"])):
        faults.append(f"catalogue and log differ: {state['waiting']} wait, {len(listed)} of {state['size']} known")
    if len(set(digests)) != len(digests):
        faults.append("an entry was logged twice")
    report = monitor(
        LogPolicy.parse(state["policy"]),
        trust.registry.file,
        MonitorState.from_json(seen),
        START + timedelta(days=999),
    )
    faults += report.findings
    for version in catalogue.versions("120000001"):
        if not trust.seals.sealed(version):
            continue
        data, credential = trust.seals.bundle(version), trust.seals.credential(version)
        verdict = verify_bundle(data, records=None, file_sha256=None, policy=AnyIssuer())
        log = next(step.verdict for step in verdict.steps if step.name == "log")
        if not verdict.valid or log != "passed" or sha256_hex(credential) not in digests:
            faults.append(f"{version.key} is half sealed: {[s for s in verdict.steps if s.verdict == 'failed']}")
        before = parse_canonical(credential)["credentialSubject"].get("previousStateSha256")
        if before is not None and before not in digests:
            faults.append(f"{version.key} names a state that is not in the log")
    for item in told:
        if "credential" in item and item["credential"] not in digests:
            faults.append(f"a sealed state is lost: {item}")
        if "audit" in item and not trust.journal.entries("audit", after=item["audit"] - 1, limit=1):
            faults.append(f"an audit entry is lost: {item}")
    faults += trust.audit.check()["contradicted"]
    return {"faults": faults, "seen": report.state.to_json(), "size": state["size"]}


def forked(function, *arguments):
    """Run a function in a fork; return its process id and the pipe on which it tells."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, os.fdopen(reading, "r")
    os.close(reading)
    code = 1
    try:
        with os.fdopen(writing, "w", buffering=1) as pipe:
            function(*arguments, lambda item: pipe.write(json.dumps(item) + "\n"))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main(home, rounds, seed):
    chance = random.Random(seed)
    warm(home.with_name("warm"))
    told, seen, faults, size = [], {"size": 0, "peaks": []}, [], 0
    for number in range(rounds):
        child, pipe = forked(work, home, number)
        pipe.readline()  # ready
        time.sleep(chance.uniform(0.0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told += [json.loads(line) for line in pipe if line.endswith("\n")]
        pipe.close()
        child, pipe = forked(lambda *given: given[-1](check(*given[:-1])), home, number, told, seen)
        answer = pipe.read()
        os.waitpid(child, 0)
        pipe.close()
        if not answer:
            faults.append(f"round {number}: it does not open again")
            break
        found = json.loads(answer)
        seen, size = found["seen"], found["size"]
        faults += [f"round {number}: {fault}" for fault in found["faults"]]
        if faults:
            break
    print(json.dumps({"rounds": number + 1, "returned": len(told), "entries": size, "faults": faults}))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
