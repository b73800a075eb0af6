"""Rooms, footprints and hulls in CityJSON against Open CASCADE: every real model with rooms, and samples.

`python -m benchmarks.city_quantities` prints the same comparison, model by model.
"""

import re

import pytest

from benchmarks.city_quantities import compare, summary

pytestmark = [pytest.mark.long, pytest.mark.conformance, pytest.mark.timeout(1_200)]

SAMPLES = ("120900101", "120900102", "120900103", "120900104", "120900200", "120900202")
ROOM = re.compile(rb"=\s*IFCSPACE\s*\(", re.IGNORECASE)


def check(path):
    """Return how many quantities of a model agree within half a percent; fail if one does not."""
    found = summary(compare(path))
    assert [pair for part in found.values() for pair in part["off"]] == []
    return {what: part["compared"] for what, part in found.items()}


@pytest.mark.parametrize("building", SAMPLES)
def test_samples_agree(sample_district, building):
    compared = check(sample_district / "models" / f"{building}_as-designed.ifc")
    assert compared["volume"] >= 1
    assert compared["footprint"] == 1


@pytest.mark.models
def test_every_real_model_with_rooms_agrees(models_dir):
    files = [path for path in sorted(models_dir.rglob("*.ifc")) if ROOM.search(path.read_bytes())]
    assert len(files) >= 12
    compared = [check(path) for path in files]
    assert sum(one["volume"] for one in compared) > 100
    assert sum(one["footprint"] for one in compared) >= 11
    assert sum(one["solid"] for one in compared) >= 2
