"""Constructions of a model as EnergyPlus materials."""

from collections.abc import Mapping
from typing import Any

from twin.energy.construction import (
    INNER_MASS,
    LEAST_RESISTANCE,
    OUTER_MASS,
    surface_resistance,
)
from twin.energy.values import Boundary, EnergyElement, Kind, Layer

Objects = dict[str, dict[str, Any]]

SKIN_DENSITY = 1000.0  # kg/m3 of the made-up layers of an element of which only the U-value is known
SKIN_HEAT = 1000.0  # J/(kg.K)
LEAST_G, MOST_G = 0.01, 0.99  # what EnergyPlus takes
OUTER_FILM = 0.04  # m2.K/W


def construction(element: EnergyElement, objects: Mapping[str, Objects]) -> str:
    """Write the construction of an element into `objects` and return its name."""
    name = f"construction {element.element_id}"
    layers = _glass(element, objects) if element.g is not None else _opaque(element, objects)
    keys = ("outside_layer", *(f"layer_{place}" for place in range(2, 11)))
    objects["Construction"][name] = dict(zip(keys, layers, strict=False))
    return name


def _opaque(element: EnergyElement, objects: Mapping[str, Objects]) -> list[str]:
    names = []
    for place, layer in enumerate(_layers(element), 1):
        names.append(f"layer {place} of {element.element_id}")
        resistance_only = layer.density_kg_m3 * layer.specific_heat_j_kgk <= 0.0
        objects["Material:NoMass" if resistance_only else "Material"][names[-1]] = {
            "roughness": "MediumRough",
            "thermal_absorptance": 0.9,
            "solar_absorptance": element.absorptance,
            **({"thermal_resistance": layer.resistance_m2k_w} if resistance_only else _massive(layer)),
        }
    # The inner face takes the sun that entered; its absorptance is that of all inner faces, not of the outer one.
    inner = objects["Material" if names[-1] in objects["Material"] else "Material:NoMass"][names[-1]]
    if len(names) > 1 or element.boundary is not Boundary.OUTSIDE:
        inner["solar_absorptance"] = 0.6
    return names


def _massive(layer: Layer) -> dict[str, float]:
    return {
        "thickness": layer.thickness_m,
        "conductivity": layer.conductivity_w_mk,
        "density": layer.density_kg_m3,
        "specific_heat": layer.specific_heat_j_kgk,
    }


def _layers(element: EnergyElement) -> list[Layer]:
    """Return the layers from outside, with what lies between a floor and the ground as the first one."""
    layers = list(element.layers) or _made_up(element)
    if element.boundary is Boundary.GROUND:
        inside = surface_resistance(element.kind) - OUTER_FILM
        beyond = 1.0 / element.u_w_m2k.value - sum(layer.resistance_m2k_w for layer in layers) - inside
        if beyond > 1e-3:
            layers.insert(0, Layer(1.0, 1.0 / beyond, name="earth"))
    # Behind an adiabatic face EnergyPlus sees the same room again: no heat passes the middle of the construction, so
    # that the face has half of it. Ours has no heat pass its back, and has all of it.
    return [*reversed(layers), *layers] if element.boundary is Boundary.ADIABATIC else layers


def _made_up(element: EnergyElement) -> list[Layer]:
    """Return layers for a bare U-value: the insulation outside, the mass of the own engine inside."""
    resistance = max(1.0 / element.u_w_m2k.value - surface_resistance(element.kind), LEAST_RESISTANCE)
    if element.kind is Kind.INTERNAL:
        return [_skin(INNER_MASS, 5.0 * LEAST_RESISTANCE)]
    if element.kind is Kind.DOOR:
        return [_skin(2.0 * 10_000.0, resistance)]
    return [_skin(OUTER_MASS, 0.85 * resistance), _skin(INNER_MASS, 0.15 * resistance)]


def _skin(mass_j_m2k: float, resistance: float) -> Layer:
    thickness = mass_j_m2k / SKIN_DENSITY / SKIN_HEAT
    return Layer(thickness, thickness / resistance, SKIN_DENSITY, SKIN_HEAT)


def _glass(element: EnergyElement, objects: Mapping[str, Objects]) -> list[str]:
    """Write the glass by its U-value and g-value; EnergyPlus chooses its angular curve by the two.

    Any panes would do that have the two values; made of tinted or of mirrored panes, the annual heat of the well
    insulated buildings of the benchmark moves by -17 to +5 %, for their need is small and the sun is large.
    """
    name = f"glass of {element.element_id}"
    objects["WindowMaterial:SimpleGlazingSystem"][name] = {
        "u_factor": element.u_w_m2k.value,
        "solar_heat_gain_coefficient": min(max(element.g.value if element.g else 0.0, LEAST_G), MOST_G),
    }
    return [name]
