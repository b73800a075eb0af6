"""Trees of versions as the bytes that are given out: made once, then read from the disk like a scene."""

from collections.abc import Callable, Mapping

from ifc import ElementRecord
from twin.blobs import BlobStore
from twin.catalogue import Kept, ReportShelf, Version
from twin.clock import Clock, rfc3339
from twin.snapshots import SnapshotReader

KIND = "tree"
MakeTree = Callable[[Mapping[str, ElementRecord]], bytes]


class Trees:
    """Keeps the tree of each version that was asked for.

    Args:
        shelf: Where it is noted which blob holds it.
        blobs: Where the bytes are.
        snapshots: Where the records of a version are read from.
        clock: Tells when it was made.
    """

    def __init__(self, shelf: ReportShelf, blobs: BlobStore, snapshots: SnapshotReader, clock: Clock) -> None:
        self._shelf = shelf
        self._blobs = blobs
        self._snapshots = snapshots
        self._clock = clock

    def digest(self, version: Version, form: str, make: MakeTree) -> str:
        """Return the blob of the whole tree of a version, in `form`; it is made by `make` if it is not there.

        Args:
            version: The version; what was read of it never changes.
            form: Name of the form that `make` gives; another name makes it anew.
            make: Gives the bytes from the records.
        """
        found = self._shelf.get(version.key, KIND, form)
        if found is not None and found.sha256 in self._blobs:
            return found.sha256
        sha256 = self._blobs.put(make(self._snapshots.read(version).records))
        self._shelf.put(version.key, Kept(KIND, form, rfc3339(self._clock()), sha256, {}))
        return sha256
