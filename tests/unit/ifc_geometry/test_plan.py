import math
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from ifc import ElementRecord, IfcGeometryError, MeshSet, Relation, RelationKind, plan_svg, section, storey_plan

STOREY, UPPER = "storey", "upper"
TURNED = (0.0, -1.0, 0.0, 5.0, 1.0, 0.0, 0.0, 3.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)  # a quarter to the left


def placed(x=0.0, y=0.0, z=0.0):
    return (1.0, 0.0, 0.0, x, 0.0, 1.0, 0.0, y, 0.0, 0.0, 1.0, z, 0.0, 0.0, 0.0, 1.0)


def inside(global_id, ifc_class, storey=STOREY, **more):
    kind = RelationKind.AGGREGATED_IN if ifc_class == "IfcSpace" else RelationKind.CONTAINED_IN
    return ElementRecord(global_id, ifc_class, relations=(Relation(kind, storey),), **more)


def by_id(*records):
    storeys = [
        ElementRecord(STOREY, "IfcBuildingStorey", "Ground <1>", placement=placed()),
        ElementRecord(UPPER, "IfcBuildingStorey", "Upper", placement=placed(z=3.0)),
    ]
    return {record.global_id: record for record in (*storeys, *records)}


@pytest.fixture
def house(box_mesh):
    """A storey with two walls, a slab, a column of two storeys, a door at (1, 0), a window and two spaces."""
    meshes = MeshSet(
        (
            box_mesh("column", (8.0, 1.0, 0.0), (8.3, 1.3, 6.0)),
            box_mesh("desk", (2.0, 2.0, 0.0), (3.0, 3.0, 2.0)),
            box_mesh("door", (1.0, -0.05, 0.0), (2.0, 0.05, 2.1)),
            box_mesh("low", (0.0, 3.0, 0.0), (4.0, 3.2, 1.0)),
            box_mesh("room", (0.0, 0.1, 0.0), (6.0, 4.0, 2.7)),
            box_mesh("slab", (0.0, 0.0, -0.3), (6.0, 4.0, 0.0)),
            box_mesh("upstairs", (0.0, 0.1, 3.0), (6.0, 4.0, 5.7)),
            box_mesh("wall", (0.0, -0.1, 0.0), (6.0, 0.1, 2.7)),
            box_mesh("window", (4.0, -0.05, 0.9), (5.0, 0.05, 2.1)),
        )
    )
    records = by_id(
        inside("column", "IfcColumn", UPPER),
        inside("desk", "IfcFurniture"),
        inside("door", "IfcDoor", placement=placed(1.0), attributes={"OperationType": "SINGLE_SWING_LEFT"}),
        inside("low", "IfcWall"),
        inside("room", "IfcSpace", name="101", attributes={"LongName": "Köök & <hall>"}),
        inside("slab", "IfcSlab"),
        inside("upstairs", "IfcSpace", UPPER),
        inside("wall", "IfcWallStandardCase"),
        inside("window", "IfcWindow", placement=placed(4.0)),
    )
    return records, meshes


def test_the_plan_holds_what_the_cut_goes_through(house):
    plan = storey_plan(*house, STOREY)
    assert plan.cut_z_m == pytest.approx(1.2)
    assert {item.global_id: item.shape.area for item in plan.elements} == pytest.approx({"column": 0.09, "wall": 1.2})
    assert [item.global_id for item in plan.doors] == ["door"]
    assert [item.global_id for item in plan.windows] == ["window"]
    assert [(item.global_id, item.name, item.long_name) for item in plan.spaces] == [("room", "101", "Köök & <hall>")]
    assert plan.spaces[0].area_m2 == pytest.approx(6.0 * 3.9)
    assert plan.bounds() == pytest.approx((0.0, -0.1, 8.3, 4.0))


def test_a_lower_cut_meets_the_low_wall_and_no_window(house):
    plan = storey_plan(*house, STOREY, cut_height_m=0.5)
    assert {item.global_id for item in plan.elements} == {"column", "low", "wall"}
    assert plan.windows == ()


def test_the_plan_of_the_storey_above_shows_the_tall_column(house):
    plan = storey_plan(*house, UPPER)
    assert [item.global_id for item in plan.elements] == ["column"]
    assert [item.global_id for item in plan.spaces] == ["upstairs"]


def door(box_mesh, operation, placement, low, high, on_type=False):
    stated = {"OperationType": operation}
    record = inside("door", "IfcDoor", placement=placement, attributes={} if on_type else stated)
    kind = ElementRecord("kind", "IfcDoorStyle", attributes=stated if on_type else {})
    record = replace(record, relations=(*record.relations, Relation(RelationKind.TYPED_BY, "kind")))
    return storey_plan(by_id(record, kind), MeshSet((box_mesh("door", low, high),)), STOREY).doors[0]


