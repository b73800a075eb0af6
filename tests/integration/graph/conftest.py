"""A real Bolt server as a child process: ArcadeDB from the package index."""

import secrets
import socket
import subprocess
import sys
import time

import pytest

_SERVER = """
import sys, time
from arcadedb_embedded.server import ArcadeDBServer
root, password, bolt, http = sys.argv[1:]
server = ArcadeDBServer(root_path=root, root_password=password, jvm_kwargs={"heap_size": "512m"}, config={
    "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin", "bolt_port": int(bolt), "http_port": int(http)})
server.start()
server.create_database("neo4j")
print("ready", flush=True)
while True:
    time.sleep(1)
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def bolt(tmp_path_factory):
    """Return (url, user, password) of a running Bolt server."""
    pytest.importorskip("arcadedb_embedded", reason="the Bolt test server (arcadedb-embedded) is not installed")
    password, port = secrets.token_urlsafe(12), _free_port()
    root = tmp_path_factory.mktemp("arcadedb")
    log = (root / "server.log").open("w")
    child = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(root), password, str(port), str(_free_port())],
        stdout=subprocess.PIPE, stderr=log, cwd=root, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        for line in child.stdout:
            if line.strip() == "ready" or time.monotonic() > deadline:
                break
        assert child.poll() is None, (root / "server.log").read_text()[-2000:]
        yield f"bolt://127.0.0.1:{port}", "root", password
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
        log.close()
