"""The catalogue against what DCAT-AP 3.0 wants, clause by clause.

The profile's own shapes are not in any package index, so its obligations stand here: of each class its mandatory
properties, and of properties how often, as what, and of which class (`releases/3.0.0/html/shacl` of SEMICeu/DCAT-AP).
"""

from typing import NamedTuple

import pytest
from pyld import jsonld

from api.formats import DCAT_AP, Publisher, catalogue
from twin.collections import COLLECTIONS

BASE = "http://127.0.0.1/api/v1"
BOX = (542_000.0, 6_588_000.0, 542_500.0, 6_588_400.0)
VERSION = {
    "building_id": "120900101",
    "stage": "as-built",
    "version": 2,
    "name": "House",
    "created": "2025-11-02T03:04:05Z",
}
CITY = Publisher("Town of Näide", "https://naide.example/", "andmed@naide.example", "https://licence.example/4.0/")
NAMES = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#", "vcard": "http://www.w3.org/2006/vcard/ns#",
}  # fmt: skip
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
MANY = 10_000


class Rule(NamedTuple):
    """What the profile says of a property; the clause is the section of DCAT-AP 3.0 on the class."""

    of: str
    path: str
    least: int
    most: int
    value: str  # "literal", "date", "any", or the class of what it names
    clause: str


RULES = (
    Rule("dcat:Catalog", "dct:title", 1, MANY, "literal", "Catalogue: title, mandatory"),
    Rule("dcat:Catalog", "dct:description", 1, MANY, "literal", "Catalogue: description, mandatory"),
    Rule("dcat:Catalog", "dct:publisher", 1, 1, "foaf:Agent", "Catalogue: publisher, mandatory"),
    Rule("dcat:Catalog", "dct:license", 0, 1, "dct:LicenseDocument", "Catalogue: licence, recommended"),
    Rule("dcat:Catalog", "dct:language", 1, MANY, "dct:LinguisticSystem", "Catalogue: language, recommended"),
    Rule("dcat:Catalog", "dcat:dataset", 1, MANY, "dcat:Dataset", "Catalogue: dataset, recommended"),
    Rule("dcat:Catalog", "dcat:service", 1, MANY, "dcat:DataService", "Catalogue: service, recommended"),
    Rule("dcat:Catalog", "dct:spatial", 0, MANY, "dct:Location", "Catalogue: geographical coverage, recommended"),
    Rule("dcat:Dataset", "dct:title", 1, MANY, "literal", "Dataset: title, mandatory"),
    Rule("dcat:Dataset", "dct:description", 1, MANY, "literal", "Dataset: description, mandatory"),
    Rule("dcat:Dataset", "dcat:contactPoint", 1, MANY, "vcard:Kind", "Dataset: contact point, recommended"),
    Rule("dcat:Dataset", "dct:publisher", 1, 1, "foaf:Agent", "Dataset: publisher, recommended"),
    Rule("dcat:Dataset", "dcat:distribution", 1, MANY, "dcat:Distribution", "Dataset: distribution, recommended"),
    Rule("dcat:Dataset", "dcat:keyword", 1, MANY, "literal", "Dataset: keyword, recommended"),
    Rule("dcat:Dataset", "dcat:theme", 1, MANY, "skos:Concept", "Dataset: theme, recommended"),
    Rule("dcat:Dataset", "dct:spatial", 0, MANY, "dct:Location", "Dataset: geographical coverage, recommended"),
    Rule("dcat:Dataset", "dct:issued", 0, 1, "date", "Dataset: release date, optional"),
    Rule("dcat:Dataset", "dct:identifier", 0, MANY, "literal", "Dataset: identifier, optional"),
    Rule("dcat:Distribution", "dcat:accessURL", 1, MANY, "any", "Distribution: access URL, mandatory"),
    Rule("dcat:Distribution", "dct:description", 1, MANY, "literal", "Distribution: description, recommended"),
    Rule("dcat:Distribution", "dct:license", 1, 1, "dct:LicenseDocument", "Distribution: licence, recommended"),
    Rule("dcat:Distribution", "dcat:mediaType", 0, 1, "dct:MediaType", "Distribution: media type, optional"),
    Rule("dcat:Distribution", "dct:conformsTo", 0, MANY, "dct:Standard", "Distribution: linked schemas, optional"),
    Rule("dcat:DataService", "dct:title", 1, MANY, "literal", "Data service: title, mandatory"),
    Rule("dcat:DataService", "dcat:endpointURL", 1, MANY, "any", "Data service: endpoint URL, mandatory"),
    Rule("dcat:DataService", "dcat:endpointDescription", 1, MANY, "any", "Data service: description, recommended"),
    Rule("dcat:DataService", "dcat:servesDataset", 1, MANY, "dcat:Dataset", "Data service: serves, recommended"),
    Rule("foaf:Agent", "foaf:name", 1, MANY, "literal", "Agent: name, mandatory"),
    Rule("skos:Concept", "skos:prefLabel", 1, MANY, "literal", "Concept: preferred label, mandatory"),
    Rule("dct:Location", "dcat:bbox", 0, 1, "literal", "Location: bounding box, recommended"),
)  # fmt: skip


