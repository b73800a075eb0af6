"""What a point of the simulated world is worth, in its own unit: a channel of the world and a conversion."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from samples.telemetry.chance import Floats, share
from samples.telemetry.site import Point, Site, is_outdoor, key_of_point, quantity_of
from samples.telemetry.weather import vapour_g_m3
from samples.telemetry.world import OUTDOOR_CO2_PPM, Block

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


@dataclass(frozen=True, slots=True)
class Maker:
    """How devices of a quantity are made.

    Attributes:
        unit: UCUM, in which it is simulated.
        decimals: That the device shows.
        noise: Standard deviation of one reading.
        bias: Largest constant error, as it left the factory.
        held: Whether it shows the state of a step, not a curve between two.
    """

    unit: str
    decimals: int
    noise: float = 0.0
    bias: float = 0.0
    held: bool = False


MAKERS: Mapping[str, Maker] = {
    "Temperature": Maker("Cel", 2, 0.04, 0.2),
    "Setpoint": Maker("Cel", 1, held=True),
    "SupplySetpoint": Maker("Cel", 1, held=True),
    "RelativeHumidity": Maker("%", 1, 0.5, 2.0),
    "CO2": Maker("[ppm]", 0, 12.0, 25.0),
    "People": Maker("1", 0, held=True),
    "Illuminance": Maker("lx", 0, 2.0),
    "Irradiance": Maker("W/m2", 0, 2.0),
    "Pressure": Maker("Pa", 0, 10.0, 50.0),
    "VolumeFlowRate": Maker("m3/h", 1, 1.0),
    "Valve": Maker("%", 1, held=True),
    "Fan": Maker("%", 0, held=True),
    "Energy": Maker("kW.h", 2),
    "PlugEnergy": Maker("kW.h", 2),
    "FanEnergy": Maker("kW.h", 2),
    "PumpEnergy": Maker("kW.h", 2),
    "ThermalEnergy": Maker("kW.h", 2),
    "HeatFlowRate": Maker("kW", 2, 0.02),
    "Power": Maker("kW", 3, 0.01),
    "HeatPump": Maker("kW", 2, held=True),
    "Volume": Maker("m3", 3),
}
_OF_BUILDING = {
    "SupplySetpoint": "supply_c", "Energy": "main_kwh", "PlugEnergy": "plug_kwh", "FanEnergy": "fan_kwh",
    "PumpEnergy": "pump_kwh", "ThermalEnergy": "heat_kwh", "HeatFlowRate": "heat_kw", "Power": "power_kw",
    "HeatPump": "pump_kw", "Volume": "water_m3",
}  # fmt: skip
_OF_ROOM = {"Temperature": "air_c", "Setpoint": "setpoint_c", "CO2": "co2_ppm", "People": "people",
            "VolumeFlowRate": "flow_m3_h"}  # fmt: skip
_IN_PERCENT = {"Valve": ("rooms", "valve"), "Fan": ("buildings", "fan")}

Channel = Callable[[Block], Floats]


class CannotSimulate(ValueError):  # noqa: N818 - reads as the sentence it is
    """A point measures something, or in a unit, that this simulator does not know."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What a faultless device of a point would show.

    Attributes:
        quantity: See `quantity_of`.
        maker: How the device is made.
        channel: Returns the value of each step of a block, in the unit of the maker.
        factor: From that unit to the one of the point.
        offset: Added after it.
    """

    quantity: str
    maker: Maker
    channel: Channel
    factor: float
    offset: float

    @property
    def decimals(self) -> int:
        """Return the decimals in the unit of the point."""
        return max(0, self.maker.decimals - round(math.log10(self.factor)))


def signal_of(point: Point, site: Site, seed: int) -> Signal:
    """Return the signal of a point.

    Raises:
        CannotSimulate: The quantity kind, or the unit for it, is not known here.
    """
    quantity = quantity_of(point)
    maker = MAKERS.get(quantity)
    if maker is None:
        raise CannotSimulate(f"{point['point_id']}: the quantity {quantity} is not known")
    try:
        factor, offset = _UNITS[maker.unit][point["unit"]]
    except KeyError:
        raise CannotSimulate(f"{point['point_id']}: {quantity} in {point['unit']} is not known") from None
    return Signal(quantity, maker, _channel(point, quantity, site, seed), factor, offset)


def _channel(point: Point, quantity: str, site: Site, seed: int) -> Channel:
    building = site.building_ids.index(str(point["building_id"]))
    if is_outdoor(point) or quantity in ("Irradiance", "Pressure"):
        return _outdoor(quantity)
    room = _room(point, site, seed)
    if quantity in _OF_BUILDING:
        return lambda block: block.buildings[_OF_BUILDING[quantity]][:, building]
    if quantity in _IN_PERCENT:
        group, name = _IN_PERCENT[quantity]
        column = room if group == "rooms" else building
        return lambda block: 100.0 * getattr(block, group)[name][:, column]
    if quantity == "RelativeHumidity":
        return lambda block: _humidity(block, room)
    if quantity == "Illuminance":
        return lambda block: 0.6 * block.sky.irradiance_w_m2 + 400.0 * (block.rooms["people"][:, room] > 0)
    return lambda block: block.rooms[_OF_ROOM[quantity]][:, room]


def _outdoor(quantity: str) -> Channel:
    names = {"Temperature": "temperature_c", "RelativeHumidity": "humidity", "Pressure": "pressure_pa",
             "Irradiance": "irradiance_w_m2", "Illuminance": "irradiance_w_m2"}  # fmt: skip
    if quantity not in names:
        return lambda block: np.full(len(block.seconds), OUTDOOR_CO2_PPM if quantity == "CO2" else 0.0)
    return lambda block: getattr(block.sky, names[quantity])


def _humidity(block: Block, room: int) -> Floats:
    full = vapour_g_m3(block.rooms["air_c"][:, room], np.full(len(block.seconds), 100.0))
    humid: Floats = np.clip(100.0 * block.rooms["vapour_g_m3"][:, room] / full, 2.0, 98.0)
    return humid


def _room(point: Point, site: Site, seed: int) -> int:
    own = (str(point["building_id"]), key_of_point(point))
    if own in site.rooms:
        return site.rooms.index(own)
    beside = [n for n, (building, _) in enumerate(site.rooms) if building == own[0]]  # it stands in no known room
    return beside[int(len(beside) * share(seed, "stands", *own))]
