"""EnergyPlus as a second, precise engine behind the same energy model; optional, and never needed to run."""

from twin.energy.energyplus.runner import ENGINE_ENERGYPLUS, EnergyPlusYear, find_energyplus, simulate_energyplus
from twin.energy.energyplus.weather import write_epw
from twin.energy.energyplus.writer import epjson

__all__ = [
    "ENGINE_ENERGYPLUS",
    "EnergyPlusYear",
    "epjson",
    "find_energyplus",
    "simulate_energyplus",
    "write_epw",
]
