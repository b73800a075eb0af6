"""Federation: the models of several disciplines or trades as one version of one building."""

from twin.federation.agreement import Part
from twin.federation.discipline import Discipline, discipline_of
from twin.federation.merge import PROPERTY_SET, federate
from twin.federation.read import NamedFile, understand_together

__all__ = [
    "PROPERTY_SET",
    "Discipline",
    "NamedFile",
    "Part",
    "discipline_of",
    "federate",
    "understand_together",
]
