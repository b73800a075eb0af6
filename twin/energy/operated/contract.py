"""Energy-performance contracts: a promised saving against the measured one, with its uncertainty.

The measured saving is what the building would have used without the measures, in the weather after them, less what it
used (IPMVP option C). The uncertainty is that of ASHRAE Guideline 14 for days that resemble their neighbours.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.energy.operated.changepoint import ChangePoint, fit_change_point
from twin.energy.operated.series import Daily, Series
from twin.energy.operated.statistics import independent_share
from twin.errors import InvalidInput

CONFIDENCE = 0.90
REDDY_CLARIDGE = 1.26  # factor of the guideline's formula for models of the weather; source status secondary
FEWEST_AFTER = 30  # days; a month
OUTSIDE_K = 3.0  # warmer or colder than any day before the measures: the model was never seen there


@dataclass(frozen=True, slots=True)
class Saving:
    """A saving against its promise.

    Attributes:
        promised_kwh: For the days after the measures that were counted.
        measured_kwh: What was saved.
        half_width_kwh: Half of the band of `CONFIDENCE`.
        baseline_kwh: What the building would have used.
        used_kwh: What it used.
        days: Days that were counted.
        outside_days: Days left out because the weather was outside that of the model.
        verdict: ``kept``, ``missed`` or ``open``.
        sentence: All of it in words.
        model: The model of the time before.
    """

    promised_kwh: float
    measured_kwh: float
    half_width_kwh: float
    baseline_kwh: float
    used_kwh: float
    days: int
    outside_days: int
    verdict: str
    sentence: str
    model: ChangePoint

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "promised_kwh": round(self.promised_kwh, 1),
            "measured_kwh": round(self.measured_kwh, 1),
            "band_kwh": [
                round(self.measured_kwh - self.half_width_kwh, 1),
                round(self.measured_kwh + self.half_width_kwh, 1),
            ],
            "confidence": CONFIDENCE,
            "baseline_kwh": round(self.baseline_kwh, 1),
            "used_kwh": round(self.used_kwh, 1),
            "days": self.days,
            "outside_days": self.outside_days,
            "verdict": self.verdict,
            "sentence": self.sentence,
            "baseline_model": self.model.to_json(),
        }


def contract_saving(before: tuple[Daily, Series], after: tuple[Daily, Series], promised_share: float) -> Saving:
    """Judge a promised saving.

    Args:
        before: Daily use, kWh, and mean outdoor temperature of the days before the measures, nan where not known.
        after: The same of the days after.
        promised_share: Promised saving as a share of the baseline, 0 to 1.

    Raises:
        InvalidInput: (energy-promise, energy-few-days) the promise is no share, or too few days are known.
    """
    if not 0.0 < promised_share < 1.0:
        raise InvalidInput(
            f"A promised saving of {promised_share} is no share.",
            reason="energy-promise",
            hint="Give a number between 0 and 1.",
        )
    model = fit_change_point(*before)
    seen = before[1][before[0].known & np.isfinite(before[1])]
    use, outdoor = after
    inside = (outdoor >= seen.min() - OUTSIDE_K) & (outdoor <= seen.max() + OUTSIDE_K)
    known = use.known & np.isfinite(outdoor)
    counted = known & inside
    if int(counted.sum()) < FEWEST_AFTER:
        raise InvalidInput(
            f"Only {int(counted.sum())} days after the measures can be counted.",
            reason="energy-few-days",
            hint=f"Wait until there are {FEWEST_AFTER}.",
        )
    expected = float(model.predict(outdoor[counted]).sum())
    used = float(use.values[counted].sum())
    half = _half_width(model, before, expected, int(counted.sum()))
    saved, promised = expected - used, promised_share * expected
    verdict = "kept" if saved - half >= promised else "missed" if saved + half < promised else "open"
    return Saving(
        promised, saved, half, expected, used, int(counted.sum()), int((known & ~inside).sum()), verdict,
        _sentence(promised, saved, half, verdict), model,
    )  # fmt: skip


def _half_width(model: ChangePoint, before: tuple[Daily, Series], expected: float, days: int) -> float:
    """Return t · 1.26 · CVRMSE · sqrt((n/n') (1 + 2/n') / m) of the baseline of m days (Guideline 14, annex B)."""
    from scipy.special import stdtrit  # takes a while to load, and only contracts need it

    use, outdoor = before
    known = use.known & np.isfinite(outdoor)
    count = int(known.sum())
    residual = np.where(known, use.values - model.predict(np.nan_to_num(outdoor)), np.nan)
    independent = max(count * independent_share(residual), 2.0)
    quantile = float(stdtrit(max(count - model.parameters, 1), 0.5 + CONFIDENCE / 2.0))
    spread = math.sqrt(count / independent * (1.0 + 2.0 / independent) / days)
    return quantile * REDDY_CLARIDGE * model.verdict.daily.cvrmse / 100.0 * spread * expected


def _sentence(promised: float, saved: float, half: float, verdict: str) -> str:
    words = {
        "kept": "The promise is kept.",
        "missed": "The promise is missed.",
        "open": "The meter cannot tell yet whether the promise is kept.",
    }
    return (
        f"Promised {promised:,.0f} kWh, measured {saved:,.0f} ± {half:,.0f} kWh at {CONFIDENCE:.0%} confidence. "
        f"{words[verdict]}"
    )
