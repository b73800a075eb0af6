import json
import struct
from dataclasses import replace

import numpy as np
import pytest

from ifc import (
    ElementRecord,
    IfcGeometryError,
    Measure,
    MeshSet,
    Relation,
    RelationKind,
    band_of,
    build_scene,
    plain_glb,
    storey_of,
)
from ifc.geometry.glb import quaternions

COMPONENTS = {5126: "<f4", 5125: "<u4", 5123: "<u2", 5122: "<i2", 5121: "u1"}
SHAPES = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
GLASS = (0.5, 0.7, 0.9, 0.4)


def parse(glb):
    """Return the JSON document and the binary chunk of a GLB, unpacked."""
    glb = plain_glb(glb)
    magic, version, total = struct.unpack_from("<4sII", glb)
    assert (magic, version, total) == (b"glTF", 2, len(glb))
    size, kind = struct.unpack_from("<I4s", glb, 12)
    assert kind == b"JSON"
    assert size % 4 == 0
    binary_size, kind = struct.unpack_from("<I4s", glb, 20 + size)
    assert kind == b"BIN\0"
    assert binary_size % 4 == 0
    assert 28 + size + binary_size == total
    return json.loads(glb[20 : 20 + size]), glb[28 + size :]


def values(document, binary, index):
    """Return the values of an accessor, as a reader of glTF would read them."""
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor["bufferView"]]
    width, dtype = SHAPES[accessor["type"]], np.dtype(COMPONENTS[accessor["componentType"]])
    stride = view.get("byteStride", width * dtype.itemsize)
    assert view["byteOffset"] % 4 == 0
    assert stride % 4 == 0 or "byteStride" not in view
    assert view["byteLength"] >= stride * (accessor["count"] - 1) + width * dtype.itemsize
    start = accessor.get("byteOffset", 0)
    assert start % dtype.itemsize == 0
    assert start + stride * (accessor["count"] - 1) + width * dtype.itemsize <= view["byteLength"]
    return np.ndarray((accessor["count"], width), dtype, binary, view["byteOffset"] + start, (stride, dtype.itemsize))


def rotate(quaternion, points):
    x, y, z, w = quaternion
    axis = np.array([x, y, z])
    return points + 2 * np.cross(axis, np.cross(axis, points) + w * points)


def farthest(points, expected):
    """Return how far corners of triangles are from where they should be; packing may turn and reorder triangles."""
    from scipy.spatial import KDTree

    wanted = expected.reshape(-1, 3, 3)
    turned = np.concatenate([np.roll(wanted, turn, axis=1).reshape(-1, 9) for turn in range(3)])
    apart, found = KDTree(turned).query(points.reshape(-1, 9), p=np.inf)
    assert len(np.unique(found % len(wanted))) == len(wanted) == len(apart)
    return apart.max()


def decode(glb, origin):
    """Return by feature the triangles' corner points (model coordinates), colours and the largest position step."""
    document, binary = parse(glb)
    points, colours, step = {}, {}, 0.0
    back = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    for node in document["nodes"]:
        for primitive in document["meshes"][node["mesh"]]["primitives"]:
            read = {name: values(document, binary, at) for name, at in primitive["attributes"].items()}
            indices = values(document, binary, primitive["indices"]).ravel()
            raw, material = read["POSITION"].astype(float)[indices], document["materials"][primitive["material"]]
            assert document["accessors"][primitive["attributes"]["POSITION"]]["max"] == list(read["POSITION"].max(0))
            instancing = node.get("extensions", {}).get("EXT_mesh_gpu_instancing")
            if instancing:
                rows = {name: values(document, binary, at) for name, at in instancing["attributes"].items()}
                turns = rows.get("ROTATION", np.tile([0.0, 0.0, 0.0, 1.0], (len(rows["TRANSLATION"]), 1)))
                for number, feature in enumerate(rows["_FEATURE_ID_0"].ravel()):
                    placed = (rotate(turns[number], raw) + rows["TRANSLATION"][number]) * node["scale"]
                    points[int(feature)] = placed @ back.T + origin
                    colours[int(feature)] = np.rint(
                        np.array(material["pbrMetallicRoughness"].get("baseColorFactor", [1, 1, 1, 1])) * 255
                    )
            else:
                placed = raw * node["scale"] + node["translation"]
                features, rgba = read["_FEATURE_ID_0"].ravel()[indices], read["COLOR_0"][indices]
                assert (rgba[:, 3] < 255).all() == (material.get("alphaMode") == "BLEND")
                for feature in np.unique(features):
                    points[int(feature)] = placed[features == feature] @ back.T + origin
                    colours[int(feature)] = rgba[features == feature][0]
            step = max(step, *node["scale"])
    return points, colours, step


