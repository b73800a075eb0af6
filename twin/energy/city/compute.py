"""The need of many buildings: one year each, before and after a package of measures."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ifc import report_progress
from twin.energy.city.renovation import Package, renovated
from twin.energy.city.stock import StockBuilding, model_of
from twin.energy.climate import ClimateYear
from twin.energy.lumped import CityClimate, city_climate, simulate_lumped

REPORT_EVERY = 100  # buildings: a tenth of a second, within which a child that is told to stop does so


@dataclass(frozen=True, slots=True)
class Need:
    """What a building needs in a year.

    Attributes:
        building_id: Its id in the city.
        code: Register code, or None.
        district: What it is counted under.
        area_m2: Heated net floor area.
        heating_kwh: Heat need.
        cooling_kwh: Sensible cooling need.
        peak_kw: Largest hourly heat.
        after_heating_kwh: Heat need after the package, or None if there is none for it.
        after_cooling_kwh: Sensible cooling need after it.
        after_peak_kw: Largest hourly heat after it.
    """

    building_id: str
    code: str | None
    district: str
    area_m2: float
    heating_kwh: float
    cooling_kwh: float
    peak_kw: float
    after_heating_kwh: float | None = None
    after_cooling_kwh: float | None = None
    after_peak_kw: float | None = None

    @property
    def heating_kwh_m2(self) -> float:
        """Heat need per area, kWh/(m2.a)."""
        return self.heating_kwh / self.area_m2

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data that `Need(**data)` takes."""
        return asdict(self)


def needs(buildings: Sequence[StockBuilding], pack: CityClimate, package: Package | None = None) -> Iterator[Need]:
    """Yield the need of each building.

    Args:
        buildings: The blocks.
        pack: The weather, worked out once for all.
        package: Measures, or None.
    """
    for building in buildings:
        model = model_of(building)
        year = simulate_lumped(model, pack)
        after = None if package is None else simulate_lumped(renovated(model, package), pack)
        yield Need(
            building.building_id, building.code, building.district, building.area_m2,
            year.heating_kwh, year.cooling_kwh, year.peak_heating_kw,
            None if after is None else after.heating_kwh,
            None if after is None else after.cooling_kwh,
            None if after is None else after.peak_heating_kw,
        )  # fmt: skip


def compute_part(buildings: Sequence[StockBuilding], package: Package | None, climate: ClimateYear) -> list[Need]:
    """Return the needs of a part of a city; made for a child process, which works the weather out itself."""
    found = []
    for place, need in enumerate(needs(buildings, city_climate(climate), package), 1):
        found.append(need)
        if place % REPORT_EVERY == 0:
            report_progress(place / len(buildings), "Computing buildings")
    return found
