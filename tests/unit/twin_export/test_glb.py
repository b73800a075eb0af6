"""One GLB: the same triangles in the same place as the meshes of the model."""

import json
import struct

import numpy as np
import pytest
import trimesh

from ifc import Limits
from twin.errors import StorageError
from twin.export import Format, merge_scene
from twin.exports import of_file

SIZES = {5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}


def parts(data):
    magic, version, total = struct.unpack_from("<4sII", data)
    assert (magic, version, total) == (b"glTF", 2, len(data))
    length, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    assert length % 4 == 0
    size, name = struct.unpack_from("<I4s", data, 20 + length)
    assert name == b"BIN\0"
    assert 28 + length + size == len(data)
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def check_structure(document, binary):
    """Check what glTF 2.0 asks of indices, ranges and alignment."""
    assert document["buffers"] == [{"byteLength": len(binary)}]
    for view in document["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= len(binary)
    for accessor in document["accessors"]:
        view = document["bufferViews"][accessor["bufferView"]]
        stride = view.get("byteStride", SIZES[accessor["componentType"]] * WIDTHS[accessor["type"]])
        assert accessor.get("byteOffset", 0) + stride * (accessor["count"] - 1) < view["byteLength"]
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            counts = {document["accessors"][i]["count"] for i in primitive["attributes"].values()}
            assert len(counts) == 1
            assert primitive["material"] < len(document["materials"])
            indices = document["accessors"][primitive["indices"]]
            kind = {5123: "<u2", 5125: "<u4"}[indices["componentType"]]
            start = document["bufferViews"][indices["bufferView"]]["byteOffset"] + indices.get("byteOffset", 0)
            assert np.frombuffer(binary, kind, indices["count"], start).max() < counts.pop()
    children = [child for node in document["nodes"] for child in node.get("children", ())]
    assert sorted(children) == list(range(1, len(document["nodes"])))  # a tree below node 0
    assert set(document["extensionsUsed"]) <= {"KHR_mesh_quantization", "EXT_mesh_features"}


def check_geometry(path, source):
    """Load the file with trimesh and compare triangles, area and box with the meshes of the model."""
    scene = trimesh.load(path)
    loaded = scene.to_mesh()
    meshes = list(source.snapshot().meshes)
    assert len(loaded.faces) == sum(len(mesh.faces) for mesh in meshes)
    low = np.min([mesh.bounds()[0] for mesh in meshes], axis=0)
    high = np.max([mesh.bounds()[1] for mesh in meshes], axis=0)
    expected = [[low[0], low[2], -high[1]], [high[0], high[2], -low[1]]]
    assert np.allclose(loaded.bounds, expected, atol=2e-3)
    area = sum(trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).area for mesh in meshes)
    assert loaded.area == pytest.approx(area, rel=2e-3)


def test_the_house_is_one_sound_glb(house, written):
    path = written(house, Format.GLB, "house.glb")
    document, binary = parts(path.read_bytes())
    check_structure(document, binary)
    check_geometry(path, house)
    named = [i for node in document["nodes"] for i in node.get("extras", {}).get("global_ids", ())]
    assert sorted(named) == sorted(house.scene()["elements"]["global_id"])


@pytest.mark.models
def test_instances_become_nodes_of_plain_gltf(models_dir, written):
    source = of_file(models_dir / "duplex_electrical_2x3.ifc", Limits())
    chunks = [source.chunk(entry["sha256"]) for entry in source.scene()["chunks"]]
    assert any(b"EXT_mesh_gpu_instancing" in chunk for chunk in chunks)
    path = written(source, Format.GLB, "plain.glb")
    document, binary = parts(path.read_bytes())
    check_structure(document, binary)
    check_geometry(path, source)


def test_a_scene_without_geometry_is_an_empty_glb():
    empty = {"origin": [0.0, 0.0, 0.0], "chunks": [], "elements": {"global_id": []}}
    data = merge_scene(empty, {}.__getitem__)
    document = json.loads(data[20:])
    assert document["nodes"][0]["name"] == "model"
    assert "children" not in document["nodes"][0]


@pytest.mark.parametrize("data", [b"", b"glTF", b"PK" + bytes(60), b"glTF" + struct.pack("<IIII", 2, 99, 4, 0)])
def test_a_damaged_chunk_is_told(data):
    scene = {"origin": [0.0, 0.0, 0.0], "chunks": [{"sha256": "a"}], "elements": {"global_id": []}}
    with pytest.raises(StorageError) as refused:
        merge_scene(scene, lambda _name: data)
    assert refused.value.reason == "blob-damaged"
