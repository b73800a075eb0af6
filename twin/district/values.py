"""What the district knows of land and plans; coordinates are EPSG:3301 `[easting, northing]`, metres."""

from collections.abc import Iterator
from dataclasses import dataclass

from shapely import MultiPolygon, Polygon

CRS = "EPSG:3301"
EASTING_RANGE_M = (
    370_000.0,
    740_000.0,
)  # Estonia on L-EST97; the two ranges do not meet, so they tell the axes apart
NORTHING_RANGE_M = (6_375_000.0, 6_635_000.0)

Area = Polygon | MultiPolygon


def lies_in_estonia(easting_m: float, northing_m: float) -> bool:
    """Return whether a place lies in Estonia's ranges; asked with axes exchanged it tells of that."""
    return (
        EASTING_RANGE_M[0] <= easting_m <= EASTING_RANGE_M[1]
        and NORTHING_RANGE_M[0] <= northing_m <= NORTHING_RANGE_M[1]
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """One cadastral unit.

    Attributes:
        cadastral_number: Such as ``78401:118:0122``.
        address: Address as given.
        area_m2: Registered area in square metres, or None.
        land_use: Intended use as given.
        shape: Polygon in EPSG:3301.
    """

    cadastral_number: str
    address: str
    area_m2: float | None
    land_use: str
    shape: Area


@dataclass(frozen=True, slots=True)
class PlanArea:
    """One building area (hoonestusala) with its building right.

    Attributes:
        plan_id: Identifier of the plan.
        plan_name: Its name.
        cadastral_number: The plot that the building right belongs to, or an empty string.
        max_height_m: Largest height above ground in metres, or None if the plan sets none.
        max_storeys: Largest number of storeys, or None.
        max_footprint_m2: Largest total footprint in square metres, or None.
        max_buildings: Largest number of buildings, or None.
        use_codes: Allowed use codes, each of them a prefix; empty if the plan sets none.
        source: Where the plan was published.
        shape: Polygon in EPSG:3301; may be multipart or have holes.
        max_coverage: Largest share (0 to 1) of the plot that buildings may cover, or None.
    """

    plan_id: str
    plan_name: str
    cadastral_number: str
    max_height_m: float | None
    max_storeys: int | None
    max_footprint_m2: float | None
    max_buildings: int | None
    use_codes: tuple[str, ...]
    source: str
    shape: Area
    max_coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The building areas that are in force in a district.

    Attributes:
        areas: All building areas, in the order of the file.
    """

    areas: tuple[PlanArea, ...]

    def __iter__(self) -> Iterator[PlanArea]:
        """Iterate over the building areas."""
        return iter(self.areas)

    def on_parcel(self, cadastral_number: str) -> tuple[PlanArea, ...]:
        """Return the building areas of one plot."""
        return tuple(area for area in self.areas if area.cadastral_number == cadastral_number)


@dataclass(frozen=True, slots=True)
class MapFootprint:
    """The outline of one building on the map.

    Attributes:
        building_id: The building.
        shape: Polygon in EPSG:3301.
        parts: How many separate pieces the outline has.
    """

    building_id: str
    shape: Area

    @property
    def parts(self) -> int:
        """Return the number of separate pieces."""
        return len(self.shape.geoms) if isinstance(self.shape, MultiPolygon) else 1


@dataclass(frozen=True, slots=True)
class Distance:
    """The shortest line between two footprints.

    Attributes:
        building_id: The other building.
        distance_m: Its length in metres; 0 if they touch or overlap.
        overlap_m2: Common area in square metres.
        line: Its two ends `(easting, northing)`, from the first building to the other.
    """

    building_id: str
    distance_m: float
    overlap_m2: float
    line: tuple[tuple[float, float], tuple[float, float]]
