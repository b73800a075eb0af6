"""What falls on the outer faces of a model, and what its inner faces take, hour by hour."""

import numpy as np

from twin.energy.climate import KELVIN, STEFAN_BOLTZMANN, ClimateYear, Series, month_of_hour
from twin.energy.construction import Chain, surface_resistance
from twin.energy.glass import double_glazing
from twin.energy.sun import irradiance, sun_path
from twin.energy.values import Boundary, EnergyElement, EnergyModel, Kind

EMISSIVITY = 0.9
INNER_ABSORPTANCE = 0.6  # share of the sun that an opaque inner face takes
GLASS_LOSS = 0.75  # share of the light from inside that a window lets out or takes
DIRECT_SHARE = 0.91  # directly transmitted part of the total transmittance (EN 410, clear panes)
GROUND_DAMPING = 0.35  # share of the yearly swing of the air that reaches the ground under a floor
LOCAL_WIND = 0.76  # wind at the middle of a low building over open ground relative to the mast at 10 m
ROUGHNESS = 1.52  # DOE-2: medium rough


def face_conditions(model: EnergyModel, climate: ClimateYear, chains: list[Chain]) -> tuple[Series, Series, Series]:
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
