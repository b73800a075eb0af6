"""The city as a viewer draws it: all outlines in one file, and one file for each attribute that colours them.

A file is a header and arrays: a uint32 with the length of the header, the header as JSON, padded to a multiple of
four, and the arrays in the order of the header, each padded to a multiple of four, little-endian. Arrays with
`planar` hold the first byte of every row, then the second: gzip takes a third off them.
"""

import gzip
import json
import math
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.blobs import BlobStore
from twin.city import City
from twin.district import (
    MOST_WORDS,
    ContextIndex,
    building_at,
    column_names,
    column_values,
    number,
    outlines_of,
    read_coded_table,
    register_codes,
    search_buildings,
)
from twin.errors import InvalidInput, NotFound

LAYOUT = 2  # of the file of outlines; goes into its name
GZIP_LEVEL = 6  # a city of 100,000 in a quarter of a second
NO_WORD = 255
GONE = "There is no city."


class CityPicture:
    """Outlines and attributes of the city, row by row.

    Args:
        folder: Where the outlines are kept once they are made; they may be deleted at any time.
        city: The city.
        blobs: Holds tables that were joined.
    """

    def __init__(self, folder: Path, city: City, blobs: BlobStore) -> None:
        self._folder = folder
        self._city = city
        self._blobs = blobs

    def summary(self) -> dict[str, Any]:
        """Return how many buildings there are, their attributes, and which of them have a model."""
        index = self._city.index()
        if index is None:
            return {"buildings": 0, "outlines": None, "bounds": None, "columns": [], "models": {}}
        digest = self._city.digest()
        known = json.loads(self._kept(index, digest, "json"))
        numbers = {match.context_id: match.building_id for match in self._city.matches()}
        rows = index.rows_of(list(numbers))
        return {**known, "outlines": digest, "models": {numbers[name]: row for name, row in rows.items()}}

    def outlines(self, digest: str) -> bytes:
        """Return the outlines of a city, with gzip.

        Raises:
            NotFound: (city) it is not the city of today.
        """
        index = self._city.index()
        if index is None or digest != self._city.digest():
            raise NotFound(GONE, reason="city", entity=digest, hint="Ask GET /district/city for the one of today.")
        return self._kept(index, digest, "bin.gz")

    def column(self, name: str, table: str | None) -> bytes:
        """Return one attribute of every building of the city, and of the models by their id.

        Args:
            name: Of the attribute, or of a column of `table`.
            table: SHA-256 of a table that was joined, or None.

        Raises:
            NotFound: (column) nothing has it.
            InvalidInput: (column-words) it is a text with too many different words to be a colour.
        """
        values, models = self._own(name) if table is None else self._joined(name, table)
        if not any(v is not None for v in (*values, *models.values())):
            raise NotFound("No building has such an attribute.", reason="column", entity=name[:80])
        kept = {key: value for key, value in models.items() if value is not None}
        return _column_file(name, values, kept)

    def building(self, row: int) -> dict[str, Any]:
        """Return what is known of the building of a row.

        Raises:
            NotFound: (city, building) there is no city or no such row.
        """
        return building_at(self._index(), row)

    def search(self, text: str, limit: int) -> dict[str, Any]:
        """Return buildings whose name, register code or address holds every word of a text."""
        index = self._city.index()
        if index is None:
            return {"items": [], "total": 0}
        rows, total = search_buildings(index, text, limit)
        return {"items": [building_at(index, row) for row in rows], "total": total}

    def _index(self) -> ContextIndex:
        index = self._city.index()
        if index is None:
            raise NotFound(GONE, reason="city", hint="POST /district/context first.")
        return index

    def _own(self, name: str) -> tuple[Sequence[Any], Mapping[str, Any]]:
        index = self._city.index()
        models = {body.building_id: body.properties.get(name) for body in self._city.models()}
        return ([] if index is None else column_values(index, name)), models

    def _joined(self, name: str, table: str) -> tuple[Sequence[Any], Mapping[str, Any]]:
        read = read_coded_table(self._blobs.get(table))
        if name not in read.columns:
            raise NotFound("The table has no such column.", reason="column", entity=name[:80])
        values = {code: row.get(name) for code, row in read.rows.items()}
        index = self._city.index()
        codes = [] if index is None else register_codes(index)
        models = {body.building_id: values.get(body.building_id) for body in self._city.models()}
        return [values.get(code) if code else None for code in codes], models

    def _kept(self, index: ContextIndex, digest: str, ending: str) -> bytes:
        path = self._path(digest, ending)
        if not path.exists():
            self._make(index, digest)
        return path.read_bytes()

    def _path(self, digest: str, ending: str) -> Path:
        return self._folder / f"outlines-{LAYOUT}-{digest[:32]}.{ending}"

    def _make(self, index: ContextIndex, digest: str) -> None:
        """Write both files, each whole, and remove those of older cities."""
        found = outlines_of(index)
        arrays = {k: getattr(found, k) for k in ("anchors", "heights", "rings", "lengths", "points")}
        facts = {
            "buildings": len(found.rings), "origin": found.origin, "step_m": found.step_m, "low_m": found.low_m,
            "bounds": found.bounds,
        }  # fmt: skip
        packed = gzip.compress(_file(facts, arrays, planar=True), GZIP_LEVEL, mtime=0)
        summary = {**facts, "bytes": len(packed), "columns": [asdict(c) for c in column_names(index)]}
        old = [path for path in self._folder.glob("outlines-*") if digest[:32] not in path.name]
        for ending, data in (("bin.gz", packed), ("json", json.dumps(summary).encode())):
            part = self._path(digest, f"{ending}.{os.getpid()}.part")
            part.write_bytes(data)
            part.replace(self._path(digest, ending))
        for path in old:
            path.unlink(missing_ok=True)


