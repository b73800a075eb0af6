"""The energy wing: envelope from the model, hourly need from the envelope, every number with its source."""

from twin.energy.areas import ReferenceArea, reference_area
from twin.energy.assemble import build_model
from twin.energy.assess import assess
from twin.energy.climate import ClimateYear
from twin.energy.engine import ENGINE, ENGINE_VERSION, Method, Options, Simulation, simulate
from twin.energy.envelope import build_envelope
from twin.energy.epw import read_epw
from twin.energy.findings import EnergyFinding
from twin.energy.lumped import (
    ENGINE_CITY,
    ENGINE_CITY_VERSION,
    CityClimate,
    LumpedYear,
    city_climate,
    simulate_lumped,
)
from twin.energy.parts import Envelope, EnvelopePart, Grade
from twin.energy.report import EnergyReport
from twin.energy.synthetic import synthetic_tallinn
from twin.energy.values import (
    Boundary,
    EnergyElement,
    EnergyModel,
    Horizon,
    Kind,
    Layer,
    Source,
    Sourced,
    UseProfile,
    Zone,
)

__all__ = [
    "ENGINE",
    "ENGINE_CITY",
    "ENGINE_CITY_VERSION",
    "ENGINE_VERSION",
    "Boundary",
    "CityClimate",
    "ClimateYear",
    "EnergyElement",
    "EnergyFinding",
    "EnergyModel",
    "EnergyReport",
    "Envelope",
    "EnvelopePart",
    "Grade",
    "Horizon",
    "Kind",
    "Layer",
    "LumpedYear",
    "Method",
    "Options",
    "ReferenceArea",
    "Simulation",
    "Source",
    "Sourced",
    "UseProfile",
    "Zone",
    "assess",
    "build_envelope",
    "build_model",
    "city_climate",
    "read_epw",
    "reference_area",
    "simulate",
    "simulate_lumped",
    "synthetic_tallinn",
]
