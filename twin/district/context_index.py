"""An index of the buildings around the models: one SQLite file with an R*Tree, written whole or not at all."""

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from twin.district.context import ContextBuilding
from twin.errors import StorageError

Bounds = tuple[float, float, float, float]

_TABLES = """
CREATE TABLE building (
    number INTEGER PRIMARY KEY, building_id TEXT NOT NULL UNIQUE, register_code TEXT, shape BLOB NOT NULL,
    ground_m REAL, height_m REAL, attributes TEXT NOT NULL
);
CREATE INDEX building_code ON building (register_code) WHERE register_code IS NOT NULL;
CREATE VIRTUAL TABLE place USING rtree (number, east0, east1, north0, north1);
"""
_SELECT = "SELECT b.building_id, b.shape, b.ground_m, b.height_m, b.attributes FROM building AS b"
_COUNT = "SELECT count(*) FROM building AS b"
_NOT_IN = "b.building_id NOT IN (SELECT value FROM json_each(?))"
_LEFT_OUT = " WHERE " + _NOT_IN
_WITHIN = (
    " JOIN place AS p ON p.number = b.number"
    " WHERE p.east1 >= ? AND p.east0 <= ? AND p.north1 >= ? AND p.north0 <= ? AND " + _NOT_IN
)


def write_index(path: Path, buildings: Iterable[ContextBuilding]) -> int:
    """Write an index beside its place, then put it there; return the number of buildings.

    Args:
        path: Where the index shall be; a file that is there is replaced in one step.
        buildings: What goes in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part)) as connection:
            connection.executescript(_TABLES)
            count = 0
            for count, building in enumerate(buildings, start=1):
                _insert(connection, count, building)
            connection.commit()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


class ContextIndex:
    """Reads an index; every question opens the file anew, so it may be asked from any thread.

    Args:
        path: A file that `write_index` made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def count(self, leave_out: Collection[str] = ()) -> int:
        """Return the number of buildings without those of some identifiers."""
        query = _COUNT + _LEFT_OUT
        with closing(self._open()) as connection:
            return int(connection.execute(query, (json.dumps(list(leave_out)),)).fetchone()[0])

    def bounds(self) -> Bounds | None:
        """Return the box around all buildings in EPSG:3301 (to half a metre), or None if there are none."""
        query = "SELECT min(east0), min(north0), max(east1), max(north1) FROM place"
        with closing(self._open()) as connection:
            row = connection.execute(query).fetchone()
        return None if row[0] is None else (row[0], row[1], row[2], row[3])

    def within(
        self,
        bounds: Bounds | None = None,
        limit: int | None = None,
        offset: int = 0,
        leave_out: Collection[str] = (),
    ) -> list[ContextBuilding]:
        """Return the buildings whose box touches a box, in the order of the file.

        Args:
            bounds: Box in EPSG:3301 (east, north, east, north); None for all.
            limit: Most buildings to return.
            offset: How many to pass over at the start.
            leave_out: Identifiers of buildings that are not wanted.
        """
        values: tuple[float, ...] = () if bounds is None else (bounds[0], bounds[2], bounds[1], bounds[3])
        query = _SELECT + (_LEFT_OUT if bounds is None else _WITHIN) + " ORDER BY b.number LIMIT ? OFFSET ?"
        page = (json.dumps(list(leave_out)), -1 if limit is None else limit, offset)
        with closing(self._open()) as connection:
            return list(_made(connection.execute(query, (*values, *page))))

    def with_code(self, code: str) -> list[ContextBuilding]:
        """Return the buildings with a register code."""
        with closing(self._open()) as connection:
            return list(_made(connection.execute(_SELECT + " WHERE b.register_code = ? ORDER BY b.number", (code,))))

    def named(self, building_id: str) -> ContextBuilding | None:
        """Return one building by its identifier, or None."""
        with closing(self._open()) as connection:
            return next(_made(connection.execute(_SELECT + " WHERE b.building_id = ?", (building_id,))), None)

    def _open(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
        except sqlite3.OperationalError as error:
            raise StorageError(
                "The index of the city is missing.",
                reason="damaged",
                hint="Start the service again; it makes it anew.",
            ) from error


def _insert(connection: sqlite3.Connection, number: int, building: ContextBuilding) -> None:
    east0, north0, east1, north1 = building.shape.bounds
    connection.execute(
        "INSERT INTO building VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            building.building_id,
            building.register_code,
            shapely.to_wkb(building.shape),
            building.ground_m,
            building.height_m,
            json.dumps(dict(building.attributes), ensure_ascii=False),
        ),
    )
    connection.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?)", (number, east0, east1, north0, north1))


def _made(rows: Iterable[Sequence[Any]]) -> Iterator[ContextBuilding]:
    for name, wkb, ground, height, attributes in rows:
        shape = shapely.from_wkb(wkb)
        if isinstance(shape, Polygon | MultiPolygon):
            yield ContextBuilding(str(name), shape, _number(ground), _number(height), json.loads(str(attributes)))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
