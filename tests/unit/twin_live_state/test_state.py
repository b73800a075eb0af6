"""Aggregates and comfort on values that can be added up by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from twin.live.state import CO2, SUMMER, WINTER, aggregate, comfort_of, index_of, with_category


def item(value, space="s", stale=False, kind="Temperature", unit="Cel"):
    one = {"value": value, "space": space, "stale": stale, "quantity_kind": kind, "unit": unit}
    return one | {"kind": "sensor"}


def test_stale_texts_and_registers_do_not_count():
    items = [
        item(20.0),
        item(22.0),
        item(90.0, stale=True),
        item("?"),
        item(None),
        item(5.0, kind="Energy", unit="kW.h"),
        item(5.0, kind="ThermalEnergy", unit="kW.h"),
        item(40.0) | {"kind": "setpoint"},  # what somebody wants is not what is
    ]
    (row,) = aggregate(items, lambda one: one["space"])
    assert (row["mean"], row["min"], row["max"], row["points"], row["silent"]) == (21.0, 20.0, 22.0, 2, 3)


def test_a_group_of_silence_has_no_values_and_none_is_left_out():
    (row,) = aggregate([item(1.0, stale=True), item(2.0, space=None)], lambda one: one["space"])
    assert (row["mean"], row["points"], row["silent"]) == (None, 0, 1)


@pytest.mark.parametrize(("value", "category"), [(21, 1), (23, 1), (23.1, 2), (24.5, 3), (19, 3), (18.9, 4), (30, 4)])
def test_categories_of_winter(value, category):
    assert with_category(item(value), 1)["category"] == category


def test_the_usual_band_stands_beside_the_category():
    assert with_category(item(24.5), 1)["usual"] == {"low": 20, "high": 24, "source_status": "unverified"}
    assert with_category(item(5.0, kind="Power", unit="kW"), 1)["usual"] is None


def test_air_in_a_duct_and_what_somebody_wants_are_not_felt():
    for one in (item(16.0, space=None), item(16.0) | {"kind": "setpoint"}):
        assert (with_category(one, 1)["category"], with_category(one, 1)["usual"]) == (None, None)


def test_season_and_unit_choose_the_index():
    assert index_of("Temperature", "Cel", 1) is WINTER
    assert index_of("Temperature", "Cel", 7) is SUMMER
    assert index_of("Temperature", "K", 7) is None
    assert index_of("MoleFraction", "[ppm]", 7) is CO2
    assert with_category(item(5.0, kind="Power", unit="kW"), 1)["category"] is None


def test_carbon_dioxide_counts_above_outdoor_air():
    assert [CO2.category(420 + above) for above in (550, 551, 800, 801, 1350, 1351)] == [1, 2, 2, 3, 3, 4]


def test_hours_add_up():
    start = datetime(2026, 5, 31, 18, tzinfo=UTC)
    hours = [{"t": (start + timedelta(hours=n)).isoformat(), "v": v} for n, v in enumerate([22, 22, 28, 28])]
    told = comfort_of("Temperature", "Cel", hours, lambda moment: moment + timedelta(hours=3))
    assert told["hours_above_27c"] == 2
    winter, summer = told["indices"]  # local midnight of June lies in between
    assert (winter["hours"], winter["shares"]["I"]) == (3, pytest.approx(2 / 3))
    assert (summer["hours"], summer["shares"]["IV"]) == (1, 1.0)
