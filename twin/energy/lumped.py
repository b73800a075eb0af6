"""The engine `rc_city`: a building as a few lumped parts under a weather pack that a whole city shares.

What makes it quick: sun and equivalent outside temperatures are worked out once for each climate and compass
direction, a building takes their weighted sum; outer films are constant, so that nothing is divided in the step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import KELVIN, STEFAN_BOLTZMANN, ClimateYear, Series, month_of_hour
from twin.energy.construction import Chain, chain, surface_resistance
from twin.energy.engine import AIR_HEAT, FURNITURE, WARM_UP_DAYS
from twin.energy.faces import ROUGHNESS, ground_c, inner_takes, outer_face
from twin.energy.glass import POWERS, Glass, glass_of
from twin.energy.step_lumped import HELPERS, Lumped, eliminated, mix, run_lumped
from twin.energy.sun import irradiance, sun_path
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Kind, Layer

ENGINE_CITY = "rc_city"
ENGINE_CITY_VERSION = "0.4"

# Inner films, W/(m2.K): constant here, for nothing is divided in the step. Fitted to the full engine on the five
# known buildings of `benchmarks/energy_buildings.py`, not to another program.
INSIDE_CONVECTION = {
    Kind.WALL: 2.6,
    Kind.ROOF: 0.7,
    Kind.FLOOR: 1.0,
    Kind.WINDOW: 1.4,
    Kind.DOOR: 2.6,
    Kind.INTERNAL: 1.4,
}
INSIDE_RADIATION = 5.13

STILL = 2.0  # W/(m2.K), natural convection outside at a difference of some kelvin
AZIMUTHS = 8  # compass directions of walls and windows
PLACES = np.array([0.0, 0.6, 0.9, 1.0])  # nodes of a lumped part, as shares of its resistance from outside
LEAST_LUMPED_RESISTANCE = 0.02  # m2.K/W
# Columns of a direction: equivalent outside temperature of a rough face and of glass, what a watt of sun adds to the
# first, sun on the plane, beam weighted by the angle as glass does, diffuse light.
ROUGH_C, GLASS_C, SUN_K, SUN, BEAM, DIFFUSE, COLUMNS = range(7)
FILM_GLASS, FILM_ROUGH = 0, 1
USUAL_GLASS = (2.0, 0.7)  # U-value and g-value whose angular curve stands for all glass of a city


@dataclass(frozen=True, slots=True, eq=False)
class CityClimate:
    """A weather year worked out for the compass directions; about 4 MB, shared by all buildings of a city.

    Attributes:
        climate: The weather it was made of.
        table: float32 (directions × columns, 8760).
        films: float64 (directions, 2), mean outer film of glass and of a rough face, W/(m2.K).
        ground_c: float64 (8760,), temperature under ground parts without their own.
    """

    climate: ClimateYear
    table: NDArray[np.float32]
    films: Series
    ground_c: Series


@dataclass(frozen=True, slots=True, eq=False)
class LumpedYear:
    """A simulated year of a lumped building.

    Attributes:
        heating_w: float64 (8760,), hourly mean.
        cooling_w: float64 (8760,), hourly mean, sensible.
        air_c: float64 (8760,), degrees Celsius.
    """

    heating_w: Series
    cooling_w: Series
    air_c: Series

    @property
    def heating_kwh(self) -> float:
        """Heat need of the year, kWh."""
        return float(self.heating_w.sum() / 1000.0)

    @property
    def cooling_kwh(self) -> float:
        """Sensible cooling need of the year, kWh."""
        return float(self.cooling_w.sum() / 1000.0)

    @property
    def peak_heating_kw(self) -> float:
        """Largest hourly mean of the heating, kW."""
        return float(self.heating_w.max() / 1000.0)

    def monthly_heating_kwh(self) -> Series:
        """Return float64 (12,): heat need of each month, kWh."""
        return np.bincount(month_of_hour(), weights=self.heating_w) / 1000.0

    def hours_above(self, limit_c: float) -> int:
        """Return the hours in which the air is warmer than a limit."""
        return int((self.air_c > limit_c).sum())


def city_climate(climate: ClimateYear) -> CityClimate:
    """Return the weather pack of a climate; make it once and share it."""
    path, usual = sun_path(climate), glass_of(*USUAL_GLASS)
    curve = usual.passed / usual.passed.sum()
    sky_c = (climate.sky_infrared_w_m2 / STEFAN_BOLTZMANN) ** 0.25 - KELVIN
    columns, films = [], []
    for azimuth, tilt in _directions():
        light = irradiance(climate, path, azimuth, tilt, POWERS)
        rough, glass = (_outer(tilt, climate, sky_c, rough=one) for one in (True, False))
        sun = light.beam + light.diffuse
        columns += [rough[1] / rough[0], glass[1] / glass[0], sun / rough[0], sun]
        columns += [curve @ light.powers, light.diffuse]
        films.append((float(glass[0].mean()), float(rough[0].mean())))
    table = np.stack(columns).astype(np.float32)
    return CityClimate(climate, table, np.array(films), ground_c(climate, ()))


def _outer(tilt_deg: float, climate: ClimateYear, sky_c: Series, *, rough: bool) -> tuple[Series, Series]:
    """Return film coefficient and film times temperature of an outer face, with still air as at some kelvin."""
    film, drive, wind = outer_face(tilt_deg, climate, sky_c, rough=rough)
    convection = STILL + (ROUGHNESS if rough else 1.0) * (np.sqrt(STILL**2 + wind * wind) - STILL)
    return film + convection, drive + convection * climate.dry_bulb_c


def _directions() -> list[tuple[float, float]]:
    """Return azimuth and tilt of the directions of a pack: vertical, pitched at 35°, flat, looking down."""
    around = [place * 360.0 / AZIMUTHS for place in range(AZIMUTHS)]
    return [*((a, 90.0) for a in around), *((a, 35.0) for a in around), (0.0, 0.0), (0.0, 180.0)]


def direction_of(element: EnergyElement) -> int:
    """Return the place of the direction of a pack that is nearest to an element."""
    if element.tilt_deg < 17.5:
        return 2 * AZIMUTHS
    if element.tilt_deg > 135.0:
        return 2 * AZIMUTHS + 1
    sector = round(element.azimuth_deg * AZIMUTHS / 360.0) % AZIMUTHS
    return sector + (AZIMUTHS if element.tilt_deg < 62.5 else 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Elements of one kind and boundary, as one.

    Attributes:
        members: The elements.
        area_m2: Their area.
        chain: Their nodes.
        film: Outer film, W/(m2.K).
    """

    members: tuple[EnergyElement, ...]
    area_m2: float
    chain: Chain
    film: float

    @property
    def head(self) -> EnergyElement:
        """One of the members."""
        return self.members[0]


