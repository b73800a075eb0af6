"""Real files through every pack: no exception, and nothing passes that lacks its data."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from ifc import IfcReadError, mesh_file, read_model
from twin.permit import CheckContext, PermitReport, Verdict, bundled_packs, check
from twin.permit.remedies import GENERAL
from twin.snapshot import Snapshot, Stage

FILES = [
    "duplex_arch_2x3.ifc",
    "three_rooms_sb_ifc4.ifc",
    "doubleguids_2x3.ifc",
    "pcert_building_architecture_4x3.ifc",
    "advanced_brep_8_ifc4.ifc",
]
PACKS = bundled_packs()
ABOUT_THE_FILE = ("model.", "geo.")
DECLARED_ANYWHERE = {  # what a foreign model may declare with standard properties, too
    "r57.room-area", "r57.net-area", "ubn.door-exit", "en.u-wall", "en.u-roof", "en.u-floor", "en.u-window",
    "en.u-door",
}  # fmt: skip


Checked = tuple[PermitReport, Snapshot]


def checked(path: Path) -> Checked:
    model = read_model(path)
    meshes, _findings = mesh_file(path)
    snapshot = Snapshot("tmp-1", Stage.AS_DESIGNED, 1, model.file_sha256, model.by_id(), meshes, model.georeference)
    return check(CheckContext(snapshot), PACKS), snapshot


@pytest.fixture(scope="module")
def report(models_dir: Path) -> Callable[[str], Checked]:
    return cache(lambda name: checked(models_dir / name))


def require_honesty(made: PermitReport, snapshot: Snapshot) -> None:
    json.dumps(made.to_json(), allow_nan=False)
    assert {result.pack_id for result in made.results} == {pack.pack_id for pack in PACKS}
    passing = {result.check_id for result in made.results if result.verdict is Verdict.PASS}
    assert {rule for rule in passing if not rule.startswith(ABOUT_THE_FILE)} <= DECLARED_ANYWHERE
    if snapshot.georeference is None:
        assert not any(rule.startswith("geo.") for rule in passing)
    lacking = [result for result in made.results if result.verdict is Verdict.DATA_MISSING]
    assert all(result.advice != GENERAL.template for result in lacking)


@pytest.mark.models
@pytest.mark.parametrize("name", FILES)
def test_nothing_passes_without_its_data(report: Callable[[str], Checked], name: str) -> None:
    require_honesty(*report(name))


@pytest.mark.models
def test_repeated_ids_are_found(report: Callable[[str], Checked]) -> None:
    made, _ = report("doubleguids_2x3.ifc")
    found = [r for r in made.results if r.check_id == "model.unique-ids"]
    assert {r.verdict for r in found} == {Verdict.FAIL}
    assert len(found) == 3


@pytest.mark.models
def test_the_doors_of_a_real_house_lead_to_every_named_room(report: Callable[[str], Checked]) -> None:
    made, _ = report("duplex_arch_2x3.ifc")
    ways = [r for r in made.results if r.check_id == "r85.way-out" and r.verdict is not Verdict.DATA_MISSING]
    assert all("cannot be reached" not in r.message for r in ways)
    assert sum(len(r.elements) for r in ways) >= 12


@pytest.mark.models
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_file_runs_through_every_pack(models_dir: Path) -> None:
    files = sorted(models_dir.rglob("*.ifc"))
    assert len(files) > 25
    refused = []
    for path in files:
        try:
            made, snapshot = checked(path)
        except IfcReadError as error:
            refused.append((path.name, error.reason))
            continue
        require_honesty(made, snapshot)
    assert {reason for _, reason in refused} <= {"unsupported-schema"}, refused
