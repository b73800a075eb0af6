"""A building that is known by its block only becomes an energy model by usual values of its period.

What is assumed is named in `ASSUMPTIONS`; none of it is verified for Estonia. The answer is that of a stock, never
that of one house.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from twin.energy.assemble import Q50_DIVISOR, Q50_M3_H_M2, dwelling, ground_u
from twin.energy.thermal import DEFAULTS, UNKNOWN_YEAR_ROW, DefaultRow
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Kind, Source, Sourced, Zone
from twin.errors import InvalidInput

SECTORS = 8
STOREY_M = 3.0  # where only a height is known
NET_SHARE = 0.85  # heated net floor of the gross one
ROOM_HEIGHT_M = 2.6
WINDOW_SHARE = 0.18  # of a façade
INNER_M2_PER_M2 = 1.7  # faces of partitions and inner floors per floor area
PROBE_M = 0.5  # beyond a façade: what stands there is a neighbour
LEAST_FOOTPRINT_M2, LEAST_HEIGHT_M = 12.0, 2.0  # below it a shed, which nobody heats
MOST_FOOTPRINT_M2, MOST_HEIGHT_M = 200_000.0, 400.0  # above it the file is wrong
ASSUMPTIONS = (
    "U-values and glass are usual values of the period of construction; of an unknown year those of about 2000.",
    f"Windows take {WINDOW_SHARE:.0%} of every façade that is free; façades of neighbours that touch lose no heat.",
    f"A storey is {STOREY_M:g} m where the file gives none; {NET_SHARE:.0%} of the gross floor is heated.",
    "Every building is used as a dwelling; roofs are flat; leaks are the base value of the method, unverified.",
)


@dataclass(frozen=True, slots=True)
class StockBuilding:
    """A building of a city as a block.

    Attributes:
        building_id: Its id in the city.
        code: Register code, or None.
        district: What it is counted under.
        footprint_m2: Outline on the ground.
        facades_m2: Free façade in eight compass directions, from north clockwise.
        height_m: From the ground to the top.
        storeys: Above ground, or None.
        year: Of construction, or None.
    """

    building_id: str
    code: str | None
    district: str
    footprint_m2: float
    facades_m2: tuple[float, ...]
    height_m: float
    storeys: int | None = None
    year: int | None = None

    def __post_init__(self) -> None:
        fine = (
            LEAST_FOOTPRINT_M2 <= self.footprint_m2 <= MOST_FOOTPRINT_M2
            and LEAST_HEIGHT_M <= self.height_m <= MOST_HEIGHT_M
            and len(self.facades_m2) == SECTORS
            and all(math.isfinite(area) and area >= 0.0 for area in self.facades_m2)
        )
        if not fine:
            raise InvalidInput(
                f"A block of {self.footprint_m2:.0f} m² and {self.height_m:.1f} m is no heated building.",
                reason="energy-block",
                hint="Correct the outline or the height in the file of the city.",
                entity=self.building_id,
            )

    @property
    def floors(self) -> int:
        """Storeys above ground, from the height where none are given."""
        return max(self.storeys or round(self.height_m / STOREY_M), 1)

    @property
    def area_m2(self) -> float:
        """Heated net floor area."""
        return self.footprint_m2 * self.floors * NET_SHARE

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data that `StockBuilding(**data)` takes."""
        return {**asdict(self), "facades_m2": list(self.facades_m2)}


def facades_of(shapes: Sequence[Polygon | MultiPolygon], heights_m: Sequence[float]) -> list[tuple[float, ...]]:
    """Return the free façade of each building in eight directions, m2.

    Half a metre beyond the middle of every edge is looked for another building; where the lower of two blocks stands
    against the higher, only the part above it is free.

    Args:
        shapes: Outlines in EPSG:3301.
        heights_m: Heights above the ground.
    """
    starts, ends, owner = _edges(shapes)
    along = ends - starts
    length = np.hypot(along[:, 0], along[:, 1])
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(length, 1e-9)[:, None]
    probes = (starts + ends) / 2.0 + PROBE_M * outward
    height = np.asarray(heights_m, dtype=np.float64)
    hidden = np.zeros(len(length))
    edge, other = shapely.STRtree(list(shapes)).query(shapely.points(probes), predicate="within")
    foreign = other != owner[edge]
    np.maximum.at(hidden, edge[foreign], height[other[foreign]])
    free = length * np.maximum(height[owner] - hidden, 0.0)
    sector = np.round(np.degrees(np.arctan2(outward[:, 0], outward[:, 1])) % 360.0 / 45.0).astype(int) % SECTORS
    table = np.zeros((len(shapes), SECTORS))
    np.add.at(table, (owner, sector), free)
    return [tuple(float(value) for value in row) for row in table]


