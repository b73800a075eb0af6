"""Telemetry of simulated buildings: their physics, their devices and faults, and how the devices speak.

>>> simulator = Simulator(office_points("199000001"), 1, datetime(2025, 1, 1, tzinfo=UTC))  # doctest: +SKIP
>>> said = simulator.step()  # what every device says in five minutes  # doctest: +SKIP
"""

from samples.telemetry.devices import Series, Simulator
from samples.telemetry.faults import Fault, FaultKind, plan_faults
from samples.telemetry.publisher import Publisher
from samples.telemetry.site import Site, office_points
from samples.telemetry.speech import Network

__all__ = [
    "Fault",
    "FaultKind",
    "Network",
    "Publisher",
    "Series",
    "Simulator",
    "Site",
    "office_points",
    "plan_faults",
]
