"""Encodings in which the service hands out what it knows."""

from api.formats.crs84 import area_of, box_json, geometry_json
from api.formats.dcat import catalogue
from api.formats.linked_data import JSON_LD, PREFIXES, TURTLE, Statements, json_ld, statements, turtle
from api.formats.ogc import (
    CONFORMANCE,
    GEOJSON,
    MAX_ITEMS,
    OPENAPI,
    ItemsQuery,
    check_names,
    collection_json,
    collections_json,
    item_json,
    items_json,
    items_query,
    landing,
)
from api.formats.openapi30 import to_openapi_30
from api.formats.thematic import thematic_json
from api.formats.tiles import (
    MAX_GEOID_M,
    Cell,
    Frame,
    by_cell,
    cell_bounds,
    cell_of,
    earth_centred,
    frame_of,
    tile,
    tileset,
)

__all__ = [
    "CONFORMANCE",
    "GEOJSON",
    "JSON_LD",
    "MAX_GEOID_M",
    "MAX_ITEMS",
    "OPENAPI",
    "PREFIXES",
    "TURTLE",
    "Cell",
    "Frame",
    "ItemsQuery",
    "Statements",
    "area_of",
    "box_json",
    "by_cell",
    "catalogue",
    "cell_bounds",
    "cell_of",
    "check_names",
    "collection_json",
    "collections_json",
    "earth_centred",
    "frame_of",
    "geometry_json",
    "item_json",
    "items_json",
    "items_query",
    "json_ld",
    "landing",
    "statements",
    "thematic_json",
    "tile",
    "tileset",
    "to_openapi_30",
    "turtle",
]
