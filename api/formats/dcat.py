"""A DCAT 3 catalogue of what the service gives out, as JSON-LD; DCAT-AP 3 once its publisher is known.

DCAT-AP wants a publisher of every catalogue. None is made up: without one the catalogue says so in its description
and does not claim the profile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.formats.crs84 import box_json
from twin.collections import COLLECTIONS

DCAT_CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
_OGC = "http://www.opengis.net/spec/ogcapi-features-1/1.0"
_JSON = "https://www.rfc-editor.org/rfc/rfc8259"
_TILES = "https://docs.ogc.org/cs/22-025r4/22-025r4.html"
DCAT_AP = "https://semiceu.github.io/DCAT-AP/releases/3.0.0/"
_EU = "http://publications.europa.eu/resource/authority/"  # vocabularies that DCAT-AP prescribes
_TITLE = "Kaksik"
_DESCRIPTION = "Buildings of a district: models, rooms, parcels and points."
_NO_PUBLISHER = " The operator has not named a publisher, so this is DCAT 3 and not DCAT-AP."

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who answers for the data.

    Attributes:
        name: Name of the publisher; empty while nobody is named.
        url: Home page, which also identifies the publisher.
        email: Where questions go.
        licence: Address of the licence of the data.
    """

    name: str = ""
    url: str | None = None
    email: str | None = None
    licence: str | None = None

    def of_resource(self) -> Json:
        """Return what a catalogue, a dataset or a service says of its publisher."""
        made: Json = {}
        if self.name:
            agent: Json = {"@type": "foaf:Agent", "foaf:name": self.name}
            named = {"@id": self.url, "foaf:homepage": {"@id": self.url, "@type": "foaf:Document"}}
            made["dct:publisher"] = {**agent, **(named if self.url else {})}
        return made

    def of_contact(self) -> Json:
        """Return where questions go, for a dataset or a service."""
        if self.email is None:
            return {}
        card = {"@type": ["vcard:Kind", "vcard:Organization"], "vcard:hasEmail": {"@id": f"mailto:{self.email}"}}
        return {"dcat:contactPoint": {**card, **({"vcard:fn": self.name} if self.name else {})}}

    def of_licence(self) -> Json:
        """Return the licence, for a catalogue or a distribution."""
        return {"dct:license": _typed(self.licence, "dct:LicenseDocument")} if self.licence else {}


def catalogue(
    base: str,
    boxes: Mapping[str, Sequence[float] | None],
    versions: Sequence[Mapping[str, Any]],
    releases: Sequence[Mapping[str, str]] = (),
    publisher: Publisher = Publisher(),
) -> Json:
    """Return the catalogue.

    Args:
        base: URL of the interface, without a slash at the end.
        boxes: Extent of each collection (EPSG:3301).
        versions: ``building_id``, ``stage``, ``version``, ``created`` and ``name`` of what has linked data.
        releases: ``subject`` and ``month`` of what was released about readings.
        publisher: Who answers for the data.
    """
    features = f"{base}/ogc"
    datasets = [_collection(features, name, box) for name, box in boxes.items()]
    datasets.append(_tiles(base, boxes.get("buildings")))
    datasets += [_release(base, item["subject"], item["month"]) for item in releases]
    datasets += [_version(base, version) for version in versions]
    profile = {"dct:conformsTo": _typed(DCAT_AP, "dct:Standard")} if publisher.name else {}
    return {
        "@context": DCAT_CONTEXT,
        "@id": f"{base}/dcat",
        "@type": "dcat:Catalog",
        "dct:title": _english(_TITLE),
        "dct:description": _english(_DESCRIPTION + ("" if publisher.name else _NO_PUBLISHER)),
        "dct:language": _typed(f"{_EU}language/ENG", "dct:LinguisticSystem"),
        **_extent(boxes.get("buildings")),
        **profile,
        **publisher.of_resource(),
        **publisher.of_licence(),
        "dcat:service": [_service(features, boxes, publisher)],
        "dcat:dataset": [_published(dataset, publisher) for dataset in datasets],
    }


