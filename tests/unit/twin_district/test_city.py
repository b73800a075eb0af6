"""Import of a city: what is read, what is left out and named, what refuses the file."""

import json

import pytest
from pyproj import Transformer

from twin.district import ContextIndex, MapFootprint, match_building, read_city, write_index
from twin.errors import InvalidInput

E, N = 542_000.0, 6_588_000.0


def rules(city):
    return [finding.rule for finding in city.findings]


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_blocks_give_footprint_heights_and_attributes(street, version):
    city = read_city(street.data(version=version))
    a, b, c = city.buildings
    assert city.findings == ()
    assert a.shape.area == pytest.approx(80.0, abs=1e-6)
    assert a.shape.bounds == pytest.approx((E, N, E + 10, N + 8))
    assert (a.ground_m, a.height_m, c.height_m) == (12.0, 8.5, 20.0)
    assert a.attributes["tyyp"] == "elamu"
    assert (a.register_code, b.register_code) == ("101018690", None)


def test_a_sequence_gives_the_same_as_the_file(street):
    assert read_city(street.sequence()).buildings == read_city(street.data()).buildings


def test_a_document_over_many_lines_is_no_sequence(street):
    assert len(read_city(json.dumps(street.document(), indent=1).encode()).buildings) == 3


def test_parts_belong_to_their_building(street):
    document = street.document()
    part = document["CityObjects"].pop("b") | {"type": "BuildingPart", "parents": ["a"]}
    document["CityObjects"]["b"] = part
    document["CityObjects"]["a"]["children"] = ["b"]
    a = read_city(json.dumps(document).encode()).buildings[0]
    assert a.shape.area == pytest.approx(140.0)
    assert a.height_m == 8.5


def test_ground_surfaces_stand_before_eaves(street, corners):
    eaves = corners(-1, -1, 12, 10, 12.0, 20.5)
    start = len(street.vertices)
    street.vertices += eaves
    thing = street.objects["a"]["geometry"][0]
    thing["boundaries"][0][1] = [[start + i for i in (4, 5, 6, 7)]]
    whole = read_city(street.data()).buildings[0]
    assert whole.shape.area == pytest.approx(120.0)
    thing["semantics"] = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}],
        "values": [[0, 1] + [None] * 4],
    }
    assert read_city(street.data()).buildings[0].shape.area == pytest.approx(80.0)


def test_another_reference_system_is_brought_to_the_map(street):
    document = street.document(crs="https://www.opengis.net/def/crs/EPSG/0/3067")
    there = Transformer.from_crs("EPSG:3301", "EPSG:3067", always_xy=True)
    points = [there.transform(x, y) for x, y, _ in street.vertices]
    low = (min(p[0] for p in points), min(p[1] for p in points))
    document["transform"]["translate"] = [*low, 0.0]
    document["vertices"] = [
        [round((x - low[0]) * 1000), round((y - low[1]) * 1000), round(v[2] * 1000)]
        for (x, y), v in zip(points, street.vertices, strict=True)
    ]
    city = read_city(json.dumps(document).encode())
    assert city.buildings[0].shape.bounds == pytest.approx((E, N, E + 10, N + 8), abs=0.01)
    assert rules(city) == ["context.heights"]


def test_a_missing_reference_system_is_assumed_only_in_estonia(street):
    assert rules(read_city(street.data(crs=None))) == ["context.crs-missing"]
    document = street.document(crs=None)
    document["transform"]["translate"] = [0.0, 0.0, 0.0]
    with pytest.raises(InvalidInput) as caught:
        read_city(json.dumps(document).encode())
    assert caught.value.reason == "crs"


@pytest.mark.parametrize("crs", ["EPSG:999999", "urn:nothing", 7, "https://www.opengis.net/def/crs/EPSG/0/5705"])
def test_an_unknown_reference_system_refuses_the_file(street, crs):
    with pytest.raises(InvalidInput) as caught:
        read_city(street.data(crs=crs))
    assert caught.value.reason == "crs"


def far(document):
    document["vertices"][0] = [10**12, 0, 12_000]


