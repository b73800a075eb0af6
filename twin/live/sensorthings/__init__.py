"""OGC SensorThings 1.1 (Sensing): points and readings for clients that know nothing of buildings."""

from twin.live.numbers import number_of
from twin.live.schema import time_to_us
from twin.live.sensorthings.additions import Addition, Additions
from twin.live.sensorthings.addresses import collection_of, entity_of, rows_of
from twin.live.sensorthings.answers import CONFORMS_TO, Answers
from twin.live.sensorthings.changes import CREATED, UNBOUND, Changes, Made
from twin.live.sensorthings.entities import Model
from twin.live.sensorthings.filter import holds, parse_filter
from twin.live.sensorthings.options import Options, parse_options
from twin.live.sensorthings.readings import Readings

__all__ = [
    "CONFORMS_TO",
    "CREATED",
    "UNBOUND",
    "Addition",
    "Additions",
    "Answers",
    "Changes",
    "Made",
    "Model",
    "Options",
    "Readings",
    "collection_of",
    "entity_of",
    "holds",
    "number_of",
    "parse_filter",
    "parse_options",
    "rows_of",
    "time_to_us",
]
