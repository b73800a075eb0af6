"""A building as it is run: meters and rooms against the model, why they differ, and whether a promise was kept."""

from twin.energy.operated.attribution import Attribution, Cause, attribute
from twin.energy.operated.calibrate import Calibration, calibrate
from twin.energy.operated.changepoint import ChangePoint, Form, fit_change_point
from twin.energy.operated.contract import Saving, contract_saving
from twin.energy.operated.degree_days import Normalised, degree_days, normalise
from twin.energy.operated.operation import (
    CAUSES,
    Engine,
    Operation,
    RunYear,
    designed_operation,
    lumped_engine,
    operated,
)
from twin.energy.operated.series import (
    Daily,
    daily_of_year,
    hours_of_year,
    mean_by_day,
    use_by_register,
)
from twin.energy.operated.statistics import Fit, Verdict, judge
from twin.energy.operated.weather import with_outdoor

__all__ = [
    "CAUSES",
    "Attribution",
    "Calibration",
    "Cause",
    "ChangePoint",
    "Daily",
    "Engine",
    "Fit",
    "Form",
    "Normalised",
    "Operation",
    "RunYear",
    "Saving",
    "Verdict",
    "attribute",
    "calibrate",
    "contract_saving",
    "daily_of_year",
    "degree_days",
    "designed_operation",
    "fit_change_point",
    "hours_of_year",
    "judge",
    "lumped_engine",
    "mean_by_day",
    "normalise",
    "operated",
    "use_by_register",
    "with_outdoor",
]
