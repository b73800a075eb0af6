"""The file between a kernel's child and its parent: what was written completely is there."""

import numpy as np

from ifc.geometry.mesh import Kernel
from ifc.geometry.stream import Product, RawMesh, append, read


def mesh(number):
    points = np.random.default_rng(number).normal(size=(200 * number, 3))
    faces = np.arange(300, dtype=np.uint32).reshape(-1, 3)
    return RawMesh(number, points, faces, None, Kernel.IFCLITE)


def test_arrays_come_back_without_a_copy_and_outlive_the_file(tmp_path):
    path = tmp_path / "stream"
    append(path, [Product(1, "a", "IfcWall"), mesh(1)])
    append(path, [])
    append(path, [mesh(2), mesh(3)])
    product, *meshes = read(path)
    path.unlink()
    assert product == Product(1, "a", "IfcWall")
    for found in meshes:
        np.testing.assert_array_equal(found.vertices, mesh(found.step_id).vertices)
        np.testing.assert_array_equal(found.faces, mesh(found.step_id).faces)
        assert found.vertices.base is not None
        assert not found.vertices.flags.writeable
    assert [found.step_id for found in meshes] == [1, 2, 3]


def test_a_torn_frame_is_left_out_and_what_follows_is_not(tmp_path):
    path = tmp_path / "stream"
    append(path, [mesh(1)])
    kept = path.stat().st_size
    append(path, [mesh(2)])
    data = path.read_bytes()
    for cut in (1, 10, 20, 60, 200, 400, (len(data) - kept) // 2, len(data) - kept - 1):
        torn = tmp_path / f"torn{cut}"
        torn.write_bytes(data[: kept + cut])
        assert [found.step_id for found in read(torn)] == [1], cut
        append(torn, [mesh(3)])
        assert [found.step_id for found in read(torn)] == [1, 3], cut
        np.testing.assert_array_equal(list(read(torn))[1].vertices, mesh(3).vertices)


def test_no_file_and_an_empty_file_hold_nothing(tmp_path):
    assert list(read(tmp_path / "none")) == []
    (tmp_path / "empty").touch()
    assert list(read(tmp_path / "empty")) == []
