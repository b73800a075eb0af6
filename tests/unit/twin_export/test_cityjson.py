"""CityJSON: valid, in its place, and of the size that was built."""

import json
import math
from collections import Counter

import jsonschema
import numpy as np
import pytest

from ifc import Limits, shell
from twin.district import read_city
from twin.export import Format, cityjson
from twin.export.surfaces import is_closed, plane_surfaces
from twin.exports import of_file

TOLERANCE = 0.005  # half a percent
REAL = ("duplex_arch_2x3", "fzk_haus_ac20_ifc4", "openhouse_ifc4", "pcert_building_landscaping_4x3")


@pytest.fixture(scope="module")
def city(house):
    return cityjson(house.snapshot())


@pytest.fixture(scope="session")
def schema(conformance_dir):
    return json.loads((conformance_dir / "cityjson/schemas/20/cityjson.min.schema.json").read_text())


def points_of(city):
    return np.array(city["vertices"]) * city["transform"]["scale"]


def ring_vector(points):
    """Return the area vector of a ring: as long as its area, along its normal."""
    local = points - points[0]
    return np.cross(local, np.roll(local, -1, axis=0)).sum(axis=0) / 2


def area_of(surface, points):
    return np.linalg.norm(sum(ring_vector(points[ring]) for ring in surface))


def shells_of(solid):
    """Return the shells of a solid."""
    assert solid["type"] == "Solid"
    return solid["boundaries"]


def volume_of(solid, points):
    """Return the volume by the divergence theorem over the rings, as any reader of the file would."""
    origin = points[shells_of(solid)[0][0][0][0]]
    return sum(
        (points[ring[0]] - origin) @ ring_vector(points[ring]) / 3
        for shell in shells_of(solid)
        for surface in shell
        for ring in surface
    )


def open_edges(solid):
    """Return the edges that are not met by as many in the other direction, shell by shell."""
    for faces in shells_of(solid):
        rings = [ring for surface in faces for ring in surface]
        edges = Counter(edge for ring in rings for edge in zip(ring, (*ring[1:], ring[0]), strict=True))
        yield from (edge for edge, count in edges.items() if edges[edge[::-1]] != count)


def of_type(city, name):
    return {key: value for key, value in city["CityObjects"].items() if value["type"] == name}


def geometry(city_object, lod):
    return next(item for item in city_object["geometry"] if item["lod"] == lod)


def surfaces_of(solid, kind):
    names = [surface["type"] for surface in solid["semantics"]["surfaces"]]
    values = solid["semantics"]["values"][0]
    return [s for s, value in zip(solid["boundaries"][0], values, strict=True) if names[value] == kind]


@pytest.mark.conformance
def test_the_house_is_valid(city, schema):
    jsonschema.Draft7Validator(schema).validate(json.loads(json.dumps(city, allow_nan=False)))


@pytest.mark.conformance
@pytest.mark.models
@pytest.mark.parametrize("name", REAL)
def test_real_models_are_valid_closed_and_of_the_size_of_their_shells(models_dir, schema, name, tmp_path):
    snapshot = of_file(models_dir / f"{name}.ifc", Limits()).snapshot()
    city = cityjson(snapshot)
    jsonschema.Draft7Validator(schema).validate(json.loads(json.dumps(city, allow_nan=False)))
    assert max(max(ring) for ring in _rings(city)) == len(city["vertices"]) - 1
    points = points_of(city)
    (building,) = of_type(city, "Building").values()
    parts = [building, *of_type(city, "BuildingPart").values()]
    solids = [shape for part in parts for shape in part["geometry"] if shape["lod"] != "0"]
    for lod in {solid["lod"] for solid in solids}:
        own = [solid for solid in solids if solid["lod"] == lod]
        assert not [edge for solid in own for edge in open_edges(solid)]
        wanted = shell(snapshot.records, snapshot.meshes, int(lod)).volume_m3()
        assert sum(volume_of(solid, points) for solid in own) == pytest.approx(wanted, rel=TOLERANCE)
    assert any(solid["lod"] == "2" for solid in solids) or building["attributes"]["lod2Missing"]
    assert_cjio_reads(city, tmp_path)


def cjio_reader(stream):
    """Read CityJSON with cjio, whose import replaces the encoder of `json` in the whole process: it is put back."""
    kept = json.encoder.c_make_encoder
    from cjio.cityjson import reader

    json.encoder.c_make_encoder = kept
    vars(json.encoder).pop("float", None)
    return reader(stream)


def assert_cjio_reads(city, tmp_path):
    """Let cjio read the file, count its objects, and write it again without change of geometry."""
    file = tmp_path / "city.city.json"
    file.write_text(json.dumps(city), encoding="utf-8")
    with file.open(encoding="utf-8") as stream:
        read = cjio_reader(stream)
    assert read.number_city_objects_level1() == sum("parents" not in o for o in city["CityObjects"].values())
    assert read.get_epsg() == (3301 if "referenceSystem" in city["metadata"] else None)
    read.remove_orphan_vertices()
    once = len(read.j["vertices"])
    read.remove_duplicate_vertices()
    assert len(read.j["vertices"]) == once  # no corner stands twice
    assert read.j["CityObjects"].keys() == city["CityObjects"].keys()


def _rings(city):
    for item in city["CityObjects"].values():
        for shape in item.get("geometry", ()):
            shells = [shape["boundaries"]] if shape["type"] == "MultiSurface" else shells_of(shape)
            yield from (ring for shell in shells for surface in shell for ring in surface)