def too_high(document):
    document["vertices"][0][2] = 10**12


def swapped(document):
    translate = document["transform"]["translate"]
    for corner in document["vertices"][:8]:  # so that the first building stands where its northing is the easting
        east, north = (corner[i] * 0.001 + translate[i] for i in (0, 1))
        corner[:2] = [round((north - translate[0]) * 1000), round((east - translate[1]) * 1000)]


def crossing(document):
    document["vertices"][1], document["vertices"][2] = document["vertices"][2], document["vertices"][1]


def no_vertex(document):
    document["CityObjects"]["a"]["geometry"][0]["boundaries"][0][0] = [[0, 1, 999]]


def two_corners(document):
    document["CityObjects"]["a"]["geometry"][0]["boundaries"][0][0] = [[0, 1]]


def no_geometry(document):
    del document["CityObjects"]["a"]["geometry"]


def flat_list(document):
    document["CityObjects"]["a"]["geometry"][0]["boundaries"] = [1, 2, 3]


def text_numbers(document):
    document["CityObjects"]["a"]["geometry"][0]["boundaries"][0][0] = [["x", {}, None]]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (far, "context.range"),
        (too_high, "context.range"),
        (swapped, "context.axes"),
        (crossing, "context.geometry"),
        (no_vertex, "context.geometry"),
        (two_corners, "context.geometry"),
        (no_geometry, "context.geometry"),
        (flat_list, "context.geometry"),
        (text_numbers, "context.geometry"),
    ],
)
def test_a_faulty_building_is_named_and_the_rest_is_read(street, spoil, rule):
    document = street.document()
    spoil(document)
    city = read_city(json.dumps(document).encode())
    assert [b.building_id for b in city.buildings] == ["b", "c"]
    assert [(f.rule, f.entity) for f in city.findings] == [(rule, "a")]
    assert all(f.hint for f in city.findings)
    assert city.skipped == 1


def test_a_register_code_on_two_buildings_is_a_doubt_and_both_are_kept(street):
    document = street.document()
    code = document["CityObjects"]["a"]["attributes"]["ehr_gid"]
    document["CityObjects"]["b"]["attributes"]["ehr_gid"] = code
    city = read_city(json.dumps(document).encode())
    assert [b.building_id for b in city.buildings] == ["a", "b", "c"]
    assert [(f.rule, f.entity, f.severity.value) for f in city.findings] == [("context.code-twice", "b", "warning")]


@pytest.mark.parametrize("said", ["1e999", "9" * 30, r'"half \ud800"'], ids=["infinite", "whole", "half"])
def test_an_attribute_that_cannot_be_said_again_is_left_out_and_named(street, said):
    street.objects["b"]["attributes"] = {"year": "@", "tyyp": "kuur"}
    city = read_city(street.data().replace(b'"@"', said.encode()))
    assert city.buildings[1].attributes == {"tyyp": "kuur"}
    assert [(f.rule, f.entity) for f in city.findings] == [("context.value", "b")]


def test_an_identifier_with_half_a_character_is_named_and_the_rest_is_read(street):
    street.objects["\ud800b"] = street.objects.pop("b")
    city = read_city(street.data())
    assert [b.building_id for b in city.buildings] == ["a", "c"]
    assert [(f.rule, f.entity) for f in city.findings] == [("context.identifier", "?b")]


def test_a_transform_that_is_no_numbers_is_said_to_be_one(street):
    document = street.document() | {"transform": {"scale": "abc", "translate": [0, 0, 0]}}
    with pytest.raises(InvalidInput) as caught:
        read_city(json.dumps(document).encode())
    assert "transform" in caught.value.message


def test_a_repeated_identifier_is_named_and_the_first_kept(street):
    text = street.data().decode().replace('"b": {', '"a": {')
    city = read_city(text.encode())
    assert [b.building_id for b in city.buildings] == ["a", "c"]
    assert city.buildings[0].height_m == 8.5
    assert rules(city) == ["context.duplicate"]
    lines = street.sequence().splitlines()
    twice = read_city(b"\n".join([*lines, lines[1]]))
    assert rules(twice) == ["context.duplicate"]


