"""Real files through every pack: no exception, and nothing passes that lacks its data."""

import json
from pathlib import Path

import pytest

from ifc import IfcReadError, mesh_file, read_model
from twin.permit import CheckContext, PermitReport, Verdict, bundled_packs, check
from twin.snapshot import Snapshot, Stage

FILES = [
    "duplex_arch_2x3.ifc",
    "fzk_haus_ac20_ifc4.ifc",
    "three_rooms_sb_ifc4.ifc",
    "doubleguids_2x3.ifc",
    "pcert_building_architecture_4x3.ifc",
    "advanced_brep_8_ifc4.ifc",
]
MAX_BYTES = 5_000_000  # larger ones run in the speed benchmark
ABOUT_THE_FILE = ("model.", "geo.")
DECLARED_ANYWHERE = {  # what a foreign model may declare with standard properties, too
    "r57.room-area", "r57.net-area", "ubn.door-exit", "en.u-wall", "en.u-roof", "en.u-floor", "en.u-window",
    "en.u-door",
}  # fmt: skip


def report(path: Path) -> tuple[PermitReport, Snapshot]:
    model = read_model(path)
    meshes, _findings = mesh_file(path)
    snapshot = Snapshot("tmp-1", Stage.AS_DESIGNED, 1, model.file_sha256, model.by_id(), meshes, model.georeference)
    return check(CheckContext(snapshot), bundled_packs()), snapshot


@pytest.mark.models
@pytest.mark.parametrize("name", FILES)
def test_nothing_passes_without_its_data(models_dir: Path, name: str) -> None:
    made, snapshot = report(models_dir / name)
    json.dumps(made.to_json(), allow_nan=False)
    passing = {result.check_id for result in made.results if result.verdict is Verdict.PASS}
    beyond = {rule for rule in passing if not rule.startswith(ABOUT_THE_FILE)}
    assert beyond <= DECLARED_ANYWHERE
    if snapshot.georeference is None:
        assert not any(rule.startswith("geo.") for rule in passing)


@pytest.mark.models
def test_repeated_ids_are_found(models_dir: Path) -> None:
    made, _ = report(models_dir / "doubleguids_2x3.ifc")
    found = [r for r in made.results if r.check_id == "model.unique-ids"]
    assert {r.verdict for r in found} == {Verdict.FAIL}
    assert len(found) == 3


@pytest.mark.models
def test_the_doors_of_a_real_house_lead_to_every_named_room(models_dir: Path) -> None:
    made, _ = report(models_dir / "duplex_arch_2x3.ifc")
    ways = [r for r in made.results if r.check_id == "r85.way-out" and r.verdict is not Verdict.DATA_MISSING]
    assert all("cannot be reached" not in r.message for r in ways)
    assert sum(len(r.elements) for r in ways) >= 12


@pytest.mark.models
@pytest.mark.slow
def test_every_file_runs_through_every_pack(models_dir: Path) -> None:
    files = sorted(path for path in models_dir.glob("*.ifc") if path.stat().st_size <= MAX_BYTES)
    assert files
    for path in files:
        try:
            made, _ = report(path)
        except IfcReadError:
            continue  # refused at the gate, which has its own tests
        json.dumps(made.to_json(), allow_nan=False)
        assert {r.pack_id for r in made.results} == {pack.pack_id for pack in bundled_packs()}, path.name
