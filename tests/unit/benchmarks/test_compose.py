"""Composed models are whole models: the elements of every copy, each once, side by side."""

import numpy as np
import pytest

from benchmarks.compose import SPACING_M, compose, derived_id, length_unit_m
from ifc import mesh_file, read_model

COPIES = 3


@pytest.fixture(scope="module")
def source(models_dir):
    return models_dir / "duplex_electrical_2x3.ifc"  # drawn in feet


@pytest.fixture(scope="module")
def composed(source, tmp_path_factory):
    target = tmp_path_factory.mktemp("composed") / "model.ifc"
    compose(source, COPIES, target, length_unit_m(source))
    return target


@pytest.mark.models
def test_every_copy_has_all_elements_and_one_project(source, composed):
    one, many = read_model(source), read_model(composed)
    classes = [[record.ifc_class for record in model.records] for model in (one, many)]
    for name in set(classes[0]):
        assert classes[1].count(name) == classes[0].count(name) * (1 if name == "IfcProject" else COPIES)
    assert not {f.rule for f in many.findings} - {f.rule for f in one.findings}
    assert set(one.by_id()) <= set(many.by_id())


@pytest.mark.models
def test_copies_stand_side_by_side(source, composed):
    bounds = []
    for path in (source, composed):
        meshes, _ = mesh_file(path)
        boxes = np.stack([mesh.bounds() for mesh in meshes])
        bounds.append((len(meshes), boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)))
    assert bounds[1][0] == COPIES * bounds[0][0]
    assert np.allclose(bounds[1][1], bounds[0][1], atol=1e-3)
    assert np.allclose(bounds[1][2] - bounds[0][2], ((COPIES - 1) * SPACING_M, 0.0, 0.0), atol=1e-2)


@pytest.mark.models
def test_two_runs_give_equal_bytes(source, composed, tmp_path):
    compose(source, COPIES, tmp_path / "again.ifc", length_unit_m(source))
    assert (tmp_path / "again.ifc").read_bytes() == composed.read_bytes()


def test_derived_ids_differ_by_copy_and_are_valid():
    ids = {derived_id(b"0$$ZYdOYXN$xNfY88ga3oD", copy) for copy in range(1, 50)}
    assert len(ids) == 49
    assert all(len(item) == 22 and item[:1] in b"0123" for item in ids)
