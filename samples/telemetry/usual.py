"""The few faults that a demonstration always has."""

from datetime import datetime, timedelta

from samples.telemetry.chance import share
from samples.telemetry.faults import Fault, FaultKind
from samples.telemetry.site import Site, quantity_of

DRIFT_K_PER_DAY = 0.1
SPEAKING = timedelta(minutes=10)  # after midnight UTC; the silent sensor then says nothing for the day
DAYS = 62  # of a demonstration


def usual_faults(site: Site, seed: int, begin: datetime) -> list[Fault]:
    """Return a thermometer that drifts and a sensor that is silent for most of each day, from `begin` on."""
    sensors = [p for p in site.points if p["kind"] == "sensor" and site.is_indoor(p)]
    sensors.sort(key=lambda p: share(seed, "usual", p["building_id"], p["point_id"]))
    drifting = next((p for p in sensors if quantity_of(p) == "Temperature"), None)
    silent = next((p for p in sensors if p is not drifting), None)
    made: list[Fault] = []
    if drifting is not None:
        end = begin + timedelta(days=DAYS)
        place = (str(drifting["building_id"]), str(drifting["point_id"]))
        made.append(Fault(FaultKind.DRIFT, *place, begin, end, DRIFT_K_PER_DAY))
    if silent is not None:
        place = (str(silent["building_id"]), str(silent["point_id"]))
        for day in range(DAYS):
            midnight = begin + timedelta(days=day)
            made.append(Fault(FaultKind.SILENT, *place, midnight + SPEAKING, midnight + timedelta(days=1), 0.0))
    return made
