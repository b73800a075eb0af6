"""Snapshots from the stores: what a wing needs of a version, read once and kept for the next question."""

import threading
from collections import OrderedDict

from ifc import MeshSet
from twin.blobs import BlobStore
from twin.catalogue import Catalogue, Version, VersionKey
from twin.snapshot import Snapshot

KEPT = 4  # versions in memory: a report asks several times for one or two; a large one takes a few hundred MB


class SnapshotReader:
    """Reads snapshots and keeps the last few.

    Args:
        catalogue: Where the records are.
        blobs: Where the meshes are.
    """

    def __init__(self, catalogue: Catalogue, blobs: BlobStore) -> None:
        self._catalogue = catalogue
        self._blobs = blobs
        self._kept: OrderedDict[VersionKey, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, version: Version) -> Snapshot:
        """Return the snapshot of a version; versions never change, so a kept one is as good."""
        with self._lock:
            if version.key in self._kept:
                self._kept.move_to_end(version.key)
                return self._kept[version.key]
        snapshot = self._load(version)
        with self._lock:
            self._kept[version.key] = snapshot
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return snapshot

    def _load(self, version: Version) -> Snapshot:
        return Snapshot(
            building_id=version.key.building_id,
            stage=version.key.stage,
            version=version.key.number,
            file_sha256=version.file_sha256,
            records={record.global_id: record for record in self._catalogue.records(version.key)},
            meshes=MeshSet.from_bytes(self._blobs.get(version.meshes_sha256)),
            georeference=version.georeference,
        )
