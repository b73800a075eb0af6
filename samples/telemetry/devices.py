"""Devices: what they show of the world, how they fail, and when they speak."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from samples.telemetry.chance import Floats, Truths, key_of, share, uniform
from samples.telemetry.faults import Fault, FaultKind
from samples.telemetry.signals import CannotSimulate, Signal, signal_of
from samples.telemetry.site import Point, Site
from samples.telemetry.world import STEP_S, Block, World

LOST_SHARE = 0.01  # of all messages of a radio device, at the edge of good reception
STEPS_OF_A_DAY = 86_400 // STEP_S


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one point in order of time.

    Attributes:
        point: The point.
        seconds: Since 1970.
        values: In the unit of the point.
    """

    point: Point
    seconds: Floats
    values: Floats


@dataclass(slots=True)
class Device:
    """What shows one point.

    Attributes:
        point: The point.
        signal: What it would show without fault.
        seed: Of the world.
        faults: Of this device.
    """

    point: Point
    signal: Signal
    seed: int
    faults: tuple[Fault, ...] = ()
    _before: float | None = None  # value of the world at the end of the block before
    _shown: float = math.nan
    _lost: dict[Fault, tuple[float, float]] = field(default_factory=dict)  # of a stopped meter: at its begin, and now

    def _name(self) -> tuple[str, str]:
        return str(self.point["building_id"]), str(self.point["point_id"])

    def times(self, begin_s: float, end_s: float) -> Floats:
        """Return when it speaks in ``[begin, end)``, seconds since 1970: the same times whoever asks, whenever."""
        interval = float(self.point.get("interval_s") or 60.0)
        phase = math.floor(interval * share(self.seed, "phase", *self._name()))
        numbers = np.arange(math.ceil((begin_s - phase) / interval), math.ceil((end_s - phase) / interval))
        spoken: Floats = numbers.astype(np.float64) * interval + phase
        return spoken

    def read(self, block: Block) -> Series:
        """Return what it says during a block; blocks come in order."""
        true = self.signal.channel(block)
        begin_s, end_s = float(block.seconds[0]) - STEP_S, float(block.seconds[-1])
        seconds = self.times(begin_s, end_s)
        known = np.concatenate([[true[0] if self._before is None else self._before], true])
        self._before = float(true[-1])
        if self.signal.maker.held:
            values = true[np.minimum(((seconds - begin_s) // STEP_S).astype(int), len(true) - 1)]
        else:
            values = np.interp(seconds, np.concatenate([[begin_s], block.seconds]), known)
        values = self._measured(seconds, values)
        spoken = self._spoken(seconds)
        for fault in self.faults:
            values, spoken = self._failing(fault, seconds, values, spoken)
        if len(values):
            self._shown = float(values[-1])
        return Series(self.point, seconds[spoken], values[spoken])

    def _measured(self, seconds: Floats, values: Floats) -> Floats:
        maker = self.signal.maker
        if maker.bias:
            values = values + maker.bias * (2.0 * share(self.seed, "bias", *self._name()) - 1.0)
        if maker.noise:
            chance = uniform(key_of(self.seed, "noise", *self._name()), seconds.astype(np.int64))
            values = values + maker.noise * 3.46 * (chance - 0.5)  # an even spread of that standard deviation
        if self.signal.quantity in ("RelativeHumidity", "CO2", "Illuminance", "Irradiance", "VolumeFlowRate"):
            values = np.maximum(0.0, values)
        shown: Floats = np.round(values * self.signal.factor + self.signal.offset, self.signal.decimals)
        return shown

    def _spoken(self, seconds: Floats) -> Truths:
        heard: Truths = uniform(key_of(self.seed, "lost", *self._name()), seconds.astype(np.int64)) >= LOST_SHARE
        return heard

    def _failing(self, fault: Fault, seconds: Floats, values: Floats, spoken: Truths) -> tuple[Floats, Truths]:
        begin_s, end_s = fault.begin.timestamp(), fault.end.timestamp()
        broken = (seconds >= begin_s) & (seconds < end_s)
        if fault.kind is FaultKind.SUBMETER:
            return self._stopped(fault, seconds, values), spoken
        if not broken.any():
            return values, spoken
        if fault.kind is FaultKind.SILENT:
            return values, spoken & ~broken
        if fault.kind is FaultKind.DRIFT:
            days = (seconds - begin_s) / 86_400.0
            drifted = np.round(values + fault.size * self.signal.factor * days, self.signal.decimals)
            return np.where(broken, drifted, values), spoken
        first = int(np.argmax(broken))
        stuck = values[first - 1] if first else self._shown  # frozen: it repeats what it last showed
        return np.where(broken, values[0] if math.isnan(stuck) else stuck, values), spoken

    def _stopped(self, fault: Fault, seconds: Floats, values: Floats) -> Floats:
        """Leave out of the register what the meter did not count while the fault lasted."""
        begin_s, end_s = fault.begin.timestamp(), fault.end.timestamp()
        if not len(values) or seconds[-1] < begin_s:
            return values
        at_begin, missed = self._lost.get(fault, (float(values[int(np.argmax(seconds >= begin_s))]), 0.0))
        during = (seconds >= begin_s) & (seconds < end_s)
        lost = np.where(during, (1.0 - fault.size) * (values - at_begin), 0.0)
        missed = float(lost[during][-1]) if during.any() else missed
        lost = np.where(seconds >= end_s, missed, lost)
        self._lost[fault] = (at_begin, missed)
        return np.round(values - lost, self.signal.decimals)


class Simulator:
    """A site with its devices, going on in time.

    Args:
        points: Members of a points file.
        seed: Of weather, people, sizes and noise.
        begin: When the world begins; two simulators of equal arguments say the same.
        faults: What breaks.
    """

    def __init__(self, points: Sequence[Point], seed: int, begin: datetime, faults: Sequence[Fault] = ()) -> None:
        self.seed, self.faults = seed, tuple(faults)
        self.site = Site.of(points)
        self.world = World(self.site, seed, begin, faults)
        self.devices: list[Device] = []
        self.left_out: list[str] = []
        for point in points:
            try:
                signal = signal_of(point, self.site, seed)
            except CannotSimulate as error:
                self.left_out.append(str(error))
                continue
            own = (str(point["building_id"]), str(point["point_id"]))
            mine = tuple(f for f in self.faults if (f.building_id, f.place) == own)
            self.devices.append(Device(point, signal, seed, mine))

    @property
    def points(self) -> list[Point]:
        """Return the points that are simulated."""
        return [device.point for device in self.devices]

    def step(self, steps: int = 1) -> list[Series]:
        """Go on by some steps of five minutes and return what the devices say meanwhile."""
        block = self.world.run(steps)
        return [device.read(block) for device in self.devices]

    def days(self, end: datetime) -> Iterator[list[Series]]:
        """Go on day by day until `end` (aware), and yield what the devices say in each part."""
        while (left := (end - self.world.now).total_seconds()) >= STEP_S:
            yield self.step(min(STEPS_OF_A_DAY, int(left // STEP_S)))

    def obey(self, building_id: str, point_id: str, value: float) -> Series | None:
        """Set a setpoint; return what its device says at once, None if there is no such setpoint."""
        for device in self.devices:
            if (device.point["building_id"], device.point["point_id"]) != (building_id, point_id):
                continue
            if device.signal.quantity not in ("Setpoint", "SupplySetpoint"):
                return None
            celsius = (value - device.signal.offset) / device.signal.factor
            place = str(device.point.get("space") or "")
            self.world.obey(building_id, place, celsius)
            now = datetime.now(UTC).timestamp()
            return Series(device.point, np.array([now]), np.array([round(value, device.signal.decimals)]))
        return None
