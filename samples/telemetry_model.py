"""What every point of a building would read at any time: a pure function of the point, the time and a seed.

Two sensors are faulty on purpose, and `Simulator.truth` says which and how.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from samples.weather import LOCAL, Weather, hours_of, local_hour, noise, saturation_pa

DRIFT_K_PER_H = 0.02  # of the drifting thermometer; set right every Monday 00:00 UTC, so at most 3.4 K off
SPEAKING_TIME = timedelta(minutes=10)  # after midnight UTC; the silent sensor then says nothing for the day
REGISTERS_FROM = datetime(2025, 1, 1, tzinfo=UTC)  # all meters stood at zero
MEMORY_H = 3.0  # a room remembers people and heating that long
MEMORY_STEPS = 12
OUTDOOR_CO2_PPM = 425.0

Point = Mapping[str, Any]

# Unit (UCUM) in which a quantity is simulated, and how it is expressed in another: factor and offset.
_UNITS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "Cel": {"Cel": (1.0, 0.0), "K": (1.0, 273.15), "[degF]": (1.8, 32.0)},
    "[ppm]": {"[ppm]": (1.0, 0.0), "ppm": (1.0, 0.0), "%": (1e-4, 0.0)},
    "%": {"%": (1.0, 0.0), "1": (0.01, 0.0)},
    "kW.h": {"kW.h": (1.0, 0.0), "kWh": (1.0, 0.0), "MW.h": (1e-3, 0.0), "MWh": (1e-3, 0.0), "MJ": (3.6, 0.0)},
    "kW": {"kW": (1.0, 0.0), "W": (1e3, 0.0)},
    "m3": {"m3": (1.0, 0.0), "L": (1e3, 0.0), "l": (1e3, 0.0)},
    "m3/h": {"m3/h": (1.0, 0.0), "L/s": (1 / 3.6, 0.0), "l/s": (1 / 3.6, 0.0), "m3/s": (1 / 3600.0, 0.0)},
    "lx": {"lx": (1.0, 0.0), "klx": (1e-3, 0.0)},
    "Pa": {"Pa": (1.0, 0.0), "hPa": (1e-2, 0.0), "kPa": (1e-3, 0.0)},
    "1": {"1": (1.0, 0.0), "{count}": (1.0, 0.0), "{person}": (1.0, 0.0), "{#}": (1.0, 0.0)},
    "W/m2": {"W/m2": (1.0, 0.0)},
}
# Decimals that a device of that quantity shows.
_DECIMALS = {
    "Cel": 2,
    "[ppm]": 0,
    "%": 1,
    "kW.h": 2,
    "kW": 3,
    "m3": 3,
    "m3/h": 1,
    "lx": 0,
    "Pa": 0,
    "1": 0,
    "W/m2": 0,
}


class CannotSimulate(ValueError):  # noqa: N818 - reads as the sentence it is
    """A point measures something, or in a unit, that this simulator does not know."""


def share(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that depends on nothing but the arguments."""
    digest = hashlib.blake2b("/".join(map(str, (seed, *names))).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True)
class Room:
    """How one room differs from others; the same room (by name) is the same in every run."""

    seed: int
    name: str

    def trait(self, what: str, low: float, high: float) -> float:
        """Return a number between `low` and `high` that belongs to this room."""
        return low + (high - low) * share(self.seed, self.name, what)

    def people(self, moment: datetime) -> float:
        """Return how full the room is, 0 to 1: weekdays 8 to 17 local with a lunch break, else empty."""
        local = moment.astimezone(LOCAL)
        if local.weekday() >= 5:
            return 0.0
        hour = local_hour(moment) + self.trait("early", -0.7, 0.7)
        present = _ramp(hour, 7.5, 9.0) - _ramp(hour, 16.0, 17.5)
        lunch = 0.6 * (_ramp(hour, 11.7, 12.1) - _ramp(hour, 12.6, 13.1))
        of_the_day = 0.55 + 0.45 * share(self.seed, self.name, local.date())
        return max(0.0, present - lunch) * of_the_day

    def setpoint_c(self, moment: datetime) -> float:
        """Return the heating setpoint, °C: lowered at night and on weekends."""
        local = moment.astimezone(LOCAL)
        by_day = 6.0 <= local_hour(moment) < 18.0 and local.weekday() < 5
        return 21.0 + self.trait("wish", -0.5, 1.0) if by_day else 18.5


