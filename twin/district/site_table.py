"""What a search for a site measures of every parcel that a plan covers, in columns.

A value is measured when a search first asks for it and then kept: another search on the same land only compares
numbers. Pairs of parcels and buildings are found and measured by the hundred thousand, never one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from twin.district.spatial import Body
from twin.district.values import Parcel, PlanArea

ENERGY_RADIUS_M = 300.0  # a street and its neighbours
ENERGY_CLASSES = "ABCDEFGH"  # of the energy label, best first
FIRST_LOOK_M = 12.5  # for a neighbour of a parcel that is built on; the radius doubles until one is found
LAST_LOOK_M = 400.0  # then each parcel is looked at alone: a whole city may lie just beyond
PARCELS_AT_ONCE = 500  # a dense city has some 300 buildings within 300 m: 150,000 pairs, ten megabytes

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The buildings that stand, in columns; what is not known is NaN.

    Attributes:
        shapes: Footprints in EPSG:3301.
        heating_kwh_m2: Need of heating.
        energy_class: 1 for A to 8 for H.
    """

    shapes: Shapes
    heating_kwh_m2: Floats
    energy_class: Floats

    @classmethod
    def of(cls, shapes: Sequence[Any] | Shapes, heating: Sequence[Any], letters: Sequence[Any]) -> "Surroundings":
        """Return the columns of what was said; anything but a number, or but a letter of a class, is unknown."""
        geometries = np.empty(len(shapes), dtype=object)
        geometries[:] = shapes
        return cls(geometries, np.array([_number(v) for v in heating]), np.array([_ordinal(v) for v in letters]))

    @classmethod
    def of_bodies(cls, bodies: Sequence[Body]) -> "Surroundings":
        """Return the columns of bodies: ``heating_kwh_m2`` and ``class`` or ``energy_class`` of their properties."""
        known = [body.properties for body in bodies]
        letters = [k.get("class") or k.get("energy_class") for k in known]
        return cls.of([body.shape for body in bodies], [k.get("heating_kwh_m2") for k in known], letters)

    def and_also(self, other: "Surroundings") -> "Surroundings":
        """Return both."""
        return Surroundings(
            np.concatenate([self.shapes, other.shapes]),
            np.concatenate([self.heating_kwh_m2, other.heating_kwh_m2]),
            np.concatenate([self.energy_class, other.energy_class]),
        )

    def written(self) -> bytes:
        """Return what is in the columns as bytes that can be compared."""
        wkb = b"".join(shapely.to_wkb(self.shapes).tolist())
        return wkb + self.heating_kwh_m2.tobytes() + self.energy_class.tobytes()


class SiteTable:
    """Parcels with a building right, and what is measured of them.

    Args:
        parcels: All parcels; those that no area of the plan names are left out.
        areas: Building areas of the plan.
        around: Buildings that stand.
    """

    def __init__(self, parcels: Sequence[Parcel], areas: Sequence[PlanArea], around: Surroundings) -> None:
        rights: dict[str, list[PlanArea]] = {}
        for area in areas:
            rights.setdefault(area.cadastral_number, []).append(area)
        self.parcels = [parcel for parcel in parcels if parcel.cadastral_number in rights]
        self.rights = [rights[parcel.cadastral_number] for parcel in self.parcels]
        self.numbers = np.array([parcel.cadastral_number for parcel in self.parcels], dtype=str)
        self.shapes = np.empty(len(self.parcels), dtype=object)
        self.shapes[:] = [parcel.shape for parcel in self.parcels]
        self.around = around
        self.tree = STRtree(around.shapes)
        self.corners = corners(around.shapes)
        self._columns: dict[str, Floats] = {}
        self._measured: dict[str, NDArray[np.bool_]] = {}

    def values(self, name: str, rows: Rows) -> Floats:
        """Return a value of some rows, NaN where it is not known.

        Args:
            name: One of `MEASURES`.
            rows: Places in `parcels`.
        """
        column = self._columns.setdefault(name, np.full(len(self.parcels), np.nan))
        measured = self._measured.setdefault(name, np.zeros(len(self.parcels), dtype=bool))
        missing = rows[~measured[rows]]
        for start in range(0, len(missing), PARCELS_AT_ONCE):
            some = missing[start : start + PARCELS_AT_ONCE]
            column[some] = _MEASURES[name](self, some)
            measured[some] = True
        found: Floats = column[rows]
        return found

    def of_rights(self, read: Callable[[Sequence[PlanArea]], float | None], rows: Rows) -> Floats:
        """Return what `read` makes of the building rights of some rows; NaN for None."""
        values = (read(self.rights[row]) for row in rows)
        return np.fromiter((np.nan if value is None else value for value in values), np.float64, len(rows))