def _service(features: str, names: Mapping[str, object], publisher: Publisher) -> Json:
    return {
        "@id": features,
        "@type": "dcat:DataService",
        "dct:title": _english("OGC API Features"),
        "dct:description": _english("Features of every collection, in pages, by box and property"),
        "dcat:endpointURL": {"@id": features},
        "dcat:endpointDescription": {"@id": f"{features}/api"},
        "dct:conformsTo": _typed(_OGC, "dct:Standard"),
        "dcat:servesDataset": [{"@id": f"{features}/collections/{name}"} for name in names],
        **publisher.of_resource(),
        **publisher.of_contact(),
    }


def _published(dataset: Json, publisher: Publisher) -> Json:
    """Return a dataset with its publisher, its contact, and the licence of each distribution."""
    made = {**dataset, **publisher.of_resource(), **publisher.of_contact()}
    made["dcat:distribution"] = [{**one, **publisher.of_licence()} for one in dataset["dcat:distribution"]]
    return made


def _collection(features: str, name: str, box: Sequence[float] | None) -> Json:
    title, description = COLLECTIONS[name]
    url = f"{features}/collections/{name}"
    items = _distribution(f"{url}/items", "application/geo+json", "GeoJSON", _OGC)
    return {**_dataset(url, title, description, name, box), "dcat:distribution": [items]}


def _tiles(base: str, box: Sequence[float] | None) -> Json:
    url = f"{base}/tiles/tileset.json"
    made = _dataset(url, "Buildings in 3D", "Blocks of all buildings as 3D Tiles", "3D Tiles", box)
    return {**made, "dcat:distribution": [_distribution(url, "application/json", "3D Tiles", _TILES)]}


def _release(base: str, subject: str, month: str) -> Json:
    url = f"{base}/open-data/{subject}/{month}"
    made = _dataset(url, f"{subject.capitalize()} in {month}", "Groups of many, with noise; see `rules`", subject)
    return {**made, "dcat:distribution": [_distribution(url, "application/json", "JSON", _JSON)]}


def _version(base: str, version: Mapping[str, Any]) -> Json:
    name = f"{version['building_id']}, {version['stage']} {version['version']}"
    url = f"{base}/buildings/{version['building_id']}/versions/{version['stage']}/{version['version']}"
    made = _dataset(url, f"{version['name']} ({name})", "One version of a model", "building model")
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


def _dataset(url: str, title: str, description: str, keyword: str, box: Sequence[float] | None = None) -> Json:
    theme = {**_typed(f"{_EU}data-theme/REGI", "skos:Concept"), "skos:prefLabel": _english("Regions and cities")}
    return {
        "@id": url,
        "@type": "dcat:Dataset",
        "dct:title": _english(title),
        "dct:description": _english(description),
        "dcat:keyword": _english(keyword),
        "dcat:theme": theme,
        **_extent(box),
    }


def _extent(box: Sequence[float] | None) -> Json:
    if box is None:
        return {}
    west, south, east, north = box_json(box)
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    text = {"@value": f"POLYGON (({ring}))", "@type": "geo:wktLiteral"}
    return {"dct:spatial": {"@type": "dct:Location", "dcat:bbox": text}}


def _distribution(url: str, media: str, title: str, conforms_to: str) -> Json:
    return {
        "@type": "dcat:Distribution",
        "dct:title": _english(title),
        "dct:description": _english(f"As {title}"),
        "dcat:accessURL": {"@id": url},
        "dcat:mediaType": _typed(MEDIA + media, "dct:MediaType"),
        "dct:conformsTo": _typed(conforms_to, "dct:Standard"),
    }


def _typed(url: str, kind: str) -> Json:
    """Return a reference that says what it refers to, which a validator cannot look up."""
    return {"@id": url, "@type": kind}


def _english(text: str) -> Json:
    return {"@value": text, "@language": "en"}