def _ramp(value: float, start: float, end: float) -> float:
    return min(1.0, max(0.0, (value - start) / (end - start)))


def remembered(function: Callable[[datetime], float], moment: datetime, memory_h: float = MEMORY_H) -> float:
    """Return the mean of `function` over the past, the recent weighing more (first-order lag, cut at three times)."""
    weights = [math.exp(-3.0 * step / MEMORY_STEPS) for step in range(MEMORY_STEPS)]
    step = timedelta(hours=3.0 * memory_h / MEMORY_STEPS)
    return sum(w * function(moment - i * step) for i, w in enumerate(weights)) / sum(weights)


class Building:
    """Quantities of one simulated building.

    Args:
        building_id: Names it; buildings of one seed share the weather.
        weather: The weather.
    """

    def __init__(self, building_id: str, weather: Weather) -> None:
        self.weather = weather
        self.whole = Room(weather.seed, building_id)
        self._registers: dict[str, list[float]] = {}

    def room(self, name: str) -> Room:
        """Return the room with that name."""
        return Room(self.weather.seed, f"{self.whole.name}/{name}")

    def indoor_c(self, room: Room, moment: datetime) -> float:
        """Return the air temperature of a room, °C."""
        outdoor = self.weather.temperature_c(moment)
        heated = remembered(room.setpoint_c, moment)
        sun = remembered(self.weather.irradiance_w_m2, moment, 1.0) / 900.0 * room.trait("window", 0.3, 4.0)
        people = 1.2 * remembered(room.people, moment, 1.0)
        summer = 0.55 * max(0.0, outdoor - 16.0)
        own = 0.15 * noise(room.seed, f"{room.name}/air", hours_of(moment), 0.5)
        return heated + sun + people + summer + 0.02 * (outdoor - 5.0) + own

    def co2_ppm(self, room: Room, moment: datetime) -> float:
        """Return the CO2 of a room, ppm."""
        people = remembered(room.people, moment, 0.8)
        own = 8.0 * noise(room.seed, f"{room.name}/co2", hours_of(moment), 0.3)
        return OUTDOOR_CO2_PPM + 10.0 + room.trait("crowd", 350.0, 850.0) * people + own

    def humidity(self, room: Room, moment: datetime) -> float:
        """Return the relative humidity of a room, %: outdoor vapour in warmer air, and people."""
        outdoor = self.weather.temperature_c(moment)
        vapour = saturation_pa(outdoor) * self.weather.relative_humidity(moment) / 100.0
        vapour += 120.0 + 150.0 * remembered(room.people, moment, 1.0)
        return min(95.0, 100.0 * vapour / saturation_pa(self.indoor_c(room, moment)))

    def lux(self, room: Room, moment: datetime) -> float:
        """Return the illuminance of a room, lx: daylight, and lamps while people are in."""
        return self.weather.irradiance_w_m2(moment) * room.trait("window", 0.3, 4.0) + (
            400.0 if room.people(moment) > 0.1 else 0.0
        )

    def air_m3_h(self, room: Room, moment: datetime) -> float:
        """Return the air flow, m³/h: a tenth at night, by presence by day."""
        return room.trait("air", 150.0, 600.0) * (0.1 + 0.9 * _ramp(room.people(moment), 0.0, 0.4))

    def electricity_kw(self, moment: datetime) -> float:
        """Return the electric power of the building, kW."""
        base = self.whole.trait("base", 1.5, 4.0)
        return base + self.whole.trait("day", 8.0, 20.0) * self.whole.people(moment)

    def heat_kw(self, moment: datetime) -> float:
        """Return the heating power of the building, kW: by outdoor temperature and setpoint, less the sun."""
        demand = self.whole.setpoint_c(moment) - 4.0 - self.weather.temperature_c(moment)
        demand -= 4.0 * self.weather.irradiance_w_m2(moment) / 900.0
        return self.whole.trait("loss", 0.8, 2.0) * max(0.0, demand)

    def water_m3_h(self, moment: datetime) -> float:
        """Return the water drawn, m³/h."""
        return 0.004 + self.whole.trait("water", 0.05, 0.2) * self.whole.people(moment)

    def register(self, name: str, rate: Callable[[datetime], float], moment: datetime) -> float:
        """Return what has flowed since `REGISTERS_FROM`: `rate` per hour, sampled in the middle of each hour."""
        hours = max(0.0, (moment - REGISTERS_FROM) / timedelta(hours=1))
        whole = int(hours)
        sums = self._registers.setdefault(name, [0.0])
        if len(sums) <= whole + 1:
            middles = (REGISTERS_FROM + timedelta(hours=h + 0.5) for h in range(len(sums) - 1, whole + 1))
            sums += list(accumulate((rate(middle) for middle in middles), initial=sums[-1]))[1:]
        return sums[whole] + (hours - whole) * (sums[whole + 1] - sums[whole])


