"""CityJSON: valid, in its place, and of the size that was built."""

import json

import jsonschema
import numpy as np
import pytest

from ifc import Limits
from twin.export import Format, cityjson
from twin.export.surfaces import is_closed, plane_surfaces
from twin.exports import of_file

TOLERANCE = 0.005  # half a percent


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


def volume_of(solid, points):
    """Return the volume by the divergence theorem over the rings, as any reader of the file would."""
    origin = points[solid["boundaries"][0][0][0][0]]
    return sum(
        (points[ring[0]] - origin) @ ring_vector(points[ring]) / 3
        for shell in solid["boundaries"]
        for surface in shell
        for ring in surface
    )


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
@pytest.mark.parametrize(
    "name", ["duplex_arch_2x3", "fzk_haus_ac20_ifc4", "openhouse_ifc4", "pcert_building_landscaping_4x3"]
)
def test_real_models_are_valid(models_dir, schema, name):
    city = cityjson(of_file(models_dir / f"{name}.ifc", Limits()).snapshot())
    jsonschema.Draft7Validator(schema).validate(json.loads(json.dumps(city, allow_nan=False)))
    highest = max((max(part) for part in _flat(city)), default=-1)
    assert highest == len(city["vertices"]) - 1


def _flat(city):
    for item in city["CityObjects"].values():
        for shape in item.get("geometry", ()):
            shells = shape["boundaries"] if shape["type"] == "Solid" else [shape["boundaries"]]
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


def test_the_building_has_footprint_and_block(city, truth):
    points = points_of(city)
    (building,) = of_type(city, "Building").values()
    flat, block = geometry(building, "0"), geometry(building, "1")
    area = sum(area_of(surface, points) for surface in flat["boundaries"])
    ground = next(slab["gross_m2"] for slab in truth["slabs"] if slab["kind"] == "ground")
    assert area == pytest.approx(ground, rel=TOLERANCE)
    assert volume_of(block, points) == pytest.approx(area * building["attributes"]["height"], rel=TOLERANCE)
    assert len(surfaces_of(block, "RoofSurface")) == len(surfaces_of(block, "GroundSurface")) == 1


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
