import json
from dataclasses import replace

import pytest

from twin.energy import Question, UseProfile, assess, synthetic_tallinn
from twin.errors import InvalidInput

KEYS = {
    "engine", "engine_version", "climate", "area_m2", "need", "balance", "envelope", "class", "class_reasons",
    "hours_above_27c", "findings", "inputs",
}  # fmt: skip


@pytest.fixture(scope="module")
def climate():
    return synthetic_tallinn()


@pytest.fixture(scope="module")
def report(box_house, climate):
    return assess(box_house, climate)


def test_the_report_has_the_shape_of_the_interface(report):
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert set(data) >= KEYS
    assert [row["month"] for row in data["need"]["monthly"]] == list(range(1, 13))
    total = sum(row["heating_kwh"] for row in data["need"]["monthly"])
    assert total == pytest.approx(data["need"]["heating_kwh"], abs=1.0)
    assert data["need"]["heating_kwh_m2"] == pytest.approx(data["need"]["heating_kwh"] / data["area_m2"], abs=0.01)
    row = next(row for row in data["envelope"] if row["kind"] == "window")
    assert row["orientation"] == "S"
    assert (row["u_w_m2k"], row["u_source"], row["area_source"], row["elements"]) == (
        1.1,
        "ifc",
        "derived",
        ["window"],
    )
    assert {one["value"]["source"] if "value" in one and isinstance(one["value"], dict) else one["source"]
            for one in data["inputs"]} <= {"ifc", "derived", "default-table", "person", "measured"}  # fmt: skip


def test_no_class_and_the_reasons_why(report):
    data = report.to_json()
    assert data["class"] is None
    assert any("official base year" in reason for reason in data["class_reasons"])
    assert any("limits" in reason for reason in data["class_reasons"])
    assert all(reason.endswith(".") for reason in data["class_reasons"])


def test_an_official_year_removes_its_reason_but_gives_no_class(box_house, climate):
    data = assess(box_house, replace(climate, official=True)).to_json()
    assert data["class"] is None
    assert not any("official base year" in reason for reason in data["class_reasons"])


def test_the_balance_closes(report):
    balance = report.balance
    entering = (
        balance.transmission_kwh + balance.ground_kwh + balance.ventilation_kwh + balance.solar_kwh
        + balance.gains_kwh + balance.heating_kwh + balance.cooling_kwh
    )  # fmt: skip
    assert abs(entering) < 0.01 * balance.heating_kwh
    assert balance.residual < 1e-6


def test_better_walls_need_less(box_house, climate, build):
    worse = dict(box_house.records)
    for name in ("north", "east", "south", "west"):
        worse[name] = build.record(name, "IfcWall", 1.0)
    poor = assess(replace(box_house, records=worse), climate)
    good = assess(box_house, climate)
    # 83.4 m2 x 0.8 W/(m2.K) x about 100 kKh
    assert poor.heating_kwh - good.heating_kwh == pytest.approx(83.4 * 0.8 * 120.0, rel=0.3)


def test_the_marked_spaces_are_the_reference_area(box_house, climate, build):
    flagged = build.changed(box_house, "space-1", property_sets={"AR_Ruum": {"721_Ruumitemperatuuriga-pind": True}})
    flagged = build.changed(flagged, "space-2", property_sets={"AR_Ruum": {"721_Ruumitemperatuuriga-pind": False}})
    report = assess(flagged, climate)
    assert report.area.area_m2.value == pytest.approx(29.7)
    assert report.area.spaces == ("space-1",)
    assert "721_Ruumitemperatuuriga-pind" in report.area.basis
    assert not any("room temperature" in reason for reason in report.rating.reasons)


def test_the_heated_area_stands_in_for_it(box_house, climate, build):
    flagged = build.changed(box_house, "space-2", property_sets={"AR_Ruum": {"720_Köetav-pind": "Jah"}})
    assert assess(flagged, climate).area.spaces == ("space-2",)


def test_else_all_spaces_count_and_it_is_said(report):
    assert report.area.area_m2.value == pytest.approx(59.4)
    assert "none is marked" in report.area.basis


def test_a_profile_is_used(box_house, climate):
    cold = UseProfile("store", False, (10.0,) * 24, (30.0,) * 24, (1.0,) * 24)
    assert (
        assess(box_house, climate, question=Question(profile=cold)).heating_kwh
        < 0.5 * assess(box_house, climate).heating_kwh
    )


def test_nothing_to_heat_is_refused(box_house, climate, build):
    empty = build.without(box_house, *box_house.records)
    with pytest.raises(InvalidInput) as caught:
        assess(empty, climate)
    assert caught.value.reason == "energy-no-envelope"


def test_the_same_input_gives_the_same_report(box_house, climate, report):
    assert assess(box_house, climate).to_json() == report.to_json()


def test_a_result_that_no_building_has_is_said(box_house, climate, build):
    tiny = build.changed(
        box_house, "space-1", property_sets={"AR_Ruum": {"721_Ruumitemperatuuriga-pind": 2.0}}
    )  # the author wrote an area, and a wrong one
    report = assess(tiny, climate)
    assert report.area.area_m2.value == 2.0
    assert "energy.implausible" in {finding["rule"] for finding in report.to_json()["findings"]}


def test_an_envelope_that_is_not_that_of_the_rooms_is_said(box_house, climate, build, report):
    # Rooms and shell are written down without their bodies: of the house only a window is left.
    quantities = {"Qto_SpaceBaseQuantities": {"NetFloorArea": 29.7}}
    marked = build.changed(box_house, "space-1", quantity_sets=quantities)
    bodies = tuple(mesh for mesh in marked.meshes.meshes if mesh.global_id == "window")
    bare = replace(marked, meshes=replace(marked.meshes, meshes=bodies))
    (found,) = [one for one in assess(bare, climate).findings if one.rule == "energy.area-elsewhere"]
    assert found.elements == ("space-1",)
    assert "30 m²" in found.message
    assert not any(one.rule == "energy.area-elsewhere" for one in report.findings)
