"""What a verdict may be: sources, modes, missing uses, doubts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from shapely import box as rectangle

from ifc import Georeference, Kernel, Measure, RelationKind
from twin.permit import CheckResult, Mode, PermitReport, Verdict, bundled_packs, check

Bend = Callable[[Any], Any]
EAST, NORTH = 540_000.0, 6_580_000.0
PACKS = bundled_packs()
USE = "AR_Hoone.705_Kasutusotstarbe-kood"


def metres(value: float) -> Measure:
    return Measure(value, "m", "IfcLengthMeasure")


def run(house: Any, mode: Mode = Mode.PRE_CHECK) -> PermitReport:
    return check(house.context(), PACKS, mode)


def of(report: PermitReport, rule: str) -> list[CheckResult]:
    return [result for result in report.results if result.check_id == rule]


def verdicts(report: PermitReport, rule: str) -> set[Verdict]:
    return {result.verdict for result in of(report, rule)}


@pytest.mark.parametrize(("gap", "expected"), [(7.9, Verdict.NEEDS_HUMAN), (20.0, Verdict.NEEDS_HUMAN)])
@pytest.mark.parametrize("mode", list(Mode))
def test_unverified_separation_never_decides(house: Any, gap: float, expected: Verdict, mode: Mode) -> None:
    house.neighbour(gap)
    found = of(run(house, mode), "fire.separation")
    assert {result.verdict for result in found} == {expected}
    assert all("could not be verified" in result.message for result in found)


def test_separation_shows_the_number_and_the_line(house: Any) -> None:
    house.neighbour(5.0)
    (found,) = of(run(house), "fire.separation")
    assert found.measured is not None
    assert found.measured.value == pytest.approx(5.0)
    assert found.geometry is not None
    assert found.geometry.type == "line"
    assert found.geometry.crs == "EPSG:3301"


@pytest.mark.parametrize(("gap", "near"), [(7.9, True), (8.0, False), (8.1, False)])
def test_separation_is_told_on_the_right_side_of_eight_metres(house: Any, gap: float, near: bool) -> None:
    house.neighbour(gap)
    (found,) = of(run(house), "fire.separation")
    assert ("required" in found.message) is near


def test_separation_without_neighbours(house: Any) -> None:
    house.neighbours = None
    assert verdicts(run(house), "fire.separation") == {Verdict.DATA_MISSING}


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (lambda h: h.storeys(9), Verdict.NOT_APPLICABLE),
        (lambda h: h.storeys(10), Verdict.NEEDS_HUMAN),
        (lambda h: h.storeys(9, untold=1), Verdict.DATA_MISSING),
        (lambda h: h.remove("storey"), Verdict.DATA_MISSING),
    ],
)
def test_operational_card(house: Any, bend: Bend, expected: Verdict) -> None:
    bend(house)
    assert verdicts(run(house), "fire.operational-card") == {expected}


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ("EI30", Verdict.PASS),
        ("EI-30", Verdict.PASS),
        ("REI 120", Verdict.PASS),
        ("EI35", Verdict.FAIL),
        ("0", Verdict.FAIL),
        ("puudub", Verdict.FAIL),
    ],
)
def test_fire_rating_form(house: Any, rating: str, expected: Verdict) -> None:
    house.put("door-1", "AR_Uks.330_Tulekindlus", rating)
    assert verdicts(run(house), "ubn.fire-rating-form") == {expected}


def test_fire_rating_form_without_ratings(house: Any) -> None:
    assert verdicts(run(house), "ubn.fire-rating-form") == {Verdict.NOT_APPLICABLE}


def test_fire_boundaries_without_compartments(house: Any) -> None:
    assert verdicts(run(house), "ubn.door-fire-rating") == {Verdict.DATA_MISSING}


def test_no_boundary_inside_one_compartment(house: Any) -> None:
    house.zone("living", "bedroom", "wc")
    house.remove("door-out")
    assert verdicts(run(house), "ubn.door-fire-rating") == {Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize("width", [0.8, 0.95, 1.2])
def test_accessible_door_is_for_a_person(house: Any, width: float) -> None:
    house.put("building", USE, "12631")
    house.put("door-out", "AR_Uks.306_Ava-laius", metres(width))
    assert verdicts(run(house), "acc.outer-door-width") == {Verdict.NEEDS_HUMAN}


@pytest.mark.parametrize("width", [0.65, 0.85, 1.0])
def test_accessible_inner_door_is_for_a_person(house: Any, width: float) -> None:
    house.put("building", USE, "12631")
    house.put("door-1", "AR_Uks.306_Ava-laius", metres(width))
    found = of(run(house), "acc.inner-door-width")
    assert {result.verdict for result in found} == {Verdict.NEEDS_HUMAN}
    assert any("door-1" in result.elements for result in found)


def test_accessible_inner_door_without_width(house: Any) -> None:
    house.put("building", USE, "12631")
    house.drop("door-1", "AR_Uks.306_Ava-laius")
    assert Verdict.DATA_MISSING in verdicts(run(house), "acc.inner-door-width")


def test_accessible_door_without_width(house: Any) -> None:
    house.put("building", USE, "12631")
    house.drop("door-out", "AR_Uks.306_Ava-laius")
    assert verdicts(run(house), "acc.outer-door-width") == {Verdict.DATA_MISSING}


def test_dwelling_rules_do_not_apply_to_a_school(house: Any) -> None:
    house.put("building", USE, "12631")
    assert verdicts(run(house), "r85.room-area") == {Verdict.NOT_APPLICABLE}


def test_unknown_use_lets_no_dwelling_rule_decide(house: Any) -> None:
    house.drop("building", USE)
    house.box("bedroom", (5.1, 0, 0), (7.1, 3, 2.6))
    found = of(run(house), "r85.room-area")
    assert {result.verdict for result in found} == {Verdict.NEEDS_HUMAN}
    assert any(result.measured is not None and result.measured.value == pytest.approx(6.0) for result in found)


def test_secondary_source_decides_only_before_filing(house: Any) -> None:
    house.put("door-out", "AR_Uks.306_Ava-laius", metres(0.8))
    assert verdicts(run(house), "r85.outer-door-width") == {Verdict.FAIL}
    assert verdicts(run(house, Mode.FORMAL), "r85.outer-door-width") == {Verdict.NEEDS_HUMAN}
    assert verdicts(run(house, Mode.FORMAL), "r85.room-area") == {Verdict.PASS}


def test_flat_needs_two_and_a_half_metres(house: Any) -> None:
    house.put("building", USE, "11222")
    house.box("bedroom", (5.1, 0, 0), (8.1, 4, 2.4))
    (failed,) = [r for r in of(run(house), "r85.room-height") if r.verdict is Verdict.FAIL]
    assert failed.elements == ("bedroom",)
    assert failed.limit is not None
    assert failed.limit.value == 2.5


def test_category_read_from_the_name_is_said(house: Any) -> None:
    house.drop("bedroom", "AR_Ruum.115_Kategooria").attribute("bedroom", LongName="Bedroom 2")
    found = [r for r in of(run(house), "r85.room-area") if "bedroom" in r.elements]
    assert [r.verdict for r in found] == [Verdict.PASS]
    assert "read from LongName" in found[0].message


def test_room_without_category_is_missing_data(house: Any) -> None:
    house.drop("bedroom", "AR_Ruum.115_Kategooria")
    by_verdict = {r.verdict: r.elements for r in of(run(house), "r85.room-area")}
    assert by_verdict == {Verdict.PASS: ("living",), Verdict.DATA_MISSING: ("bedroom",)}


def test_ground_guessed_from_a_storey_lets_nothing_decide(house: Any) -> None:
    del house.meshes["site"]
    assert verdicts(run(house), "r57.height") == {Verdict.NEEDS_HUMAN}
    assert verdicts(run(house), "plan.height") == {Verdict.NEEDS_HUMAN}


def test_untrusted_place_gives_no_plan_answer(house: Any) -> None:
    house.georeference = Georeference("IfcMapConversion", "EPSG:3301", "EH2000", NORTH, EAST, 30)
    assert verdicts(run(house), "plan.building-area") == {Verdict.DATA_MISSING}


def test_plan_elsewhere_is_for_a_person(house: Any) -> None:
    house.parcels = None
    house.planned(shape=rectangle(EAST + 500, NORTH, EAST + 600, NORTH + 100))
    assert verdicts(run(house), "plan.building-area") == {Verdict.NEEDS_HUMAN}
    assert verdicts(run(house), "plan.height") == {Verdict.NEEDS_HUMAN}


def test_open_side_is_not_a_door(house: Any) -> None:
    house.remove("door-1", "wall-1")
    house.box("bedroom", (5.0, 0, 0), (8.1, 4, 2.6))
    house.remove("door-2")
    found = {r.elements: r.verdict for r in of(run(house), "r85.room-door")}
    assert found[("bedroom",)] is Verdict.NEEDS_HUMAN
    assert ("bedroom", "living") in [r.elements for r in of(run(house), "r85.way-out") if r.verdict is Verdict.PASS]


@pytest.mark.parametrize(
    ("width", "expected"),
    [(0.69, Verdict.FAIL), (0.7, Verdict.NEEDS_HUMAN), (0.95, Verdict.NEEDS_HUMAN), (1.0, Verdict.PASS)],
)
def test_second_outer_door_may_be_a_balcony(house: Any, width: float, expected: Verdict) -> None:
    house.add("door-b", "IfcDoor", (RelationKind.CONTAINED_IN, "storey"))
    house.box("door-b", (6, -0.3, 0), (6 + width, 0, 2.1))
    house.put("door-b", "AR_Uks.306_Ava-laius", metres(width)).put("door-b", "AR_Uks.335_Välispiire", True)
    found = [r.verdict for r in of(run(house), "r85.outer-door-width") if "door-b" in r.elements]
    assert found == [expected]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("TILTANDTURNLEFTHAND", Verdict.PASS),
        ("FIXEDCASEMENT", Verdict.FAIL),
        ("OTHEROPERATION", Verdict.DATA_MISSING),
        ("NOTDEFINED", Verdict.DATA_MISSING),
    ],
)
def test_window_panels_tell_whether_it_opens(house: Any, operation: str, expected: Verdict) -> None:
    house.drop("window-2", "AR_Aken.315_Avanemine")
    house.put("window-2", "Panel 1.OperationType", operation).put("window-2", "Panel 1.PanelPosition", "MIDDLE")
    found = [r.verdict for r in of(run(house), "r85.room-window") if "bedroom" in r.elements]
    assert found == [expected]


def test_one_opening_panel_is_enough(house: Any) -> None:
    house.drop("window-2", "AR_Aken.315_Avanemine")
    for panel, operation in (("a", "FIXEDCASEMENT"), ("b", "TOPHUNG")):
        house.put("window-2", f"{panel}.OperationType", operation).put("window-2", f"{panel}.PanelPosition", "LEFT")
    assert verdicts(run(house), "r85.room-window") == {Verdict.PASS}


def test_property_of_the_type_counts(house: Any) -> None:
    house.add("space-type", "IfcSpaceType")
    house.put("space-type", "AR_Ruum.115_Kategooria", "magamistuba")
    house.drop("bedroom", "AR_Ruum.115_Kategooria").relate("bedroom", RelationKind.TYPED_BY, "space-type")
    (found,) = of(run(house), "r85.room-area")
    assert found.elements == ("bedroom", "living")


def boxed(house: Any, gid: str) -> None:
    house.meshes[gid] = replace(house.meshes[gid], kernel=Kernel.BOX)


def test_a_box_is_not_the_shape_of_a_room(house: Any) -> None:
    boxed(house, "bedroom")
    found = [r.verdict for r in of(run(house), "r85.room-width") if "bedroom" in r.elements]
    assert found == [Verdict.DATA_MISSING]


@pytest.mark.parametrize(
    "rule", ["r57.footprint", "r57.height", "plan.building-area", "plan.height", "plan.footprint"]
)
def test_a_boxed_wall_lets_no_figure_decide(house: Any, rule: str) -> None:
    boxed(house, "wall-e")
    (found,) = of(run(house), rule)
    assert found.verdict is Verdict.NEEDS_HUMAN
    assert "boxes" in found.message


def test_a_boxed_wall_is_told(house: Any) -> None:
    boxed(house, "wall-e")
    by_verdict = {r.verdict: r.elements for r in of(run(house), "model.geometry")}
    assert by_verdict[Verdict.NEEDS_HUMAN] == ("wall-e",)


def test_boundaries_outrank_nearness(house: Any) -> None:
    house.relate("door-1", RelationKind.BOUNDS, "wc").relate("door-1", RelationKind.BOUNDS, "bedroom")
    cut_off = [r.elements for r in of(run(house), "r85.way-out") if r.verdict is Verdict.FAIL]
    assert cut_off == [("bedroom",), ("wc",)]


def test_a_part_of_the_ceiling_is_for_a_person(house: Any) -> None:
    import numpy as np

    from ifc import Mesh

    high = house.meshes["bedroom"]
    house.box("bedroom", (5.1, 0, 0), (5.6, 4, 2.0))
    low = house.meshes["bedroom"]
    house.box("bedroom", (5.6, 0, 0), (8.1, 4, 2.6))
    rest = house.meshes["bedroom"]
    vertices = np.concatenate([low.vertices, rest.vertices])
    faces = np.concatenate([low.faces, rest.faces + 8]).astype(np.uint32)
    house.meshes["bedroom"] = Mesh("bedroom", vertices, faces, high.colour, high.kernel)
    (found,) = [r for r in of(run(house), "r85.room-height") if "bedroom" in r.elements]
    assert found.verdict is Verdict.NEEDS_HUMAN
    assert "Only a part of the ceiling" in found.message
