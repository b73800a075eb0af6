"""OGC SensorThings 1.1 (Sensing): points and readings for clients that know nothing of buildings."""

from twin.live.schema import time_to_us
from twin.live.sensorthings.answers import CONFORMS_TO, Answers
from twin.live.sensorthings.entities import Model, number_of
from twin.live.sensorthings.filter import holds, parse_filter
from twin.live.sensorthings.options import Options, parse_options
from twin.live.sensorthings.readings import Readings

__all__ = [
    "CONFORMS_TO",
    "Answers",
    "Model",
    "Options",
    "Readings",
    "holds",
    "number_of",
    "parse_filter",
    "parse_options",
    "time_to_us",
]
