"""Real Bolt servers as child processes: ArcadeDB from the Python index, Neo4j from Maven Central."""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import neo4j
import pytest

_ARCADEDB = """
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
NEO4J_VERSION = "5.26.0"  # the last line that runs on Java 17
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>neo4j-run</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{NEO4J_VERSION}</version>
</dependency></dependencies></project>
"""
_OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")
DOWNLOAD_S = 280  # 130 MB; took one minute on a common line
START_S = 120


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def arcadedb(tmp_path_factory):
    """Return (url, user, password) of a running ArcadeDB."""
    pytest.importorskip("arcadedb_embedded", reason="the Bolt test server (arcadedb-embedded) is not installed")
    password, port = secrets.token_urlsafe(12), _free_port()
    root = tmp_path_factory.mktemp("arcadedb")
    log = (root / "server.log").open("w")
    child = subprocess.Popen(
        [sys.executable, "-c", _ARCADEDB, str(root), password, str(port), str(_free_port())],
        stdout=subprocess.PIPE, stderr=log, cwd=root, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + START_S
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


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory):
    """Return (url, user, password) of a running Neo4j Community; skip where it cannot be had."""
    java, port, home = _java(), _free_port(), tmp_path_factory.mktemp("neo4j")
    jars = _neo4j_jars()
    (home / "conf").mkdir()
    (home / "conf" / "neo4j.conf").write_text(
        f"server.directories.data={home}/data\nserver.directories.logs={home}/logs\n"
        f"server.directories.run={home}/run\nserver.bolt.listen_address=127.0.0.1:{port}\n"
        "server.http.enabled=false\nserver.https.enabled=false\ndbms.security.auth_enabled=false\n"
        "dbms.usage_report.enabled=false\nserver.memory.pagecache.size=64m\n"
    )
    command = [java, "-Xms128m", "-Xmx512m", *(f"--add-opens={name}=ALL-UNNAMED" for name in _OPENED)]
    command += ["-cp", f"{jars}/*", "org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}"]
    log = (home / "server.log").open("w")
    child = subprocess.Popen(
        [*command, f"--config-dir={home}/conf", "--console-mode"], stdout=log, stderr=subprocess.STDOUT, cwd=home
    )
    try:
        _wait(f"bolt://127.0.0.1:{port}", child, home / "server.log")
        yield f"bolt://127.0.0.1:{port}", "neo4j", "none"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        log.close()


@pytest.fixture(scope="session", params=["arcadedb", pytest.param("neo4j_server", marks=pytest.mark.neo4j)])
def bolt(request):
    """Return (url, user, password) of each Bolt server in turn."""
    return request.getfixturevalue(request.param)


def _java():
    java = shutil.which("java")
    if java is None:
        pytest.skip("Neo4j needs Java 17 and there is no java here")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    if '"17.' not in said and '"21.' not in said:
        pytest.skip(
            f"Neo4j {NEO4J_VERSION} runs on Java 17 or 21; here is {said.splitlines()[0] if said else 'none'}"
        )
    return java


def _neo4j_jars():
    """Return the folder of Neo4j's jars in the user's cache, fetched once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kaksik" / f"neo4j-{NEO4J_VERSION}"
    if (cache / "complete").exists():
        return cache / "lib"
    maven = shutil.which("mvn")
    if maven is None:
        pytest.skip("Neo4j comes from Maven Central and there is no mvn here")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / "complete").exists():
            (cache / "pom.xml").write_text(_POM)
            command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime"]
            try:
                subprocess.run(
                    [*command, "-DoutputDirectory=lib"],
                    cwd=cache,
                    capture_output=True,
                    check=True,
                    timeout=DOWNLOAD_S,
                )
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                pytest.skip(f"Maven Central did not give Neo4j {NEO4J_VERSION}")
            (cache / "complete").touch()
    return cache / "lib"


def _wait(url, child, log):
    deadline = time.monotonic() + START_S
    with neo4j.GraphDatabase.driver(url, auth=("neo4j", "none")) as driver:
        while True:
            try:
                return driver.verify_connectivity()
            except neo4j.exceptions.DriverError:
                assert child.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < deadline, "Neo4j did not start in time"
                time.sleep(0.3)
