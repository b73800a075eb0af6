"""The index in pages: areas, tiles and names give what looking at every building gives."""

import random

import pytest
import shapely
from shapely import Polygon, box

from twin.district import TILE_BYTES, ContextBuilding, ContextIndex, cell_of, write_index

E, N = 542_000.0, 6_588_000.0
COUNT = 400


@pytest.fixture(scope="module")
def buildings():
    chance = random.Random(4)
    found = []
    for number in range(COUNT):
        x, y, turn = E + chance.uniform(0, 2_000), N + chance.uniform(0, 1_500), chance.uniform(0, 90)
        shape = shapely.affinity.rotate(box(x, y, x + chance.uniform(5, 60), y + chance.uniform(5, 40)), turn)
        code = f"1{number:08}" if number % 3 else None
        known = {"ehr_gid": code, "kwh": number} if code else {"name": "x"}
        found.append(ContextBuilding(f"b{number}", shape, 10.0 + number % 5, None if number % 7 == 0 else 9.0, known))
    return found


@pytest.fixture(scope="module")
def index(buildings, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "city.sqlite"
    assert write_index(path, buildings) == COUNT
    assert [file.name for file in path.parent.iterdir()] == ["city.sqlite"]
    return ContextIndex(path)


AREAS = [
    box(E, N, E + 2_100, N + 1_600),
    box(E + 500, N + 400, E + 1_500, N + 1_100),
    shapely.affinity.rotate(box(E + 300, N + 300, E + 1_700, N + 1_200), 37),
    Polygon([(E, N), (E + 2_000, N), (E, N + 1_500)]),
    box(E + 700, N + 700, E + 700.001, N + 700.001),
    shapely.MultiPolygon([box(E, N, E + 200, N + 200), box(E + 1_800, N + 1_300, E + 2_000, N + 1_500)]),
]


@pytest.mark.parametrize("area", AREAS)
def test_pages_of_an_area_are_those_of_looking_at_every_building(index, buildings, area):
    leave_out = {"b3", "b5", "b200"}
    wanted = [b.building_id for b in buildings if b.building_id not in leave_out and b.shape.intersects(area)]
    seen, offset = [], 0
    while True:
        page, total = index.touching(area, 7, offset, leave_out)
        assert total == len(wanted)
        if not page:
            break
        seen += [b.building_id for b in page]
        offset += 7
    assert seen == wanted


def test_an_empty_area_touches_nothing(index):
    assert index.touching(Polygon(), 10) == ([], 0)


def test_every_building_is_in_one_tile_whose_box_holds_it(index, buildings):
    by_name = {b.building_id: b for b in buildings}
    seen = []
    for tile in index.tiles():
        own = index.of_tile(tile.cell, tile.part)
        assert len(own) == tile.buildings
        for one in own:
            bounds = by_name[one.building_id].shape.bounds
            assert cell_of(bounds) == tile.cell
            assert tile.bounds[0] <= bounds[0] <= bounds[2] <= tile.bounds[2]
            assert tile.bounds[1] <= bounds[1] <= bounds[3] <= tile.bounds[3]
            assert tile.low_m <= one.ground_m <= one.ground_m + (one.height_m or 0.0) <= tile.high_m
        seen += [one.building_id for one in own]
    assert sorted(seen) == sorted(by_name)


def test_a_tile_of_buildings_that_are_all_left_out_is_not_shown(index):
    tile = index.tiles()[0]
    own = {one.building_id for one in index.of_tile(tile.cell, tile.part)}
    assert tile.tile not in {one.tile for one in index.tiles(own)}
    assert index.of_tile(tile.cell, tile.part, own) == []


def test_a_dense_cell_has_several_parts_of_bounded_size(tmp_path):
    ring = shapely.Point(E + 250, N + 250).buffer(20, quad_segs=2_000)  # 128 kB of corners
    write_index(tmp_path / "i.sqlite", (ContextBuilding(f"r{n}", ring, 0.0, 5.0, {}) for n in range(12)))
    index = ContextIndex(tmp_path / "i.sqlite")
    tiles = index.tiles()
    assert [tile.part for tile in tiles] == list(range(len(tiles)))
    assert len(tiles) > 1
    for tile in tiles:
        assert sum(len(b.shape.wkb) for b in index.of_tile(tile.cell, tile.part)) <= TILE_BYTES


def test_columns_have_the_outlines_and_the_attributes_of_some_names(index, buildings):
    shapes, known = index.columns(("kwh", "no such"), {"b0"})
    assert len(shapes) == len(known) == COUNT - 1
    assert known[3] == (4, None)  # b4: b0 is left out
    assert known[2] == (None, None)
    assert shapes[3].equals(buildings[4].shape)


def test_codes_are_found_together(index):
    assert index.codes(["100000001", "100000002", "199999999"]) == {"100000001", "100000002"}
    assert [b.building_id for b in index.with_codes(["100000002", "100000001"])] == ["b1", "b2"]


def test_buildings_are_told_apart_by_what_is_known_of_them(index, buildings):
    every = {b.building_id for b in buildings}

    def like(**where):
        return every - index.unlike(where, "context")

    assert like(kwh="7.0") == {"b7"}
    assert like(name="x") == {b.building_id for b in buildings if "name" in b.attributes}
    assert like(ground_m="12", source="context") == {b.building_id for b in buildings if b.ground_m == 12.0}
    assert like(building_id="b5") == {"b5"}
    assert like(source="model") == like(kwh="seven") == like(nothing="") == set()