BOX = ((1.0, -0.05, 0.0), (2.0, 0.05, 2.1))


@pytest.mark.parametrize("on_type", [False, True])
@pytest.mark.parametrize(
    ("operation", "hinges", "tips"),
    [
        ("SINGLE_SWING_LEFT", [(1, 0)], [(1, 1)]),
        ("SINGLE_SWING_RIGHT", [(2, 0)], [(2, 1)]),
        ("DOUBLE_SWING_LEFT", [(1, 0), (1, 0)], [(1, 1), (1, -1)]),
        ("DOUBLE_DOOR_SINGLE_SWING", [(1, 0), (2, 0)], [(1, 0.5), (2, 0.5)]),
        ("DOUBLE_DOOR_SINGLE_SWING_OPPOSITE_LEFT", [(1, 0), (2, 0)], [(1, -0.5), (2, 0.5)]),
        ("DOUBLE_DOOR_SINGLE_SWING_OPPOSITE_RIGHT", [(1, 0), (2, 0)], [(1, 0.5), (2, -0.5)]),
    ],
)
def test_leaves_hang_and_swing_as_the_file_says(box_mesh, operation, hinges, tips, on_type):
    drawn = door(box_mesh, operation, placed(1.0), *BOX, on_type=on_type)
    leaves, arcs = drawn.lines[::2], drawn.lines[1::2]
    assert drawn.operation == operation
    assert [line[0] for line in leaves] == hinges
    np.testing.assert_allclose([line[1] for line in leaves], tips, atol=1e-6)
    np.testing.assert_allclose([arc[-1] for arc in arcs], tips, atol=1e-6)
    for leaf, arc in zip(leaves, arcs, strict=True):
        assert {round(math.dist(leaf[0], point), 3) for point in arc} == {round(math.dist(*leaf), 3)}


def test_a_turned_door_swings_in_its_own_direction(box_mesh):
    (leaf, arc) = door(box_mesh, "SINGLE_SWING_LEFT", TURNED, (4.95, 3.0, 0.0), (5.05, 4.0, 2.1)).lines
    np.testing.assert_allclose(leaf, [(5.0, 3.0), (4.0, 3.0)], atol=1e-6)
    np.testing.assert_allclose(arc[0], (5.0, 4.0), atol=1e-6)


@pytest.mark.parametrize("operation", ["", "SLIDING_TO_LEFT", "REVOLVING", "NOTDEFINED"])
def test_a_door_that_does_not_swing_is_drawn_closed(box_mesh, operation):
    assert door(box_mesh, operation, placed(1.0), *BOX).lines == (((1.0, 0.0), (2.0, 0.0)),)


def test_sections_of_open_and_hollow_shells_follow_the_even_odd_rule(box_mesh):
    outer = box_mesh("a", (0.0, 0.0, 0.0), (4.0, 4.0, 3.0))
    inner = box_mesh("a", (1.0, 1.0, -1.0), (3.0, 3.0, 4.0))
    both = replace(
        outer,
        vertices=np.concatenate([outer.vertices, inner.vertices]),
        faces=np.concatenate([outer.faces, inner.faces[:, ::-1] + 8]).astype(np.uint32),
    )
    open_shell = replace(both, faces=both.faces[2:])
    assert section(both, 1.0).area == pytest.approx(12.0)
    assert section(open_shell, 1.0).area == pytest.approx(12.0)
    assert section(outer, 5.0).is_empty


def test_json_and_svg_tell_the_same(house):
    plan = storey_plan(*house, STOREY)
    told = plan.to_json()
    assert {item["global_id"]: shapely.geometry.shape(item["shape"]).area for item in told["elements"]} == (
        pytest.approx({"column": 0.09, "wall": 1.2})
    )
    assert told["spaces"][0]["area_m2"] == pytest.approx(23.4)
    root = ET.fromstring(plan_svg(plan))
    space = "{http://www.w3.org/2000/svg}"
    drawn = {path.get("data-id"): path.get("class") for path in root.iter(f"{space}path")}
    assert drawn == {"column": "cut", "wall": "cut", "door": "door", "window": "window", "room": "space"}
    assert root.find(f"{space}title").text == "Ground <1>"
    assert [text.text for text in root.iter(f"{space}text")] == ["101 Köök & <hall>", "23.4 m²"]
    assert root.get("viewBox") == "0 0 9.300 5.100"


def test_an_empty_storey_is_an_empty_sheet_and_an_unknown_one_an_error(house):
    records = by_id()
    plan = storey_plan(records, MeshSet(()), STOREY)
    assert plan.bounds() is None
    assert ET.fromstring(plan_svg(plan)).tag.endswith("svg")
    with pytest.raises(IfcGeometryError) as caught:
        storey_plan(*house, "wall")
    assert caught.value.reason == "not-found"
