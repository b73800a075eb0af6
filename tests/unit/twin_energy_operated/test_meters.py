"""Registers become days, days become models, and promises are judged; all by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from twin.energy.operated import (
    Daily,
    Form,
    contract_saving,
    daily_of_year,
    degree_days,
    fit_change_point,
    judge,
    mean_by_day,
    normalise,
    use_by_register,
    with_outdoor,
)
from twin.energy.operated.series import hours_of_year, place_of
from twin.errors import InvalidInput

START = date(2025, 1, 1)
MIDNIGHT = datetime(2025, 1, 1, tzinfo=UTC) - timedelta(hours=2)  # of a clock two hours ahead


def every(hours, values):
    return [(MIDNIGHT + timedelta(hours=hours * place), float(value)) for place, value in enumerate(values)]


def test_a_register_becomes_days():
    use = use_by_register(every(6, np.arange(13) * 6.0), 2.0)
    assert use.start == START
    assert use.values.tolist() == pytest.approx([24.0, 24.0, 24.0])
    late = use_by_register(every(6, np.arange(13) * 6.0)[1:], 2.0)
    assert late.start == date(2025, 1, 2)
    assert late.values.tolist() == pytest.approx([24.0, 24.0])


def test_days_across_a_gap_or_a_changed_meter_are_not_known():
    rows = every(6, np.arange(33) * 6.0)
    holed = use_by_register(rows[:5] + rows[12:], 2.0)
    assert np.isnan(holed.values[1:3]).all()
    assert np.isfinite(holed.values[[0, 3, 7]]).all()
    changed = use_by_register(rows[:10] + [(at, value - 50.0) for at, value in rows[10:]], 2.0)
    assert np.isnan(changed.values).tolist() == [False, False, True, False, False, False, False, False]
    with pytest.raises(InvalidInput) as refused:
        use_by_register(rows[:1], 2.0)
    assert refused.value.reason == "energy-readings"


def test_a_day_with_few_hours_has_no_mean():
    rows = every(1, [10.0] * 24 + [20.0] * 5)
    assert mean_by_day(rows, 2.0, START, 2).values.tolist() == pytest.approx([10.0, np.nan], nan_ok=True)


def test_a_leap_day_has_no_place_in_a_reference_year():
    assert [place_of(date(2024, 2, 28)), place_of(date(2024, 2, 29)), place_of(date(2024, 3, 1))] == [58, -1, 59]
    february = Daily(date(2024, 2, 28), np.ones(3)).of_year(np.arange(365.0))
    assert february.values.tolist() == pytest.approx([58.0, np.nan, 59.0], nan_ok=True)
    assert np.isnan(hours_of_year(every(1, [1.0]), 2.0)).sum() == 8759


def year_of_use(climate, base, change, slope, cool=None):
    warm = daily_of_year(climate.dry_bulb_c)
    use = base + slope * np.maximum(change - warm, 0.0)
    if cool is not None:
        use += cool[1] * np.maximum(warm - cool[0], 0.0)
    return warm, use


def test_a_change_point_is_found_again(climate):
    warm, use = year_of_use(climate, 40.0, 14.0, 12.0)
    noise = 1.0 + 0.03 * np.random.default_rng(1).standard_normal(365)
    found = fit_change_point(Daily(START, use * noise), warm)
    assert found.form is Form.HEATING_3
    assert found.changes_c[0] == pytest.approx(14.0, abs=0.3)
    assert found.base_kwh_d == pytest.approx(40.0, rel=0.05)
    assert found.coefficients[1] == pytest.approx(12.0, rel=0.05)
    assert found.verdict.verdict == "pass"


def test_heating_and_cooling_take_five_parameters(climate):
    warm, use = year_of_use(climate, 40.0, 10.0, 12.0, (15.0, 20.0))
    noise = 1.0 + 0.02 * np.random.default_rng(1).standard_normal(365)
    found = fit_change_point(Daily(START, use * noise), warm)
    assert found.form is Form.FIVE
    assert found.coefficients[1:] == pytest.approx((12.0, 20.0), rel=0.15)
    chosen = fit_change_point(Daily(START, use), warm, [Form.FOUR])
    assert chosen.form is Form.FOUR


def test_days_that_are_all_alike_have_no_slope(climate):
    _, use = year_of_use(climate, 40.0, 14.0, 12.0)
    with pytest.raises(InvalidInput) as alike:
        fit_change_point(Daily(START, use), np.full(365, 5.0))
    assert alike.value.reason == "energy-few-weather"
    with pytest.raises(InvalidInput) as few:
        fit_change_point(Daily(START, use[:30]), use[:30])
    assert few.value.reason == "energy-few-days"


def test_degree_days_by_hand(climate):
    assert degree_days(np.array([7.0, 17.0, 20.0, np.nan])) == pytest.approx(10.0 / 3.0 * 4)
    warm, use = year_of_use(climate, 40.0, 17.0, 12.0)
    colder = warm - 3.0
    cold_use = 40.0 + 12.0 * np.maximum(17.0 - colder, 0.0)
    measured = Daily(START, cold_use)
    known = replace(fit_change_point(measured, colder), coefficients=(40.0, 12.0))
    found = normalise(measured, colder, climate, known)
    assert found.base_kwh == pytest.approx(40.0 * 365)
    assert found.normalised_kwh == pytest.approx(use.sum(), rel=1e-6)
    assert found.measured_kwh > 1.1 * found.normalised_kwh
    longer, weather = np.append(cold_use, cold_use[:14]), np.append(colder, colder[:14])
    more = normalise(Daily(START, longer), weather, climate, known)
    assert more.normalised_kwh == pytest.approx(use.sum(), rel=1e-6)  # a meter of 379 days
    with pytest.raises(InvalidInput) as warm_room:
        normalise(measured, np.full(365, 16.5), climate, known)
    assert warm_room.value.reason == "energy-few-weather"
    with pytest.raises(InvalidInput) as part:
        normalise(Daily(START, use[:200]), warm[:200], climate, fit_change_point(measured, colder))
    assert part.value.reason == "energy-part-year"


def test_guideline_14_by_hand():
    measured = Daily(START, np.full(365, 100.0))
    close, far = judge(measured, np.full(365, 98.0)), judge(measured, np.full(365, 90.0))
    assert close.monthly.nmbe == pytest.approx(2.0 * 12 / 11, rel=0.01)
    assert (close.verdict, far.verdict) == ("pass", "fail")
    short = judge(Daily(START, np.full(100, 100.0)), np.full(100, 98.0))
    assert short.verdict == "not-judged"
    assert short.monthly is None


def test_measured_weather_takes_the_place_of_the_reference(climate):
    needed = np.ones(8760, dtype=bool)
    warmer = climate.dry_bulb_c + 4.0
    warmer[100:104] = np.nan
    year = with_outdoor(climate, warmer, needed, "roof")
    assert year.dry_bulb_c.mean() == pytest.approx(climate.dry_bulb_c.mean() + 4.0, abs=0.01)
    assert not year.official
    assert year.sha256 != climate.sha256
    assert "roof" in year.notes[-1]
    warmer[:2000] = np.nan
    with pytest.raises(InvalidInput) as missing:
        with_outdoor(climate, warmer, needed, "roof")
    assert (missing.value.reason, missing.value.entity) == ("energy-weather-missing", "roof")


@pytest.mark.parametrize(
    ("factor", "promise", "verdict"), [(0.7, 0.2, "kept"), (0.95, 0.2, "missed"), (0.8, 0.2, "open")]
)
def test_a_promise_is_judged_with_its_band(climate, factor, promise, verdict):
    chance = np.random.default_rng(2)
    warm, use = year_of_use(climate, 40.0, 14.0, 12.0)
    before = use * (1.0 + 0.08 * chance.standard_normal(365))
    after = factor * use * (1.0 + 0.08 * chance.standard_normal(365))
    found = contract_saving((Daily(START, before), warm), (Daily(date(2026, 1, 1), after), warm), promise)
    assert found.verdict == verdict
    assert found.measured_kwh == pytest.approx((1.0 - factor) * use.sum(), abs=found.half_width_kwh)
    assert 0.0 < found.half_width_kwh < 0.1 * found.baseline_kwh


def test_a_promise_that_is_no_share_is_refused(climate):
    warm, use = year_of_use(climate, 40.0, 14.0, 12.0)
    days = (Daily(START, use), warm)
    with pytest.raises(InvalidInput) as refused:
        contract_saving(days, days, 20.0)
    assert refused.value.reason == "energy-promise"
    with pytest.raises(InvalidInput) as few:
        contract_saving(days, (Daily(START, use[:10]), warm[:10]), 0.2)
    assert few.value.reason == "energy-few-days"
