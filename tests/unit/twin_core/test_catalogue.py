"""The catalogue gives back what was put in, whole versions only."""

import dataclasses
import sqlite3

import pytest

from ifc import ElementRecord, Georeference, Header, canonical_bytes, digest
from twin.catalogue import (
    Building,
    Catalogue,
    ElementRow,
    Version,
    VersionKey,
    check_building_id,
    content_digest,
    open_database,
)
from twin.errors import InvalidInput, NotFound, StorageError
from twin.snapshot import Stage

RECORDS = [ElementRecord("b", "IfcDoor", name="Uks 10%_x"), ElementRecord("a", "IfcWall", name="<b>Sein</b>")]


def draft(stage=Stage.AS_DESIGNED, file="f" * 64, records=RECORDS):
    digests = {r.global_id: digest(r) for r in records}
    return Version(
        VersionKey("112", stage, 0), "2026-01-01T00:00:00.000Z", "a.ifc", file, content_digest(digests),
        Header("IFC4", "IFC4"), "a", Georeference("IfcMapConversion", "EPSG:3301", "EH2000", 1.0, 2.0, 3.0), (), {},
        {"footprint": None}, len(records), 0, "m", "s",
    )  # fmt: skip


def add(catalogue, version=None, records=RECORDS):
    catalogue.store_records({digest(r): canonical_bytes(r) for r in records})
    rows = [(ElementRow(r.global_id, r.ifc_class, r.name, None), digest(r)) for r in records]
    return catalogue.add_version(Building("112", "Maja", "Tänav 1", None), version or draft(), rows)


@pytest.fixture
def catalogue(tmp_path):
    engine = open_database(tmp_path / "c.sqlite")
    yield Catalogue(engine)
    engine.dispose()


def test_records_come_back_as_they_were(catalogue):
    key = add(catalogue).key
    assert list(catalogue.records(key)) == sorted(RECORDS, key=lambda r: r.global_id)
    assert catalogue.record(key, "a") == RECORDS[1]
    assert catalogue.digests(key) == {r.global_id: digest(r) for r in RECORDS}


def test_numbers_count_within_a_stage(catalogue):
    keys = [add(catalogue, draft(stage)).key for stage in (Stage.AS_DESIGNED, Stage.AS_DESIGNED, Stage.AS_BUILT)]
    assert [(key.stage.value, key.number) for key in keys] == [
        ("as-designed", 1),
        ("as-designed", 2),
        ("as-built", 1),
    ]
    assert catalogue.building("112").latest == {Stage.AS_DESIGNED: 2, Stage.AS_BUILT: 1}
    assert [v.key for v in catalogue.versions("112")] == keys


def test_the_version_comes_back_as_it_was_stored(catalogue):
    stored = add(catalogue)
    assert catalogue.version("112", Stage.AS_DESIGNED) == stored
    assert stored.georeference == draft().georeference


def test_a_version_that_shares_a_record_stores_it_once(catalogue):
    add(catalogue)
    changed = [RECORDS[0], dataclasses.replace(RECORDS[1], name="Uus")]
    assert catalogue.store_records({digest(r): canonical_bytes(r) for r in changed}) == 1


def test_a_sweep_removes_orphans_only(catalogue):
    key = add(catalogue).key
    orphan = ElementRecord("z", "IfcSlab")
    catalogue.store_records({digest(orphan): canonical_bytes(orphan)})
    assert catalogue.sweep() == 1
    assert len(list(catalogue.records(key))) == 2


@pytest.mark.parametrize(
    ("text", "found"), [("sein", ["a"]), ("10%", ["b"]), ("%", ["b"]), ("_", ["b"]), ("a", ["a"]), ("nothing", [])]
)
def test_search_takes_text_literally(catalogue, text, found):
    rows, total = catalogue.elements(add(catalogue).key, text=text)
    assert [row.global_id for row in rows] == found
    assert total == len(found)


def test_the_same_file_is_known_while_it_is_the_latest(catalogue):
    first = add(catalogue)
    assert catalogue.version_of_file("f" * 64, Stage.AS_DESIGNED, None) == first
    assert catalogue.version_of_file("f" * 64, Stage.AS_BUILT, None) is None
    add(catalogue, draft(file="e" * 64))
    assert catalogue.version_of_file("f" * 64, Stage.AS_DESIGNED, None) is None


def test_the_furthest_stage_is_by_lifecycle_and_not_by_name(catalogue):
    add(catalogue, draft(Stage.AS_BUILT))
    add(catalogue, draft(Stage.AS_DESIGNED))
    assert catalogue.building("112").furthest is Stage.AS_BUILT


@pytest.mark.parametrize("number", [None, 7])
def test_missing_versions_are_not_found(catalogue, number):
    with pytest.raises(NotFound):
        catalogue.version("112", Stage.AS_DESIGNED, number)


@pytest.mark.parametrize("text", ["", "a/b", "..", "x" * 65, "a b", "ä", "1\n"])
def test_what_cannot_name_a_building_is_refused(text):
    with pytest.raises(InvalidInput):
        check_building_id(text)


def test_a_newer_or_damaged_file_is_refused(tmp_path):
    open_database(tmp_path / "c.sqlite").dispose()
    with sqlite3.connect(tmp_path / "c.sqlite") as raw:
        raw.execute("UPDATE meta SET value = '99'")
    raw.close()
    with pytest.raises(StorageError) as caught:
        open_database(tmp_path / "c.sqlite")
    assert caught.value.reason == "newer"
    (tmp_path / "d.sqlite").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageError) as caught:
        open_database(tmp_path / "d.sqlite")
    assert caught.value.reason == "damaged"
