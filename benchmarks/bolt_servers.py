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
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import neo4j

Login = tuple[str, str, str]  # url, user, password

NEO4J_VERSION = "5.26.0"  # a line with long support
DOWNLOAD_S = 280  # 130 MB; took one minute on a common line
START_S = 120

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
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>neo4j-run</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{NEO4J_VERSION}</version>
</dependency></dependencies></project>
"""
_OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")
_QUICK_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms128m", "-Xmx1g")


class NotToBeHad(Exception):  # noqa: N818 - reads as the sentence it is
    """The server cannot be had on this machine; the message says why."""


@contextmanager
def arcadedb(root: Path) -> Iterator[Login]:
    """Run ArcadeDB in a folder.

    Raises:
        NotToBeHad: its package is not installed.
    """
    if find_spec("arcadedb_embedded") is None:
        raise NotToBeHad("the Bolt test server (arcadedb-embedded) is not installed")
    password, port = secrets.token_urlsafe(12), _free_port()
    with (root / "server.log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-c", _ARCADEDB, str(root), password, str(port), str(_free_port())],
            stdout=subprocess.PIPE, stderr=log, cwd=root, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        try:
            deadline = time.monotonic() + START_S
            for line in child.stdout:
                if line.strip() == "ready" or time.monotonic() > deadline:
                    break
            if child.poll() is not None:
                raise RuntimeError((root / "server.log").read_text()[-2000:])
            yield f"bolt://127.0.0.1:{port}", "root", password
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


@contextmanager
def neo4j_community(home: Path, *, quick_start: bool = True) -> Iterator[Login]:
    """Run Neo4j Community in a folder; its process id is in ``server.pid`` there.

    Args:
        home: An empty folder.
        quick_start: Whether to be up soon rather than fast later.

    Raises:
        NotToBeHad: there is no Java for it, or Maven Central does not give it.
    """
    java, port = _java(), _free_port()
    jars = _neo4j_jars(java)
    (home / "conf").mkdir()
    (home / "conf" / "neo4j.conf").write_text(
        f"server.directories.data={home}/data\nserver.directories.logs={home}/logs\n"
        f"server.directories.run={home}/run\nserver.bolt.listen_address=127.0.0.1:{port}\n"
        "server.http.enabled=false\nserver.https.enabled=false\ndbms.security.auth_enabled=false\n"
        "dbms.usage_report.enabled=false\nserver.memory.pagecache.size=64m\n"
    )
    tuning = _QUICK_START if quick_start else ("-Xmx1g",)
    command = [java, *tuning, *(f"--add-opens={name}=ALL-UNNAMED" for name in _OPENED)]
    command += ["-cp", f"{jars}/*", "org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}"]
    command += [f"--config-dir={home}/conf", "--console-mode"]
    with (home / "server.log").open("w") as log:
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=home)
        (home / "server.pid").write_text(str(child.pid))
        try:
            _wait(f"bolt://127.0.0.1:{port}", child, home / "server.log")
            yield f"bolt://127.0.0.1:{port}", "neo4j", "none"
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _java() -> str:
    """Return the machine's Java 17 or 21, else the one that comes with ArcadeDB, which runs Neo4j too."""
    java = shutil.which("java")
    if java is not None:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
        if '"17.' in said or '"21.' in said:
            return java
    spec = find_spec("arcadedb_embedded")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        bundled = Path(folder) / "jre" / "bin" / "java"
        if bundled.exists():
            return str(bundled)
    raise NotToBeHad("Neo4j needs Java 17 or 21 and there is none here")


def _neo4j_jars(java: str) -> Path:
    """Return the folder of Neo4j's jars in the user's cache, fetched once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kaksik" / f"neo4j-{NEO4J_VERSION}"
    if (cache / "complete").exists():
        return cache / "lib"
    maven = shutil.which("mvn")
    if maven is None:
        raise NotToBeHad("Neo4j comes from Maven Central and there is no mvn here (Debian: apt-get install maven)")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / "complete").exists():
            _fetch(maven, java, cache)
            (cache / "complete").touch()
    return cache / "lib"


def _fetch(maven: str, java: str, cache: Path) -> None:
    (cache / "pom.xml").write_text(_POM)
    command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"]
    environment = {"JAVA_HOME": str(Path(java).resolve().parents[1]), **os.environ}
    try:
        subprocess.run(command, cwd=cache, env=environment, capture_output=True, check=True, timeout=DOWNLOAD_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotToBeHad(f"Maven Central did not give Neo4j {NEO4J_VERSION}") from error


def _wait(url: str, child: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    with neo4j.GraphDatabase.driver(url, auth=("neo4j", "none")) as driver:
        while True:
            try:
                return driver.verify_connectivity()
            except neo4j.exceptions.DriverError:
                if child.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"Neo4j did not start: {log.read_text()[-2000:]}") from None
                time.sleep(0.2)
