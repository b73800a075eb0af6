"""How a building is run: set-point, air change and hot water, and what they do to its daily use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from twin.energy.climate import ClimateYear
from twin.energy.lumped import city_climate, simulate_lumped
from twin.energy.operated.series import Series, daily_of_year
from twin.energy.values import EnergyModel, Source, Sourced
from twin.errors import InvalidInput

CAUSES = ("set-point", "air change", "hot water")
UNITS = ("Cel", "1/h", "kW.h/d")


@dataclass(frozen=True, slots=True)
class Operation:
    """What the use of a building decides.

    Attributes:
        set_point_c: Mean heating set-point of the day.
        air_change_1_h: Effective air change: leaks, and ventilation less what heat recovery keeps.
        hot_water_kwh_d: Use that does not depend on the weather, by day.
    """

    set_point_c: float
    air_change_1_h: float
    hot_water_kwh_d: float

    def vector(self) -> Series:
        """Return the three values in the order of `CAUSES`."""
        return np.array([self.set_point_c, self.air_change_1_h, self.hot_water_kwh_d])

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "set_point_c": round(self.set_point_c, 2),
            "air_change_1_h": round(self.air_change_1_h, 3),
            "hot_water_kwh_d": round(self.hot_water_kwh_d, 2),
        }


@dataclass(frozen=True, slots=True, eq=False)
class RunYear:
    """What a year of a model gives.

    Attributes:
        heating_kwh: float64 (365,), heat of each day.
        air_c: float64 (365,), mean air temperature of each day.
    """

    heating_kwh: Series
    air_c: Series


Engine = Callable[[EnergyModel], RunYear]


def lumped_engine(climate: ClimateYear) -> Engine:
    """Return the lumped engine in a climate: some milliseconds a year, as calibration asks for hundreds of years."""
    pack = city_climate(climate)

    def run(model: EnergyModel) -> RunYear:
        year = simulate_lumped(model, pack)
        return RunYear(daily_of_year(year.heating_w) * 24.0 / 1000.0, daily_of_year(year.air_c))

    return run


def designed_operation(model: EnergyModel, hot_water_kwh_d: float) -> Operation:
    """Return how a model is meant to be run."""
    profile, zone = model.zone.profile, model.zone
    fresh = float(np.mean(profile.ventilation_1_h)) * (1.0 - profile.heat_recovery)
    return Operation(float(np.mean(profile.heating_c)), zone.infiltration_1_h.value + fresh, hot_water_kwh_d)


def operated(model: EnergyModel, operation: Operation) -> EnergyModel:
    """Return a model run in another way; schedules keep their shape.

    The set-point is shifted. Leaks and ventilation are scaled together: the meter cannot tell them apart.

    Raises:
        InvalidInput: (energy-no-air) the model has no air change that could be scaled.
    """
    designed = designed_operation(model, 0.0)
    if designed.air_change_1_h <= 0.0:
        raise InvalidInput(
            "The model has no air change.",
            reason="energy-no-air",
            hint="Give leaks or ventilation.",
            entity=model.name,
        )
    shift = operation.set_point_c - designed.set_point_c
    factor = operation.air_change_1_h / designed.air_change_1_h
    profile, zone = model.zone.profile, model.zone
    heating = tuple(value + shift for value in profile.heating_c)
    use = replace(
        profile,
        name=f"{profile.name}, as operated",
        official=False,
        heating_c=heating,
        cooling_c=tuple(max(low, high) for low, high in zip(heating, profile.cooling_c, strict=True)),
        ventilation_1_h=tuple(value * factor for value in profile.ventilation_1_h),
    )
    leaks = Sourced(zone.infiltration_1_h.value * factor, "1/h", Source.DERIVED, 0.0, "as operated")
    return replace(model, zone=replace(zone, infiltration_1_h=leaks, profile=use))
