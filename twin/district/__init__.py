"""District: parcels, plans, the place of a building on the map and its neighbours (EPSG:3301, EH2000)."""

from twin.district.footprints import (
    counts_in_footprint,
    footprint,
    footprint_on_map,
    neighbours,
    outline,
    parcel_of,
)
from twin.district.geojson import read_parcels, read_plan_areas
from twin.district.placement import Placement, axes_swapped, epsg_of, in_estonia, place
from twin.district.values import (
    CRS,
    EASTING_RANGE_M,
    NORTHING_RANGE_M,
    Area,
    Distance,
    MapFootprint,
    Parcel,
    Plan,
    PlanArea,
)

__all__ = [
    "CRS",
    "EASTING_RANGE_M",
    "NORTHING_RANGE_M",
    "Area",
    "Distance",
    "MapFootprint",
    "Parcel",
    "Placement",
    "Plan",
    "PlanArea",
    "axes_swapped",
    "counts_in_footprint",
    "epsg_of",
    "footprint",
    "footprint_on_map",
    "in_estonia",
    "neighbours",
    "outline",
    "parcel_of",
    "place",
    "read_parcels",
    "read_plan_areas",
]
