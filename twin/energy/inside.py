"""How the inner faces of a zone pass heat to its air and to each other.

Air: natural convection at a face that is warmer or colder than the air, by the difference and by the tilt (Walton
1983, TARP, after ASHRAE; the default of EnergyPlus). Each other: grey faces and one mean radiant temperature, where a
face does not see itself (Carroll 1980).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.energy.climate import KELVIN, SEA_LEVEL_PA, STEFAN_BOLTZMANN, Series
from twin.energy.construction import LEAST_RESISTANCE, surface_resistance
from twin.energy.kernel import PANE_C, REFERENCE_C
from twin.energy.values import EnergyElement, Kind

UPRIGHT = 1.31  # W/(m2.K), at a kelvin; grows with the third root of the difference, as all of these
HELPED = (9.482, 7.283)  # numerator and denominator; heat rises from a warm floor and falls from a cold ceiling
HINDERED = (1.810, 1.382)
LEAST_CONVECTION = 0.1  # W/(m2.K), as EnergyPlus; air is never quite still
UPRIGHT_COSINE = 0.01  # of the tilt; less is a wall
LEAST_PANE_SINE = 0.26  # of the tilt, 15°; a flatter pane is taken as a roof
PANE_M = 1.4  # height of a usual window; no model says it
# Laminar layer along a pane, Nu = 0.56 Ra^(1/4) (ISO 15099, 8.3.2.2): conductivity W/(m.K) of air at 15 °C, and the
# Rayleigh number of a kelvin over a metre at the pressure of the sea; it grows with the square of the density.
PANE_NUSSELT, AIR_CONDUCTIVITY, RAYLEIGH = 0.56, 0.0255, 1.13e8
SEA_DENSITY = SEA_LEVEL_PA / (287.042 * 293.15)  # kg/m3, dry air at 20 °C
# Between two panes, W/(m2.K): air or argon at the usual width; radiation of coated glass as a share; more than this
# in all is one pane.
GAS, LEAST_SHINE, SINGLE_PANE = 2.0, 1.0 / 7.0, 12.0
GAS_GROWTH = 0.0025  # of its conductivity with a kelvin (EN 673, table 1)
EMISSIVITY = 0.9
GLASS_EMISSIVITY = 0.84  # of glass without a coating, EN 673: 0.837
MOST_OF_ALL = 0.5  # a plane face is not more than half of what it closes
GROWTH = 3.0 / (REFERENCE_C + KELVIN)  # of radiation with a kelvin, as a share
SIDES_OF_MASS = 2  # look at each other
ROUNDS = 30  # of an iteration that halves its error in each

# Defaults of EN ISO 52016-1 (and EN ISO 13789): horizontal flow, upwards, downwards; emissivity 0.9 at 20 °C.
ISO_CONVECTION = {
    Kind.WALL: 2.5,
    Kind.ROOF: 5.0,
    Kind.FLOOR: 0.7,
    Kind.WINDOW: 2.5,
    Kind.DOOR: 2.5,
    Kind.INTERNAL: 2.5,
}
ISO_RADIATION = 5.13


def rising(elements: Sequence[EnergyElement], air_density_kg_m3: float = SEA_DENSITY) -> Series:
    """Return convection at a kelvin of each inner face, colder and warmer than the air, W/(m2.K).

    Args:
        elements: The faces.
        air_density_kg_m3: Of dry air at 20 °C at this height; thin air moves less along a pane. What is known of
            walls (TARP) was measured near the sea and names no density.
    """
    return np.array([_rising(element, air_density_kg_m3 / SEA_DENSITY) for element in elements])


def outer_rising(elements: Sequence[EnergyElement]) -> Series:
    """Return convection at a kelvin of each outer face in still air, colder and warmer than it, W/(m2.K)."""
    return np.array([_by_tilt(float(np.cos(np.radians(element.tilt_deg)))) for element in elements])


def is_pane(element: EnergyElement) -> bool:
    """Return whether air runs along a pane, and not over a wall or a roof."""
    return element.g is not None and float(np.sin(np.radians(element.tilt_deg))) > LEAST_PANE_SINE


def _rising(element: EnergyElement, density: float) -> tuple[float, float]:
    if is_pane(element):
        steep = float(np.sin(np.radians(element.tilt_deg)))
        layer = PANE_NUSSELT * AIR_CONDUCTIVITY * (RAYLEIGH * density**2 * steep / PANE_M) ** 0.25
        return layer, layer
    return _by_tilt(0.0 if element.kind is Kind.INTERNAL else -float(np.cos(np.radians(element.tilt_deg))))


def _by_tilt(up: float) -> tuple[float, float]:
    """Return convection of a colder and a warmer face that looks up by a cosine."""
    if abs(up) < UPRIGHT_COSINE:
        return UPRIGHT, UPRIGHT
    helped, hindered = HELPED[0] / (HELPED[1] - abs(up)), HINDERED[0] / (HINDERED[1] + abs(up))
    return (hindered, helped) if up > 0.0 else (helped, hindered)


def widening(elements: Sequence[EnergyElement]) -> Series:
    """Return what the conductance of each pane grows by with a kelvin, W/(m2.K2); 0 of what is not glass.

    Between panes the gas passes some 2 W/(m2.K); what is beyond that, and a seventh at least, is radiation.
    """
    return np.array([0.0 if element.g is None else _widening(element.u_w_m2k.value) for element in elements])


def _widening(u_w_m2k: float) -> float:
    pane = 1.0 / max(1.0 / u_w_m2k - surface_resistance(Kind.WINDOW), LEAST_RESISTANCE)
    if pane > SINGLE_PANE:
        return 0.0
    shines = max(pane - GAS, LEAST_SHINE * pane)
    return shines * 3.0 / (PANE_C + KELVIN) + (pane - shines) * GAS_GROWTH


def radiation(elements: Sequence[EnergyElement]) -> Series:
    """Return the conductance of each inner face to the mean radiant temperature, W/(m2.K).

    Faces that look the same way are one, and do not see each other; the two sides of inner mass do.
    """
    area = np.array([element.area_m2.value for element in elements])
    way = ways(elements)
    sides = np.array([SIDES_OF_MASS if element.kind is Kind.INTERNAL else 1 for element in elements])
    sees = np.ones(len(elements))
    for _ in range(ROUNDS):
        seen = area * sees
        share = np.bincount(way, weights=seen)[way] / sides / seen.sum()
        sees = 1.0 / (1.0 - np.minimum(share, MOST_OF_ALL))
    grey = np.array([GLASS_EMISSIVITY if element.g is not None else EMISSIVITY for element in elements])
    black = 4.0 * STEFAN_BOLTZMANN * (REFERENCE_C + KELVIN) ** 3
    return np.asarray(black / (1.0 / sees + (1.0 - grey) / grey), dtype=np.float64)


def ways(elements: Sequence[EnergyElement]) -> NDArray[np.int64]:
    """Return a number for the way that each element looks; inner mass has its own."""
    looks = [_look(element) for element in elements]
    places = {look: place for place, look in enumerate(dict.fromkeys(looks))}
    return np.array([places[look] for look in looks])


def _look(element: EnergyElement) -> tuple[bool, int, int]:
    tilt = round(element.tilt_deg)
    azimuth = round(element.azimuth_deg) % 360 if 0 < tilt < 180 else 0
    return element.kind is Kind.INTERNAL, tilt, azimuth
