"""What the imported register says of the buildings with a model: a register holds a whole city, they are a few."""

import threading
from collections.abc import Collection, Mapping
from typing import Any

from twin.blobs import BlobStore
from twin.district import read_register
from twin.layers import Layers

REGISTER = "register"  # name of its layer


class RegisterRows:
    """Reads the register once for each that is imported, and again only for buildings that were not asked for yet.

    Args:
        layers: Says which register is in force.
        blobs: Keeps its bytes.
    """

    def __init__(self, layers: Layers, blobs: BlobStore) -> None:
        self._layers = layers
        self._blobs = blobs
        self._reading = threading.Lock()
        self._digest = ""
        self._asked: frozenset[str] = frozenset()
        self._rows: dict[str, Mapping[str, Any]] = {}

    def of(self, names: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Return what is known of some buildings by their register codes."""
        digest = self._layers.digests().get(REGISTER)
        if digest is None:
            return {}
        with self._reading:
            if self._digest != digest or not self._asked.issuperset(names):
                self._read(digest, names)
            return {name: self._rows[name] for name in names if name in self._rows}

    def _read(self, digest: str, names: Collection[str]) -> None:
        rows = read_register(self._blobs.get(digest)).rows
        self._asked = frozenset(names) | (self._asked if self._digest == digest else frozenset())
        self._rows = {name: rows[name] for name in self._asked if name in rows}
        self._digest = digest
