"""The engine `rc52016`: one zone, hourly, every element a chain of layer nodes (EN ISO 52016-1 type).

Beside the standard: sky temperature from the climate, wind-dependent outer film, angle-dependent glass, and inner
film coefficients that were fitted on ten ASHRAE 140 cases (`INSIDE_CONVECTION`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import KELVIN, STEFAN_BOLTZMANN, ClimateYear, Series, month_of_hour
from twin.energy.construction import Chain, chain, surface_resistance
from twin.energy.glass import double_glazing
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
from twin.energy.sun import irradiance, sun_path
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Kind

ENGINE = "rc52016"
ENGINE_VERSION = "0.1"

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
INSIDE_RADIATION = 5.13  # EN ISO 52016-1: emissivity 0.9 at 20 °C
EMISSIVITY = 0.9
INNER_ABSORPTANCE = 0.6  # share of the sun that an opaque inner face takes
GLASS_LOSS = 0.75  # share of the light from inside that a window lets out or takes
DIRECT_SHARE = 0.91  # directly transmitted part of the total transmittance (EN 410, clear panes)
AIR_HEAT = 1006.0  # J/(kg.K)
FURNITURE = 10_000.0  # J/(m2.K) of floor: air and furniture node of EN ISO 52016-1 table B.17
GROUND_DAMPING = 0.35  # share of the yearly swing of the air that reaches the ground under a floor
WARM_UP_DAYS = 31


@dataclass(frozen=True, slots=True)
class Options:
    """How the engine runs.

    Attributes:
        sub_steps: Steps in an hour.
        furniture: Whether the air node carries the mass of furniture.
    """

    sub_steps: int = 2
    furniture: bool = True


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

    arguments: tuple[object, ...]
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
    kernel(*_hours(prepared.arguments, slice(-last, None)), temperature, state, warm_up)
    hourly = np.zeros((len(month_of_hour()), RESULT_COLUMNS))
    kernel(*prepared.arguments, temperature, state, hourly)
    hourly[:, SOLAR] -= prepared.radiant  # the kernel counts all that inner faces take as one
    hourly[:, GAINS] += prepared.radiant
    return Simulation(hourly, _residual(hourly))


HOURLY_ARGUMENTS = frozenset({7, 8, 9, 11, 12, 13, 14, 15})  # places of the arrays that run with the hours


def _hours(arguments: tuple[object, ...], hours: slice) -> tuple[object, ...]:
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
    chains = [chain(element) for element in elements]
    first = np.concatenate([[0], np.cumsum([len(part.capacity) for part in chains])])
    film, drive, inside = _faces(model, climate, chains)
    zone, profile = model.zone, model.zone.profile
    hour = np.arange(len(month_of_hour())) % 24
    exchange, convective = _air(model, climate, hour)
    heating, cooling = _set_points(profile.heating_c, profile.cooling_c, profile.ramp_k_h, hour, options.sub_steps)
    heat_of_air = zone.volume_m3.value * climate.air_density_kg_m3() * AIR_HEAT
    furniture = FURNITURE * zone.floor_area_m2.value if options.furniture else 0.0
    arguments: tuple[object, ...] = (
        first,
        np.array([element.area_m2.value for element in elements]),
        np.array([element.boundary is Boundary.GROUND for element in elements]),
        np.concatenate([part.capacity for part in chains]),
        np.concatenate([part.conductance for part in chains]),
        np.array([INSIDE_CONVECTION[element.kind] for element in elements]),
        INSIDE_RADIATION,
        film,
        drive,
        inside,
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


def _set_points(
    heating: tuple[float, ...], cooling: tuple[float, ...], ramp_k_h: float, hour: NDArray[np.int64], sub_steps: int
) -> tuple[Series, Series]:
    """Return (hours, sub-steps) set-points; the heating one rises no faster than the ramp."""
    wanted = np.repeat(np.array(heating), sub_steps)
    day = wanted.copy()
    for step in range(2 * len(day)):
        place = step % len(day)
        day[place] = min(wanted[place], day[place - 1] + ramp_k_h / sub_steps)
    return day.reshape(24, sub_steps)[hour], np.repeat(np.array(cooling)[hour][:, None], sub_steps, axis=1)


def _faces(model: EnergyModel, climate: ClimateYear, chains: list[Chain]) -> tuple[Series, Series, Series]:
    """Return outer film, outer drive and inner source, each (hours, elements)."""
    shape = (len(month_of_hour()), len(model.elements))
    film, drive = np.zeros(shape), np.zeros(shape)
    inside = np.zeros(shape)
    curve = double_glazing()
    path = sun_path(climate)
    ground = _ground_c(model, climate)
    sky_c = (climate.sky_infrared_w_m2 / STEFAN_BOLTZMANN) ** 0.25 - KELVIN
    beam, diffuse = np.zeros(shape[0]), np.zeros(shape[0])
    for place, element in enumerate(model.elements):
        if element.boundary is Boundary.GROUND:
            film[:, place] = 1.0 / _ground_resistance(element, chains[place])
            drive[:, place] = film[:, place] * ground
        elif element.boundary is Boundary.OUTSIDE:
            glazed = element.g is not None
            light = irradiance(
                climate,
                path,
                element.azimuth_deg,
                element.tilt_deg,
                (curve.cosines, curve.relative) if glazed else None,
            )
            film[:, place], drive[:, place] = _outer_face(element, climate, sky_c)
            if glazed:
                passed = _through(element, light.beam_through, light.diffuse * curve.diffuse, chains[place])
                beam += passed[0]
                diffuse += passed[1]
                inside[:, place] += passed[2]
            else:
                drive[:, place] += element.absorptance * (light.beam + light.diffuse)
    inside += _spread_inside(model, beam, diffuse)
    return film, drive, inside


def _outer_face(element: EnergyElement, climate: ClimateYear, sky_c: Series) -> tuple[Series, Series]:
    """Return film coefficient and film times temperature of an outer face in the open air."""
    cosine = np.cos(np.radians(element.tilt_deg))
    to_sky = ((1.0 + cosine) / 2.0) ** 1.5  # the part of the view near the horizon meets air at its own temperature
    to_air = 1.0 - to_sky
    convection = outside_convection(climate.wind_m_s, rough=element.g is None)
    mean_sky = (climate.dry_bulb_c + sky_c) / 2.0 + KELVIN
    sky = 4.0 * EMISSIVITY * STEFAN_BOLTZMANN * mean_sky**3 * to_sky
    air = 4.0 * EMISSIVITY * STEFAN_BOLTZMANN * (climate.dry_bulb_c + KELVIN) ** 3 * to_air + convection
    return sky + air, sky * sky_c + air * climate.dry_bulb_c


def outside_convection(wind_m_s: Series, *, rough: bool) -> Series:
    """Return the outer film, W/(m2.K): mean of the windward and leeward MoWiTT fits (Yazdanian and Klems 1994).

    Rough faces take the DOE-2 factor of medium roughness on the part above still air.
    """
    local = wind_m_s * LOCAL_WIND
    still = 2.0  # W/(m2.K), natural convection at a difference of some kelvin
    forced = (3.26 * local**0.89 + 3.55 * local**0.617) / 2.0
    smooth = np.sqrt(still**2 + forced**2)
    return np.asarray(still + (ROUGHNESS if rough else 1.0) * (smooth - still), dtype=np.float64)


LOCAL_WIND = 0.76  # wind at the middle of a low building over open ground relative to the mast at 10 m
ROUGHNESS = 1.52  # DOE-2: medium rough


def _ground_c(model: EnergyModel, climate: ClimateYear) -> Series:
    if model.ground_c:
        return np.array(model.ground_c)[month_of_hour()]
    months = climate.monthly_mean_c()
    damped = months.mean() + GROUND_DAMPING * (months - months.mean())
    return np.asarray(damped[month_of_hour()], dtype=np.float64)


def _ground_resistance(element: EnergyElement, part: Chain) -> float:
    """Return what the U-value holds beyond the layers and the inner surface (ground, outer surface), m2.K/W."""
    inside = surface_resistance(element.kind) - 0.04
    return max(1.0 / element.u_w_m2k.value - part.resistance_m2k_w() - inside, 1e-3)


def _through(element: EnergyElement, beam: Series, diffuse: Series, part: Chain) -> tuple[Series, Series, Series]:
    """Return sun passed as beam and as diffuse light, W, and the heat of the panes at the inner face, W/m2."""
    g = element.g.value if element.g is not None else 0.0
    outer = 0.04 + part.resistance_m2k_w()
    inward = outer / (outer + 0.13)  # share of what the inner face takes that enters the room
    passed = g * DIRECT_SHARE * element.area_m2.value
    panes = g * (1.0 - DIRECT_SHARE) / inward * (beam + diffuse)
    return beam * passed, diffuse * passed, panes


def _spread_inside(model: EnergyModel, beam: Series, diffuse: Series) -> Series:
    """Return the sun and the radiative gains that each inner face takes, W/m2, (hours, elements).

    Beam meets the floor first; what the floor reflects, and diffuse light, goes to all faces by area.
    """
    elements = model.elements
    area = np.array([element.area_m2.value for element in elements])
    takes = np.array([GLASS_LOSS if element.g is not None else INNER_ABSORPTANCE for element in elements])
    shared = takes / (area * takes).sum()
    kept = np.where([element.g is not None for element in elements], 0.0, shared)
    floor = np.array([element.kind is Kind.FLOOR for element in elements])
    onto = beam * INNER_ABSORPTANCE if floor.any() else np.zeros_like(beam)
    scattered = beam - onto + diffuse
    source = scattered[:, None] * kept[None, :]
    if floor.any():
        source += onto[:, None] * (floor / (area * floor).sum())[None, :]
    profile, zone = model.zone.profile, model.zone
    radiant = np.array(profile.gains_w_m2) * zone.floor_area_m2.value * profile.radiative_share / area.sum()
    return np.asarray(source + radiant[np.arange(len(beam)) % 24][:, None], dtype=np.float64)
