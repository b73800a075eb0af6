"""3D Tiles of blocks: structure, solids, ids, and the way of a vertex to the Earth and back."""

import itertools
import json
import math
import struct

import numpy as np
import pytest
from pyproj import Transformer
from shapely import MultiPolygon, Polygon, box

from api.formats import frame_of, root_tileset, square_of, square_tileset, tile
from twin.city import ShownTile
from twin.district import Body, Egm96, Level, cell_of, open_geoid
from twin.errors import InvalidInput

E, N = 542_000.0, 6_588_000.0
MATRIX_OF_NOTHING = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
YARD = Polygon(
    box(E + 5, N + 5, E + 45, N + 35).exterior.coords, [box(E + 15, N + 15, E + 30, N + 25).exterior.coords]
)


def body(name, shape, ground=12.0, height=9.0):
    return Body(name, shape, ground, height, "context", {})


BODIES = (
    body("120900101", YARD),
    body('õu "1"', box(E + 60, N, E + 70, N + 8), 12.5, 6.0),
    body("two", MultiPolygon([box(E + 80, N, E + 85, N + 8), box(E + 90, N, E + 95, N + 8)])),
    body("flat", box(E + 100, N, E + 110, N + 8), None, None),
    body("far", box(E + 1750, N + 1750, E + 1760, N + 1760)),
)
SEA = Level(0.0)


def parse(glb):
    magic, version, total, length, kind = struct.unpack_from("<4sIII4s", glb)
    assert (magic, version, total, kind) == (b"glTF", 2, len(glb), b"JSON")
    document = json.loads(glb[20 : 20 + length])
    binary = glb[28 + length :]
    assert document["buffers"][0]["byteLength"] == len(binary)
    return document, binary


def numbers(document, binary, index):
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor["bufferView"]]
    kind = {5126: "<f4", 5125: "<u4", 5123: "<u2"}[accessor["componentType"]]
    width = {"VEC3": 3, "SCALAR": 1}[accessor["type"]]
    raw = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    rows = np.frombuffer(raw, kind)
    if "byteStride" in view:
        rows = rows.reshape(accessor["count"], -1)[:, :width]
    return rows.reshape(-1, width)


def shown(bodies):
    """Return the tiles of bodies, as the city gives them, with their content."""
    cells = {}
    for one in bodies:
        cells.setdefault(cell_of(one.shape.bounds), []).append(one)
    for cell, found in cells.items():
        west, south, east, north = zip(*(b.shape.bounds for b in found), strict=True)
        lows = [b.ground_m or 0.0 for b in found]
        highs = [low + (b.height_m or 0.0) for low, b in zip(lows, found, strict=True)]
        box = (min(west), min(south), max(east), max(north))
        yield ShownTile(cell, "0", box, min(lows), max(highs)), found


def tiles_with(bodies, geoid=SEA):
    for one, found in shown(bodies):
        made = square_tileset([one], geoid)
        (child,) = made["root"]["children"]
        assert child["content"]["uri"] == f"{one.cell[0]}_{one.cell[1]}_0.glb"
        yield made, child, tile(found, one.cell, geoid)


def earth(made, child, glb):
    """Return the Earth-centred vertices as a viewer computes them, with the feature of each."""
    document, binary = parse(glb)
    primitive = document["meshes"][0]["primitives"][0]
    y_up = numbers(document, binary, primitive["attributes"]["POSITION"]).astype(np.float64)
    z_up = np.column_stack([y_up[:, 0], -y_up[:, 2], y_up[:, 1], np.ones(len(y_up))])
    root = np.array(made["root"].get("transform", MATRIX_OF_NOTHING)).reshape(4, 4).T
    own = np.array(child["transform"]).reshape(4, 4).T
    features = numbers(document, binary, primitive["attributes"]["_FEATURE_ID_0"])[:, 0]
    faces = numbers(document, binary, primitive["indices"]).reshape(-1, 3)
    return (root @ own @ z_up.T).T[:, :3], features, faces, document, binary, z_up[:, :3]


