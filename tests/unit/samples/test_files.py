import hashlib
import json

import ifcopenshell
import ifcopenshell.util.element as ue
import ifcopenshell.validate
import pytest

from samples import generate
from samples.__main__ import main


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_write_the_same_bytes(district, tmp_path):
    told = []
    again = generate(tmp_path, lambda share, label: told.append((share, label)))
    assert again == district.manifest
    assert digests(tmp_path) == digests(district.out)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_command_writes_a_manifest(tmp_path, capsys):
    assert main(["--out", str(tmp_path / "new" / "folder")]) == 0
    written = json.loads((tmp_path / "new" / "folder" / "manifest.json").read_text(encoding="utf-8"))
    assert len(written["files"]) == 17
    assert "17 models" in capsys.readouterr().out


def test_every_file_is_valid(district):
    for relative, _ in district.files():
        logger = ifcopenshell.validate.json_logger()
        ifcopenshell.validate.validate(str(district.out / relative), logger, express_rules=False)
        assert [row["message"] for row in logger.statements] == [], relative


@pytest.mark.parametrize("building_id", ["120900101", "120900102"])
def test_the_rules_of_the_schema_hold(district, building_id):
    logger = ifcopenshell.validate.json_logger()
    path = district.out / f"models/{building_id}_as-designed.ifc"
    ifcopenshell.validate.validate(str(path), logger, express_rules=True)
    assert [row["message"] for row in logger.statements] == []


def test_counts_are_those_of_the_file(district):
    for relative, truth in district.files():
        model = ifcopenshell.open(str(district.out / relative))
        seen = {}
        for root in model.by_type("IfcObjectDefinition"):
            seen[root.is_a()] = seen.get(root.is_a(), 0) + 1
        assert dict(sorted(seen.items())) == truth["counts"], relative
        assert model.schema == truth["schema"]


def test_global_ids_are_unique(district):
    for relative, _ in district.files():
        model = ifcopenshell.open(str(district.out / relative))
        ids = [root.GlobalId for root in model.by_type("IfcRoot")]
        assert len(ids) == len(set(ids)), relative


def test_stages_share_their_global_ids(district):
    designed = {root.GlobalId for root in district.of("120900103")[0].by_type("IfcProduct")}
    built = {root.GlobalId for root in district.of("120900103", "as-built")[0].by_type("IfcProduct")}
    assert len(designed & built) > 0.98 * len(designed)


def test_quantities_of_spaces_are_the_truth(district):
    for relative, truth in district.files():
        model = ifcopenshell.open(str(district.out / relative))
        name = "Qto_SpaceBaseQuantities" if truth["schema"] == "IFC4" else "BaseQuantities"
        for row in truth["spaces"]:
            sets = ue.get_psets(model.by_guid(row["global_id"]))
            assert sets[name]["NetFloorArea"] == pytest.approx(row["floor_area_m2"], abs=1e-6)
            assert sets[name]["NetVolume"] == pytest.approx(row["volume_m3"], abs=1e-6)
            assert sets["AR_Ruum"]["120_Pindala"] == pytest.approx(row["floor_area_m2"], abs=1e-6)
            assert sets["AR_Ruum"]["721_Ruumitemperatuuriga-pind"] is row["heated"]


def test_register_data_have_their_exact_names(district):
    for building_id, schema in (("120900102", "IFC2X3"), ("120900104", "IFC4")):
        model, truth = district.of(building_id)
        assert truth["schema"] == schema
        hoone = ue.get_psets(model.by_type("IfcBuilding")[0])["AR_Hoone"]
        assert hoone["700_EHR-kood"] == building_id
        millimetres = 1000 if truth["length_unit"] == "MILLIMETRE" else 1
        assert hoone["040_Kõrgus"] / millimetres == pytest.approx(truth["height_m"], abs=1e-6)
        assert hoone["045_Hoonealune-pindala"] == truth["footprint_m2"]
        assert {"060_Korruse-nimi", "065_Korruse-number", "070_Maapealne"} <= set(
            ue.get_psets(model.by_type("IfcBuildingStorey")[0])["AR_Korrus"]
        )
        wall = next(wall for wall in model.by_type("IfcWall") if ue.get_psets(wall)["AR_Sein"]["335_Välispiire"])
        assert ue.get_psets(wall)["AR_Sein"]["330_Tulekindlus"] == "REI60"
        assert ue.get_psets(wall)["Pset_WallCommon"]["FireRating"] == "REI60"


def test_the_length_unit_of_the_school_is_the_millimetre(district):
    model, truth = district.of("120900104")
    storeys = sorted(model.by_type("IfcBuildingStorey"), key=lambda storey: storey.Elevation)
    assert [storey.Elevation for storey in storeys] == [row["elevation_m"] * 1000 for row in truth["storeys"]]
    assert storeys[1].Elevation == 3500.0
