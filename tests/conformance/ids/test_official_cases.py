"""The official test cases of IDS 1.0, each a test of its own; all agree, none is left out."""

import os
from pathlib import Path

import ifcopenshell
import pytest

from twin.errors import InvalidInput
from twin.gate import audit_ids, parse_ids, report_of

ROOT = Path(os.environ.get("KAKSIK_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "conformance" / "ids"
CASES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/*.ids")) if ROOT.is_dir() else []

pytestmark = pytest.mark.conformance


def test_all_cases_are_there():
    if not CASES:
        pytest.skip("the outside suites are not beside the checkout (../shared/conformance)")
    assert len(CASES) == 314


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    assert answer(case) == Path(case).name.partition("-")[0]


def answer(case: str) -> str:
    data = (ROOT / case).read_bytes()
    try:
        audit_ids(data)
    except InvalidInput as error:
        return "invalid" if error.reason == "ids" and error.line else "refused without its line"
    model = ifcopenshell.open((ROOT / case).with_suffix(".ifc"))
    return "pass" if report_of(parse_ids(data), model).passed else "fail"
