"""What the neighbours on the map hide from the façades of a building, as the energy wing takes it."""

from collections.abc import Callable

from twin.city import City
from twin.district import horizon
from twin.energy import FacadeHorizon, Horizon

RADIUS_M = 150.0  # a house of 30 m stands 11 degrees high there
MOST_FACADES = 64
LEAST_ANGLE_DEG = 1.0  # a horizon as low as this hides next to nothing


def facades_of(city: City) -> Callable[[str], tuple[FacadeHorizon, ...]]:
    """Return a function that gives the horizons of a building by its id; none where it has no place on the map.

    Directions are from grid north; the convergence of L-EST97 is below 2.5 degrees and is left out.
    """

    def found(building_id: str) -> tuple[FacadeHorizon, ...]:
        subject = next((body for body in city.models() if body.building_id == building_id), None)
        if subject is None:
            return ()
        facades = horizon(subject, city.surroundings(subject, RADIUS_M), most=MOST_FACADES)
        if all(max(one.angles_deg) < LEAST_ANGLE_DEG for one in facades):
            return ()
        return tuple(
            FacadeHorizon(one.azimuth_deg, one.length_m, Horizon(one.azimuths_deg, _angles(one.angles_deg)))
            for one in facades
        )

    return found


def _angles(angles_deg: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(min(max(angle, 0.0), 90.0) for angle in angles_deg)
