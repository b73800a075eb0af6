"""The few faults that a demonstration always has."""

from datetime import datetime, timedelta

from samples.telemetry.chance import share
from samples.telemetry.faults import Fault, FaultKind
from samples.telemetry.site import Point, Site, quantity_of

DRIFT_K_PER_DAY = 0.1
SPEAKING = timedelta(minutes=10)  # after midnight UTC; a silent device then says nothing for the day
DAYS = 62  # of a demonstration


def usual_faults(site: Site, seed: int, begin: datetime) -> list[Fault]:
    """Return what is broken from `begin` on: a thermometer drifts, a sensor and an air unit are mostly silent."""
    sensors = [p for p in site.points if p["kind"] == "sensor" and site.is_indoor(p)]
    sensors.sort(key=lambda p: share(seed, "usual", p["building_id"], p["point_id"]))
    drifting = next((p for p in sensors if quantity_of(p) == "Temperature"), None)
    sensor = next((p for p in sensors if p is not drifting), None)
    air_unit = next((p for p in site.points if quantity_of(p) == "Fan"), None)
    made: list[Fault] = []
    if drifting is not None:
        end = begin + timedelta(days=DAYS)
        made.append(Fault(FaultKind.DRIFT, *_place(drifting), begin, end, DRIFT_K_PER_DAY))
    for silent in (sensor, air_unit):
        if silent is not None:
            made += _silences(silent, begin)
    return made


def _place(point: Point) -> tuple[str, str]:
    return str(point["building_id"]), str(point["point_id"])


def _silences(point: Point, begin: datetime) -> list[Fault]:
    midnights = (begin + timedelta(days=day) for day in range(DAYS))
    return [
        Fault(FaultKind.SILENT, *_place(point), midnight + SPEAKING, midnight + timedelta(days=1), 0.0)
        for midnight in midnights
    ]
