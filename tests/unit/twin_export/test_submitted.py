"""The model goes out as it came: an independent reader opens it, and loading it again changes nothing."""

import zipfile

import ifcopenshell
import pytest

from ifc import digest, read_model
from twin.export import Exportable, Format, SubmittedFile, write
from twin.exports import of_file
from twin.lifecycle import diff


def records_by_digest(path):
    return {digest(record): record for record in read_model(path).records}


@pytest.mark.models
@pytest.mark.parametrize("name", ["revit_quantities_2x3", "pcert_building_hvac_4x3", "jp_ac16_sjis_2x3"])
def test_an_exported_model_loaded_again_has_no_difference(models_dir, tmp_path, name):
    out = tmp_path / "again.ifc"
    source = models_dir / f"{name}.ifc"
    write(of_file(source, None), Format.IFC, out)

    assert out.read_bytes() == source.read_bytes()
    before, after = records_by_digest(source), records_by_digest(out)
    known = before | after
    maps = [{record.global_id: key for key, record in side.items()} for side in (before, after)]
    difference = diff(maps[0], maps[1], lambda wanted: {key: known[key] for key in wanted})
    assert difference.empty
    assert difference.unchanged == len(before)


@pytest.mark.models
def test_an_exported_model_opens_in_another_reader(models_dir, tmp_path):
    out = tmp_path / "again.ifc"
    write(of_file(models_dir / "revit_quantities_2x3.ifc", None), Format.IFC, out)
    opened = ifcopenshell.open(out)
    assert {entity.GlobalId for entity in opened.by_type("IfcProduct")} <= {
        record.global_id for record in read_model(out).records
    }


@pytest.mark.models
def test_the_files_of_a_federation_go_out_as_one_archive(models_dir, tmp_path):
    paths = [models_dir / f"pcert_building_{name}_4x3.ifc" for name in ("architecture", "hvac")]
    files = (*(SubmittedFile(path.name, path) for path in paths), SubmittedFile(paths[0].name, paths[1]))
    source = Exportable(files, dict, None, None, None)
    write(source, Format.IFC, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == [paths[0].name, paths[1].name, f"3-{paths[0].name}"]
        assert archive.read(paths[1].name) == paths[1].read_bytes() == archive.read(f"3-{paths[0].name}")
