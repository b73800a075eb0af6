"""The physics of a site: heat, air and water in every room and building, in steps of five minutes.

A room is air and walls: two heat capacities, with sun, people, a radiator behind a valve, supply air, leaks of the
façade, an open window and its neighbours. Its air also carries carbon dioxide and vapour. A building has an air unit,
a heat source that charges a buffer, and registers that count. Sizes are drawn once for each room and building; they
are plausible, not measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from samples.telemetry.chance import Floats, keys_of, smooth
from samples.telemetry.faults import Fault, FaultKind
from samples.telemetry.life import Life, People
from samples.telemetry.site import Site, trait
from samples.telemetry.weather import Sky, vapour_g_m3, weather

STEP_S = 300
STEP_H = STEP_S / 3600.0
AIR_J_M3K = 1_206.0
OUTDOOR_CO2_PPM = 425.0
CO2_M3_H = 0.018  # that a sitting adult breathes out (ASTM D6245 gives 0.0045 to 0.005 l/s at 1.2 met)
VAPOUR_G_H, PERSON_W = 50.0, 75.0  # that a sitting adult gives off; sensible heat
HEAT_RECOVERY = 0.8
VALVE_BAND_K = 1.0
RADIATOR_LAG_S = 1_200.0
SUPPLY_C = 19.0
LOAD_COP = 3.2
BUFFER_C, BUFFER_BAND_K = 40.0, 4.0
REGISTERS_FROM = datetime(2025, 1, 1, tzinfo=UTC)  # all meters stood at zero
ROOM_CHANNELS = ("air_c", "co2_ppm", "vapour_g_m3", "valve", "people", "setpoint_c", "flow_m3_h")
BUILDING_CHANNELS = ("fan", "supply_c", "power_kw", "pump_kw", "heat_kw", "water_m3_h", "pump_kwh", "fan_kwh",
                     "plug_kwh", "main_kwh", "heat_kwh", "water_m3")  # fmt: skip
_REGISTERS = {"pump_kwh": "pump_kw", "heat_kwh": "heat_kw", "water_m3": "water_m3_h", "main_kwh": "power_kw"}


@dataclass(frozen=True, slots=True)
class Block:
    """What was so in the steps of a block, at the end of each step.

    Attributes:
        seconds: Since 1970, of each step.
        sky: The weather.
        rooms: By channel; rows are steps, columns rooms.
        buildings: By channel; columns are buildings.
    """

    seconds: Floats
    sky: Sky
    rooms: Mapping[str, Floats]
    buildings: Mapping[str, Floats]


class World:
    """A site that goes on in time. Two worlds of equal arguments are equal at all times.

    Args:
        site: What is there.
        seed: Of weather, people and sizes.
        begin: When it begins, aware UTC, with rooms at their setpoints and registers at zero.
        faults: What breaks.
    """

    def __init__(self, site: Site, seed: int, begin: datetime, faults: Sequence[Fault] = ()) -> None:
        self.site, self.seed, self.faults = site, seed, tuple(faults)
        self.now = begin.astimezone(UTC)
        self._people = People(site, seed)
        self._names = [f"{building}/{room}" for building, room in site.rooms]
        self._home = np.array([site.building_ids.index(building) for building, _ in site.rooms])
        self._plug_keys = keys_of(seed, "plug", site.building_ids)
        self._size_rooms()
        self._size_buildings()
        self._overrides: dict[tuple[str, str], float] = {}
        self._supply_c = np.full(len(site.building_ids), SUPPLY_C)

    def _traits(self, what: str, low: float, high: float) -> Floats:
        return np.array([trait(self.seed, name, what, low, high) for name in self._names])

    def _size_rooms(self) -> None:
        area = np.maximum(self._traits("area", 12.0, 40.0), 6.0 * self._people.seats)
        self._volume = area * 2.8
        self._loss = area * self._traits("facade", 0.45, 0.9)  # W/K to the outside, through the walls
        self._leak = 0.12 * self._volume  # m³/h
        self._window = area * self._traits("window", 0.04, 0.1)  # m² that the sun comes through
        self._noon = self._traits("orientation", 9.0, 16.0)  # UTC hour at which the sun stands before the window
        self._air_capacity = self._volume * AIR_J_M3K * 4.0  # furniture warms with the air
        self._wall_capacity = area * 140_000.0
        self._coupling = area * 12.0  # W/K between air and walls
        self._beside = area * 0.8  # W/K to the rooms beside
        self._radiator = (self._loss + self._leak * 0.34) * 46.0 + 250.0  # W at 22 °C inside and -24 °C outside
        self._supply = np.maximum(22.0 * self._people.seats, area * 1.5)  # m³/h in use
        self.air_c = np.full(len(self._names), 20.0)
        self.wall_c = np.full(len(self._names), 19.5)
        self.co2_ppm = np.full(len(self._names), OUTDOOR_CO2_PPM + 20.0)
        self.vapour = np.full(len(self._names), 4.5)
        self.heating = np.zeros(len(self._names))  # share of the radiator that is warm

    def _size_buildings(self) -> None:
        count = len(self.site.building_ids)
        sum_of = np.bincount(self._home, self._radiator, count)
        self._capacity_kw = sum_of / 1000.0 * 0.9 + 1.0
        self._buffer_j_k = self._capacity_kw * 1000.0 * 1800.0 / BUFFER_BAND_K  # half an hour from cold to warm
        self._seats = np.bincount(self._home, self._people.seats, count)
        self.buffer_c = np.full(count, BUFFER_C)
        self.running = np.zeros(count, dtype=bool)
        # What a building counts in an hour at most, or nearly: a world that begins later begins above an earlier one.
        hours = (self.now - REGISTERS_FROM).total_seconds() / 3600.0
        most = {"heat_kwh": self._capacity_kw, "water_m3": 0.01 * self._seats}
        usual = self._capacity_kw / LOAD_COP + 0.1 * self._seats
        names = (name for name in BUILDING_CHANNELS if name.endswith(("kwh", "_m3")))
        self.registers = {name: np.floor(hours * most.get(name, usual)) for name in names}

    def obey(self, building_id: str, place: str, value: float) -> None:
        """Set a setpoint by hand from the next step on: of a room, or (with an empty place) of the supply air, °C."""
        if place:
            self._overrides[building_id, place] = value
        else:
            self._supply_c[self.site.building_ids.index(building_id)] = value

    def run(self, steps: int) -> Block:
        """Go on by some steps, at most some days at once, and return what was so at the end of each."""
        begin = self.now
        seconds = begin.timestamp() + STEP_S * np.arange(1, steps + 1, dtype=np.float64)
        hours = seconds / 3600.0
        sky, life = weather(self.seed, hours), self._people.live(begin, hours)
        for (building_id, place), value in self._overrides.items():
            life.setpoint_c[:, self.site.rooms.index((building_id, place))] = value
        broken = _Broken(self, begin, steps)
        rooms = {name: np.empty((steps, len(self._names))) for name in ROOM_CHANNELS}
        rooms["people"], rooms["setpoint_c"] = life.people, life.setpoint_c
        buildings = {name: np.empty((steps, len(self.site.building_ids))) for name in BUILDING_CHANNELS}
        fan = np.where(life.at_work > 0.05, 1.0, 0.2)
        sun = self._sun(sky, hours)
        flow = self._supply[np.newaxis, :] * fan[:, self._home] * broken.fan
        rooms["flow_m3_h"] = flow
        outside_g = vapour_g_m3(sky.temperature_c, sky.humidity)
        for n in range(steps):
            opened = broken.window[n] + life.airing[n] * 4.0 + 3.0 * ((self.air_c > 25.5) & (life.people[n] > 0))
            self._air(n, sky, life, flow[n], opened * self._volume, outside_g[n])
            heat_kw = self._rooms(n, sky, life, sun[n], flow[n], opened * self._volume, broken)
            rooms["air_c"][n], rooms["co2_ppm"][n], rooms["vapour_g_m3"][n] = self.air_c, self.co2_ppm, self.vapour
            rooms["valve"][n] = self._command
            buildings["heat_kw"][n], buildings["pump_kw"][n] = self._source(heat_kw, broken.buffer[n])
        buildings["fan"], buildings["supply_c"] = fan, np.broadcast_to(self._supply_c, fan.shape)
        self._count(buildings, life, hours, broken)
        self.now = begin + timedelta(seconds=STEP_S * steps)
        return Block(seconds, sky, rooms, buildings)

    def _sun(self, sky: Sky, hours: Floats) -> Floats:
        away = np.mod(hours[:, np.newaxis] - self._noon[np.newaxis, :] + 12.0, 24.0) - 12.0
        facing = np.maximum(0.2, np.cos(np.pi * np.clip(away, -6.0, 6.0) / 12.0))
        gained: Floats = 0.45 * sky.irradiance_w_m2[:, np.newaxis] * self._window[np.newaxis, :] * facing
        return gained

    def _air(self, n: int, sky: Sky, life: Life, flow: Floats, opened: Floats, outside_g: float) -> None:
        """Mix carbon dioxide and vapour; exact over the step, for whatever exchange."""
        fresh = flow + self._leak + opened
        kept = np.exp(-fresh / self._volume * STEP_H)
        settled = OUTDOOR_CO2_PPM + 1e6 * CO2_M3_H * life.people[n] / fresh
        self.co2_ppm = settled + (self.co2_ppm - settled) * kept
        wet = outside_g + (VAPOUR_G_H * life.people[n] + 0.25 * self._volume / 2.8) / fresh
        self.vapour = wet + (self.vapour - wet) * kept

    def _rooms(
        self, n: int, sky: Sky, life: Life, sun: Floats, flow: Floats, opened: Floats, broken: "_Broken"
    ) -> Floats:
        """Warm and cool every room; return the heat that the radiators and the air unit of each building take, kW."""
        self._command = np.clip((life.setpoint_c[n] - self.air_c) / VALVE_BAND_K + 0.2, 0.0, 1.0)
        valve = np.where(np.isnan(broken.valve[n]), self._command, broken.valve[n])
        self.heating += (valve - self.heating) * (STEP_S / RADIATOR_LAG_S)
        warm = np.clip((self.buffer_c - 26.0) / 6.0, 0.0, 1.0)[self._home]
        radiator = self._radiator * self.heating * warm
        outside = sky.temperature_c[n]
        supply = np.maximum(self._supply_c[self._home], outside)
        mean = np.bincount(self._home, self.air_c, len(self.site.building_ids)) / np.maximum(
            np.bincount(self._home, minlength=len(self.site.building_ids)), 1
        )
        gained = radiator * 0.7 + sun * 0.3 + PERSON_W * life.people[n] + 60.0 * np.minimum(life.people[n], 2.0)
        to_outside = 0.335 * (self._leak + opened)
        pull = self._coupling + self._beside + to_outside + 0.335 * flow
        target = (
            gained + self._coupling * self.wall_c + self._beside * mean[self._home] + to_outside * outside
            + 0.335 * flow * supply
        ) / pull  # fmt: skip
        self.wall_c += (
            STEP_S * (self._coupling * (self.air_c - self.wall_c) + self._loss * (outside - self.wall_c)
                      + radiator * 0.3 + sun * 0.7) / self._wall_capacity
        )  # fmt: skip
        self.air_c = target + (self.air_c - target) * np.exp(-pull * STEP_S / self._air_capacity)
        preheat = 0.335 * flow * np.maximum(0.0, (1.0 - HEAT_RECOVERY) * (supply - outside))
        taken: Floats = np.bincount(self._home, radiator + preheat, len(self.site.building_ids)) / 1000.0
        return taken

    def _source(self, heat_kw: Floats, buffer: Floats) -> tuple[Floats, Floats]:
        """Charge the buffer when it is cold; return the heat taken and the electric power of the heat source, kW."""
        self.running = np.where(
            self.buffer_c < BUFFER_C - BUFFER_BAND_K / 2,
            True,
            self.running & (self.buffer_c < BUFFER_C + BUFFER_BAND_K / 2),
        )
        charge = np.where(self.running, self._capacity_kw, 0.0) - heat_kw - 0.02 * self._capacity_kw
        self.buffer_c = np.clip(self.buffer_c + charge * 1000.0 * STEP_S / (self._buffer_j_k * buffer), 15.0, 55.0)
        return heat_kw, np.where(self.running, self._capacity_kw / LOAD_COP, 0.02)

    def _count(self, made: dict[str, Floats], life: Life, hours: Floats, broken: "_Broken") -> None:
        steps = len(hours)
        fan_kw = 0.45 * made["fan"] ** 2 * np.bincount(self._home, self._supply, len(self.site.building_ids)) / 1000.0
        noise = smooth(self._plug_keys, hours, 0.5)
        plug_kw = (0.02 * self._seats + 0.09 * self._seats * life.at_work) * (1.0 + 0.15 * noise) + 0.1
        made["power_kw"] = made["pump_kw"] + fan_kw + plug_kw + 0.03
        for number in range(len(self.site.building_ids)):
            usual = 0.006 * self._seats[number] * life.at_work[:, number] * self._people.draws(hours, number)
            made["water_m3_h"][:, number] = usual + broken.leak[:, number]
        for name, rate in {**_REGISTERS, "fan_kwh": "", "plug_kwh": ""}.items():
            flow = {"fan_kwh": fan_kw, "plug_kwh": plug_kw}.get(name, made.get(rate, fan_kw))
            made[name] = self.registers[name] + np.cumsum(flow * STEP_H, axis=0)
            self.registers[name] = made[name][steps - 1].copy()


class _Broken:
    """What is broken in the steps of a block, as numbers that the physics takes."""

    def __init__(self, world: World, begin: datetime, steps: int) -> None:
        rooms, buildings = world.site.rooms, world.site.building_ids
        self.valve = np.full((steps, len(rooms)), np.nan)
        self.window = np.zeros((steps, len(rooms)))
        self.fan = np.ones((steps, len(rooms)))
        self.leak = np.zeros((steps, len(buildings)))
        self.buffer = np.ones((steps, len(buildings)))
        of_room = {
            FaultKind.VALVE_OPEN: self.valve,
            FaultKind.VALVE_CLOSED: self.valve,
            FaultKind.WINDOW: self.window,
            FaultKind.FAN: self.fan,
        }
        of_building = {FaultKind.LEAK: self.leak, FaultKind.CYCLING: self.buffer}
        for fault in world.faults:
            first = int(np.ceil((fault.begin - begin).total_seconds() / STEP_S))
            last = int(np.floor((fault.end - begin).total_seconds() / STEP_S))
            if last <= 0 or first >= steps:
                continue
            span = slice(max(0, first), min(steps, last))
            if fault.kind in of_room:
                of_room[fault.kind][span, rooms.index((fault.building_id, fault.place))] = fault.size
            elif fault.kind in of_building:
                of_building[fault.kind][span, buildings.index(fault.building_id)] = fault.size