Signal = Callable[[datetime], float]


def _signals(building: Building, room: Room, *, outdoor: bool) -> Mapping[str, tuple[str, Signal]]:
    """Return unit and signal by QUDT quantity kind, for a point that stands in `room`, or outdoors."""
    sky = building.weather
    co2: tuple[str, Signal] = ("[ppm]", lambda t: OUTDOOR_CO2_PPM if outdoor else building.co2_ppm(room, t))
    people: tuple[str, Signal] = ("1", lambda t: round(room.people(t) * room.trait("seats", 2.0, 24.0)))
    electricity: tuple[str, Signal] = ("kW", building.electricity_kw)
    signals: dict[str, tuple[str, Signal]] = {
        "Temperature": ("Cel", sky.temperature_c if outdoor else lambda t: building.indoor_c(room, t)),
        "Setpoint": ("Cel", room.setpoint_c),
        "RelativeHumidity": ("%", sky.relative_humidity if outdoor else lambda t: building.humidity(room, t)),
        "Illuminance": ("lx", lambda t: building.lux(room, t)),
        "Irradiance": ("W/m2", sky.irradiance_w_m2),
        "Pressure": ("Pa", sky.pressure_pa),
        "VolumeFlowRate": ("m3/h", lambda t: building.air_m3_h(room, t)),
        "Energy": ("kW.h", lambda t: building.register("electricity", building.electricity_kw, t)),
        "ThermalEnergy": ("kW.h", lambda t: building.register("heat", building.heat_kw, t)),
        "Volume": ("m3", lambda t: building.register("water", building.water_m3_h, t)),
        "HeatFlowRate": ("kW", building.heat_kw),
        "DimensionlessRatio": ("%", lambda t: 100.0 * _ramp(building.heat_kw(t), 0.0, 45.0)),
    }
    signals |= dict.fromkeys(("AmountOfSubstanceFraction", "MoleFraction", "VolumeFraction"), co2)
    signals |= dict.fromkeys(("Dimensionless", "Count"), people)
    signals |= dict.fromkeys(("Power", "ActivePower", "ElectricPower"), electricity)
    return signals


def _is_outdoor(point: Point) -> bool:
    words = f"{point['point_id']} {point.get('name', '')}".lower()
    return any(word in words for word in ("outdoor", "outside", "välis"))


def _is_heat_meter(point: Point) -> bool:
    words = f"{point['point_id']} {point.get('name', '')}".lower()
    return point["kind"] == "meter" and any(word in words for word in ("heat", "soojus", "küte"))


