"""Placement on the map, outlines, parcels and distances."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from ifc import ElementRecord, Georeference, Kernel, Mesh, MeshSet, Severity
from twin.district import (
    MapFootprint,
    Parcel,
    epsg_of,
    footprint,
    footprint_on_map,
    neighbours,
    outline,
    parcel_of,
    place,
)
from twin.errors import InvalidInput
from twin.snapshot import Snapshot, Stage

HERE = Georeference("IfcMapConversion", "EPSG:3301", "EH2000", 540_000.0, 6_580_000.0, 30.0, 90.0)


def block(gid: str, low: tuple[float, float, float], high: tuple[float, float, float]) -> Mesh:
    (x, y, z), (u, v, w) = low, high
    corners = [(x, y, z), (u, y, z), (u, v, z), (x, v, z), (x, y, w), (u, y, w), (u, v, w), (x, v, w)]
    faces = [
        [0, 2, 1],
        [0, 3, 2],
        [4, 5, 6],
        [4, 6, 7],
        [0, 1, 5],
        [0, 5, 4],
        [1, 2, 6],
        [1, 6, 5],
        [2, 3, 7],
        [2, 7, 6],
        [3, 0, 4],
        [3, 4, 7],
    ]
    return Mesh(gid, np.array(corners, dtype=float), np.array(faces, dtype=np.uint32), (1, 1, 1, 1), Kernel.IFCLITE)


def snapshot(*parts: tuple[Mesh, str, str], georeference: Georeference | None = HERE) -> Snapshot:
    records = {
        m.global_id: ElementRecord(m.global_id, kind, predefined_type=predefined) for m, kind, predefined in parts
    }
    meshes = MeshSet(tuple(mesh for mesh, _, _ in parts))
    return Snapshot("120679233", Stage.AS_DESIGNED, 1, "0" * 64, records, meshes, georeference)


def test_a_quarter_turn() -> None:
    mapped = place(HERE).to_map([[10.0, 0.0, 2.0]])
    assert mapped[0] == pytest.approx([540_000.0, 6_580_010.0, 32.0], abs=1e-6)


def test_there_and_back() -> None:
    placement = place(replace(HERE, rotation_deg=33.3, scale=0.9996))
    points = np.random.default_rng(1).uniform(-500, 500, (100, 3))
    assert placement.to_model(placement.to_map(points)) == pytest.approx(points, abs=1e-6)
    assert placement.to_model(placement.to_map(points[:, :2])) == pytest.approx(points[:, :2], abs=1e-6)


def test_a_good_place_has_no_doubt() -> None:
    assert place(HERE).findings == ()
    assert place(HERE).trusted


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"crs": ""}, "georeference.crs-missing", Severity.WARNING),
        ({"crs": "EPSG:3067"}, "georeference.crs-other", Severity.ERROR),
        ({"easting_m": 6_580_000.0, "northing_m": 540_000.0}, "georeference.axes-swapped", Severity.ERROR),
        ({"easting_m": 0.0, "northing_m": 0.0}, "georeference.outside-estonia", Severity.ERROR),
        ({"scale": 0.001}, "georeference.scale", Severity.ERROR),
        ({"height_m": 900.0}, "georeference.height", Severity.WARNING),
        ({"height_m": 1e9}, "georeference.height", Severity.ERROR),
    ],
)
def test_doubts(changes: dict[str, object], rule: str, severity: Severity) -> None:
    placement = place(replace(HERE, **changes))  # type: ignore[arg-type]
    assert [(f.rule, f.severity) for f in placement.findings] == [(rule, severity)]
    assert placement.trusted == (severity is not Severity.ERROR)


@pytest.mark.parametrize("changes", [{"easting_m": float("nan")}, {"scale": 0.0}, {"rotation_deg": float("inf")}])
def test_no_mapping(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidInput) as caught:
        place(replace(HERE, **changes))  # type: ignore[arg-type]
    assert caught.value.reason == "georeference"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EPSG:3301", "EPSG:3301"),
        ("urn:ogc:def:crs:EPSG::3301", "EPSG:3301"),
        ("L-EST97", "EPSG:3301"),
        ("L-EST 97", "EPSG:3301"),
        ("Estonian Coordinate System of 1997", ""),
        ("EPSG:25832", "EPSG:25832"),
        ("", ""),
    ],
)
def test_names_of_map_systems(name: str, code: str) -> None:
    assert epsg_of(name) == code


def test_outline_counts_the_body_only() -> None:
    made = snapshot(
        (block("wall", (0, 0, 0), (10, 0.3, 3)), "IfcWallStandardCase", ""),
        (block("slab", (0, 0, -0.3), (10, 8, 0)), "IfcSlab", "FLOOR"),
        (block("roof", (-1, -1, 3), (11, 9, 3.2)), "IfcSlab", "ROOF"),
        (block("terrain", (-50, -50, -1), (50, 50, 0)), "IfcSite", ""),
        (block("stair", (10, 0, 0), (12, 2, 1)), "IfcStair", ""),
    )
    shape = footprint(made)
    assert shape is not None
    assert shape.area == pytest.approx(80.0, abs=1e-3)


def test_small_joints_are_closed() -> None:
    shape = outline([block("a", (0, 0, 0), (1, 1, 1)), block("b", (1.005, 0, 0), (2, 1, 1))])
    assert isinstance(shape, Polygon)
    assert shape.area == pytest.approx(2.0, abs=1e-2)


def test_no_outline() -> None:
    assert outline([]) is None
    assert footprint(snapshot()) is None
    assert footprint_on_map(snapshot()) is None


def test_footprint_on_map() -> None:
    part = (block("slab", (0, 0, 0), (10, 8, 1)), "IfcSlab", "FLOOR")
    found = footprint_on_map(snapshot(part))
    assert found is not None
    assert found.parts == 1
    assert found.shape.bounds == pytest.approx((539_992.0, 6_580_000.0, 540_000.0, 6_580_010.0), abs=1e-3)
    assert footprint_on_map(snapshot(part, georeference=None)) is None


def test_parcel_with_the_largest_share() -> None:
    left = Parcel("78401:118:0001", "", None, "", box(0, 0, 10, 10))
    right = Parcel("78401:118:0002", "", None, "", box(10, 0, 20, 10))
    assert parcel_of(box(8, 2, 14, 4), [left, right]) is right
    assert parcel_of(box(20, 0, 30, 10), [left, right]) is None
    assert parcel_of(box(8, 2, 14, 4), []) is None


def test_distances() -> None:
    own = MapFootprint("1", box(0, 0, 10, 10))
    others = [
        own,
        MapFootprint("2", box(15, 0, 20, 10)),
        MapFootprint("3", box(9, 9, 12, 12)),
        MapFootprint("4", box(100, 0, 110, 10)),
    ]
    found = neighbours(own, others, 8.0)
    assert [(d.building_id, d.distance_m, d.overlap_m2) for d in found] == [("3", 0.0, 1.0), ("2", 5.0, 0.0)]
    assert abs(found[1].line[1][0] - found[1].line[0][0]) == pytest.approx(5.0)
    assert neighbours(own, [own], 8.0) == ()


def test_slivers_that_collapse_on_the_grid() -> None:
    points = [
        [23.81772, -16.303101],
        [23.817802, -16.259581],
        [23.821436, -14.336743],
        [23.821518, -14.293225],
        [23.824024, -16.301741],
        [23.8241, -16.260963],
        [23.827738, -14.335384],
        [23.827816, -14.294608],
        [23.911423, -16.301907],
        [23.911501, -16.261129],
        [23.915138, -14.33555],
        [23.915215, -14.294773],
        [23.917721, -16.303289],
        [23.917803, -16.259769],
        [23.921436, -14.336933],
        [23.921518, -14.293414],
    ]
    faces = [
        [13, 9, 12],
        [8, 12, 9],
        [1, 9, 13],
        [4, 0, 12],
        [0, 5, 1],
        [5, 0, 4],
        [15, 14, 11],
        [10, 11, 14],
        [3, 15, 11],
        [6, 10, 14],
        [3, 11, 7],
        [6, 14, 2],
        [2, 3, 7],
        [7, 6, 2],
        [12, 0, 2],
        [0, 1, 3],
        [0, 3, 2],
        [1, 15, 3],
        [13, 12, 14],
        [13, 14, 15],
        [9, 7, 11],
        [5, 6, 7],
        [4, 8, 10],
        [4, 10, 6],
        [8, 11, 10],
    ]
    plane = np.array(points, dtype=np.float32).astype(np.float64)  # a hollow roof beam, as an exporter wrote it
    with pytest.raises(shapely.errors.GEOSException):
        shapely.union_all([Polygon(plane[face]) for face in faces], grid_size=0.001)
    vertices = np.column_stack([plane, np.zeros(len(plane))])
    shape = outline([Mesh("beam", vertices, np.array(faces, dtype=np.uint32), (1, 1, 1, 1), Kernel.IFCLITE)])
    assert shape is not None
    assert shape.area == pytest.approx(0.1 * 2.04, rel=0.05)
