"""Commitments and the transparency log: CPU seconds, memory and sizes, beside SHA-256 of the same bytes.

Every measurement runs in a process of its own. `ratio` is the CPU time divided by that of hashing the same bytes in
one piece, in the same process. Targets are those of the project; a row says whether it met its own.

    python -m benchmarks.signatures [--elements 200000] [--statements 5] [--entries 100000]
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET = bytes(range(32))
REPEATS = 200


def subjects(elements: int, statements: int) -> list[tuple[str, list[str]]]:
    """Return elements with statements of the length that those of real models have (about 90 bytes)."""
    made = []
    for number in range(elements):
        iri = f"urn:kaksik:building:112233445:element:{number:022d}"
        lines = [f'<{iri}> <urn:kaksik:ns:propertySet/Pset_Wall/P{n:03d}> "value {n}" .' for n in range(statements)]
        made.append((iri, lines))
    return made


def commitment(given: argparse.Namespace) -> list[dict[str, object]]:
    """Measure a commitment, the next state, and the proofs."""
    from signatures import commit, jcs, verify_element, verify_statement

    data = subjects(given.elements, given.statements)
    size, plain = hashed(data)
    before = peak_mib()
    seconds, made = timed(lambda: commit(data, SECRET))
    rows = [
        row(
            "commit", seconds, plain, 6.0, elements=given.elements, bytes=size, peak_mib=peak_mib(), before_mib=before
        )
    ]
    changed = [(iri, [*lines[1:], f'<{iri}> <urn:kaksik:ns:changed> "1" .']) for iri, lines in data[::100]]
    rows.append(row("next state, 1 % changed", cpu(lambda: made.revise(changed)), plain, 1.0))
    iri, lines = data[given.elements // 2]
    proof = made.disclose(iri, lines)
    one = made.disclose_statement(iri, lines, lines[0])
    count, root = len(made), made.root
    shown, alone = len(jcs(proof.to_json())), len(jcs(one.to_json()))
    rows.append(
        row("element proof, verify", each(lambda: verify_element(proof, root, count)), plain, 0.001, bytes=shown)
    )
    rows.append(
        row("statement proof, verify", each(lambda: verify_statement(one, root, count)), plain, 0.001, bytes=alone)
    )
    return rows


def log(given: argparse.Namespace) -> list[dict[str, object]]:
    """Measure a log: appending in one batch and one by one, and proofs with four cosignatures."""
    from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

    from signatures.tlog import (
        LogKey,
        LogPolicy,
        TileLog,
        Witness,
        WitnessFolder,
        WitnessKey,
        verify_log_proof,
        witness_request,
    )

    entries = [f"{number:08d}".encode() * 12 for number in range(given.entries)]
    plain = cpu(lambda: hashlib.sha256(b"".join(entries)).digest())
    keys = [WitnessKey(f"w{n}.example", ed25519.Ed25519PrivateKey.generate()) for n in range(3)]
    keys.append(WitnessKey("w3.example", mldsa.MLDSA44PrivateKey.generate()))
    signer = LogKey("kaksik.example/log", ed25519.Ed25519PrivateKey.generate())
    with tempfile.TemporaryDirectory() as folder:
        store = TileLog(Path(folder, "log"), signer)
        started = time.perf_counter()
        seconds = cpu(lambda: store.append(entries))
        wall = time.perf_counter() - started
        rate = round(given.entries / max(seconds, wall))
        rows = [row("log, append in one batch", seconds, plain, given.entries / 50_000, per_second=rate)]
        now = datetime.now(UTC)
        witness = Witness(keys, [signer.key], WitnessFolder(Path(folder, "witness")), lambda: now)
        answer = witness.add_checkpoint(witness_request(0, [], store.checkpoint()))
        store.add_cosignatures(store.size, answer.body, [key.key for key in keys])
        named = "".join(f"witness w{n} {key.key.vkey}\n" for n, key in enumerate(keys))
        policy = LogPolicy.parse(f"log {signer.key.vkey}\n{named}group all all w0 w1 w2 w3\nquorum all\n")
        proof = store.proof(777)
        verify = each(lambda: verify_log_proof(entries[777], proof, policy, now))
        rows.append(row("log proof, 4 cosignatures, verify", verify, plain, 0.003, bytes=len(proof)))
        rows.append(row("log proof, make", each(lambda: store.proof(778)), plain, None))
        rows.append(row("log, append one entry", each(lambda: store.append([b"one"]), 20), plain, None))
    return rows


def hashed(data: list[tuple[str, list[str]]]) -> tuple[int, float]:
    """Return how many bytes the statements have, and the CPU time of hashing them in one piece."""
    text = "".join(line for _, lines in data for line in lines).encode()
    return len(text), cpu(lambda: hashlib.sha256(text).digest())


def cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def timed(work: Callable[[], object]) -> tuple[float, object]:
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def each(work: Callable[[], object], repeats: int = REPEATS) -> float:
    return cpu(lambda: [work() for _ in range(repeats)]) / repeats


def peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def row(what: str, seconds: float, plain: float, target: float | None, **more: object) -> dict[str, object]:
    found = {"what": what, "cpu_seconds": round(seconds, 6), "ratio_to_sha256": round(seconds / plain, 4), **more}
    return found if target is None else {**found, "target_seconds": target, "met": seconds < target}


PARTS = {"commitment": commitment, "log": log}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=200_000)
    parser.add_argument("--statements", type=int, default=5, help="of each element")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        for found in PARTS[given.part](given):
            print(json.dumps(found))
        return
    print(json.dumps({"load": os.getloadavg()}))
    for part in PARTS:
        command = [sys.executable, "-m", "benchmarks.signatures", *sys.argv[1:], "--part", part]
        subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
