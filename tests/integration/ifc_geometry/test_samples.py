"""Shells and reuse of meshes on the sample buildings and a real house, held to what is known of them."""

import json
import math
import re

import pytest

from ifc import MeshSet, mesh_file, read_model, shell

HOUSE = "120900101"
FLAT = ("120900102", "120900103", "120900104", "120900202")
SPAN_M = 9.0  # of the gable roof of the house


@pytest.fixture(scope="module")
def truth(sample_district):
    return json.loads((sample_district / "truth.json").read_text())["files"]


def load(path):
    model = read_model(path)
    meshes, findings = mesh_file(path, shape_keys=model.shape_keys)
    return model, meshes, findings


@pytest.mark.parametrize("building", [*FLAT, HOUSE])
def test_shells_have_the_volume_of_their_building(sample_district, truth, building):
    name = f"models/{building}_as-designed.ifc"
    model, meshes, _ = load(sample_district / name)
    rise = 0.0
    if building == HOUSE:
        tilt = next(slab["tilt_deg"] for slab in truth[name]["slabs"] if slab["kind"] == "pitched_roof")
        rise = SPAN_M / 2 * math.tan(math.radians(tilt))
    expected = truth[name]["footprint_m2"] * (truth[name]["height_m"] - rise / 2)
    for lod in (1, 2):
        found = shell(model.by_id(), meshes, lod)
        assert (found.lod, found.reason) == (lod, "")
        assert found.is_closed()
        assert found.volume_m3() == pytest.approx(expected, rel=0.005)


def test_the_built_stage_of_a_house_takes_what_did_not_change_from_the_design(sample_district):
    _, designed, _ = load(sample_district / f"models/{HOUSE}_as-designed.ifc")
    path = sample_district / f"models/{HOUSE}_as-built.ifc"
    model, whole, findings = load(path)
    again, findings_again = mesh_file(
        path, shape_keys=model.shape_keys, known=MeshSet.from_bytes(designed.to_bytes())
    )
    keys = {mesh.shape_key for mesh in designed}
    unchanged = [mesh for mesh in whole if mesh.shape_key in keys]
    assert 0.5 * len(whole) < len(unchanged) < len(whole)
    assert again.to_bytes() == whole.to_bytes()
    assert findings_again == findings


@pytest.mark.models
def test_a_real_house_with_one_wall_moved_meshes_that_wall(models_dir, tmp_path):
    source = models_dir / "duplex_arch_2x3.ifc"
    model, before, _ = load(source)
    wall = next(record for record in model.records if record.ifc_class.startswith("IfcWall"))
    text = source.read_text()
    placement = re.search(rf"IFCWALL\w*\('{re.escape(wall.global_id)}'.*?,(#\d+),#\d+,'\w*'\);", text)[1]
    axes = re.search(rf"{placement}\s*=\s*IFCLOCALPLACEMENT\([^,]*,(#\d+)\);", text)[1]
    point = re.search(rf"{axes}\s*=\s*IFCAXIS2PLACEMENT3D\((#\d+),", text)[1]
    pattern = rf"(?m)^{axes}(\s*=\s*IFCAXIS2PLACEMENT3D\(){point}"
    moved = re.sub(pattern, rf"#9999999=IFCCARTESIANPOINT((1.5,2.5,0.));\n{axes}\g<1>#9999999", text, count=1)
    path = tmp_path / "moved.ifc"
    path.write_text(moved)
    changed, whole, findings = load(path)
    different = {key for key, value in changed.shape_keys.items() if model.shape_keys.get(key) != value}
    assert wall.global_id in different
    assert len(different) < 0.1 * len(changed.shape_keys)
    again, findings_again = mesh_file(path, shape_keys=changed.shape_keys, known=before)
    assert again.to_bytes() == whole.to_bytes() != before.to_bytes()
    assert findings_again == findings
