"""From a construction to a chain of nodes."""

from dataclasses import dataclass

import numpy as np

from twin.energy.climate import Series
from twin.energy.values import EnergyElement, Kind, Layer

# Surface resistances of EN ISO 6946, table 7, m2.K/W: inside by the direction of the heat flow, outside.
INSIDE_RESISTANCE = {Kind.ROOF: 0.10, Kind.FLOOR: 0.17}
INSIDE_RESISTANCE_WALL = 0.13
OUTSIDE_RESISTANCE = 0.04

SLICE_SECONDS = 1800.0  # a slice is not thicker than heat reaches in this time
MOST_SLICES = 8
LEAST_RESISTANCE = 0.01  # m2.K/W; between two faces there is always some

# Mass of a part of which only the U-value is known, J/(m2.K): medium class of EN ISO 52016-1 table B.14 (110 kJ
# inside) and a light outer skin.
INNER_MASS = 110_000.0
OUTER_MASS = 20_000.0
DOOR_MASS = 10_000.0
GLASS_MASS = 7_500.0  # one pane of 3 mm: 2500 kg/m3 × 0.003 m × 1000 J/(kg.K)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Nodes of one element, from its outer to its inner face.

    Attributes:
        capacity: (nodes,), J/(m2.K).
        conductance: (nodes,), to the next node inwards, W/(m2.K); the last is 0.
    """

    capacity: Series
    conductance: Series

    def resistance_m2k_w(self) -> float:
        """Return the resistance from face to face, m2.K/W."""
        return float((1.0 / self.conductance[:-1]).sum())


def surface_resistance(kind: Kind) -> float:
    """Return inside plus outside surface resistance, m2.K/W."""
    return INSIDE_RESISTANCE.get(kind, INSIDE_RESISTANCE_WALL) + OUTSIDE_RESISTANCE


def u_of_layers(layers: tuple[Layer, ...], kind: Kind) -> float:
    """Return the U-value of homogeneous layers, W/(m2.K) (EN ISO 6946)."""
    return 1.0 / (sum(layer.resistance_m2k_w for layer in layers) + surface_resistance(kind))


def chain(element: EnergyElement) -> Chain:
    """Return the nodes of an element."""
    if element.layers:
        return _of_layers(element.layers)
    resistance = max(1.0 / element.u_w_m2k.value - surface_resistance(element.kind), LEAST_RESISTANCE)
    if element.kind is Kind.WINDOW:
        return _lumped([resistance], [GLASS_MASS, GLASS_MASS])
    if element.kind is Kind.DOOR:
        return _lumped([resistance], [DOOR_MASS, DOOR_MASS])
    if element.kind is Kind.INTERNAL:
        return _lumped([LEAST_RESISTANCE * 5], [INNER_MASS / 2.0, INNER_MASS / 2.0])
    # Insulation outside, mass inside: a tenth of the resistance lies within the mass.
    return _lumped([0.85 * resistance, 0.1 * resistance, 0.05 * resistance], [OUTER_MASS, 0.2, 0.5, 0.3])


def _lumped(resistances: list[float], masses: list[float]) -> Chain:
    capacity = np.array(masses)
    if len(masses) > 2:
        capacity[1:] *= INNER_MASS
    return Chain(capacity, np.array([*(1.0 / r for r in resistances), 0.0]))


def _of_layers(layers: tuple[Layer, ...]) -> Chain:
    capacity, conductance = [0.0], []
    for layer in layers:
        slices = _slices(layer)
        mass = layer.thickness_m * layer.density_kg_m3 * layer.specific_heat_j_kgk / slices
        for _ in range(slices):
            capacity[-1] += mass / 2.0
            capacity.append(mass / 2.0)
            conductance.append(slices / layer.resistance_m2k_w)
    return Chain(np.array(capacity), np.array([*conductance, 0.0]))


def _slices(layer: Layer) -> int:
    heat = layer.density_kg_m3 * layer.specific_heat_j_kgk
    if heat <= 0.0:
        return 1
    reach = np.sqrt(layer.conductivity_w_mk / heat * SLICE_SECONDS)
    return int(min(max(np.ceil(layer.thickness_m / reach), 1), MOST_SLICES))


# EN ISO 52016-1 table B.14: areal heat capacity of the mass classes from very light to very heavy, J/(m2.K).
ISO_MASS_CLASSES = np.array([50_000.0, 75_000.0, 110_000.0, 175_000.0, 250_000.0])
# Table B.13: where the mass lies, outside to inside.
ISO_OUTSIDE, ISO_DISTRIBUTED, ISO_INSIDE = (
    np.array([1.0, 0.0, 0.0, 0.0, 0.0]),
    np.array([0.125, 0.25, 0.25, 0.25, 0.125]),
    np.array([0.0, 0.0, 0.0, 0.0, 1.0]),
)
ISO_CONDUCTANCES = np.array([6.0, 3.0, 3.0, 6.0])  # over the resistance of the part


def iso_chain(element: EnergyElement) -> Chain:
    """Return the nodes of an element by mass class, as EN ISO 52016-1 does by default.

    Opaque parts have five nodes, glass two without mass. The class is the one next to the mass of the layers; medium,
    inside, if only the U-value is known.
    """
    own = chain(element)
    resistance = own.resistance_m2k_w()
    if element.kind in (Kind.WINDOW, Kind.DOOR):
        return Chain(np.zeros(2), np.array([1.0 / resistance, 0.0]))
    total = float(own.capacity.sum()) if element.layers else INNER_MASS
    mass = ISO_MASS_CLASSES[np.argmin(np.abs(ISO_MASS_CLASSES - total))]
    return Chain(mass * _iso_place(element, own), np.append(ISO_CONDUCTANCES / resistance, 0.0))


def _iso_place(element: EnergyElement, own: Chain) -> Series:
    if element.kind is Kind.INTERNAL:
        return ISO_DISTRIBUTED
    if not element.layers:
        return ISO_INSIDE
    depth = np.concatenate([[0.0], np.cumsum(1.0 / own.conductance[:-1])]) / own.resistance_m2k_w()
    middle = float((own.capacity * depth).sum() / max(own.capacity.sum(), 1e-9))
    if middle > 2.0 / 3.0:
        return ISO_INSIDE
    return ISO_OUTSIDE if middle < 1.0 / 3.0 else ISO_DISTRIBUTED