def test_rooms_have_the_volume_and_the_floor_that_were_built(city, truth):
    points, rooms = points_of(city), of_type(city, "BuildingRoom")
    assert {space["global_id"] for space in truth["spaces"]} == set(rooms)
    for space in truth["spaces"]:
        room = rooms[space["global_id"]]
        solid = geometry(room, "2")
        assert solid["type"] == "Solid"
        floors = sum(area_of(surface, points) for surface in surfaces_of(solid, "FloorSurface"))
        assert volume_of(solid, points) == pytest.approx(space["volume_m3"], rel=TOLERANCE)
        assert floors == pytest.approx(space["floor_area_m2"], rel=TOLERANCE)
        assert room["attributes"]["volume"] == pytest.approx(space["volume_m3"], rel=TOLERANCE)


def test_the_building_has_footprint_block_and_roof(city, truth):
    """Level 2 by hand: a box with a gable of 35 degrees over the short side, its ridge at the top of the roof."""
    points = points_of(city)
    (building,) = of_type(city, "Building").values()
    flat, block, gabled = (geometry(building, lod) for lod in "012")
    area = sum(area_of(surface, points) for surface in flat["boundaries"])
    assert area == pytest.approx(truth["footprint_m2"], rel=TOLERANCE)
    depth = truth["footprint_m2"] / max(wall["length_m"] for wall in truth["walls"])
    rise = depth / 2 * math.tan(math.radians(35.0))
    wanted = truth["footprint_m2"] * (truth["height_m"] - rise / 2)
    assert volume_of(gabled, points) == pytest.approx(wanted, rel=TOLERANCE)
    assert volume_of(block, points) == pytest.approx(
        wanted, rel=TOLERANCE
    )  # the median height of a gable is its mean
    assert (len(surfaces_of(block, "RoofSurface")), len(surfaces_of(gabled, "RoofSurface"))) == (1, 2)
    assert not [*open_edges(block), *open_edges(gabled)]


def test_a_sequence_holds_the_same_city(house, city, written, schema, tmp_path):
    lines = written(house, Format.CITYJSONSEQ, "house.city.jsonl").read_text(encoding="utf-8").splitlines()
    head, feature = map(json.loads, lines)
    assert (head["type"], head["CityObjects"], head["vertices"]) == ("CityJSON", {}, [])
    assert feature["type"] == "CityJSONFeature"
    assert feature["id"] in feature["CityObjects"]
    joined = {**head, "CityObjects": feature["CityObjects"], "vertices": feature["vertices"]}
    jsonschema.Draft7Validator(schema).validate(joined)
    (before,), (after,) = (of_type(one, "Building").values() for one in (city, joined))
    for old, new in zip(before["geometry"][1:], after["geometry"][1:], strict=True):
        assert volume_of(new, points_of(joined)) == pytest.approx(volume_of(old, points_of(city)), rel=1e-9)
    read = read_city("\n".join(lines).encode() + b"\n")
    assert [b.building_id for b in read.buildings] == [feature["id"]]
    assert read.findings == ()


def test_what_we_emit_we_read(city):
    """The footprint and the height that an import finds are those of the model."""
    (found,) = read_city(json.dumps(city).encode()).buildings
    (building,) = of_type(city, "Building").values()
    area = sum(area_of(surface, points_of(city)) for surface in geometry(building, "0")["boundaries"])
    assert found.shape.area == pytest.approx(area)
    assert found.height_m == pytest.approx(building["attributes"]["height"], abs=0.002)


def test_cjio_reads_the_house(city, tmp_path):
    assert_cjio_reads(city, tmp_path)


def test_rooms_hang_below_their_storeys(city, truth):
    storeys = of_type(city, "BuildingStorey")
    (building,) = of_type(city, "Building")
    assert all(storey["parents"] == [building] for storey in storeys.values())
    for space in truth["spaces"]:
        assert city["CityObjects"][space["global_id"]]["parents"] == [space["storey"]]
        assert space["global_id"] in storeys[space["storey"]]["children"]


def test_the_city_stands_in_estonia(city, house):
    assert city["metadata"]["referenceSystem"] == "https://www.opengis.net/def/crs/EPSG/0/3301"
    place = house.snapshot().georeference
    east, north, height = city["transform"]["translate"]
    assert abs(east - place.easting_m) < 100
    assert abs(north - place.northing_m) < 100
    assert abs(height - place.height_m) < 5


@pytest.mark.models
def test_a_model_without_a_place_names_no_reference_system(models_dir):
    city = cityjson(of_file(models_dir / "duplex_arch_2x3.ifc", Limits()).snapshot())
    assert "referenceSystem" not in city["metadata"]
    assert len(of_type(city, "BuildingRoom")) == 21


def test_coplanar_triangles_become_one_polygon_with_its_hole():
    outer = [(0, 0), (4, 0), (4, 4), (0, 4)]
    inner = [(1, 1), (3, 1), (3, 3), (1, 3)]
    points = np.array([(x, y, 0.0) for x, y in outer + inner])
    triangles = []
    for here in range(4):
        there = (here + 1) % 4
        triangles += [(here, there, there + 4), (here, there + 4, here + 4)]
    (surface,) = plane_surfaces(points, np.array(triangles))
    assert sorted(map(sorted, surface.rings)) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert sorted(surface.rings[0]) == [0, 1, 2, 3]
    assert surface.normal_z == 1.0
    assert not is_closed(np.array(triangles))


def test_text_of_the_file_is_one_json_object(house, written):
    content = json.loads(written(house, Format.CITYJSON, "house.city.json").read_text(encoding="utf-8"))
    assert (content["type"], content["version"]) == ("CityJSON", "2.0")
