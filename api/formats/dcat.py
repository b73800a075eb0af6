"""A DCAT 3 catalogue of what the service gives out, as JSON-LD."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.formats.crs84 import box_json
from twin.collections import COLLECTIONS

DCAT_CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
_OGC = "http://www.opengis.net/spec/ogcapi-features-1/1.0"
_JSON = "https://www.rfc-editor.org/rfc/rfc8259"
_TILES = "https://docs.ogc.org/cs/22-025r4/22-025r4.html"

Json = dict[str, Any]


def catalogue(
    base: str,
    boxes: Mapping[str, Sequence[float] | None],
    versions: Sequence[Mapping[str, Any]],
    releases: Sequence[Mapping[str, str]] = (),
) -> Json:
    """Return the catalogue.

    Args:
        base: URL of the interface, without a slash at the end.
        boxes: Extent of each collection (EPSG:3301).
        versions: ``building_id``, ``stage``, ``version``, ``created`` and ``name`` of what has linked data.
        releases: ``subject`` and ``month`` of what was released about readings.
    """
    features = f"{base}/ogc"
    datasets = [_collection(features, name, box) for name, box in boxes.items()]
    datasets.append(_tiles(base, boxes.get("buildings")))
    datasets += [_release(base, item["subject"], item["month"]) for item in releases]
    datasets += [_version(base, version) for version in versions]
    return {
        "@context": DCAT_CONTEXT,
        "@id": f"{base}/dcat",
        "@type": "dcat:Catalog",
        "dct:title": "Kaksik",
        "dct:description": "Buildings of a district: models, rooms, parcels and points.",
        "dcat:service": [
            {
                "@id": features,
                "@type": "dcat:DataService",
                "dct:title": "OGC API Features",
                "dcat:endpointURL": {"@id": features},
                "dcat:endpointDescription": {"@id": f"{features}/api"},
                "dct:conformsTo": {"@id": _OGC},
                "dcat:servesDataset": [{"@id": f"{features}/collections/{name}"} for name in boxes],
            }
        ],
        "dcat:dataset": datasets,
    }


def _collection(features: str, name: str, box: Sequence[float] | None) -> Json:
    title, description = COLLECTIONS[name]
    url = f"{features}/collections/{name}"
    items = _distribution(f"{url}/items", "application/geo+json", "GeoJSON", _OGC)
    return {**_dataset(url, title, description, box), "dcat:distribution": [items]}


def _tiles(base: str, box: Sequence[float] | None) -> Json:
    url = f"{base}/tiles/tileset.json"
    made = _dataset(url, "Buildings in 3D", "Blocks of all buildings as 3D Tiles", box)
    return {**made, "dcat:distribution": [_distribution(url, "application/json", "3D Tiles", _TILES)]}


def _release(base: str, subject: str, month: str) -> Json:
    url = f"{base}/open-data/{subject}/{month}"
    made = _dataset(url, f"{subject.capitalize()} in {month}", "Groups of many, with noise; see `rules`", None)
    return {**made, "dcat:distribution": [_distribution(url, "application/json", "JSON", _JSON)]}


def _version(base: str, version: Mapping[str, Any]) -> Json:
    name = f"{version['building_id']}, {version['stage']} {version['version']}"
    url = f"{base}/buildings/{version['building_id']}/versions/{version['stage']}/{version['version']}"
    made = _dataset(url, f"{version['name']} ({name})", "One version of a model", None)
    made["dct:identifier"] = f"{version['building_id']}/{version['stage']}/{version['version']}"
    made["dct:issued"] = {"@value": version["created"], "@type": "xsd:dateTime"}
    data = f"{url}/linked-data"
    made["dcat:distribution"] = [
        _distribution(data, "text/turtle", "Turtle", "https://w3id.org/bot"),
        _distribution(data, "application/ld+json", "JSON-LD", "https://w3id.org/bot"),
        _distribution(
            f"{url}/export/cityjson", "application/city+json", "CityJSON", "https://www.cityjson.org/specs/2.0.1/"
        ),
    ]
    return made


def _dataset(url: str, title: str, description: str, box: Sequence[float] | None) -> Json:
    made: Json = {"@id": url, "@type": "dcat:Dataset", "dct:title": title, "dct:description": description}
    if box is not None:
        west, south, east, north = box_json(box)
        ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        text = {"@value": f"POLYGON (({ring}))", "@type": "geo:wktLiteral"}
        made["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": text}
    return made


def _distribution(url: str, media: str, title: str, conforms_to: str) -> Json:
    return {
        "@type": "dcat:Distribution",
        "dct:title": title,
        "dcat:accessURL": {"@id": url},
        "dcat:mediaType": {"@id": MEDIA + media},
        "dct:conformsTo": {"@id": conforms_to},
    }
