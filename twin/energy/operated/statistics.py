"""How well a model follows a meter: CVRMSE and NMBE, judged by ASHRAE Guideline 14."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.energy.operated.series import Daily, Series
from twin.errors import InvalidInput

# ASHRAE Guideline 14, calibrated simulation, percent. The guideline gives none for days. Source status: secondary.
MONTH_CVRMSE, MONTH_NMBE = 15.0, 5.0
LIMITS_STATUS = "secondary"
FEWEST_MONTHS = 9  # a verdict over less than three quarters of a year would not see a whole heating season
FULL_MONTH = 0.8  # share of the days of a month that must be known


@dataclass(frozen=True, slots=True)
class Fit:
    """Deviation of modelled from measured values.

    Attributes:
        count: How many values were compared.
        cvrmse: Root mean square error over the mean of the measured values, percent.
        nmbe: Mean of measured less modelled over that mean, percent.
    """

    count: int
    cvrmse: float
    nmbe: float

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {"count": self.count, "cvrmse": round(self.cvrmse, 2), "nmbe": round(self.nmbe, 2)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a model of days.

    Attributes:
        daily: Deviation of days; the guideline has no limit for it.
        monthly: Deviation of months, or None if there are fewer than `FEWEST_MONTHS`.
        verdict: ``pass``, ``fail`` or ``not-judged``.
        reason: The verdict as a sentence.
    """

    daily: Fit
    monthly: Fit | None
    verdict: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "daily": self.daily.to_json(),
            "monthly": None if self.monthly is None else self.monthly.to_json(),
            "verdict": self.verdict,
            "reason": self.reason,
            "limits": {"monthly_cvrmse": MONTH_CVRMSE, "monthly_nmbe": MONTH_NMBE, "source_status": LIMITS_STATUS},
        }


def fit(measured: Series, modelled: Series, parameters: int = 1) -> Fit:
    """Return the deviation over the values that are known in both.

    Args:
        measured: float64 (n,), nan where not known.
        modelled: float64 (n,), likewise.
        parameters: Of the model, taken from the degrees of freedom.

    Raises:
        InvalidInput: (energy-few-values) too few values, or a mean of zero or less.
    """
    known = np.isfinite(measured) & np.isfinite(modelled)
    error, count = measured[known] - modelled[known], int(known.sum())
    mean = float(measured[known].mean()) if count else 0.0
    if count <= parameters + 1 or mean <= 0.0:
        raise InvalidInput(
            f"{count} measured values with a mean of {mean:.3g} are too few to compare.",
            reason="energy-few-values",
            hint="Give a longer time in which the meter counted.",
        )
    freedom = count - parameters
    return Fit(
        count,
        100.0 * float(np.sqrt((error**2).sum() / freedom)) / mean,
        100.0 * float(error.sum()) / (freedom * mean),
    )


def judge(measured: Daily, modelled: Series, parameters: int = 1) -> Verdict:
    """Return the deviation of days and months and the verdict of the guideline on the months."""
    daily = fit(measured.values, modelled, parameters)
    known = measured.known & np.isfinite(modelled)
    months, place = np.unique(measured.months(), return_inverse=True)
    days = np.bincount(place)
    full = np.bincount(place, weights=known) >= FULL_MONTH * np.maximum(days, 28)
    if int(full.sum()) < FEWEST_MONTHS:
        reason = (
            f"Only {int(full.sum())} of {len(months)} months are known; {FEWEST_MONTHS} are needed for a verdict."
        )
        return Verdict(daily, None, "not-judged", reason)
    sums = [
        np.asarray(np.bincount(place, weights=np.where(known, one, 0.0))[full], dtype=np.float64)
        for one in (measured.values, modelled)
    ]
    monthly = fit(sums[0], sums[1], 1)
    passed = monthly.cvrmse <= MONTH_CVRMSE and abs(monthly.nmbe) <= MONTH_NMBE
    reason = (
        f"Months: CVRMSE {monthly.cvrmse:.1f} % (limit {MONTH_CVRMSE:g}), NMBE {monthly.nmbe:.1f} % "
        f"(limit ±{MONTH_NMBE:g}). Guideline 14 has no limit for days."
    )
    return Verdict(daily, monthly, "pass" if passed else "fail", reason)


def independent_share(residual: Series) -> float:
    """Return n'/n: how much of the values count as independent, by their correlation from day to day."""
    kept = residual[np.isfinite(residual)]
    if len(kept) < 3 or float(np.var(kept)) == 0.0:
        return 1.0
    rho = float(np.corrcoef(kept[:-1], kept[1:])[0, 1])
    rho = min(max(rho, 0.0), 0.99)
    return (1.0 - rho) / (1.0 + rho)
