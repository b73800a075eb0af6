"""Write the index of the buildings around the models: one SQLite file with an R*Tree, whole or not at all."""

import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import shapely

from twin.district.context import ContextBuilding

LAYOUT = 2  # of the file; goes into its name, so that another layout is made anew and never misread
PART = ".part"
CELL_M = 500.0  # some hundred buildings of a dense city: a tile of below a megabyte
TILE_BYTES = 512 * 1024  # of outlines in one tile: with walls, floors and roofs at most fourteen times as much
REPORT_EVERY = 1_000  # buildings between two reports: a tenth of a second

_TABLES = """
CREATE TABLE building (
    number INTEGER PRIMARY KEY, building_id TEXT NOT NULL UNIQUE, register_code TEXT, shape BLOB NOT NULL,
    ground_m REAL, height_m REAL, attributes TEXT NOT NULL, tile INTEGER NOT NULL
);
CREATE VIRTUAL TABLE place USING rtree (number, east0, east1, north0, north1);
CREATE TABLE tile (
    tile INTEGER PRIMARY KEY, east INTEGER NOT NULL, north INTEGER NOT NULL, part INTEGER NOT NULL,
    buildings INTEGER NOT NULL, east0 REAL NOT NULL, north0 REAL NOT NULL, east1 REAL NOT NULL,
    north1 REAL NOT NULL, low_m REAL NOT NULL, high_m REAL NOT NULL, UNIQUE (east, north, part)
);
"""
_INDEXES = """
CREATE INDEX building_code ON building (register_code) WHERE register_code IS NOT NULL;
CREATE INDEX building_tile ON building (tile);
"""
_INSERT = "INSERT INTO building VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PLACE = "INSERT INTO place VALUES (?, ?, ?, ?, ?)"
_TILE = "INSERT INTO tile VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def write_index(
    path: Path, buildings: Iterable[ContextBuilding], on_building: Callable[[int], None] | None = None
) -> int:
    """Write an index beside its place, then put it there; return the number of buildings.

    Args:
        path: Where the index shall be; a file that is there is replaced in one step.
        buildings: What goes in.
        on_building: Told now and then how many went in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}{PART}")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")  # the file counts only when it is whole
            connection.executescript(_TABLES)
            count = _fill(connection, buildings, on_building)
            connection.executescript(_INDEXES)
            connection.commit()
        _flush(part)
        part.replace(path)
        _flush(path.parent)
    finally:
        part.unlink(missing_ok=True)
    return count


Box = tuple[float, float, float, float]
Cell = tuple[int, int]


def cell_of(bounds: Box) -> Cell:
    """Return the cell that something belongs to: that of the middle of its box in EPSG:3301."""
    return math.floor((bounds[0] + bounds[2]) / 2 / CELL_M), math.floor((bounds[1] + bounds[3]) / 2 / CELL_M)


@dataclass(slots=True)
class _Tile:
    """A tile in the making."""

    number: int
    cell: Cell
    part: int
    buildings: int = 0
    weight: int = 0
    box: list[float] = field(default_factory=lambda: [math.inf, math.inf, -math.inf, -math.inf, math.inf, -math.inf])

    def add(self, building: ContextBuilding, bounds: Box, weight: int) -> None:
        low = building.ground_m or 0.0
        high = low + (building.height_m or 0.0)
        box = self.box
        self.box = [
            min(box[0], bounds[0]), min(box[1], bounds[1]), max(box[2], bounds[2]), max(box[3], bounds[3]),
            min(box[4], low), max(box[5], high),
        ]  # fmt: skip
        self.buildings += 1
        self.weight += weight


class _Tiles:
    """Gives each building its tile: the cell of its middle, and a part of it that is not full."""

    def __init__(self) -> None:
        self.all: list[_Tile] = []
        self._open: dict[Cell, _Tile] = {}

    def place(self, building: ContextBuilding, bounds: Box, weight: int) -> int:
        cell = cell_of(bounds)
        tile = self._open.get(cell)
        if tile is None or tile.weight + weight > TILE_BYTES:
            tile = _Tile(len(self.all), cell, 0 if tile is None else tile.part + 1)
            self._open[cell] = tile
            self.all.append(tile)
        tile.add(building, bounds, weight)
        return tile.number


def _fill(
    connection: sqlite3.Connection, buildings: Iterable[ContextBuilding], on_building: Callable[[int], None] | None
) -> int:
    tiles, count = _Tiles(), 0
    for count, building in enumerate(buildings, start=1):
        bounds = building.shape.bounds
        wkb = shapely.to_wkb(building.shape)
        attributes = json.dumps(dict(building.attributes), ensure_ascii=False, separators=(",", ":"))
        tile = tiles.place(building, bounds, len(wkb))
        row = (count, building.building_id, building.register_code, wkb, building.ground_m, building.height_m)
        connection.execute(_INSERT, (*row, attributes, tile))
        connection.execute(_PLACE, (count, bounds[0], bounds[2], bounds[1], bounds[3]))
        if on_building is not None and count % REPORT_EVERY == 0:
            on_building(count)
    connection.executemany(
        _TILE, ((tile.number, *tile.cell, tile.part, tile.buildings, *tile.box) for tile in tiles.all)
    )
    return count


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
