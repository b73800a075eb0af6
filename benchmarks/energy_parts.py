"""Own engine against EnergyPlus with one part switched off at a time: `python -m benchmarks.energy_parts`.

Each change is made to the model or the weather that both engines read, so that what the difference loses by it
belongs to the part. For the cases that missed the goal, and only to find out why; kWh/(m2.a).
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.energy_blind import drawn
from benchmarks.energy_buildings import RECIPES, given, model_of
from benchmarks.energy_engines import CHICAGO
from twin.energy import Boundary, ClimateYear, EnergyElement, EnergyModel, Kind, read_epw, simulate
from twin.energy.climate import KELVIN, STEFAN_BOLTZMANN
from twin.energy.energyplus import find_energyplus, simulate_energyplus

Change = Callable[[EnergyModel, ClimateYear], tuple[EnergyModel, ClimateYear]]


def _elements(change: Callable[[EnergyElement], EnergyElement | None]) -> Change:
    def apply(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
        kept = tuple(one for one in map(change, model.elements) if one is not None)
        return replace(model, elements=kept), climate

    return apply


def _no_sun_in(one: EnergyElement) -> EnergyElement:
    return replace(one, g=given(0.01, "1")) if one.g is not None else one


def _no_sun_on(one: EnergyElement) -> EnergyElement:
    return replace(one, absorptance=0.0) if one.g is None else one


def _no_ground(one: EnergyElement) -> EnergyElement:
    return replace(one, boundary=Boundary.ADIABATIC) if one.boundary is Boundary.GROUND else one


def _no_mass(one: EnergyElement) -> EnergyElement | None:
    return None if one.kind is Kind.INTERNAL else one


def _no_air(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    profile = replace(model.zone.profile, ventilation_1_h=(0.0,) * 24)
    return replace(model, zone=replace(model.zone, infiltration_1_h=given(0.0, "1/h"), profile=profile)), climate


def _no_gains(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    return replace(
        model, zone=replace(model.zone, profile=replace(model.zone.profile, gains_w_m2=(0.0,) * 24))
    ), climate


def _warm_sky(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    return model, replace(climate, sky_infrared_w_m2=STEFAN_BOLTZMANN * (climate.dry_bulb_c + KELVIN) ** 4)


def _still(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    return model, replace(climate, wind_m_s=0.0 * climate.wind_m_s)


def _never_cooled(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    profile = replace(model.zone.profile, cooling_c=(60.0,) * 24)
    return replace(model, zone=replace(model.zone, profile=profile)), climate


def _dark(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    none = 0.0 * climate.ghi_w_m2
    return _no_gains(model, replace(climate, ghi_w_m2=none, dni_w_m2=none, dhi_w_m2=none))


def _panes_alone(model: EnergyModel, climate: ClimateYear) -> tuple[EnergyModel, ClimateYear]:
    closed = [one if one.g is not None else replace(one, boundary=Boundary.ADIABATIC) for one in model.elements]
    return _no_air(*_dark(replace(model, elements=tuple(closed)), climate))


CHANGES: dict[str, Change] = {
    "as it is": lambda model, climate: (model, climate),
    "no sun through glass": _elements(_no_sun_in),
    "no sun on walls": _elements(_no_sun_on),
    "no air change": _no_air,
    "no gains": _no_gains,
    "no ground": _elements(_no_ground),
    "no inner mass": _elements(_no_mass),
    "sky as warm as air": _warm_sky,
    "no wind": _still,
    "no cooling": _never_cooled,
    "no sun, no gains": _dark,
    "that, and panes alone": _panes_alone,
    "at the sea": lambda model, climate: (model, replace(climate, elevation_m=0.0)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weather", type=Path, default=Path(".setup/weather"), help="folder of EPW files")
    parser.add_argument("--case", action="append", help="SEED:EPW, or NUMBER of a known building:EPW")
    options = parser.parse_args()
    binary = find_energyplus()
    folders = (options.weather, binary.parent / "WeatherData")
    for case in options.case or (f"3:{CHICAGO}",):
        which, name = case.split(":")
        number = int(which)
        model = model_of(RECIPES[number] if number < len(RECIPES) else drawn(number))
        place = next(folder / name for folder in folders if (folder / name).is_file())
        climate = read_epw(place.read_bytes(), source=name, licence="see the file")
        print(f"{model.name}, {name}")
        for part, change in CHANGES.items():
            _row(part, *change(model, climate), binary)


def _row(part: str, model: EnergyModel, climate: ClimateYear, binary: Path) -> None:
    area = model.zone.floor_area_m2.value
    precise = simulate_energyplus(model, climate, binary).heating_kwh / area
    own = simulate(model, climate).heating_kwh / area
    share = f"{own / precise - 1.0:+7.1%}" if precise > 0.0 else ""
    print(f"  {part:22s} {precise:8.2f} {own:8.2f} {own - precise:+7.2f} {share}", flush=True)


if __name__ == "__main__":
    main()
