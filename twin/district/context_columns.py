"""The whole city in columns: outlines in small whole numbers, and what is known of every building, row by row.

Row r is the building with the number r + 1 of the index. A picture of 100,000 buildings is made of these columns.
"""

import json
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.district.context import ContextBuilding
from twin.district.context_index import ContextIndex
from twin.errors import InvalidInput, NotFound

STEP_M = 0.01  # of outlines, where no wall is longer than 327 m
UNKNOWN = 65_535  # a height that is not known
HOLE = 0x8000_0000  # bit of a ring's length: the ring is a hole
MOST_WORDS = 255  # of one column: their numbers are bytes, and 255 says none
MOST_COLUMNS = 200  # as many as a register may have
ADDRESS_KEYS = ("address", "aadress", "lahiaadress", "taisaadress", "name", "nimi")

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines and heights of all buildings in whole steps.

    Attributes:
        origin: Easting and northing that steps are counted from, metres.
        step_m: Length of one step.
        low_m: Height that grounds are counted from, EH2000 metres.
        bounds: Box around all, EPSG:3301.
        anchors: int32 (n, 2), first point of each building, less that of the building before.
        heights: uint16 (n, 2), ground above `low_m` and height in centimetres, `UNKNOWN` where not known.
        rings: uint16 (n,), rings of each building.
        lengths: uint32, points of each ring, with the bit `HOLE`.
        points: int16 (p, 2), each point less the one before it in its ring; the first less the anchor.
    """

    origin: tuple[float, float]
    step_m: float
    low_m: float
    bounds: tuple[float, float, float, float]
    anchors: NDArray[np.int32]
    heights: NDArray[np.uint16]
    rings: NDArray[np.uint16]
    lengths: NDArray[np.uint32]
    points: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One attribute of the buildings.

    Attributes:
        name: As the file or the register names it.
        kind: ``number`` or ``text``.
        known: How many buildings have it.
    """

    name: str
    kind: str
    known: int


def outlines_of(index: ContextIndex) -> Outlines:
    """Return the outlines of all buildings.

    Raises:
        NotFound: (city) there is no building.
    """
    rows = index.rows("SELECT shape, ground_m, height_m FROM building ORDER BY number")
    if not rows:
        raise NotFound("There is no city.", reason="city", hint="POST /district/context first.")
    shapes = shapely.from_wkb(np.array([row[0] for row in rows], dtype=object))
    polygons, owner = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True)  # the closing point of each ring is its first
    coordinates, ring = coordinates[~last], ring[~last]
    bounds = shapely.total_bounds(shapes)
    first = np.append(0, np.flatnonzero(ring[1:] != ring[:-1]) + 1)
    ring_owner = owner[polygon]
    start = first[np.append(True, ring_owner[1:] != ring_owner[:-1])]  # first point of each building
    anchor = start[ring_owner]
    step = _step(coordinates, first, anchor)
    whole = np.rint((coordinates - bounds[:2]) / step).astype(np.int64)
    anchors = whole[start]
    lengths = np.diff(np.append(first, len(ring)))
    hole = np.append(False, polygon[1:] == polygon[:-1])
    ground = _column([row[1] for row in rows])
    low = float(np.nanmin(ground)) if np.isfinite(ground).any() else 0.0
    return Outlines(
        origin=(float(bounds[0]), float(bounds[1])),
        step_m=step,
        low_m=low,
        bounds=(float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])),
        anchors=np.diff(anchors, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).astype(np.int32),
        heights=np.column_stack([_centimetres(ground - low), _centimetres(_column([row[2] for row in rows]))]),
        rings=np.bincount(ring_owner, minlength=len(rows)).astype(np.uint16),
        lengths=(lengths | np.where(hole, HOLE, 0)).astype(np.uint32),
        points=_steps(whole, first, anchors[ring_owner]),
    )


def _step(coordinates: NDArray[np.float64], first: IntArray, anchor: IntArray) -> float:
    """Return a step so that no difference leaves 16 bits: `STEP_M`, or more where a building is very large."""
    differences = np.diff(coordinates, axis=0, prepend=coordinates[:1])
    differences[first] = coordinates[first] - coordinates[anchor]
    return max(STEP_M, float(np.abs(differences).max()) / 32_000)


def _steps(whole: IntArray, first: IntArray, anchors: IntArray) -> NDArray[np.int16]:
    steps = np.diff(whole, axis=0, prepend=whole[:1])
    steps[first] = whole[first] - anchors
    return steps.astype(np.int16)


def _column(values: Sequence[object]) -> NDArray[np.float64]:
    return np.array([v if isinstance(v, int | float) else np.nan for v in values], dtype=np.float64)


def _centimetres(metres: NDArray[np.float64]) -> NDArray[np.uint16]:
    rounded = np.where(np.isfinite(metres), np.clip(np.rint(metres * 100), 0, UNKNOWN - 1), UNKNOWN)
    return rounded.astype(np.uint16)


