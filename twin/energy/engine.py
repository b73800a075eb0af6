"""The engine `rc52016`: one zone, hourly, every element a chain of layer nodes (EN ISO 52016-1 type).

Beside the standard: sky temperature from the climate, angle-dependent glass, and films that follow wind and
temperatures (`inside`). Nothing in it is fitted.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import ClimateYear, Series, month_of_hour
from twin.energy.construction import Chain, chain, iso_chain
from twin.energy.faces import ISO_FACES, FaceRules, Weather, face_conditions, roughness
from twin.energy.inside import (
    GROWTH,
    ISO_CONVECTION,
    ISO_RADIATION,
    LEAST_CONVECTION,
    is_pane,
    outer_rising,
    radiation,
    rising,
    widening,
)
from twin.energy.kernel import (
    AIR,
    COOL,
    GAINS,
    GROUND,
    HEAT,
    RESULT_COLUMNS,
    SOLAR,
    STORED,
    TRANSMISSION,
    VENTILATION,
    Hours,
    House,
    Kernel,
    compiled,
)
from twin.energy.values import Boundary, EnergyModel, UseProfile
from twin.errors import InvalidInput

ENGINE = "rc52016"
ENGINE_VERSION = "0.6"

AIR_HEAT = 1006.0  # J/(kg.K)
FURNITURE = 10_000.0  # J/(m2.K) of floor: air and furniture node of EN ISO 52016-1 table B.17
WARM_UP_DAYS = 31
COOLING_OFF_C = 1000.0  # no room gets as warm


class Method(StrEnum):
    """Which values stand where EN ISO 52016-1 leaves a choice."""

    LAYERED = "rc52016"  # nodes by layer, films and sky of the weather, angle-dependent glass
    ISO_DEFAULT = "iso_default"  # mass class nodes, constant films, 11 K sky, 0.9 g: the defaults of the standard


@dataclass(frozen=True, slots=True)
class Options:
    """How the engine runs.

    Attributes:
        sub_steps: Steps in an hour.
        furniture: Whether the air node carries the mass of furniture.
        method: The engine's own values, or the defaults of the standard.
    """

    sub_steps: int = 2
    furniture: bool = True
    method: Method = Method.LAYERED


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A simulated year.

    Attributes:
        hourly: float64 (8760, 9), hourly means in W (air: degrees Celsius), columns as in `twin.energy.kernel`.
        residual: Unexplained part of the energy balance of the year, relative to the heat that was moved.
    """

    hourly: Series
    residual: float

    def kwh(self, column: int) -> float:
        """Return the sum of a column over the year, kWh."""
        return float(self.hourly[:, column].sum() / 1000.0)

    def monthly_kwh(self, column: int) -> Series:
        """Return float64 (12,): the sum of a column in each month, kWh."""
        return np.bincount(month_of_hour(), weights=self.hourly[:, column]) / 1000.0

    @property
    def heating_kwh(self) -> float:
        """Heat need of the year, kWh."""
        return self.kwh(HEAT)

    @property
    def cooling_kwh(self) -> float:
        """Sensible cooling need of the year, kWh."""
        return self.kwh(COOL)

    @property
    def air_c(self) -> Series:
        """float64 (8760,): air temperature, degrees Celsius."""
        return self.hourly[:, AIR]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The arrays of `kernel.run_year` for one model and one climate, without state.

    Attributes:
        house: What does not change with the hours.
        hours: What the hours bring.
        radiant: (hours,), radiative gains, W.
    """

    house: House
    hours: Hours
    radiant: Series

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.house.capacity)


def simulate(
    model: EnergyModel,
    climate: ClimateYear,
    options: Options = Options(),
    kernel: Kernel | None = None,
    weather: Weather | None = None,
) -> Simulation:
    """Simulate a year, after a month of warm-up.

    Args:
        model: The building.
        climate: The weather.
        options: How to run.
        kernel: The step; machine code if not given.
        weather: `weather_of` the climate and the options, to share it between buildings.
    """
    return run(prepare(model, climate, options, weather), kernel or compiled())


def weather_of(climate: ClimateYear, options: Options = Options()) -> Weather:
    """Return a climate worked out for faces; make it once for many buildings."""
    return Weather(climate, ISO_FACES if options.method is Method.ISO_DEFAULT else FaceRules())


def run(prepared: Prepared, kernel: Kernel) -> Simulation:
    """Run prepared arrays through a kernel."""
    temperature = np.full(prepared.nodes, 20.0)
    state = np.array([20.0])
    last = WARM_UP_DAYS * 24
    warm_up = np.empty((last, RESULT_COLUMNS))
    kernel(prepared.house, some_hours(prepared.hours, slice(-last, None)), temperature, state, warm_up)
    hourly = np.empty((len(prepared.radiant), RESULT_COLUMNS))
    kernel(prepared.house, prepared.hours, temperature, state, hourly)
    hourly[:, SOLAR] -= prepared.radiant  # the kernel counts all that inner faces take as one
    hourly[:, GAINS] += prepared.radiant
    return Simulation(hourly, _residual(hourly))


def without_cooling(prepared: Prepared) -> Prepared:
    """Return the same building with its cooling switched off."""
    off = np.full_like(prepared.hours.cooling_c, COOLING_OFF_C)
    return replace(prepared, hours=prepared.hours._replace(cooling_c=off))


def some_hours(hours: Hours, which: slice) -> Hours:
    """Return what some of the hours bring."""
    return Hours(*(np.ascontiguousarray(series[..., which]) for series in hours))


def _residual(hourly: Series) -> float:
    total = hourly.sum(axis=0)
    flows = total[[HEAT, VENTILATION, TRANSMISSION, GROUND, SOLAR, GAINS]].sum() - total[COOL]
    moved = np.abs(total[[HEAT, COOL, VENTILATION, TRANSMISSION, GROUND, SOLAR, GAINS]]).sum()
    return float(abs(flows - total[STORED]) / max(moved, 1.0))


def prepare(
    model: EnergyModel, climate: ClimateYear, options: Options = Options(), weather: Weather | None = None
) -> Prepared:
    """Return the arrays of a model in a climate.

    Raises:
        InvalidInput: (energy-weather) the shared weather is of another climate or method.
    """
    shared = weather or weather_of(climate, options)
    iso = options.method is Method.ISO_DEFAULT
    if shared.climate is not climate or (shared.rules is ISO_FACES) is not iso:
        raise InvalidInput(
            "The weather that was worked out is not that of this climate and method.",
            reason="energy-weather",
            hint="Make it by weather_of(climate, options).",
            entity=shared.climate.name,
        )
    chains = [iso_chain(element) if iso else chain(element) for element in model.elements]
    hour = np.arange(len(month_of_hour())) % 24
    exchange, convective = _air(model, climate, hour)
    set_to = (np.ascontiguousarray(each.T) for each in set_points(model.zone.profile, hour, options.sub_steps))
    faces = face_conditions(model, shared, chains)
    zone, profile = model.zone, model.zone.profile
    radiant = np.array(profile.gains_w_m2)[hour] * zone.floor_area_m2.value * profile.radiative_share
    hours = Hours(*faces, exchange, climate.dry_bulb_c, convective, *set_to)
    return Prepared(_house(model, climate, options, chains), hours, radiant)


def _house(model: EnergyModel, climate: ClimateYear, options: Options, chains: list[Chain]) -> House:
    zone, elements = model.zone, model.elements
    heat_of_air = zone.volume_m3.value * climate.air_density_kg_m3() * AIR_HEAT
    furniture = FURNITURE * zone.floor_area_m2.value if options.furniture else 0.0
    iso, count = options.method is Method.ISO_DEFAULT, len(elements)
    return House(
        first=np.concatenate([[0], np.cumsum([len(part.capacity) for part in chains])]),
        area=np.array([element.area_m2.value for element in elements]),
        is_ground=np.array([element.boundary is Boundary.GROUND for element in elements]),
        capacity=np.concatenate([part.capacity for part in chains]),
        conductance=np.concatenate([part.conductance for part in chains]),
        rising=np.zeros((count, 2)) if iso else rising(elements, climate.air_density_kg_m3()),
        least=np.array([ISO_CONVECTION[element.kind] if iso else LEAST_CONVECTION for element in elements]),
        is_pane=np.array([is_pane(element) for element in elements]),
        radiation=np.full(count, ISO_RADIATION) if iso else radiation(elements),
        growth=0.0 if iso else GROWTH,
        outer_rising=outer_rising(elements),
        widening=np.zeros(count) if iso else widening(elements),
        rough=np.array([0.0 if iso else roughness(element) for element in elements]),
        air_capacity=heat_of_air + furniture,
    )


def _air(model: EnergyModel, climate: ClimateYear, hour: NDArray[np.int64]) -> tuple[Series, Series]:
    """Return air exchange in W/K and convective gains in W, hour by hour."""
    zone, profile = model.zone, model.zone.profile
    changes = zone.infiltration_1_h.value + np.array(profile.ventilation_1_h) * (1.0 - profile.heat_recovery)
    per_change = zone.volume_m3.value * climate.air_density_kg_m3() * AIR_HEAT / 3600.0
    gains = np.array(profile.gains_w_m2) * zone.floor_area_m2.value * (1.0 - profile.radiative_share)
    return (changes * per_change)[hour], gains[hour]


def set_points(profile: UseProfile, hour: NDArray[np.int64], sub_steps: int) -> tuple[Series, Series]:
    """Return (hours, sub-steps) set-points; the heating one rises no faster than the ramp."""
    day = np.repeat(np.array(profile.heating_c), sub_steps)
    for step in range(2 * len(day)):
        place = step % len(day)
        day[place] = min(day[place], day[place - 1] + profile.ramp_k_h / sub_steps)
    cooling = np.repeat(np.array(profile.cooling_c)[hour][:, None], sub_steps, axis=1)
    return day.reshape(24, sub_steps)[hour], cooling
