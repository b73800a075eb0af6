"""Whole versions only: round trips, repetition, interruption, rebuilding."""

import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ifc import IfcReadError, digest, read_file, read_records, write_records
from twin.lifecycle import diff
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage
from twin.sweep import Swept

ROW = "120900200"


def row_model(sample_district):
    return sample_district / "models" / f"{ROW}_as-designed.ifc"


def test_export_and_import_of_records_changes_nothing(sample_district):
    for path in sorted((sample_district / "models").glob("12090010*_as-*.ifc")):
        model = read_file(path)
        stream = io.StringIO()
        write_records(model, stream)
        stream.seek(0)
        back = read_records(stream)
        maps = [{r.global_id: digest(r) for r in m.records} for m in (model, back)]
        assert diff(*maps, lambda _wanted: {}).empty, path.name


def test_the_same_file_is_one_version(empty_twin, sample_district):
    first = empty_twin.load(row_model(sample_district), Stage.AS_DESIGNED)
    assert empty_twin.load(row_model(sample_district), Stage.AS_DESIGNED) == first
    assert [v.key for v in empty_twin.catalogue.versions(ROW)] == [first.key]


def test_a_re_saved_file_is_another_version_of_the_same_content(empty_twin, sample_district, tmp_path):
    original = row_model(sample_district)
    saved = tmp_path / "saved.ifc"
    saved.write_bytes(original.read_bytes().replace(b"DATA;\n", b"DATA;\n\n  ", 1))
    first = empty_twin.load(original, Stage.AS_DESIGNED)
    second = empty_twin.load(saved, Stage.AS_DESIGNED)
    assert (first.key.number, second.key.number) == (1, 2)
    assert first.file_sha256 != second.file_sha256
    assert first.content_sha256 == second.content_sha256


def test_a_refused_file_leaves_no_building(empty_twin, tmp_path):
    bad = tmp_path / "bad.ifc"
    bad.write_bytes(b"ISO-10303-21;\nHEADER;\n")
    with pytest.raises(IfcReadError) as caught:
        empty_twin.load(bad, Stage.AS_DESIGNED)
    assert caught.value.reason == "truncated"
    assert empty_twin.catalogue.buildings() == []
    assert empty_twin.graph.loaded() == {}


def test_the_graph_can_be_dropped_and_made_again(twin):
    before = twin.graph.loaded()
    for scope in before:
        twin.graph.remove(scope)
    assert twin.graph.loaded() == {}
    assert twin.reproject() == len(before)
    assert twin.graph.loaded() == before
    assert twin.reproject() == 0


def test_geometry_can_be_made_again(empty_twin, sample_district):
    version = empty_twin.load(row_model(sample_district), Stage.AS_DESIGNED)
    shutil.rmtree(empty_twin.settings.home / "blobs" / version.scene_sha256[:2])
    assert empty_twin.remesh() == 1
    assert empty_twin.catalogue.version(ROW, Stage.AS_DESIGNED) == version
    assert empty_twin.blobs.get(version.scene_sha256)


def test_a_sweep_removes_orphans_and_nothing_else(empty_twin, sample_district):
    version = empty_twin.load(row_model(sample_district), Stage.AS_DESIGNED)
    empty_twin.permits.report(version)
    empty_twin.seals.seal(version, "test")
    empty_twin.layers.put("parcels", (sample_district / "parcels.geojson").read_bytes())
    orphan = empty_twin.blobs.put(b"a file that was refused")
    assert (empty_twin.sweep().blobs, empty_twin.sweep(quiet_s=0).blobs) == (0, 1)
    assert orphan not in empty_twin.blobs
    assert empty_twin.seals.verdict(version)["verdict"] == "valid"
    assert empty_twin.permits.report(version)["counts"]
    assert empty_twin.layers.parcels()
    assert empty_twin.remesh() == 1


_LOADER = """
import sys
from pathlib import Path
from twin.service import open_twin
from twin.settings import Settings
from twin.snapshot import Stage
home, *files = sys.argv[1:]
twin = open_twin(Settings(home=Path(home)))
print("ready", flush=True)
for number, file in enumerate(files):
    twin.load(Path(file), list(Stage)[number % 3])
    print("loaded", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.long)])
def test_kill_in_the_middle_of_loads_leaves_only_whole_versions(sample_district, tmp_path, kills):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    files = [str(p) for p in sorted((sample_district / "models").glob("1209002*_as-designed.ifc"))]
    home = tmp_path / "kaksik"

    def loader():
        chosen = [_variant(chance, file, tmp_path) for file in chance.sample(files, 3)]
        child = subprocess.Popen(
            [sys.executable, "-c", _LOADER, str(home), *chosen], stdout=subprocess.PIPE, start_new_session=True
        )
        assert child.stdout.readline() == b"ready\n", "the stores do not open again"
        return child

    begin, undisturbed = time.monotonic(), loader()
    undisturbed.communicate()
    longest_s = time.monotonic() - begin  # how long three loads take on this machine, now
    for _ in range(kills):
        child = loader()
        time.sleep(chance.uniform(0.0, longest_s))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    twin = open_twin(Settings(home=home))
    try:
        versions = [v for b in twin.catalogue.buildings() for v in twin.catalogue.versions(b.building_id)]
        assert versions, "no load ever finished; the test killed too early"
        for version in versions:
            snapshot = twin.snapshots.read(version)
            assert len(snapshot.records) == version.elements
            assert twin.blobs.get(version.scene_sha256)
            again = {i: digest(record) for i, record in snapshot.records.items()}
            assert again == twin.catalogue.digests(version.key)
        latest = {(b.building_id, s.value): n for b in twin.catalogue.buildings() for s, n in b.latest.items()}
        loaded = {(scope.building_id, scope.stage) for scope in twin.graph.loaded()}
        assert loaded == set(latest)
        twin.sweep(quiet_s=0)
        assert twin.sweep(quiet_s=0) == Swept(0, 0)
    finally:
        twin.close()


def _variant(chance, file, folder):
    """Return a copy of a model with other bytes and the same meaning, so that it becomes a new version."""
    data = Path(file).read_bytes()
    copy = folder / f"v{chance.randrange(10**9)}.ifc"
    copy.write_bytes(data.replace(b"DATA;\n", b"DATA;\n" + b" " * chance.randrange(1, 1000) + b"\n", 1))
    return str(copy)