Measure = Callable[[SiteTable, Rows], Floats]


def _area_m2(table: SiteTable, rows: Rows) -> Floats:
    given = np.array([table.parcels[row].area_m2 or np.nan for row in rows], dtype=np.float64)
    return np.where(np.isnan(given), shapely.area(table.shapes[rows]), given)


def _built_m2(table: SiteTable, rows: Rows) -> Floats:
    shapes = table.shapes[rows]
    mine, theirs = table.tree.query(shapes, predicate="intersects")
    plots, houses = shapes[mine], table.around.shapes[theirs]
    common = np.where(shapely.covers(plots, houses), shapely.area(houses), np.nan)
    across = np.isnan(common)
    common[across] = shapely.area(shapely.intersection(plots[across], houses[across]))
    return np.bincount(mine, common, len(rows)).astype(np.float64)  # of no pair it gives whole numbers


def _allowed_m2(table: SiteTable, rows: Rows) -> Floats:
    """Return the footprint that the plan allows; never more than its building areas."""
    named = table.of_rights(lambda areas: sum_of([area.max_footprint_m2 for area in areas]), rows)
    return np.fmin(named, table.values("drawn_m2", rows))


def _left_m2(table: SiteTable, rows: Rows) -> Floats:
    return np.maximum(0.0, table.values("allowed_footprint_m2", rows) - table.values("built_m2", rows)).round(1)


def _neighbour_m(table: SiteTable, rows: Rows) -> Floats:
    """Return the distance to the nearest building that does not stand on the parcel itself."""
    nearest = np.full(len(rows), np.nan)
    if not len(table.around.shapes):
        return nearest
    (mine, theirs), apart = table.tree.query_nearest(table.shapes[rows], return_distance=True, all_matches=False)
    off = ~_stands_on(table, rows[mine], theirs)
    nearest[mine[off]] = apart[off]
    radius = FIRST_LOOK_M
    while radius <= LAST_LOOK_M and (looking := np.flatnonzero(np.isnan(nearest))).size:
        mine, theirs = table.tree.query(table.shapes[rows[looking]], predicate="dwithin", distance=radius)
        off = ~_stands_on(table, rows[looking[mine]], theirs)
        mine, theirs = looking[mine[off]], theirs[off]
        apart = shapely.distance(table.shapes[rows[mine]], table.around.shapes[theirs])
        np.fmin.at(nearest, mine, apart)
        radius *= 2
    alone = np.flatnonzero(np.isnan(nearest))
    nearest[alone] = [_far_neighbour_m(table, rows[place]) for place in alone]
    return nearest


def _stands_on(table: SiteTable, rows: Rows, buildings: Rows) -> NDArray[np.bool_]:
    """Say of pairs of a parcel and a building whether one stands on the other."""
    found: NDArray[np.bool_] = shapely.covers(
        table.shapes[rows], shapely.point_on_surface(table.around.shapes[buildings])
    )
    return found


