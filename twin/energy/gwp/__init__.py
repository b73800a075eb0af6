"""Global warming potential: materials by a mapping that a person confirms, energy in use, and what is covered."""

from twin.energy.gwp.factors import (
    MAX_FACTOR_BYTES,
    Factor,
    FactorTable,
    illustrative_factors,
    read_factors,
)
from twin.energy.gwp.mapping import MOST_CHARACTERS, Confirmation, in_force, suggestions
from twin.energy.gwp.report import STUDY_YEARS, Use, gwp_report
from twin.energy.gwp.volumes import Bill, MaterialVolume, bill_of

__all__ = [
    "MAX_FACTOR_BYTES",
    "MOST_CHARACTERS",
    "STUDY_YEARS",
    "Bill",
    "Confirmation",
    "Factor",
    "FactorTable",
    "MaterialVolume",
    "Use",
    "bill_of",
    "gwp_report",
    "illustrative_factors",
    "in_force",
    "read_factors",
    "suggestions",
]
