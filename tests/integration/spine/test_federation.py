"""Several real models of one building as one version, through every wing."""

import json
import zipfile

import pytest
from typer.testing import CliRunner

from api.cli.app import build
from graph import Scope, ask
from ifc import IfcReadError, RelationKind
from twin.catalogue import files_digest
from twin.export import Format, write
from twin.federation import PROPERTY_SET
from twin.snapshot import Stage

pytestmark = pytest.mark.models

PCERT = {
    f"pcert_building_{name}_4x3.ifc": discipline
    for name, discipline in (
        ("architecture", "architecture"),
        ("structural", "structure"),
        ("hvac", "HVAC"),
        ("landscaping", "landscaping"),
    )
}
DUPLEX = {"duplex_arch_2x3.ifc": "architecture", "duplex_electrical_2x3.ifc": "electrical"}


def load(twin, folder, names):
    return twin.load_together([folder / name for name in names], Stage.AS_DESIGNED, "federated")


def disciplines(records):
    found = {}
    for record in records.values():
        if PROPERTY_SET in record.property_sets:
            values = record.property_sets[PROPERTY_SET]
            found.setdefault(values["SourceFile"], set()).add(values["Discipline"])
    return found


@pytest.mark.parametrize("names", [PCERT, DUPLEX], ids=["pcert", "duplex"])
def test_every_wing_works_on_the_federation(empty_twin, models_dir, names):
    version = load(empty_twin, models_dir, names)
    snapshot = empty_twin.snapshots.read(version)
    records = snapshot.records
    assert disciplines(records) == {name: {discipline} for name, discipline in names.items()}
    assert sum(1 for record in records.values() if record.ifc_class == "IfcProject") == 1
    assert sum(1 for record in records.values() if record.ifc_class == "IfcBuilding") == 1
    dangling = {r.target for record in records.values() for r in record.relations} - records.keys()
    assert dangling == set()

    scene = json.loads(empty_twin.blobs.get(version.scene_sha256))
    shown = {records[gid].property_sets[PROPERTY_SET]["SourceFile"] for gid in scene["elements"]["global_id"]
             if PROPERTY_SET in records[gid].property_sets}  # fmt: skip
    assert shown == set(names)

    rows = ask(empty_twin.graph, Scope("federated", "as-designed"), "storeys", {}).rows
    spaces = [records[i] for i in records if records[i].ifc_class == "IfcSpace"]
    assert {row["storey"]: row["spaces"] for row in rows} == {
        i: sum(i in space.targets(RelationKind.AGGREGATED_IN) for space in spaces)
        for i, record in records.items()
        if record.ifc_class == "IfcBuildingStorey"
    }

    report = empty_twin.permits.report(version)
    assert sum(report["counts"].values()) == len(report["results"]) > 0
    empty_twin.seals.seal(version, "test")
    assert empty_twin.seals.verdict(version)["verdict"] == "valid"
    told = {item["message"].split(": ")[0] for item in empty_twin.validation.report(version)["findings"]}
    assert told <= set(names)


def test_the_duplex_is_put_together_storey_by_storey(empty_twin, models_dir):
    version = load(empty_twin, models_dir, DUPLEX)
    records = empty_twin.snapshots.read(version).records
    assert sorted(r.name for r in records.values() if r.ifc_class == "IfcBuildingStorey") == [
        "Level 1", "Level 2", "Roof", "T/FDN",
    ]  # fmt: skip
    rules = [finding["rule"] for finding in version.findings]
    assert rules.count("federation.units") == 1  # one file in feet
    assert rules.count("federation.structure") == 6
    assert "federation.placement" not in rules
    assert version.spaces == 22


def test_common_parts_of_pcert_are_kept_once(empty_twin, models_dir):
    alone = [empty_twin.load(models_dir / name, Stage.AS_DESIGNED, name[:40]).elements for name in PCERT]
    version = load(empty_twin, models_dir, PCERT)
    told = sum(
        int(finding["message"].split(": ")[1].split()[0])
        for finding in version.findings
        if finding["rule"] == "federation.duplicate"
    )
    assert told > 0
    assert version.elements == sum(alone) - told - _merged(empty_twin)


def _merged(twin):
    """Return how many spatial elements of the later files became one with those of the first."""
    kinds = ("IfcProject", "IfcSite", "IfcBuilding", "IfcBuildingStorey")
    ids = []
    for name in PCERT:
        version = twin.catalogue.version(name[:40], Stage.AS_DESIGNED)
        records = twin.snapshots.read(version).records.values()
        ids += [record.global_id for record in records if record.ifc_class in kinds]
    return len(ids) - len(set(ids))


def test_files_are_kept_listed_meshed_again_and_given_back(empty_twin, models_dir, tmp_path):
    version = load(empty_twin, models_dir, PCERT)
    files = empty_twin.catalogue.files(version.key)
    assert [file.file_name for file in files] == list(PCERT)
    assert version.file_sha256 == files_digest([file.file_sha256 for file in files])
    assert version.file_name == f"{next(iter(PCERT))} (+3)"
    assert load(empty_twin, models_dir, PCERT).key == version.key  # the same bytes make no new version
    again = empty_twin.ingest.remesh(version)
    assert again.scene_sha256 == version.scene_sha256
    write(empty_twin.exports.of(version), Format.IFC, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            name: (models_dir / name).read_bytes() for name in PCERT
        }


def test_a_refused_file_refuses_the_federation(empty_twin, models_dir, tmp_path):
    broken = tmp_path / "broken.ifc"
    broken.write_text("not a model")
    with pytest.raises(IfcReadError):
        empty_twin.load_together([models_dir / next(iter(PCERT)), broken], Stage.AS_DESIGNED, "federated")
    assert empty_twin.catalogue.buildings() == []


def test_command_line_loads_seals_and_verifies_a_federation(models_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("KAKSIK_HOME", str(tmp_path / "home"))
    paths = [str(models_dir / name) for name in DUPLEX]
    runner = CliRunner()
    loaded = runner.invoke(build(), ["load", *paths, "--as-one", "--building", "duplex", "--json"])
    assert loaded.exit_code == 0
    assert [(item["building_id"], item["version"]) for item in json.loads(loaded.stdout)] == [("duplex", 1)]
    bundle = str(tmp_path / "duplex.kaksik-seal")
    assert runner.invoke(build(), ["seal", "duplex", "as-designed", "-o", bundle]).exit_code == 0
    given = [text for path in paths for text in ("--ifc", path)]
    assert runner.invoke(build(), ["verify", bundle, *given]).exit_code == 0
    assert runner.invoke(build(), ["verify", bundle, *given[:2]]).exit_code == 1  # a file is missing


@pytest.mark.slow
def test_twelve_trades_become_one_building(empty_twin, models_dir):
    names = sorted(path.name for path in (models_dir / "schependomlaan").glob("*.ifc"))
    assert len(names) == 12
    version = load(empty_twin, models_dir / "schependomlaan", names)
    records = empty_twin.snapshots.read(version).records
    assert set(disciplines(records)) == set(names)
    assert sum(1 for record in records.values() if record.ifc_class == "IfcBuilding") == 1
    assert {r.target for record in records.values() for r in record.relations} <= records.keys()
    rules = [finding["rule"] for finding in version.findings]
    assert rules.count("federation.storey") == 5  # one trade drew all its storeys at height 0
    empty_twin.seals.seal(version, "test")
    assert empty_twin.seals.verdict(version)["verdict"] == "valid"
