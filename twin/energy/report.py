"""The energy report of one version of one building."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from twin.energy.areas import ReferenceArea
from twin.energy.findings import EnergyFinding
from twin.energy.indicator import Rating
from twin.energy.parts import Envelope
from twin.energy.values import Sourced


@dataclass(frozen=True, slots=True)
class MonthNeed:
    """Need of one month, 1 to 12, kWh."""

    month: int
    heating_kwh: float
    cooling_kwh: float


@dataclass(frozen=True, slots=True)
class Balance:
    """Heat of the year, kWh; what enters is positive.

    Attributes:
        transmission_kwh: Through the envelope in the open air, with the sun that its outer faces take.
        ground_kwh: From the ground.
        ventilation_kwh: By ventilation and leaks.
        solar_kwh: Sun through glass.
        gains_kwh: People, light and appliances.
        heating_kwh: Heating.
        cooling_kwh: Cooling, negative.
        residual: Unexplained share of the balance.
    """

    transmission_kwh: float
    ground_kwh: float
    ventilation_kwh: float
    solar_kwh: float
    gains_kwh: float
    heating_kwh: float
    cooling_kwh: float
    residual: float


@dataclass(frozen=True, slots=True)
class Input:
    """One number that went into the calculation."""

    of: str
    name: str
    value: Sourced

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {"of": self.of, "name": self.name, **asdict(self.value), "source": self.value.source.value}


@dataclass(frozen=True, slots=True)
class EnergyReport:
    """What is known of the energy need of one version.

    Attributes:
        engine: Name of the engine.
        engine_version: Its version.
        climate: What is known of the weather year.
        model_sha256: Digest of the energy model.
        area: Reference area.
        envelope: The envelope.
        months: Need of each month.
        balance: Heat of the year.
        hours_above_27c: Hours in which the air is warmer than 27 °C without active cooling.
        rating: The indicator ETA, its class or the reasons for none.
        inputs: Every number with its source.
        findings: What a person should know of it.
        notes: Rules and limits of the model, as sentences.
    """

    engine: str
    engine_version: str
    climate: Mapping[str, Any]
    model_sha256: str
    area: ReferenceArea
    envelope: Envelope
    months: tuple[MonthNeed, ...]
    balance: Balance
    hours_above_27c: int
    rating: Rating
    inputs: tuple[Input, ...]
    findings: tuple[EnergyFinding, ...]
    notes: tuple[str, ...]

    @property
    def heating_kwh(self) -> float:
        """Heat need of the year, kWh."""
        return self.balance.heating_kwh

    @property
    def cooling_kwh(self) -> float:
        """Sensible cooling need of the year, kWh."""
        return -self.balance.cooling_kwh

    @property
    def heating_kwh_m2(self) -> float:
        """Heat need per reference area, kWh/(m2.a)."""
        return self.heating_kwh / self.area.area_m2.value

    @property
    def energy_class(self) -> str | None:
        """The class of the indicator; `rating` says why there is none."""
        return self.rating.energy_class

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data of the interface."""
        area = self.area.area_m2.value
        return {
            "engine": self.engine,
            "engine_version": self.engine_version,
            "climate": dict(self.climate),
            "model_sha256": self.model_sha256,
            "area_m2": round(area, 2),
            "area_basis": self.area.basis,
            "envelope_grade": self.envelope.grade.value,
            "need": {
                "heating_kwh": round(self.heating_kwh, 1),
                "cooling_kwh": round(self.cooling_kwh, 1),
                "heating_kwh_m2": round(self.heating_kwh / area, 2),
                "cooling_kwh_m2": round(self.cooling_kwh / area, 2),
                "monthly": [_rounded(asdict(month)) for month in self.months],
            },
            "balance": _rounded(asdict(self.balance)),
            "envelope_quality": [one.to_json() for one in self.envelope.quality],
            "envelope": [part.to_json() for part in self.envelope.parts],
            "class": self.energy_class,
            "class_reasons": list(self.rating.reasons),
            "indicator": self.rating.to_json(area),
            "hours_above_27c": self.hours_above_27c,
            "inputs": [row.to_json() for row in self.inputs],
            "findings": [finding.to_json() for finding in self.findings],
            "notes": list(self.notes),
        }


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 1) if key.endswith("_kwh") else value for key, value in row.items()}
