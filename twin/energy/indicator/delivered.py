"""From the need to delivered energy by carrier: systems, hot water, electricity of use, photovoltaics."""

from dataclasses import dataclass

import numpy as np

from twin.energy.climate import HOURS, ClimateYear, Series
from twin.energy.sun import irradiance, sun_path
from twin.energy.values import Source, Sourced
from twin.errors import InvalidInput

ELECTRICITY = "electricity"
PERFORMANCE_RATIO = 0.8  # of photovoltaics against the sun on the plane: usual, not measured


@dataclass(frozen=True, slots=True)
class System:
    """What turns a carrier into heat or cold.

    Attributes:
        carrier: Name of a carrier of the rules.
        efficiency: Heat or cold from a delivered kilowatt-hour over the year, losses included (SPF, SEER).
    """

    carrier: str
    efficiency: Sourced

    def __post_init__(self) -> None:
        if not 0.1 <= self.efficiency.value <= 20.0:
            raise InvalidInput(
                f"An efficiency of {self.efficiency.value} is that of no system.",
                reason="energy-efficiency",
                hint="Give the yearly heat or cold over the delivered energy, 0.1 to 20.",
                entity=self.carrier,
            )


@dataclass(frozen=True, slots=True)
class Photovoltaics:
    """A photovoltaic field.

    Attributes:
        peak_kw: Power at standard conditions.
        azimuth_deg: Clockwise from north.
        tilt_deg: 0 is flat.
    """

    peak_kw: Sourced
    azimuth_deg: float
    tilt_deg: float


@dataclass(frozen=True, slots=True)
class Systems:
    """The systems of a building.

    Attributes:
        heating: For rooms.
        hot_water: For hot water.
        cooling: For rooms.
        hot_water_kwh_m2: Need of hot water in a year.
        electricity_kwh_m2: Light, appliances, fans and pumps in a year.
        photovoltaics: On the building.
    """

    heating: System
    hot_water: System
    cooling: System
    hot_water_kwh_m2: Sourced
    electricity_kwh_m2: Sourced
    photovoltaics: tuple[Photovoltaics, ...] = ()

    def unknown(self) -> tuple[str, ...]:
        """Return what of the systems is only a usual value, as words."""
        numbers = {
            "the efficiency of heating": self.heating.efficiency,
            "the efficiency of hot water": self.hot_water.efficiency,
            "the efficiency of cooling": self.cooling.efficiency,
            "the need of hot water": self.hot_water_kwh_m2,
            "the electricity of use": self.electricity_kwh_m2,
        }
        return tuple(name for name, value in numbers.items() if value.source is Source.DEFAULT)


@dataclass(frozen=True, slots=True, eq=False)
class Delivered:
    """Hourly energy of a year, kWh.

    Attributes:
        used: float64 (8760,) by carrier.
        produced: float64 (8760,), electricity made on site.
    """

    used: dict[str, Series]
    produced: Series


def usual_systems() -> Systems:
    """Return district heating with usual losses; every number is a default, so that no class can follow from it."""

    def usual(value: float, unit: str, doubt: float) -> Sourced:
        return Sourced(value, unit, Source.DEFAULT, doubt, "usual value, unverified")

    heating = System("district-heating", usual(0.95, "1", 0.05))
    return Systems(
        heating, heating, System(ELECTRICITY, usual(3.0, "1", 1.0)), usual(25.0, "kWh/(m2.a)", 8.0),
        usual(25.0, "kWh/(m2.a)", 8.0),
    )  # fmt: skip


def deliver(
    heating_w: Series, cooling_w: Series, area_m2: float, systems: Systems, climate: ClimateYear
) -> Delivered:
    """Return the hourly energy that systems take to meet a need.

    Args:
        heating_w: float64 (8760,), need of heat, hourly means.
        cooling_w: float64 (8760,), need of cold.
        area_m2: Reference area.
        systems: What meets the need.
        climate: For photovoltaics.
    """
    even = np.full(HOURS, area_m2 / HOURS)
    used: dict[str, Series] = {}

    def add(carrier: str, kwh: Series) -> None:
        used[carrier] = used.get(carrier, np.zeros(HOURS)) + kwh

    add(systems.heating.carrier, heating_w / 1000.0 / systems.heating.efficiency.value)
    add(systems.hot_water.carrier, even * systems.hot_water_kwh_m2.value / systems.hot_water.efficiency.value)
    add(systems.cooling.carrier, cooling_w / 1000.0 / systems.cooling.efficiency.value)
    add(ELECTRICITY, even * systems.electricity_kwh_m2.value)
    produced = np.zeros(HOURS)
    path = sun_path(climate) if systems.photovoltaics else None
    for field in systems.photovoltaics:
        if path is not None:
            light = irradiance(climate, path, field.azimuth_deg, field.tilt_deg)
            produced += field.peak_kw.value * PERFORMANCE_RATIO * (light.beam + light.diffuse) / 1000.0
    return Delivered(used, produced)