def _column_file(name: str, values: Sequence[Any], models: Mapping[str, Any]) -> bytes:
    numbers = np.array([_number(v) for v in values], dtype=np.float32)
    known = sum(1 for v in values if v is not None)
    mine = {key: _number(value) for key, value in models.items()}
    if 2 * np.isfinite(numbers).sum() > known or (not known and all(np.isfinite(v) for v in mine.values())):
        finite = {key: value for key, value in mine.items() if np.isfinite(value)}
        return _file({"name": name, "kind": "number", "models": finite}, {"values": numbers}, planar=True)
    words = sorted({str(v) for v in values if v is not None})
    if len(words) > MOST_WORDS:
        raise InvalidInput(
            f"The attribute has {len(words)} different words; at most {MOST_WORDS} can be shown.",
            reason="column-words",
            entity=name[:80],
            hint="Choose a number, or sort the words into classes first.",
        )
    numbered = {word: i for i, word in enumerate(words)}
    codes = np.array([NO_WORD if v is None else numbered[str(v)] for v in values], dtype=np.uint8)
    return _file({"name": name, "kind": "text", "words": words, "models": models}, {"values": codes}, planar=False)


def _number(value: object) -> float:
    """Return a number, also one that a table wrote as text; not-a-number for all else."""
    if isinstance(value, bool) or value is None:
        return math.nan
    if isinstance(value, int | float):
        return float(value)
    try:
        return number(str(value))
    except ValueError:
        return math.nan


def _file(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], *, planar: bool) -> bytes:
    described = [
        {"name": name, "type": str(array.dtype), "shape": list(array.shape), "planar": planar}
        for name, array in arrays.items()
    ]
    header = json.dumps({**facts, "arrays": described}, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 4)
    body = b"".join(_padded(_bytes(array, planar=planar)) for array in arrays.values())
    return struct.pack("<I", len(header)) + header + body


def _bytes(array: NDArray[Any], *, planar: bool) -> bytes:
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if not planar:
        return little.tobytes()
    row = array.itemsize * (array.shape[1] if array.ndim > 1 else 1)
    return np.ascontiguousarray(little.view(np.uint8).reshape(-1, row).T).tobytes()


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
