"""Hidden ways of running a building are found from a meter that another model made."""

from dataclasses import replace

import numpy as np
import pytest

from twin.energy.operated import (
    Daily,
    Operation,
    attribute,
    calibrate,
    designed_operation,
    lumped_engine,
    operated,
)
from twin.errors import InvalidInput

HOT_WATER = 165.0  # kWh a day: 25 kWh/(m2.a)


@pytest.fixture(scope="module")
def engine(climate):
    return lumped_engine(climate)


@pytest.fixture(scope="module")
def designed(made):
    return designed_operation(made.model, HOT_WATER)


def found(made, engine, designed, truth, rooms=True):
    use, inside = made.metered(truth)
    calibration = calibrate(made.model, designed, use, engine, inside if rooms else None)
    return calibration, attribute(made.model, calibration, use, engine)


@pytest.mark.parametrize(
    ("truth", "cause"),
    [
        (Operation(23.0, 0.45, HOT_WATER), "set-point"),
        (Operation(21.0, 0.75, HOT_WATER), "air change"),
        (Operation(21.0, 0.45, 2.2 * HOT_WATER), "hot water"),
    ],
)
def test_a_hidden_change_is_found_and_named(made, engine, designed, truth, cause):
    calibration, why = found(made, engine, designed, truth)
    assert calibration.verdict.daily.cvrmse < 10.0
    assert calibration.verdict.verdict == "pass"
    assert calibration.operation.set_point_c == pytest.approx(truth.set_point_c, abs=0.3)
    assert calibration.operation.air_change_1_h == pytest.approx(truth.air_change_1_h, abs=0.08)
    assert calibration.operation.hot_water_kwh_d == pytest.approx(truth.hot_water_kwh_d, rel=0.1)
    assert why.leading == why.causes[0].name == cause
    assert cause in why.sentence


def test_the_parts_add_up_and_every_band_holds_its_part(made, engine, designed):
    calibration, why = found(made, engine, designed, Operation(22.0, 0.55, 1.1 * HOT_WATER))
    assert sum(one.kwh for one in why.causes) == pytest.approx(why.explained_kwh)
    assert sum(one.share for one in why.causes) == pytest.approx(1.0)
    assert all(one.low_kwh <= one.kwh <= one.high_kwh for one in why.causes)
    assert why.explained_kwh == pytest.approx(why.measured_kwh - why.designed_kwh, rel=0.1)
    assert calibration.before.monthly.nmbe > calibration.verdict.monthly.nmbe
    assert why.gap > 0.1


def test_without_rooms_set_point_and_air_change_are_in_more_doubt(made, engine, designed):
    truth = Operation(22.0, 0.55, HOT_WATER)
    with_rooms, _ = found(made, engine, designed, truth)
    without, _ = found(made, engine, designed, truth, rooms=False)
    assert without.doubts[0] > 3.0 * with_rooms.doubts[0]
    assert without.verdict.daily.cvrmse < 10.0
    assert (with_rooms.rooms, without.rooms) == (True, False)


def test_no_gap_is_no_cause(made, engine, designed):
    _, why = found(made, engine, designed, designed)
    assert why.leading is None
    assert all(one.share is None for one in why.causes)
    assert "no gap" in why.sentence


def test_unknown_days_change_little(made, engine, designed):
    use, rooms = made.metered(Operation(23.0, 0.45, HOT_WATER))
    holed = use.values.copy()
    holed[100:130] = np.nan
    calibration = calibrate(made.model, designed, Daily(use.start, holed), engine, rooms)
    assert calibration.operation.set_point_c == pytest.approx(23.0, abs=0.3)
    assert calibration.verdict.daily.count == 335


def test_operation_of_the_design_is_the_design(made, engine, designed):
    same = engine(operated(made.model, designed))
    assert same.heating_kwh.sum() == pytest.approx(engine(made.model).heating_kwh.sum(), rel=1e-6)
    assert designed.air_change_1_h == pytest.approx(0.45)


def test_what_cannot_be_calibrated_is_refused(made, engine, designed):
    use, rooms = made.metered(designed)
    with pytest.raises(InvalidInput) as few:
        calibrate(made.model, designed, Daily(use.start, use.values[:60]), engine)
    assert few.value.reason == "energy-few-days"
    with pytest.raises(InvalidInput) as other:
        calibrate(made.model, designed, use, engine, Daily(use.start, rooms.values[:200]))
    assert other.value.reason == "energy-rooms"
    with pytest.raises(InvalidInput) as dead:
        calibrate(made.model, designed, Daily(use.start, np.zeros(365)), engine)
    assert dead.value.reason == "energy-few-days"
    zone, profile = made.model.zone, made.model.zone.profile
    still = replace(zone, infiltration_1_h=replace(zone.infiltration_1_h, value=0.0),
                    profile=replace(profile, ventilation_1_h=(0.0,) * 24))  # fmt: skip
    with pytest.raises(InvalidInput) as sealed:
        operated(replace(made.model, zone=still), designed)
    assert sealed.value.reason == "energy-no-air"
