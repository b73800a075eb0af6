"""The engine `rc52016`: one zone, hourly, every element a chain of layer nodes (EN ISO 52016-1 type).

Beside the standard: sky temperature from the climate, wind-dependent outer film, angle-dependent glass, and inner
film coefficients that were fitted on ten ASHRAE 140 cases (`INSIDE_CONVECTION`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import ClimateYear, Series, month_of_hour
from twin.energy.construction import Chain, chain, iso_chain
from twin.energy.faces import ISO_FACES, face_conditions
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
    Kernel,
    compiled,
)
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Kind, UseProfile

ENGINE = "rc52016"
ENGINE_VERSION = "0.2"

# Convection at the inner face, W/(m2.K). Fitted to reference programs on the ten cases of
# `tests/conformance/bestest`; EN ISO 52016-1 gives 2.5 (wall), 5.0 (heat up) and 0.7 (heat down).
INSIDE_CONVECTION = {
    Kind.WALL: 2.0,
    Kind.ROOF: 1.4,
    Kind.FLOOR: 3.5,
    Kind.WINDOW: 1.6,
    Kind.DOOR: 2.0,
    Kind.INTERNAL: 2.0,
}
# Defaults of EN ISO 52016-1 (and EN ISO 13789): horizontal flow, upwards, downwards.
ISO_INSIDE_CONVECTION = {
    Kind.WALL: 2.5,
    Kind.ROOF: 5.0,
    Kind.FLOOR: 0.7,
    Kind.WINDOW: 2.5,
    Kind.DOOR: 2.5,
    Kind.INTERNAL: 2.5,
}
INSIDE_RADIATION = 5.13  # EN ISO 52016-1: emissivity 0.9 at 20 °C
AIR_HEAT = 1006.0  # J/(kg.K)
FURNITURE = 10_000.0  # J/(m2.K) of floor: air and furniture node of EN ISO 52016-1 table B.17
WARM_UP_DAYS = 31
COOLING_OFF_C = 1000.0  # no room gets as warm
COOLING_ARGUMENT = 15  # place of the cooling set-points among the arguments of the kernel
HOURLY_ARGUMENTS = frozenset({7, 8, 9, 11, 12, 13, 14, 15})  # places of the arrays that run with the hours


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
    """The arrays of `kernel.run_year` for one model and one climate, without state."""

    arguments: tuple[Any, ...]
    nodes: int
    radiant: Series


def simulate(
    model: EnergyModel,
    climate: ClimateYear,
    options: Options = Options(),
    kernel: Kernel | None = None,
) -> Simulation:
    """Simulate a year, after a month of warm-up.

    Args:
        model: The building.
        climate: The weather.
        options: How to run.
        kernel: The step; machine code if not given.
    """
    return run(prepare(model, climate, options), kernel or compiled())


def run(prepared: Prepared, kernel: Kernel) -> Simulation:
    """Run prepared arrays through a kernel."""
    temperature = np.full(prepared.nodes, 20.0)
    state = np.array([20.0])
    last = WARM_UP_DAYS * 24
    warm_up = np.zeros((last, RESULT_COLUMNS))
    kernel(*hours_of(prepared.arguments, slice(-last, None)), temperature, state, warm_up)
    hourly = np.zeros((len(month_of_hour()), RESULT_COLUMNS))
    kernel(*prepared.arguments, temperature, state, hourly)
    hourly[:, SOLAR] -= prepared.radiant  # the kernel counts all that inner faces take as one
    hourly[:, GAINS] += prepared.radiant
    return Simulation(hourly, _residual(hourly))


def without_cooling(prepared: Prepared) -> Prepared:
    """Return the same building with its cooling switched off."""
    arguments = list(prepared.arguments)
    arguments[COOLING_ARGUMENT] = np.full_like(arguments[COOLING_ARGUMENT], COOLING_OFF_C)
    return replace(prepared, arguments=tuple(arguments))


def hours_of(arguments: tuple[Any, ...], hours: slice) -> tuple[object, ...]:
    """Return the arguments of `kernel.run_year` for some hours only."""
    return tuple(
        np.ascontiguousarray(value[hours]) if place in HOURLY_ARGUMENTS and isinstance(value, np.ndarray) else value
        for place, value in enumerate(arguments)
    )


def _residual(hourly: Series) -> float:
    total = hourly.sum(axis=0)
    flows = total[[HEAT, VENTILATION, TRANSMISSION, GROUND, SOLAR, GAINS]].sum() - total[COOL]
    moved = np.abs(total[[HEAT, COOL, VENTILATION, TRANSMISSION, GROUND, SOLAR, GAINS]]).sum()
    return float(abs(flows - total[STORED]) / max(moved, 1.0))


def prepare(model: EnergyModel, climate: ClimateYear, options: Options = Options()) -> Prepared:
    """Return the arrays of a model in a climate."""
    elements = model.elements
    iso = options.method is Method.ISO_DEFAULT
    chains = [iso_chain(element) if iso else chain(element) for element in elements]
    faces = face_conditions(model, climate, chains, ISO_FACES if iso else None)
    areas = np.array([element.area_m2.value for element in elements])
    return arguments_of(model, climate, options, chains, areas, elements, faces)


def arguments_of(
    model: EnergyModel,
    climate: ClimateYear,
    options: Options,
    chains: Sequence[Chain],
    areas: Series,
    elements: Sequence[EnergyElement],
    faces: tuple[Series, Series, Series],
) -> Prepared:
    """Return the arguments of the kernel.

    Args:
        model: The building; its zone and use are read.
        climate: The weather.
        options: How to run.
        chains: Nodes of each part.
        areas: (parts,), m2.
        elements: One element for each part, for its kind and boundary.
        faces: Outer film, outer drive and inner source, each (hours, parts).
    """
    zone, profile = model.zone, model.zone.profile
    hour = np.arange(len(month_of_hour())) % 24
    exchange, convective = _air(model, climate, hour)
    heating, cooling = set_points(profile, hour, options.sub_steps)
    heat_of_air = zone.volume_m3.value * climate.air_density_kg_m3() * AIR_HEAT
    furniture = FURNITURE * zone.floor_area_m2.value if options.furniture else 0.0
    films = ISO_INSIDE_CONVECTION if options.method is Method.ISO_DEFAULT else INSIDE_CONVECTION
    first = np.concatenate([[0], np.cumsum([len(part.capacity) for part in chains])])
    arguments: tuple[Any, ...] = (
        first,
        areas,
        np.array([element.boundary is Boundary.GROUND for element in elements]),
        np.concatenate([part.capacity for part in chains]),
        np.concatenate([part.conductance for part in chains]),
        np.array([films[element.kind] for element in elements]),
        INSIDE_RADIATION,
        *faces,
        heat_of_air + furniture,
        exchange,
        climate.dry_bulb_c,
        convective,
        heating,
        cooling,
        options.sub_steps,
    )
    radiant = np.array(profile.gains_w_m2)[hour] * zone.floor_area_m2.value * profile.radiative_share
    return Prepared(arguments, int(first[-1]), radiant)


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
