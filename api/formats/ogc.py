"""Documents and parameters of OGC API - Features, Part 1: Core."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.formats.bounded import bounded, with_features
from api.formats.crs84 import CRS84, box_json, geometry_json
from twin.collections import COLLECTIONS, Item
from twin.errors import InvalidInput

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON, JSON = "application/geo+json", "application/json"
MAX_ITEMS = 10_000  # some five megabytes; a larger limit is served as this one
DEFAULT_ITEMS = 100
MAX_OFFSET = 10_000_000  # more buildings than the country has
_MOMENT = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?"
_DATETIME = re.compile(rf"(?:{_MOMENT}|(?:{_MOMENT}|\.\.|)/(?:{_MOMENT}|\.\.|))", re.IGNORECASE)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What a request for items asks for.

    Attributes:
        bbox: West, south, east, north in degrees, or None.
        limit: Most items.
        offset: How many to pass over.
    """

    bbox: tuple[float, float, float, float] | None
    limit: int
    offset: int


def check_names(given: Sequence[tuple[str, str]], allowed: Sequence[str]) -> dict[str, str]:
    """Return query parameters by name.

    Raises:
        InvalidInput: (query-parameter) one is not known, stands twice, or asks for another encoding than JSON.
    """
    found: dict[str, str] = {}
    for name, value in given:
        if name not in (*allowed, "f"):
            raise _bad_parameter(name, "There is no such query parameter.")
        if name in found:
            raise _bad_parameter(name, "The query parameter stands twice.")
        found[name] = value
    if found.get("f", "json") != "json":
        raise _bad_parameter("f", "Only JSON is served.")
    return found


def items_query(given: Sequence[tuple[str, str]]) -> ItemsQuery:
    """Return what a request for items asks for.

    Raises:
        InvalidInput: (query-parameter) a parameter is unknown or invalid.
    """
    values = check_names(given, ("bbox", "datetime", "limit", "offset"))
    if "datetime" in values and (not _DATETIME.fullmatch(values["datetime"]) or values["datetime"] == "/"):
        raise _bad_parameter("datetime", "It is neither an RFC 3339 time nor an interval of two.")
    limit = _whole(values, "limit", DEFAULT_ITEMS, 1)
    box = None if "bbox" not in values else _box(values["bbox"])
    return ItemsQuery(box, min(limit, MAX_ITEMS), min(_whole(values, "offset", 0, 0), MAX_OFFSET))


def landing(base: str) -> Json:
    """Return the landing page of the service at the URL `base`."""
    return {
        "title": "Kaksik",
        "description": "Buildings, storeys, spaces, parcels and points of a district.",
        "links": [
            _link(base, "self", JSON, "This document"),
            _link(f"{base}/api", "service-desc", OPENAPI, "Description of the interface (OpenAPI 3.0)"),
            _link(f"{base}/conformance", "conformance", JSON, "Conformance classes"),
            _link(f"{base}/collections", "data", JSON, "Collections"),
        ],
    }


def collections_json(base: str, boxes: Mapping[str, Sequence[float] | None]) -> Json:
    """Return the list of collections with their extents (EPSG:3301)."""
    return {
        "links": [_link(f"{base}/collections", "self", JSON, "This document")],
        "collections": [collection_json(base, name, box) for name, box in boxes.items()],
    }


def collection_json(base: str, name: str, box: Sequence[float] | None) -> Json:
    """Return the description of one collection."""
    title, description = COLLECTIONS[name]
    url = f"{base}/collections/{name}"
    made: Json = {
        "id": name,
        "title": title,
        "description": description,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            _link(url, "self", JSON, "This document"),
            _link(f"{url}/items", "items", GEOJSON, title),
        ],
    }
    if box is not None:
        made["extent"] = {"spatial": {"bbox": [box_json(box)], "crs": CRS84}}
    return made


def items_body(
    base: str, name: str, query: ItemsQuery, raw: Mapping[str, str], found: Sequence[Item], total: int, now: str
) -> bytes:
    """Return a page of items as JSON text; a page that would grow too large ends sooner, and says where it goes on.

    Args:
        base: URL of the service.
        name: The collection.
        query: What was asked for.
        raw: Parameters as given; they go into the links to other pages.
        found: The items of the page.
        total: How many there are in all.
        now: RFC 3339 time.
    """
    url = f"{base}/collections/{name}"
    features = bounded(_feature(item) for item in found)
    links = [
        _link(_paged(url, raw, query.offset), "self", GEOJSON, "This page"),
        _link(url, "collection", JSON, name),
    ]
    if query.offset + len(features) < total and features:
        links.append(_link(_paged(url, raw, query.offset + len(features)), "next", GEOJSON, "Next page"))
    if query.offset:
        links.append(_link(_paged(url, raw, max(0, query.offset - query.limit)), "prev", GEOJSON, "Previous page"))
    rest = {"links": links, "timeStamp": now, "numberMatched": total, "numberReturned": len(features)}
    return with_features(features, rest)


def item_json(base: str, name: str, item: Item) -> Json:
    """Return one item with its links."""
    url = f"{base}/collections/{name}"
    links = [
        _link(f"{url}/items/{item.item_id}", "self", GEOJSON, "This feature"),
        _link(url, "collection", JSON, name),
    ]
    return {**_feature(item), "links": links}


def _feature(item: Item) -> Json:
    return {
        "type": "Feature",
        "id": item.item_id,
        "geometry": geometry_json(item.geometry),
        "properties": dict(item.properties),
    }


def _paged(url: str, raw: Mapping[str, str], offset: int) -> str:
    values = {**raw, "offset": str(offset)} if offset else {k: v for k, v in raw.items() if k != "offset"}
    return f"{url}/items" + (f"?{urlencode(values, safe=',:/')}" if values else "")


def _link(href: str, rel: str, kind: str, title: str) -> Json:
    return {"href": href, "rel": rel, "type": kind, "title": title}


def _whole(values: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) < least:
        raise _bad_parameter(name, f"It is no whole number of {least} or more.")
    return int(text)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise _bad_parameter("bbox", "It is not a list of numbers.") from error
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]  # items have no third dimension
    if len(numbers) != 4 or not all(math.isfinite(n) for n in numbers):
        raise _bad_parameter("bbox", "It is neither four nor six finite numbers.")
    west, south, east, north = numbers
    if south > north or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise _bad_parameter("bbox", "It is no box of longitudes and latitudes: west,south,east,north.")
    return west, south, east, north


def _bad_parameter(name: str, message: str) -> InvalidInput:
    return InvalidInput(message, reason="query-parameter", entity=name[:80])
