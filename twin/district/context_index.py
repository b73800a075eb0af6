"""Read the index of the buildings around the models; every answer can be had in pages."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from twin.district.context import ContextBuilding
from twin.district.values import Area
from twin.errors import StorageError
from twin.plain_properties import same

Bounds = tuple[float, float, float, float]
INSIDE_SHARES = (
    0.98,
    0.95,
    0.9,
    0.8,
    0.6,
    0.3,
)  # of its box: what lies in the largest that an area covers is only counted

_COLUMNS = "b.building_id, b.shape, b.ground_m, b.height_m, b.attributes"
_SELECT = f"SELECT {_COLUMNS} FROM building AS b"  # noqa: S608 - columns of this module
_OUTER = "p.east1 >= ? AND p.east0 <= ? AND p.north1 >= ? AND p.north0 <= ?"
_INNER = "p.east0 >= ? AND p.east1 <= ? AND p.north0 >= ? AND p.north1 <= ?"
_NOT_IN = "{}.number NOT IN (SELECT value FROM json_each(?))"
_OF_PAGE = _NOT_IN.format("p") + " ORDER BY p.number LIMIT ? OFFSET ?"
_IN_TILE = (
    " JOIN tile AS t ON t.tile = b.tile WHERE t.east = ? AND t.north = ? AND t.part = ?"
    " AND b.building_id NOT IN (SELECT value FROM json_each(?)) ORDER BY b.number"
)
_PAGE = _SELECT + " JOIN ({}) AS n ON n.number = b.number ORDER BY b.number"


@dataclass(frozen=True, slots=True)
class Tile:
    """Buildings that are shown together.

    Attributes:
        tile: Its number in the index.
        cell: Column and row of its cell of `CELL_M`, from the origin of the map.
        part: Which part of the cell, from 0.
        buildings: How many.
        bounds: Box around them in EPSG:3301.
        low_m: Lowest ground, EH2000 metres; 0 where a ground is not known.
        high_m: Highest top.
    """

    tile: int
    cell: tuple[int, int]
    part: int
    buildings: int
    bounds: Bounds
    low_m: float
    high_m: float


_OWN_COLUMNS = {
    "building_id": "json_quote(building_id)", "ground_m": "ground_m", "height_m": "height_m", "source": "NULL"
}  # fmt: skip


class ContextIndex:
    """Reads an index; every question opens the file anew, so it may be asked from any thread.

    Args:
        path: A file that `write_index` made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def count(self, leave_out: Collection[str] = ()) -> int:
        """Return the number of buildings without those of some identifiers."""
        with closing(self._open()) as connection:
            query = "SELECT count(*) FROM building AS b WHERE " + _NOT_IN.format("b")  # noqa: S608
            return int(connection.execute(query, (_json(_numbers(connection, leave_out)),)).fetchone()[0])

    def bounds(self) -> Bounds | None:
        """Return the box around all buildings in EPSG:3301, or None if there are none."""
        with closing(self._open()) as connection:
            row = connection.execute("SELECT min(east0), min(north0), max(east1), max(north1) FROM tile").fetchone()
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
        with closing(self._open()) as connection:
            return _page(connection, bounds, _numbers(connection, leave_out), limit, offset)

    def touching(
        self, area: Area, limit: int, offset: int = 0, leave_out: Collection[str] = ()
    ) -> tuple[list[ContextBuilding], int]:
        """Return a page of the buildings that touch an area, and how many do in all.

        Only buildings near the edge of the area are looked at; those in a box that it covers are counted.

        Args:
            area: In EPSG:3301.
            limit: Most buildings to return.
            offset: How many to pass over at the start.
            leave_out: Identifiers of buildings that are not wanted.
        """
        if area.is_empty:
            return [], 0
        bounds = area.bounds
        with closing(self._open()) as connection:
            out = [*_numbers(connection, leave_out), *_misses(connection, area)]
            query = f"SELECT count(*) FROM place AS p WHERE {_OUTER} AND " + _NOT_IN.format("p")  # noqa: S608
            total = int(connection.execute(query, (*_outer(bounds), _json(out))).fetchone()[0])
            return (_page(connection, bounds, out, limit, offset) if offset < total else []), total

    def columns(
        self, keys: Sequence[str], leave_out: Collection[str] = ()
    ) -> tuple[NDArray[np.object_], list[tuple[Any, ...]]]:
        """Return all footprints, and of each the attributes of some names, in the order of the file.

        An attribute that a building has not comes as None.
        """
        values = "".join(", json_extract(b.attributes, ?)" for _ in keys)
        query = f"SELECT b.shape{values} FROM building AS b WHERE " + _NOT_IN.format("b")  # noqa: S608
        with closing(self._open()) as connection:
            out = _json(_numbers(connection, leave_out))
            rows = connection.execute(query, (*(f"$.{json.dumps(key)}" for key in keys), out)).fetchall()
        shapes = shapely.from_wkb(np.array([row[0] for row in rows], dtype=object))
        return shapes, [row[1:] for row in rows]

    def with_code(self, code: str) -> list[ContextBuilding]:
        """Return the buildings with a register code."""
        return self.with_codes([code])

    def with_codes(self, codes: Collection[str]) -> list[ContextBuilding]:
        """Return the buildings with one of some register codes, in the order of the file."""
        query = _SELECT + " WHERE b.register_code IN (SELECT value FROM json_each(?)) ORDER BY b.number"  # noqa: S608
        with closing(self._open()) as connection:
            return list(_made(connection.execute(query, (json.dumps(list(codes)),))))

    def codes(self, codes: Collection[str]) -> set[str]:
        """Return which of some register codes a building has."""
        query = "SELECT DISTINCT register_code FROM building WHERE register_code IN (SELECT value FROM json_each(?))"
        with closing(self._open()) as connection:
            return {str(row[0]) for row in connection.execute(query, (json.dumps(list(codes)),))}

    def named(self, building_id: str) -> ContextBuilding | None:
        """Return one building by its identifier, or None."""
        with closing(self._open()) as connection:
            return next(_made(connection.execute(_SELECT + " WHERE b.building_id = ?", (building_id,))), None)

    def tiles(self, leave_out: Collection[str] = ()) -> list[Tile]:
        """Return the tiles that have a building that is not left out, by cell."""
        taken: dict[int, int] = {}
        with closing(self._open()) as connection:
            query = "SELECT tile FROM building WHERE building_id IN (SELECT value FROM json_each(?))"
            for (number,) in connection.execute(query, (json.dumps(list(leave_out)),)):
                taken[number] = taken.get(number, 0) + 1
            rows = connection.execute("SELECT * FROM tile ORDER BY east, north, part").fetchall()
        found = [
            Tile(r[0], (r[1], r[2]), r[3], r[4] - taken.get(r[0], 0), (r[5], r[6], r[7], r[8]), r[9], r[10])
            for r in rows
        ]
        return [tile for tile in found if tile.buildings]

    def of_tile(self, cell: tuple[int, int], part: int, leave_out: Collection[str] = ()) -> list[ContextBuilding]:
        """Return the buildings of a tile, in the order of the file."""
        query = _SELECT + _IN_TILE
        with closing(self._open()) as connection:
            return list(_made(connection.execute(query, (*cell, part, json.dumps(list(leave_out))))))

    def rows_of(self, names: Collection[str]) -> dict[str, int]:
        """Return the row of each of some buildings; rows are counted from 0 in the order of the file."""
        query = "SELECT building_id, number - 1 FROM building WHERE building_id IN (SELECT value FROM json_each(?))"
        return {str(name): int(row) for name, row in self.rows(query, (json.dumps(list(names)),))}

    def unlike(self, where: Mapping[str, str], source: str) -> set[str]:
        """Return the buildings that lack any of some properties.

        Args:
            where: Texts by name of the property.
            source: What the property ``source`` is of all of them.
        """
        columns = [_OWN_COLUMNS.get(name, "attributes -> ?") for name in where]
        paths = [f'$."{name}"' for name in where if name not in _OWN_COLUMNS]
        query = f"SELECT building_id, {', '.join(columns)} FROM building"  # noqa: S608 - columns of ours, and marks
        wanted = [(text, source if name == "source" else None) for name, text in where.items()]
        return {
            str(name)
            for name, *values in self.rows(query, paths)
            if not all(
                same(known or _plain(value), text) for value, (text, known) in zip(values, wanted, strict=True)
            )
        }

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what a question of this package to the tables gives; the file is open for reading only."""
        with closing(self._open()) as connection:
            return connection.execute(query, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
        except sqlite3.OperationalError as error:
            raise StorageError(
                "The index of the city is missing.",
                reason="damaged",
                hint="Start the service again; it makes it anew.",
            ) from error


def _numbers(connection: sqlite3.Connection, names: Collection[str]) -> list[int]:
    if not names:
        return []
    query = "SELECT number FROM building WHERE building_id IN (SELECT value FROM json_each(?))"
    return [int(row[0]) for row in connection.execute(query, (json.dumps(list(names)),))]


def _page(
    connection: sqlite3.Connection, bounds: Bounds | None, out: Sequence[int], limit: int | None, offset: int
) -> list[ContextBuilding]:
    numbers = "SELECT p.number FROM {} AS p WHERE {}" + _OF_PAGE  # noqa: S608
    chosen = numbers.format(*(("building", "") if bounds is None else ("place", _OUTER + " AND ")))
    values = (*(() if bounds is None else _outer(bounds)), _json(out), -1 if limit is None else limit, offset)
    return list(_made(connection.execute(_PAGE.format(chosen), values)))


def _misses(connection: sqlite3.Connection, area: Area) -> list[int]:
    """Return the buildings whose box meets the box of an area, and that do not touch the area itself."""
    inner, values = _covered_box(area), _outer(area.bounds)
    query = f"SELECT p.number, b.shape FROM place AS p JOIN building AS b ON b.number = p.number WHERE {_OUTER}"  # noqa: S608
    if inner is not None:
        query += f" AND NOT ({_INNER})"
        values = (*values, inner[0], inner[2], inner[1], inner[3])
    rows = connection.execute(query, values).fetchall()
    if not rows:
        return []
    shapely.prepare(area)
    hits = shapely.intersects(area, shapely.from_wkb(np.array([row[1] for row in rows], dtype=object)))
    return [int(row[0]) for row, hit in zip(rows, hits, strict=True) if not hit]


def _covered_box(area: Area) -> Bounds | None:
    """Return a large box that an area covers, or None."""
    shapely.prepare(area)
    for share in (1.0, *INSIDE_SHARES):
        box = shapely.affinity.scale(shapely.box(*area.bounds), share, share)
        if area.covers(box):
            return (*box.bounds,)
    return None


def _outer(bounds: Sequence[float]) -> tuple[float, ...]:
    return bounds[0], bounds[2], bounds[1], bounds[3]


def _json(numbers: Sequence[int]) -> str:
    return json.dumps(numbers)


def _made(rows: Iterable[Sequence[Any]]) -> Iterator[ContextBuilding]:
    kept = list(rows)
    shapes = shapely.from_wkb(np.array([row[1] for row in kept], dtype=object))  # all at once: half the time
    for (name, _, ground, height, attributes), shape in zip(kept, shapes, strict=True):
        if isinstance(shape, Polygon | MultiPolygon):
            yield ContextBuilding(str(name), shape, _number(ground), _number(height), json.loads(str(attributes)))


def _plain(value: Any) -> Any:
    """Return a value that SQLite gives as a number or as JSON."""
    return json.loads(value) if isinstance(value, str) else value


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