def column_names(index: ContextIndex) -> list[ColumnInfo]:
    """Return the attributes by name; one with numbers in most of its buildings is a number.

    Tables give numbers as text; nine digits and more are a register code.
    """
    query = (
        "SELECT e.key, count(*), sum(e.type IN ('integer', 'real') OR (e.type = 'text' AND e.value GLOB '*[0-9]*'"
        " AND e.value NOT GLOB '*[^-0-9.,]*' AND length(e.value) < 9))"
        " FROM building AS b, json_each(b.attributes) AS e"
        " WHERE e.type != 'null' GROUP BY e.key ORDER BY e.key LIMIT ?"
    )
    found = index.rows(query, (MOST_COLUMNS,))
    return [
        ColumnInfo(str(name), "number" if 2 * numbers > known else "text", known) for name, known, numbers in found
    ]


def column_values(index: ContextIndex, name: str) -> list[Any]:
    """Return one attribute of every building, None where it is not known; the two heights are columns too."""
    if name in ("ground_m", "height_m"):
        return [row[0] for row in index.rows(f"SELECT {name} FROM building ORDER BY number")]  # noqa: S608 - one of two
    query = "SELECT json_extract(attributes, ?) FROM building ORDER BY number"
    if '"' in name or "\\" in name:
        raise InvalidInput("No attribute has such a name.", reason="column", entity=name[:80])
    return [row[0] for row in index.rows(query, (f'$."{name}"',))]


@dataclass(frozen=True, slots=True)
class Facts:
    """What tells every building from the others, in the order of the file.

    Attributes:
        names: Identifiers.
        heights_m: Heights; NaN where they are not known.
        texts: The first known of some attributes; None for a building that has none of them.
        boxes: (east, north, east, north) in EPSG:3301, by some centimetres too large.
    """

    names: Sequence[str]
    heights_m: NDArray[np.float64]
    texts: Sequence[Any]
    boxes: NDArray[np.float64]


def facts_of(index: ContextIndex, keys: Sequence[str]) -> Facts:
    """Return identifier, height, the first known of some attributes, and the box of every building."""
    known = ", ".join("nullif(json_extract(attributes, ?), '')" for _ in keys)
    query = f"SELECT building_id, height_m, coalesce({known}, NULL) FROM building ORDER BY number"  # noqa: S608 - marks
    rows = index.rows(query, [f"$.{json.dumps(key)}" for key in keys])
    names, heights, texts = zip(*rows, strict=True) if rows else ((), (), ())
    boxes = index.rows("SELECT east0, north0, east1, north1 FROM place ORDER BY number")
    return Facts(names, np.array(heights, dtype=np.float64), texts, np.array(boxes, dtype=np.float64).reshape(-1, 4))


def buildings_at(index: ContextIndex, rows: Collection[int]) -> dict[int, ContextBuilding]:
    """Return the buildings of some rows."""
    query = (
        "SELECT number - 1, building_id, shape, ground_m, height_m, attributes FROM building "
        "WHERE number IN (SELECT value FROM json_each(?))"
    )
    found = index.rows(query, (json.dumps([row + 1 for row in rows]),))
    return {
        row: ContextBuilding(name, shapely.from_wkb(shape), ground, height, json.loads(attributes))
        for row, name, shape, ground, height, attributes in found
    }


def register_codes(index: ContextIndex) -> list[str | None]:
    """Return the register code of every building."""
    return [row[0] for row in index.rows("SELECT register_code FROM building ORDER BY number")]


def building_at(index: ContextIndex, row: int) -> dict[str, Any]:
    """Return what is known of the building of a row.

    Raises:
        NotFound: (building) there is no such row.
    """
    query = "SELECT building_id, register_code, ground_m, height_m, attributes FROM building WHERE number = ?"
    found = index.rows(query, (row + 1,))
    if not found:
        raise NotFound("There is no such building.", reason="building", entity=str(row))
    name, code, ground, height, attributes = found[0]
    known = {k: v for k, v in json.loads(attributes).items() if v is not None}
    return {
        "row": row,
        "building_id": name,
        "ehr_code": code,
        "address": next((str(known[key]) for key in ADDRESS_KEYS if key in known), ""),
        "ground_m": ground,
        "height_m": height,
        "attributes": known,
    }


def search_buildings(index: ContextIndex, text: str, limit: int) -> tuple[list[int], int]:
    """Return rows of buildings whose name, register code or address holds every word, and how many there are."""
    words = _folded(text).split()
    columns = ", ".join(f"json_extract(attributes, '$.{key}')" for key in ADDRESS_KEYS)
    query = f"SELECT number - 1, building_id, register_code, {columns} FROM building ORDER BY number"  # noqa: S608
    hits = [
        row[0]
        for row in index.rows(query)
        if all(word in folded for folded in [_folded(" ".join(str(v) for v in row[1:] if v))] for word in words)
    ]
    return hits[:limit], len(hits)


def _folded(text: str) -> str:
    """Return lower case without accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
