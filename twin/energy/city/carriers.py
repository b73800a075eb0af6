"""What a kilowatt-hour of heat costs in carbon and in money: given by the asker, or illustrative and marked so."""

import math
from dataclasses import dataclass
from typing import Any

from twin.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Carrier:
    """How heat is delivered.

    Attributes:
        name: Name of the carrier.
        efficiency: Heat for the rooms per delivered energy.
        co2_kg_kwh: Emission of delivered energy, kg CO2 equivalent per kWh.
        price_eur_kwh: Price of delivered energy.
        source: Where the numbers come from.
        source_status: ``verified``, ``secondary`` or ``unverified``.
    """

    name: str
    efficiency: float
    co2_kg_kwh: float
    price_eur_kwh: float
    source: str
    source_status: str = "unverified"

    def __post_init__(self) -> None:
        numbers = (self.efficiency, self.co2_kg_kwh, self.price_eur_kwh)
        fine = all(math.isfinite(value) and value >= 0.0 for value in numbers) and 0.05 <= self.efficiency <= 10.0
        if not fine:
            raise InvalidInput(
                "A carrier needs an efficiency of 0.05 to 10, an emission and a price of zero or more.",
                reason="energy-carrier",
                hint="Give kg CO2 and euro per kWh of delivered energy.",
                entity=self.name[:80],
            )

    def delivered_kwh(self, heat_kwh: float) -> float:
        """Return delivered energy for an amount of heat."""
        return heat_kwh / self.efficiency

    def co2_kg(self, heat_kwh: float) -> float:
        """Return the emission of an amount of heat."""
        return self.delivered_kwh(heat_kwh) * self.co2_kg_kwh

    def price_eur(self, heat_kwh: float) -> float:
        """Return the price of an amount of heat."""
        return self.delivered_kwh(heat_kwh) * self.price_eur_kwh

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "name": self.name,
            "efficiency": self.efficiency,
            "co2_kg_kwh": self.co2_kg_kwh,
            "price_eur_kwh": self.price_eur_kwh,
            "source": self.source,
            "source_status": self.source_status,
        }


# Round figures of the right size, so that a city can be tried before anybody has looked the true ones up.
ILLUSTRATIVE = Carrier("district heating", 1.0, 0.15, 0.09, "illustrative round figures, not of any network")
