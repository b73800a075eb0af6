"""Why the meter reads more than the design: the Shapley value of each change of operation, with bands.

The Shapley value is the mean, over all orders in which the changes could be made, of what each one adds. The parts
add up to the whole gap that the calibrated model explains, which one-at-a-time differences do not.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

from twin.energy.operated.calibrate import Calibration
from twin.energy.operated.operation import CAUSES, Engine, Operation, operated
from twin.energy.operated.series import Daily, Series
from twin.energy.values import EnergyModel

DRAWS = 40  # of the calibrated values; four simulated years each
SEED = 20260101  # the same meter gives the same bands
BAND = (0.05, 0.95)
LEAST_GAP = 0.03  # share of the design; below it there is nothing to explain
FLOOR = np.array([12.0, 0.02, 0.0])  # lowest values that are drawn


@dataclass(frozen=True, slots=True)
class Cause:
    """What one change of operation does.

    Attributes:
        name: One of `CAUSES`.
        designed: Its value as designed.
        operated: Its value as calibrated.
        kwh: What it adds to the measured time.
        low_kwh: Lower end of the band that holds nine of ten.
        high_kwh: Upper end.
        share: Of the explained gap; None if there is nothing to explain.
    """

    name: str
    designed: float
    operated: float
    kwh: float
    low_kwh: float
    high_kwh: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """A gap and its causes.

    Attributes:
        designed_kwh: Use as designed, in the weather of the days that the meter knows.
        measured_kwh: Use as measured on those days.
        explained_kwh: What the calibrated model explains of the difference.
        causes: The parts of it, largest first.
        leading: The cause that is surely the largest, or None if bands overlap.
        sentence: All of it in words.
    """

    designed_kwh: float
    measured_kwh: float
    explained_kwh: float
    causes: tuple[Cause, ...]
    leading: str | None
    sentence: str

    @property
    def gap(self) -> float:
        """Measured over designed use, less one."""
        return self.measured_kwh / self.designed_kwh - 1.0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "designed_kwh": round(self.designed_kwh, 1),
            "measured_kwh": round(self.measured_kwh, 1),
            "gap_share": round(self.gap, 4),
            "explained_kwh": round(self.explained_kwh, 1),
            "unexplained_kwh": round(self.measured_kwh - self.designed_kwh - self.explained_kwh, 1),
            "method": "Shapley value over three changes of operation",
            "causes": [
                {"name": one.name, "designed": round(one.designed, 3), "operated": round(one.operated, 3),
                 "kwh": round(one.kwh, 1), "band_kwh": [round(one.low_kwh, 1), round(one.high_kwh, 1)],
                 "share": None if one.share is None else round(one.share, 3)}
                for one in self.causes
            ],
            "leading": self.leading,
            "sentence": self.sentence,
        }  # fmt: skip


def attribute(model: EnergyModel, calibration: Calibration, use: Daily, engine: Engine) -> Attribution:
    """Return what each change of operation adds to the use of the measured days.

    Args:
        model: The building as designed.
        calibration: How it is run.
        use: The meter.
        engine: Simulates a year in the weather of these days.
    """
    was, now = calibration.designed.vector(), calibration.operation.vector()
    days = use.of_year(np.ones(365)).values * use.known
    base = _total(model, was, use, days, engine)
    best = _shapley(model, was, now, use, days, engine, base)
    chance = np.random.default_rng(SEED)
    drawn = np.maximum(chance.multivariate_normal(now, calibration.covariance, DRAWS, method="svd"), FLOOR)
    parts = np.array([_shapley(model, was, one, use, days, engine, base) for one in drawn])
    low, high = np.quantile(parts, BAND, axis=0)
    # Where a value lies at a bound the draws are all on one side of it; the band still holds the found value.
    low, high = np.minimum(low, best), np.maximum(high, best)
    explained, measured = float(best.sum()), float(np.nansum(use.values * days))
    worth = abs(measured / base - 1.0) >= LEAST_GAP and abs(explained) > 0.0
    causes = tuple(
        Cause(name, float(was[i]), float(now[i]), float(best[i]), float(low[i]), float(high[i]),
              float(best[i]) / explained if worth else None)
        for i, name in enumerate(CAUSES)
    )  # fmt: skip
    ordered = tuple(sorted(causes, key=lambda one: -abs(one.kwh)))
    leading = _leading(ordered) if worth else None
    return Attribution(base, measured, explained, ordered, leading, _sentence(base, measured, ordered, leading))


def _total(model: EnergyModel, vector: Series, use: Daily, days: Series, engine: Engine) -> float:
    operation = Operation(*(float(value) for value in vector))
    heat = use.of_year(engine(operated(model, operation)).heating_kwh).values
    return float(np.nansum((heat + operation.hot_water_kwh_d) * days))


def _shapley(
    model: EnergyModel, was: Series, now: Series, use: Daily, days: Series, engine: Engine, base: float
) -> Series:
    """Return float64 (3,): the Shapley value of each cause, kWh; hot water adds up and needs no simulation."""
    counted = float(np.nansum(days))
    heat: dict[tuple[int, ...], float] = {(): base - float(was[2]) * counted}
    some: tuple[tuple[int, ...], ...] = ((0,), (1,), (0, 1))
    for chosen in some:
        mixed = was.copy()
        mixed[list(chosen)] = now[list(chosen)]
        heat[chosen] = _total(model, mixed, use, days, engine) - was[2] * counted
    value: dict[tuple[int, ...], float] = {
        chosen: heat[tuple(i for i in chosen if i < 2)] + (now if 2 in chosen else was)[2] * counted
        for size in range(4)
        for chosen in combinations(range(3), size)
    }
    parts = np.zeros(3)
    for cause in range(3):
        for chosen in (one for one in value if cause not in one):
            weight = factorial(len(chosen)) * factorial(2 - len(chosen)) / factorial(3)
            parts[cause] += weight * (value[tuple(sorted((*chosen, cause)))] - value[chosen])
    return parts


def _leading(ordered: tuple[Cause, ...]) -> str | None:
    first, second = ordered[0], ordered[1]
    sign = 1.0 if first.kwh >= 0.0 else -1.0
    least = min(sign * first.low_kwh, sign * first.high_kwh)
    most = max(sign * second.low_kwh, sign * second.high_kwh)
    return first.name if least > most else None


def _sentence(base: float, measured: float, ordered: tuple[Cause, ...], leading: str | None) -> str:
    gap = measured / base - 1.0
    word = "above" if gap >= 0.0 else "below"
    if abs(gap) < LEAST_GAP:
        return f"Measured use is within {LEAST_GAP:.0%} of the design; there is no gap to explain."
    parts = [
        f"{one.share:.0%} {one.name} ({one.designed:.4g} to {one.operated:.4g}, "
        f"band {one.low_kwh:,.0f} to {one.high_kwh:,.0f} kWh)"
        for one in ordered
        if one.share is not None
    ]
    last = f"The largest cause is the {leading}." if leading else "The bands overlap: no cause is surely the largest."
    return f"Measured use is {abs(gap):.0%} {word} the design: of it {', '.join(parts)}. {last}"