def signal_of(point: Point, building: Building) -> Signal:
    """Return what the point would read without any fault, in its own unit.

    Raises:
        CannotSimulate: The quantity kind, or the unit for it, is not known here.
    """
    room = building.room(point.get("space") or point["global_id"])
    quantity = point["quantity_kind"]
    if quantity == "Energy" and _is_heat_meter(point):
        quantity = "ThermalEnergy"
    if quantity == "Temperature" and point["kind"] == "setpoint":
        quantity = "Setpoint"
    try:
        unit, signal = _signals(building, room, outdoor=_is_outdoor(point))[quantity]
    except KeyError:
        raise CannotSimulate(f"{point['point_id']}: the quantity {quantity} is not known") from None
    try:
        factor, offset = _UNITS[unit][point["unit"]]
    except KeyError:
        raise CannotSimulate(f"{point['point_id']}: {quantity} in {point['unit']} is not known") from None
    decimals = max(0, _DECIMALS[unit] - round(math.log10(factor)))
    return lambda moment: round(signal(moment) * factor + offset, decimals)


class Simulator:
    """Reads every point at any time.

    Args:
        points: Members of a points file.
        seed: Two simulators of one seed and the same points read the same.
    """

    def __init__(self, points: Sequence[Point], seed: int = 1) -> None:
        weather = Weather(seed)
        self.seed = seed
        self.points: list[Point] = []
        self.left_out: list[str] = []
        self._signals: dict[tuple[str, str], Signal] = {}
        buildings: dict[str, Building] = {}
        for point in points:
            building = buildings.setdefault(point["building_id"], Building(point["building_id"], weather))
            try:
                self._signals[_key(point)] = signal_of(point, building)
            except CannotSimulate as error:
                self.left_out.append(str(error))
            else:
                self.points.append(point)
        self.drifting, self.silent = self._choose_faulty()

    def _choose_faulty(self) -> tuple[Point | None, Point | None]:
        sensors = [p for p in self.points if p["kind"] == "sensor" and not _is_outdoor(p)]
        sensors.sort(key=lambda p: share(self.seed, "fault", *_key(p)))
        drifting = next((p for p in sensors if p["quantity_kind"] == "Temperature"), None)
        return drifting, next((p for p in sensors if p is not drifting), None)

    def truth(self) -> dict[str, Any]:
        """Return which sensors are faulty and how, for those who must find them."""
        return {
            "seed": self.seed,
            "drifting": _named(self.drifting)
            | {"kelvin_per_hour": DRIFT_K_PER_H, "set_right": "every Monday 00:00 UTC"},
            "silent": _named(self.silent) | {"speaks_seconds_after_midnight_utc": SPEAKING_TIME.total_seconds()},
        }

    def true_value(self, point: Point, moment: datetime) -> float:
        """Return what a faultless device would read at an aware time, in the unit of the point."""
        return self._signals[_key(point)](moment.astimezone(UTC))

    def value(self, point: Point, moment: datetime) -> float | None:
        """Return what the device reads at an aware time, in the unit of the point; None if it is silent."""
        utc = moment.astimezone(UTC)
        midnight = utc.replace(hour=0, minute=0, second=0, microsecond=0)
        if point is self.silent and utc - midnight >= SPEAKING_TIME:
            return None
        value = self.true_value(point, utc)
        if point is not self.drifting:
            return value
        hours = (utc - (midnight - timedelta(days=utc.weekday()))) / timedelta(hours=1)
        return round(value + DRIFT_K_PER_H * hours * (1.8 if point["unit"] == "[degF]" else 1.0), 2)

    def times(self, point: Point, start: datetime, end: datetime) -> list[datetime]:
        """Return when the device speaks in ``[start, end)``: the same times whoever asks, whenever."""
        interval = float(point.get("interval_s") or 60.0)
        phase = math.floor(interval * share(self.seed, "phase", *_key(point)))
        first = math.ceil((start.timestamp() - phase) / interval)
        last = math.ceil((end.timestamp() - phase) / interval)
        return [datetime.fromtimestamp(n * interval + phase, UTC) for n in range(first, last)]


def _key(point: Point) -> tuple[str, str]:
    return point["building_id"], point["point_id"]


def _named(point: Point | None) -> dict[str, Any]:
    return {"building_id": point["building_id"], "point_id": point["point_id"]} if point else {}
