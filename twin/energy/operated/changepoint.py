"""Use of energy as a function of the outdoor temperature: change-point models of 3, 4 and 5 parameters.

Change points are searched on a grid; the rest is linear and solved by least squares. The form with the least
Bayesian information criterion is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

import numpy as np

from twin.energy.operated.series import Daily, Series
from twin.energy.operated.statistics import Verdict, judge
from twin.errors import InvalidInput

GRID = 41  # change points that are tried; the step is then about a kelvin
GRID_FIVE = 17  # of each of two change points
FEWEST_DAYS = 60  # fewer days rarely span a season
LEAST_SPREAD_K = 8.0  # between warm and cold days; within less a slope means nothing


class Form(StrEnum):
    """Which lines a model has."""

    HEATING_3 = "3PH"  # base load, heating below the change point
    COOLING_3 = "3PC"  # base load, cooling above it
    FOUR = "4P"  # two slopes that meet
    FIVE = "5P"  # heating below one, base load between, cooling above the other


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A fitted model.

    Attributes:
        form: Which lines it has.
        changes_c: One change point, or two.
        coefficients: Base load in kWh/d, then the slope below and/or above in kWh/(d.K).
        verdict: How well it follows the meter.
        bic: Bayesian information criterion, for the choice of the form.
    """

    form: Form
    changes_c: tuple[float, ...]
    coefficients: tuple[float, ...]
    verdict: Verdict
    bic: float

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""
        return len(self.changes_c) + len(self.coefficients)

    @property
    def base_kwh_d(self) -> float:
        """Use that does not depend on the weather; of 4P the use at the change point."""
        return self.coefficients[0]

    def predict(self, outdoor_c: Series) -> Series:
        """Return daily use, kWh, at daily mean temperatures."""
        return np.asarray(_columns(self.form, self.changes_c, outdoor_c) @ np.array(self.coefficients))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "form": self.form.value,
            "changes_c": [round(value, 2) for value in self.changes_c],
            "base_kwh_d": round(self.base_kwh_d, 3),
            "slopes_kwh_d_k": [round(value, 4) for value in self.coefficients[1:]],
            "fit": self.verdict.to_json(),
        }


def fit_change_point(use: Daily, outdoor_c: Series, forms: Sequence[Form] = tuple(Form)) -> ChangePoint:
    """Return the model that follows the meter best for its number of parameters.

    Args:
        use: Daily use, kWh.
        outdoor_c: float64 (days,), mean temperature of the same days; nan where not known.
        forms: The forms to choose from.

    Raises:
        InvalidInput: (energy-few-days, energy-few-weather) too few days, or days too much alike.
    """
    known = use.known & np.isfinite(outdoor_c)
    if int(known.sum()) < FEWEST_DAYS:
        raise InvalidInput(
            f"Only {int(known.sum())} days have both use and temperature.",
            reason="energy-few-days",
            hint=f"Give at least {FEWEST_DAYS} days, better a year.",
        )
    warm, values = outdoor_c[known], use.values[known]
    low, high = np.quantile(warm, [0.05, 0.95])
    if high - low < LEAST_SPREAD_K:
        raise InvalidInput(
            f"The days lie within {high - low:.1f} K; a slope cannot be found.",
            reason="energy-few-weather",
            hint="Give days of winter and of summer.",
        )
    found = [_best(form, warm, values, (float(low), float(high))) for form in forms]
    usable = [one for one in found if one is not None]
    if not usable:
        raise InvalidInput(
            "No form of change-point model fits this use.", reason="energy-no-form", hint="Check the meter."
        )
    form, changes, coefficients, bic = min(usable, key=lambda one: one[3])
    modelled = np.where(known, _columns(form, changes, outdoor_c) @ np.array(coefficients), np.nan)
    verdict = judge(use, modelled, len(changes) + len(coefficients))
    return ChangePoint(form, changes, coefficients, verdict, bic)


_Found = tuple[Form, tuple[float, ...], tuple[float, ...], float]


def _best(form: Form, warm: Series, values: Series, span: tuple[float, float]) -> _Found | None:
    """Return the best solution of a form: over a coarse grid, then over a fine one about the best of it."""
    coarse = _least(form, warm, values, _grid(form, [span] * (2 if form is Form.FIVE else 1)))
    if coarse is None:
        return None
    step = (span[1] - span[0]) / ((GRID_FIVE if form is Form.FIVE else GRID) - 1)
    fine = _least(form, warm, values, _grid(form, [(one - step, one + step) for one in coarse[1]]))
    error, changes, coefficients = min((one for one in (coarse, fine) if one is not None), key=lambda one: one[0])
    count, parameters = len(values), len(changes) + len(coefficients)
    bic = count * float(np.log(max(error, 1e-9) / count)) + parameters * float(np.log(count))
    return form, changes, coefficients, bic


def _least(
    form: Form, warm: Series, values: Series, grid: Sequence[tuple[float, ...]]
) -> tuple[float, tuple[float, ...], tuple[float, ...]] | None:
    best = None
    for changes in grid:
        columns = _columns(form, changes, warm)
        answer, _, rank, _ = np.linalg.lstsq(columns, values, rcond=None)
        solution = np.asarray(answer, dtype=np.float64)
        if rank < columns.shape[1] or not _physical(form, solution):
            continue
        error = float(((values - columns @ solution) ** 2).sum())
        if best is None or error < best[0]:
            best = (error, changes, tuple(float(one) for one in solution))
    return best


def _grid(form: Form, spans: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
    if form is not Form.FIVE:
        return [(float(one),) for one in np.linspace(*spans[0], GRID)]
    steps = [[float(one) for one in np.linspace(*span, GRID_FIVE)] for span in spans]
    return [(low, high) for low, high in product(*steps) if low < high]


def _columns(form: Form, changes: tuple[float, ...], warm: Series) -> Series:
    below = np.maximum(changes[0] - warm, 0.0)
    above = np.maximum(warm - changes[-1], 0.0)
    chosen = {Form.HEATING_3: (below,), Form.COOLING_3: (above,)}.get(form, (below, above))
    return np.stack([np.ones_like(warm), *chosen], axis=1)


def _physical(form: Form, solution: Series) -> bool:
    """Say whether base load and slopes can be those of a building; of 4P the upper slope may fall."""
    slopes = solution[1:2] if form is Form.FOUR else solution[1:]
    return bool(solution[0] >= 0.0 and (slopes > 0.0).all())