@pytest.mark.parametrize("geoid", [SEA, Level(17.5), Egm96()])
def test_every_vertex_comes_back_to_the_map_within_a_centimetre(geoid):
    back = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
    to_map = Transformer.from_crs("EPSG:4258", "EPSG:3301", always_xy=True)
    seen = set()
    for made, child, glb in tiles_with(BODIES, geoid):
        points, features, _, document, binary, _ = earth(made, child, glb)
        names = strings(document, binary, "building_id")
        longitude, latitude, height = back.transform(*points.T)
        east, north = to_map.transform(longitude, latitude)
        height = height - geoid.heights(longitude, latitude)
        for place, feature in zip(zip(east, north, height, strict=True), features, strict=True):
            b = next(b for b in BODIES if b.building_id == names[feature])
            corners = np.array(
                [
                    c[:2]
                    for p in getattr(b.shape, "geoms", [b.shape])
                    for r in (p.exterior, *p.interiors)
                    for c in r.coords
                ]
            )
            assert np.hypot(*(corners - place[:2]).T).min() < 0.01
            levels = {b.ground_m or 0.0, (b.ground_m or 0.0) + (b.height_m or 0.0)}
            assert min(abs(place[2] - level) for level in levels) < 0.01
            seen.add(b.building_id)
    assert seen == {b.building_id for b in BODIES}


def test_the_convergence_of_the_map_is_turned_away():
    frame = frame_of((math.floor(E / 500), math.floor(N / 500)))
    middle = (math.floor(E / 500) + 0.5) * 500, (math.floor(N / 500) + 0.5) * 500
    ((east, north, up),) = frame.local(np.array([[middle[0] + 1750.0, middle[1] + 1750.0, 0.0]]), SEA)
    assert east == pytest.approx(1769.2, abs=0.2)
    assert north == pytest.approx(1730.6, abs=0.2)
    assert up == pytest.approx(-0.48, abs=0.01)
    assert np.allclose(frame.axes @ frame.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(frame.axes) == pytest.approx(1.0)


def strings(document, binary, name):
    table = document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]
    entry = table["properties"][name]
    values, offsets = (document["bufferViews"][entry[key]] for key in ("values", "stringOffsets"))
    places = np.frombuffer(binary[offsets["byteOffset"] : offsets["byteOffset"] + offsets["byteLength"]], "<u4")
    start = values["byteOffset"]
    return [binary[start + a : start + b].decode() for a, b in itertools.pairwise(places)]


def test_blocks_are_closed_and_hold_the_volume_of_the_building():
    volumes = {}
    for made, child, glb in tiles_with(BODIES):
        _, features, faces, document, binary, local = earth(made, child, glb)
        for number, name in enumerate(strings(document, binary, "building_id")):
            own = local[faces[features[faces[:, 0]] == number]]
            edges = {}
            for triangle in np.round(own, 3):
                for a, b in ((0, 1), (1, 2), (2, 0)):
                    key = (tuple(triangle[a]), tuple(triangle[b]))
                    edges[key] = edges.get(key, 0) + 1
            assert all(edges.get((b, a)) == n for (a, b), n in edges.items()), name
            about = own - own.reshape(-1, 3).mean(axis=0)
            volumes[name] = float(np.einsum("ij,ij->i", about[:, 0], np.cross(about[:, 1], about[:, 2])).sum() / 6)
    for b in BODIES:
        assert volumes[b.building_id] == pytest.approx(b.shape.area * (b.height_m or 0.0), rel=2e-3, abs=0.01)


def test_every_vertex_has_the_normal_of_its_face():
    for _, _, glb in tiles_with(BODIES):
        document, binary = parse(glb)
        primitive = document["meshes"][0]["primitives"][0]
        points = numbers(document, binary, primitive["attributes"]["POSITION"]).astype(float)
        normals = numbers(document, binary, primitive["attributes"]["NORMAL"])
        faces = numbers(document, binary, primitive["indices"]).reshape(-1, 3)
        a, b, c = (points[faces[:, i]] for i in range(3))
        across = np.cross(b - a, c - a)
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        for corner in range(3):
            assert np.einsum("ij,ij->i", normals[faces[:, corner]], across).min() > 0.9999