def simulate_lumped(model: EnergyModel, pack: CityClimate) -> LumpedYear:
    """Simulate a year of a building, with lumped parts and one step an hour.

    Args:
        model: The building; any number of elements. Horizons are not looked at.
        pack: The weather.
    """
    step, blend, eliminate = compiled_lumped()
    parts = _parts(model, pack)
    panes = {place: len(parts) + 2 + at for at, place in enumerate(_glazed(parts))}
    weights = _weights(parts, panes)
    mixed = np.zeros((weights.shape[1], len(month_of_hour())))
    ground = np.array(model.ground_c)[month_of_hour()] if model.ground_c else pack.ground_c
    for place, part in enumerate(parts):
        if part.head.boundary is Boundary.GROUND:
            mixed[place] = ground
    rows, outs = np.nonzero(weights)
    blend(pack.table, rows, outs, weights[rows, outs], mixed)
    result = np.empty((3, mixed.shape[1]))
    house = _house(model, pack, parts, panes, eliminate)
    step(house, pack.climate.dry_bulb_c, np.ascontiguousarray(mixed.T), WARM_UP_DAYS * 24, result)
    return LumpedYear(result[0], result[1], result[2])


def _glazed(parts: list[_Part]) -> list[int]:
    return [place for place, part in enumerate(parts) if any(one.g is not None for one in part.members)]


def _parts(model: EnergyModel, pack: CityClimate) -> list[_Part]:
    groups: dict[tuple[Kind, Boundary], list[EnergyElement]] = {}
    for element in model.elements:
        kind = Kind.WALL if element.kind is Kind.DOOR and element.g is None else element.kind
        groups.setdefault((kind, element.boundary), []).append(element)
    return [_lump(groups[key], pack) for key in sorted(groups)]


def _lump(members: list[EnergyElement], pack: CityClimate) -> _Part:
    """Return one part of the same heat loss and the same mass, at about the same depth, as its members."""
    areas = np.array([one.area_m2.value for one in members])
    share = areas / areas.sum()
    alike = _alike(members, share)
    # Members of a part have one kind, but for doors among walls, whose films are those of walls.
    films = surface_resistance(members[0].kind)
    loss = sum(w / (one.resistance_m2k_w() + films) for w, one in alike)
    resistance = max(1.0 / loss - films, LEAST_LUMPED_RESISTANCE)
    if members[0].kind in (Kind.WINDOW, Kind.INTERNAL):
        capacity = np.full(2, sum(w * float(one.capacity.sum()) for w, one in alike) / 2.0)
        lumped = Chain(capacity, np.array([1.0 / resistance, 0.0]))
    else:
        capacity = np.asarray(sum(w * _placed(one) for w, one in alike))
        lumped = Chain(capacity, np.append(1.0 / (resistance * np.diff(PLACES)), 0.0))
    return _Part(tuple(members), float(areas.sum()), lumped, _film(members, share, lumped, pack))


def _alike(members: list[EnergyElement], share: Series) -> list[tuple[float, Chain]]:
    """Return the chains of the members with their shares, those of equal construction as one."""
    shares: dict[tuple[Kind, float, tuple[Layer, ...]], float] = {}
    chains: dict[tuple[Kind, float, tuple[Layer, ...]], Chain] = {}
    for part, one in zip(share.tolist(), members, strict=True):
        key = (one.kind, one.u_w_m2k.value, one.layers)
        shares[key] = shares.get(key, 0.0) + part
        if key not in chains:
            chains[key] = chain(one)
    return [(shares[key], chains[key]) for key in chains]


