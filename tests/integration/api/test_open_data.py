"""Linked data, tiles and catalogue over HTTP: what they point at can be fetched."""

import json

import numpy as np
import pytest
from pyld import jsonld
from pyproj import Transformer

from tests.conformance.tiles.rules import check_metadata, check_tileset
from twin.district import Egm96

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


def test_a_version_in_tiles_has_each_element_once_and_stands_where_it_belongs(client):
    made = get(client, VERSION + "/tiles/tileset.json").json()
    check_tileset(made)
    scene = get(client, VERSION + "/scene").json()["elements"]
    wanted = {g for g, c in zip(scene["global_id"], scene["ifc_class"], strict=True) if c != "IfcSpace"}
    names, points = [], []
    for child in made["root"]["children"]:
        glb = get(client, f"{VERSION}/tiles/{child['content']['uri']}").content
        check_metadata(glb)
        length = int.from_bytes(glb[12:16], "little")
        document, binary = json.loads(glb[20 : 20 + length]), glb[28 + length :]
        (table,) = document["extensions"]["EXT_structural_metadata"]["propertyTables"]
        view = document["bufferViews"][table["properties"]["global_id"]["values"]]
        text = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]].decode()
        names += [text[i : i + 22] for i in range(0, len(text), 22)]
        for primitive in document["meshes"][0]["primitives"]:
            accessor = document["accessors"][primitive["attributes"]["POSITION"]]
            corners = np.array([accessor["min"], accessor["max"]])
            z_up = np.column_stack([corners[:, 0], -corners[:, 2], corners[:, 1], np.ones(2)])
            points.append((np.array(child["transform"]).reshape(4, 4).T @ z_up.T).T[:, :3])
    assert (len(names), set(names)) == (len(wanted), wanted)
    to_degrees = Transformer.from_crs("EPSG:4936", "EPSG:4937", always_xy=True)
    longitude, latitude, height = to_degrees.transform(*np.concatenate(points).T)
    east, north = Transformer.from_crs("EPSG:4258", "EPSG:3301", always_xy=True).transform(longitude, latitude)
    summary = get(client, f"{API}/buildings/{HOUSE}").json()
    ring = np.array(summary["footprint"]["coordinates"][0])
    assert (east.min(), north.min()) == pytest.approx(ring.min(axis=0), abs=1.5)  # eaves and steps stand out
    assert (east.max(), north.max()) == pytest.approx(ring.max(axis=0), abs=1.5)
    raised = height - Egm96().heights(longitude, latitude)
    assert summary["ground_m"] - 1.5 < raised.min() < raised.max() < summary["ground_m"] + summary["height_m"] + 1.5
    assert get(client, VERSION + "/tiles/999.glb", 404).json()["reason"] == "tile"


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
