"""A process that seals and appends is killed at random points; nothing is half sealed, nothing sealed is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_kill_at_any_point(tmp_path, rounds):
    command = [sys.executable, str(HERE / "sealing_until_killed.py"), str(tmp_path / "home"), str(rounds), "7"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    found = json.loads(done.stdout)
    assert found["faults"] == [], done.stderr
    assert found["rounds"] == rounds
    assert found["entries"] > 0
    assert found["returned"] > 0
