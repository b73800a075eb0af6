"""The simulated building behaves as one: heat, air and meters add up, and faults show by their effects."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from samples.telemetry import Fault, FaultKind, Series, Simulator, Site, office_points, plan_faults
from samples.telemetry.usual import usual_faults
from samples.telemetry.weather import sun_elevation_deg, weather
from tests.unit.samples_telemetry.conftest import BUILDING, POINTS, WINTER, joined, said

HOURS = 3600.0


def span(series: Series, begin: datetime, hours: float) -> np.ndarray:
    start = begin.timestamp()
    return series.values[(series.seconds >= start) & (series.seconds < start + hours * HOURS)]


def fault(kind: FaultKind, place: str, size: float, hours: float = 60.0, after: float = 24.0) -> Fault:
    begin = WINTER + timedelta(hours=after)
    return Fault(kind, BUILDING, place, begin, begin + timedelta(hours=hours), size)


def test_equal_arguments_say_the_same_in_whatever_parts_it_goes_on(winter):
    simulator = Simulator(POINTS, 3, WINTER)
    parts = joined([simulator.step(n) for n in (1, 11, 276, 100, 188)])
    for name, series in parts.items():
        count = len(series.seconds)
        assert np.array_equal(series.seconds, winter[name].seconds[:count])
        assert np.array_equal(series.values, winter[name].values[:count])
    other = said(WINTER, 1, seed=4)["room-01-temp"]
    assert not np.array_equal(other.values, parts["room-01-temp"].values[: len(other.values)])


def test_the_year_has_winters_and_summers():
    hours = datetime(2025, 1, 1, tzinfo=UTC).timestamp() / HOURS + np.arange(0, 8760.0)
    sky = weather(3, hours)
    january, july = slice(0, 31 * 24), slice(181 * 24, 212 * 24)
    assert -15 < sky.temperature_c[january].mean() < 0 < 14 < sky.temperature_c[july].mean() < 22
    june = np.array([datetime(2026, 6, 21, 10, 20, tzinfo=UTC).timestamp() / HOURS])
    assert sun_elevation_deg(june)[0] == pytest.approx(90 - 59.4 + 23.44, abs=0.5)
    assert 0 < sky.humidity.min() < sky.humidity.max() <= 100
    assert sky.irradiance_w_m2[january].max() < sky.irradiance_w_m2[july].max() < 900


def test_rooms_are_warm_and_full_by_day(winter):
    for room in ("room-01", "room-02", "room-03", "room-04"):
        temperature, co2 = winter[f"{room}-temp"], winter[f"{room}-co2"]
        noon, night = span(temperature, WINTER + timedelta(hours=8), 6), span(temperature, WINTER, 4)
        assert 19.5 < noon.mean() < 24
        assert 15 < night.min() < noon.mean()
        sunday = WINTER + timedelta(days=6)
        assert span(co2, sunday, 20).max() < 520
        assert span(co2, WINTER, 24).max() > 560
        assert set(span(winter[f"{room}-people"], sunday, 20)) == {0.0}
        assert span(winter[f"{room}-people"], WINTER, 24).max() >= 1
        assert 5 < winter[f"{room}-rh"].values.mean() < 60


def test_meters_count_up_and_add_up(winter):
    for meter in ("electricity", "electricity-heat-pump", "electricity-ventilation", "heat", "water"):
        assert (np.diff(winter[meter].values) >= -1e-9).all()
        assert np.ptp(winter[meter].values) > 0

    def used(name: str) -> float:
        return float(np.ptp(winter[name].values))

    parts = sum(used(f"electricity-{part}") for part in ("heat-pump", "ventilation", "light-and-plugs"))
    assert 0 <= used("electricity") - parts < 0.1 * used("electricity")
    power = winter["heat-pump-power"]
    mean_kw = np.trapezoid(power.values, power.seconds) / HOURS
    assert used("electricity-heat-pump") == pytest.approx(mean_kw, rel=0.03)
    assert used("heat") == pytest.approx(3.2 * used("electricity-heat-pump"), rel=0.15)


def test_a_valve_that_sticks_open_overheats_and_one_that_sticks_closed_cools(winter):
    broken = said(
        WINTER, 4, [fault(FaultKind.VALVE_OPEN, "room-01", 0.9), fault(FaultKind.VALVE_CLOSED, "room-02", 0.0)]
    )
    last = WINTER + timedelta(hours=80)
    assert span(broken["room-01-temp"], last, 4).mean() > span(winter["room-01-temp"], last, 4).mean() + 2
    assert span(broken["room-02-temp"], last, 4).mean() < span(winter["room-02-temp"], last, 4).mean() - 1.5
    assert span(broken["room-02-valve"], last, 4).mean() == 100  # it is told to open, and does not
    before = WINTER + timedelta(hours=20)
    assert np.array_equal(span(broken["room-01-temp"], before, 3), span(winter["room-01-temp"], before, 3))


def test_an_open_window_cools_and_clears_the_air(winter):
    broken = said(WINTER, 3, [fault(FaultKind.WINDOW, "room-03", 6.0, hours=10, after=33)])
    while_open = WINTER + timedelta(hours=34)
    assert span(broken["room-03-temp"], while_open, 8).mean() < span(winter["room-03-temp"], while_open, 8).mean() - 1
    assert span(broken["room-03-co2"], while_open, 8).max() < span(winter["room-03-co2"], while_open, 8).max()


def test_without_air_carbon_dioxide_rises(winter):
    broken = said(WINTER, 3, [fault(FaultKind.FAN, "room-04", 0.05)])
    assert span(broken["room-04-co2"], WINTER, 72).max() > 1.5 * span(winter["room-04-co2"], WINTER, 72).max()


def test_a_leak_counts_and_a_bypassed_buffer_cycles(winter):
    broken = said(WINTER, 4, [fault(FaultKind.LEAK, "", 0.1), fault(FaultKind.CYCLING, "", 0.03)])
    end = slice(0, len(broken["water"].values))
    lost = np.ptp(broken["water"].values) - np.ptp(winter["water"].values[end])
    assert lost == pytest.approx(0.1 * 60, rel=0.02)

    def starts(series: Series) -> int:
        on = span(series, WINTER + timedelta(hours=24), 60) > 0.5
        return int((on[1:] & ~on[:-1]).sum())

    assert starts(broken["heat-pump-power"]) > 2 * starts(winter["heat-pump-power"])


def test_devices_drift_freeze_fall_silent_and_stop_counting(winter):
    broken = said(
        WINTER,
        4,
        [
            fault(FaultKind.DRIFT, "room-01-temp", 0.5),
            fault(FaultKind.FROZEN, "room-02-temp", 0.0),
            fault(FaultKind.SILENT, "room-03-co2", 0.0),
            fault(FaultKind.SUBMETER, "electricity-heat-pump", 0.25),
        ],
    )
    begin, during = WINTER + timedelta(hours=24), slice(None)
    drift = span(broken["room-01-temp"], begin, 60) - span(winter["room-01-temp"], begin, 60)
    assert drift[-1] == pytest.approx(0.5 * 2.5, abs=0.02)
    assert abs(drift[0]) < 0.02
    assert len(set(span(broken["room-02-temp"], begin, 60))) == 1
    assert len(span(broken["room-03-co2"], begin, 60)) == 0
    assert len(span(broken["room-03-co2"], begin + timedelta(hours=60), 6)) > 60
    meter, whole = broken["electricity-heat-pump"], winter["electricity-heat-pump"]
    counted, really = np.ptp(span(meter, begin, 60)), np.ptp(span(whole, begin, 60))
    assert counted == pytest.approx(0.25 * really, rel=0.02)
    assert (np.diff(meter.values[during]) >= -0.011).all()
    after = begin + timedelta(hours=61)
    assert np.ptp(span(meter, after, 10)) == pytest.approx(np.ptp(span(whole, after, 10)), abs=0.03)


def test_faults_of_a_year_stand_apart_and_are_known():
    site = Site.of(office_points(BUILDING))
    faults = plan_faults(site, 1, 2025)
    assert {item.kind for item in faults} == set(FaultKind)
    places = [site.room_of(BUILDING, item.place) for item in faults if item.place]
    assert len(places) == len(set(places))
    assert all(item.begin.year == 2025 and item.end > item.begin for item in faults)
    assert plan_faults(site, 2, 2025) != faults
    assert faults[0].to_json()["begin"].endswith("Z")


def test_a_demonstration_has_a_silent_sensor_a_silent_air_unit_and_a_drifting_thermometer():
    faults = usual_faults(Site.of(POINTS), 1, WINTER)
    (drifting,) = {item.place for item in faults if item.kind is FaultKind.DRIFT}
    silent = {item.place for item in faults if item.kind is FaultKind.SILENT}
    assert len(silent) == 2
    assert "ahu-fan" in silent
    assert drifting.endswith("-temp")
    assert drifting not in silent
    day = [
        item for item in faults if item.place == "ahu-fan" and item.begin <= WINTER + timedelta(hours=9) < item.end
    ]
    assert len(day) == 1  # at nine it is silent, whatever the day


def test_a_setpoint_is_obeyed_and_the_room_follows(winter):
    simulator = Simulator(POINTS, 3, WINTER)
    simulator.step(288)
    shown = simulator.obey(BUILDING, "room-01-wish", 16.0)
    assert shown is not None
    assert shown.values.tolist() == [16.0]
    assert simulator.obey(BUILDING, "room-01-temp", 16.0) is None
    assert simulator.obey(BUILDING, "none", 16.0) is None
    after = joined(simulator.days(WINTER + timedelta(days=3)))
    evening = WINTER + timedelta(hours=60)
    assert set(after["room-01-wish"].values) == {16.0}
    assert span(after["room-01-temp"], evening, 6).mean() < span(winter["room-01-temp"], evening, 6).mean() - 0.5
    simulator.obey(BUILDING, "ahu-supply-setpoint", 15.0)
    assert joined([simulator.step(12)])["ahu-supply-setpoint"].values[-1] == 15.0
