"""Encodings in which the service hands out what it knows."""

from api.formats.bounded import MAX_ANSWER_BYTES, bounded, paged, part_of, with_features
from api.formats.crs84 import area_of, box_json, geometry_json
from api.formats.dcat import DCAT_AP, Publisher, catalogue
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
    items_body,
    items_query,
    landing,
)
from api.formats.openapi30 import to_openapi_30
from api.formats.thematic import thematic_legend, thematic_page
from api.formats.tiles import (
    MAX_GEOID_M,
    Frame,
    earth_centred,
    frame_of,
    root_tileset,
    square_of,
    square_tileset,
    tile,
)

__all__ = [
    "CONFORMANCE",
    "DCAT_AP",
    "GEOJSON",
    "JSON_LD",
    "MAX_ANSWER_BYTES",
    "MAX_GEOID_M",
    "MAX_ITEMS",
    "OPENAPI",
    "PREFIXES",
    "TURTLE",
    "Frame",
    "ItemsQuery",
    "Publisher",
    "Statements",
    "area_of",
    "bounded",
    "box_json",
    "catalogue",
    "check_names",
    "collection_json",
    "collections_json",
    "earth_centred",
    "frame_of",
    "geometry_json",
    "item_json",
    "items_body",
    "items_query",
    "json_ld",
    "landing",
    "paged",
    "part_of",
    "root_tileset",
    "square_of",
    "square_tileset",
    "statements",
    "thematic_legend",
    "thematic_page",
    "tile",
    "to_openapi_30",
    "turtle",
    "with_features",
]
