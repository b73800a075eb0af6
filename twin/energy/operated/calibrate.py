"""Calibrate the way a building is run against its meter and its rooms (least squares)."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from twin.energy.operated.operation import CAUSES, UNITS, Engine, Operation, RunYear, operated
from twin.energy.operated.series import Daily, Series
from twin.energy.operated.statistics import Verdict, independent_share, judge
from twin.energy.values import EnergyModel
from twin.errors import InvalidInput

LOWEST, HIGHEST = (12.0, 0.02, 0.0), (30.0, 5.0)  # beyond them a building is not a heated one
MOST_HOT_WATER = 1.5  # times the mean daily use; hot water cannot be all of it and more
FEWEST_DAYS = 90  # a season, or set-point and air change cannot be told from hot water
HEATED_KWH = 1e-6  # of a day; above it the rooms are held at their set-point
ROOM_DOUBT_K = 0.3  # of a daily mean of rooms: place and make of the thermometers
METER_DOUBT = 0.1  # share of the mean daily use that a day strays by people and doors
Z90 = 1.645  # half of the band that holds nine of ten, in standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A building as it is run.

    Attributes:
        designed: How it was meant to be run.
        operation: How it is run.
        covariance: float64 (3, 3), of the values in the order of `CAUSES`.
        modelled: Daily use of the calibrated model, kWh, on the days of the meter.
        verdict: How well it follows the meter.
        before: How well the model as designed does.
        runs: Years that were simulated.
        rooms: Whether room temperatures were used.
    """

    designed: Operation
    operation: Operation
    covariance: Series
    modelled: Daily
    verdict: Verdict
    before: Verdict
    runs: int
    rooms: bool

    @property
    def doubts(self) -> Series:
        """float64 (3,): half widths of the bands that hold nine of ten."""
        return np.asarray(Z90 * np.sqrt(np.maximum(np.diag(self.covariance), 0.0)), dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        rows = zip(CAUSES, UNITS, self.designed.vector(), self.operation.vector(), self.doubts, strict=True)
        return {
            "values": [
                {"name": name, "unit": unit, "designed": round(float(was), 3), "operated": round(float(now), 3),
                 "doubt": round(float(doubt), 3)}
                for name, unit, was, now, doubt in rows
            ],
            "as_designed": self.before.to_json(),
            "calibrated": self.verdict.to_json(),
            "room_temperatures_used": self.rooms,
            "runs": self.runs,
        }  # fmt: skip


def calibrate(
    model: EnergyModel, designed: Operation, use: Daily, engine: Engine, rooms: Daily | None = None
) -> Calibration:
    """Find the set-point, air change and hot water with which a model follows its meter.

    Set-point and air change do much the same to a meter; room temperatures tell them apart. They count on days on
    which the model heats.

    Args:
        model: The building as designed.
        designed: How it was meant to be run.
        use: Daily use for heat and hot water, kWh; system losses taken off.
        engine: Simulates a year in the weather of these days.
        rooms: Mean room temperature of the same days, or None.

    Raises:
        InvalidInput: (energy-few-days, energy-rooms) too few days, or rooms of other days.
    """
    from scipy.optimize import least_squares  # a tenth of a second that no other command should wait

    _check(use, rooms)
    runs = _Runs(model, use, engine, rooms)
    mean = float(np.nanmean(use.values))
    high = np.array([*HIGHEST, MOST_HOT_WATER * mean + 1e-6])
    start = np.clip(designed.vector(), np.array(LOWEST) * 1.001 + 1e-6, high * 0.999)
    found = least_squares(
        runs.residual, start, bounds=(np.array(LOWEST), high), x_scale=np.array([1.0, 0.1, 0.1 * mean]),
        diff_step=np.array([2e-3, 2e-2, 2e-2]), ftol=1e-5, xtol=1e-5, gtol=1e-9, max_nfev=30,
    )  # fmt: skip
    best = Operation(*(float(value) for value in found.x))
    modelled = runs.use_of(best)
    before = judge(use, runs.use_of(designed).values)
    covariance = _covariance(np.asarray(found.jac, dtype=np.float64), found.fun, use.values - modelled.values)
    verdict = judge(use, modelled.values, len(CAUSES))
    return Calibration(designed, best, covariance, modelled, verdict, before, runs.count, rooms is not None)


class _Runs:
    """Simulates and compares."""

    def __init__(self, model: EnergyModel, use: Daily, engine: Engine, rooms: Daily | None) -> None:
        self._model = model
        self._use = use
        self._engine = engine
        self._rooms = rooms
        self._scale = METER_DOUBT * float(np.nanmean(use.values))
        self.count = 0

    def year(self, operation: Operation) -> RunYear:
        """Simulate."""
        self.count += 1
        return self._engine(operated(self._model, operation))

    def use_of(self, operation: Operation) -> Daily:
        """Return modelled daily use on the days of the meter."""
        return self._use.of_year(self.year(operation).heating_kwh + operation.hot_water_kwh_d)

    def residual(self, vector: Series) -> Series:
        """Return deviations of use and rooms, each in units of its doubt; unknown days are zero."""
        operation = Operation(*(float(value) for value in vector))
        year = self.year(operation)
        use = self._use.of_year(year.heating_kwh + operation.hot_water_kwh_d).values
        parts = [np.nan_to_num((use - self._use.values) / self._scale)]
        if self._rooms is not None:
            heated = self._use.of_year(year.heating_kwh).values > HEATED_KWH
            off = self._use.of_year(year.air_c).values - self._rooms.values
            parts.append(np.where(heated, np.nan_to_num(off / ROOM_DOUBT_K), 0.0))
        return np.concatenate(parts)


def _check(use: Daily, rooms: Daily | None) -> None:
    known = int(use.known.sum())
    if known < FEWEST_DAYS or float(np.nanmean(use.values)) <= 0.0:
        raise InvalidInput(
            f"{known} days of use are not enough to calibrate.",
            reason="energy-few-days",
            hint=f"Give at least {FEWEST_DAYS} days with use, better a year.",
        )
    if len(use.values) > 366:
        raise InvalidInput(
            "A calibration takes one year at most.",
            reason="energy-days",
            hint=f"End it at {use.start + timedelta(days=365)}.",
        )
    if rooms is not None and (rooms.start != use.start or len(rooms.values) != len(use.values)):
        raise InvalidInput(
            "The rooms are not of the days of the meter.", reason="energy-rooms", hint="Give the same days."
        )


def _covariance(jacobian: Series, residual: Series, error: Series) -> Series:
    """Return the covariance of the parameters; days that resemble their neighbours count less."""
    used = np.abs(residual) > 0.0
    freedom = max(int(used.sum()) - jacobian.shape[1], 1)
    variance = float((residual**2).sum()) / freedom / independent_share(error)
    inverse = np.linalg.pinv(jacobian.T @ jacobian)
    return np.asarray(variance * inverse, dtype=np.float64) if math.isfinite(variance) else np.zeros((3, 3))