def test_a_broken_line_of_a_sequence_is_named(street):
    lines = street.sequence().splitlines()
    lines[2] = lines[2][:-20]
    city = read_city(b"\n".join(lines))
    assert [b.building_id for b in city.buildings] == ["a", "c"]
    assert [(f.rule, f.line) for f in city.findings] == [("context.json", 3)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe", "json"),
        (b"{", "json"),
        (b"[]", "json"),
        (b'{"type":"CityJSON","version":"2.0","vertices":[[NaN,1,2]]}', "json"),
        (b"[" * 100_000, "json"),
        (b'{"type":"FeatureCollection"}', "cityjson"),
        (b'{"type":"CityJSON","version":"1.0"}', "version"),
    ],
)
def test_what_is_no_city_is_refused(data, reason):
    with pytest.raises(InvalidInput) as caught:
        read_city(data)
    assert caught.value.reason == reason


def test_a_city_without_a_usable_building_is_refused(street):
    document = street.document()
    document["CityObjects"] = {"a": document["CityObjects"]["a"]}
    no_geometry(document)
    with pytest.raises(InvalidInput) as caught:
        read_city(json.dumps(document).encode())
    assert (caught.value.reason, caught.value.entity) == ("empty", "a")
    document["metadata"]["referenceSystem"] = "urn:ogc:def:crs:EPSG::3300"  # its heights are a doubt that comes first
    with pytest.raises(InvalidInput, match="It has no surfaces") as caught:
        read_city(json.dumps(document).encode())
    assert caught.value.entity == "a"


def test_the_index_answers_by_box_code_and_name(street, tmp_path):
    city = read_city(street.data())
    path = tmp_path / "city.sqlite"
    assert write_index(path, city.buildings) == 3
    index = ContextIndex(path)
    assert index.count() == 3
    assert index.named("b") == city.buildings[1]
    assert index.with_code("101018690") == [city.buildings[0]]
    assert [b.building_id for b in index.within((E + 45, N - 5, E + 70, N + 5))] == ["c"]
    assert [b.building_id for b in index.within(None, limit=1, offset=1)] == ["b"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_index_leaves_the_old_one(street, tmp_path):
    path = tmp_path / "city.sqlite"
    write_index(path, read_city(street.data()).buildings)

    def broken():
        yield read_city(street.data()).buildings[1]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_index(path, broken())
    assert ContextIndex(path).count() == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_match_is_by_code_else_by_overlap(street):
    a, b, _ = read_city(street.data()).buildings
    model = MapFootprint("101018690", a.shape)
    (match,) = match_building(model, [a], [a, b])
    assert (match.context_id, match.by, match.confidence) == ("a", "register-code", 1.0)
    moved = MapFootprint("tmp-1", b.shape.buffer(0).envelope)
    (match,) = match_building(moved, [], [a, b])
    assert (match.context_id, match.by, match.confidence) == ("b", "footprint", 1.0)


def test_two_different_codes_are_two_buildings(street):
    a, b, _ = read_city(street.data()).buildings
    assert match_building(MapFootprint("109999999", a.shape), [], [a, b]) == ()


def test_a_neighbour_that_overlaps_a_little_is_no_match(street):
    _, b, _ = read_city(street.data()).buildings
    from shapely.affinity import translate

    assert match_building(MapFootprint("tmp-1", translate(b.shape, 8, 0)), [], [b]) == ()


def test_a_match_that_may_be_wrong_says_why(street):
    a, b, _ = read_city(street.data()).buildings
    from shapely.affinity import translate

    (near,) = match_building(MapFootprint("101018690", translate(a.shape, 20, 0)), [a], [])
    (far,) = match_building(MapFootprint("101018690", translate(a.shape, 310, 0)), [a], [])
    assert (near.doubt, far.doubt) == ("", "It has the code of the model and stands 300 m away from it.")
    (half,) = match_building(MapFootprint("tmp-1", translate(b.shape, 4, 0)), [], [b])
    assert (half.confidence, half.doubt) == (0.429, "Only 43% of the two outlines together is common to them.")