def storey(global_id, elevation):
    placement = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, elevation, 0, 0, 0, 1)
    return ElementRecord(global_id, "IfcBuildingStorey", global_id, placement=tuple(map(float, placement)))


def element(global_id, ifc_class, parent, kind=RelationKind.CONTAINED_IN, placement=None):
    relations = (Relation(kind, parent),) if parent else ()
    return ElementRecord(global_id, ifc_class, f"Name of {global_id}", placement=placement, relations=relations)


@pytest.fixture
def house(box_mesh, make_model):
    model = make_model(
        storey("upper", 3.0),
        storey("ground", 0.0),
        element("wall", "IfcWall", "ground"),
        element("glass", "IfcWall", "ground"),
        element("opening", "IfcOpeningElement", "wall", RelationKind.VOIDS),
        element("door", "IfcDoor", "opening", RelationKind.FILLS),
        element("room", "IfcSpace", "upper", RelationKind.AGGREGATED_IN),
        element("tree", "IfcGeographicElement", None),
    )
    meshes = (
        box_mesh("door", (101.0, 200.0, 0.0), (102.0, 200.2, 2.0)),
        box_mesh("glass", (100.0, 205.0, 0.0), (104.0, 205.2, 2.5), GLASS),
        box_mesh("room", (100.0, 200.0, 3.0), (104.0, 205.0, 5.5), GLASS),
        box_mesh("tree", (90.0, 190.0, -1.0), (91.0, 191.0, 6.0)),
        box_mesh("wall", (100.0, 200.0, 0.0), (104.0, 200.2, 2.5)),
    )
    return model, MeshSet(meshes)


def test_chunks_are_by_storey_and_band_with_contiguous_rows(house):
    scene = build_scene(*house).to_json()
    assert [row["global_id"] for row in scene["storeys"]] == ["ground", "upper"]
    assert [row["elevation_m"] for row in scene["storeys"]] == [0.0, 3.0]
    assert [(row["storey"], row["band"], row["first_feature"], row["features"]) for row in scene["chunks"]] == [
        ("ground", "structure", 0, 2),
        ("ground", "architecture", 2, 1),
        ("upper", "spaces", 3, 1),
        (None, "site", 4, 1),
    ]
    elements = scene["elements"]
    assert elements["global_id"] == ["glass", "wall", "door", "room", "tree"]
    assert elements["ifc_class"][2:] == ["IfcDoor", "IfcSpace", "IfcGeographicElement"]
    assert elements["bbox"][1] == [100.0, 200.0, 0.0, 104.0, 200.2, 2.5]
    assert {len(column) for column in elements.values()} == {5}
    assert scene["bounds"] == [[90.0, 190.0, -1.0], [104.0, 205.2, 6.0]]
    assert json.loads(json.dumps(scene)) == scene


def test_positions_come_back_within_one_step_and_features_are_right(house):
    model, meshes = house
    scene = build_scene(model, meshes)
    found = meshes.by_id()
    for chunk in scene.chunks:
        points, colours, step = decode(chunk.glb, np.array(scene.origin))
        assert sorted(points) == list(range(chunk.features))
        for feature, corners in points.items():
            mesh = found[scene.elements[chunk.first_feature + feature].global_id]
            assert farthest(corners, mesh.vertices[mesh.faces.ravel()]) <= step / 2 + 1e-6
            assert colours[feature][3] == round(mesh.colour[3] * 255)
        assert step < 0.001


