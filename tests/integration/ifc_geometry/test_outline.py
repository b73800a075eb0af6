"""What reading hands over to meshing is what the kernel would list of the same file."""

import pytest

from ifc import mesh_file, read_model
from ifc.gate import admit
from ifc.geometry import lite, meshing

SMALL_BYTES = 1_000_000  # all of them were compared once; these hold every schema


def compare(path):
    outline = read_model(path).outline
    listed, unit_m = lite._products(admit(path).data, True)
    told, same_unit_m = lite._outlined(outline, True)
    assert sorted(told, key=lambda item: item.step_id) == sorted(listed, key=lambda item: item.step_id), path.name
    assert same_unit_m == pytest.approx(unit_m, rel=1e-12), path.name
    return len(told)


def test_a_sample_is_listed_alike(sample_district):
    assert compare(sample_district / "models/120900101_as-designed.ifc") > 50


@pytest.mark.models
def test_real_models_are_listed_alike(models_dir):
    paths = [path for path in models_dir.rglob("*.ifc") if path.stat().st_size < SMALL_BYTES]
    assert sum(map(compare, sorted(paths))) > 1_000


def test_the_outline_of_another_file_is_not_believed(sample_district, tmp_path, monkeypatch):
    path = sample_district / "models/120900101_as-designed.ifc"
    other = tmp_path / "other.ifc"
    other.write_bytes(path.read_bytes().replace(b"#", b"#1"))
    made = []
    harvest = meshing.harvest
    monkeypatch.setattr(meshing, "harvest", lambda out: made.append(harvest(out)) or made[-1])
    meshes, _ = mesh_file(other, outline=read_model(path).outline)
    assert len(meshes) > 50
    assert set(made[0].products) <= {item.step_id for item in read_model(other).outline.elements}
