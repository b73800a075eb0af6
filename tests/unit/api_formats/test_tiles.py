"""3D Tiles of blocks: structure, solids, ids, and the way of a vertex to the Earth and back."""

import itertools
import json
import struct

import numpy as np
import pytest
from pyproj import Transformer
from shapely import MultiPolygon, Polygon, box

from api.formats import by_cell, cell_bounds, cell_of, frame_of, tile, tileset
from twin.district import Body

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
BOUNDS = (E, N, E + 1760, N + 1760)


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


def tiles_with(bodies, geoid_m=0.0):
    frame = frame_of(BOUNDS, geoid_m)
    made = tileset(bodies, frame)
    for child in made["root"]["children"]:
        east, north, part = (int(x) for x in child["content"]["uri"].split(".")[0].split("_"))
        yield made, child, tile(bodies, (east, north), part, frame)


def earth(made, child, glb):
    """Return the Earth-centred vertices as a viewer computes them, with the feature of each."""
    document, binary = parse(glb)
    primitive = document["meshes"][0]["primitives"][0]
    y_up = numbers(document, binary, primitive["attributes"]["POSITION"]).astype(np.float64)
    z_up = np.column_stack([y_up[:, 0], -y_up[:, 2], y_up[:, 1], np.ones(len(y_up))])
    root = np.array(made["root"]["transform"]).reshape(4, 4).T
    own = np.array(child.get("transform", MATRIX_OF_NOTHING)).reshape(4, 4).T
    features = numbers(document, binary, primitive["attributes"]["_FEATURE_ID_0"])[:, 0]
    faces = numbers(document, binary, primitive["indices"]).reshape(-1, 3)
    return (root @ own @ z_up.T).T[:, :3], features, faces, document, binary, z_up[:, :3]


@pytest.mark.parametrize("geoid_m", [0.0, 17.5])
def test_every_vertex_comes_back_to_the_map_within_a_centimetre(geoid_m):
    back = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
    to_map = Transformer.from_crs("EPSG:4258", "EPSG:3301", always_xy=True)
    seen = set()
    for made, child, glb in tiles_with(BODIES, geoid_m):
        points, features, _, document, binary, _ = earth(made, child, glb)
        names = strings(document, binary, "building_id")
        longitude, latitude, height = back.transform(*points.T)
        east, north = to_map.transform(longitude, latitude)
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
            levels = {(b.ground_m or 0.0) + geoid_m, (b.ground_m or 0.0) + (b.height_m or 0.0) + geoid_m}
            assert min(abs(place[2] - level) for level in levels) < 0.01
            seen.add(b.building_id)
    assert seen == {b.building_id for b in BODIES}


def test_the_convergence_of_the_map_is_turned_away():
    frame = frame_of((E - 10, N - 10, E + 10, N + 10))
    ((east, north, up),) = frame.local(np.array([[E + 1750.0, N + 1750.0, 0.0]]))
    assert east == pytest.approx(1769.2, abs=0.1)
    assert north == pytest.approx(1730.6, abs=0.1)
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


def test_boxes_hold_their_content_and_their_children():
    for made, child, glb in tiles_with(BODIES):
        *_, local = earth(made, child, glb)
        volume = child["boundingVolume"]["box"]
        centre, half = np.array(volume[:3]), np.array([volume[3], volume[7], volume[11]])
        assert (np.abs(local - centre) <= half + 1e-6).all()
        root = made["root"]["boundingVolume"]["box"]
        outer, size = np.array(root[:3]), np.array([root[3], root[7], root[11]])
        in_root = local + np.array(child["transform"][12:15])
        assert (np.abs(in_root - outer) <= size + 1e-6).all()


def test_each_building_stands_in_one_cell_and_in_the_box_of_it():
    cells = by_cell(BODIES)
    assert sorted(b.building_id for parts in cells.values() for part in parts for b in part) == sorted(
        b.building_id for b in BODIES
    )
    for b in BODIES:
        e0, n0, e1, n1 = cell_bounds(cell_of(b))
        assert e0 <= (b.shape.bounds[0] + b.shape.bounds[2]) / 2 < e1
        assert n0 <= (b.shape.bounds[1] + b.shape.bounds[3]) / 2 < n1


def test_no_building_is_an_empty_tileset_and_no_tile():
    made = tileset([], None)
    assert made["asset"]["version"] == "1.1"
    assert "content" not in made["root"]
    assert tile(BODIES, (0, 0), 0, frame_of(BOUNDS)) is None
    assert tile(BODIES, cell_of(BODIES[0]), 1, frame_of(BOUNDS)) is None
