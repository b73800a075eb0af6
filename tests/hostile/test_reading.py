"""Every hostile file is refused by name or becomes a model that keeps what every model keeps."""

import math
import time

import pytest

from ifc import Reason, Severity, canonical_bytes, read_file
from tests.hostile.case import Refused
from tests.hostile.generator import CASES, write
from tests.hostile.limits import LIMITS, NAMED, SLACK_S, outcome
from tests.hostile.sheet import SOUND_WALL


def test_the_cases_are_many_and_the_same_each_time():
    assert len({case.name for case in CASES}) == len(CASES) >= 150
    assert all(case.build() == case.build() for case in CASES)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
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
