"""Blobs are whole, named by their content, and written once."""

import hashlib
import io

import pytest

from twin.blobs import FileBlobStore
from twin.errors import InvalidInput, NotFound, StorageError


@pytest.fixture
def blobs(tmp_path):
    return FileBlobStore(tmp_path / "blobs")


def test_the_name_is_the_digest(blobs):
    name = blobs.put(b"tere")
    assert name == hashlib.sha256(b"tere").hexdigest()
    assert blobs.get(name) == b"tere"
    assert name in blobs


def test_a_stream_and_bytes_give_the_same_blob(blobs):
    assert blobs.put_stream(io.BytesIO(b"x" * 3_000_000), 4_000_000) == blobs.put(b"x" * 3_000_000)


def test_a_stream_over_the_limit_leaves_nothing(blobs, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        blobs.put_stream(io.BytesIO(b"x" * 101), 100)
    assert caught.value.reason == "too-large"
    assert [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "G" * 64, "0" * 64, "0" * 64 + "\n"])
def test_what_is_no_blob_is_not_found(blobs, name):
    assert name not in blobs
    with pytest.raises(NotFound):
        blobs.get(name)


def test_a_changed_file_is_noticed(blobs):
    name = blobs.put(b"tere")
    blobs.path(name).write_bytes(b"head aega")
    with pytest.raises(StorageError):
        blobs.get(name)


def test_a_sweep_removes_what_an_interrupted_write_left(blobs, tmp_path):
    name = blobs.put(b"tere")
    (tmp_path / "blobs" / "half.part").write_bytes(b"ha")
    assert blobs.sweep() == 1
    assert blobs.get(name) == b"tere"
