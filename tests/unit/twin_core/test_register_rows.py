"""The register is read when it or the buildings are new, and not for every question."""

from datetime import UTC, datetime

import pytest

from twin.blobs import FileBlobStore
from twin.catalogue import open_database
from twin.layers import Layers
from twin.register_rows import REGISTER, RegisterRows

A, B = "101018690", "101018691"


class Counted(FileBlobStore):
    """Blobs that count how often they are read."""

    reads = 0

    def get(self, sha256):
        self.reads += 1
        return super().get(sha256)


@pytest.fixture
def blobs(tmp_path):
    return Counted(tmp_path / "blobs")


@pytest.fixture
def layers(tmp_path, blobs):
    return Layers(open_database(tmp_path / "catalogue.sqlite"), blobs, lambda: datetime(2026, 1, 1, tzinfo=UTC))


def test_the_register_is_read_once_for_the_same_buildings(layers, blobs):
    rows = RegisterRows(layers, blobs)
    assert rows.of([A]) == {}
    layers.switch(REGISTER, blobs.put(f"ehr_code;aasta\n{A};1968\n{B};1970\n".encode()))
    assert [rows.of([A, "tmp-1"]) for _ in range(3)] == [{A: {"year": 1968}}] * 3
    assert blobs.reads == 1
    assert rows.of([A, B])[B] == {"year": 1970}  # a building that is new is looked for
    assert rows.of([A]) == {A: {"year": 1968}}
    assert blobs.reads == 2
    layers.switch(REGISTER, blobs.put(f"ehr_code;aasta\n{A};1999\n".encode()))
    assert rows.of([A, B]) == {A: {"year": 1999}}
    assert blobs.reads == 3
