"""What is simulated: the rooms, buildings and devices that a points file speaks of, and what each device measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from samples.telemetry.chance import share

Point = Mapping[str, Any]

_HOME_WORDS = ("elutuba", "magamistuba", "köök", "eluruum", "lastetuba")
_OUTDOOR_WORDS = ("outdoor", "outside", "välis")
_HEAT_WORDS = ("heat", "soojus", "küte")
_PUMP_WORDS = ("heat-pump", "soojuspump")
_FRACTIONS = ("AmountOfSubstanceFraction", "MoleFraction", "VolumeFraction")
_ROOM_QUANTITIES = ("Temperature", "CO2", "RelativeHumidity", "People", "Illuminance")
_POWERS = ("Power", "ActivePower", "ElectricPower")


def _says(point: Point, words: Sequence[str]) -> bool:
    text = f"{point['point_id']} {point.get('name', '')}".lower()
    return any(word in text for word in words)


def is_outdoor(point: Point) -> bool:
    """Tell whether a point measures the weather."""
    return _says(point, _OUTDOOR_WORDS)


def key_of_point(point: Point) -> str:
    """Return the name of the room (or object) that a point stands in."""
    return str(point.get("space") or point["global_id"])


def quantity_of(point: Point) -> str:
    """Return what a point is simulated as: its QUDT quantity kind, or a closer name where more is said."""
    quantity, kind = str(point["quantity_kind"]), point["kind"]
    if kind == "setpoint" and quantity == "Temperature":
        return "Setpoint" if point.get("space") else "SupplySetpoint"
    if kind == "actuator" and quantity == "DimensionlessRatio":
        return "Valve" if point.get("space") else "Fan"
    if quantity in _FRACTIONS:
        return "CO2"
    if quantity in ("Dimensionless", "Count"):
        return "People"
    if quantity == "Energy" and kind == "meter":
        return _energy_of(point)
    if quantity in _POWERS:
        return "HeatPump" if _says(point, _PUMP_WORDS) else "Power"
    return quantity


def _energy_of(point: Point) -> str:
    if _says(point, _PUMP_WORDS):
        return "PumpEnergy"
    if _says(point, ("ventilation", "fan")):
        return "FanEnergy"
    if _says(point, ("light", "plug")):
        return "PlugEnergy"
    return "ThermalEnergy" if _says(point, _HEAT_WORDS) else "Energy"


def _is_of_room(point: Point) -> bool:
    return bool(point.get("space")) or (point["kind"] == "sensor" and quantity_of(point) in _ROOM_QUANTITIES)


@dataclass(frozen=True, slots=True)
class Site:
    """Points by building and room.

    Attributes:
        points: Members of a points file.
        building_ids: In order of appearance.
        rooms: Building and name of every room, in order of appearance.
    """

    points: tuple[Point, ...]
    building_ids: tuple[str, ...]
    rooms: tuple[tuple[str, str], ...]
    _homes: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, points: Sequence[Point]) -> "Site":
        """Return the site that a points file speaks of."""
        buildings = tuple(dict.fromkeys(str(point["building_id"]) for point in points))
        inside = [point for point in points if not is_outdoor(point)]
        rooms = tuple(dict.fromkeys((str(p["building_id"]), key_of_point(p)) for p in inside if _is_of_room(p)))
        served = {building for building, _ in rooms}
        rooms += tuple(
            (building, "") for building in buildings if building not in served
        )  # a house seen by its meters
        homes = {str(p["building_id"]) for p in points if _says(p, _HOME_WORDS)} | set(buildings) - served
        return cls(tuple(points), buildings, rooms, frozenset(homes))

    def is_home(self, building_id: str) -> bool:
        """Tell whether people live there; else they work there."""
        return building_id in self._homes

    def is_indoor(self, point: Point) -> bool:
        """Tell whether a point speaks of one room."""
        return (str(point["building_id"]), key_of_point(point)) in self.rooms

    def room_of(self, building_id: str, place: str) -> str:
        """Return the room of a point id, or the room itself."""
        found = (p for p in self.points if p["building_id"] == building_id and p["point_id"] == place)
        return next((key_of_point(point) for point in found), place)


def trait(seed: int, name: str, what: str, low: float, high: float) -> float:
    """Return a number between `low` and `high` that belongs to a room or building."""
    return low + (high - low) * share(seed, name, what)


def office_points(building_id: str, rooms: int = 16) -> list[dict[str, Any]]:
    """Return the points of an instrumented office: rooms, air unit, heat pump, and a tree of meters.

    Args:
        building_id: Of all points.
        rooms: How many rooms, each with its own set of sensors.
    """
    made: list[dict[str, Any]] = []

    def add(point_id: str, kind: str, quantity: str, unit: str, interval_s: int, **more: Any) -> None:
        common = {"building_id": building_id, "global_id": more.get("space") or f"{building_id}-{point_id}"}
        named = {"point_id": point_id, "kind": kind, "quantity_kind": quantity, "unit": unit, "name": point_id}
        made.append({**named, **common, "interval_s": interval_s, **more})

    for number in range(1, rooms + 1):
        room = f"room-{number:02}"
        add(f"{room}-temp", "sensor", "Temperature", "Cel", 300, space=room, range=[-30, 60])
        add(f"{room}-co2", "sensor", "MoleFraction", "[ppm]", 300, space=room, range=[300, 5000])
        add(f"{room}-rh", "sensor", "RelativeHumidity", "%", 900, space=room, range=[0, 100])
        add(f"{room}-people", "sensor", "Count", "{count}", 300, space=room)
        add(f"{room}-valve", "actuator", "DimensionlessRatio", "%", 300, space=room, range=[0, 100])
        add(f"{room}-wish", "setpoint", "Temperature", "Cel", 900, space=room, range=[15, 25])
    add("outdoor-temp", "sensor", "Temperature", "Cel", 300, range=[-45, 45])
    add("ahu-supply-setpoint", "setpoint", "Temperature", "Cel", 900, range=[10, 30])
    add("ahu-fan", "actuator", "DimensionlessRatio", "%", 300, range=[0, 100])
    add("heat-pump-power", "sensor", "ElectricPower", "kW", 300)
    add("electricity", "meter", "Energy", "kW.h", 900)
    for part in ("heat-pump", "ventilation", "light-and-plugs"):
        add(f"electricity-{part}", "meter", "Energy", "kW.h", 900, parent="electricity")
    add("heat", "meter", "Energy", "kW.h", 900)
    add("water", "meter", "Volume", "m3", 900)
    return made
