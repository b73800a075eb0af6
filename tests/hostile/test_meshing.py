"""The kernels get through every hostile file, within time and memory, and the sound wall keeps its shape."""

import resource
import time

import numpy as np
import pytest

from ifc import mesh_file
from ifc.geometry import meshing
from tests.hostile.case import Refused
from tests.hostile.generator import CASES, write
from tests.hostile.limits import LIMITS, NAMED, SLACK_S, outcome
from tests.hostile.sheet import SOUND_WALL

PARENT_BYTES = 700 * 2**20  # what meshing may add to the process that serves people: texts of 10 MB, bombs of 64 MB
SHORT = (("IFCLITE_BASE_S", 1.0), ("HYBRID_BASE_S", 1.9), ("PROBE_S", 0.9))
HANGING = ("exponential-mapped-items", "cyclic-boolean")  # kernels run into their limits: these may be near


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


PARAMS = [
    pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.name in HANGING else []) for case in CASES
]


@pytest.mark.parametrize("case", PARAMS)
def test_meshing(case, tmp_path, monkeypatch):
    for name, seconds in SHORT if case.name in HANGING else ():
        monkeypatch.setattr(meshing, name, seconds)
    path, start, before = write(case, tmp_path), time.monotonic(), peak_bytes()

    made, error = outcome(mesh_file, path)

    assert time.monotonic() - start < LIMITS.wall_s + SLACK_S
    assert peak_bytes() - before < PARENT_BYTES
    if error is not None:
        assert isinstance(case.expected, Refused)
        assert error.reason in NAMED
        return
    meshes, findings = made
    ids = {mesh.global_id for mesh in meshes.meshes}
    assert len(ids) == len(meshes.meshes)
    assert all(np.isfinite(mesh.vertices).all() for mesh in meshes.meshes)
    assert all(mesh.faces.max(initial=0) < max(len(mesh.vertices), 1) for mesh in meshes.meshes)
    if not isinstance(case.expected, Refused):
        assert set(case.expected.shapes) <= {finding.rule for finding in findings}
        assert SOUND_WALL in ids or not case.expected.sound
