"""The energy balance of EN ISO 52000-1: steps A and B, any time step, export and uses outside of the standard."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twin.energy.climate import Series


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weighted energy, or a weight of a kilowatt-hour.

    Attributes:
        renewable: Renewable primary energy, kWh.
        non_renewable: Non-renewable primary energy, kWh.
        co2_kg: Carbon dioxide, kg.
    """

    renewable: float
    non_renewable: float
    co2_kg: float

    def __add__(self, other: "Weighted") -> "Weighted":
        """Return the sum."""
        return Weighted(
            self.renewable + other.renewable, self.non_renewable + other.non_renewable, self.co2_kg + other.co2_kg
        )

    def __sub__(self, other: "Weighted") -> "Weighted":
        """Return the difference."""
        return self + other.times(-1.0)

    def times(self, factor: float) -> "Weighted":
        """Return the weighted energy of `factor` kilowatt-hours."""
        return Weighted(factor * self.renewable, factor * self.non_renewable, factor * self.co2_kg)

    @property
    def total(self) -> float:
        """Total primary energy, kWh."""
        return self.renewable + self.non_renewable

    @property
    def renewable_share(self) -> float | None:
        """Renewable over total primary energy; None if there is no energy."""
        return self.renewable / self.total if self.total > 0.0 else None


ON_SITE = Weighted(1.0, 0.0, 0.0)
BY_ITS_FUEL = Weighted(
    0.0, 0.0, 0.0
)  # co-generated electricity: what it took is counted with the carrier that it burnt


@dataclass(frozen=True, slots=True, eq=False)
class Carrier:
    """What a building takes and makes of one energy carrier, in steps of equal length.

    Attributes:
        name: Name of the carrier.
        used: kWh used for what the standard counts, one for each step.
        produced: kWh made on site.
        other_use: kWh of uses that the standard does not count.
        grid: Weight of what the grid delivers, and of what is saved there by export (step B).
        on_site: Weight of what is made on site; that of co-generation is `BY_ITS_FUEL`.
        exported: Weight of what is exported by the resources it took (step A); that of `on_site` if not given.
    """

    name: str
    used: Series
    produced: Series
    other_use: Series
    grid: Weighted
    on_site: Weighted = ON_SITE
    exported: Weighted | None = None


@dataclass(frozen=True, slots=True)
class Balanced:
    """The balance of a year.

    Attributes:
        step_a: Weighted by the resources that the energy took.
        step_b: With the energy that export saves elsewhere, by `k_exp`.
        delivered_kwh: From the grid by carrier.
        self_used_kwh: Made on site and used at once, by carrier.
        exported_kwh: To the grid or to uses outside of the standard, by carrier.
    """

    step_a: Weighted
    step_b: Weighted
    delivered_kwh: dict[str, float]
    self_used_kwh: dict[str, float]
    exported_kwh: dict[str, float]


def balance(carriers: Iterable[Carrier], k_exp: float = 1.0) -> Balanced:
    """Balance the carriers step by step.

    Args:
        carriers: What is used and made.
        k_exp: Share of the exported energy that counts in step B, 0 to 1.
    """
    a = b = Weighted(0.0, 0.0, 0.0)
    delivered, self_used, exported = {}, {}, {}
    for one in carriers:
        met = np.minimum(one.used, one.produced)
        taken, given = float((one.used - met).sum()), float((one.produced - met).sum())
        resources = one.on_site if one.exported is None else one.exported
        first = one.grid.times(taken) + one.on_site.times(float(one.produced.sum())) - resources.times(given)
        a += first
        b += first - (one.grid - resources).times(k_exp * given)
        delivered[one.name], self_used[one.name], exported[one.name] = taken, float(met.sum()), given
    return Balanced(a, b, delivered, self_used, exported)
