"""Who is in and what was used, on values that can be added up by hand."""

import pytest

from twin.live import Point, PointKind
from twin.live.state import MeterTree, occupancy, together


def item(point_id, kind, unit, value, space="s", stale=False):
    return {
        "point_id": point_id, "quantity_kind": kind, "unit": unit, "value": value, "space": space, "stale": stale,
        "age_s": 30.0,
    }  # fmt: skip


CO2 = item("co2", "MoleFraction", "[ppm]", 920.0)
FLOW = item("air", "VolumeFlowRate", "L/s", 20.0)
MOTION = item("pir", "Dimensionless", "1", True)
COUNTER = item("people", "Count", "{count}", 3.0)


@pytest.mark.parametrize(
    ("items", "occupied", "people", "method", "points"),
    [
        ([CO2, FLOW, MOTION, COUNTER], True, 3.0, "counter", ["people"]),
        ([CO2, FLOW, MOTION, {**COUNTER, "stale": True}], True, None, "motion", ["pir"]),
        ([CO2, {**MOTION, "value": False}], False, None, "motion", ["pir"]),
        ([CO2, FLOW], True, 2.0, "co2-balance", ["co2", "air"]),  # 72 m³/h times 500 ppm over 0.018 m³/h
        ([{**CO2, "value": 425.0}, FLOW], False, 0.0, "co2-balance", ["co2", "air"]),
        ([CO2], True, None, "co2-threshold", ["co2"]),
        ([{**CO2, "value": 560.0}], False, None, "co2-threshold", ["co2"]),
        ([{**CO2, "stale": True}], None, None, None, []),
        ([{**CO2, "unit": "%"}], None, None, None, []),
    ],
)
def test_the_best_method_of_a_space_is_taken_and_named(items, occupied, people, method, points):
    (told,) = occupancy(items)
    assert (told["occupied"], told["people"], told["method"]) == (occupied, people, method)
    assert told["points"] == points


def test_spaces_without_such_points_are_left_out_and_groups_add_up():
    spaces = occupancy(
        [
            item("t", "Temperature", "Cel", 21.0, "a"),
            {**COUNTER, "space": "b"},
            {**MOTION, "space": "c"},
            {**CO2, "space": "d", "stale": True},
            {**COUNTER, "space": None},
        ]
    )
    assert [space["space"] for space in spaces] == ["b", "c", "d"]
    (group,) = together(spaces, lambda space: "up" if space in "bcd" else None)
    assert group == {"group": "up", "spaces": 3, "known": 2, "occupied": 2, "people": 3.0, "counted_spaces": 1}


def test_people_are_unknown_where_no_space_counts_them():
    (group,) = together(occupancy([{**MOTION, "space": "c"}]), lambda _space: "up")
    assert (group["occupied"], group["people"], group["counted_spaces"]) == (1, None, 0)


def meter(name, parent=None, quantity="Energy", unit="kW.h"):
    return Point("101234567", name, f"g-{name}", PointKind.METER, quantity, unit, parent=parent)


def codes(findings):
    return [(finding.code, finding.point_id) for finding in findings]


def test_a_tree_tells_what_its_parts_leave_over():
    tree = MeterTree([meter("main"), meter("a", "main"), meter("b", "main", unit="MW.h"), meter("c", "a")])
    (root,), findings = tree.balance({"main": 100.0, "a": 60.0, "b": 0.03, "c": 58.0})
    assert (root["residual"], root["residual_share"]) == (pytest.approx(10.0), pytest.approx(0.1))
    assert [(part["point_id"], part["residual"]) for part in root["parts"]] == [
        ("a", pytest.approx(2.0)),
        ("b", None),
    ]
    assert codes(findings) == [("meter-residual", "main")]
    assert [point.point_id for point in tree.leaves] == ["b", "c"]


def test_what_is_not_known_or_cannot_be_is_a_finding():
    tree = MeterTree([meter("main"), meter("a", "main"), meter("b", "main")])
    _, findings = tree.balance({"main": 100.0, "a": 60.0, "b": None})
    assert codes(findings) == [("meter-no-readings", "b")]
    _, findings = tree.balance({"main": 100.0, "a": 60.0, "b": 45.0})
    assert codes(findings) == [("meter-exceeded", "main")]
    _, findings = tree.balance({"main": -5.0, "a": 1.0, "b": 1.0})
    assert codes(findings) == [("meter-went-back", "main"), ("meter-exceeded", "main")]


def test_a_parent_that_is_none_is_a_finding_and_the_meter_stands_alone():
    tree = MeterTree(
        [
            meter("main"), meter("lost", "nobody"), meter("self", "self"), meter("x", "y"), meter("y", "x"),
            meter("water", "main", "Volume", "m3"),
            Point("101234567", "t", "g", PointKind.SENSOR, "Temperature", "Cel"),
        ]
    )  # fmt: skip
    assert {(f.code, f.point_id) for f in tree.findings} == {
        ("meter-parent-unknown", "lost"), ("meter-cycle", "self"), ("meter-cycle", "x"), ("meter-cycle", "y"),
        ("meter-parent-quantity", "water"),
    }  # fmt: skip
    assert {point.point_id for point in tree.roots} == {"main", "lost", "self", "x", "y", "water"}
