"""Neighbours before the façades of a model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twin.energy.values import Boundary, EnergyElement, EnergyModel, Horizon

LARGEST_TURN_DEG = 45.0  # a façade farther from the direction of an element is not its own
STEEP_DEG = (60.0, 120.0)  # tilts of walls and windows; roofs look over what stands beside them


@dataclass(frozen=True, slots=True)
class FacadeHorizon:
    """The horizon of one façade, as the geometry of a district gives it.

    Attributes:
        azimuth_deg: Direction in which the façade looks, clockwise from true north.
        length_m: Its length; the longest façade of a direction stands for it.
        horizon: What stands before it.
    """

    azimuth_deg: float
    length_m: float
    horizon: Horizon


def behind_horizons(model: EnergyModel, facades: Sequence[FacadeHorizon]) -> EnergyModel:
    """Return the model with the horizon of the nearest façade before every wall and window in the open air."""
    if not facades:
        return model
    elements = tuple(_behind(element, facades) for element in model.elements)
    note = (
        "Neighbours hide sun and sky by the horizon at the middle of each façade; what they reflect is not counted."
    )
    kept = tuple(one for one in model.notes if "by neighbours" not in one)
    return replace(model, elements=elements, notes=(*kept, "Thermal bridges are not included.", note))


def _behind(element: EnergyElement, facades: Sequence[FacadeHorizon]) -> EnergyElement:
    low, high = STEEP_DEG
    if element.boundary is not Boundary.OUTSIDE or not low <= element.tilt_deg <= high:
        return element

    def turn(facade: FacadeHorizon) -> float:
        return abs((facade.azimuth_deg - element.azimuth_deg + 180.0) % 360.0 - 180.0)

    nearest = min(facades, key=lambda facade: (round(turn(facade)), -facade.length_m))
    return replace(element, horizon=nearest.horizon) if turn(nearest) <= LARGEST_TURN_DEG else element