def test_the_property_table_says_what_each_block_is():
    (_, _, glb), *_ = tiles_with(BODIES)
    document, binary = parse(glb)
    assert strings(document, binary, "building_id") == [b.building_id for b in BODIES[:4]]
    table = document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]
    view = document["bufferViews"][table["properties"]["height_m"]["values"]]
    heights = np.frombuffer(binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]], "<f4")
    assert heights.tolist() == [9.0, 6.0, 9.0, -9999.0]
    assert all(view["byteOffset"] % 8 == 0 for view in document["bufferViews"])
    ids = document["meshes"][0]["primitives"][0]["extensions"]["EXT_mesh_features"]["featureIds"][0]
    assert ids == {"featureCount": 4, "attribute": 0, "propertyTable": 0}


def test_regions_hold_their_content_and_their_children():
    to_degrees = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
    tiles = list(shown(BODIES))
    root = root_tileset([one for one, _ in tiles], Egm96())
    for made, child, glb in tiles_with(BODIES, Egm96()):
        points, *_ = earth(made, child, glb)
        longitude, latitude, height = to_degrees.transform(*points.T)
        for outer in (child, made["root"], root["root"], *root["root"]["children"]):
            west, south, east, north, low, high = outer["boundingVolume"]["region"]
            assert math.degrees(west) <= longitude.min() < longitude.max() <= math.degrees(east)
            assert math.degrees(south) <= latitude.min() < latitude.max() <= math.degrees(north)
            assert low <= height.min() <= height.max() <= high


def test_the_root_names_squares_and_a_square_its_cells():
    tiles = [one for one, _ in shown(BODIES)]
    root = root_tileset(tiles, SEA, "?geoid_m=0")
    squares = {square_of(one.cell) for one in tiles}
    assert {c["content"]["uri"] for c in root["root"]["children"]} == {f"{e}_{n}.json?geoid_m=0" for e, n in squares}
    assert len(tiles) == 2


def test_the_tileset_says_which_geoid_and_how_sure_it_is():
    extras = root_tileset([one for one, _ in shown(BODIES)], Egm96())["asset"]["extras"]
    assert extras == {"heights": "EH2000", "geoid": Egm96().name, "geoid_doubt_m": 1.0}


@pytest.mark.parametrize(("longitude", "latitude", "height"), [
    (24.745, 59.437, 18.26), (26.72, 58.38, 18.87), (22.485, 58.253, 19.73), (28.19, 59.378, 16.18),
])  # fmt: skip
def test_the_table_of_egm96_is_that_of_its_grid(longitude, latitude, height):
    """The heights were read from `egm96_15.gtx` with PROJ."""
    found = Egm96().heights(np.array([longitude]), np.array([latitude]))
    assert found[0] == pytest.approx(height, abs=0.07)


def test_a_grid_file_is_read(tmp_path):
    file = tmp_path / "grid.gtx"
    rows = np.array([[17.0, 18.0], [19.0, 20.0]], dtype=">f4")  # from south to north
    file.write_bytes(struct.pack(">4d2i", 57.0, 21.0, 3.0, 8.0, 2, 2) + rows.tobytes())
    geoid = open_geoid(file)
    assert geoid.heights(np.array([25.0]), np.array([58.5]))[0] == pytest.approx(18.5, abs=1e-6)
    assert (geoid.name, geoid.doubt_m) == ("grid.gtx", None)
    with pytest.raises(InvalidInput) as caught:
        geoid.heights(np.array([10.0]), np.array([58.5]))
    assert caught.value.reason == "geoid"


@pytest.mark.parametrize("content", [None, b"no grid"])
def test_what_is_no_grid_is_refused(tmp_path, content):
    file = tmp_path / "grid.gtx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        open_geoid(file)
    assert caught.value.reason == "geoid"


def test_no_building_is_an_empty_tileset():
    made = root_tileset([], SEA)
    assert made["asset"]["version"] == "1.1"
    assert "content" not in made["root"]
