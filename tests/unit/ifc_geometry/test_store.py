"""The file in which a version keeps its meshes: nothing is lost in it, and damage is told."""

import io

import numpy as np
import pytest

from ifc import IfcGeometryError, Kernel, Mesh, MeshSet


@pytest.fixture
def meshes():
    random = np.random.default_rng(5)
    made = tuple(
        Mesh(
            f"{number:022}",
            random.normal(scale=10.0 ** (number - 4), size=(number * 40, 3)) + 6_589_000.0,
            random.integers(0, number * 40, size=(number * 70, 3), dtype=np.uint32),
            (0.25, 0.5, 0.75, 1.0),
            Kernel.IFCLITE,
            f"key {number}",
        )
        for number in range(1, 9)
    )
    return MeshSet(made, (("gone", "key"),))


def same(one, other):
    assert one.empty == other.empty
    for mesh, twin in zip(one, other, strict=True):
        assert mesh.vertices.tobytes() == twin.vertices.tobytes()
        assert mesh.faces.tobytes() == twin.faces.tobytes()
        assert (mesh.global_id, mesh.colour, mesh.kernel) == (twin.global_id, twin.colour, twin.kernel)
        assert mesh.shape_key == twin.shape_key


def test_every_bit_comes_back_and_equal_sets_are_equal_bytes(meshes):
    data = meshes.to_bytes()
    same(MeshSet.from_bytes(data), meshes)
    assert MeshSet.from_bytes(data).to_bytes() == data
    same(MeshSet.from_bytes(MeshSet(()).to_bytes()), MeshSet(()))


def test_files_of_before_are_still_read(meshes):
    with np.load(io.BytesIO(meshes.to_bytes())) as archive:
        arrays = {name: archive[name] for name in archive.files if not name.startswith("packed")}
    arrays["vertices"] = np.concatenate([mesh.vertices for mesh in meshes])
    arrays["faces"] = np.concatenate([mesh.faces for mesh in meshes])
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    same(MeshSet.from_bytes(buffer.getvalue()), meshes)


@pytest.mark.parametrize("length", [0, 40, 5000, -1, -60])
def test_damage_is_told(meshes, length):
    with pytest.raises(IfcGeometryError):
        MeshSet.from_bytes(meshes.to_bytes()[:length])


def test_a_packed_array_of_the_wrong_length_is_told(meshes):
    with np.load(io.BytesIO(meshes.to_bytes())) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["packed_vertices"] = arrays["packed_vertices"][:-40]
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    with pytest.raises(IfcGeometryError):
        MeshSet.from_bytes(buffer.getvalue())
