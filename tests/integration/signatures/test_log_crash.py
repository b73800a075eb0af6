"""A log whose process is killed at random points of 200 appends is consistent and loses nothing it answered for."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from signatures import verify_consistency
from signatures.tlog import LogKey, TileLog, parse_checkpoint

KEY = LogKey("kaksik.example/log", ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))
APPENDS = 200
APPENDER = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric import ed25519
from signatures.tlog import LogKey, TileLog
key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
log = TileLog(Path(sys.argv[1]), LogKey("kaksik.example/log", key))
while True:
    size = log.size
    log.append([f"entry {number}".encode() for number in range(size, size + 1 + size % 4)])
    print(log.size, flush=True)
"""


def _killed(folder, chance):
    """Append until killed; return the answered sizes."""
    process = subprocess.Popen([sys.executable, "-c", APPENDER, str(folder)], stdout=subprocess.PIPE, text=True)
    wanted, sizes = chance.randint(5, 30), []
    while len(sizes) < wanted:
        sizes.append(int(process.stdout.readline()))
    time.sleep(chance.random() * 0.03)
    os.kill(process.pid, signal.SIGKILL)
    sizes += [int(line) for line in process.communicate()[0].split("\n")[:-1]]
    return sizes


@pytest.mark.long
def test_log_survives_sigkill_at_random_points(tmp_path):
    chance, folder, done, seen = random.Random(20260301), tmp_path / "log", 0, []
    while done < APPENDS:
        sizes = _killed(folder, chance)
        done += len(sizes)
        log = TileLog(folder, KEY)
        assert log.size >= sizes[-1], "an answered append was lost"
        assert log.entries(0, log.size) == [f"entry {number}".encode() for number in range(log.size)]
        for old in seen:
            assert verify_consistency(old.size, log.size, log.consistency(old.size), old.root, log.root)
        seen.append(parse_checkpoint(log.checkpoint())[0])
        assert log.find(b"entry 0") == 0
    assert [head.size for head in seen] == sorted(head.size for head in seen)