def test_equal_input_gives_equal_bytes_and_the_name_is_the_hash(house):
    model, meshes = house
    one, other = build_scene(model, meshes), build_scene(model, meshes)
    assert [chunk.glb for chunk in one.chunks] == [chunk.glb for chunk in other.chunks]
    moved = replace(meshes.meshes[0], vertices=meshes.meshes[0].vertices + np.array([0.0, 0.5, 0.0]))
    changed = build_scene(model, MeshSet((moved, *meshes.meshes[1:])))
    differ = [a.band for a, b in zip(one.chunks, changed.chunks, strict=True) if a.sha256 != b.sha256]
    assert differ == ["architecture"]


@pytest.fixture(scope="module")
def hull():
    """Return an irregular closed shape: many triangles without symmetry."""
    from scipy.spatial import ConvexHull

    random = np.random.default_rng(3)
    points = random.normal(size=(200, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    faces = ConvexHull(points).simplices.astype(np.uint32)
    return points @ np.diag([1.0, 0.6, 0.4]) + random.normal(scale=0.02, size=points.shape), faces


def placed_body(hull, own, seed, box_mesh, noise_m=0.0):
    """Return the record and the mesh of a body that stands turned somewhere."""
    from scipy.spatial.transform import Rotation

    (local, faces), random, matrix = hull, np.random.default_rng(seed), np.eye(4)
    matrix[:3, :3] = Rotation.random(rng=random).as_matrix()
    matrix[:3, 3] = random.uniform(-20, 20, size=3) + np.array([5000.0, 8000.0, 10.0])
    vertices = (local + random.uniform(-noise_m, noise_m, local.shape)) @ matrix[:3, :3].T + matrix[:3, 3]
    record = element(own, "IfcFurniture", "ground", placement=tuple(matrix.ravel().tolist()))
    return record, replace(box_mesh(own, (0, 0, 0), (1, 1, 1)), vertices=vertices, faces=faces)


def test_equal_shapes_become_instances_in_their_own_places(hull, box_mesh, make_model):
    uses = 6  # a kernel far from its origin returns the same body with other last digits
    records, meshes = zip(*(placed_body(hull, f"chair{n}", n, box_mesh, 1e-4) for n in range(uses)), strict=True)
    lone = box_mesh("single", (5000.0, 8000.0, 0.0), (5001.0, 8001.0, 1.0))
    own = (storey("ground", 0.0), *records, element("single", "IfcFurniture", "ground"))
    scene = build_scene(make_model(*own), MeshSet((*meshes, lone)))
    (chunk,) = scene.chunks
    document, _ = parse(chunk.glb)
    assert sum("extensions" in node for node in document["nodes"]) == 1
    assert "EXT_mesh_gpu_instancing" in document["extensionsRequired"]
    points_by_feature, colours, step = decode(chunk.glb, np.array(scene.origin))
    assert sorted(points_by_feature) == list(range(uses + 1))
    for feature, mesh in enumerate(meshes):
        assert farthest(points_by_feature[feature], mesh.vertices[mesh.faces.ravel()]) <= 1e-3
        assert colours[feature] == pytest.approx(colours[uses], abs=1)
    assert step <= 5e-4
    assert chunk.triangles == len(hull[1]) * uses + 12
    assert len(chunk.glb) < len(hull[1]) * 3 * 16 * 3


def test_shapes_that_differ_by_more_than_what_is_drawn_stay_apart(hull, box_mesh, make_model):
    local, faces = hull
    other = local.copy()
    other[7] += 1e-3
    pairs = [placed_body(one, f"chair{n}", n, box_mesh) for n, one in enumerate(((local, faces), (other, faces)))]
    scene = build_scene(
        make_model(storey("ground", 0.0), *(record for record, _ in pairs)), MeshSet(tuple(m for _, m in pairs))
    )
    assert "EXT_mesh_gpu_instancing" not in parse(scene.chunks[0].glb)[0]["extensionsUsed"]


def test_a_long_storey_is_drawn_to_a_millimetre(box_mesh, make_model):
    meshes = tuple(box_mesh(f"w{n}", (n * 100.0003, 0.0, 0.0), (n * 100.0003 + 50.0, 0.2, 2.5)) for n in range(5))
    records = (element(mesh.global_id, "IfcWall", "ground") for mesh in meshes)
    scene = build_scene(make_model(storey("ground", 0.0), *records), MeshSet(meshes))
    points, _, step = decode(scene.chunks[0].glb, np.array(scene.origin))
    assert step == 1e-3
    for feature, mesh in enumerate(meshes):
        assert farthest(points[feature], mesh.vertices[mesh.faces.ravel()]) <= 0.5e-3 + 1e-9


def test_storey_walk_survives_cycles_and_missing_records():
    records = {
        "a": element("a", "IfcBeam", "b", RelationKind.AGGREGATED_IN),
        "b": element("b", "IfcElementAssembly", "a", RelationKind.AGGREGATED_IN),
        "c": element("c", "IfcBeam", "nowhere"),
    }
    assert storey_of("a", records) is None
    assert storey_of("c", records) is None
    assert storey_of("unknown", records) is None


def test_elevation_falls_back_to_the_attribute(make_model):
    plain = ElementRecord(
        "s", "IfcBuildingStorey", "S", attributes={"Elevation": Measure(2.5, "m", "IfcLengthMeasure")}
    )
    scene = build_scene(make_model(plain), MeshSet(()))
    assert scene.storeys[0].elevation_m == 2.5
    assert scene.chunks == ()
    assert scene.to_json()["bounds"] == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("ifc_class", "band"),
    [
        ("IfcWallStandardCase", "structure"),
        ("IfcDoorStandardCase", "architecture"),
        ("IfcBoiler", "services"),
        ("IfcSpaceHeater", "services"),
        ("IfcElectricalElement", "services"),
        ("IfcSystemFurnitureElement", "furniture"),
        ("IfcSite", "site"),
        ("IfcSpace", "spaces"),
        ("IfcInvented", "architecture"),
    ],
)
def test_bands_follow_the_schema(ifc_class, band):
    assert band_of(ifc_class) == band


def test_quaternions_turn_like_their_matrices():
    from scipy.spatial.transform import Rotation

    matrices = np.concatenate(
        [Rotation.random(50, rng=np.random.default_rng(1)).as_matrix(), [np.eye(3), np.diag([-1.0, -1.0, 1.0])]]
    )
    point = np.array([[1.0, 2.0, 3.0]])
    for matrix, quaternion in zip(matrices, quaternions(matrices), strict=True):
        np.testing.assert_allclose(rotate(quaternion, point), point @ matrix.T, atol=1e-12)
        assert quaternion[3] >= 0.0


def test_packing_saves_bytes_and_unpacks_to_the_same_document(hull, box_mesh, make_model):
    record, mesh = placed_body(hull, "chair", 1, box_mesh)
    wall = box_mesh("wall", (5000.0, 8000.0, 0.0), (5004.0, 8000.2, 2.5))
    records = (storey("ground", 0.0), record, element("wall", "IfcWall", "ground"))
    few, many = build_scene(make_model(*records), MeshSet((mesh, wall))).chunks
    assert b"EXT_meshopt_compression" not in few.glb  # eight corners: to say how they are packed takes more
    plain, packed = plain_glb(many.glb), many.glb
    document = json.loads(packed[20 : 20 + struct.unpack_from("<I", packed, 12)[0]])
    assert "EXT_meshopt_compression" in document["extensionsRequired"]
    views = [view["extensions"]["EXT_meshopt_compression"] for view in document["bufferViews"] if view["buffer"]]
    assert {view["mode"] for view in views} <= {"ATTRIBUTES", "TRIANGLES"}
    assert sum(view["byteLength"] for view in views) < sum(view["count"] * view["byteStride"] for view in views)
    assert document["buffers"][1]["extensions"] == {"EXT_meshopt_compression": {"fallback": True}}
    unpacked = json.loads(plain[20 : 20 + struct.unpack_from("<I", plain, 12)[0]])
    assert unpacked["accessors"] == document["accessors"]
    assert b"EXT_meshopt_compression" not in plain
    assert plain_glb(plain) == plain


@pytest.mark.parametrize("damage", [lambda glb: b"", lambda glb: glb[:100], lambda glb: glb[: len(glb) // 2]])
def test_a_damaged_glb_is_refused(damage, hull, box_mesh, make_model):
    record, mesh = placed_body(hull, "chair", 1, box_mesh)
    (chunk,) = build_scene(make_model(record), MeshSet((mesh,))).chunks
    with pytest.raises(IfcGeometryError):
        plain_glb(damage(chunk.glb))
