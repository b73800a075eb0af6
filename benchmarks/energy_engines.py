"""Own engines against EnergyPlus: `python -m benchmarks.energy_engines` (`make bench-energy`).

Two tables. The buildings of `energy_buildings` in two climates were known while the input of EnergyPlus was written:
how its glass is described was changed after a first look at them. Those of `energy_blind`, in two other climates,
were drawn by seed and committed before anything ran on them. EnergyPlus (6 steps an hour, ideal loads) is the
reference; if it is not installed, the tables that need it are left out, with a word. CPU seconds, those of the
children of EnergyPlus included.
"""

import argparse
import math
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.energy_blind import SETS, BlindSet, drawn, weather_files
from benchmarks.energy_buildings import RECIPES, model_of
from twin.energy import (
    Boundary,
    ClimateYear,
    EnergyModel,
    Method,
    Options,
    city_climate,
    read_epw,
    simulate,
    simulate_lumped,
    synthetic_tallinn,
    weather_of,
)
from twin.energy.energyplus import EnergyPlusYear, find_energyplus, simulate_energyplus
from twin.energy.sun import irradiance, sun_path
from twin.errors import NotFound

CHICAGO = "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"  # comes with the wheel; public domain
HEAT_LIMIT = 0.05  # share
SUN_LIMIT = 0.015  # share
NO_NEED_KWH_M2 = 0.05  # where EnergyPlus finds none
RUNS = 15


PARTS = ("known", "blind", "speed", "city")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; may be repeated")
    parser.add_argument(
        "--climate", type=Path, action="append", default=[], help="further EPW files of the first table"
    )
    parser.add_argument("--weather", type=Path, default=Path(".setup/weather"), help="folder of EPW files")
    parser.add_argument("--city", type=int, default=2000, help="buildings of the city kernel")
    parser.add_argument("--last", action="store_true", help="of the blind sets only the last one")
    options = parser.parse_args()
    parts = options.part or PARTS
    models, made_up = [model_of(recipe) for recipe in RECIPES], synthetic_tallinn()
    try:
        binary = find_energyplus()
    except NotFound as missing:
        print(f"{missing.message} The comparison is left out. {missing.hint}")
    else:
        shipped = binary.parent / "WeatherData"
        if "known" in parts:
            print("Known buildings and climates; not used for fitting, but looked at while the input was written")
            compare(models, [made_up, *map(_epw, (shipped / CHICAGO, *options.climate))], binary)
        if "blind" in parts:
            for each in SETS[-1:] if options.last else SETS:
                blind(each, binary, (options.weather, shipped))
        if "speed" in parts:
            ratio(models[1], made_up, binary)
    if "city" in parts:
        city(models, made_up, options.city)


def blind(one: BlindSet, binary: Path, folders: tuple[Path, ...]) -> None:
    """Print the comparison on a set that was drawn by seed and committed before the first run on it."""
    files = weather_files(one, folders)
    print(f"Buildings by seed, other climates: {one.name}")
    for name in sorted(set(one.climates) - {path.name for path in files}):
        print(f"{name} is not there; this climate is left out")
    compare([model_of(drawn(seed)) for seed in one.seeds], [_epw(path) for path in files], binary)


def _epw(path: Path) -> ClimateYear:
    return read_epw(path.read_bytes(), source=path.name, licence="see the file")


def compare(models: list[EnergyModel], climates: list[ClimateYear], binary: Path) -> None:
    """Print heat and cold of every building in every climate by every engine, kWh/(m2.a)."""
    print("kWh/(m²·a) against EnergyPlus, 6 steps an hour")
    heads = (
        ("heat E+", 8),
        ("own", 7),
        ("Δ", 7),
        ("city", 7),
        ("ISO", 7),
        ("cool E+", 8),
        ("own", 6),
        ("CVRMSE h", 9),
    )
    print(f"{'building':36s} " + " ".join(f"{head:>{wide}s}" for head, wide in heads))
    worst, sun = 0.0, {}
    for climate in climates:
        print(f"-- {climate.name}")
        pack = city_climate(climate)
        for model in models:
            precise = simulate_energyplus(model, climate, binary)
            worst = max(worst, _row(model, climate, precise, simulate_lumped(model, pack).heating_kwh))
            sun[climate.name] = _sun(model, climate, precise)
    print(f"largest difference of annual heat: {100.0 * worst:.1f} % (goal {100.0 * HEAT_LIMIT:.0f} %)")
    for name, differences in sun.items():
        print(f"annual sun on N E S W roof, {name}: " + " ".join(f"{100.0 * one:+.2f} %" for one in differences)
              + f" (goal ±{100.0 * SUN_LIMIT:.1f} %)")  # fmt: skip