def _placed(part: Chain) -> Series:
    """Return the mass of a chain at the places of a lumped part; total and first moment are kept."""
    depth = np.concatenate([[0.0], np.cumsum(1.0 / part.conductance[:-1])])
    at = np.interp(depth / depth[-1], PLACES, np.arange(len(PLACES)))
    low = np.minimum(at.astype(np.int64), len(PLACES) - 2)
    upper = part.capacity * (at - low)
    placed = np.bincount(low, weights=part.capacity - upper, minlength=len(PLACES))
    return np.asarray(placed + np.bincount(low + 1, weights=upper, minlength=len(PLACES)), dtype=np.float64)


def _film(members: list[EnergyElement], share: Series, part: Chain, pack: CityClimate) -> float:
    """Return the outer film of a part: of the weather, or of what lies between its outer node and the ground."""
    boundary = members[0].boundary
    if boundary is Boundary.ADIABATIC:
        return 0.0
    if boundary is Boundary.GROUND:
        u = float((share * [one.u_w_m2k.value for one in members]).sum())
        inside = surface_resistance(members[0].kind) - 0.04
        return 1.0 / max(1.0 / u - part.resistance_m2k_w() - inside, 1e-3)
    kind = [FILM_GLASS if one.g is not None else FILM_ROUGH for one in members]
    return float((share * pack.films[[direction_of(one) for one in members], kind]).sum())


def _weights(parts: list[_Part], panes: dict[int, int]) -> Series:
    """Return what each column takes of each row of the table: outside temperatures, light through glass, panes."""
    count = len(parts)
    weights = np.zeros((COLUMNS * (2 * AZIMUTHS + 2), count + 2 + len(panes)))
    for place, part in enumerate(parts):
        if part.head.boundary is not Boundary.OUTSIDE:
            continue
        film = 1.0 / part.film
        through = film / (film + part.chain.resistance_m2k_w())
        for one in part.members:
            row = COLUMNS * direction_of(one)
            share = one.area_m2.value / part.area_m2
            weights[row + (ROUGH_C if one.g is None else GLASS_C), place] += share
            if one.g is None:
                weights[row + SUN_K, place] += share * one.absorptance
                continue
            glass = glass_of(one.u_w_m2k.value, one.g.value)
            weights[row + BEAM, count] += float(glass.passed.sum()) * one.area_m2.value
            weights[row + DIFFUSE, count + 1] += glass.passed_diffuse * one.area_m2.value
            # Half of what the panes take enters at the inner face, and of the other half what the films let in.
            within = share * (0.5 + 0.5 * through)
            weights[row + SUN, panes[place]] += within * glass.taken_diffuse
    return weights


def _glass(one: EnergyElement) -> Glass | None:
    return None if one.g is None else glass_of(one.u_w_m2k.value, one.g.value)


def _house(
    model: EnergyModel,
    pack: CityClimate,
    parts: list[_Part],
    panes: dict[int, int],
    eliminate: Callable[..., tuple[Series, ...]],
) -> Lumped:
    zone, profile = model.zone, model.zone.profile
    per_change = zone.volume_m3.value * pack.climate.air_density_kg_m3() * AIR_HEAT / 3600.0
    changes = zone.infiltration_1_h.value + np.array(profile.ventilation_1_h) * (1.0 - profile.heat_recovery)
    gains = np.array(profile.gains_w_m2) * zone.floor_area_m2.value
    area = np.array([part.area_m2 for part in parts])
    radiant = gains * (profile.radiative_share / area.sum())
    convective = gains * (1.0 - profile.radiative_share)
    first = np.concatenate([[0], np.cumsum([len(part.chain.capacity) for part in parts])])
    capacity = np.concatenate([part.chain.capacity for part in parts])
    conductance = np.concatenate([part.chain.conductance for part in parts])
    films = np.array([(part.film, INSIDE_CONVECTION[part.head.kind]) for part in parts])
    rate, share, passing, to_air, to_radiant = eliminate(first, capacity, conductance, films, INSIDE_RADIATION)
    return Lumped(
        first, area, films, rate, share, passing, to_air, to_radiant,
        takes=np.stack(inner_takes([part.head for part in parts], [_glass(part.head) for part in parts], area)),
        pane=np.array([panes.get(place, -1) for place in range(len(parts))]),
        air_rate=per_change + FURNITURE * zone.floor_area_m2.value / 3600.0,
        day=np.array([changes * per_change, convective, profile.heating_c, profile.cooling_c, radiant]),
    )  # fmt: skip


@cache
def compiled_lumped() -> tuple[Callable[..., None], Callable[..., None], Callable[..., tuple[Series, ...]]]:
    """Return step, blend and elimination as machine code; the first call in a process compiles them."""
    import numba
    from numba.extending import register_jitable

    for helper in HELPERS:
        register_jitable(fastmath=True)(helper)
    options = {"cache": bool(numba.config.CACHE_DIR), "error_model": "numpy", "fastmath": True}
    return numba.njit(run_lumped, **options), numba.njit(mix, **options), numba.njit(eliminated, **options)
