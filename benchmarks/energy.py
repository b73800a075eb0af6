"""Speed of the energy wing: `python -m benchmarks.energy`.

The reference is the same step as plain Python with numpy arrays, on the same building and a shorter run, so that the
ratio holds on any machine. Everything is a median of several runs.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from twin.energy import (
    Boundary,
    ClimateYear,
    EnergyElement,
    EnergyModel,
    Kind,
    Layer,
    Options,
    Source,
    Sourced,
    UseProfile,
    Zone,
    synthetic_tallinn,
    weather_of,
)
from twin.energy.engine import Prepared, prepare, run, some_hours
from twin.energy.kernel import RESULT_COLUMNS, Kernel, compiled, run_year

PLAIN_HOURS = 24
YEAR_HOURS = 8760


def number(value: float, unit: str) -> Sourced:
    return Sourced(value, unit, Source.PERSON)


def building() -> EnergyModel:
    """Make a house of eight parts, layered walls, about 60 nodes."""
    wall = (
        Layer(0.12, 0.6, 1600.0, 900.0),
        Layer(0.2, 0.04, 30.0, 1000.0),
        Layer(0.15, 0.5, 1400.0, 1000.0),
    )
    parts = []
    for name, azimuth in (("N", 0.0), ("E", 90.0), ("S", 180.0), ("W", 270.0)):
        area, u = number(40.0, "m2"), number(0.18, "W/(m2.K)")
        parts.append(EnergyElement(f"wall {name}", Kind.WALL, Boundary.OUTSIDE, area, azimuth, 90.0, u, wall))
    for name, azimuth in (("S", 180.0), ("W", 270.0)):
        area, u, g = number(10.0, "m2"), number(1.0, "W/(m2.K)"), number(0.5, "1")
        parts.append(EnergyElement(f"window {name}", Kind.WINDOW, Boundary.OUTSIDE, area, azimuth, 90.0, u, (), g))
    plan = number(100.0, "m2")
    parts.append(EnergyElement("roof", Kind.ROOF, Boundary.OUTSIDE, plan, 0.0, 0.0, number(0.12, "W/(m2.K)"), wall))
    parts.append(
        EnergyElement("floor", Kind.FLOOR, Boundary.GROUND, plan, 0.0, 180.0, number(0.13, "W/(m2.K)"), wall)
    )
    use = UseProfile("bench", False, (21.0,) * 24, (27.0,) * 24, (4.0,) * 24)
    zone = Zone(plan, number(270.0, "m3"), number(0.4, "1/h"), use)
    return EnergyModel("bench", zone, tuple(parts))


def median_s(action: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return statistics.median(times)


def step_once(prepared: Prepared, kernel: Kernel, hours: int) -> None:
    bring = some_hours(prepared.hours, slice(0, hours))
    kernel(prepared.house, bring, np.full(prepared.nodes, 20.0), np.array([20.0]), np.zeros((hours, RESULT_COLUMNS)))


def measure(climate: ClimateYear, runs: int) -> dict[str, float]:
    model = building()
    rows: dict[str, float] = {}
    compile_start = time.process_time()
    run(prepare(model, climate), compiled())
    rows["first_call_s"] = time.process_time() - compile_start
    for sub_steps in (1, 2, 4):
        prepared = prepare(model, climate, Options(sub_steps))
        seconds = median_s(partial(step_once, prepared, compiled(), YEAR_HOURS), runs)
        rows[f"year_ms_{sub_steps}_steps"] = 1000.0 * seconds
    one = prepare(model, climate, Options(1))
    rows["nodes"] = float(one.nodes)
    rows["prepare_ms"] = 1000.0 * median_s(lambda: prepare(model, climate), runs)
    weather = weather_of(climate)
    rows["prepare_shared_weather_ms"] = 1000.0 * median_s(lambda: prepare(model, climate, weather=weather), runs)
    plain = median_s(lambda: step_once(one, run_year, PLAIN_HOURS), max(runs // 3, 3))
    rows["plain_python_year_s"] = plain * YEAR_HOURS / PLAIN_HOURS
    rows["ratio_to_plain_python"] = 1000.0 * rows["plain_python_year_s"] / rows["year_ms_1_steps"]
    rows["building_years_per_s_and_core"] = 1000.0 / rows["year_ms_1_steps"]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = measure(synthetic_tallinn(), options.runs)
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for name, value in rows.items():
        print(f"{name:32s} {value:12.2f}")


if __name__ == "__main__":
    main()
