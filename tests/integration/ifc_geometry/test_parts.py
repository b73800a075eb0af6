"""A large file is meshed in parts: what comes out is what one question to the kernel gives."""

import numpy as np
import pytest

from ifc.geometry.gather import Reuse, gather, harvest
from ifc.geometry.lite import mesh_all

COUNTED_M = 1e-5  # parts may be counted around centres of their own: single precision within a building


def meshed(data, out, part_bytes):
    mesh_all(data, out, False, None, part_bytes)
    return gather(harvest(out), {}, frozenset(), Reuse())


def compare(path, folder):
    data = path.read_bytes()
    whole = meshed(data, folder / "whole", len(data))
    parts = meshed(data, folder / "parts", len(data) // 4)
    assert parts.findings == whole.findings
    assert len(whole.meshes) > 10
    assert [mesh.global_id for mesh in parts.meshes] == [mesh.global_id for mesh in whole.meshes]
    for part, one in zip(parts.meshes, whole.meshes, strict=True):
        assert (part.colour, part.kernel) == (one.colour, one.kernel), part.global_id
        np.testing.assert_array_equal(part.faces, one.faces, part.global_id)
        np.testing.assert_allclose(part.vertices, one.vertices, rtol=0.0, atol=COUNTED_M, err_msg=part.global_id)


def test_a_sample_in_parts_is_the_sample(sample_district, tmp_path):
    compare(sample_district / "models/120900101_as-designed.ifc", tmp_path)


@pytest.mark.models
@pytest.mark.parametrize("name", ["duplex_arch_2x3", "fzk_haus_ac20_ifc4", "bimwhale_tall_building_2x3"])
def test_a_real_model_in_parts_is_the_model(models_dir, tmp_path, name):
    compare(models_dir / f"{name}.ifc", tmp_path)
