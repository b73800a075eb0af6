"""The energy wing: envelope from the model, hourly need from the envelope, every number with its source."""

from twin.energy.areas import ReferenceArea, reference_area
from twin.energy.assemble import build_model
from twin.energy.assess import Prepared, Question, assess, prepare_model, report_of
from twin.energy.bands import Band, band_of
from twin.energy.certificate import certificate
from twin.energy.climate import ClimateYear
from twin.energy.declared import Declaration, read_declaration
from twin.energy.engine import ENGINE, ENGINE_VERSION, Method, Options, Simulation, simulate, weather_of
from twin.energy.envelope import build_envelope
from twin.energy.epw import read_epw
from twin.energy.findings import EnergyFinding
from twin.energy.horizons import FacadeHorizon
from twin.energy.lumped import (
    ENGINE_CITY,
    ENGINE_CITY_VERSION,
    CityClimate,
    LumpedYear,
    city_climate,
    simulate_lumped,
)
from twin.energy.page import certificate_page
from twin.energy.parts import Envelope, EnvelopePart, Grade
from twin.energy.report import EnergyReport
from twin.energy.spread import AreaSpread
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
    "AreaSpread",
    "Band",
    "Boundary",
    "CityClimate",
    "ClimateYear",
    "Declaration",
    "EnergyElement",
    "EnergyFinding",
    "EnergyModel",
    "EnergyReport",
    "Envelope",
    "EnvelopePart",
    "FacadeHorizon",
    "Grade",
    "Horizon",
    "Kind",
    "Layer",
    "LumpedYear",
    "Method",
    "Options",
    "Prepared",
    "Question",
    "ReferenceArea",
    "Simulation",
    "Source",
    "Sourced",
    "UseProfile",
    "Zone",
    "assess",
    "band_of",
    "build_envelope",
    "build_model",
    "certificate",
    "certificate_page",
    "city_climate",
    "prepare_model",
    "read_declaration",
    "read_epw",
    "reference_area",
    "report_of",
    "simulate",
    "simulate_lumped",
    "synthetic_tallinn",
    "weather_of",
]
