"""What falls on the outer faces of a model, and what its inner faces take, hour by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from twin.energy.climate import KELVIN, STEFAN_BOLTZMANN, ClimateYear, Series, month_of_hour
from twin.energy.construction import Chain, surface_resistance
from twin.energy.glass import POWERS, Glass, glass_of, plain_glass
from twin.energy.inside import GLASS_EMISSIVITY, ways
from twin.energy.sun import Irradiance, irradiance, sun_path
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Horizon, Kind

EMISSIVITY = 0.9
INNER_ABSORPTANCE = 0.6  # share of the sun that an opaque inner face takes
MOST_DIRECTIONS = 256  # that a weather keeps, 0.2 MB each; a building has some tens
GROUND_DAMPING = 0.35  # share of the yearly swing of the air that reaches the ground under a floor
LEAST_AREA_M2 = 1e-9  # that light can meet
LOCAL_WIND = 0.76  # wind at the middle of a low building over open ground relative to the mast at 10 m
ROOF_WIND = 0.83  # the same over its roof
FLAT_DEG = 60.0  # of tilt; less is a roof to the wind
ROUGHNESS = 1.52  # DOE-2: medium rough
# Defaults of EN ISO 52016-1 as read in open implementations; the standard itself was not at hand.
ISO_OUTSIDE_CONVECTION = 20.0  # W/(m2.K)
ISO_OUTSIDE_RADIATION = 4.14  # W/(m2.K)
ISO_SKY_K = 11.0  # air minus sky temperature


@dataclass(frozen=True, slots=True)
class FaceRules:
    """How faces meet the weather.

    Attributes:
        fixed_films: Constant outer films and sky depression instead of wind and the sky of the weather file.
        angle_dependent: Whether the glass follows the angle of incidence.
        g_factor: Constant factor on the g-value at normal incidence, of glass that does not follow the angle.
    """

    fixed_films: bool = False
    angle_dependent: bool = True
    g_factor: float = 1.0


ISO_FACES = FaceRules(fixed_films=True, angle_dependent=False, g_factor=0.9)


class OuterFace(NamedTuple):
    """What an outer face meets, hour by hour.

    Attributes:
        film: Sum of the film coefficients but for convection, W/(m2.K).
        drive: Sum of these times their temperatures, W/m2.
        wind: Convection that the wind makes at a smooth face, W/(m2.K).
    """

    film: Series
    drive: Series
    wind: Series


class Weather:
    """A weather year as faces meet it; each direction is worked out once and shared by all faces and buildings.

    Args:
        climate: The weather.
        rules: How faces meet it; those of the engine if not given.
    """

    def __init__(self, climate: ClimateYear, rules: FaceRules | None = None) -> None:
        self.climate = climate
        self.rules = rules or FaceRules()
        self.path = sun_path(climate)
        self._sky_c = (climate.sky_infrared_w_m2 / STEFAN_BOLTZMANN) ** 0.25 - KELVIN
        self._lights: dict[tuple[float, float, Horizon | None, int], Irradiance] = {}
        self._glasses: dict[tuple[float, float], Glass] = {}
        self._films: dict[tuple[float, bool], OuterFace] = {}

    def light(self, element: EnergyElement) -> Irradiance:
        """Return the sun on an element, behind its horizon."""
        powers = POWERS if element.g is not None and self.rules.angle_dependent else 1
        where = (element.azimuth_deg, element.tilt_deg, element.horizon)
        key = next((one for one in ((*where, POWERS), (*where, powers)) if one in self._lights), (*where, powers))
        if key not in self._lights:
            _make_room(self._lights)
            azimuth, tilt, horizon = where
            self._lights[key] = irradiance(self.climate, self.path, azimuth, tilt, powers, horizon=horizon)
        return self._lights[key]

    def glass(self, element: EnergyElement) -> Glass | None:
        """Return how the glass of an element treats the sun; None of what is opaque."""
        if element.g is None:
            return None
        key = (element.u_w_m2k.value, element.g.value)
        if key not in self._glasses:
            _make_room(self._glasses)
            by_angle = self.rules.angle_dependent
            self._glasses[key] = glass_of(*key) if by_angle else plain_glass(key[1] * self.rules.g_factor)
        return self._glasses[key]

    def outer(self, element: EnergyElement) -> OuterFace:
        """Return what the outer face of an element meets."""
        tilt, rough = key = (element.tilt_deg, element.g is None)
        if key not in self._films:
            _make_room(self._films)
            fixed = self.rules.fixed_films
            self._films[key] = (
                fixed_outer_face(tilt, self.climate)
                if fixed
                else outer_face(tilt, self.climate, self._sky_c, rough=rough)
            )
        return self._films[key]


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= MOST_DIRECTIONS:
        kept.pop(next(iter(kept)))


def face_conditions(
    model: EnergyModel, weather: Weather, chains: list[Chain]
) -> tuple[Series, Series, Series, Series]:
    """Return outer film, outer drive, wind at outer faces and inner source, each (elements, hours)."""
    shape = (len(model.elements), len(month_of_hour()))
    film, drive, wind, panes = np.zeros(shape), np.zeros(shape), np.zeros(shape), {}
    ground = ground_c(weather.climate, model.ground_c)
    way, beam = ways(model.elements), np.zeros(shape[1])
    diffuse: dict[int, Series] = {}
    glasses = [weather.glass(element) for element in model.elements]
    for place, element in enumerate(model.elements):
        if element.boundary is Boundary.GROUND:
            film[place] = 1.0 / _ground_resistance(element, chains[place])
            drive[place] = film[place] * ground
        elif element.boundary is Boundary.OUTSIDE:
            film[place], drive[place], wind[place] = weather.outer(element)
            light = weather.light(element)
            glass = glasses[place]
            if glass is None:
                drive[place] += element.absorptance * (light.beam + light.diffuse)
                continue
            area = element.area_m2.value
            beam += (area * glass.passed[: len(light.powers)]) @ light.powers
            passed = (area * glass.passed_diffuse) * light.diffuse
            diffuse[way[place]] = diffuse[way[place]] + passed if way[place] in diffuse else passed
            # What the panes take warms their two faces alike.
            warm = 0.5 * (glass.taken[: len(light.powers)] @ light.powers + glass.taken_diffuse * light.diffuse)
            drive[place] += warm
            panes[place] = warm
    areas = np.array([element.area_m2.value for element in model.elements])
    inside = inner_shares(model, glasses, areas, beam, diffuse)
    for place, warm in panes.items():
        inside[place] += warm
    return film, drive, wind, inside


def outer_face(tilt_deg: float, climate: ClimateYear, sky_c: Series, *, rough: bool) -> OuterFace:
    """Return what an outer face in the open air meets."""
    cosine = np.cos(np.radians(tilt_deg))
    to_sky = ((1.0 + cosine) / 2.0) ** 1.5  # the part of the view near the horizon meets air at its own temperature
    grey = 4.0 * STEFAN_BOLTZMANN * (EMISSIVITY if rough else GLASS_EMISSIVITY)
    mean_sky = (climate.dry_bulb_c + sky_c) / 2.0 + KELVIN
    sky = grey * to_sky * mean_sky * mean_sky * mean_sky
    air_k = climate.dry_bulb_c + KELVIN
    air = grey * (1.0 - to_sky) * air_k * air_k * air_k
    wind = wind_convection(climate.wind_m_s, flat=tilt_deg < FLAT_DEG)
    return OuterFace(sky + air, sky * sky_c + air * climate.dry_bulb_c, wind)


def fixed_outer_face(tilt_deg: float, climate: ClimateYear) -> OuterFace:
    """Return what an outer face meets by the default values of EN ISO 52016-1; convection is in the film."""
    film = np.full(len(climate.dry_bulb_c), ISO_OUTSIDE_CONVECTION + ISO_OUTSIDE_RADIATION)
    to_sky = (1.0 + np.cos(np.radians(tilt_deg))) / 2.0
    return OuterFace(
        film, film * climate.dry_bulb_c - to_sky * ISO_OUTSIDE_RADIATION * ISO_SKY_K, np.zeros_like(film)
    )


def roughness(element: EnergyElement) -> float:
    """Return the factor of DOE-2 on what the wind adds to still air; 0 of a face that no wind reaches."""
    if element.boundary is not Boundary.OUTSIDE:
        return 0.0
    return ROUGHNESS if element.g is None else 1.0


def wind_convection(wind_m_s: Series, *, flat: bool) -> Series:
    """Return what the wind makes at a smooth face, W/(m2.K): MoWiTT fits (Yazdanian and Klems 1994).

    A wall has the wind before it half of the time and lies behind the building in the other half, for a climate year
    does not say where the wind comes from; a roof has it all the time.
    """
    local = wind_m_s * (ROOF_WIND if flat else LOCAL_WIND)
    windward = 3.26 * local**0.89
    return np.asarray(windward if flat else (windward + 3.55 * local**0.617) / 2.0, dtype=np.float64)


def ground_c(climate: ClimateYear, months_c: tuple[float, ...]) -> Series:
    """Return the temperature under ground parts hour by hour: as given by month, else the damped air."""
    if months_c:
        return np.array(months_c)[month_of_hour()]
    months = climate.monthly_mean_c()
    damped = months.mean() + GROUND_DAMPING * (months - months.mean())
    return np.asarray(damped[month_of_hour()], dtype=np.float64)


def _ground_resistance(element: EnergyElement, part: Chain) -> float:
    """Return what the U-value holds beyond the layers and the inner surface (ground, outer surface), m2.K/W."""
    inside = surface_resistance(element.kind) - 0.04
    return max(1.0 / element.u_w_m2k.value - part.resistance_m2k_w() - inside, 1e-3)


def inner_shares(
    model: EnergyModel, glasses: Sequence[Glass | None], area: Series, beam: Series, diffuse: Mapping[int, Series]
) -> Series:
    """Return the sun and the radiative gains that each inner face takes, W/m2, (elements, hours).

    Beam meets the floor first. Diffuse light meets all faces by area that do not look the same way as its window.
    What they throw back goes to all faces by area.

    Args:
        model: The building.
        glasses: The glass of each element.
        area: Area of each, m2.
        beam: Sun passed as beam, W.
        diffuse: Sun passed as diffuse light by windows of one way to look, W.
    """
    of_beam, even = inner_takes(model.elements, glasses, area)
    gone, taken, way = *_losses(glasses), ways(model.elements)
    profile, zone = model.zone.profile, model.zone
    radiant = np.array(profile.gains_w_m2) * zone.floor_area_m2.value * profile.radiative_share
    takes = [of_beam, np.full_like(area, 1.0 / area.sum())]
    for one in diffuse:
        met = (way != one) / max((area * (way != one)).sum(), LEAST_AREA_M2)
        takes.append(taken * met + even * (area * met * (1.0 - gone)).sum())
    heat = np.stack([beam, np.tile(radiant, len(beam) // len(radiant)), *diffuse.values()])
    return np.asarray(np.stack(takes, axis=1) @ heat, dtype=np.float64)


def _losses(glasses: Sequence[Glass | None]) -> tuple[Series, Series]:
    """Return what of the light that meets it each inner face takes or lets out, and what warms it."""
    gone = np.array([INNER_ABSORPTANCE if glass is None else glass.lost for glass in glasses])
    return gone, np.array([INNER_ABSORPTANCE if glass is None else glass.warms for glass in glasses])


def inner_takes(
    elements: Sequence[EnergyElement], glasses: Sequence[Glass | None], area: Series
) -> tuple[Series, Series]:
    """Return what a square metre of each inner face takes of a watt of beam and of a watt of diffuse light, 1/m2.

    Args:
        elements: The faces, or one element for each lumped part.
        glasses: The glass of each.
        area: Area of each, m2.
    """
    gone, takes = _losses(glasses)
    diffuse = takes / (area * gone).sum()
    floor = np.array([element.kind is Kind.FLOOR for element in elements])
    if not floor.any():
        return diffuse, diffuse
    # A floor does not see itself, so that what it throws back meets the other faces first.
    met = ~floor / max((area * ~floor).sum(), LEAST_AREA_M2)
    back = takes * met + diffuse * (area * met * (1.0 - gone)).sum()
    beam = INNER_ABSORPTANCE * floor / (area * floor).sum() + (1.0 - INNER_ABSORPTANCE) * back
    return beam, diffuse
