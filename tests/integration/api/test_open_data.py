"""Linked data, tiles and catalogue over HTTP: what they point at can be fetched."""

import json

import pytest
from pyld import jsonld

HOUSE = "120900101"
API = "/api/v1"
VERSION = f"{API}/buildings/{HOUSE}/versions/as-built/latest"


def get(client, path, status=200, **kwargs):
    answer = client.get(path, **kwargs)
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/ld+json"),
        ("text/turtle", "text/turtle"),
        ("text/turtle;q=0.5, application/ld+json", "application/ld+json"),
        ("application/ld+json;q=0.2, text/*;q=0.9", "text/turtle"),
        ("application/json", "application/ld+json"),
    ],
)
def test_the_accept_header_chooses_the_encoding(client, accept, kind):
    answer = get(client, VERSION + "/linked-data", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "Accept" in answer.headers["vary"]


def test_linked_data_of_a_building_names_its_rooms_and_points(client):
    text = get(client, VERSION + "/linked-data", headers={"Accept": "text/turtle"}).text
    triples = jsonld.JsonLdProcessor.parse_nquads(text)["@default"]
    spaces = {t["subject"]["value"] for t in triples if t["object"]["value"] == "https://w3id.org/bot#Space"}
    rooms = get(client, f"{API}/ogc/collections/spaces/items?limit=1000").json()["features"]
    assert len(spaces) == sum(1 for f in rooms if f["properties"]["building_id"] == HOUSE)
    points = get(client, f"{API}/buildings/{HOUSE}/points").json()
    bound = {t["subject"]["value"] for t in triples if t["predicate"]["value"].endswith("isPointOf")}
    assert len(bound) == len(points)
    element = get(client, sorted(spaces)[0]).json()
    assert element["ifc_class"] == "IfcSpace"


def test_every_tile_of_the_tileset_is_there(client):
    made = get(client, f"{API}/tiles/tileset.json").json()
    assert made["asset"]["version"] == "1.1"
    assert "EGM96" in made["asset"]["extras"]["geoid"]
    names = []
    for square in made["root"]["children"]:
        inner = get(client, f"{API}/tiles/{square['content']['uri']}").json()
        for child in inner["root"]["children"]:
            data = get(client, f"{API}/tiles/{child['content']['uri']}").content
            assert data[:4] == b"glTF"
            length = int.from_bytes(data[12:16], "little")
            document = json.loads(data[20 : 20 + length])
            names.append(document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]["count"])
    placed = [b for b in get(client, f"{API}/district").json()["buildings"] if b["footprint"]]
    assert sum(names) == len(placed)
    assert get(client, f"{API}/tiles/1_1_0.glb", 404).json()["reason"] == "tile"
    assert get(client, f"{API}/tiles/1_1.json", 404).json()["reason"] == "tile"
    raised = get(client, f"{API}/tiles/tileset.json?geoid_m=17.5").json()
    assert raised["root"]["children"][0]["content"]["uri"].endswith(".json?geoid_m=17.5")


def test_the_catalogue_names_what_can_be_fetched(client):
    answer = get(client, f"{API}/dcat")
    assert answer.headers["content-type"] == "application/ld+json"
    document = answer.json()
    assert document["@type"] == "dcat:Catalog"
    assert len(document["dcat:dataset"]) > 6
    for dataset in document["dcat:dataset"][:8]:
        for distribution in dataset["dcat:distribution"]:
            url = distribution["dcat:accessURL"]["@id"]
            media = distribution["dcat:mediaType"]["@id"].partition("media-types/")[2]
            fetched = get(client, url, headers={"Accept": media})
            assert fetched.headers["content-type"].partition(";")[0] in (media, "application/json")
    triples = jsonld.to_rdf(document)["@default"]
    kinds = [t["object"]["value"] for t in triples if t["predicate"]["value"].endswith("#type")]
    assert kinds.count("http://www.w3.org/ns/dcat#Dataset") == len(document["dcat:dataset"])
    assert any(t["object"]["value"].startswith("POLYGON ((24.") for t in triples)
