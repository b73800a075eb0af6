"""The demo starts, serves, and takes its children with it when it is told to stop."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def _children(pid):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_leaves_nothing_behind(demo_home, tmp_path, how):
    home = tmp_path / "kaksik"
    shutil.copytree(demo_home, home)
    child = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "demo", "--port", "0", "--json"],
        env={**os.environ, "KAKSIK_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    printed = ""
    while "}" not in printed:
        printed += child.stdout.readline()
    address = json.loads(printed)["address"]
    with urllib.request.urlopen(address + "api/v1/district", timeout=30) as answer:
        assert len(json.load(answer)["buildings"]) == 13
    started = _children(child.pid)
    assert len(started) >= 2, "broker and devices run as children"
    child.send_signal(how)
    child.wait(30)
    child.stdout.close()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in started if _alive(pid)]
