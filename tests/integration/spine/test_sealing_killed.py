"""A process that seals and appends is killed at random points; nothing is half sealed, nothing sealed is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("seed", "kills"), [(7, 8), *(pytest.param(n, 20, marks=pytest.mark.long) for n in range(1, 11))]
)
def test_kill_at_random_points(tmp_path, seed, kills):
    command = [sys.executable, str(HERE / "sealing_until_killed.py"), str(tmp_path / "home"), str(kills), str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    found = json.loads(done.stdout)
    assert found["faults"] == [], done.stderr
    assert found["rounds"] == kills
    assert found["entries"] > 0