def _edges(shapes: Sequence[Polygon | MultiPolygon]) -> tuple[Any, Any, Any]:
    """Return start, end and owner of all outer edges; rings run counter-clockwise, so outside is on the right."""
    starts, ends, owner = [], [], []
    for number, shape in enumerate(shapes):
        for part in shape.geoms if isinstance(shape, MultiPolygon) else (shape,):
            ring = shapely.get_coordinates(shapely.orient_polygons(part, exterior_cw=False).exterior)
            starts.append(ring[:-1])
            ends.append(ring[1:])
            owner.append(np.full(len(ring) - 1, number))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(owner)


def model_of(building: StockBuilding) -> EnergyModel:
    """Return the energy model of a block."""
    row = _row(building.year)
    elements = [*_walls(building, row), *_lids(building, row)]
    outer = sum(element.area_m2.value for element in elements)
    area, volume = building.area_m2, building.area_m2 * ROOM_HEIGHT_M
    elements.append(
        EnergyElement("inner", Kind.INTERNAL, Boundary.ADIABATIC, _table(INNER_M2_PER_M2 * area, "m2"), 0.0, 90.0,
                      _table(1.0, "W/(m2.K)"))
    )  # fmt: skip
    leak = Q50_M3_H_M2 * outer / Q50_DIVISOR / volume
    zone = Zone(_table(area, "m2"), _table(volume, "m3"), _table(leak, "1/h"), dwelling(area, volume))
    return EnergyModel(building.building_id, zone, tuple(elements), (), ASSUMPTIONS)


def _walls(building: StockBuilding, row: DefaultRow) -> list[EnergyElement]:
    made = []
    for sector, area in enumerate(building.facades_m2):
        if area <= 0.0:
            continue
        azimuth = sector * 360.0 / SECTORS
        parts = ((Kind.WALL, 1.0 - WINDOW_SHARE, None), (Kind.WINDOW, WINDOW_SHARE, _table(row.g, "1")))
        made += [
            EnergyElement(f"{kind.value} {sector}", kind, Boundary.OUTSIDE, _table(area * share, "m2"), azimuth, 90.0,
                          _u(row, kind), g=g)
            for kind, share, g in parts
        ]  # fmt: skip
    return made


def _lids(building: StockBuilding, row: DefaultRow) -> list[EnergyElement]:
    area = building.footprint_m2
    perimeter = max(sum(building.facades_m2) / building.height_m, 2.0 * math.sqrt(math.pi * area))
    floor = ground_u(row.u_w_m2k[Kind.FLOOR], area, perimeter)
    on_ground = _table(floor, "W/(m2.K)")
    size = _table(area, "m2")
    return [
        EnergyElement("roof", Kind.ROOF, Boundary.OUTSIDE, size, 0.0, 0.0, _u(row, Kind.ROOF)),
        EnergyElement("floor", Kind.FLOOR, Boundary.GROUND, size, 0.0, 180.0, on_ground),
    ]


def _row(year: int | None) -> DefaultRow:
    return UNKNOWN_YEAR_ROW if year is None else next(row for row in DEFAULTS if year <= row.until)


def _u(row: DefaultRow, kind: Kind) -> Sourced:
    return _table(row.u_w_m2k[kind], "W/(m2.K)", row.doubt)


def _table(value: float, unit: str, doubt: float = 0.2) -> Sourced:
    return Sourced(value, unit, Source.DEFAULT, doubt * value, "usual value of a stock")
