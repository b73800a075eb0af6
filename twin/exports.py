"""Exports of stored versions and of files that are not stored."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ifc import Limits, Scene, build_scene, read_file
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Version
from twin.export import Exportable, SubmittedFile
from twin.reading import Progress, Understood, silent, understand
from twin.snapshot import Stage
from twin.snapshots import SnapshotReader


class Exports:
    """Makes stored versions ready for export.

    Args:
        catalogue: Where the versions are.
        blobs: Where files, scenes and chunks are.
        snapshots: Reads records and meshes.
    """

    def __init__(self, catalogue: Catalogue, blobs: BlobStore, snapshots: SnapshotReader) -> None:
        self._catalogue = catalogue
        self._blobs = blobs
        self._snapshots = snapshots

    def of(self, version: Version) -> Exportable:
        """Return a stored version, ready for export."""
        files = self._catalogue.files(version.key)
        return Exportable(
            tuple(SubmittedFile(file.file_name, self._blobs.path(file.file_sha256)) for file in files),
            lambda: self._snapshots.read(version).records,
            lambda: self._snapshots.read(version),
            lambda: _json(self._blobs.get(version.scene_sha256)),
            self._blobs.get,
        )


def of_file(path: Path, limits: Limits, on_progress: Progress = silent) -> Exportable:
    """Return a file that is not stored, ready for export; it is read when a format asks for its content.

    Args:
        path: The file.
        limits: What reading and meshing may use.
        on_progress: Told how far the work is.
    """

    @cache
    def read() -> Understood:
        return understand(path, limits, on_progress)

    @cache
    def scene() -> Scene:
        return build_scene(read().model, read().meshes)

    return Exportable(
        (SubmittedFile(path.name, path),),
        lambda: read_file(path, limits, on_progress).by_id(),
        lambda: read().snapshot(Stage.AS_DESIGNED, 0),
        lambda: scene().to_json(),
        lambda sha256: next(chunk.glb for chunk in scene().chunks if chunk.sha256 == sha256),
    )


def _json(data: bytes) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(data)
    return content
