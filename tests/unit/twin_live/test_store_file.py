"""What only the embedded engine has: a file."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twin.errors import StorageError
from twin.live import LiveWing


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda path: path.write_bytes(b"this is no database, but it is long enough" * 100), "store-damaged"),
        (lambda path: path.mkdir(), "store-damaged"),
        (lambda path: _with_version(path, 99), "store-newer"),
    ],
)
def test_a_file_that_is_not_ours(tmp_path: Path, clock: Any, prepare: Callable[[Path], None], reason: str) -> None:
    path = tmp_path / "x.sqlite"
    prepare(path)
    with pytest.raises(StorageError) as caught:
        LiveWing(path, clock)
    assert caught.value.reason == reason


def _with_version(path: Path, version: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version={version}")
    connection.close()
