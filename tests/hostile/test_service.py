"""The service on a real socket survives hostile uploads, answers others meanwhile, keeps no rows of refused ones."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.hostile.case import Refused
from tests.hostile.generator import CASES, write

ROOT = Path(__file__).resolve().parents[2]
REFUSED = (
    "empty", "random", "pdf", "utf16-le", "cut-in-data", "closed-in-text", "schema-of-the-future", "not-a-number",
    "number-twice", "text-not-closed", "nul-bytes-in-data", "no-project", "two-data-sections", "zip-bomb",
    "zip-path-escape", "zip-in-a-zip-named-ifc", "zip-encrypted", "zip-wrong-crc",
)  # fmt: skip
LOADED = (
    "cyclic-aggregates", "cyclic-placement", "deep-placements", "same-id-1000-times", "huge-name", "markup-in-a-name",
    "cypher-in-a-name", "dangling-references", "nulls-everywhere", "placed-at-1e300", "zip-sound",
)  # fmt: skip
HANGING = ("cyclic-boolean", "exponential-mapped-items")  # their kernels run into the limits of the children
ANSWER_S = 2.5  # the longest that another client may wait, on a machine of two cores that loads two files
JOB_S = 120.0


class Watcher(threading.Thread):
    """Another client, which asks all the time and notes how long each answer took."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.seconds, self.failures, self.done = address, [], [], threading.Event()

    def run(self):
        with httpx.Client(base_url=self.address, timeout=10.0) as client:
            while not self.done.is_set():
                for path in ("/api/v1/health", "/api/v1/buildings"):
                    start = time.monotonic()
                    try:
                        status = client.get(path).status_code
                    except httpx.HTTPError as error:
                        status = repr(error)
                    self.seconds.append(time.monotonic() - start)
                    if status != 200:
                        self.failures.append((path, status))
                self.done.wait(0.05)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile") / "home"


@pytest.fixture(scope="module")
def address(home):
    """A service in a process of its own, with short limits for reading."""
    settings = {"KAKSIK_HOME": str(home), "KAKSIK_READ_TIMEOUT_S": "20", "KAKSIK_READ_MEMORY_BYTES": str(2 * 1024**3)}
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", "--json"]
    with (home.parent / "log").open("w") as log:
        service = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **settings}, cwd=ROOT, text=True
        )
        try:
            said = ""
            while not said.rstrip().endswith("}"):
                line = service.stdout.readline()
                assert line, (home.parent / "log").read_text()
                said += line
            yield json.loads(said)["address"]
            assert service.poll() is None, "the service died"
        finally:
            service.terminate()
            service.wait(timeout=20)


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address, timeout=60.0) as opened:
        deadline = time.monotonic() + 30.0
        while True:
            try:
                assert opened.get("/api/v1/health").status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield opened


def submit(client, case, folder, building_id):
    path = write(case, folder)
    with path.open("rb") as stream:
        params = {"building_id": building_id, "stage": "as-built"}
        response = client.post("/api/v1/buildings", params=params, files={"file": (path.name, stream)})
    assert response.status_code == 202, response.text
    return response.headers["Location"]


def finished(client, location):
    deadline = time.monotonic() + JOB_S
    while (job := client.get(location).json())["status"] in ("queued", "running"):
        assert time.monotonic() < deadline, location
        time.sleep(0.1)
    return job


def rows(home):
    """Return how many rows each table of the catalogue holds."""
    with sqlite3.connect(home / "catalogue.sqlite") as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def run(client, address, names, folder):
    """Submit the named cases at once, wait for their jobs while another client watches, and return the jobs."""
    cases = {case.name: case for case in CASES}
    watcher = Watcher(address)
    watcher.start()
    try:
        jobs = {name: submit(client, cases[name], folder, f"tmp-{name}") for name in names}
        ended = {name: finished(client, location) for name, location in jobs.items()}
    finally:
        watcher.done.set()
        watcher.join(timeout=30.0)
    assert not watcher.failures
    assert len(watcher.seconds) > 10
    assert max(watcher.seconds) < ANSWER_S, sorted(watcher.seconds)[-5:]
    return cases, ended


def test_refused_files_leave_no_rows(client, address, home, tmp_path):
    before = rows(home)

    cases, jobs = run(client, address, REFUSED, tmp_path)

    for name, job in jobs.items():
        assert isinstance(cases[name].expected, Refused)
        assert job["status"] == "failed", name
        assert job["problem"]["reason"] in cases[name].expected.reasons
        assert job["problem"]["detail"]
        assert job["problem"]["hint"]
    assert client.get("/api/v1/buildings").json()["items"] == []
    changed = {name: count for name, count in rows(home).items() if count != before.get(name)}
    assert changed.pop("journal") >= len(REFUSED)  # who asked for what is written down, and anchored once a day
    assert changed.pop("logged", 0) <= 1
    assert changed == {"job": len(REFUSED)}


@pytest.mark.slow
def test_odd_files_load_and_can_be_asked(client, address, tmp_path):
    _, jobs = run(client, address, LOADED, tmp_path)

    assert {name: job["status"] for name, job in jobs.items()} == dict.fromkeys(LOADED, "done")
    items = {item["building_id"] for item in client.get("/api/v1/buildings").json()["items"]}
    assert items == {f"tmp-{name}" for name in LOADED}
    for name in LOADED:
        version = f"/api/v1/buildings/tmp-{name}/versions/as-built/latest"
        for path in ("", "/tree", "/scene", "/elements?q=W", "/permit", "/validation"):
            assert client.get(version + path).status_code == 200, (name, path)
    validation = client.get("/api/v1/buildings/tmp-dangling-references/versions/as-built/latest/validation").json()
    assert validation["rules"]["reference.dangling"] >= 5


@pytest.mark.slow
def test_files_that_hang_a_kernel_end_in_time(client, address, tmp_path):
    _, jobs = run(client, address, HANGING, tmp_path)

    assert {job["status"] for job in jobs.values()} == {"done"}
    for name in HANGING:
        version = client.get(f"/api/v1/buildings/tmp-{name}/versions/as-built/latest").json()
        rules = {finding["rule"] for finding in version["findings_read"]}
        assert rules & {"geometry.missing", "geometry.none"}
