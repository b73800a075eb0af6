"""The energy need of a city: every building as a block, packages of measures, districts, and energy poverty."""

from twin.energy.city.carriers import ILLUSTRATIVE, Carrier
from twin.energy.city.compute import Need, compute_part, needs
from twin.energy.city.poverty import COLUMNS as GROUP_COLUMNS
from twin.energy.city.poverty import DEFAULT_K, LEAST_K, MOST_K, SHARE_OF_INCOME, Group, poverty_layer, read_groups
from twin.energy.city.renovation import Package, renovated, without_effect
from twin.energy.city.runs import PART_BUILDINGS, Ran, recompute, results
from twin.energy.city.stock import ASSUMPTIONS, StockBuilding, facades_of, model_of
from twin.energy.city.summary import UNKNOWN, districts, first_to_renovate, histogram, table_csv, total

__all__ = [
    "ASSUMPTIONS",
    "DEFAULT_K",
    "GROUP_COLUMNS",
    "ILLUSTRATIVE",
    "LEAST_K",
    "MOST_K",
    "PART_BUILDINGS",
    "SHARE_OF_INCOME",
    "UNKNOWN",
    "Carrier",
    "Group",
    "Need",
    "Package",
    "Ran",
    "StockBuilding",
    "compute_part",
    "districts",
    "facades_of",
    "first_to_renovate",
    "histogram",
    "model_of",
    "needs",
    "poverty_layer",
    "read_groups",
    "recompute",
    "renovated",
    "results",
    "table_csv",
    "total",
    "without_effect",
]