def _far_neighbour_m(table: SiteTable, row: np.int64) -> float:
    """Return the same for one parcel with nothing around: a box is never farther than what it holds."""
    plot, (west, south, east, north) = table.shapes[row], shapely.bounds(table.shapes[row])
    boxes = shapely.bounds(table.around.shapes)
    gaps = np.maximum([boxes[:, 0] - east, boxes[:, 1] - north], [west - boxes[:, 2], south - boxes[:, 3]])
    least = np.linalg.norm(np.maximum(gaps, 0.0), axis=0)
    off = least > 0
    met = np.flatnonzero(~off)
    off[met] = ~_stands_on(table, np.full(len(met), row), met)
    if not off.any():
        return np.nan
    first = np.flatnonzero(off)[np.argmin(least[off])]
    near = np.flatnonzero(off & (least <= shapely.distance(plot, table.around.shapes[first])))
    return float(shapely.distance(plot, table.around.shapes[near]).min())


def _mean_around(table: SiteTable, rows: Rows, known: Floats) -> Floats:
    """Return the mean of what is known of the buildings around each parcel."""
    mine, theirs = _close(table, table.shapes[rows])
    told = ~np.isnan(known[theirs])
    mine, theirs = mine[told], theirs[told]
    count = np.bincount(mine, minlength=len(rows))
    return np.where(count > 0, np.bincount(mine, known[theirs], len(rows)) / np.maximum(count, 1), np.nan)


def _close(table: SiteTable, plots: Shapes) -> tuple[Rows, Rows]:
    """Return the pairs of a plot and a building that are at most `ENERGY_RADIUS_M` apart.

    Where a corner of one is no farther than that from a corner of the other, they need not be measured.
    """
    boxes = shapely.bounds(plots) + ENERGY_RADIUS_M * np.array([-1.0, -1.0, 1.0, 1.0])
    mine, theirs = table.tree.query(shapely.box(*boxes.T))
    kept = np.linalg.norm(corners(plots)[mine] - table.corners[theirs], axis=1) <= ENERGY_RADIUS_M
    far = np.flatnonzero(~kept)
    shapely.prepare(plots)
    kept[far] = shapely.dwithin(plots[mine[far]], table.around.shapes[theirs[far]], ENERGY_RADIUS_M)
    return mine[kept], theirs[kept]


_MEASURES: Mapping[str, Measure] = {
    "allowed_footprint_m2": _allowed_m2,
    "area_m2": _area_m2,
    "built_m2": _built_m2,
    "drawn_m2": lambda table, rows: table.of_rights(_united_m2, rows),
    "energy_class_around": lambda table, rows: _mean_around(table, rows, table.around.energy_class),
    "footprint_left_m2": _left_m2,
    "heating_kwh_m2_around": lambda table, rows: _mean_around(table, rows, table.around.heating_kwh_m2),
    "max_height_m": lambda table, rows: table.of_rights(_height_m, rows),
    "max_storeys": lambda table, rows: table.of_rights(_storeys, rows),
    "neighbour_m": _neighbour_m,
}
MEASURES = tuple(_MEASURES)


def sum_of(values: Sequence[float | None]) -> float | None:
    """Return the sum, or None if one of the values is not known."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _largest(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None  # one area without a limit: there is none


def _height_m(areas: Sequence[PlanArea]) -> float | None:
    return _largest([area.max_height_m for area in areas])


def _storeys(areas: Sequence[PlanArea]) -> float | None:
    return _largest([area.max_storeys for area in areas])


def _united_m2(areas: Sequence[PlanArea]) -> float:
    shapes = [area.shape for area in areas]
    return float(shapes[0].area if len(shapes) == 1 else shapely.union_all(shapes).area)


def corners(shapes: Shapes) -> Floats:
    """Return one point of each shape, float64 (n, 2)."""
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    found: Floats = points[np.unique(owners, return_index=True)[1]]
    return found


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else np.nan


def _ordinal(letter: Any) -> float:
    known = isinstance(letter, str) and len(letter) == 1 and letter in ENERGY_CLASSES
    return float(ENERGY_CLASSES.index(letter) + 1) if known else np.nan
