"""Every hostile file ends in a named refusal or a loaded model with findings, within time and memory."""

import math
import resource
import time

import numpy as np
import pytest

from ifc import IfcError, Limits, Reason, Severity, canonical_bytes, mesh_file, read_file
from tests.hostile.case import Refused
from tests.hostile.generator import CASES, write
from tests.hostile.sheet import SOUND_WALL

LIMITS = Limits(wall_s=20.0, memory_bytes=2 * 1024**3)  # of each child: one twentieth of what a person's file gets
SLACK_S = 4.0  # starting children and unpacking, on a machine that does other things too
PARENT_BYTES = 700 * 2**20  # what meshing may add to the process that serves people: texts of 10 MB, bombs of 64 MB
NAMED = set(Reason) - {Reason.INTERNAL, Reason.RECORD, Reason.NOT_FOUND}


PARAMS = [pytest.param(case, id=case.name) for case in CASES]


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_the_cases_are_many_and_the_same_each_time():
    assert len({case.name for case in CASES}) == len(CASES) >= 150
    assert all(case.build() == case.build() for case in CASES)


def outcome(work, path):
    """Return what `work` makes of a file, and the error that it raised instead."""
    try:
        return work(path, LIMITS), None
    except IfcError as error:
        return None, error


@pytest.mark.parametrize("case", PARAMS)
def test_reading(case, tmp_path):
    path, start = write(case, tmp_path), time.monotonic()

    model, error = outcome(read_file, path)

    assert time.monotonic() - start < LIMITS.wall_s + SLACK_S
    if isinstance(case.expected, Refused):
        assert error is not None, f"loaded with {len(model.records)} records"
        assert error.reason in NAMED.intersection(case.expected.reasons)
        assert error.message
        assert error.hint
        assert error.line or error.entity or error.reason in (Reason.ARCHIVE, Reason.TOO_LARGE)
    else:
        assert error is None
        assert set(case.expected.rules) <= {finding.rule for finding in model.findings}
        check_model(model)


@pytest.mark.parametrize("case", PARAMS)
def test_meshing(case, tmp_path):
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


def check_model(model):
    """Hold a loaded model to what every model keeps, however hostile its file."""
    known = model.by_id()
    assert len(known) == len(model.records)
    assert model.project_id in known
    assert SOUND_WALL in known
    assert all(link.target in known for record in model.records for link in record.relations)
    assert all(canonical_bytes(record) for record in model.records)
    placements = [record.placement for record in model.records if record.placement is not None]
    assert all(math.isfinite(number) for matrix in placements for number in matrix)
    assert all(f.message and (f.hint or f.severity is Severity.INFO) for f in model.findings)
