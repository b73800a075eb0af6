"""District: land, plans, and buildings on the map with and without models (EPSG:3301, EH2000)."""

from twin.district.city import MAX_CITY_BYTES, read_city
from twin.district.context import (
    CityContext,
    ContextBuilding,
    Match,
    match_building,
    overlap_share,
    with_register,
)
from twin.district.context_index import Bounds, ContextIndex, write_index
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
from twin.district.register import MAX_CSV_BYTES, CodedTable, read_coded_table, read_register
from twin.district.site_search import CRITERIA, Criterion, Score, Site, SiteQuery, search_sites
from twin.district.spatial import (
    HORIZON_RADIUS_M,
    Body,
    Facade,
    bodies_near,
    horizon,
    near,
    shared_wall_m,
)
from twin.district.thematic import Method, Thematic, class_breaks, classify, colours
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
    "CRITERIA",
    "CRS",
    "EASTING_RANGE_M",
    "HORIZON_RADIUS_M",
    "MAX_CITY_BYTES",
    "MAX_CSV_BYTES",
    "NORTHING_RANGE_M",
    "Area",
    "Body",
    "Bounds",
    "CityContext",
    "CodedTable",
    "ContextBuilding",
    "ContextIndex",
    "Criterion",
    "Distance",
    "Facade",
    "MapFootprint",
    "Match",
    "Method",
    "Parcel",
    "Placement",
    "Plan",
    "PlanArea",
    "Score",
    "Site",
    "SiteQuery",
    "Thematic",
    "axes_swapped",
    "bodies_near",
    "class_breaks",
    "classify",
    "colours",
    "counts_in_footprint",
    "epsg_of",
    "footprint",
    "footprint_on_map",
    "horizon",
    "in_estonia",
    "match_building",
    "near",
    "neighbours",
    "outline",
    "overlap_share",
    "parcel_of",
    "place",
    "read_city",
    "read_coded_table",
    "read_parcels",
    "read_plan_areas",
    "read_register",
    "search_sites",
    "shared_wall_m",
    "with_register",
    "write_index",
]
