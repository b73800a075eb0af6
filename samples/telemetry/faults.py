"""Faults: what breaks, where, from when to when. They act on the building or on a device, never on a label.

What a fault does to the readings follows from the physics in `world` or from the way a device fails in `devices`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from samples.telemetry.chance import share
from samples.telemetry.site import Point, Site, key_of_point, quantity_of


class FaultKind(StrEnum):
    """What breaks, and what `size` then means."""

    VALVE_OPEN = "valve-stuck-open"  # of a radiator; size is its position, 0 to 1
    VALVE_CLOSED = "valve-stuck-closed"  # size is its position
    WINDOW = "window-left-open"  # size is air changes an hour
    FAN = "fan-stopped"  # of a room's air supply; size is the share of the flow that is left
    LEAK = "water-leak"  # size is m³/h
    CYCLING = "short-cycling"  # the buffer of the heat source is bypassed; size is the share that is left
    SUBMETER = "sub-meter-stopped"  # size is the share that it still counts
    DRIFT = "sensor-drift"  # of a thermometer; size is K a day
    FROZEN = "sensor-frozen"  # it repeats its last value; size has no meaning
    SILENT = "device-silent"  # size has no meaning


APART = timedelta(days=4)  # between two faults of a kind at one place: the first has been repaired and forgotten
ROOM_KINDS = (FaultKind.VALVE_OPEN, FaultKind.VALVE_CLOSED, FaultKind.WINDOW, FaultKind.FAN)
BUILDING_KINDS = (FaultKind.LEAK, FaultKind.CYCLING)
DEVICE_KINDS = (FaultKind.DRIFT, FaultKind.FROZEN, FaultKind.SILENT, FaultKind.SUBMETER)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: What breaks.
        building_id: Where.
        place: Name of the room, or the point id of a device, or empty for the building.
        begin: From when, aware UTC.
        end: Until when it was repaired.
        size: See `FaultKind`.
    """

    kind: FaultKind
    building_id: str
    place: str
    begin: datetime
    end: datetime
    size: float

    def to_json(self) -> dict[str, Any]:
        """Return its members, times as RFC 3339."""
        times = {name: getattr(self, name).isoformat().replace("+00:00", "Z") for name in ("begin", "end")}
        return {**asdict(self), "kind": self.kind.value, **times}


# Kind: days of the year in which it may begin, shortest and longest hours, smallest and largest size.
_WINTER = ((5, 80), (300, 345))
_YEAR = ((5, 335),)
_SCHEDULE: dict[FaultKind, tuple[tuple[tuple[int, int], ...], tuple[float, float], tuple[float, float]]] = {
    FaultKind.VALVE_OPEN: (_WINTER, (72, 400), (0.6, 1.0)),
    FaultKind.VALVE_CLOSED: (_WINTER, (72, 400), (0.0, 0.05)),
    FaultKind.WINDOW: (_WINTER, (4, 60), (3.0, 9.0)),
    FaultKind.FAN: (((5, 150), (240, 335)), (72, 240), (0.0, 0.15)),
    FaultKind.LEAK: (_YEAR, (48, 400), (0.012, 0.25)),
    FaultKind.CYCLING: (_WINTER, (48, 300), (0.02, 0.08)),
    FaultKind.SUBMETER: (_YEAR, (120, 500), (0.0, 0.3)),
    FaultKind.DRIFT: (((5, 250),), (1200, 2600), (0.015, 0.08)),
    FaultKind.FROZEN: (_YEAR, (30, 240), (0.0, 0.0)),
    FaultKind.SILENT: (_YEAR, (3, 200), (0.0, 0.0)),
}


def plan_faults(site: Site, seed: int, year: int, each: int = 2) -> list[Fault]:
    """Return faults spread over a year, `each` of every kind in each building that can have it.

    No two faults stand at one place: what is found there has one cause.

    Args:
        site: What is there.
        seed: Another seed is another year.
        year: Of all begins.
        each: How many of each kind.
    """
    found: list[Fault] = []
    for building_id in site.building_ids:
        taken: set[str] = set()
        for kind in FaultKind:
            places = _places(site, building_id, kind)
            places.sort(key=lambda place, kind=kind: share(seed, "fault", building_id, kind, place))  # type: ignore[misc]
            for number in range(each):
                place = next((item for item in places if site.room_of(building_id, item) not in taken), None)
                if place is None:
                    break
                if place:
                    taken.add(site.room_of(building_id, place))
                found.append(_fault(kind, building_id, place, seed, year, number))
    return sorted(_apart(found), key=lambda fault: (fault.begin, fault.building_id, fault.kind, fault.place))


def _apart(faults: Sequence[Fault]) -> list[Fault]:
    """Leave out what would overlap a fault that shows at the same place: two meters of one tree do."""

    def shows_at(fault: Fault) -> tuple[str, ...]:
        return (fault.kind, fault.building_id, "" if fault.kind is FaultKind.SUBMETER else fault.place)

    kept: list[Fault] = []
    for fault in faults:
        same = [other for other in kept if shows_at(other) == shows_at(fault)]
        if all(fault.end + APART < other.begin or fault.begin > other.end + APART for other in same):
            kept.append(fault)
    return kept


def _fault(kind: FaultKind, building_id: str, place: str, seed: int, year: int, number: int) -> Fault:
    spans, (shortest, longest), (low, high) = _SCHEDULE[kind]

    def chance(what: str) -> float:
        return share(seed, "fault", building_id, kind, place, number, what)

    first, last = spans[(number + int(2 * chance("span"))) % len(spans)]
    begin = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=first + (last - first) * chance("begin"))
    begin = begin.replace(minute=5 * (begin.minute // 5), second=0, microsecond=0)
    hours = shortest + (longest - shortest) * chance("hours") ** 2  # short ones are more frequent
    end = min(begin + timedelta(minutes=round(hours * 60)), datetime(year, 12, 30, tzinfo=UTC))
    return Fault(kind, building_id, place, begin, end, round(low + (high - low) * chance("size"), 4))


def _places(site: Site, building_id: str, kind: FaultKind) -> list[str]:
    points = [point for point in site.points if point["building_id"] == building_id]
    if kind in BUILDING_KINDS:
        wanted = "Volume" if kind is FaultKind.LEAK else "HeatPump"
        return [""] if any(quantity_of(point) == wanted for point in points) else []
    if kind in (FaultKind.VALVE_OPEN, FaultKind.VALVE_CLOSED, FaultKind.WINDOW):
        return _rooms(points, "Temperature")
    if kind is FaultKind.FAN:
        return _rooms(points, "CO2")
    if kind is FaultKind.SUBMETER:
        return [point["point_id"] for point in points if point.get("parent")]
    devices = [point for point in points if point["kind"] == "sensor" and site.is_indoor(point)]
    if kind is FaultKind.DRIFT:
        devices = [point for point in devices if quantity_of(point) == "Temperature"]
    return sorted(point["point_id"] for point in devices if quantity_of(point) in ("Temperature", "CO2"))


def _rooms(points: Sequence[Point], quantity: str) -> list[str]:
    return sorted({key_of_point(point) for point in points if quantity_of(point) == quantity and point.get("space")})
