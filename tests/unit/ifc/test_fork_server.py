"""Children are forked from one server: what they inherit, how they end, and what happens when the server is gone."""

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ifc.errors import IfcReadError, Reason
from ifc.fork_server import ForkServer
from ifc.worker import Call, Limits

ROOT = Path(__file__).resolve().parents[3]
LIMITS = Limits(wall_s=60.0)


def children(pid: int) -> list[int]:
    """Return the processes below `pid`, nearest first."""
    near = [int(word) for file in Path(f"/proc/{pid}/task").glob("*/children") for word in file.read_text().split()]
    return near + [deeper for child in near for deeper in children(child)]


def parent() -> int:
    return Call(os.getppid).run(LIMITS)


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 20.0
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # it has ended, whoever started it has not asked yet
            return True
        time.sleep(0.02)
    return False


def test_children_share_a_parent_that_is_not_this_process():
    assert parent() == parent() != os.getpid()


def test_a_child_sees_the_folder_and_the_variables_of_its_caller(tmp_path, monkeypatch):
    parent()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAKSIK_TEST_WORD", "here")

    assert Call(os.getcwd).run(LIMITS) == str(tmp_path)
    assert Call(os.getenv).run(LIMITS, None, "KAKSIK_TEST_WORD") == "here"


def test_calls_of_several_threads_run_beside_each_other():
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: Call(abs).run(LIMITS, None, n), range(-20, 0))) == list(range(20, 0, -1))


def test_a_child_that_dies_or_hangs_costs_its_call_and_nothing_else():
    before = parent()
    for function, argument, reason in (
        (os._exit, 3, Reason.CRASH),
        (os.abort, None, Reason.CRASH),
        (time.sleep, 600.0, Reason.TIMEOUT),
    ):
        with pytest.raises(IfcReadError) as refused:
            Call(function).run(Limits(wall_s=1.0), None, *([] if argument is None else [argument]))
        assert refused.value.reason == reason
    assert parent() == before


def test_a_server_that_was_killed_is_started_again():
    before = parent()
    os.kill(before, signal.SIGKILL)
    assert gone(before)

    assert parent() != before


def test_a_server_without_descriptors_refuses_a_call_and_stays():
    before = parent()
    few, many = resource.prlimit(before, resource.RLIMIT_NOFILE)
    resource.prlimit(before, resource.RLIMIT_NOFILE, (4, many))
    try:
        with pytest.raises(IfcReadError) as refused:
            parent()
    finally:
        resource.prlimit(before, resource.RLIMIT_NOFILE, (few, many))

    assert refused.value.reason == Reason.CRASH
    assert "memory" in refused.value.hint
    assert parent() == before


def test_a_closed_server_takes_its_children_along():
    server, before = ForkServer(), set(children(os.getpid()))
    child = server.start("time")
    started = set(children(os.getpid())) - before

    server.close()

    assert started
    assert all(gone(pid) for pid in started)
    os.close(child.request)
    assert child.end() in (None, -signal.SIGKILL)


def test_nothing_is_left_when_the_caller_is_killed():
    code = (
        "import time; from ifc.worker import Call, Limits; import threading; "
        "threading.Thread(target=lambda: Call(time.sleep).run(Limits(), None, 600.0)).start()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as caller:
        deadline = time.monotonic() + 60.0
        family: list[int] = []
        while len(family) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
            family = children(caller.pid)
        caller.kill()

    assert len(family) == 2
    assert all(gone(pid) for pid in family)
