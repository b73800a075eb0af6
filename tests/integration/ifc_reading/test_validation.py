"""Every real model is judged within limits, and every finding says what to change."""

from pathlib import Path

import pytest

from ifc import Limits, Severity, validate_file

pytestmark = pytest.mark.models

OF_THE_WHOLE = ("georeference.", "encoding.", "value.")  # findings about a file as a whole
BROKEN_RULES = {
    "IfcAxis2Placement3D.AxisToRefDirPosition",
    "IfcRationalBSplineSurfaceWithKnots.WeightValuesGreaterZero",
}
LIMITS = Limits(wall_s=240.0, memory_bytes=4 * 1024**3)


@pytest.mark.slow
@pytest.mark.parametrize("sizes_mb", [(0.0, 1.0), pytest.param((1.0, 100.0), marks=pytest.mark.long)])
def test_every_model_is_judged(models_dir: Path, sizes_mb: tuple[float, float]) -> None:
    least, most = (size * 1e6 for size in sizes_mb)
    for path in (path for path in sorted(models_dir.rglob("*.ifc")) if least <= path.stat().st_size < most):
        findings = validate_file(path, LIMITS)
        unjudged = {item.message.split()[2] for item in findings if item.rule == "validation.not-judged"}
        assert unjudged <= BROKEN_RULES, (path.name, unjudged)
        assert all(item.message and item.hint for item in findings), path.name
        placeless = [item.rule for item in findings if not item.entity and " more " not in item.message]
        assert all(rule.startswith(OF_THE_WHOLE) for rule in placeless), (path.name, placeless)
        assert len(findings) < 5_000, path.name


def test_repeated_global_ids_of_a_real_file_are_named(models_dir: Path) -> None:
    findings = validate_file(models_dir / "doubleguids_2x3.ifc", LIMITS)
    twins = {item.entity: item.line for item in findings if item.rule == "guid.duplicate"}
    assert twins == {"#64 IfcSite": 37, "#6425 IfcWallStandardCase": 1774, "#22819 IfcWallType": 6248}
    assert {item.severity for item in findings if item.rule.startswith("guid.")} == {Severity.ERROR}
