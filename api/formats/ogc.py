"""Documents and parameters of OGC API - Features: Part 1 (Core) and Part 2 (reference systems)."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from api.formats.bounded import bounded, with_features
from api.formats.crs84 import CRS84, EPSG_3301, area_of, area_on_map, box_json, geometry_json
from twin.collections import COLLECTIONS, Item
from twin.district import EASTING_RANGE_M, NORTHING_RANGE_M, Area
from twin.errors import InvalidInput

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SYSTEMS = (CRS84, EPSG_3301)
GEOJSON, JSON = "application/geo+json", "application/json"
MAX_ITEMS = 10_000  # some five megabytes; a larger limit is served as this one
DEFAULT_ITEMS = 100
MAX_OFFSET = 10_000_000  # more buildings than the country has
PLAIN_PARAMETERS = frozenset({"bbox", "bbox-crs", "crs", "datetime", "f", "limit", "offset"})  # all but properties
_MOMENT = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?"
_DATETIME = re.compile(rf"(?:{_MOMENT}|(?:{_MOMENT}|\.\.|)/(?:{_MOMENT}|\.\.|))", re.IGNORECASE)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What a request for items asks for.

    Attributes:
        area: Where the items shall lie (EPSG:3301), or None.
        limit: Most items.
        offset: How many to pass over.
        crs: One of `SYSTEMS`, for the answer.
        where: Properties that the items shall have, as texts by name.
    """

    area: Area | None
    limit: int
    offset: int
    crs: str
    where: Mapping[str, str]


def check_names(given: Sequence[tuple[str, str]], allowed: Sequence[str]) -> dict[str, str]:
    """Return query parameters by name.

    Raises:
        InvalidInput: (query-parameter) one is not known, stands twice, or asks for another encoding than JSON.
    """
    found: dict[str, str] = {}
    for name, value in given:
        if name not in (*allowed, "f"):
            known = ", ".join((*allowed, "f"))
            raise _bad_parameter(name, "There is no such query parameter.", f"Those that there are: {known[:900]}.")
        if name in found:
            raise _bad_parameter(name, "The query parameter stands twice.", "Give it once.")
        found[name] = value
    if found.get("f", "json") != "json":
        raise _bad_parameter("f", "Only JSON is served.", "Leave it out, or write f=json.")
    return found


def items_query(given: Sequence[tuple[str, str]], properties: Collection[str] = ()) -> ItemsQuery:
    """Return what a request for items asks for.

    Args:
        given: Query parameters.
        properties: Names of properties by which items can be chosen; one named like a parameter is none.

    Raises:
        InvalidInput: (query-parameter) a parameter is unknown or invalid.
    """
    names = [name for name in properties if name not in PLAIN_PARAMETERS]
    values = check_names(given, (*sorted(PLAIN_PARAMETERS - {"f"}), *names))
    if "datetime" in values and not _is_time(values["datetime"]):
        hint = "Such as 2026-01-31T12:00:00Z, or 2026-01-01/.. for all since then."
        raise _bad_parameter("datetime", "It is neither an RFC 3339 time nor an interval of two.", hint)
    if "bbox-crs" in values and "bbox" not in values:
        raise _bad_parameter("bbox-crs", "There is no bbox for which it could hold.", "Give bbox, too.")
    limit = _whole(values, "limit", DEFAULT_ITEMS, 1)
    area = None if "bbox" not in values else _area(values["bbox"], _system(values, "bbox-crs"))
    offset = min(_whole(values, "offset", 0, 0), MAX_OFFSET)
    where = {name: values[name] for name in names if name in values}
    return ItemsQuery(area, min(limit, MAX_ITEMS), offset, _system(values, "crs"), where)


def item_crs(given: Sequence[tuple[str, str]]) -> str:
    """Return the reference system in which a request for one item wants it.

    Raises:
        InvalidInput: (query-parameter) a parameter is unknown or invalid.
    """
    return _system(check_names(given, ("crs",)), "crs")


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
        "crs": list(SYSTEMS),
        "storageCrs": EPSG_3301,
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
    features = bounded(_feature(item, query.crs) for item in found)
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


def item_json(base: str, name: str, item: Item, crs: str = CRS84) -> Json:
    """Return one item with its links, in one of `SYSTEMS`."""
    url = f"{base}/collections/{name}"
    links = [
        _link(f"{url}/items/{quote(item.item_id, safe='')}", "self", GEOJSON, "This feature"),
        _link(url, "collection", JSON, name),
    ]
    return {**_feature(item, crs), "links": links}


def _feature(item: Item, crs: str) -> Json:
    return {
        "type": "Feature",
        "id": item.item_id,
        "geometry": geometry_json(item.geometry, crs),
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
        raise _bad_parameter(name, f"It is no whole number of {least} or more.", f"Write {name}={max(least, 10)}.")
    return int(text)


def _is_time(text: str) -> bool:
    """Say whether a text is an RFC 3339 time or an interval of two, of which one may be open."""
    if not _DATETIME.fullmatch(text) or text == "/":
        return False
    try:
        ends = [datetime.fromisoformat(end.upper()) for end in text.split("/") if end not in ("", "..")]
    except ValueError:  # there is no such day or hour
        return False
    start, end = (end.replace(tzinfo=end.tzinfo or UTC) for end in (ends[0], ends[-1])) if ends else (None, None)
    return start is None or end is None or start <= end


def _system(values: Mapping[str, str], name: str) -> str:
    stated = values.get(name, CRS84)
    if stated not in SYSTEMS:
        raise _bad_parameter(
            name, "There is no such reference system here.", f"Those that there are: {', '.join(SYSTEMS)}."
        )
    return stated


def _area(text: str, crs: str) -> Area:
    order = "west,south,east,north" if crs == CRS84 else "south,west,north,east (EPSG:3301 has the northing first)"
    hint = f"Write {order}."
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise _bad_parameter("bbox", "It is not a list of numbers.", hint) from error
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]  # items have no third dimension
    if len(numbers) != 4 or not all(math.isfinite(n) for n in numbers):
        raise _bad_parameter("bbox", "It is neither four nor six finite numbers.", hint)
    if crs == EPSG_3301:
        if EASTING_RANGE_M[0] <= numbers[0] <= EASTING_RANGE_M[1] and numbers[1] >= NORTHING_RANGE_M[0]:
            raise _bad_parameter("bbox", "The easting stands before the northing.", hint)
        if numbers[0] > numbers[2] or numbers[1] > numbers[3]:
            raise _bad_parameter("bbox", "It is no box: its first corner is not the lower one.", hint)
        return area_on_map(numbers)
    west, south, east, north = numbers
    if south > north or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise _bad_parameter("bbox", "It is no box of longitudes and latitudes.", hint)
    return area_of((west, south, east, north))


def _bad_parameter(name: str, message: str, hint: str = "") -> InvalidInput:
    return InvalidInput(message, reason="query-parameter", entity=name[:80], hint=hint)
