"""Content-addressed bytes: the name of a blob is the SHA-256 of its content.

Rules that the store keeps:
1. A blob that can be read is whole: it is written beside its place, flushed to the disk and then renamed.
2. A blob never changes, so it may be served and cached for ever.
3. Writing the same bytes twice stores them once.
"""

import gzip
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Container
from pathlib import Path
from typing import BinaryIO, Protocol

from twin.errors import InvalidInput, NotFound, StorageError

_NAME = re.compile(r"[0-9a-f]{64}\Z")
_CHUNK_BYTES = 1 << 20
GZIPPED = "gzip"  # folder of the compressed copies
GZIP_LEVEL = 4  # 24 MB of chunks: 7.7 MB in 0.3 s; level 9 gives the same in 2.8 s
WORTH = 0.1  # below a tenth saved, unpacking costs the reader more than the wire


class BlobStore(Protocol):
    """Where bytes are kept."""

    def put(self, data: bytes) -> str:
        """Store `data` and return its SHA-256 (hex)."""

    def put_stream(self, stream: BinaryIO, max_bytes: int) -> str:
        """Store what `stream` gives, at most `max_bytes`, and return its SHA-256 (hex)."""

    def get(self, sha256: str) -> bytes:
        """Return the bytes of a blob."""

    def path(self, sha256: str) -> Path:
        """Return a readable file that holds the blob."""

    def gzipped(self, sha256: str) -> bytes | None:
        """Return a blob compressed for transport, or None if that saves too little."""

    def __contains__(self, sha256: str) -> bool:
        """Say whether the blob is there."""


class FileBlobStore:
    """Blobs as files under one folder, in 256 sub-folders by their first two digits.

    Args:
        folder: Where the blobs lie; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> str:
        """Store `data` and return its SHA-256 (hex)."""
        name = hashlib.sha256(data).hexdigest()
        place = self._place(name)
        if not place.exists():
            with self._temporary() as file:
                file.write(data)
                self._settle(file, place)
        return name

    def put_stream(self, stream: BinaryIO, max_bytes: int) -> str:
        """Store what `stream` gives and return its SHA-256 (hex).

        Raises:
            InvalidInput: (too-large) the stream holds more than `max_bytes`; nothing is kept.
        """
        digest = hashlib.sha256()
        size = 0
        with self._temporary() as file:
            while chunk := stream.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > max_bytes:
                    Path(file.name).unlink()
                    raise InvalidInput(
                        f"The file is larger than the limit of {max_bytes} bytes.",
                        reason="too-large",
                        hint="Compress it as .ifczip, split it by discipline, or raise KAKSIK_MAX_UPLOAD_BYTES.",
                    )
                digest.update(chunk)
                file.write(chunk)
            self._settle(file, self._place(digest.hexdigest()))
        return digest.hexdigest()

    def get(self, sha256: str) -> bytes:
        """Return the bytes of a blob.

        Raises:
            NotFound: (blob) there is none of that name.
            StorageError: (blob-damaged) the bytes on the disk are not those that were stored.
        """
        data = self.path(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StorageError(
                "A stored file was changed on the disk.",
                reason="blob-damaged",
                entity=sha256,
                hint="Restore the folder from a backup, then run `kaksik rebuild`.",
            )
        return data

    def path(self, sha256: str) -> Path:
        """Return the file of a blob.

        Raises:
            NotFound: (blob) there is none of that name.
        """
        place = self._place(sha256)
        if not place.is_file():
            raise NotFound("There is no such stored file.", reason="blob", entity=sha256)
        return place

    def gzipped(self, sha256: str) -> bytes | None:
        """Return a blob compressed with gzip, or None if that saves less than `WORTH` of it.

        It is compressed once: the result, or an empty file that says no, is kept in a folder beside the blobs that
        may be deleted at any time.

        Raises:
            NotFound: (blob) there is none of that name.
            StorageError: (blob-damaged) the bytes on the disk are not those that were stored.
        """
        place = self._place(sha256)
        beside = self._folder / GZIPPED / sha256[:2] / sha256
        if place.is_file() and beside.is_file():
            return beside.read_bytes() or None
        data = self.get(sha256)
        packed = gzip.compress(data, GZIP_LEVEL, mtime=0)
        if len(packed) > len(data) * (1.0 - WORTH):
            packed = b""
        beside.parent.mkdir(parents=True, exist_ok=True)
        with self._temporary() as file:
            file.write(packed)
            self._settle(file, beside)
        return packed or None

    def __contains__(self, sha256: str) -> bool:
        """Say whether the blob is there."""
        return bool(_NAME.match(sha256)) and self._place(sha256).is_file()

    def sweep(self) -> int:
        """Remove what an interrupted write left behind and return how many files that were."""
        leftovers = list(self._folder.glob("*.part"))
        for file in leftovers:
            file.unlink()
        return len(leftovers)

    def keep(self, wanted: Container[str], quiet_s: float) -> int:
        """Remove every blob that is not `wanted` and older than `quiet_s` seconds; return how many that were."""
        limit = time.time() - quiet_s
        unwanted = [
            file
            for file in self._folder.glob("??/*")
            if file.name not in wanted and _NAME.match(file.name) and file.stat().st_mtime <= limit
        ]
        for file in unwanted:
            (self._folder / GZIPPED / file.parent.name / file.name).unlink(missing_ok=True)
            file.unlink()
        return len(unwanted)

    def _place(self, sha256: str) -> Path:
        if not _NAME.match(sha256):
            raise NotFound("This is not the name of a stored file.", reason="blob", entity=sha256[:80])
        return self._folder / sha256[:2] / sha256

    def _temporary(self) -> "tempfile._TemporaryFileWrapper[bytes]":
        return tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False)

    @staticmethod
    def _settle(file: "tempfile._TemporaryFileWrapper[bytes]", place: Path) -> None:
        file.flush()
        os.fsync(file.fileno())
        place.parent.mkdir(exist_ok=True)
        Path(file.name).replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the rename itself must survive a power cut
        finally:
            os.close(folder)