def _row(model: EnergyModel, climate: ClimateYear, precise: EnergyPlusYear, lumped_kwh: float) -> float:
    area = model.zone.floor_area_m2.value
    own = simulate(model, climate)
    iso = simulate(model, climate, Options(method=Method.ISO_DEFAULT))
    if precise.heating_kwh <= 0.0:
        print(f"{model.name:36s} {0.0:8.2f} {own.heating_kwh / area:7.2f}  no need, no share")
        return 0.0 if own.heating_kwh <= NO_NEED_KWH_M2 * area else math.inf
    difference = own.heating_kwh / precise.heating_kwh - 1.0
    spread = float(np.sqrt(((own.hourly[:, 0] - precise.heating_w) ** 2).mean()) / precise.heating_w.mean())
    city, by_default = (kwh / precise.heating_kwh - 1.0 for kwh in (lumped_kwh, iso.heating_kwh))
    print(f"{model.name:36s} {precise.heating_kwh / area:8.2f} {own.heating_kwh / area:7.2f} {difference:+7.1%} "
          f"{city:+7.1%} {by_default:+7.1%} {precise.cooling_kwh / area:8.2f} {own.cooling_kwh / area:6.2f} "
          f"{spread:9.1%}")  # fmt: skip
    return abs(difference)


def _sun(model: EnergyModel, climate: ClimateYear, precise: EnergyPlusYear) -> list[float]:
    path = sun_path(climate)
    differences = []
    for element in model.elements:
        if element.g is None and element.boundary is Boundary.OUTSIDE:
            light = irradiance(climate, path, element.azimuth_deg, element.tilt_deg)
            reference = precise.incident_w_m2[element.element_id].sum()
            differences.append(float((light.beam + light.diffuse).sum() / reference - 1.0))
    return differences


def _own_s(action: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return statistics.median(times)


def _child_s(action: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(model: EnergyModel, climate: ClimateYear, binary: Path) -> None:
    """Print how much quicker the full own engine is on one building, with preparation."""
    options, usual = Options(sub_steps=1), Options()
    weather = weather_of(climate, options)
    simulate(model, climate, options, weather=weather)
    cold = _own_s(lambda: simulate(model, climate, options))
    shared = _own_s(lambda: simulate(model, climate, options, weather=weather))
    twice = _own_s(lambda: simulate(model, climate, usual, weather=weather))
    precise = statistics.median(_child_s(lambda: simulate_energyplus(model, climate, binary)) for _ in range(3))
    print(f"one building-year: EnergyPlus {precise:.2f} CPU-s; own engine {1000 * shared:.1f} CPU-ms with a weather "
          f"year that is worked out already, ratio {precise / shared:.0f} (goal 100); {1000 * cold:.1f} CPU-ms with "
          f"working it out, ratio {precise / cold:.0f}; {1000 * twice:.1f} CPU-ms in the {usual.sub_steps} "
          f"steps an hour that reports and the tables take, ratio {precise / twice:.0f}")  # fmt: skip


def city(models: list[EnergyModel], climate: ClimateYear, count: int) -> None:
    """Print how many buildings the city kernel does in a second of one core, with the lumping of each."""
    pack = city_climate(climate)
    simulate_lumped(models[0], pack)
    start = time.process_time()
    for place in range(count):
        simulate_lumped(models[place % len(models)], pack)
    seconds = time.process_time() - start
    full = _own_s(lambda: simulate(models[1], climate))
    print(f"city kernel: {count / seconds:.0f} buildings a second and core (goal 500), "
          f"{full / (seconds / count):.0f} times the full model")  # fmt: skip


if __name__ == "__main__":
    main()