def full(name):
    prefix, _, local = name.partition(":")
    return NAMES[prefix] + local


def broken(document):
    """Return every rule that a catalogue breaks."""
    triples = jsonld.to_rdf(document)["@default"]
    kinds, values = {}, {}
    for one in triples:
        subject, path, value = one["subject"]["value"], one["predicate"]["value"], one["object"]
        if path == TYPE:
            kinds.setdefault(subject, set()).add(value["value"])
        values.setdefault((subject, path), []).append(value)

    def fits(value, wanted):
        if wanted == "any":
            return value["type"] in ("IRI", "blank node")
        if wanted == "date":
            return value.get("datatype", "").rpartition("#")[2] in ("date", "dateTime", "gYear", "gYearMonth")
        if wanted == "literal":
            return value["type"] == "literal"
        return value["type"] != "literal" and full(wanted) in kinds.get(value["value"], ())

    wrong = []
    for rule in RULES:
        subjects = [subject for subject, types in kinds.items() if full(rule.of) in types]
        for subject in subjects:
            found = values.get((subject, full(rule.path)), [])
            if not (rule.least <= len(found) <= rule.most and all(fits(value, rule.value) for value in found)):
                wrong.append((rule.clause, subject))
    return wrong


def made(publisher):
    boxes = dict.fromkeys(COLLECTIONS, BOX)
    return catalogue(BASE, boxes, [VERSION], [{"subject": "consumption", "month": "2025-10"}], publisher)


def test_with_a_publisher_it_is_dcat_ap():
    document = made(CITY)
    assert broken(document) == []
    assert document["dct:conformsTo"]["@id"] == DCAT_AP
    assert {full(rule.of) for rule in RULES} <= {
        one["object"]["value"] for one in jsonld.to_rdf(document)["@default"] if one["predicate"]["value"] == TYPE
    }


def test_without_one_it_makes_none_up_and_says_so():
    document = made(Publisher())
    clauses = {clause for clause, _ in broken(document)}
    assert clauses == {
        "Catalogue: publisher, mandatory", "Dataset: publisher, recommended", "Dataset: contact point, recommended",
        "Distribution: licence, recommended",
    }  # fmt: skip
    assert "dct:conformsTo" not in document
    assert "not named a publisher" in document["dct:description"]["@value"]


@pytest.mark.parametrize(("place", "clause"), [
    (("dct:title",), "Catalogue: title, mandatory"),
    (("dct:publisher", "foaf:name"), "Agent: name, mandatory"),
    (("dcat:dataset", 0, "dct:description"), "Dataset: description, mandatory"),
    (("dcat:dataset", -1, "dcat:distribution", 0, "dcat:accessURL"), "Distribution: access URL, mandatory"),
    (("dcat:service", 0, "dcat:endpointURL"), "Data service: endpoint URL, mandatory"),
])  # fmt: skip
def test_what_is_missing_is_seen(place, clause):
    document = made(Publisher(CITY.name, None, CITY.email, CITY.licence))
    *way, last = place
    inner = document
    for step in way:
        inner = inner[step]
    del inner[last]
    assert clause in {found for found, _ in broken(document)}
