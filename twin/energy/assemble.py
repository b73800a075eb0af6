"""From an envelope to an energy model: ground, leaks, use and inner mass."""

import math

from twin.energy.parts import Envelope, EnvelopePart
from twin.energy.thermal import U_UNIT
from twin.energy.values import (
    Boundary,
    EnergyElement,
    EnergyModel,
    Kind,
    Source,
    Sourced,
    UseProfile,
    Zone,
)

EARTH_CONDUCTIVITY = 2.0  # W/(m.K), EN ISO 13370 table 7, sand or gravel
WALL_THICKNESS_M = 0.4  # thickness of the wall over the edge of the slab; matters little
Q50_M3_H_M2 = 6.0  # leak at 50 Pa per envelope area, base value of the Estonian method as remembered: unverified
Q50_DIVISOR = 24.0  # two-storey buildings, as remembered: unverified
AIR_FLOW_L_S_M2 = 0.42  # small houses, as remembered: unverified


def dwelling(area_m2: float, volume_m3: float) -> UseProfile:
    """Return the use of a dwelling: set-points of 2007 (verified), gains and air flow not verified."""
    changes = AIR_FLOW_L_S_M2 * 3.6 * area_m2 / volume_m3
    return UseProfile(
        name="dwelling: set-points 21/27 °C of 2007, gains 4 W/m² and 0.42 l/(s·m²) unverified",
        official=False,
        heating_c=(21.0,) * 24,
        cooling_c=(27.0,) * 24,
        gains_w_m2=(4.0,) * 24,
        ventilation_1_h=(changes,) * 24,
    )


def ground_u(floor_u: float, area_m2: float, perimeter_m: float) -> float:
    """Return the U-value of a slab on the ground with the earth under it, W/(m2.K) (EN ISO 13370)."""
    b = area_m2 / (0.5 * perimeter_m)
    thickness = WALL_THICKNESS_M + EARTH_CONDUCTIVITY / floor_u
    if thickness < b:
        return 2.0 * EARTH_CONDUCTIVITY / (math.pi * b + thickness) * math.log(math.pi * b / thickness + 1.0)
    return EARTH_CONDUCTIVITY / (0.457 * b + thickness)


def build_model(name: str, envelope: Envelope, area_m2: Sourced, profile: UseProfile | None = None) -> EnergyModel:
    """Return the energy model of an envelope.

    Args:
        name: The building.
        envelope: Its parts.
        area_m2: Floor area for gains and air flow.
        profile: Its use; a dwelling if not given.
    """
    outer = sum(part.area_m2.value for part in envelope.parts)
    volume = envelope.volume_m3
    leak = Q50_M3_H_M2 * outer / Q50_DIVISOR / volume.value if volume.value > 0.0 else 0.0
    infiltration = Sourced(
        leak, "1/h", Source.DEFAULT, 0.6 * leak, f"q50 {Q50_M3_H_M2} m³/(h·m²), unverified base value"
    )
    use = profile or dwelling(area_m2.value, max(volume.value, 1e-9))
    elements = [_element(place, part, envelope) for place, part in enumerate(envelope.parts, 1)]
    if envelope.inner_m2 > 0.0:
        elements.append(_inner(envelope.inner_m2))
    notes = (
        "The building is one zone.",
        "Parts have the mass of the medium class of EN ISO 52016-1; layers are used for U-values only.",
        "Outer faces take 0.6 of the sun; what glass passes and takes follows from its U-value and g-value.",
        "Ground: EN ISO 13370 slab on the ground, yearly swing of the air damped.",
        "Hours above 27 °C are those of a year without active cooling.",
        "Thermal bridges and shading by neighbours are not included.",
    )
    return EnergyModel(name, Zone(area_m2, volume, infiltration, use), tuple(elements), (), notes)


def _element(place: int, part: EnvelopePart, envelope: Envelope) -> EnergyElement:
    u = part.u_w_m2k if part.boundary is not Boundary.GROUND else _on_ground(part, envelope)
    return EnergyElement(
        element_id=f"{part.kind.value} {part.orientation} {place}",
        kind=part.kind,
        boundary=part.boundary,
        area_m2=part.area_m2,
        azimuth_deg=part.azimuth_deg,
        tilt_deg=part.tilt_deg,
        u_w_m2k=u,
        g=part.g,
        global_ids=part.elements,
    )


def _on_ground(part: EnvelopePart, envelope: Envelope) -> Sourced:
    area = sum(one.area_m2.value for one in envelope.parts if one.boundary is Boundary.GROUND)
    walls = sum(one.area_m2.value for one in envelope.parts if 60.0 <= one.tilt_deg <= 120.0)
    height = envelope.volume_m3.value / area if area > 0.0 else 0.0
    perimeter = max(walls / height if height > 0.0 else 0.0, 2.0 * math.sqrt(math.pi * area))
    value = ground_u(part.u_w_m2k.value, area, perimeter)
    return Sourced(value, U_UNIT, part.u_w_m2k.source, 0.2 * value, f"EN ISO 13370 on {part.u_w_m2k.note}")


def _inner(inner_m2: float) -> EnergyElement:
    """Return the partitions and floors between spaces, both sides."""
    area = 2.0 * inner_m2
    return EnergyElement(
        "inner mass",
        Kind.INTERNAL,
        Boundary.ADIABATIC,
        Sourced(area, "m2", Source.DERIVED, 0.05 * area, "faces between spaces, both sides"),
        0.0,
        90.0,
        Sourced(1.0, U_UNIT, Source.DEFAULT, 0.0, "no heat passes through its middle"),
    )
