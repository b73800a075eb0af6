"""OGC API Features as clients need it: links, parameters, paging, CRS84, and a description in OpenAPI 3.0."""

import json

import pytest
from pyproj import Transformer

OGC = "/api/v1/ogc"
HOUSE = "120900101"


def get(client, path="", status=200):
    answer = client.get(OGC + path)
    assert answer.status_code == status, answer.text
    return answer.json()


def follow(client, href):
    assert href.startswith("http://127.0.0.1/")
    answer = client.get(href)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("path", ["", "/"])
def test_the_landing_page_leads_everywhere(client, path):
    links = {link["rel"]: link for link in get(client, path)["links"]}
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for link in links.values():
        answer = follow(client, link["href"])
        assert answer.headers["content-type"].replace(" ", "") == link["type"]


def test_conformance_classes_are_named_here_and_there(client):
    own = get(client, "/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in own
    assert set(own) <= set(client.get("/api/v1/conformance").json()["conformsTo"])


def test_every_collection_has_extent_and_items(client):
    found = get(client, "/collections")["collections"]
    assert [c["id"] for c in found] == ["buildings", "storeys", "spaces", "parcels", "points"]
    for entry in found:
        assert entry == get(client, f"/collections/{entry['id']}")
        assert entry["itemType"] == "feature"
        west, south, east, north = entry["extent"]["spatial"]["bbox"][0]
        assert 24 < west < east < 26
        assert 59 < south < north < 60
        page = get(client, f"/collections/{entry['id']}/items?limit=3")
        assert page["numberMatched"] >= page["numberReturned"] == len(page["features"]) > 0
        for feature in page["features"]:
            single = get(client, f"/collections/{entry['id']}/items/{feature['id']}")
            assert {k: v for k, v in single.items() if k != "links"} == feature


def test_pages_give_every_feature_once(client):
    whole = get(client, "/collections/spaces/items?limit=10000")
    href, ids = f"http://127.0.0.1{OGC}/collections/spaces/items?limit=7", []
    while href:
        page = follow(client, href).json()
        ids += [f["id"] for f in page["features"]]
        assert page["numberMatched"] == whole["numberMatched"]
        href = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert ids == [f["id"] for f in whole["features"]]
    assert len(set(ids)) == len(ids) == whole["numberMatched"]


def test_coordinates_are_longitude_and_latitude_to_a_centimetre(client):
    there = {b["building_id"]: b for b in client.get("/api/v1/district").json()["buildings"]}
    back = Transformer.from_crs("OGC:CRS84", "EPSG:3301", always_xy=True)
    feature = get(client, f"/collections/buildings/items/{HOUSE}")
    ring = feature["geometry"]["coordinates"][0]
    mapped = {tuple(round(v, 2) for v in back.transform(*point)) for point in ring}
    expected = {tuple(round(v, 2) for v in point) for point in there[HOUSE]["footprint"]["coordinates"][0]}
    assert mapped == expected
    assert feature["properties"]["height_m"] == there[HOUSE]["height_m"]


def test_a_box_gives_exactly_what_touches_it(client):
    features = get(client, "/collections/parcels/items?limit=1000")["features"]
    target = features[0]
    xs, ys = zip(*target["geometry"]["coordinates"][0], strict=True)
    x, y = sum(xs[:-1]) / (len(xs) - 1), sum(ys[:-1]) / (len(ys) - 1)
    small = f"{x},{y},{x + 1e-7},{y + 1e-7}"
    page = get(client, f"/collections/parcels/items?bbox={small}")
    assert [f["id"] for f in page["features"]] == [target["id"]]
    point = get(client, f"/collections/parcels/items?bbox={x},{y},{x},{y}")
    assert [f["id"] for f in point["features"]] == [target["id"]]
    high = get(client, f"/collections/parcels/items?bbox={x},{y},-10,{x + 1e-7},{y + 1e-7},100")
    assert high["numberMatched"] == 1


@pytest.mark.parametrize("name", ["buildings", "spaces", "points"])
@pytest.mark.parametrize(
    ("box", "all_of_it"),
    [
        ("-180,-90,180,90", True),
        ("170,-90,30,90", True),
        ("20,57,29,60.5", True),
        ("10,50,11,51", False),
        ("170,50,-170,60", False),
    ],
)
def test_boxes_of_the_world(client, name, box, all_of_it):
    total = get(client, f"/collections/{name}/items")["numberMatched"]
    assert get(client, f"/collections/{name}/items?bbox={box}")["numberMatched"] == (total if all_of_it else 0)


@pytest.mark.parametrize(
    "moment",
    ["2026-01-01T00:00:00Z", "2026-01-01", "../2026-01-01T00:00:00Z", "2020-01-01T00:00:00Z/..", "/2026-01-01"],
)
def test_times_are_accepted_and_match_what_has_none(client, moment):
    assert get(client, f"/collections/buildings/items?datetime={moment}")["numberMatched"] > 0


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1", "limit=0", "limit=-1", "limit=x", "limit=1.5", "offset=-1", "bbox=1,2,3", "bbox=a,b,c,d",
        "bbox=1,2,3,nan", "bbox=0,10,1,5", "bbox=0,0,400,1", "bbox=", "datetime=yesterday", "datetime=", "datetime=/",
        "limit=1&limit=2", "f=html", "LIMIT=1", "limit=%D9%A1", "datetime=2026-02-30", "datetime=2026-13-01/..",
        "datetime=2026-01-02/2026-01-01", "datetime=2026-01-01T25:00:00Z",
    ],
)  # fmt: skip
def test_a_faulty_parameter_is_a_bad_request(client, query):
    answer = client.get(f"{OGC}/collections/buildings/items?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] == "query-parameter"


@pytest.mark.parametrize(
    "path",
    ["", "/conformance", "/api", "/collections", "/collections/buildings", f"/collections/buildings/items/{HOUSE}"],
)
def test_no_document_takes_an_unknown_parameter(client, path):
    assert get(client, path + "?x=1", 400)["reason"] == "query-parameter"
    get(client, path + "?f=json")


def test_a_limit_above_the_largest_is_served_as_the_largest(client):
    assert get(client, "/collections/buildings/items?limit=999999999")["numberReturned"] > 0


@pytest.mark.parametrize(
    "path", ["/collections/x", "/collections/x/items", "/collections/x/items/1", "/collections/spaces/items/x"]
)
def test_what_is_not_there_is_not_found(client, path):
    get(client, path, 404)


def words(value):
    if isinstance(value, dict):
        yield from ((key, item) for key, item in value.items())
        for item in value.values():
            yield from words(item)
    elif isinstance(value, list):
        for item in value:
            yield from words(item)


def test_the_description_is_openapi_3_0_of_these_paths(client):
    document = get(client, "/api")
    assert document["openapi"].startswith("3.0.")
    assert set(document["paths"]) == {
        "/", "/conformance", "/api", "/collections", "/collections/{collection_id}",
        "/collections/{collection_id}/items", "/collections/{collection_id}/items/{feature_id}",
    }  # fmt: skip
    assert document["servers"] == [{"url": f"http://127.0.0.1{OGC}"}]
    items = document["paths"]["/collections/{collection_id}/items"]["get"]["parameters"]
    wanted = {"bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "properties", "f"}
    assert {p["name"] for p in items if p["in"] == "query"} == wanted
    for key, value in words(document):
        assert not (key == "type" and (value == "null" or isinstance(value, list)))
        assert key not in ("const", "prefixItems", "contentMediaType", "$defs")
        assert not (key in ("exclusiveMinimum", "exclusiveMaximum") and not isinstance(value, bool))
    text = json.dumps(document)
    names = document.get("components", {}).get("schemas", {})
    assert all(f'"#/components/schemas/{name}"' in text for name in names)


def test_openapi_3_1_words_become_3_0_words():
    from api.formats import to_openapi_30

    schema = {
        "type": "object",
        "properties": {
            "a": {"anyOf": [{"type": "string"}, {"type": "null"}], "examples": ["x"], "title": "A"},
            "b": {"type": ["integer", "null"], "exclusiveMinimum": 0},
            "c": {"const": 1},
            "d": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]},
            "e": {"type": "string", "contentMediaType": "application/octet-stream"},
            "f": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]},
        },
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/x/y": {"get": {"schema": {"$ref": "#/components/schemas/A"}}}, "/z": {"get": {}}},
        "components": {"schemas": {"A": schema, "B": {"type": "string"}, "C": {"type": "string"}}},
    }
    made = to_openapi_30(document, "/x", "http://h/x")
    assert list(made["paths"]) == ["/y"]
    assert set(made["components"]["schemas"]) == {"A", "B"}
    properties = made["components"]["schemas"]["A"]["properties"]
    assert properties["a"] == {"type": "string", "title": "A", "example": "x", "nullable": True}
    assert properties["b"] == {"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True}
    assert properties["c"] == {"enum": [1]}
    assert properties["d"] == {"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "number"}]}}
    assert properties["e"] == {"type": "string", "format": "binary"}
    assert properties["f"] == {"anyOf": [{"$ref": "#/components/schemas/B"}], "nullable": True}


LEST97 = "http://www.opengis.net/def/crs/EPSG/0/3301"


def test_the_map_system_is_given_northing_first_and_named(client):
    """EPSG:3301 is defined with the northing first, and Part 2 keeps to the definition."""
    entry = get(client, "/collections/parcels")
    assert (LEST97 in entry["crs"], entry["storageCrs"]) == (True, LEST97)
    answer = client.get(f"{OGC}/collections/parcels/items", params={"crs": LEST97, "limit": 1})
    assert answer.headers["content-crs"] == f"<{LEST97}>"
    (feature,) = answer.json()["features"]
    own = client.get("/api/v1/district").json()["parcels"]["features"]
    (parcel,) = [p for p in own if p["properties"]["cadastral_number"] == feature["id"]]
    corners = {(round(n, 3), round(e, 3)) for e, n in parcel["geometry"]["coordinates"][0]}
    assert {tuple(corner) for corner in feature["geometry"]["coordinates"][0]} == corners
    single = client.get(f"{OGC}/collections/parcels/items/{feature['id']}", params={"crs": LEST97})
    assert single.headers["content-crs"] == f"<{LEST97}>"
    assert single.json()["geometry"] == feature["geometry"]
    assert client.get(f"{OGC}/collections/parcels/items").headers["content-crs"].endswith("CRS84>")


def test_a_box_in_the_map_system_chooses_the_same(client):
    (house,) = [b for b in client.get("/api/v1/district").json()["buildings"] if b["building_id"] == HOUSE]
    east, north = zip(*house["footprint"]["coordinates"][0], strict=True)
    box = f"{min(north)},{min(east)},{max(north)},{max(east)}"
    asked = {"bbox": box, "bbox-crs": LEST97}
    found = client.get(f"{OGC}/collections/buildings/items", params=asked).json()
    assert [f["id"] for f in found["features"]] == [HOUSE]
    next_to_nothing = client.get(
        f"{OGC}/collections/buildings/items", params={**asked, "bbox": "6.6e6,4e5,6.6e6,4e5"}
    )
    assert next_to_nothing.json()["numberMatched"] == 0
    swapped = f"{min(east)},{min(north)},{max(east)},{max(north)}"
    refused = client.get(f"{OGC}/collections/buildings/items", params={**asked, "bbox": swapped})
    assert (refused.status_code, refused.json()["entity"]) == (400, "bbox")
    assert "northing first" in refused.json()["hint"]


@pytest.mark.parametrize(("collection", "where", "wanted"), [
    ("buildings", {"building_id": HOUSE}, lambda p: p["building_id"] == HOUSE),
    ("buildings", {"source": "model", "stage": "as-designed"}, lambda p: p["stage"] == "as-designed"),
    ("spaces", {"building_id": HOUSE}, lambda p: p["building_id"] == HOUSE),
    ("parcels", {"land_use": "elamumaa"}, lambda p: p["land_use"] == "elamumaa"),
    ("points", {"kind": "meter", "interval_s": "60"}, lambda p: p["kind"] == "meter" and p["interval_s"] == 60),
])  # fmt: skip
def test_features_are_chosen_by_any_of_their_properties(client, collection, where, wanted):
    whole = get(client, f"/collections/{collection}/items?limit=10000")["features"]
    answer = client.get(f"{OGC}/collections/{collection}/items", params={**where, "limit": 2})
    page = answer.json()
    assert page["numberMatched"] == sum(1 for feature in whole if wanted(feature["properties"]))
    assert all(wanted(feature["properties"]) for feature in page["features"])
    following = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert all(f"{name}={value}" in href for href in following for name, value in where.items())


def test_what_cannot_be_asked_says_what_can(client):
    answer = client.get(f"{OGC}/collections/parcels/items", params={"landuse": "x"}).json()
    assert (answer["reason"], answer["entity"]) == ("query-parameter", "landuse")
    assert "land_use" in answer["hint"]
    for name, value in {
        "crs": "EPSG:3301",
        "bbox-crs": LEST97,
        "bbox": "1,2,3",
        "limit": "0",
        "datetime": "x",
    }.items():
        refused = client.get(f"{OGC}/collections/parcels/items", params={name: value})
        assert (refused.status_code, refused.json()["entity"]) == (400, name)
        assert refused.json()["hint"]
